//! How sure a finding is, and why.

use std::ops::Range;

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::Role;

/// An opinion with its one reason, where more is not known.
pub type Opinion = (Confidence, &'static str);

/// How sure, and why: short phrases, the deciding one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub confidence: Confidence,
    pub reasons: Vec<&'static str>,
}

impl Assessment {
    /// An assessment with its deciding reason.
    pub fn new(confidence: Confidence, reason: &'static str) -> Self {
        Assessment { confidence, reasons: vec![reason] }
    }

    /// The same with one more reason.
    pub fn and(mut self, reason: &'static str) -> Self {
        self.reasons.push(reason);
        self
    }

    /// A finding of `rule` at `span` with this assessment.
    pub fn candidate(self, rule: RuleIndex, span: Range<usize>, specificity: u8) -> Candidate {
        Candidate {
            secret: Some(span.clone()),
            confidence: self.confidence,
            specificity,
            reasons: self.reasons.into_iter().map(Into::into).collect(),
            ..Candidate::new(rule, span)
        }
    }

    /// At most `confidence`, because of `reason`.
    pub fn at_most(mut self, confidence: Confidence, reason: &'static str) -> Self {
        self.confidence = self.confidence.min(confidence);
        self.and(reason)
    }
}

/// Tests and examples hold values that work as well as values that do not.
pub fn at_place(opinion: Assessment, role: Role) -> Assessment {
    match role {
        Role::Production => opinion,
        Role::Test => opinion.at_most(Confidence::Medium, "it stands in a test file"),
        Role::Example => {
            opinion.at_most(Confidence::Medium, "it stands in an example or documentation")
        }
    }
}
