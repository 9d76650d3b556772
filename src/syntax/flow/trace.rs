//! How a value came to where it is: steps that lead back to its source.

use std::ops::Range;

use super::value::StepId;

/// What happened at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    Source,
    Assigned,
    Passed,
    Returned,
}

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) previous: Option<StepId>,
    pub(crate) span: Range<usize>,
    pub(crate) kind: StepKind,
}

/// All steps of a file.
#[derive(Debug, Default)]
pub(crate) struct Steps(Vec<Step>);

impl Steps {
    /// Longest way back.
    const MOST: usize = 200;

    /// Adds a step after `previous`.
    pub(crate) fn push(
        &mut self,
        previous: Option<StepId>,
        span: Range<usize>,
        kind: StepKind,
    ) -> StepId {
        self.0.push(Step { previous, span, kind });
        self.0.len() as StepId - 1
    }

    /// From the source to `step`.
    pub(crate) fn way(&self, step: StepId) -> Vec<Step> {
        let mut way = Vec::new();
        let mut at = Some(step);
        while let Some(step) = at.and_then(|id| self.0.get(id as usize)) {
            if way.len() == Self::MOST {
                break;
            }
            way.push(step.clone());
            at = step.previous;
        }
        way.reverse();
        way
    }
}
