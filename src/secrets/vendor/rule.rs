//! One vendor rule: what makes a token of the right shape a candidate.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::rules::Lazy;
use crate::rules::model::{Context, SecretRule};
use crate::secrets::checksum;
use crate::secrets::format::Format;
use crate::secrets::randomness::{is_sequence_or_repeat, randomness};
use crate::secrets::standin::{is_monotonous, is_placeholder};
use crate::secrets::value::has_part;
use crate::source::place::{Place, Role};

use super::Near;

/// How strongly a match names its rule; see `Candidate::specificity`.
const BY_CHECKSUM: u8 = 120;
const BY_PREFIX_AND_CONTEXT: u8 = 90;
/// Plus the length of the prefix, up to 15: the longer one tells more.
const BY_PREFIX: u8 = 70;
const BY_CONTEXT: u8 = 40;

/// A text of the right shape.
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Length of its public prefix.
    pub(super) prefix: usize,
    /// Of a format of the provider's own.
    pub(super) own: bool,
}

/// A rule that is compiled when it is first asked about a text.
pub(super) struct LazyRule {
    pub(super) index: RuleIndex,
    pub(super) provider: u32,
    pub(super) rule: Arc<Lazy<SecretRule>>,
    pub(super) compiled: OnceLock<Rule>,
}

impl LazyRule {
    pub(super) fn get(&self) -> &Rule {
        self.compiled.get_or_init(|| Rule::compile(self.index, self.provider, &self.rule))
    }
}

/// A compiled rule.
pub(super) struct Rule {
    pub(super) index: RuleIndex,
    pub(super) provider: u32,
    pub(super) confidence: Confidence,
    /// The provider's own first. None for one that cannot be compiled, which
    /// [`crate::rules::check`] refuses.
    formats: Vec<Option<Format>>,
    /// So many of them are the provider's; the rest others publish.
    pub(super) own_formats: usize,
    pub(super) regex: Option<LazyRegex>,
    checksum: Option<String>,
    pub(super) context: Context,
    documented: Vec<String>,
}

