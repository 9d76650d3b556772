//! The `flow` of a matcher: which sources it is about, which sanitizers it
//! accepts, and whether a value gets from one to its sink.

use std::ops::Range;

use super::sets::{HARMLESS, sanitizer, source};
use super::trace::{Step, StepKind};
use super::value::StepId;
use super::{Flow, Label, Taint, Value};

/// Calls that nobody knows, at most, on a way that is reported.
const MOST_DOUBTS: u8 = 2;
/// Calls within the file that are followed back from a parameter.
const MOST_CALLS: usize = 64;
/// Places of a trace that are shown.
const MOST_SHOWN: usize = 6;

/// The compiled `flow` of a matcher.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlowRule {
    sets: Vec<u16>,
    /// Parameters of the enclosing function are sources.
    arguments: bool,
    clean: u64,
}

/// A way from a source to a sink.
#[derive(Debug)]
pub(crate) struct Found {
    /// Places, in order, with what they are.
    pub(crate) related: Vec<(Range<usize>, String)>,
    /// Calls that nobody knows on the way.
    pub(crate) doubts: u8,
}

impl FlowRule {
    /// The names among the sources and sanitizers of `flow` that are sets; the
    /// others are patterns.
    pub(crate) fn new(flow: &crate::rules::model::Flow) -> Self {
        let harmless = HARMLESS.iter().filter(|name| !flow.keep.iter().any(|kept| kept == *name));
        let accepted = harmless.copied().chain(flow.sanitizers.iter().map(String::as_str));
        FlowRule {
            sets: flow.sources.iter().filter_map(|name| source(name)).collect(),
            arguments: flow.sources.iter().any(|name| name == "argument"),
            clean: accepted.filter_map(sanitizer).fold(0, |all, bit| all | bit),
        }
    }

    /// The same, which also accepts the sanitizer `bit`.
    pub(crate) fn accepting(mut self, bit: u64) -> Self {
        self.clean |= bit;
        self
    }

    fn is_source(&self, label: Label, unit: u16) -> bool {
        match label {
            Label::Set(set) => self.sets.contains(&set),
            Label::Own(of) => of == unit,
            Label::Param(..) => self.arguments,
        }
    }
}

impl Flow {
    /// Whether `value` comes from a source of `rule`, which is matcher `unit`.
    pub(crate) fn reaches(&self, value: &Value, rule: &FlowRule, unit: u16) -> Option<Found> {
        let mut best: Option<(Taint, Vec<StepId>)> = None;
        // A taint and the ends of the ways between calls that lead to it.
        let mut open: Vec<(Taint, Vec<StepId>)> =
            value.taints.iter().map(|taint| (*taint, Vec::new())).collect();
        let mut seen = Vec::new();
        while let Some((taint, later)) = open.pop() {
            if taint.clean & rule.clean != 0 || taint.doubts > MOST_DOUBTS {
                continue;
            }
            if rule.is_source(taint.label, unit) {
                let better = best.as_ref().is_none_or(|(known, way)| {
                    (taint.doubts, later.len()) < (known.doubts, way.len())
                });
                if better {
                    best = Some((taint, later.clone()));
                }
            }
            let Label::Param(function, place) = taint.label else { continue };
            if seen.len() >= MOST_CALLS || seen.contains(&(function, place)) {
                continue;
            }
            seen.push((function, place));
            let passed = self.outcome.passed.get(&(function, place));
            for from in passed.into_iter().flatten() {
                let mut way = later.clone();
                way.push(taint.step);
                let clean = from.clean | taint.clean;
                let doubts = from.doubts.saturating_add(taint.doubts);
                open.push((Taint { clean, doubts, ..*from }, way));
            }
        }
        let (taint, later) = best?;
        Some(Found { related: self.trace(&taint, &later), doubts: taint.doubts })
    }

    /// The places between source and sink.
    fn trace(&self, taint: &Taint, later: &[StepId]) -> Vec<(Range<usize>, String)> {
        let mut steps = self.outcome.steps.way(taint.step);
        for end in later.iter().rev() {
            // The first step of each is the parameter, which the call has shown.
            steps.extend(self.outcome.steps.way(*end).into_iter().skip(1));
        }
        steps.dedup_by(|one, two| one.span == two.span);
        if steps.len() > MOST_SHOWN {
            let cut = steps.len() - MOST_SHOWN;
            steps.drain(2..2 + cut);
        }
        steps.into_iter().map(shown).collect()
    }
}

fn shown(step: Step) -> (Range<usize>, String) {
    let message = match step.kind {
        StepKind::Source => "the value comes from here",
        StepKind::Assigned => "it is assigned here",
        StepKind::Passed => "it is passed on here",
        StepKind::Returned => "it is returned here",
    };
    (step.span, message.to_owned())
}
