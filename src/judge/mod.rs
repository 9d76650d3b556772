//! Decides what becomes a finding: merging, gates, inline ignores, baseline.
//! The only room that drops anything, and it counts what it drops.

use std::sync::Arc;

use crate::finding::{Candidate, Finding, Severity};
use crate::rules::Catalogue;
use crate::source::Source;

/// How many findings were hidden, and by what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    pub suppressed_inline: u64,
    pub suppressed_baseline: u64,
    /// By the config file: rules turned off, paths excluded per rule.
    pub hidden_by_config: u64,
    /// Below `--min-severity` or `--min-confidence`.
    pub below_gates: u64,
}

impl std::ops::AddAssign for Hidden {
    fn add_assign(&mut self, other: Self) {
        self.suppressed_inline += other.suppressed_inline;
        self.suppressed_baseline += other.suppressed_baseline;
        self.hidden_by_config += other.hidden_by_config;
        self.below_gates += other.below_gates;
    }
}

/// What the judge says about one file.
#[derive(Debug, Default)]
pub struct Verdict {
    pub findings: Vec<Finding>,
    pub hidden: Hidden,
    /// Bare, unknown or unused inline ignores, in a reader's words.
    pub warnings: Vec<String>,
}

/// The settings of a run, built from flags and config.
#[derive(Debug, Default)]
pub struct JudgeOptions {
    pub min_severity: Option<Severity>,
}

/// Applies the same judgement to every file.
pub struct Judge {
    catalogue: Arc<Catalogue>,
}

impl Judge {
    /// A judge over the rules of `catalogue`.
    pub fn new(catalogue: Arc<Catalogue>, _options: JudgeOptions) -> Self {
        Judge { catalogue }
    }

    /// Judges the candidates of one file.
    pub fn file(&self, _source: &Source<'_>, _candidates: &mut Vec<Candidate>) -> Verdict {
        let _ = &self.catalogue;
        Verdict::default()
    }
}
