//! One vendor rule: what makes a token of the right shape a candidate.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::rules::Lazy;
use crate::rules::model::{Context, SecretRule};
use crate::secrets::checksum;
use crate::secrets::format::Format;
use crate::secrets::name::{names_entry, names_key_id};
use crate::secrets::randomness::{is_sequence_or_repeat, randomness};
use crate::secrets::reference::{is_digest, is_template};
use crate::secrets::shapes::is_well_known;
use crate::secrets::standin::{has_placeholder_word, is_monotonous};
use crate::secrets::value::has_part;
use crate::source::place::{Place, Role};

use super::Near;
use super::elsewhere::is_other;
use super::lead::Tie;
use super::named::has_many_digits;
use super::near::announced;

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
        let documented = self.documented.iter().any(|known| known.as_bytes() == token);
        if documented || is_well_known(token) {
            return None;
        }
        if is_masked(&text[end..]) {
            return None;
        }
        let body = &token[prefix..];
        let tied = self.is_tied(text, found, near);
        let named = self.name_fits(text, start) || tied && self.takes_any_name();
        let line = announcement(text, start);
        if !named || prefix == 0 && (is_other(text, start..end) || self.is_about(line)) {
            return None;
        }
        let patterned = || is_sequence_or_repeat(body) || tied && has_many_digits(body);
        let wordy = |least| randomness(body) < least && !patterned();
        if self.context.min_randomness.is_some_and(wordy) {
            return None;
        }
        let judged = match self.confidence(token, body, own, near.place) {
            (_, HAS_FORMAT) if prefix == 0 && self.is_number(text, start) => IN_PATH,
            judged => judged,
        };
        // Nothing but the alphabet, and nothing that says it is a key.
        let alphabet =
            prefix > 0 && judged.1 == PARTLY_SEQUENCE && !body.iter().any(u8::is_ascii_digit);
        if alphabet && !announced(text, start) && near.tie(text, start, None).is_none() {
            return None;
        }
        // Without a prefix, what has the wrong checksum has nothing to do with the rule.
        if prefix == 0 && judged.1 == CHECKSUM_WRONG {
            return None;
        }
        let opinion = self.opinion(judged, text, found, near);
        let specificity = match (prefix > 0, self.context.provider_near) {
            _ if opinion.1 == CHECKSUM_RIGHT => BY_CHECKSUM,
            (true, true) => BY_PREFIX_AND_CONTEXT,
            (true, false) => BY_PREFIX + prefix.min(15) as u8,
            (false, _) => BY_CONTEXT,
        };
        Some(Candidate::of_secret(self.index, start..end, specificity, opinion))
    }

    /// What to think of a token that by itself is `judged` so, where it stands.
    fn opinion(
        &self,
        judged: (Confidence, &'static str),
        text: &[u8],
        found: &Token,
        near: &Near<'_>,
    ) -> (Confidence, &'static str) {
        let Token { start, prefix, own, .. } = *found;
        let sure = near.place.role == Role::Production && self.is_sure(text, found, near);
        let opinion = match (judged, own) {
            ((Confidence::High, HAS_FORMAT), false) if !sure => (Confidence::Medium, OTHERS_SAY),
            ((Confidence::Medium, HAS_FORMAT), _) if sure => (Confidence::High, NAMED_AND_FORMED),
            ((Confidence::Medium, PARTLY_SEQUENCE), true)
                if Self::is_partly_drawn(found, text, near) =>
            {
                (Confidence::High, PARTLY_DRAWN)
            }
            (opinion, _) => opinion,
        };
        match prefix == 0 && has_part(announcement(text, start), &["e.g. ", "for example"]) {
            true => (Confidence::Low, "its line calls it an example"),
            false => opinion,
        }
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
            Some(false) => return (Confidence::Low, CHECKSUM_WRONG),
            None => {}
        }
        let for_tests = has_part(body, &["test_key", "test-key", "testkey"]);
        // In an alphabet with signs `%(` is no template.
        let written = has_placeholder_word(body) || is_template(body) && randomness(body) < 0.9;
        if written || is_monotonous(body) || for_tests {
            return (Confidence::Low, "the token looks like a placeholder");
        }
        if is_sequence_or_repeat(body) || has_part(body, &["abcdef", "12345678"]) {
            let confidence = match place.role {
                Role::Production if !body.ends_with(b"-") => {
                    self.confidence.min(Confidence::Medium)
                }
                _ => Confidence::Low,
            };
            return (confidence, PARTLY_SEQUENCE);
        }
        match place.role {
            Role::Production => (self.confidence, HAS_FORMAT),
            _ if randomness(body) > 0.8 => (self.confidence, HAS_FORMAT),
            _ => (self.confidence.lowered(), "it stands in a test or example"),
        }
    }

    /// Whether the provider's name leads up to the token. With nothing between
    /// them, only what cannot be the digest of a version is a token.
    fn is_tied(&self, text: &[u8], found: &Token, near: &Near<'_>) -> bool {
        let token = &text[found.start..found.end];
        match near.tie(text, found.start, Some(self.provider)) {
            Some(Tie::Credential) => true,
            Some(Tie::Given | Tie::Called) => token.len() == 32 || !is_digest(token),
            Some(Tie::Beside) => found.prefix > 0 || token.len() >= 24 && !is_digest(token),
            None => false,
        }
    }

    /// Whether a random token stands under a credential's name or in a URL of its
    /// provider; one that others publish needs its provider's name before that.
    fn is_sure(&self, text: &[u8], found: &Token, near: &Near<'_>) -> bool {
        let token = &text[found.start..found.end];
        if randomness(&token[found.prefix..]) <= 0.9 {
            return false;
        }
        // In a path (`…:key/0a1b…`) it is a number, not a credential.
        if found.start > 0 && text[found.start - 1] == b'/' {
            return found.own && self.in_own_url(text, found.start);
        }
        // As many digits as a commit has, and its provider only somewhere near.
        let is_commit = token.len() == 40 && is_digest(token);
        match near.tie(text, found.start, Some(self.provider)) {
            Some(Tie::Credential) => true,
            Some(Tie::Given | Tie::Called)
                if found.own && (token.len() == 32 || !is_digest(token)) =>
            {
                true
            }
            // A prefix as long as an address says it by itself.
            _ => {
                let loose = found.prefix == 0 && is_commit;
                found.prefix > 20 || found.own && is_named(text, found.start) && !loose
            }
        }
    }

    /// Whether `line` leads up to the public half of a key, its number or an entry's
    /// name, and the rule is not about those.
    fn is_about(&self, line: &[u8]) -> bool {
        let wants = |part: &str| self.context.name.iter().any(|name| name.contains(part));
        // `pub_key` stands for `public_key`.
        let entry = names_entry(line).and_then(|word| word.get(..3));
        entry.is_some_and(|word| !wants(word)) || names_key_id(line) && !wants("id")
    }

    /// Whether a token is a part of a path that its provider does not put tokens in.
    fn is_number(&self, text: &[u8], start: usize) -> bool {
        start > 0 && text[start - 1] == b'/' && !self.in_own_url(text, start)
    }

    /// Whether what leads up to a token is an address that the rule names:
    /// `https://mainnet.acme.io/v3/…` for the names `acme.io/` and `/v3/`.
    fn in_own_url(&self, text: &[u8], start: usize) -> bool {
        let line = announcement(text, start);
        let url = line.rsplit(u8::is_ascii_whitespace).next().unwrap_or(line);
        let is_address =
            |name: &&String| name.ends_with('/') && (name.starts_with('/') || name.contains('.'));
        self.context.name.iter().filter(is_address).any(|name| has_part(url, &[name.as_str()]))
    }

    /// Whether only a part of what follows the prefix is a sequence, as chance and
    /// hand alike make it, and not all of it.
    fn is_partly_drawn(found: &Token, text: &[u8], near: &Near<'_>) -> bool {
        let body = &text[found.start + found.prefix..found.end];
        near.place.role == Role::Production && !is_sequence_or_repeat(body)
    }

    /// Whether the declared words are those for credentials in general, and do
    /// not tell the rule from others of its provider.
    fn takes_any_name(&self) -> bool {
        ["key", "token"].iter().all(|general| self.context.name.iter().any(|word| word == general))
    }

    /// The declared words must be in the assigned name or earlier on the line.
    fn name_fits(&self, text: &[u8], start: usize) -> bool {
        if self.context.name.is_empty() {
            return true;
        }
        let line = announcement(text, start);
        self.context.name.iter().any(|word| has_part(line, &[word.as_str()]))
    }
}

