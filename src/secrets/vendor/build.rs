//! Files the catalogue's secret rules in the tables of [`Vendors`], by their
//! outlines: a rule is compiled when a text has what it is filed under.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::finding::RuleIndex;
use crate::rules::{Catalogue, Provider, SecretEntry};

use super::Vendors;
use super::lead::is_link;
use super::rule::LazyRule;
use super::table::{PairSet, PrefixTable, REGEX, Slot};
use super::words::ProviderWords;

impl Vendors {
    /// Files the rules of `catalogue` that have a format or a regex.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut builder = Builder::default();
        for entry in &catalogue.secrets {
            builder.add(entry);
        }
        let key =
            |entry: &&SecretEntry| entry.outline.detector.as_deref() == Some("key-assignment");
        builder.build(catalogue.secrets.iter().find(key).map(|entry| entry.index))
    }
}

#[derive(Default)]
struct Builder {
    rules: Vec<LazyRule>,
    by_prefix: PrefixTable,
    by_anchor: PrefixTable,
    open: Vec<Slot>,
    contextual: Vec<Vec<Slot>>,
    by_provider: Vec<Vec<Slot>>,
    providers: HashMap<String, u32>,
    /// The provider of the last rule, and its number.
    last: Option<(Arc<Provider>, u32)>,
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
        let outline = &entry.outline;
        if outline.prefixes.is_empty() && outline.anchors.is_empty() {
            return;
        }
        let number = self.rules.len() as u32;
        for (i, texts) in outline.prefixes.iter().enumerate() {
            let place = Slot { rule: number, format: i as u32 };
            self.by_provider[provider as usize].push(place);
            if !texts.is_empty() && texts.iter().all(|text| text.len() >= 2) {
                texts.iter().for_each(|text| self.by_prefix.add(text.as_bytes(), place));
            } else if outline.provider_near {
                self.contextual[provider as usize].push(place);
            } else {
                self.open.push(place);
            }
        }
        for anchor in outline.anchors.iter().filter(|anchor| anchor.len() >= 2) {
            let slot = Slot { rule: number, format: REGEX };
            self.by_provider[provider as usize].push(slot);
            self.by_anchor.add(anchor.as_bytes(), slot);
        }
        self.rules.push(LazyRule {
            index: entry.index,
            provider,
            rule: Arc::clone(&entry.rule),
            compiled: OnceLock::new(),
        });
    }

    fn provider(&mut self, entry: &SecretEntry) -> u32 {
        // The rules of a provider stand together.
        if let Some((known, number)) = &self.last
            && Arc::ptr_eq(known, &entry.provider)
        {
            return *number;
        }
        let number = self.new_provider(entry);
        self.last = Some((Arc::clone(&entry.provider), number));
        number
    }

    fn new_provider(&mut self, entry: &SecretEntry) -> u32 {
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
