//! Key sets of Tink in the clear, as JSON and as base64 of their binary form: the
//! key material of every `KeyData` says what it is. What is public, what a key
//! service keeps, and sets that are themselves encrypted are nothing to report.
//!
//! Source: `proto/tink.proto` of <https://github.com/tink-crypto/tink>.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::Role;

use super::Input;
use super::kernel::Run;

const SPECIFICITY: u8 = 88;
/// Longest `keyData` that is read, in bytes: that of an RSA key of 8,192 bits fits.
const MAX_KEY: usize = 12 * 1024;
/// Fewest base64 characters of a key: sixteen bytes.
const MIN_VALUE: usize = 22;
/// Base64 before the first run of a set, which ends at `+` and `/`, in bytes.
const MAX_BEFORE: usize = 24;
/// Base64 characters of a set of which at least its kind is read.
const MIN_SET: usize = 80;

/// Beginning of the name of every kind of key.
const KIND: &[u8] = b"type.googleapis.com/google.crypto.tink.";

/// Reads the `keyData` of a set whose name is at `at`, in JSON.
pub fn at_key_data(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let rest = input.text.get(at..)?.strip_prefix(b"keyData\"")?;
    let window = &rest[..rest.len().min(MAX_KEY)];
    // It holds texts only.
    let open = memchr::memchr(b'{', &window[..window.len().min(32)])?;
    let object = &window[open..open + memchr::memchr(b'}', &window[open..])?];
    let find = |needle: &[u8]| memchr::memmem::find(object, needle);
    find(b"google.crypto.tink.")?;
    find(b"\"SYMMETRIC\"").or_else(|| find(b"\"ASYMMETRIC_PRIVATE\""))?;
    let member = find(b"\"value\"")? + b"\"value\"".len();
    let value = object[member..].iter().position(|b| *b == b'"')? + member + 1;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_=".contains(b);
    let length = object[value..].iter().take_while(|b| is_part(b)).count();
    if length < MIN_VALUE || object.get(value + length) != Some(&b'"') {
        return None;
    }
    let start = input.text.len() - rest.len() + open + value;
    push(input, start..start + length, rule, candidates);
    Some(())
}

/// Whether a set in base64 may hold `run`: its first byte is the tag of a number,
/// and the number has its bits below that; or a sign of base64 cut it before the run.
#[inline]
pub fn may_begin(text: &[u8], run: Run) -> bool {
    let head = &text[run.start..];
    let cut = run.start > 0 && matches!(text[run.start - 1], b'+' | b'/');
    matches!(head, [b'C', b'A'..=b'P', ..]) || cut && run.end - run.start >= MIN_SET / 2
}

/// Reads the set in base64 that holds `run`. Returns its end.
pub fn at_base64(
    input: &Input<'_>,
    run: Run,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<usize> {
    const LOOSE: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LOOSE);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LOOSE);
    let text = input.text;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
    let before = text[run.start.saturating_sub(MAX_BEFORE)..run.start].iter().rev();
    let start = run.start - before.take_while(|b| is_part(b)).count();
    let window = &text[start..text.len().min(start + MAX_KEY)];
    if !matches!(window, [b'C', b'A'..=b'P', ..]) {
        return None;
    }
    let decode = |part: &[u8]| STANDARD.decode(part).or_else(|_| URL_SAFE.decode(part)).ok();
    // Its kind is told by the first bytes; nearly all that is no set ends here.
    let head = decode(window.get(..MIN_SET)?)?;
    memchr::memmem::find(&head, &KIND[..20])?;
    let length = window.iter().take_while(|b| is_part(b)).count();
    if !is_secret(&decode(&window[..length - length % 4])?) {
        return None;
    }
    let padding = window[length..].iter().take(2).take_while(|b| **b == b'=').count();
    let end = start + length + padding;
    push(input, start..end, rule, candidates);
    Some(end)
}

fn push(input: &Input<'_>, secret: Range<usize>, rule: RuleIndex, candidates: &mut Vec<Candidate>) {
    let opinion = match input.place.role {
        Role::Production => (Confidence::High, "a key set that is not encrypted"),
        Role::Example => (Confidence::Medium, "a key set in an example"),
        Role::Test => (Confidence::Medium, "a key set in a test"),
    };
    candidates.push(Candidate::of_secret(rule, secret, SPECIFICITY, opinion));
}

/// Whether the first key of a set (`Keyset`, in protocol buffers) is a secret one.
/// Of what is cut short the name of its kind decides.
fn is_secret(set: &[u8]) -> bool {
    const SYMMETRIC: u64 = 1;
    const PRIVATE: u64 = 2;
    let Some(data) = field(set, 2).and_then(|key| field(key.bytes, 1)) else { return false };
    if !data.whole {
        let open = [&b"PublicKey"[..], b"tink.Kms"];
        return !open.iter().any(|word| memchr::memmem::find(set, word).is_some());
    }
    let kind = field(data.bytes, 1).is_some_and(|kind| kind.bytes.starts_with(KIND));
    kind && matches!(field(data.bytes, 3).map(|f| f.number), Some(SYMMETRIC | PRIVATE))
}

/// A field of a message: its number, or its bytes.
#[derive(Default)]
struct Field<'m> {
    number: u64,
    bytes: &'m [u8],
    /// All of its bytes are there.
    whole: bool,
}

/// The first field with the tag `wanted` in `message`. Of fields there are numbers
/// and texts only; anything else ends the search.
fn field(message: &[u8], wanted: u64) -> Option<Field<'_>> {
    let mut rest = message;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let number = varint(&mut rest)?;
        let found = match tag & 7 {
            0 => Field { number, whole: true, ..Field::default() },
            2 => {
                let length = usize::try_from(number).ok()?;
                let (bytes, after) = rest.split_at(length.min(rest.len()));
                rest = after;
                Field { number, bytes, whole: bytes.len() == length }
            }
            _ => return None,
        };
        if tag >> 3 == wanted {
            return Some(found);
        }
    }
    None
}

/// Takes a number of at most ten bytes off `rest`.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field of bytes whose length is less than 128.
    fn text(tag: u8, bytes: &[u8]) -> Vec<u8> {
        [&[tag << 3 | 2, bytes.len() as u8], bytes].concat()
    }

    fn set(kind: &str, material: u8) -> Vec<u8> {
        let kind = [KIND, kind.as_bytes()].concat();
        let data = [text(1, &kind), text(2, &[7; 34]), vec![3 << 3, material]].concat();
        let key = [text(1, &data), vec![2 << 3, 1]].concat();
        [vec![1 << 3, 0x92, 0xff, 0x03], text(2, &key)].concat()
    }

    #[test]
    fn the_material_decides() {
        assert!(is_secret(&set("AesGcmKey", 1)));
        assert!(is_secret(&set("EcdsaPrivateKey", 2)));
        assert!(!is_secret(&set("EcdsaPublicKey", 3)));
        assert!(!is_secret(&set("KmsAeadKey", 4)));
        assert!(!is_secret(b""));
    }

    #[test]
    fn of_a_part_the_kind_decides() {
        for (kind, secret) in [("AesGcmKey", true), ("EcdsaPublicKey", false)] {
            let whole = set(kind, 1);
            assert_eq!(is_secret(&whole[..whole.len() - 20]), secret, "{kind}");
        }
    }

    #[test]
    fn numbers_end() {
        assert_eq!(varint(&mut &[0x92, 0xff, 0x03][..]), Some(65426));
        assert_eq!(varint(&mut &[0xff; 30][..]), None);
        assert_eq!(varint(&mut &[0x80][..]), None);
    }
}
