//! Escapes: of URLs (`%3D`, RFC 3986), and of string literals in JSON and most
//! languages (`\u003d`, `\x3d`, `\/`, `\n`).

use std::ops::Range;

use super::spread::Spread;

/// How much of a literal is looked at around an escape, in bytes.
const LEFT: usize = 4 * 1024;
const RIGHT: usize = 16 * 1024;
/// Shortest literal that can hold a secret with an escape, in bytes.
const MIN_LITERAL: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Percent,
    Backslash,
}

/// A part of a text in which escapes stand.
pub struct Literal {
    kind: Kind,
    pub range: Range<usize>,
}

/// The literal around the escape at `at`, if the escape hides what matters.
pub fn find(text: &[u8], at: usize) -> Option<Literal> {
    let rest = &text[at..text.len().min(at + RIGHT)];
    let kind = if rest[0] == b'%' { Kind::Percent } else { Kind::Backslash };
    let before = &text[at.saturating_sub(LEFT)..at];
    let (left, right) = match kind {
        Kind::Percent => (
            before.iter().rev().take_while(|b| is_url(**b)).count(),
            rest.iter().take_while(|b| is_url(**b)).count(),
        ),
        Kind::Backslash => (before.len() - literal_start(before), literal_end(rest)),
    };
    let hides = match rest {
        [b':', b'\\', b'/', b'\\', b'/', ..] => memchr::memchr(b'@', &rest[..right]).is_some(),
        [b'%', ..] | [b'\\', b'x', _, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..] => true,
        [b'\\', b'u', b'0', b'0', b'2'..=b'7', ..] => true,
        _ => false,
    };
    (hides && left + right >= MIN_LITERAL).then_some(Literal { kind, range: at - left..at + right })
}

fn is_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%+!*();:@&=$,/?#[]".contains(&byte)
}

/// Where the literal begins whose inner part `before` ends.
fn literal_start(before: &[u8]) -> usize {
    let is_border = |i: usize| {
        let escaped = i > 0 && before[i - 1] == b'\\';
        before[i] == b'\n' || matches!(before[i], b'"' | b'\'' | b'`') && !escaped
    };
    (0..before.len()).rev().find(|i| is_border(*i)).map_or(0, |i| i + 1)
}

/// Where the literal ends that goes on with `rest`.
fn literal_end(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' | b'\'' | b'`' | b'\n' => return at,
            _ => {}
        }
        at += 1;
    }
    at.min(rest.len())
}

impl Literal {
    /// What reports call the encoding.
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Percent => "percent-encoding",
            Kind::Backslash => "escapes",
        }
    }

    /// Appends what the literal says to `out` and notes in `spread` where it
    /// stands.
    pub fn decode(&self, text: &[u8], out: &mut Vec<u8>, spread: &mut Spread) {
        let from = out.len();
        spread.reset(8, 8, self.range.start);
        let mut rest = &text[self.range.clone()];
        while let Some((first, tail)) = rest.split_first() {
            let escape = match (self.kind, first) {
                (Kind::Percent, b'%') => code(tail, 2).map(|value| (value, 3)),
                (Kind::Backslash, b'\\') => backslash(tail),
                _ => None,
            };
            let Some((value, width)) = escape else {
                out.push(*first);
                rest = tail;
                continue;
            };
            match char::from_u32(value).filter(|_| self.kind == Kind::Backslash) {
                Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
                None => out.push(u8::try_from(value).unwrap_or(b'?')),
            }
            rest = &rest[width..];
            spread.jump(out.len() - from, self.range.end - rest.len());
        }
    }
}

/// The character of an escape and the width of the escape, from the bytes
/// behind its `\`.
fn backslash(tail: &[u8]) -> Option<(u32, usize)> {
    match tail.first()? {
        b'x' => code(&tail[1..], 2).map(|value| (value, 4)),
        b'u' if tail.get(1) == Some(&b'{') => {
            let digits = tail[2..].iter().take(6).take_while(|b| b.is_ascii_hexdigit()).count();
            let closed = tail.get(2 + digits) == Some(&b'}');
            code(&tail[2..], digits).filter(|_| closed).map(|value| (value, digits + 4))
        }
        b'u' => code(&tail[1..], 4).map(|value| (value, 6)),
        b'n' => Some((u32::from(b'\n'), 2)),
        b'r' => Some((u32::from(b'\r'), 2)),
        b't' => Some((u32::from(b'\t'), 2)),
        &sign @ (b'/' | b'"' | b'\'' | b'\\') => Some((u32::from(sign), 2)),
        _ => None,
    }
}

/// The number that `digits` hexadecimal digits make.
fn code(bytes: &[u8], digits: usize) -> Option<u32> {
    let mut value = 0;
    for byte in bytes.get(..digits).filter(|digits| !digits.is_empty())? {
        value = value * 16 + char::from(*byte).to_digit(16)?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, at: usize) -> Option<(String, Vec<Range<usize>>)> {
        let (mut out, mut spread) = (Vec::new(), Spread::default());
        let found = find(text.as_bytes(), at)?;
        found.decode(text.as_bytes(), &mut out, &mut spread);
        let places = (0..out.len()).map(|i| spread.outer(&(i..i + 1))).collect();
        Some((String::from_utf8(out).unwrap(), places))
    }

    #[test]
    fn what_a_literal_says_and_where() {
        let text = r#"x = "tok\u0065n\x3d\n\"a\u{41}\u00e9\"\/b\q", "c""#;
        let (out, places) = said(text, text.find("\\u").unwrap()).unwrap();
        assert_eq!(out, "token=\n\"aA\u{e9}\"/b\\q");
        assert_eq!(&text[places[3].clone()], "\\u0065");
        assert_eq!(&text[places[5].clone()], "\\x3d");
        assert_eq!(&text[places[8].clone()], "a");
        assert_eq!(&text[places[9].clone()], "\\u{41}");
    }

    #[test]
    fn what_a_url_says() {
        let text = "see (postgres%3A%2F%2Fme%3apw%zz%40host) there";
        let (out, _) = said(text, text.find("%3a").unwrap()).unwrap();
        assert_eq!(out, "(postgres://me:pw%zz@host)");
    }

    #[test]
    fn escapes_that_hide_nothing() {
        for text in ["%3d", "\"caf\\u00e9 au lait, noir\"", "\"https:\\/\\/example.org\\/x\""] {
            assert_eq!(said(text, text.find(['%', '\\', ':']).unwrap()), None, "{text}");
        }
    }
}
