//! Credentials whose format is known: a table from first bytes to formats, and
//! formats without a prefix that need their provider's name near.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

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
/// Base64 before a run that a format without prefix may begin in, in bytes.
const MAX_WIDE: usize = 256;
/// How far around a candidate a provider's words count, in bytes each way.
const NEAR: usize = 240;

/// Whether a prefix tells its provider by itself: long enough, and not one of
/// the words that many issuers use.
fn is_telling(prefix: &[u8]) -> bool {
    const SHARED: [&str; 9] =
        ["live", "test", "prod", "pat", "key", "api", "secret", "token", "sk"];
    let word = prefix.split(|b| !b.is_ascii_alphabetic()).next().unwrap_or(prefix);
    prefix.len() >= 4 && !SHARED.iter().any(|shared| word.eq_ignore_ascii_case(shared.as_bytes()))
}

/// How strongly a match names its rule; see `Candidate::specificity`.
const BY_CHECKSUM: u8 = 90;
const BY_PREFIX_AND_CONTEXT: u8 = 75;
const BY_PREFIX: u8 = 70;
const BY_CONTEXT: u8 = 40;

struct Rule {
    index: RuleIndex,
    provider: u32,
    confidence: Confidence,
    severity: Severity,
    formats: Vec<Format>,
    regex: Option<LazyRegex>,
    checksum: Option<String>,
    context: Context,
    documented: Vec<String>,
}

/// A regex that is compiled when its anchor is first met: most runs never
/// need most of them.
struct LazyRegex {
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    fn get(&self) -> Option<&Regex> {
        let compile = || RegexBuilder::new(&self.pattern).unicode(false).build().ok();
        self.compiled.get_or_init(compile).as_ref()
    }
}

/// Which format of which rule.
#[derive(Clone, Copy)]
struct Slot {
    rule: u32,
    format: u32,
}

/// By the first two bytes of a prefix or anchor: the whole of it, and whose it is.
type PrefixTable = HashMap<u16, Vec<(Box<[u8]>, Slot)>>;

/// A set of byte pairs: the cheapest test before a table is asked.
struct PairSet(Box<[u64; 1024]>);

impl PairSet {
    fn of(table: &PrefixTable) -> Self {
        let mut bits = Box::new([0u64; 1024]);
        table.keys().for_each(|key| bits[usize::from(key >> 6)] |= 1 << (key & 63));
        PairSet(bits)
    }

    #[inline]
    fn contains(&self, key: u16) -> bool {
        self.0[usize::from(key >> 6)] >> (key & 63) & 1 != 0
    }
}

