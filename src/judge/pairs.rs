//! Two values that work together only (key id and secret, user and password)
//! are one finding: the secret, with the place of its partner. Apart from
//! merging, where rules agree on one place; here two places belong together.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::context;
use super::merge::{own_severity, secret_range};
use crate::finding::{Candidate, Partner, RuleIndex};
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

/// Ends of names of secrets that never go without an id, without separators.
const CLIENT: &[&str] = &["clientsecret", "consumersecret", "appsecret", "applicationsecret"];

/// The pairs that rules declare, by rule index; read when a rule has found something.
pub(super) struct Pairs {
    declared: Vec<OnceLock<Option<Box<Declared>>>>,
    /// Of a key of nobody in particular: holds for every client secret too.
    client: Option<RuleIndex>,
}

struct Declared {
    what: String,
    rules: Vec<RuleIndex>,
    /// In lower case, without separators.
    names: Vec<String>,
}

impl Pairs {
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut declared = Vec::new();
        declared.resize_with(catalogue.metas.len(), OnceLock::new);
        let mut entries = catalogue.secrets.iter();
        let client = entries.find(|e| e.outline.detector.as_deref() == Some("key-assignment"));
        Pairs { declared, client: client.map(|entry| entry.index) }
    }

    /// The pair of `candidate`: its rule's own or, of a value that is called a
    /// secret, the one that all of them have.
    fn of(&self, candidate: &Candidate, text: &[u8], catalogue: &Catalogue) -> Option<&Declared> {
        let client = || {
            let name = plain(&context::name_of(text, secret_range(candidate).start));
            let declared = self.client.and_then(|client| self.by(client, catalogue));
            declared.filter(|_| {
                candidate.secret.is_some() && CLIENT.iter().any(|word| name.ends_with(word))
            })
        };
        self.by(candidate.rule, catalogue).or_else(client)
    }

    /// The pair that `rule` declares.
    fn by(&self, rule: RuleIndex, catalogue: &Catalogue) -> Option<&Declared> {
        let declared = self.declared.get(rule.0 as usize)?.get_or_init(|| {
            let pair = catalogue.secret(rule)?.rule.pair.as_ref()?;
            Some(Box::new(Declared::new(pair, catalogue)))
        });
        declared.as_deref()
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
            let Some(pair) = self.of(&candidates[index], source.text, catalogue) else { continue };
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
                candidates[index].partner = Some(Partner { place: range, decoded: None });
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
    let decoded = other.decoded.map(|decoded| decoded.value);
    candidate.partner = Some(Partner { place: range, decoded });
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
        let names = [context::name_of, context::first_name_of];
        let stems = names.map(|name| stem(&plain(&name(source.text, own.start)), CREDENTIAL));
        let quoted = Place::of(&source.path).notation == Notation::Code;
        let from = own.start.saturating_sub(NEAR);
        let window = from..source.text.len().min(own.end + NEAR);
        let fitting = context::assignments(source.text, window, quoted).filter(|(name, range)| {
            let apart = range.end <= own.start || range.start >= own.end;
            apart
                && self.is_partner(&plain(name), &stems)
                && in_one_block(&source.text[range.end.min(own.start)..range.start.max(own.end)])
        });
        let distance = |range: &std::ops::Range<usize>| range.start.abs_diff(own.start);
        fitting.map(|(_, range)| range).min_by_key(distance)
    }

    fn is_partner(&self, name: &str, stems_of_secret: &[String]) -> bool {
        self.names.iter().filter_map(|word| name.strip_suffix(word.as_str())).any(|rest| {
            let rest = stem(rest, CREDENTIAL);
            rest.is_empty() || stems_of_secret.contains(&rest)
        })
    }
}

/// Whether no blank line stands in `text`.
fn in_one_block(text: &[u8]) -> bool {
    let mut lines = text.split(|b| *b == b'\n').skip(1).peekable();
    while let Some(line) = lines.next() {
        if lines.peek().is_some() && line.trim_ascii().is_empty() {
            return false;
        }
    }
    true
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
