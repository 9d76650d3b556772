//! Token formats compiled to direct matchers.
//!
//! A format is a list of segments: fixed text, or a run of an alphabet with a
//! length range. Matching is greedy with bounded backtracking, anchored at a
//! place where a token can begin.

use crate::rules::model::{Length, Segment};

/// Steps one match may take before it gives up: far above what any real format
/// needs, and small enough that no input makes a scan slow.
const MAX_STEPS: u32 = 4096;

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// Parses ranges such as `A-Za-z0-9_-`; a `-` at the end is itself.
    /// `None` when a range runs backwards or a character is not ASCII.
    pub fn parse(ranges: &str) -> Option<Self> {
        let bytes = ranges.as_bytes();
        let mut set = ByteSet::default();
        let mut i = 0;
        while i < bytes.len() {
            let first = bytes[i];
            let last =
                if i + 2 < bytes.len() && bytes[i + 1] == b'-' { bytes[i + 2] } else { first };
            if !first.is_ascii() || !last.is_ascii() || last < first {
                return None;
            }
            (first..=last).for_each(|byte| set.insert(byte));
            i +=
                if last == first && !(i + 2 < bytes.len() && bytes[i + 1] == b'-') { 1 } else { 3 };
        }
        Some(set)
    }

    fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Whether `byte` is in the set.
    #[inline]
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    /// The members, in order.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=127u8).filter(|&byte| self.contains(byte))
    }
}

#[derive(Debug, Clone)]
enum Part {
    Text(Vec<Box<[u8]>>),
    Chars { set: ByteSet, length: Length },
}

/// A compiled format.
#[derive(Debug, Clone)]
pub struct Format {
    parts: Vec<(Part, bool)>,
    /// Least and greatest length of a match, in bytes.
    pub min_len: usize,
    pub max_len: usize,
}

impl Format {
    /// Compiles the segments of a rule; `None` when one has neither text nor
    /// alphabet, or a bad alphabet or length. The loader reports what exactly.
    pub fn compile(segments: &[Segment]) -> Option<Self> {
        let mut parts = Vec::with_capacity(segments.len());
        let (mut min_len, mut max_len) = (0, 0);
        for segment in segments {
            let part = Part::compile(segment)?;
            let (least, most) = part.lengths();
            min_len += if segment.optional { 0 } else { least };
            max_len += most;
            parts.push((part, segment.optional));
        }
        fold_hex(&mut parts);
        (min_len > 0).then_some(Format { parts, min_len, max_len })
    }

    /// The alternatives of the fixed text the format begins with, if it does.
    pub fn prefixes(&self) -> Option<&[Box<[u8]>]> {
        match self.parts.first()? {
            (Part::Text(alternatives), false) => Some(alternatives),
            _ => None,
        }
    }

    /// Length of the public prefix at the start of `token`.
    pub fn prefix_len(&self, token: &[u8]) -> usize {
        let longest = |alternatives: &[Box<[u8]>]| {
            alternatives.iter().filter(|a| token.starts_with(a)).map(|a| a.len()).max()
        };
        self.prefixes().and_then(longest).unwrap_or(0)
    }

    /// Whether `body` is a content hash by chance of the right shape: all
    /// hexadecimal digits, although the alphabet has many more letters.
    pub fn ignores_alphabet(&self, body: &[u8]) -> bool {
        let wide = |(part, _): &(Part, bool)| match part {
            Part::Chars { set, .. } => set.contains(b'z') || set.contains(b'Z'),
            Part::Text(_) => false,
        };
        let is_hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
        body.len() >= 24 && self.parts.iter().any(wide) && body.iter().all(is_hex)
    }

    /// Whether `value`, which is no token of this format, was meant to be one:
    /// it begins as one and ends too soon, or has its prefix and goes on for too long.
    pub fn is_cut_or_extended(&self, value: &[u8]) -> bool {
        let prefix = self.prefix_len(value);
        let rest = &self.parts[usize::from(self.prefixes().is_some())..];
        let Some((Part::Chars { set, length }, _)) = rest.first() else { return false };
        if self.prefixes().is_some() && prefix < 2 {
            return false;
        }
        let run = value[prefix..].iter().take_while(|&&byte| set.contains(byte)).count();
        let whole = prefix + run == value.len();
        let (min, max) = (length.min as usize, length.max as usize);
        let cut = whole && (run < min || run <= max && rest.len() > 1);
        cut || whole && rest.len() == 1 && run > max && prefix > 0
    }

