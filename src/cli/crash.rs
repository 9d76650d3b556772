//! What a bug in Seamline looks like to a user: one line, exit code 2, and
//! nothing of the files that were being read.

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use super::terminal;

/// Replaces the panic message, whose payload may quote scanned text, by one
/// line that says where the bug is. Later panics of the same run are its
/// echoes in other threads.
pub fn install_hook() {
    static TOLD: AtomicBool = AtomicBool::new(false);
    panic::set_hook(Box::new(|info| {
        if TOLD.swap(true, Ordering::Relaxed) {
            return;
        }
        let place = info.location().map_or_else(
            || "an unknown place".to_owned(),
            |location| format!("{}:{}", location.file(), location.line()),
        );
        let version = env!("CARGO_PKG_VERSION");
        terminal::tell(&format_args!(
            "internal error at {place} (version {version}); please report it"
        ));
    }));
}
