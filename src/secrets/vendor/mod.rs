//! Credentials whose format is known: a table from first bytes to formats, and
//! formats without a prefix that need their provider's name near.

mod build;
mod contradict;
mod edges;
mod elsewhere;
mod lead;
mod named;
mod near;
mod rule;
mod table;
mod words;

use crate::finding::{Candidate, Confidence, RuleIndex};

use super::format::starts_token;
use super::kernel::Run;
use super::randomness::{is_sequence_or_repeat, randomness};

use edges::{base64_start, left_end, right_end, value_start};
use lead::Tie;
use named::has_many_digits;
pub use near::{Near, announced};
use rule::{LazyRegex, LazyRule, Token};
use table::{PairSet, PrefixTable, REGEX, Slot, pair};
use words::ProviderWords;

/// Separators in a run after which a token may begin.
const MAX_SEPARATORS: usize = 6;
/// Shortest token without a prefix that is looked for inside a run.
const MIN_CONTEXTUAL: usize = 12;

/// All rules with a format or an anchored regex.
pub struct Vendors {
    rules: Vec<LazyRule>,
    /// The rule of tokens whose provider is named beside them and that have none
    /// of its formats.
    named: Option<RuleIndex>,
    by_prefix: PrefixTable,
    prefix_bits: PairSet,
    /// Anchors of regex rules; these may stand inside a token.
    by_anchor: PrefixTable,
    anchor_bits: PairSet,
    /// The pairs of both: nearly all places in a run have none.
    either_bits: PairSet,
    /// Formats that begin with an alphabet and need no provider near.
    open: Vec<Slot>,
    /// Formats that need their provider near, by provider.
    contextual: Vec<Vec<Slot>>,
    /// All formats and regexes, by provider.
    by_provider: Vec<Vec<Slot>>,
    words: ProviderWords,
    /// The providers' own keys, which may be everyday words: they count only
    /// before the value on its own line.
    line_words: ProviderWords,
}

impl Vendors {
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
            if !self.either_bits.contains(pair(text, at)) {
                continue;
            }
            // Inside a token that was found nothing else begins.
            if longest.is_none_or(|end| at >= end) {
                longest = longest.max(self.try_prefixes(text, at, near, candidates));
            }
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

    /// A short value under a credential's name, against the formats of the
    /// providers near it; longer ones were seen as runs.
    pub fn try_short(
        &self,
        text: &[u8],
        value: &std::ops::Range<usize>,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> bool {
        let run = Run { start: value.start, end: value.end, has_digit: true };
        let providers = near.providers(self, text, run).to_vec();
        let near_by = providers.iter().flat_map(|&p| &self.by_provider[p as usize]);
        let is_open = |slot: &Slot| self.open.contains(slot);
        let slots = self.open.iter().chain(near_by.filter(|slot| !is_open(slot)));
        let mut found = false;
        for slot in slots.filter(|slot| self.slot_matches(**slot, &text[value.clone()])) {
            found |= self.try_at(text, value.start, *slot, near, candidates).is_some();
        }
        found
    }

    fn slot_matches(&self, slot: Slot, value: &[u8]) -> bool {
        let rule = self.rules[slot.rule as usize].get();
        if slot.format == REGEX {
            return rule.regex.as_ref().and_then(LazyRegex::get).is_some_and(|r| r.is_match(value));
        }
        rule.format(slot.format).and_then(|format| format.match_at(value, 0)) == Some(value.len())
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
        for (prefix, place) in table.get(pair(text, at)) {
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
        let body = &text[run.start..run.end];
        // Words may be glued to the token: its last part counts too.
        let last = &body[body.len() / 2..];
        let patterned = |part| is_sequence_or_repeat(part) || has_many_digits(part);
        if randomness(body) < 0.3 && !patterned(body) && !patterned(last) {
            return None;
        }
        let start = run.start + usize::from(!starts_token(text, run.start));
        let wide = base64_start(text, start);
        let mut longest = None;
        for slot in &self.open {
            longest = longest.max(self.try_at(text, start, *slot, near, candidates));
            if wide < start {
                longest = longest.max(self.try_at(text, wide, *slot, near, candidates));
            }
        }
        longest.max(self.try_contextual(text, Run { start, ..run }, near, candidates))
    }

    /// Formats that need their provider near: from where base64 or dotted parts
    /// around the run begin, from its start, and after the separators in it, for
    /// a name may be glued to the token (`acme-key-0a1b…`).
    fn try_contextual(
        &self,
        text: &[u8],
        run: Run,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let inside = (run.start..run.end).filter(|&at| matches!(text[at], b'-' | b'_'));
        let starts = [run.start].into_iter().chain(inside.map(|at| at + 1).take(MAX_SEPARATORS));
        if near.in_blob(text, run) {
            return None;
        }
        let value = value_start(text, run.start);
        let parts = (value..run.start).filter(|&at| matches!(text[at], b'-' | b'_'));
        let parts = parts.map(|at| at + 1).take(MAX_SEPARATORS);
        let before = [base64_start(text, run.start), value].into_iter().chain(parts);
        let starts = before.filter(|&start| start < run.start).chain(starts);
        for start in starts.filter(|start| start + MIN_CONTEXTUAL <= run.end) {
            let rest = Run { start: start.max(run.start), ..run };
            let providers = near.providers(self, text, rest).to_vec();
            let slots = providers.iter().flat_map(|&provider| &self.contextual[provider as usize]);
            let ends = slots.map(|slot| self.try_at(text, start, *slot, near, candidates));
            if let Some(end) = ends.max().flatten() {
                return Some(end);
            }
            if let Some(found) = self.named(text, start, run, near) {
                let end = found.span.end;
                candidates.push(found);
                return Some(end);
            }
        }
        None
    }

    fn try_at(
        &self,
        text: &[u8],
        at: usize,
        place: Slot,
        near: &mut Near<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        let rule = self.rules[place.rule as usize].get();
        if place.format == REGEX {
            return rule.try_regex(text, at, near, candidates);
        }
        let format = rule.format(place.format)?;
        let end = format.match_at(text, at)?;
        let prefix = format.prefix_len(&text[at..end]);
        let run = Run { start: at, end, has_digit: true };
        let own = (place.format as usize) < rule.own_formats;
        // Where the provider's name decides how sure it is, it is looked for first.
        let asks = rule.context.provider_near || !own || rule.confidence == Confidence::Medium;
        let named = asks && near.providers(self, text, run).contains(&rule.provider);
        if rule.context.provider_near && !named {
            return None;
        }
        // Where a name on the line says what it is, it is no hash of content.
        if !contradict::is_telling(&text[at..at + prefix])
            && format.ignores_alphabet(&text[at + prefix..end])
            && !near::announced(text, at)
            && near.tie(text, at, Some(rule.provider)) < Some(Tie::Given)
        {
            return None;
        }
        let token = Token { start: at, end, prefix, own };
        candidates.push(rule.candidate(text, &token, near)?);
        Some(end)
    }
}
