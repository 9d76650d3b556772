//! What identifies a finding from one run to the next: its content, not its
//! line and not its file, so a baseline survives edits above it and moves.
//!
//! A fingerprint is written to files that are committed and uploaded, so it
//! must not help to find out a secret:
//!
//! * A long random value cannot be guessed, so it is simply hashed: SHA-256
//!   over the rule and the value, cut to 128 bits. Rotated means new, moved to
//!   another variable or file means the same.
//! * A short or guessable value (`hunter2`) hashed like that could be found
//!   from a word list. Here the key of an HMAC-SHA256 is the line around the
//!   value, with the value blanked out: who does not have the file cannot test
//!   guesses. Who has it (an old copy, a public file with the value removed)
//!   still learns little, as only 16 bits of a hash of the value enter: one
//!   wrong guess in 65,536 fits as well as the right one. The price is that
//!   such a finding is new when the text around it on its line changes.
//! * A secret that the file holds encoded has the fingerprint of its value:
//!   its encoding says nothing about whether it can be guessed.
//! * A pattern is hashed with its matched text, white space evened out and
//!   secrets blanked.
//!
//! Equal ones in one file are numbered, and the number is hashed in: where two
//! are in the baseline, a third copy is new, and which of them was removed
//! does not matter.

use std::collections::HashMap;
use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::mask::Mask;

/// 128 bits of SHA-256.
const LEN: usize = 16;
/// Bytes of a line to each side of a value that go into its key.
const CONTEXT: usize = 128;
/// Bytes of a pattern's matched text that are hashed.
const MATCHED: usize = 2048;

/// Counts equal fingerprints of one file.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<[u8; LEN], u64>,
}

impl Fingerprints {
    /// The fingerprint of a secret, in hex: of its `value`, which stands in the
    /// text, encoded or not, at the given place.
    pub fn secret(
        &mut self,
        rule: &str,
        value: &[u8],
        (text, place): (&[u8], &Range<usize>),
        mask: &Mask<'_>,
    ) -> String {
        let compact: Vec<u8> = value.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        let digest = hash("seamline/v1/secret", &[rule.as_bytes(), &compact]);
        if !is_guessable(&compact) {
            return self.numbered(cut(&digest));
        }
        let key = Sha256::digest(context(text, place, mask));
        let mut block = [0u8; 64];
        block[..key.len()].copy_from_slice(&key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(rule.as_bytes());
        mac.update(&[0]);
        mac.update(&digest[..2]);
        self.numbered(cut(&mac.finalize().into_bytes()))
    }

    /// The fingerprint of a pattern that matched at `span`, in hex.
    pub fn pattern(
        &mut self,
        rule: &str,
        text: &[u8],
        span: &Range<usize>,
        mask: &Mask<'_>,
    ) -> String {
        let end = span.end.min(span.start + MATCHED);
        let mut matched = Vec::new();
        push_blanked(&mut matched, text, span.start..end, mask);
        self.numbered(cut(&hash("seamline/v1/pattern", &[rule.as_bytes(), &matched])))
    }

    fn numbered(&mut self, base: [u8; LEN]) -> String {
        let count = self.seen.entry(base).or_insert(0);
        *count += 1;
        match *count {
            1 => hex(&base),
            n => hex(&cut(&hash("seamline/v1/copy", &[&base, &n.to_be_bytes()]))),
        }
    }
}

/// The fingerprint of a finding about several others, of which `parts` tell.
pub(super) fn of_relation<'p>(rule: &'p str, parts: impl Iterator<Item = &'p str>) -> String {
    let fields: Vec<&[u8]> = [rule].into_iter().chain(parts).map(str::as_bytes).collect();
    hex(&cut(&hash("seamline/v1/relation", &fields)))
}

/// The line around `value` without it and without any other secret.
fn context(text: &[u8], value: &Range<usize>, mask: &Mask<'_>) -> Vec<u8> {
    let floor = value.start.saturating_sub(CONTEXT);
    let start = memchr::memrchr(b'\n', &text[floor..value.start]).map_or(floor, |i| floor + i + 1);
    let ceiling = text.len().min(value.end + CONTEXT);
    let end = memchr::memchr(b'\n', &text[value.end..ceiling]).map_or(ceiling, |i| value.end + i);
    let mut line = Vec::with_capacity(end - start);
    push_blanked(&mut line, text, start..value.start, mask);
    line.push(0);
    push_blanked(&mut line, text, value.end..end, mask);
    line
}

/// Appends `range` with each secret as one zero byte and each run of white
/// space as one space, none at the ends.
fn push_blanked(out: &mut Vec<u8>, text: &[u8], range: Range<usize>, mask: &Mask<'_>) {
    let from = out.len();
    let mut at = range.start;
    for region in mask.within(&range) {
        push_even(out, from, &text[at..region.range.start.max(at)]);
        out.push(0);
        at = region.range.end.min(range.end);
    }
    push_even(out, from, &text[at..range.end]);
    if out.len() > from && out.ends_with(b" ") {
        out.pop();
    }
}

fn push_even(out: &mut Vec<u8>, from: usize, bytes: &[u8]) {
    for &byte in bytes {
        if !byte.is_ascii_whitespace() {
            out.push(byte);
        } else if out.len() > from && !out.ends_with(b" ") {
            out.push(b' ');
        }
    }
}

/// True unless `value` is long and random beyond doubt. Wrongly true costs
/// only stability, so every test must be passed: twenty characters of a token
/// alphabet with digits, 70 bits of entropy by its own letter frequencies, and
/// a change between upper case, lower case and digits at every third character,
/// which words and dates do not have.
fn is_guessable(value: &[u8]) -> bool {
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let changes = value.windows(2).filter(|w| class(w[0]) != class(w[1])).count();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    value.len() < 20
        || !value.iter().all(u8::is_ascii_graphic)
        || digits < 2
        || changes * 3 < value.len()
        || entropy_bits(value) < 70.0
}

/// Shannon entropy of the whole value in bits.
fn entropy_bits(value: &[u8]) -> f64 {
    let mut counts = [0usize; 256];
    value.iter().for_each(|b| counts[usize::from(*b)] += 1);
    let total = value.len() as f64;
    let bits = |n: usize| n as f64 * (total / n as f64).log2();
    counts.iter().filter(|n| **n > 0).map(|n| bits(*n)).sum()
}

/// SHA-256 over a purpose and fields, each with its length, so that no two
/// lists of fields are the same bytes.
fn hash(purpose: &str, fields: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(purpose.as_bytes());
    for field in fields {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.finalize().into()
}

fn cut(digest: &[u8]) -> [u8; LEN] {
    digest.first_chunk().copied().unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_word_list_could_hold_is_guessable() {
        let guessable = [
            "hunter2", "correct-horse-battery-staple-2024", "Summer2024Summer2024!!",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1234567890123456789012345",
            "a1a1a1a1a1a1a1a1a1a1a1a1a1a1", "päßwort0päßwort1päßwort2",
        ];
        for value in guessable {
            assert!(is_guessable(value.as_bytes()), "{value}");
        }
        for value in
            ["9f86d081884c7d659a2feaa0c55ad015", "aB3dE5fG7hI9jK1lM2nO", "x7Fq-93kLm_Z0pQ4vT8s"]
        {
            assert!(!is_guessable(value.as_bytes()), "{value}");
        }
    }
}
