//! JSON Web Keys (RFC 7517): the private half of a pair (`d`), or a symmetric
//! key (`k`). A key without them is public and nothing to report.

use std::ops::Range;

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::Role;

use super::Input;

const SPECIFICITY: u8 = 85;
/// How far the members of a key stand from its `kty`, in bytes: an RSA key of
/// 8,192 bits fits.
const MAX_KEY: usize = 8 * 1024;
/// Fewest base64url characters of a private member (Ed25519 has 43).
const MIN_MEMBER: usize = 40;

/// Reads the key whose `"kty"` is at `at`. `done` is the end of the last key.
pub fn at_kty(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    done: &mut usize,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let kind = string_after(text, at + 5)?;
    let member: &[u8] = match &text[kind] {
        b"RSA" | b"EC" | b"OKP" => b"\"d\"",
        b"oct" => b"\"k\"",
        _ => return None,
    };
    let object = object_around(text, at, *done)?;
    let found = memchr::memmem::find(&text[object.clone()], member)?;
    *done = object.end;
    let value = string_after(text, object.start + found + member.len())?;
    let secret = &text[value.clone()];
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'=');
    if secret.len() < MIN_MEMBER || !secret.iter().all(is_part) {
        return None;
    }
    let opinion = match input.place.role {
        Role::Production => (Confidence::High, "a JSON Web Key with its private member"),
        Role::Example => (Confidence::Medium, "a private JSON Web Key in an example"),
        Role::Test => (Confidence::Low, "a private JSON Web Key in a test"),
    };
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// The content of the string behind `:` at `at`.
fn string_after(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let skipped = rest.iter().take(16).take_while(|b| b": \t\r\n".contains(b)).count();
    let value = rest[skipped..].strip_prefix(b"\"")?;
    let length = value.iter().take(MAX_KEY).position(|b| *b == b'"')?;
    let start = text.len() - value.len();
    Some(start..start + length)
}

/// From the last `{` before `at` to the next `}`: keys hold no objects.
fn object_around(text: &[u8], at: usize, done: usize) -> Option<Range<usize>> {
    let floor = at.saturating_sub(MAX_KEY).max(done);
    let start = floor + memchr::memrchr(b'{', text.get(floor..at)?)?;
    let window = &text[at..text.len().min(at + MAX_KEY)];
    let end = at + memchr::memchr(b'}', window)?;
    Some(start..end)
}
