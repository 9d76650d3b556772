//! Token formats: the first bytes of the input are a format, the rest is the
//! text. A rule file may hold any format, and a text anything.

use seamline::rules::model::{Length, Segment};
use seamline::secrets::format::{ByteSet, Format};

use crate::check::choice;

/// The last two are wrong and must be refused.
const ALPHABETS: [&str; 9] =
    ["0-9", "a-f0-9", "A-Za-z0-9", "A-Za-z0-9_-", "-", "+/=", "a-zA-", "z-a", "é"];
const TEXTS: [&[&str]; 4] = [&["ab", "a"], &["_"], &["x-", "x", ""], &[]];

pub fn run(input: &[u8]) {
    let (count, mut rest) = choice(input, 6);
    let mut segments = Vec::new();
    for _ in 0..count {
        let (segment, left) = segment(rest);
        segments.push(segment);
        rest = left;
    }
    let Some(format) = Format::compile(&segments) else { return };
    assert!(format.min_len <= format.max_len, "lengths are in order");
    for at in 0..=rest.len().min(64) {
        let Some(end) = format.match_at(rest, at) else { continue };
        let length = end - at;
        assert!((format.min_len..=format.max_len).contains(&length), "{length} fits");
        assert!(end <= rest.len(), "a match ends in the text");
        assert_eq!(format.match_at(rest, at), Some(end));
    }
}

/// One segment from three bytes.
fn segment(input: &[u8]) -> (Segment, &[u8]) {
    let (kind, rest) = choice(input, 2 * (ALPHABETS.len() + TEXTS.len()));
    let (min, rest) = choice(rest, 40);
    let (more, rest) = choice(rest, 40);
    let (kind, optional) = (kind / 2, kind % 2 == 1);
    let text =
        TEXTS.get(kind).map_or(Vec::new(), |texts| texts.iter().map(|t| (*t).to_owned()).collect());
    let chars = kind.checked_sub(TEXTS.len()).map(|kind| ALPHABETS[kind].to_owned());
    if let Some(set) = chars.as_deref().and_then(ByteSet::parse) {
        assert!(set.bytes().all(|byte| set.contains(byte)));
    }
    let length = Length { min: min as u32, max: (min + more) as u32 };
    (Segment { text, len: chars.is_some().then_some(length), chars, optional }, rest)
}

pub fn seeds() -> Vec<Vec<u8>> {
    // Two segments: text `ab` or `a`, then 4 to 8 of `0-9`.
    vec![[&[2, 0, 0, 0, 8, 4, 4][..], b"ab01234567 a0123"].concat()]
}
