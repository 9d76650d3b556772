//! The matchers of the pattern rules, unpacked when the first file of one of
//! their languages is met.

use std::sync::{Arc, OnceLock};

use super::model::{PatternMatch, PatternOutline};
use super::{Catalogue, PatternRule, RuleMeta};
use crate::finding::{Confidence, RuleIndex};

/// A matcher with the rule it belongs to.
pub struct Matcher {
    pub rule: RuleIndex,
    pub meta: Arc<RuleMeta>,
    pub spec: PatternMatch,
}

impl Matcher {
    /// Its own confidence, or that of its rule.
    pub fn confidence(&self) -> Confidence {
        self.spec.confidence.unwrap_or(self.meta.confidence)
    }
}

/// The matchers of all rules, by rule.
pub struct Matchers {
    rules: Vec<OfRule>,
    structural: bool,
}

struct OfRule {
    index: RuleIndex,
    meta: Arc<RuleMeta>,
    rule: Arc<PatternRule>,
    unpacked: OnceLock<Vec<Arc<Matcher>>>,
}

impl Matchers {
    /// Those about code.
    pub fn of_code(catalogue: &Catalogue) -> Self {
        Matchers::new(catalogue, false)
    }

    /// Those about the structure of configuration files.
    pub fn of_structure(catalogue: &Catalogue) -> Self {
        Matchers::new(catalogue, true)
    }

    fn new(catalogue: &Catalogue, structural: bool) -> Self {
        let entries = catalogue.patterns.iter().map(|entry| OfRule {
            index: entry.index,
            meta: Arc::clone(catalogue.meta(entry.index)),
            rule: Arc::clone(&entry.rule),
            unpacked: OnceLock::new(),
        });
        Matchers { rules: entries.collect(), structural }
    }

    /// The matchers that read what `is_read` says, in the order of the rules.
    pub fn reading(&self, is_read: impl Fn(&str) -> bool) -> Vec<Arc<Matcher>> {
        let any = |keys: &[String]| keys.iter().any(|key| is_read(key));
        let rules = self.rules.iter().filter(|of| any(self.keys(&of.rule.outline)));
        let all = rules.flat_map(|of| of.unpacked.get_or_init(|| of.unpack(self.structural)));
        all.filter(|matcher| any(&matcher.spec.languages)).cloned().collect()
    }

    fn keys<'r>(&self, outline: &'r PatternOutline) -> &'r [String] {
        if self.structural { &outline.structure } else { &outline.code }
    }
}

impl OfRule {
    fn unpack(&self, structural: bool) -> Vec<Arc<Matcher>> {
        let all = self.rule.matchers.copied().into_iter();
        let wanted = all.filter(|spec| spec.is_structural() == structural);
        let matcher = |spec| Matcher { rule: self.index, meta: Arc::clone(&self.meta), spec };
        wanted.map(|spec| Arc::new(matcher(spec))).collect()
    }
}
