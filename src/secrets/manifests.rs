//! Credentials that are only encoded: `data:` of a Kubernetes Secret, the client
//! key of a kubeconfig, `auth` of a Docker config.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::Role;

use super::Input;
use super::files::{decoded_pair, stored};
use super::name::{NameKind, classify};
use super::randomness::randomness;
use super::reference::is_template;
use super::standin::{is_disguised, is_stand_in};
use super::value::Opinion;

/// Beats generic assignments and formats that need context.
const SPECIFICITY: u8 = 60;
/// How far a manifest is read around its `kind`, in bytes.
const MAX_MANIFEST: usize = 64 * 1024;
/// Longest value that is decoded, in bytes.
const MAX_VALUE: usize = 32 * 1024;

/// The rules behind these detectors, where they are turned on.
pub struct ManifestRules {
    pub secret: Option<RuleIndex>,
    pub client_key: Option<RuleIndex>,
    pub registry: Option<RuleIndex>,
}

/// Reads what stands around a name anchor at `at`. `done` is the end of the
/// last Secret that was read.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    rules: &ManifestRules,
    done: &mut usize,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    match input.text[at] {
        b'S' if at >= *done => *done = kubernetes_secret(input, at, rules.secret?, candidates)?,
        b'k' => client_key(input, at, rules.client_key?, candidates)?,
        b'a' => registry_auth(input, at, rules.registry?, candidates)?,
        _ => {}
    }
    Some(())
}

/// `"auth": "base64(user:password)"`.
fn registry_auth(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let rest = text.get(at..)?.strip_prefix(b"auth\"")?;
    if !text[..at].ends_with(b"\"") {
        return None;
    }
    let skipped = rest.iter().take(8).take_while(|b| b" \t:".contains(b)).count();
    let value = rest[skipped..].strip_prefix(b"\"")?;
    let length = value.iter().take(MAX_VALUE).position(|b| *b == b'"')?;
    let start = text.len() - value.len();
    let (user, _) = decoded_pair(&value[..length])?;
    let opinion = at_role(input, Confidence::High, "the value decodes to a user and a password");
    let mut candidate = Candidate::of_secret(rule, start..start + length, SPECIFICITY, opinion);
    if user.len() <= 40 && user.chars().all(|c| c.is_ascii_alphanumeric() || "._-@<>".contains(c)) {
        candidate.message = Some(format!("Registry password of user `{user}` in a Docker config"));
    }
    candidates.push(candidate);
    Some(())
}

/// `client-key-data: base64(PEM)`.
fn client_key(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let rest = text.get(at..)?.strip_prefix(b"key-data")?;
    if !text[..at].ends_with(b"client-") {
        return None;
    }
    let skipped = rest.iter().take(8).take_while(|b| b" \t:\"'".contains(b)).count();
    let start = text.len() - rest.len() + skipped;
    let value = base64_at(text, start);
    let decoded = STANDARD.decode(&text[value.clone()]).ok()?;
    holds_private_key(&decoded).then_some(())?;
    let opinion = at_role(input, Confidence::High, "the value decodes to a private key");
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// A private key in PEM armour, with more in it than the armour.
fn holds_private_key(decoded: &[u8]) -> bool {
    /// Both lines of the armour, and something between them.
    const SHORTEST: usize = 62;
    decoded.len() >= SHORTEST && memchr::memmem::find(decoded, b"PRIVATE KEY-----").is_some()
}

fn base64_at(text: &[u8], start: usize) -> Range<usize> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let length = text[start..].iter().take(MAX_VALUE).take_while(|b| is_part(b)).count();
    start..start + length
}

fn at_role(input: &Input<'_>, confidence: Confidence, reason: &'static str) -> Opinion {
    match input.place.role {
        Role::Production => (confidence, reason),
        Role::Example => (confidence.lowered(), reason),
        Role::Test => (Confidence::Low, reason),
    }
}