    /// Whether `value` has all parts of a token of this format but not the signs
    /// that stand between them.
    pub fn lacks_separator(&self, value: &[u8]) -> bool {
        let (mut at, mut lacks) = (0, false);
        for (part, _) in &self.parts {
            let rest = &value[at.min(value.len())..];
            match part {
                Part::Text(texts) => match texts.iter().find(|text| rest.starts_with(text)) {
                    Some(text) => at += text.len(),
                    None if at > 0 => lacks = true,
                    None => return false,
                },
                Part::Chars { set, length } => {
                    let run = rest.iter().take(length.max as usize);
                    let run = run.take_while(|&&byte| set.contains(byte)).count();
                    if run < length.min as usize {
                        return false;
                    }
                    at += run;
                }
            }
        }
        lacks && at == value.len()
    }

    /// The end of a token of this format that starts at `at`, where no further
    /// token character follows. Whether a token may start there is the caller's
    /// question ([`starts_token`]).
    pub fn match_at(&self, text: &[u8], at: usize) -> Option<usize> {
        let mut steps = 0;
        self.match_parts(0, text, at, &mut steps)
    }

    fn match_parts(&self, index: usize, text: &[u8], at: usize, steps: &mut u32) -> Option<usize> {
        *steps += 1;
        if *steps > MAX_STEPS {
            return None;
        }
        let Some((part, optional)) = self.parts.get(index) else {
            return self.ends_token(text, at).then_some(at);
        };
        let found = match part {
            Part::Text(alternatives) => alternatives
                .iter()
                .filter(|alternative| text[at..].starts_with(alternative))
                .find_map(|alternative| {
                    self.match_parts(index + 1, text, at + alternative.len(), steps)
                }),
            Part::Chars { set, length } => self.match_run(index, set, *length, text, at, steps),
        };
        if found.is_none() && *optional {
            return self.match_parts(index + 1, text, at, steps);
        }
        found
    }

    /// Longest first; shorter only where the next part could begin inside the run.
    fn match_run(
        &self,
        index: usize,
        set: &ByteSet,
        length: Length,
        text: &[u8],
        at: usize,
        steps: &mut u32,
    ) -> Option<usize> {
        let window = &text[at..text.len().min(at + length.max as usize)];
        let mut run = window.iter().take_while(|&&byte| set.contains(byte)).count();
        if index + 1 == self.parts.len() {
            // A shorter one would have its own alphabet after it.
            let fits = run >= length.min as usize && self.ends_token(text, at + run);
            return fits.then_some(at + run);
        }
        loop {
            if run < length.min as usize || *steps > MAX_STEPS {
                return None;
            }
            if let Some(end) = self.match_parts(index + 1, text, at + run, steps) {
                return Some(end);
            }
            run = run.checked_sub(1)?;
        }
    }

    fn ends_token(&self, text: &[u8], end: usize) -> bool {
        let Some(&next) = text.get(end) else { return true };
        if self.prefixes().is_some_and(|prefixes| begins_again(prefixes, &text[end..])) {
            return true;
        }
        match self.parts.last() {
            Some((Part::Chars { set, .. }, _)) => {
                !set.contains(next) && !next.is_ascii_alphanumeric() && next != b'_'
            }
            _ => !next.is_ascii_alphanumeric(),
        }
    }
}

/// Whether the next token follows without a gap, as in a buffer that is filled twice.
fn begins_again(prefixes: &[Box<[u8]>], rest: &[u8]) -> bool {
    prefixes.iter().any(|prefix| prefix.len() >= 4 && rest.starts_with(prefix))
}

