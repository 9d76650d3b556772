//! Credentials in Authorization headers: `Bearer <token>`, `Basic <base64>`.

use crate::finding::{Candidate, Confidence};

use super::randomness::{is_sequence_or_repeat, randomness};
use super::reference::{is_template, is_uuid};
use super::standin::{is_placeholder, is_stand_in};
use super::value::{Assessment, at_place, has_part};
use super::words::Wording;
use super::{Detectors, Input};
use crate::source::place::Role;

/// Beats an assignment, loses to any vendor's format.
const SPECIFICITY: u8 = 25;

/// `Bearer <token>` and `Basic <base64>` wherever they stand.
pub fn at_scheme(
    input: &Input<'_>,
    at: usize,
    detectors: &Detectors,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let rule = detectors.authorization?;
    let basic = input.text[at..].get(..5)?.eq_ignore_ascii_case(b"basic");
    let start = at + if basic { 5 } else { 6 };
    let blank = input.text.get(start)?;
    let start = start + 1;
    let rest = input.text.get(start..input.text.len().min(start + 4096))?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-.~".contains(b);
    let end = start + rest.iter().take_while(|b| is_part(b)).count();
    let value = &input.text[start..end];
    if *blank != b' ' || value.len() < 8 || is_template(value) {
        return None;
    }
    let opinion = if basic { basic_pair(value, input.place.role)? } else { bearer(value)? };
    let opinion = match to_reserved_host(input.text, start) {
        true => {
            opinion.at_most(Confidence::Low, "it is sent to a host that is reserved for examples")
        }
        false => opinion,
    };
    let opinion = at_place(opinion, input.place.role);
    candidates.push(opinion.candidate(rule, start..end, SPECIFICITY));
    Some(())
}

/// Whether the line before `at` holds a URL of a host that nobody can have (RFC 2606).
fn to_reserved_host(text: &[u8], at: usize) -> bool {
    const HOSTS: &[&str] = &["://example.com", "://example.org", "://example.net"];
    let line = &text[at.saturating_sub(200)..at];
    let start = memchr::memrchr(b'\n', line).map_or(0, |i| i + 1);
    has_part(&line[start..], HOSTS)
}

fn bearer(value: &[u8]) -> Option<Assessment> {
    let has_digit = value.iter().any(u8::is_ascii_digit);
    if value.len() < 16 || !has_digit || randomness(value) < 0.6 {
        return None;
    }
    if is_placeholder(value) || is_sequence_or_repeat(value) || is_drawn_jwt(value) {
        return Some(Assessment::new(Confidence::Low, "the token looks like a placeholder"));
    }
    let sure = value.len() >= 20 && randomness(value) > 0.95 && !is_uuid(value);
    let confidence = if sure { Confidence::High } else { Confidence::Medium };
    Some(Assessment::new(confidence, "a random value follows `Bearer`"))
}

/// `eyJhbGciOiJIUzI1NiJ9.payload.signature`: a JWT has JSON in its second part too.
fn is_drawn_jwt(value: &[u8]) -> bool {
    let mut parts = value.split(|b| *b == b'.');
    let head = parts.next().is_some_and(|head| head.starts_with(b"eyJ"));
    head && parts.next().is_some_and(|body| !body.starts_with(b"eyJ") && body.len() < 40)
}

/// A Basic credential is `user:password` in base64, as RFC 7617 says.
fn basic_pair(value: &[u8], role: Role) -> Option<Assessment> {
    use base64::Engine;
    let padded = value.len().is_multiple_of(4);
    let decoded = if padded {
        base64::engine::general_purpose::STANDARD.decode(value).ok()?
    } else {
        base64::engine::general_purpose::STANDARD_NO_PAD.decode(value).ok()?
    };
    let colon = decoded.iter().position(|&b| b == b':')?;
    let readable = decoded.iter().all(|b| (0x20..0x7f).contains(b));
    if !readable || decoded.len() - colon < 3 {
        return None;
    }
    let password = &decoded[colon + 1..];
    let plain = is_stand_in(password) || Wording::of(password).is_text();
    // What a test logs in with.
    let short = password.len() < 6 && password.iter().all(u8::is_ascii_digit);
    let of_test = role != Role::Production && short;
    if is_placeholder(&decoded) || plain || of_test || is_sequence_or_repeat(password) {
        return Some(Assessment::new(Confidence::Low, "the pair looks like a placeholder"));
    }
    Some(Assessment::new(Confidence::Medium, "the value decodes to a user and a password"))
}