/// Reads the manifest whose `kind: Secret` has its `Secret` at `at`; returns
/// the end of it.
fn kubernetes_secret(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<usize> {
    let text = input.text;
    let before = text[..at].trim_ascii_end();
    let whole_word = text.get(at + 6).is_none_or(|b| b.is_ascii_whitespace());
    if !whole_word || !text[at..].starts_with(b"Secret") || !before.ends_with(b"kind:") {
        return None;
    }
    let manifest = manifest_around(text, at);
    let mut section = Section::default();
    let mut start = manifest.start;
    for line in text[manifest.clone()].split(|b| *b == b'\n') {
        if let Some((encoded, key, value)) = section.entry(line) {
            let value = start + value.start..start + value.end;
            if let Some(opinion) = weigh_entry(input, encoded, key, &text[value.clone()]) {
                candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
            }
        }
        start += line.len() + 1;
    }
    Some(manifest.end)
}

/// The document between two `---`, as far as it is read.
fn manifest_around(text: &[u8], at: usize) -> Range<usize> {
    const BORDER: &[u8] = b"\n---";
    let floor = at.saturating_sub(MAX_MANIFEST / 4);
    let start = memchr::memmem::rfind(&text[floor..at], BORDER).map_or(floor, |i| floor + i + 4);
    let ceiling = text.len().min(at + MAX_MANIFEST);
    let end = memchr::memmem::find(&text[at..ceiling], BORDER).map_or(ceiling, |i| at + i);
    start..end
}

/// Where the lines of a manifest are: under `data:` or `stringData:`, or not.
#[derive(Default)]
struct Section {
    /// Indentation of the section's own key, and whether it is encoded.
    open: Option<(usize, bool)>,
}

impl Section {
    /// Key and value of an entry of an open section, and whether it is encoded.
    fn entry<'l>(&mut self, line: &'l [u8]) -> Option<(bool, &'l [u8], Range<usize>)> {
        let indent = line.iter().take_while(|b| **b == b' ').count();
        let content = line[indent..].trim_ascii_end();
        if content.is_empty() || content[0] == b'#' {
            return None;
        }
        if matches!(content, b"data:" | b"stringData:") {
            self.open = Some((indent, content[0] == b'd'));
            return None;
        }
        let (section, encoded) = self.open?;
        if indent <= section {
            self.open = None;
            return None;
        }
        let colon = memchr::memchr(b':', content)?;
        let key = content[..colon].trim_ascii();
        let blank = content[colon + 1..].iter().take_while(|b| **b == b' ').count();
        let value = &content[colon + 1 + blank..];
        let quote = value.first().copied().filter(|b| matches!(b, b'"' | b'\''));
        let start = indent + colon + 1 + blank + usize::from(quote.is_some());
        let end = match quote {
            Some(quote) => start + value[1..].iter().position(|b| *b == quote)?,
            None => start + value.iter().take_while(|b| **b != b' ').count(),
        };
        (end > start && end - start <= MAX_VALUE).then_some((encoded, key, start..end))
    }
}

/// An opinion on what a Secret keeps in the clear.
fn kept(input: &Input<'_>, value: &[u8]) -> Option<Opinion> {
    let (confidence, reason) = stored(value, input.place.role)?;
    let disguised = input.place.role != Role::Production && is_disguised(value);
    if is_stand_in(value) || disguised || value.eq_ignore_ascii_case(b"value") {
        return Some((Confidence::Low, "the value is one that examples use"));
    }
    Some((confidence, reason))
}

/// A value whose key names a credential, or that decodes to one.
fn weigh_entry(input: &Input<'_>, encoded: bool, key: &[u8], value: &[u8]) -> Option<Opinion> {
    if is_template(value) || value[0] == b'|' || value[0] == b'>' {
        return None;
    }
    let kind = classify(key.strip_suffix(b".txt").unwrap_or(key));
    if !encoded {
        return kind.filter(|k| *k != NameKind::Weak).and_then(|_| kept(input, value));
    }
    let decoded = STANDARD.decode(value).ok()?;
    if decoded.starts_with(b"-----BEGIN ") && !holds_private_key(&decoded) {
        return None;
    }
    if holds_private_key(&decoded) {
        let reason = "the value of a Secret decodes to a private key";
        return Some(at_role(input, Confidence::High, reason));
    }
    let text = decoded.trim_ascii();
    let printable = text.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
    if !printable || text.is_empty() {
        let random = kind.is_some() && decoded.len() >= 8;
        let reason = "a Secret holds random bytes; base64 is no encryption";
        return random.then(|| at_role(input, Confidence::High, reason));
    }
    match kind {
        Some(NameKind::Password | NameKind::Machine) => kept(input, text),
        _ if text.len() >= 20 && randomness(text) > 0.9 && !text.contains(&b' ') => {
            let reason = "a Secret holds a random value; base64 is no encryption";
            Some(at_role(input, Confidence::Medium, reason))
        }
        _ => None,
    }
}
