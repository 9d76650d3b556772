//! One finding where several rules agree on one span. Apart, because which of
//! them speaks is a decision of its own; the others are not hidden, they are
//! the same finding, so nothing is counted.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::finding::{Candidate, Category, RuleIndex, Severity};
use crate::rules::{Catalogue, topics};

/// Findings before and after a finding that are compared with it; in lines of data
/// there are thousands.
const NEIGHBOURS: usize = 8;
/// Bytes between the beginnings of findings that a reader sees as one.
const SCREEN: usize = 400;

/// The indices of the candidates that stand, ordered by place, then rule.
///
/// Two secrets are the same when their bytes overlap. Other findings are the
/// same when topic and span are, or when they are of one rule, begin in one line of
/// `text` and one holds the other: `md5(uniqid(rand()))` is one weak token. The best is
/// taken first and keeps out what repeats it, so a secret between two others never
/// joins them to one.
pub(super) fn winners(text: &[u8], candidates: &[Candidate], catalogue: &Catalogue) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| rank(&candidates[a], &candidates[b], catalogue));
    let mut taken = Taken::default();
    order.retain(|&i| {
        let candidate = &candidates[i];
        let meta = catalogue.meta(candidate.rule);
        match meta.category {
            Category::Secret => taken.secret(secret_range(candidate)),
            // Of the topic of all other rules, each speaks of something else.
            _ if meta.topic == topics::OTHER => taken.others.insert((&meta.id, &candidate.span)),
            _ => {
                taken.others.insert((&meta.topic, &candidate.span))
                    && taken.of_rule(text, candidate.rule, &candidate.span)
            }
        }
    });
    order.sort_by(|&a, &b| {
        let key = |i: usize| (candidates[i].span.start, candidates[i].span.end);
        let id = |i: usize| &catalogue.meta(candidates[i].rule).id;
        key(a).cmp(&key(b)).then_with(|| id(a).cmp(id(b)))
    });
    order
}

/// The bytes that a finding of a secret rule is about.
pub(super) fn secret_range(candidate: &Candidate) -> &Range<usize> {
    candidate.secret.as_ref().unwrap_or(&candidate.span)
}

/// Severity before the config has its say, so that a config never changes
/// which rule speaks.
pub(super) fn own_severity(candidate: &Candidate, catalogue: &Catalogue) -> Severity {
    candidate.severity.unwrap_or(catalogue.meta(candidate.rule).severity)
}

/// Best first; total but for exact repeats.
fn rank(a: &Candidate, b: &Candidate, catalogue: &Catalogue) -> Ordering {
    let key = |c: &Candidate| {
        // Length before severity: `sbx_apikey_…` is not the live `apikey_…` that ends it.
        let length = secret_range(c).len();
        Reverse((c.specificity, c.confidence, length, own_severity(c, catalogue)))
    };
    key(a)
        .cmp(&key(b))
        .then_with(|| catalogue.meta(a.rule).id.cmp(&catalogue.meta(b.rule).id))
        .then_with(|| (a.span.start, a.span.end).cmp(&(b.span.start, b.span.end)))
}

/// Whether no line ends between the two places, which are less than a screen apart.
fn in_one_line(text: &[u8], start: usize, end: usize) -> bool {
    end - start <= SCREEN && text.get(start..end).is_some_and(|part| !part.contains(&b'\n'))
}

/// What the findings accepted so far are about.
#[derive(Default)]
struct Taken<'a> {
    /// Start to end of accepted secrets; none overlap.
    secrets: BTreeMap<usize, usize>,
    others: HashSet<(&'a String, &'a Range<usize>)>,
    /// Start and end of accepted findings of each rule.
    rules: HashMap<RuleIndex, BTreeSet<(usize, usize)>>,
}

impl Taken<'_> {
    /// Takes `span` unless a finding of `rule` stands that holds it or is held by it,
    /// and begins in the same line.
    fn of_rule(&mut self, text: &[u8], rule: RuleIndex, span: &Range<usize>) -> bool {
        let spans = self.rules.entry(rule).or_default();
        let holds = |&(start, end): &(usize, usize)| {
            end >= span.end && in_one_line(text, start, span.start)
        };
        let is_held = |&(start, end): &(usize, usize)| {
            end <= span.end && in_one_line(text, span.start, start)
        };
        let mut before = spans.range(..=(span.start, usize::MAX)).rev().take(NEIGHBOURS);
        let mut within =
            spans.range((span.start, 0)..(span.end.max(span.start), 0)).take(NEIGHBOURS);
        let free = !before.any(holds) && !within.any(is_held);
        if free {
            spans.insert((span.start, span.end));
        }
        free
    }

    /// Takes `range` unless a part of it is taken. An empty range counts as
    /// one byte: two of them in one place are the same.
    fn secret(&mut self, range: &Range<usize>) -> bool {
        let end = range.end.max(range.start + 1);
        let free = self.secrets.range(..end).next_back().is_none_or(|(_, e)| *e <= range.start);
        if free {
            self.secrets.insert(range.start, end);
        }
        free
    }
}
