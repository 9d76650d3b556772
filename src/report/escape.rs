//! Makes text of a scanned repository harmless to a terminal: file names,
//! messages and excerpts may hold escape sequences or characters that reorder
//! what a reader sees (CWE-150, CVE-2021-42574).

use std::borrow::Cow;
use std::fmt::Write;

/// True for characters that steer a terminal, reorder text or cannot be seen:
/// C0 and C1 controls, line separators, bidirectional and zero-width marks,
/// tag characters. The zero-width joiner stays: emoji are made with it.
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line, with every unprintable character written as `\x1b` or
/// `\u{202e}`.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_printable(&mut shown, c));
    Cow::Owned(shown)
}

/// Appends `c`, escaped if it is unprintable.
pub(super) fn push_printable(shown: &mut String, c: char) {
    if !is_unprintable(c) {
        shown.push(c);
        return;
    }
    let code = u32::from(c);
    // Writing to a `String` cannot fail.
    let _ = if code <= 0xff {
        write!(shown, "\\x{code:02x}")
    } else {
        write!(shown, "\\u{{{code:x}}}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(printable("a\x1b[31m\u{9b}b\u{7f}"), "a\\x1b[31m\\x9bb\\x7f");
        assert_eq!(printable("x\u{202e}gpj.exe\n"), "x\\u{202e}gpj.exe\\x0a");
    }

    #[test]
    fn ordinary_text_is_borrowed() {
        assert!(matches!(printable("größe 木 👩\u{200d}🔬 \\x"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn nothing_unprintable_is_left(text in "\\PC*|[\\x00-\\x9f\u{2000}-\u{206f}]{0,40}") {
            proptest::prop_assert!(!printable(&text).chars().any(is_unprintable));
        }
    }
}