/// What stands before `at` on its line; where nothing does, the line above with
/// words on it, if a colon says that something follows.
fn announcement(text: &[u8], at: usize) -> &[u8] {
    let line_before = |end: usize| {
        let floor = end.saturating_sub(120);
        let start = memchr::memrchr(b'\n', &text[floor..end]).map_or(floor, |i| floor + i + 1);
        &text[start..end]
    };
    let line = line_before(at);
    if !line.trim_ascii().is_empty() {
        return line;
    }
    let floor = at.saturating_sub(120);
    let above = line_before(floor + text[floor..at].trim_ascii_end().len());
    if above.ends_with(b":") { above } else { line }
}

/// Whether a credential's word stands before a token on its line.
fn is_named(text: &[u8], start: usize) -> bool {
    const WORDS: &[&str] = &["key", "token", "secret", "auth", "pass", "cred", "ssws "];
    has_part(announcement(text, start), WORDS)
}

const PARTLY_SEQUENCE: &str = "the token is partly a sequence";
const PARTLY_DRAWN: &str =
    "the token has its provider's format, and only a part of it is a sequence";
const HAS_FORMAT: &str = "the token has its provider's format";
const NAMED_AND_FORMED: &str =
    "the token has its provider's format and stands under a credential's name";

/// Whether what follows a token says that the rest of it was blacked out.
pub(super) fn is_masked(after: &[u8]) -> bool {
    [&b"##"[..], b"**", b"...", "…".as_bytes()].iter().any(|mask| after.starts_with(mask))
}

const IN_PATH: (Confidence, &str) = (Confidence::Low, "in a path it may be the number of a thing");
const OTHERS_SAY: &str = "the token has a form that others publish for the provider";
const CHECKSUM_WRONG: &str = "the token's checksum is wrong";
const CHECKSUM_RIGHT: &str = "the token's checksum is right";
