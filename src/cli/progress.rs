//! A counter on standard error while a scan lasts, for people at a terminal.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use crate::pipeline::Progress;

/// A scan that is over by then shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// Runs `work`, and while it lasts shows `progress` if `visible`.
pub fn during<T>(visible: bool, progress: &Progress, work: impl FnOnce() -> T) -> T {
    if !visible {
        return work();
    }
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                show_until(&is_done, progress);
            }
        });
        // Dropped when the work is over, also by a panic: that ends the display.
        let _done = done;
        work()
    })
}

fn show_until(is_done: &mpsc::Receiver<()>, progress: &Progress) {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    while is_done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let files = HumanCount(progress.files.load(Ordering::Relaxed));
        let bytes = HumanBytes(progress.bytes.load(Ordering::Relaxed));
        bar.set_message(format!("{files} files scanned, {bytes}"));
        bar.tick();
    }
    bar.finish_and_clear();
}
