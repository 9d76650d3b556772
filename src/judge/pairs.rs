//! Two values that work together only (key id and secret, user and password)
//! are one finding: the secret, with the place of its partner. Apart from
//! merging, where rules agree on one place; here two places belong together.

use std::collections::BTreeSet;

use super::context;
use super::merge::{own_severity, secret_range};
use crate::finding::{Candidate, RuleIndex};
use crate::rules::Catalogue;
use crate::rules::model::Pair;
use crate::source::Source;
use crate::source::place::{Notation, Place};

/// How far a partner is looked for, in bytes each way: some ten lines.
const NEAR: usize = 600;
/// Neighbouring findings each way among which a partner is looked for.
const NEIGHBOURS: usize = 12;

/// Words that say that a name is one of a credential: what is left of the name
/// without them tells which credential.
const CREDENTIAL: &[&str] = &[
    "password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "key", "auth", "api",
    "access", "client", "app", "consumer", "credential", "value",
];

/// The pairs that rules declare, by rule index.
pub(super) struct Pairs {
    declared: Vec<Option<Declared>>,
}

struct Declared {
    what: String,
    rules: Vec<RuleIndex>,
    /// In lower case, without separators.
    names: Vec<String>,
}

impl Pairs {
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut declared: Vec<Option<Declared>> = Vec::new();
        declared.resize_with(catalogue.metas.len(), || None);
        for entry in &catalogue.secrets {
            if let (Some(slot), Some(pair)) =
                (declared.get_mut(entry.index.0 as usize), &entry.rule.pair)
            {
                *slot = Some(Declared::new(pair, catalogue));
            }
        }
        Pairs { declared }
    }

    /// Joins the partners of the secrets among `order` (indices of `candidates`
    /// by place) to them, and returns what stands by itself. `may_join` says
    /// whether the finding of a rule may take in that of another.
    pub fn join(
        &self,
        source: &Source<'_>,
        candidates: &mut [Candidate],
        order: Vec<usize>,
        catalogue: &Catalogue,
        may_join: impl Fn(RuleIndex, RuleIndex) -> bool,
    ) -> Vec<usize> {
        let mut absorbed = BTreeSet::new();
        for (at, &index) in order.iter().enumerate() {
            let rule = candidates[index].rule;
            let Some(pair) = self.declared.get(rule.0 as usize).and_then(Option::as_ref) else {
                continue;
            };
            if absorbed.contains(&index) {
                continue;
            }
            let found = pair.beside(candidates, &order, at).filter(|&partner| {
                // One that speaks for another must go on speaking.
                candidates[partner].partner.is_none() && may_join(rule, candidates[partner].rule)
            });
            if let Some(partner) = found {
                absorbed.insert(partner);
                take_in(candidates, index, partner, &pair.what, catalogue);
            } else if let Some(range) = pair.named(source, candidates, index) {
                let message = format!("the {} that belongs to it", pair.what);
                candidates[index].related.push((range.clone(), message));
                candidates[index].partner = Some(range);
            }
        }
        order.into_iter().filter(|index| !absorbed.contains(index)).collect()
    }
}

/// The secret at `index` speaks for its partner too, and as loudly as either.
fn take_in(
    candidates: &mut [Candidate],
    index: usize,
    partner: usize,
    what: &str,
    catalogue: &Catalogue,
) {
    let other = candidates[partner].clone();
    let range = secret_range(&other).clone();
    let severity = own_severity(&candidates[index], catalogue);
    let candidate = &mut candidates[index];
    if own_severity(&other, catalogue) > severity {
        candidate.severity = Some(own_severity(&other, catalogue));
    }
    candidate.confidence = candidate.confidence.max(other.confidence);
    candidate.reasons.push("the value that belongs to it stands near".into());
    candidate.related.push((range.clone(), format!("the {what} that belongs to it")));
    candidate.partner = Some(range);
}

impl Declared {
    fn new(pair: &Pair, catalogue: &Catalogue) -> Self {
        Declared {
            what: pair.what.clone(),
            rules: pair.rules.iter().filter_map(|id| catalogue.find(id)).collect(),
            names: pair.names.iter().map(|name| plain(name)).collect(),
        }
    }

    /// The nearest finding of one of the rules, around `order[at]`.
    fn beside(&self, candidates: &[Candidate], order: &[usize], at: usize) -> Option<usize> {
        let own = secret_range(&candidates[order[at]]);
        let from = at.saturating_sub(NEIGHBOURS);
        let around = order.get(from..order.len().min(at + NEIGHBOURS + 1))?;
        let fitting = around.iter().copied().filter(|&i| self.rules.contains(&candidates[i].rule));
        let distance = |i: &usize| {
            let other = secret_range(&candidates[*i]);
            own.start.saturating_sub(other.end).max(other.start.saturating_sub(own.end))
        };
        fitting.filter(|i| *i != order[at] && distance(i) <= NEAR).min_by_key(distance)
    }

    /// The nearest value near the secret whose name is one of `names`, of the
    /// same stem (`DB_USER` for `DB_PASSWORD`) or without any.
    fn named(
        &self,
        source: &Source<'_>,
        candidates: &[Candidate],
        index: usize,
    ) -> Option<std::ops::Range<usize>> {
        if self.names.is_empty() {
            return None;
        }
        let own = secret_range(&candidates[index]);
        let stem = stem(&plain(&context::name_of(source.text, own.start)), CREDENTIAL);
        let quoted = Place::of(&source.path).notation == Notation::Code;
        let from = own.start.saturating_sub(NEAR);
        let window = from..source.text.len().min(own.end + NEAR);
        let fitting = context::assignments(source.text, window, quoted).filter(|(name, range)| {
            let apart = range.end <= own.start || range.start >= own.end;
            apart && self.is_partner(&plain(name), &stem)
        });
        let distance = |range: &std::ops::Range<usize>| range.start.abs_diff(own.start);
        fitting.map(|(_, range)| range).min_by_key(distance)
    }

    fn is_partner(&self, name: &str, stem_of_secret: &str) -> bool {
        self.names.iter().filter_map(|word| name.strip_suffix(word.as_str())).any(|rest| {
            let rest = stem(rest, CREDENTIAL);
            rest.is_empty() || rest == stem_of_secret
        })
    }
}

/// Lower case, letters and digits only.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// `name` without the words at its end that only say what kind of value it is.
fn stem(name: &str, words: &[&str]) -> String {
    let mut rest = name;
    while let Some(shorter) = words.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = shorter;
    }
    rest.to_owned()
}
