//! Small tools on file text that may not be UTF-8: stepping by characters, and
//! making text safe for a terminal. Apart, because every other part of the
//! judge cuts text and none may cut a character in two.

use crate::source::lines::char_start;

/// What an unprintable character is shown as.
const REPLACEMENT: char = '\u{FFFD}';

/// The first character boundary at or after `at`.
pub(super) fn ceil_char(text: &[u8], at: usize) -> usize {
    let start = char_start(text, at);
    if start == at.min(text.len()) { start } else { start + width(text, start) }
}

/// Length in bytes of the character that starts at `at` (1 for a byte that is
/// not UTF-8).
fn width(text: &[u8], at: usize) -> usize {
    let expected = match text[at] {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return 1,
    };
    match text.get(at..at + expected) {
        Some(bytes) if std::str::from_utf8(bytes).is_ok() => expected,
        _ => 1,
    }
}

/// `columns` characters to the left of `from`, but not left of `floor`.
pub(super) fn back(text: &[u8], from: usize, floor: usize, columns: usize) -> usize {
    let mut at = from;
    for _ in 0..columns {
        if at <= floor {
            break;
        }
        at = char_start(text, at - 1).max(floor);
    }
    at
}

/// `columns` characters to the right of `from`, but not right of `ceiling`.
pub(super) fn forward(text: &[u8], from: usize, ceiling: usize, columns: usize) -> usize {
    let mut at = from;
    for _ in 0..columns {
        if at >= ceiling {
            break;
        }
        at = (at + width(text, at)).min(ceiling);
    }
    at
}

/// Appends `bytes` as text that can do nothing to a terminal or a reader's
/// eye: control characters (C0 but for the tab, DEL, C1), direction overrides,
/// line separators and bytes that are not UTF-8 become U+FFFD.
pub(super) fn push_clean(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.extend(chunk.valid().chars().map(|c| if is_harmful(c) { REPLACEMENT } else { c }));
        out.extend(chunk.invalid().iter().map(|_| REPLACEMENT));
    }
}

/// [`push_clean`] into a string of its own.
pub(super) fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_clean(&mut out, text.as_bytes());
    out
}

/// The characters of Unicode's bidirectional algorithm (UAX #9) that reorder
/// what follows, as used by "Trojan Source" (CVE-2021-42574), and controls.
fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_of_valid_and_broken_text() {
        let text = "aé€😀".as_bytes();
        let floors: Vec<usize> = (0..=text.len()).map(|i| char_start(text, i)).collect();
        assert_eq!(floors, [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10]);
        let ceils: Vec<usize> = (0..=text.len()).map(|i| ceil_char(text, i)).collect();
        assert_eq!(ceils, [0, 1, 3, 3, 6, 6, 6, 10, 10, 10, 10]);
        let broken = [0x80, 0x80, 0xE2, 0x82, b'x', 0xF0, 0x9F];
        for at in 0..=broken.len() {
            assert_eq!((char_start(&broken, at), ceil_char(&broken, at)), (at, at));
        }
    }

    #[test]
    fn steps_are_characters() {
        assert_eq!(forward("é€x".as_bytes(), 0, 6, 2), 5);
        assert_eq!(back("é€x".as_bytes(), 6, 0, 2), 2);
    }

    #[test]
    fn nothing_that_moves_a_cursor_survives() {
        let hostile = "a\tb\u{1b}[2J\u{9b}c\u{202e}d\u{2066}e\u{7f}\r";
        assert_eq!(cleaned(hostile), "a\tb\u{fffd}[2J\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}\u{fffd}");
    }
}