/// Hexadecimal digits are written in either case where no other alphabet is near.
fn fold_hex(parts: &mut [(Part, bool)]) {
    let lower = ByteSet::parse("0-9a-f");
    let both = ByteSet::parse("0-9a-fA-F").unwrap_or_default();
    for (part, _) in parts {
        if let Part::Chars { set, .. } = part
            && Some(*set) == lower
        {
            *set = both;
        }
    }
}

impl Part {
    fn compile(segment: &Segment) -> Option<Self> {
        match (&segment.chars, segment.len) {
            (None, None) if !segment.text.is_empty() => {
                let bytes = |text: &String| text.as_bytes().into();
                Some(Part::Text(segment.text.iter().map(bytes).collect()))
            }
            (Some(chars), Some(length)) if length.min <= length.max && length.max > 0 => {
                Some(Part::Chars { set: ByteSet::parse(chars)?, length })
            }
            _ => None,
        }
    }

    fn lengths(&self) -> (usize, usize) {
        match self {
            Part::Text(alternatives) => {
                let lengths = || alternatives.iter().map(|a| a.len());
                (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0))
            }
            Part::Chars { length, .. } => (length.min as usize, length.max as usize),
        }
    }
}

/// Whether a token can begin at `at`: the byte before is no letter or digit, or
/// it is the end of an escape (`\n`, `%3D`) in a string, or of a colour in a log.
pub fn starts_token(text: &[u8], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).and_then(|i| text.get(i)) else { return true };
    if !before.is_ascii_alphanumeric() {
        return true;
    }
    let escape = at >= 2 && text[at - 2] == b'\\' && matches!(before, b'n' | b'r' | b't');
    let percent = at >= 3
        && text[at - 3] == b'%'
        && text[at - 2].is_ascii_digit()
        && before.is_ascii_hexdigit();
    escape || percent || before == b'm' && ends_colour(&text[..at - 1])
}

/// `ESC [ 1 ; 93 m`: colours of a terminal, in logs; `text` ends before the `m`.
fn ends_colour(text: &[u8]) -> bool {
    let window = &text[text.len().saturating_sub(12)..];
    let code = window.iter().rev().take_while(|b| b.is_ascii_digit() || **b == b';').count();
    code > 0 && window[..window.len() - code].ends_with(b"[")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(text: &[&str], chars: Option<(&str, u32, u32)>, optional: bool) -> Segment {
        Segment {
            text: text.iter().map(|t| (*t).to_owned()).collect(),
            chars: chars.map(|c| c.0.to_owned()),
            len: chars.map(|c| Length { min: c.1, max: c.2 }),
            optional,
        }
    }

    fn example() -> Format {
        Format::compile(&[
            segment(&["xx_", "yyy_"], None, false),
            segment(&[], Some(("a-z0-9-", 4, 8)), false),
            segment(&["-v"], None, true),
            segment(&[], Some(("0-9", 2, 2)), false),
        ])
        .unwrap()
    }

    #[test]
    fn an_alphabet_is_ranges_and_single_bytes() {
        let set = ByteSet::parse("A-C_x-").unwrap();
        assert_eq!(set.bytes().collect::<Vec<_>>(), b"-ABC_x");
        assert_eq!(ByteSet::parse("z-a"), None);
        assert_eq!(ByteSet::parse("é"), None);
    }

    #[test]
    fn a_match_backtracks_into_a_greedy_run() {
        assert_eq!(example().match_at(b"xx_abcd42", 0), Some(9));
        assert_eq!(example().match_at(b"yyy_abcdef-v42 ", 0), Some(14));
        assert_eq!(example().match_at(b"xx_abcd-v42\"", 0), Some(11));
    }

    #[test]
    fn a_longer_token_is_another_token() {
        assert_eq!(example().match_at(b"xx_abcd42x", 0), None);
        assert_eq!(example().match_at(b"xx_abcdefghijkl42", 0), None);
    }

    #[test]
    fn a_token_may_follow_an_escape() {
        assert!(starts_token(b"\\nabc", 2));
        assert!(starts_token(b"=%3Dabc", 4));
        assert!(!starts_token(b"nabc", 1));
        assert!(starts_token(b"abc", 0));
    }
}