/// A regex that is compiled when its anchor is first met: most runs never
/// need most of them.
pub(super) struct LazyRegex {
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(super) fn get(&self) -> Option<&Regex> {
        let compile = || RegexBuilder::new(&self.pattern).unicode(false).build().ok();
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl Rule {
    fn compile(index: RuleIndex, provider: u32, rule: &SecretRule) -> Self {
        let formats = rule.formats.iter().chain(&rule.other_formats);
        let lazy =
            |pattern: &String| LazyRegex { pattern: pattern.clone(), compiled: OnceLock::new() };
        Rule {
            index,
            provider,
            confidence: rule.confidence,
            formats: formats.map(|segments| Format::compile(segments)).collect(),
            own_formats: rule.formats.len(),
            regex: rule.regex.as_ref().map(lazy),
            checksum: rule.checksum.clone(),
            context: rule.context.clone(),
            documented: rule.documented.clone(),
        }
    }

    pub(super) fn format(&self, number: u32) -> Option<&Format> {
        self.formats.get(number as usize)?.as_ref()
    }

    pub(super) fn try_regex(
        &self,
        text: &[u8],
        at: usize,
        near: &Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let from = at.saturating_sub(128);
        let window = &text[from..text.len().min(at + 4096)];
        let captures = self.regex.as_ref()?.get()?.captures(window)?;
        let secret = captures.name("secret").or_else(|| captures.get(0))?;
        let (start, end) = (from + secret.start(), from + secret.end());
        let token = Token { start, end, prefix: 4, own: true };
        candidates.push(self.candidate(text, &token, near)?);
        Some(end)
    }

    /// Judges a token of the right shape.
    pub(super) fn candidate(
        &self,
        text: &[u8],
        found: &Token,
        near: &Near<'_>,
    ) -> Option<Candidate> {
        let Token { start, end, prefix, own } = *found;
        let token = &text[start..end];
        if self.documented.iter().any(|known| known.as_bytes() == token) {
            return None;
        }
        if is_masked(&text[end..]) {
            return None;
        }
        if !self.name_fits(text, start) || prefix == 0 && follows_digest_word(text, start) {
            return None;
        }
        let body = &token[prefix..];
        let wordy = |least| randomness(body) < least && !is_sequence_or_repeat(body);
        if self.context.min_randomness.is_some_and(wordy) {
            return None;
        }
        let opinion = match (self.confidence(token, body, own, near.place), own) {
            ((Confidence::High, _), false) => (Confidence::Medium, OTHERS_SAY),
            ((Confidence::Medium, HAS_FORMAT), true)
                if near.place.role == Role::Production && is_named(text, start, body) =>
            {
                (Confidence::High, NAMED_AND_FORMED)
            }
            (opinion, _) => opinion,
        };
        let specificity = match (prefix > 0, self.context.provider_near) {
            _ if opinion.1 == CHECKSUM_RIGHT => BY_CHECKSUM,
            (true, true) => BY_PREFIX_AND_CONTEXT,
            (true, false) => BY_PREFIX + prefix.min(15) as u8,
            (false, _) => BY_CONTEXT,
        };
        Some(Candidate::of_secret(self.index, start..end, specificity, opinion))
    }

    fn confidence(
        &self,
        token: &[u8],
        body: &[u8],
        own: bool,
        place: Place,
    ) -> (Confidence, &'static str) {
        let scheme = self.checksum.as_deref().filter(|_| own);
        match scheme.and_then(|name| checksum::verify(name, token)) {
            Some(true) => return (Confidence::High, CHECKSUM_RIGHT),
            Some(false) => return (Confidence::Low, "the token's checksum is wrong"),
            None => {}
        }
        let for_tests = has_part(body, &["test_key", "test-key", "testkey"]);
        if is_placeholder(body) || is_monotonous(body) || for_tests {
            return (Confidence::Low, "the token looks like a placeholder");
        }
        if is_sequence_or_repeat(body) || has_part(body, &["abcdef", "12345678"]) {
            let confidence = match place.role {
                Role::Production => self.confidence.min(Confidence::Medium),
                _ => Confidence::Low,
            };
            return (confidence, "the token is partly a sequence");
        }
        match place.role {
            Role::Production => (self.confidence, HAS_FORMAT),
            _ if randomness(body) > 0.8 => (self.confidence, HAS_FORMAT),
            _ => (self.confidence.lowered(), "it stands in a test or example"),
        }
    }

    /// The declared words must be in the assigned name or earlier on the line.
    fn name_fits(&self, text: &[u8], start: usize) -> bool {
        if self.context.name.is_empty() {
            return true;
        }
        let floor = start.saturating_sub(120);
        let line = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |i| floor + i + 1);
        self.context.name.iter().any(|word| has_part(&text[line..start], &[word.as_str()]))
    }
}

/// Whether a credential's word stands before a random token on its line.
fn is_named(text: &[u8], start: usize, body: &[u8]) -> bool {
    const WORDS: &[&str] = &["key", "token", "secret", "auth", "pass", "cred"];
    let floor = start.saturating_sub(80);
    let line = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |i| floor + i + 1);
    // In a path (`…:key/0a1b…`) it is a number, not a credential.
    let in_path = start > 0 && text[start - 1] == b'/';
    !in_path && randomness(body) > 0.9 && has_part(&text[line..start], WORDS)
}

const HAS_FORMAT: &str = "the token has its provider's format";
const NAMED_AND_FORMED: &str =
    "the token has its provider's format and stands under a credential's name";

/// Whether what follows a token says that the rest of it was blacked out.
fn is_masked(after: &[u8]) -> bool {
    [&b"##"[..], b"**", b"...", "…".as_bytes()].iter().any(|mask| after.starts_with(mask))
}

const OTHERS_SAY: &str = "the token has a form that others publish for the provider";
const CHECKSUM_RIGHT: &str = "the token's checksum is right";

/// `sha256:…`, `"integrity": "…"`, `uses: action@…`: the hash of some content.
fn follows_digest_word(text: &[u8], start: usize) -> bool {
    const WORDS: &[&str] = &[
        "sha1", "sha256", "sha384", "sha512", "md5", "digest", "integrity", "checksum", "hash",
        "commit", "revision", "etag", "fingerprint",
    ];
    let window = &text[start.saturating_sub(24)..start];
    let line = window.rsplit(|&b| b == b'\n').next().unwrap_or(window);
    line.ends_with(b"@") || has_part(line, WORDS)
}
