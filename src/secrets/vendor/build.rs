//! Files the catalogue's secret rules in the tables of [`Vendors`], by their
//! outlines: a rule is compiled when a text has what it is filed under.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::rules::{Catalogue, Provider, SecretEntry};

use super::Vendors;
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
        builder.build()
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

/// Keys of providers that are words of programs: `user_key` names nobody.
const EVERYDAY: &[&str] = &[
    "abstract", "age", "branch", "close", "column", "front", "generic", "here", "hex", "hive",
    "hunter", "jwt", "line", "linear", "persona", "phrase", "polygon", "private-keys", "proof",
    "readme", "render", "resend", "scale", "segment", "temporal", "urls", "user", "verifier",
];

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
            if !EVERYDAY.contains(&key) {
                let forms = [key.to_owned(), key.replace('-', ""), key.replace('-', "_")];
                self.line_words.extend(forms.map(|form| (form, number)));
            }
            for word in entry.provider.words.iter().filter(|w| !w.is_empty()) {
                self.words.push((word.clone(), number));
            }
        }
        number
    }

    fn build(self) -> Vendors {
        let (prefix_bits, anchor_bits) =
            (PairSet::of(&self.by_prefix), PairSet::of(&self.by_anchor));
        Vendors {
            rules: self.rules,
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
