//! Compiles the catalogue's secret rules into the tables of [`Vendors`].

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::finding::RuleIndex;
use crate::rules::{Catalogue, SecretEntry};
use crate::secrets::format::Format;

use super::Vendors;
use super::lead::is_link;
use super::rule::{LazyRegex, Rule};
use super::table::{PairSet, PrefixTable, REGEX, Slot};
use super::words::ProviderWords;

impl Vendors {
    /// Compiles the rules of `catalogue` that have a format or a regex.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut builder = Builder::default();
        for entry in &catalogue.secrets {
            builder.add(entry);
        }
        let key = |entry: &&SecretEntry| entry.rule.detector.as_deref() == Some("key-assignment");
        builder.build(catalogue.secrets.iter().find(key).map(|entry| entry.index))
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
    words: Vec<(String, u32)>,
    line_words: Vec<(String, u32)>,
}

/// Keys of providers that are words of programs: `segment_key` names nobody, but
/// `segment key 0a1b…` does.
const EVERYDAY: &[&str] = &[
    "abstract", "branch", "front", "hive", "hunter", "linear", "persona", "phrase", "polygon",
    "proof", "readme", "render", "resend", "scale", "segment", "temporal",
];

/// Keys that name nobody at all: kinds of credentials, and their first word.
const NOBODY: &[&str] = &[
    "age", "close", "column", "generic", "here", "hex", "jwt", "line", "private-keys", "urls",
    "user", "verifier",
];

/// Ends of names that say what a provider sells, and that people leave out.
const TRADES: &[&str] = &["crm", "api", "app", "sms", "mail", "score", "hq"];

/// Marks the owner of an everyday word among the line words.
pub(super) const EVERYDAY_BIT: u32 = 1 << 31;

impl Builder {
    fn add(&mut self, entry: &SecretEntry) {
        let provider = self.provider(entry);
        let rule = &entry.rule;
        let mut formats: Vec<Format> =
            rule.formats.iter().filter_map(|segments| Format::compile(segments)).collect();
        let own_formats = formats.len();
        let others = rule.other_formats.iter().filter_map(|segments| Format::compile(segments));
        formats.extend(others);
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
                    texts.iter().for_each(|text| self.by_prefix.add(text, place));
                }
                _ if rule.context.provider_near => self.contextual[provider as usize].push(place),
                _ => self.open.push(place),
            }
        }
        for anchor in rule.anchors.iter().filter(|a| regex.is_some() && a.len() >= 2) {
            let slot = Slot { rule: number, format: REGEX };
            self.by_provider[provider as usize].push(slot);
            self.by_anchor.add(anchor.as_bytes(), slot);
        }
        self.rules.push(Rule {
            index: entry.index,
            provider,
            confidence: rule.confidence,
            formats,
            own_formats,
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
            let key = entry.provider.key.as_str();
            if !NOBODY.contains(&key) {
                let bit = if EVERYDAY.contains(&key) { EVERYDAY_BIT } else { 0 };
                let mut forms = vec![key.to_owned()];
                if key.contains('-') {
                    forms.extend(["", "_", " "].map(|joint| key.replace('-', joint)));
                }
                self.line_words.extend(forms.into_iter().map(|form| (form, number | bit)));
                // `geocode-xyz` is called *geocode* by those who use it.
                let first = key.split_once('-').map(|(first, _)| first);
                let first = first.or_else(|| TRADES.iter().find_map(|t| key.strip_suffix(t)));
                if let Some(first) = first.filter(|f| f.len() >= 5 && !is_link(f)) {
                    self.line_words.push((first.to_owned(), number | EVERYDAY_BIT));
                }
            }
            for word in entry.provider.words.iter().filter(|w| !w.is_empty()) {
                self.words.push((word.clone(), number));
            }
        }
        number
    }

    fn build(self, named: Option<RuleIndex>) -> Vendors {
        let (prefix_bits, anchor_bits) =
            (PairSet::of(&self.by_prefix), PairSet::of(&self.by_anchor));
        Vendors {
            rules: self.rules,
            named,
            either_bits: prefix_bits.or(&anchor_bits),
            prefix_bits,
            by_prefix: self.by_prefix,
            anchor_bits,
            by_anchor: self.by_anchor,
            open: self.open,
            contextual: self.contextual,
            by_provider: self.by_provider,
            words: ProviderWords::new(self.words.into_iter()),
            line_words: ProviderWords::new(self.line_words.into_iter()),
        }
    }
}
