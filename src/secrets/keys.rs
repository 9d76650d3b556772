//! Private keys in PEM armour (RFC 7468, OpenPGP, PuTTY) and JSON Web Tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::finding::{Candidate, Confidence, RuleIndex, Severity};

use super::claims::token_title;
use super::kernel::Run;
use super::pem::{PemFacts, facts};
use super::randomness::randomness;
use super::value::has_part;
use super::vendor::announced;
use super::{Detectors, Input, service_account};
use crate::source::place::Role;

const SPECIFICITY: u8 = 80;
/// Below all that know better what the token is.
const UNREADABLE: u8 = 10;
/// Longest armour that is read, in bytes: an RSA key of 16,384 bits fits.
const MAX_ARMOUR: usize = 16 * 1024;
/// Fewest base64 characters of a real key: an Ed25519 key has 64.
const MIN_BODY: usize = 60;
/// Fewest of a body that is a key's even where it cannot be read as one.
const MIN_UNREADABLE: usize = 300;

/// 2025-01-01, in seconds since 1970: whatever expired before opens nothing any more.
/// A constant, as a report must not depend on the day it is made.
const LONG_PAST: f64 = 1_735_689_600.0;

/// Reads the armour whose `-----BEGIN` is at `at`.
pub fn at_pem(
    input: &Input<'_>,
    at: usize,
    detectors: &Detectors,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let window = input.text.get(at..input.text.len().min(at + MAX_ARMOUR))?;
    let label_end = 11 + find(window.get(11..window.len().min(80))?, b"-----")?;
    let label = &window[11..label_end];
    if !(label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    let body = &window[label_end + 5..];
    let body_end = find(body, b"-----END").unwrap_or(0);
    let body = &body[..body_end];
    let facts = facts(label, body);
    let opinion = match weigh_key(input, body, &facts)? {
        (Confidence::High, _) if in_manual(input.text, at) => {
            (Confidence::Medium, "a private key in the comment of a manual")
        }
        (Confidence::High, _) if !facts.readable && is_shown(input.text, at) => {
            (Confidence::Low, "a comment shows it, and it cannot be read as a key")
        }
        opinion => opinion,
    };
    let armour_end = match body_end {
        0 => label_end + 5,
        _ => (label_end + 5 + body_end + 8 + label.len() + 5).min(window.len()),
    };
    let armour = at..at + armour_end;
    let account = detectors.service_account.zip(service_account::around(input.text, &armour));
    let (rule, message) = match account {
        Some((rule, account)) => (rule, account.title()),
        None => (detectors.private_key?, facts.readable.then(|| facts.title())),
    };
    let mut candidate = Candidate::of_secret(rule, armour, SPECIFICITY, opinion);
    candidate.message = message;
    candidate.severity = facts.encrypted.then_some(Severity::Medium);
    candidates.push(candidate);
    Some(())
}

/// It is a private key all the same; what it opens hangs on the passphrase.
const PROTECTED: &str = "the private key is protected by a passphrase";

fn weigh_key(
    input: &Input<'_>,
    body: &[u8],
    facts: &PemFacts,
) -> Option<(Confidence, &'static str)> {
    let letters = body.iter().filter(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)).count();
    if find(body, b"...").is_some() || find(body, b"${").is_some() || body.contains(&b'<') {
        return None;
    }
    // `Your_Private_Key`, and a remark: base64 has no such signs.
    if !facts.readable && body.contains(&b'_') {
        return Some((Confidence::Low, "words stand where the key belongs"));
    }
    if letters < MIN_UNREADABLE && is_cut(body) {
        return None;
    }
    if letters < MIN_BODY {
        return (letters >= 16).then_some((Confidence::Low, "the key's body is too short"));
    }
    match input.place.role {
        Role::Production if !facts.readable && letters < MIN_UNREADABLE => {
            Some((Confidence::Medium, "a private key whose body cannot be read as one"))
        }
        Role::Production if facts.encrypted => Some((Confidence::High, PROTECTED)),
        Role::Production => Some((Confidence::High, "a private key with its body")),
        Role::Example => Some((Confidence::Medium, "a private key in an example")),
        Role::Test => Some((Confidence::Medium, "a private key in a test")),
    }
}

/// Whether the body ends in a dot, as a manual cuts it: `MIIEpQIBAAKCAQEAuyf.`
fn is_cut(body: &[u8]) -> bool {
    body.trim_ascii_end()
        .strip_suffix(b".")
        .is_some_and(|rest| rest.last().is_some_and(u8::is_ascii_alphanumeric))
}

