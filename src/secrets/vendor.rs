//! Credentials whose format is known: a table from first bytes to formats, and
//! formats without a prefix that need their provider's name near.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use crate::finding::{Candidate, Confidence, RuleIndex, Severity};
use crate::rules::model::Context;
use crate::rules::{Catalogue, SecretEntry};

use super::checksum;
use super::format::{Format, starts_token};
use super::kernel::Run;
use super::place::{Place, Role};
use super::randomness::{is_sequence_or_repeat, randomness};
use super::value::{has_part, is_placeholder};

/// Bytes that may belong to a token on the left of its longest run.
const MAX_LEFT: usize = 80;
/// How far around a candidate a provider's words count, in bytes each way.
const NEAR: usize = 240;

/// How strongly a match names its rule; see `Candidate::specificity`.
const BY_CHECKSUM: u8 = 90;
const BY_PREFIX: u8 = 70;
const BY_CONTEXT: u8 = 40;

struct Rule {
    index: RuleIndex,
    provider: u32,
    confidence: Confidence,
    severity: Severity,
    formats: Vec<Format>,
    regex: Option<regex::bytes::Regex>,
    checksum: Option<String>,
    context: Context,
    documented: Vec<String>,
}

/// Which format of which rule.
#[derive(Clone, Copy)]
struct Slot {
    rule: u32,
    format: u32,
}

/// By the first two bytes of a prefix or anchor: the whole of it, and whose it is.
type PrefixTable = HashMap<u16, Vec<(Box<[u8]>, Slot)>>;

/// All rules with a format or an anchored regex.
pub struct Vendors {
    rules: Vec<Rule>,
    by_prefix: PrefixTable,
    prefix_bits: Box<[u64; 1024]>,
    /// Formats that begin with an alphabet and need no provider near.
    open: Vec<Slot>,
    /// Formats that need their provider near, by provider.
    contextual: Vec<Vec<Slot>>,
    words: Option<AhoCorasick>,
    /// Provider of each pattern of `words`.
    word_owner: Vec<u32>,
}

/// Marks a regex rule in [`Slot::format`].
const REGEX: u32 = u32::MAX;

impl Vendors {
    /// Compiles the rules of `catalogue` that have a format or a regex.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut builder = Builder::default();
        for entry in &catalogue.secrets {
            builder.add(entry);
        }
        builder.build()
    }

    /// Tries every format that can contain `run`. `done` is the end of what
    /// earlier runs have covered. Returns the end of the longest match.
    pub fn scan_run(
        &self,
        text: &[u8],
        run: Run,
        done: usize,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let from = if run.has_digit { left_end(text, run.start, done) } else { run.start };
        let mut longest = None;
        let last = if run.has_digit { run.end - 8 } else { run.start + 1 };
        for at in from..last {
            let key = u16::from_be_bytes([text[at], text[at + 1]]);
            if !self.has_prefix(key) || !starts_token(text, at) {
                continue;
            }
            longest = longest.max(self.try_prefix(text, at, key, near, candidates));
        }
        if longest.is_some() || !run.has_digit {
            return longest;
        }
        self.try_open(text, run, near, candidates)
    }

    #[inline]
    fn has_prefix(&self, key: u16) -> bool {
        self.prefix_bits[usize::from(key >> 6)] >> (key & 63) & 1 != 0
    }

    fn try_prefix(
        &self,
        text: &[u8],
        at: usize,
        key: u16,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let mut longest = None;
        for (prefix, place) in self.by_prefix.get(&key)? {
            if text[at..].starts_with(prefix)
                && let Some(end) = self.try_at(text, at, *place, near, candidates)
            {
                longest = longest.max(Some(end));
            }
        }
        longest
    }

    /// Formats without a prefix: at the run's start, where the length fits.
    fn try_open(
        &self,
        text: &[u8],
        run: Run,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        if randomness(&text[run.start..run.end]) < 0.3 {
            return None;
        }
        let mut start = run.start;
        if !starts_token(text, start) {
            start += 1;
        }
        let mut longest = None;
        for place in &self.open {
            longest = longest.max(self.try_at(text, start, *place, near, candidates));
        }
        let providers = near.providers(self, text, run).to_vec();
        for provider in providers {
            for place in &self.contextual[provider as usize] {
                longest = longest.max(self.try_at(text, start, *place, near, candidates));
            }
        }
        longest
    }

    fn try_at(
        &self,
        text: &[u8],
        at: usize,
        place: Slot,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let rule = &self.rules[place.rule as usize];
        if place.format == REGEX {
            return rule.try_regex(text, at, near, candidates);
        }
        let format = &rule.formats[place.format as usize];
        let end = format.match_at(text, at)?;
        let prefix = format.prefix_len(&text[at..end]);
        let run = Run { start: at, end, has_digit: true };
        if rule.context.provider_near && !near.providers(self, text, run).contains(&rule.provider) {
            return None;
        }
        let candidate = rule.candidate(text, at, end, prefix, near)?;
        candidates.push(candidate);
        Some(end)
    }
}

