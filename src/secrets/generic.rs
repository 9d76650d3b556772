//! Credentials without a public format: values assigned to credential-like
//! names, and Authorization headers.

use crate::finding::{Candidate, Confidence};

use super::assignment::{Assignment, Operator, name_around, read};
use super::kernel::{MIN_RUN, is_token};
use super::name::{NameKind, classify, classify_strictly};
use super::randomness::{is_sequence_or_repeat, randomness};
use super::value::{Weighed, is_placeholder, is_template, weigh};
use super::vendor::Near;
use super::{Detectors, Input};
use crate::source::place::{Notation, Role};

/// Losing to any vendor's format.
const SPECIFICITY: u8 = 20;
const HEADER_SPECIFICITY: u8 = 25;

/// Reads the assignment around a name anchor at `at`. Returns the end of what
/// was read, so that further anchors in the same name are passed over.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    detectors: &Detectors,
    near: &mut Near<'_>,
    candidates: &mut Vec<Candidate>,
) -> usize {
    let name = name_around(input.text, at);
    let name_end = name.end.max(at + 1);
    let words = &input.text[name];
    let Some(kind) = classify(words) else { return name_end };
    let name = name_end - words.len().min(name_end)..name_end;
    let Some(found) = read(input.text, name) else { return name_end };
    let end = found.value.end;
    if found.operator == Operator::Argument && classify_strictly(words).is_none() {
        return name_end;
    }
    // A short value is no run, and one with signs is not one run.
    let value = &input.text[found.value.clone()];
    let unseen = value.len() < MIN_RUN || !value.iter().all(|&b| is_token(b));
    if unseen && input.vendors.try_short(input.text, &found.value, near, candidates) {
        return end;
    }
    if let Some(candidate) = assigned(input, kind, &found, detectors) {
        candidates.push(candidate);
        return end;
    }
    name_end
}

fn assigned(
    input: &Input<'_>,
    kind: NameKind,
    found: &Assignment,
    detectors: &Detectors,
) -> Option<Candidate> {
    let value = header_value(input.text, found);
    let rule = match kind {
        NameKind::Password => detectors.password?,
        NameKind::Machine | NameKind::Weak => detectors.key?,
    };
    let weighed = Weighed {
        name: &input.text[found.name.clone()],
        kind,
        value: &input.text[value.clone()],
        operator: found.operator,
        quoting: found.quoting,
        place: input.place,
        in_comment: input.place.notation == Notation::Code
            && on_comment_line(input.text, value.start),
    };
    let (mut confidence, mut reason) = weigh(&weighed)?;
    if kind != NameKind::Password
        && input.vendors.contradicts(line_before(input.text, value.start), weighed.value)
    {
        confidence = Confidence::Low;
        reason = "the value does not have the format that its provider uses";
    }
    Some(Candidate::of_secret(rule, value, SPECIFICITY, (confidence, reason)))
}

/// What stands before `at` on its line, at most 400 bytes.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let floor = at.saturating_sub(400);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    &text[start..at]
}

/// Whether the line of `at` begins with a comment marker.
fn on_comment_line(text: &[u8], at: usize) -> bool {
    let line = line_before(text, at).trim_ascii_start();
    let markers: [&[u8]; 6] = [b"#", b"//", b"*", b"/*", b"--", b"<!--"];
    markers.iter().any(|marker| line.starts_with(marker))
}

/// `Bearer abc` → `abc`.
fn header_value(text: &[u8], found: &Assignment) -> std::ops::Range<usize> {
    let value = &text[found.value.clone()];
    let schemes: [&[u8]; 5] = [b"bearer ", b"token ", b"basic ", b"apikey ", b"bot "];
    let scheme =
        schemes.iter().find(|s| value.len() > s.len() && value[..s.len()].eq_ignore_ascii_case(s));
    found.value.start + scheme.map_or(0, |s| s.len())..found.value.end
}

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
    let opinion = if basic { basic_pair(input, value)? } else { bearer(input, value)? };
    candidates.push(Candidate::of_secret(rule, start..end, HEADER_SPECIFICITY, opinion));
    Some(())
}

fn bearer(input: &Input<'_>, value: &[u8]) -> Option<(Confidence, &'static str)> {
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let random = randomness(value);
    if value.len() < 16 || !has_digit || random < 0.6 {
        return None;
    }
    if is_placeholder(value) || is_sequence_or_repeat(value) {
        return Some((Confidence::Low, "the token looks like a placeholder"));
    }
    match input.place.role {
        Role::Production => Some((Confidence::Medium, "a random value follows `Bearer`")),
        _ => Some((Confidence::Low, "a test or example holds a bearer token")),
    }
}

/// A Basic credential is `user:password` in base64, as RFC 7617 says.
fn basic_pair(input: &Input<'_>, value: &[u8]) -> Option<(Confidence, &'static str)> {
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
    if is_placeholder(&decoded) {
        return Some((Confidence::Low, "the pair looks like a placeholder"));
    }
    match input.place.role {
        Role::Production => {
            Some((Confidence::Medium, "the value decodes to a user and a password"))
        }
        _ => Some((Confidence::Low, "a test or example holds a user and a password")),
    }
}