/// Whether the line of `at` is one of a comment that a manual is made from: ` * …`,
/// `/// …`, `//! …`.
fn in_manual(text: &[u8], at: usize) -> bool {
    let floor = at.saturating_sub(80);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    let line = text[start..at].trim_ascii_start();
    let marks = [&b"* "[..], b"/// ", b"//! "];
    marks.iter().any(|mark| line.starts_with(mark))
}

/// Whether a key in one line stands on a line of comments: `#  private_key="-----BEGIN…`.
fn is_shown(text: &[u8], at: usize) -> bool {
    let floor = at.saturating_sub(80);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    let line = text[start..at].trim_ascii_start();
    line.starts_with(b"# ") && line.len() > 2
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

/// A private key of PuTTY whose first line begins with `run`.
pub fn at_putty(
    input: &Input<'_>,
    run: Run,
    detectors: &Detectors,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let rule = detectors.putty?;
    let window = input.text.get(run.start..input.text.len().min(run.start + MAX_ARMOUR))?;
    let private = find(window, b"Private-Lines:")?;
    let head = &window[..private];
    let line = private + memchr::memchr(b'\n', &window[private..])? + 1;
    let is_body = |b: &u8| b.is_ascii_alphanumeric() || b"+/=\r\n".contains(b);
    let length = window[line..].iter().take_while(|b| is_body(b)).count();
    // The next line, `Private-MAC:`, begins with letters too.
    let end = find(&window[line..], b"Private-").map_or(length, |mac| mac.min(length));
    let body = window[line..line + end].trim_ascii_end();
    let encrypted = find(head, b"Encryption: none").is_none();
    let opinion = match input.place.role {
        _ if body.len() < 32 => return None,
        Role::Test => (Confidence::Low, "a private key in a test"),
        Role::Example => (Confidence::Medium, "a private key in an example"),
        Role::Production if encrypted => (Confidence::High, PROTECTED),
        Role::Production => (Confidence::High, "a private key with its body"),
    };
    let start = run.start + line;
    let secret = start..start + body.len();
    let mut candidate = Candidate::of_secret(rule, secret, SPECIFICITY, opinion);
    candidate.severity = encrypted.then_some(Severity::Medium);
    candidates.push(candidate);
    Some(())
}

/// A signed token that begins with `run`: three base64url parts of which the
/// first two are JSON (RFC 7519). Returns its end, unless it cannot be read.
pub fn at_jwt(
    input: &Input<'_>,
    run: Run,
    detectors: &Detectors,
    candidates: &mut Vec<Candidate>,
) -> Option<usize> {
    let rule = detectors.jwt?;
    let text = input.text;
    let start = run.start + find(&text[run.start..run.end], b"eyJ").filter(|at| *at <= 2)?;
    let part = |from: usize| {
        // Some makers pad their parts, against the standard.
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'=');
        from + text[from..].iter().take(8192).take_while(|b| is_part(b)).count()
    };
    let header_end = part(start);
    if text.get(header_end..header_end + 4)? != b".eyJ" {
        return None;
    }
    let payload_end = part(header_end + 1);
    if text.get(payload_end) != Some(&b'.') {
        return None;
    }
    let end = part(payload_end + 1);
    let token = Token { start, header_end, payload_end, end };
    if let Some(candidate) = signed(input, &token, rule) {
        candidates.push(candidate);
        return Some(end);
    }
    // A provider's own format may say more of it.
    candidates.extend(unreadable(input, &token, rule));
    None
}

/// Where the parts of a token are; a dot stands between them.
struct Token {
    start: usize,
    header_end: usize,
    payload_end: usize,
    end: usize,
}

/// A token whose header and payload can be read.
fn signed(input: &Input<'_>, token: &Token, rule: RuleIndex) -> Option<Candidate> {
    let header = json(&input.text[token.start..token.header_end])?;
    let payload = json(&input.text[token.header_end + 1..token.payload_end])?;
    let algorithm = header.get("alg")?.as_str()?;
    let (confidence, severity, reason) = weigh_token(input, &payload, algorithm, token);
    let span = token.start..token.end;
    let mut candidate = Candidate::of_secret(rule, span, SPECIFICITY, (confidence, reason));
    candidate.severity = severity;
    candidate.message = Some(token_title(algorithm, &payload));
    Some(candidate)
}