impl Rule {
    fn try_regex(
        &self,
        text: &[u8],
        at: usize,
        near: &Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let from = at.saturating_sub(128);
        let window = &text[from..text.len().min(at + 4096)];
        let captures = self.regex.as_ref()?.captures(window)?;
        let secret = captures.name("secret").or_else(|| captures.get(0))?;
        let (start, end) = (from + secret.start(), from + secret.end());
        candidates.push(self.candidate(text, start, end, 4, near)?);
        Some(end)
    }

    /// Judges a token of the right shape at `start..end`.
    fn candidate(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        prefix: usize,
        near: &Near<'_>,
    ) -> Option<Candidate> {
        let token = &text[start..end];
        if self.documented.iter().any(|known| known.as_bytes() == token) {
            return None;
        }
        if !self.name_fits(text, start) {
            return None;
        }
        let body = &token[prefix..];
        if self.context.min_randomness.is_some_and(|least| randomness(body) < least) {
            return None;
        }
        let mut candidate = Candidate::new(self.index, start..end);
        candidate.secret = Some(start..end);
        candidate.severity = Some(self.severity);
        candidate.specificity = if prefix > 0 { BY_PREFIX } else { BY_CONTEXT };
        let (confidence, reason) = self.confidence(token, body, near.place);
        candidate.confidence = confidence;
        candidate.reasons.push(reason.into());
        if reason == CHECKSUM_RIGHT {
            candidate.specificity = BY_CHECKSUM;
        }
        Some(candidate)
    }

