//! Looks for work that is more than linear: each seed again and again in one
//! text, short and then four times as long.

use std::time::{Duration, Instant};

use crate::Target;

/// Bytes of the shorter text.
const SHORT: usize = 24 * 1024;
/// The longer text has as many times the bytes.
const FACTOR: usize = 4;
/// How many times its time is still linear, on a machine with other work on it.
const TOLERATED: u32 = 9;
/// What is done sooner is not looked at.
const WORTH: Duration = Duration::from_millis(60);

/// A seed that takes more than linear time when it is repeated.
#[derive(Debug)]
pub struct Growth {
    /// Number of the seed.
    pub seed: usize,
    pub short: Duration,
    pub long: Duration,
}

/// Repeats each of `seeds`, with `glue` in between, and calls `told` with those
/// that grow too fast.
pub fn grow(target: &Target, seeds: &[Vec<u8>], glue: &[u8], told: &mut dyn FnMut(Growth)) {
    for (number, seed) in seeds.iter().enumerate() {
        let time = |size: usize| {
            let text = repeated(seed, glue, size);
            let started = Instant::now();
            (target.run)(&text);
            started.elapsed()
        };
        let long = time(SHORT * FACTOR);
        if long < WORTH {
            continue;
        }
        // What was slow by chance is fast the next time.
        let (short, long) = (time(SHORT).max(time(SHORT)), long.min(time(SHORT * FACTOR)));
        if long > short * TOLERATED {
            told(Growth { seed: number, short, long });
        }
    }
}

/// The text of `seed`, whose first byte is a choice, repeated to `size` bytes.
fn repeated(seed: &[u8], glue: &[u8], size: usize) -> Vec<u8> {
    let Some((choice, text)) = seed.split_first() else { return Vec::new() };
    let piece = [text, glue].concat();
    let mut all = vec![*choice];
    all.extend(piece.iter().cycle().take(if piece.is_empty() { 0 } else { size }));
    all
}
