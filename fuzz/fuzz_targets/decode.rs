//! Any bytes as a file: decoding, positions and windows hold for all of them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seamline::source::decode::decode;
use seamline::source::lines::{Positions, line_range, line_window};

fuzz_target!(|file: &[u8]| {
    let mut buffer = Vec::new();
    let Ok(text) = decode(file, &mut buffer) else { return };
    let (mut sorted, mut last) = (Positions::new(text), None);
    for offset in 0..=text.len().min(4_096) {
        let position = sorted.at(offset);
        assert!(last <= Some(position), "positions never go back");
        assert_eq!(Positions::new(text).at(offset), position);
        last = Some(position);
        let (window, line) = (line_window(text, offset, 16), line_range(text, offset));
        assert!(line.start <= window.start && window.end <= line.end);
    }
});