/// All rules with a format or an anchored regex.
pub struct Vendors {
    rules: Vec<Rule>,
    by_prefix: PrefixTable,
    prefix_bits: PairSet,
    /// Anchors of regex rules; these may stand inside a token.
    by_anchor: PrefixTable,
    anchor_bits: PairSet,
    /// Formats that begin with an alphabet and need no provider near.
    open: Vec<Slot>,
    /// Formats that need their provider near, by provider.
    contextual: Vec<Vec<Slot>>,
    /// All formats and regexes, by provider.
    by_provider: Vec<Vec<Slot>>,
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
        if !run.has_digit {
            return self.try_prefixes(text, run.start, near, candidates);
        }
        let from = left_end(text, run.start, done);
        let mut longest = None;
        for at in from..run.end - 1 {
            longest = longest.max(self.try_prefixes(text, at, near, candidates));
            if self.anchor_bits.contains(pair(text, at)) {
                longest = longest.max(self.try_table(&self.by_anchor, text, at, near, candidates));
            }
        }
        let right = right_end(text, run.end);
        for at in run.end..right.saturating_sub(1) {
            if self.anchor_bits.contains(pair(text, at)) {
                longest = longest.max(self.try_table(&self.by_anchor, text, at, near, candidates));
            }
        }
        if longest.is_some() {
            return longest;
        }
        self.try_open(text, run, near, candidates)
    }

    /// Formats whose prefix stands at `at`, if a token may begin there.
    pub fn try_prefixes(
        &self,
        text: &[u8],
        at: usize,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        if at + 1 >= text.len()
            || !self.prefix_bits.contains(pair(text, at))
            || !starts_token(text, at)
        {
            return None;
        }
        self.try_table(&self.by_prefix, text, at, near, candidates)
    }

    /// A value under a credential's name that is short or cut up by signs,
    /// against the formats of the providers near it; others were seen as runs.
    pub fn try_short(
        &self,
        text: &[u8],
        value: &std::ops::Range<usize>,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> bool {
        let run = Run { start: value.start, end: value.end, has_digit: true };
        let providers = near.providers(self, text, run).to_vec();
        let slots = providers.iter().flat_map(|&p| &self.contextual[p as usize]);
        let mut found = false;
        for slot in slots.filter(|slot| self.slot_matches(**slot, &text[value.clone()])) {
            found |= self.try_at(text, value.start, *slot, near, candidates).is_some();
        }
        found
    }

    /// Whether a value that stands under `name` cannot be what the name says:
    /// it has a provider's prefix but not the rest of its format, or the name
    /// names a provider whose tokens are a little shorter or longer.
    pub fn contradicts(&self, name: &[u8], value: &[u8]) -> bool {
        self.breaks_prefix(value) || self.breaks_name(name, value)
    }

    fn breaks_prefix(&self, value: &[u8]) -> bool {
        let Some(&[a, b]) = value.first_chunk::<2>() else { return false };
        let Some(entries) = self.by_prefix.get(&u16::from_be_bytes([a, b])) else { return false };
        let mut named = entries
            .iter()
            .filter(|(prefix, _)| value.starts_with(prefix) && is_telling(prefix))
            .peekable();
        named.peek().is_some() && !named.any(|(_, slot)| self.slot_matches(*slot, value))
    }

    fn breaks_name(&self, name: &[u8], value: &[u8]) -> bool {
        let Some(words) = &self.words else { return false };
        let mut close = false;
        for hit in words.find_overlapping_iter(name) {
            let slots = &self.by_provider[self.word_owner[hit.pattern().as_usize()] as usize];
            if slots.iter().any(|slot| self.slot_matches(*slot, value)) {
                return false;
            }
            close |= slots.iter().any(|slot| self.slot_is_close(*slot, value));
        }
        close
    }

    fn slot_is_close(&self, slot: Slot, value: &[u8]) -> bool {
        let rule = &self.rules[slot.rule as usize];
        rule.formats
            .get(slot.format as usize)
            .is_some_and(|format| format.is_cut_or_extended(value))
    }

    fn slot_matches(&self, slot: Slot, value: &[u8]) -> bool {
        let rule = &self.rules[slot.rule as usize];
        if slot.format == REGEX {
            return rule.regex.as_ref().and_then(LazyRegex::get).is_some_and(|r| r.is_match(value));
        }
        rule.formats[slot.format as usize].match_at(value, 0) == Some(value.len())
    }

    fn try_table(
        &self,
        table: &PrefixTable,
        text: &[u8],
        at: usize,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let mut longest = None;
        for (prefix, place) in table.get(&pair(text, at))? {
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
        let wide = base64_start(text, start);
        let whole = value_start(text, start);
        let providers = near.providers(self, text, run).to_vec();
        for provider in providers {
            for place in &self.contextual[provider as usize] {
                let mut found = self.try_at(text, start, *place, near, candidates);
                if found.is_none() && wide < start {
                    found = self.try_at(text, wide, *place, near, candidates);
                }
                if found.is_none() && whole < start && whole != wide {
                    found = self.try_at(text, whole, *place, near, candidates);
                }
                longest = longest.max(found);
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
        if format.ignores_alphabet(&text[at + prefix..end]) {
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
        let captures = self.regex.as_ref()?.get()?.captures(window)?;
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
        if !self.name_fits(text, start) || prefix == 0 && follows_digest_word(text, start) {
            return None;
        }
        let body = &token[prefix..];
        if self.context.min_randomness.is_some_and(|least| randomness(body) < least) {
            return None;
        }
        let mut candidate = Candidate::new(self.index, start..end);
        candidate.secret = Some(start..end);
        candidate.severity = Some(self.severity);
        candidate.specificity = match (prefix > 0, self.context.provider_near) {
            (true, true) => BY_PREFIX_AND_CONTEXT,
            (true, false) => BY_PREFIX,
            (false, _) => BY_CONTEXT,
        };
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

/// One or two characters fill most of the token.
fn is_repeat(body: &[u8]) -> bool {
    let mut counts = [0u32; 256];
    body.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let most = counts.iter().max().copied().unwrap_or(0);
    body.len() >= 8 && most as usize * 2 > body.len()
}

/// The two bytes at `at`, which is not the last place of `text`.
#[inline]
fn pair(text: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([text[at], text[at + 1]])
}

/// Where base64 that holds a run begins: a run ends at `+` and `/`.
fn base64_start(text: &[u8], start: usize) -> usize {
    let floor = start.saturating_sub(MAX_WIDE);
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let before = text[floor..start].iter().rev().take_while(|&&b| is_part(b)).count();
    start - before
}

/// Where the value that holds a run begins: formats with dots or other signs
/// between short parts (`a1b2c3d4.…`) start before their run.
fn value_start(text: &[u8], start: usize) -> usize {
    const BORDERS: &[u8] = b"\"'`=:,;()[]{}<>/@\\";
    let floor = start.saturating_sub(MAX_LEFT);
    let is_inside = |b: u8| b.is_ascii_graphic() && !BORDERS.contains(&b);
    let before = text[floor..start].iter().rev().take_while(|&&b| is_inside(b)).count();
    start - before
}

/// Where what is glued to the end of a run ends.
fn right_end(text: &[u8], end: usize) -> usize {
    let window = &text[end..text.len().min(end + MAX_LEFT)];
    end + window.iter().take_while(|&&b| is_glue(b)).count()
}

/// Bytes that tokens and webhook addresses are made of.
fn is_glue(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./+:=$~!|%?&".contains(&byte)
}

/// Where a token around a run may begin, not before `done`.
fn left_end(text: &[u8], start: usize, done: usize) -> usize {
    let floor = start.saturating_sub(MAX_LEFT).max(done.min(start));
    let mut at = start;
    while at > floor && is_glue(text[at - 1]) {
        at -= 1;
    }
    at
}

/// The providers named around a candidate. Runs come in the order of their
/// places, so that every byte is searched for provider words once at most.
pub struct Near<'a> {
    pub place: Place,
    path: &'a str,
    path_providers: Option<Vec<u32>>,
    /// Start of a word, end of it, its owner; the newest at the end.
    hits: Vec<(usize, usize, u32)>,
    searched_to: usize,
    found: Vec<u32>,
}

/// Longest provider word that may lie across a border of the search, in bytes.
const MAX_WORD: usize = 32;

impl<'a> Near<'a> {
    /// For the file at `path`.
    pub fn new(path: &'a str, place: Place) -> Self {
        let (hits, found) = (Vec::new(), Vec::new());
        Near { place, path, path_providers: None, hits, searched_to: 0, found }
    }

    /// Owners of the words in the path and within [`NEAR`] bytes of `run`, but
    /// not inside it: the value itself names nobody.
    fn providers(&mut self, vendors: &Vendors, text: &[u8], run: Run) -> &[u32] {
        self.found.clear();
        let Some(words) = &vendors.words else { return &self.found };
        let (path, owner) = (self.path, &vendors.word_owner);
        let in_path = self.path_providers.get_or_insert_with(|| {
            let hits = words.find_overlapping_iter(path.as_bytes());
            hits.map(|hit| owner[hit.pattern().as_usize()]).collect()
        });
        self.found.extend_from_slice(in_path);
        let from = run.start.saturating_sub(NEAR);
        self.search(words, owner, text, from, text.len().min(run.end + NEAR));
        let around = self.hits.iter().rev().take_while(|hit| hit.0 + MAX_WORD >= from);
        let outside = |hit: &&(usize, usize, u32)| hit.1 <= run.start || hit.0 >= run.end;
        let near = |hit: &&(usize, usize, u32)| hit.0 >= from && hit.1 <= run.end + NEAR;
        self.found.extend(around.filter(near).filter(outside).map(|hit| hit.2));
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }

    fn search(&mut self, words: &AhoCorasick, owner: &[u32], text: &[u8], from: usize, to: usize) {
        if to <= self.searched_to {
            return;
        }
        if from > self.searched_to {
            self.hits.clear();
        }
        let start = self.searched_to.saturating_sub(MAX_WORD).max(from);
        let done = self.searched_to;
        for hit in words.find_overlapping_iter(&text[start..to]) {
            let (first, end) = (start + hit.start(), start + hit.end());
            if end > done {
                self.hits.push((first, end, owner[hit.pattern().as_usize()]));
            }
        }
        self.searched_to = to;
    }
}

#[derive(Default)]
struct Builder {
    rules: Vec<Rule>,
    by_prefix: PrefixTable,
    by_anchor: PrefixTable,
    open: Vec<Slot>,
    contextual: Vec<Vec<Slot>>,
    by_provider: Vec<Vec<Slot>>,
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
        let lazy =
            |pattern: &String| LazyRegex { pattern: pattern.clone(), compiled: OnceLock::new() };
        let regex = rule.regex.as_ref().map(lazy);
        if formats.is_empty() && regex.is_none() {
            return;
        }
        let number = self.rules.len() as u32;
        for (i, format) in formats.iter().enumerate() {
            let place = Slot { rule: number, format: i as u32 };
            self.by_provider[provider as usize].push(place);
            match format.prefixes() {
                Some(texts) if texts.iter().all(|t| t.len() >= 2) => {
                    texts.iter().for_each(|text| index(&mut self.by_prefix, text, place));
                }
                _ if rule.context.provider_near => self.contextual[provider as usize].push(place),
                _ => self.open.push(place),
            }
        }
        for anchor in rule.anchors.iter().filter(|a| regex.is_some() && a.len() >= 2) {
            let slot = Slot { rule: number, format: REGEX };
            self.by_provider[provider as usize].push(slot);
            index(&mut self.by_anchor, anchor.as_bytes(), slot);
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

    fn provider(&mut self, entry: &SecretEntry) -> u32 {
        let next = self.contextual.len() as u32;
        let number = *self.providers.entry(entry.provider.key.clone()).or_insert(next);
        if number == next {
            self.contextual.push(Vec::new());
            self.by_provider.push(Vec::new());
            for word in entry.provider.words.iter().filter(|w| !w.is_empty()) {
                self.words.push(word.clone());
                self.word_owner.push(number);
            }
        }
        number
    }

    fn build(self) -> Vendors {
        let words = AhoCorasick::builder().ascii_case_insensitive(true).build(&self.words).ok();
        Vendors {
            rules: self.rules,
            prefix_bits: PairSet::of(&self.by_prefix),
            by_prefix: self.by_prefix,
            anchor_bits: PairSet::of(&self.by_anchor),
            by_anchor: self.by_anchor,
            open: self.open,
            contextual: self.contextual,
            by_provider: self.by_provider,
            words,
            word_owner: self.word_owner,
        }
    }
}

/// Files `text`, of at least two bytes, under its first two.
fn index(table: &mut PrefixTable, text: &[u8], slot: Slot) {
    let key = u16::from_be_bytes([text[0], text[1]]);
    table.entry(key).or_default().push((text.into(), slot));
}