/// A token of the right shape that cannot be read: encrypted, of an own kind, or
/// garbled. It counts for more where a name says what it is.
fn unreadable(input: &Input<'_>, token: &Token, rule: RuleIndex) -> Option<Candidate> {
    let signature = input.text.get(token.payload_end + 1..token.end)?;
    let payload = token.payload_end - token.header_end;
    if signature.len() < 24 || payload < 40 || randomness(signature) < 0.8 {
        return None;
    }
    let named = announced(input.text, token.start) && input.place.role == Role::Production;
    let confidence = if named { Confidence::Medium } else { Confidence::Low };
    let opinion = (confidence, "it has the parts of a signed token, but cannot be read as one");
    Some(Candidate::of_secret(rule, token.start..token.end, UNREADABLE, opinion))
}

fn weigh_token(
    input: &Input<'_>,
    payload: &serde_json::Value,
    algorithm: &str,
    token: &Token,
) -> (Confidence, Option<Severity>, &'static str) {
    let textbook = payload.get("sub").and_then(|s| s.as_str()) == Some("1234567890");
    let is_public = payload.get("role").and_then(|r| r.as_str()) == Some("anon");
    if textbook || algorithm.eq_ignore_ascii_case("none") || token.end - token.payload_end < 10 {
        return (Confidence::Low, None, "the token is the textbook's or is not signed");
    }
    let signature = &input.text[token.payload_end + 1..token.end];
    if !fits(algorithm, signature.iter().filter(|b| **b != b'=').count()) {
        return (Confidence::Low, None, "the signature does not have its algorithm's length");
    }
    if is_public {
        return (Confidence::High, Some(Severity::Info), "the token is one for the public");
    }
    let shown = input.place.role != Role::Production || in_manual(input.text, token.start);
    if shown && is_toy(payload, input.place.role) {
        return (Confidence::Low, None, "the token of a test or example speaks of nobody");
    }
    let Some(expiry) = payload.get("exp") else {
        return (at_role(input, Confidence::High), None, "a signed token that never expires");
    };
    if expiry.as_f64().is_some_and(|seconds| seconds < LONG_PAST) {
        let reason = "a signed token that expired long ago";
        return (at_role(input, Confidence::Medium), Some(Severity::Info), reason);
    }
    (at_role(input, Confidence::Medium), None, "a signed token with an expiry")
}

/// Whether a signature of `length` base64url characters can be one of `algorithm`
/// (RFC 7518, section 3.1; RFC 8037). Of RSA the smallest key has 1,024 bits.
fn fits(algorithm: &str, length: usize) -> bool {
    match algorithm {
        "HS256" => length == 43,
        "HS384" => length == 64,
        "HS512" | "ES256" | "ES256K" => length == 86,
        "ES384" => length == 128,
        "ES512" => length == 176,
        "EdDSA" => matches!(length, 86 | 152),
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => length >= 171,
        _ => true,
    }
}

/// Claims that only say when and with which key.
const WHEN: [&str; 5] = ["iat", "exp", "nbf", "jti", "auth_time"];

/// Words of claims that say nothing of anybody.
const NOBODY: [&str; 14] = [
    "example", "test", "urn:", "localhost", "foo", "bar", "joe", "alice", "john", "hello", "some",
    "payload", "claim", "subject",
];

/// `{"foo": "bar"}`, `{"iss": "urn:example:issuer"}`, `{"exp": 1893456000}`: what the tests and manuals of
/// libraries sign.
fn is_toy(payload: &serde_json::Value, role: Role) -> bool {
    let Some(claims) = payload.as_object() else { return false };
    let nobody = |text: &str| has_part(text.as_bytes(), &NOBODY);
    let mut others = claims.iter().filter(|(name, _)| !WHEN.contains(&name.as_str()));
    let textbook = claims.get("foo").is_some_and(|value| value.as_str() == Some("bar"));
    let said = |value: &serde_json::Value| value.as_str().is_some_and(nobody);
    let empty = |name: &str, value: &serde_json::Value| {
        let listed = value.as_array().is_some_and(|list| list.iter().any(said));
        let few = role == Role::Example && name.contains("id");
        let counted = value.as_u64().is_some_and(|n| name == "aud" || few && n < 1000);
        nobody(name) || counted || said(value) || listed
    };
    textbook || others.all(|(name, value)| empty(name, value))
}

fn at_role(input: &Input<'_>, confidence: Confidence) -> Confidence {
    match input.place.role {
        Role::Production => confidence,
        Role::Example | Role::Test => confidence.min(Confidence::Medium),
    }
}

fn json(part: &[u8]) -> Option<serde_json::Value> {
    let padding = part.iter().rev().take_while(|b| **b == b'=').count();
    let decoded = URL_SAFE_NO_PAD.decode(&part[..part.len() - padding]).ok()?;
    let value: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
    value.is_object().then_some(value)
}
