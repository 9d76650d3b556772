//! The ways of all flow matches of a file: which of its hits are reached from
//! a source, and what is told of it.

use std::sync::Arc;

use super::marks::Marks;
use super::rule::Found;
use super::sets::SANITIZERS;
use super::{Flow, Place};
use crate::finding::Candidate;
use crate::syntax::pattern::{Captured, inner};
use crate::syntax::rule::Compiled;
use crate::syntax::walk::{Hit, Walked};

/// The flow of a file, as its matchers with `flow` see it.
pub(crate) struct Ways<'a, 't> {
    place: &'a Place<'a, 't>,
    units: &'a [Arc<Compiled>],
    /// With the matchers' own sources and sanitizers, if there are any.
    own: Option<Flow>,
}

/// How a hit stands to the data flow.
pub(crate) enum Way {
    /// The matcher does not ask.
    Unasked,
    Found(Found),
}

impl<'a, 't> Ways<'a, 't> {
    /// Looks at the file again if a hit's matcher has patterns of its own.
    pub(crate) fn new(
        place: &'a Place<'a, 't>,
        units: &'a [Arc<Compiled>],
        walked: &Walked<'t>,
    ) -> Self {
        let mut hit = vec![false; units.len()];
        walked.hits.iter().for_each(|found| hit[found.unit] = true);
        let mut marks = Marks::default();
        let mut any = false;
        for marked in walked.marked.iter().filter(|marked| hit[marked.unit]) {
            any = true;
            let span = (marked.span.start as u32, marked.span.end as u32);
            if marked.source {
                marks.source(span, marked.unit as u16);
            } else {
                marks.clean(span, own_bit(marked.unit));
            }
        }
        let own = any.then(|| place.flow_with(&marks));
        Ways { place, units, own }
    }

    /// How `hit` is reached; None if its sink is not reached from a source.
    pub(crate) fn of(&self, hit: &Hit<'t>) -> Option<Way> {
        let Some(unit) = self.units.get(hit.unit) else { return Some(Way::Unasked) };
        let Some(rule) = &unit.flow else { return Some(Way::Unasked) };
        let flow = match &self.own {
            Some(own) => own,
            None => self.place.flow(),
        };
        let sink = hit.captures.get(rule.sink)?;
        let value = self.sink_value(flow, sink)?;
        let rule = if rule.sanitizers.is_empty() {
            rule.rule.clone()
        } else {
            rule.rule.clone().accepting(own_bit(hit.unit))
        };
        flow.reaches(value, &rule, hit.unit as u16).map(Way::Found)
    }

    fn sink_value<'f>(&self, flow: &'f Flow, sink: &Captured<'t>) -> Option<&'f super::Value> {
        let mut node = sink.node?;
        loop {
            if let Some(value) = flow.value(node) {
                return Some(value);
            }
            node = inner(self.place.dialect, node)?;
        }
    }
}

/// The bit of what a matcher itself calls clean; the first matchers of a file
/// have one each, the others share.
fn own_bit(unit: usize) -> u64 {
    let bits = 64 - SANITIZERS.len();
    1 << (SANITIZERS.len() + unit % bits)
}

impl Way {
    /// Adds what is known of the way to the candidate.
    pub(crate) fn tell(self, candidate: &mut Candidate) {
        let Way::Found(found) = self else { return };
        candidate.way = candidate.related.is_empty();
        candidate.related.extend(found.related);
        candidate.reasons.push("the value comes from outside".into());
        for _ in 0..found.doubts {
            candidate.confidence = candidate.confidence.lowered();
            candidate.reasons.push("it passes through a call that is not known".into());
        }
    }
}