    fn confidence(&self, token: &[u8], body: &[u8], place: Place) -> (Confidence, &'static str) {
        match self.checksum.as_deref().and_then(|name| checksum::verify(name, token)) {
            Some(true) => return (Confidence::High, CHECKSUM_RIGHT),
            Some(false) => return (Confidence::Low, "the token's checksum is wrong"),
            None => {}
        }
        if is_placeholder(body) || is_repeat(body) {
            return (Confidence::Low, "the token looks like a placeholder");
        }
        if is_sequence_or_repeat(body) || has_part(body, &["abcdef", "12345678"]) {
            return (self.confidence.lowered(), "the token is partly a sequence");
        }
        match place.role {
            Role::Production => (self.confidence, "the token has its provider's format"),
            _ if randomness(body) > 0.8 => (self.confidence, "the token has its provider's format"),
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

const CHECKSUM_RIGHT: &str = "the token's checksum is right";

/// One or two characters fill most of the token.
fn is_repeat(body: &[u8]) -> bool {
    let mut counts = [0u32; 256];
    body.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let most = counts.iter().max().copied().unwrap_or(0);
    body.len() >= 8 && most as usize * 2 > body.len()
}

/// Where a token around a run may begin, not before `done`.
fn left_end(text: &[u8], start: usize, done: usize) -> usize {
    let floor = start.saturating_sub(MAX_LEFT).max(done.min(start));
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"_-./+:=".contains(&b);
    let mut at = start;
    while at > floor && is_part(text[at - 1]) {
        at -= 1;
    }
    at
}

/// The providers named around a candidate; looked up once per place.
pub struct Near<'a> {
    pub place: Place,
    path: &'a str,
    path_providers: Option<Vec<u32>>,
    window: (usize, usize),
    found: Vec<u32>,
}

impl<'a> Near<'a> {
    /// For the file at `path`.
    pub fn new(path: &'a str, place: Place) -> Self {
        Near { place, path, path_providers: None, window: (0, 0), found: Vec::new() }
    }

    fn providers(&mut self, vendors: &Vendors, text: &[u8], run: Run) -> &[u32] {
        let window =
            (run.start.saturating_sub(NEAR), text.len().min(run.end.min(run.start + NEAR) + NEAR));
        if self.window == window {
            return &self.found;
        }
        self.window = window;
        self.found.clear();
        let Some(words) = &vendors.words else { return &self.found };
        let path =
            self.path_providers.get_or_insert_with(|| vendors.owners(words, self.path.as_bytes()));
        self.found.extend_from_slice(path);
        // What is inside the value itself names nobody.
        let before = vendors.owners(words, &text[window.0..run.start]);
        let after = vendors.owners(words, &text[run.end.min(window.1)..window.1]);
        self.found.extend(before);
        self.found.extend(after);
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }
}

impl Vendors {
    /// Owners of all provider words in `text`.
    fn owners(&self, words: &AhoCorasick, text: &[u8]) -> Vec<u32> {
        words
            .find_overlapping_iter(text)
            .map(|found| self.word_owner[found.pattern().as_usize()])
            .collect()
    }
}

#[derive(Default)]
struct Builder {
    rules: Vec<Rule>,
    by_prefix: PrefixTable,
    open: Vec<Slot>,
    contextual: Vec<Vec<Slot>>,
    providers: HashMap<String, u32>,
    words: Vec<String>,
    word_owner: Vec<u32>,
}

impl Builder {
    fn add(&mut self, entry: &SecretEntry) {
        let provider = self.provider(entry);
        let rule = &entry.rule;
        let formats: Vec<Format> =
            rule.formats.iter().filter_map(|segments| Format::compile(segments)).collect();
        let regex = rule.regex.as_deref().and_then(|r| regex::bytes::Regex::new(r).ok());
        if formats.is_empty() && regex.is_none() {
            return;
        }
        let number = self.rules.len() as u32;
        for (i, format) in formats.iter().enumerate() {
            let place = Slot { rule: number, format: i as u32 };
            match format.prefixes() {
                Some(texts) if texts.iter().all(|t| t.len() >= 2) => {
                    texts.iter().for_each(|text| self.index(text, place));
                }
                _ if rule.context.provider_near => self.contextual[provider as usize].push(place),
                _ => self.open.push(place),
            }
        }
        for anchor in rule.anchors.iter().filter(|a| regex.is_some() && a.len() >= 2) {
            self.index(anchor.as_bytes(), Slot { rule: number, format: REGEX });
        }
        self.rules.push(Rule {
            index: entry.index,
            provider,
            confidence: rule.confidence,
            severity: rule.severity,
            formats,
            regex,
            checksum: rule.checksum.clone(),
            context: rule.context.clone(),
            documented: rule.documented.clone(),
        });
    }

    fn index(&mut self, text: &[u8], place: Slot) {
        let key = u16::from_be_bytes([text[0], text[1]]);
        self.by_prefix.entry(key).or_default().push((text.into(), place));
    }

    fn provider(&mut self, entry: &SecretEntry) -> u32 {
        let next = self.contextual.len() as u32;
        let number = *self.providers.entry(entry.provider.key.clone()).or_insert(next);
        if number == next {
            self.contextual.push(Vec::new());
            for word in entry.provider.words.iter().filter(|w| !w.is_empty()) {
                self.words.push(word.clone());
                self.word_owner.push(number);
            }
        }
        number
    }

    fn build(self) -> Vendors {
        let mut prefix_bits = Box::new([0u64; 1024]);
        for key in self.by_prefix.keys() {
            prefix_bits[usize::from(key >> 6)] |= 1 << (key & 63);
        }
        let words = AhoCorasick::builder().ascii_case_insensitive(true).build(&self.words).ok();
        Vendors {
            rules: self.rules,
            by_prefix: self.by_prefix,
            prefix_bits,
            open: self.open,
            contextual: self.contextual,
            words,
            word_owner: self.word_owner,
        }
    }
}
