//! Prints findings: one format, one file. The only room that prints.

use std::sync::Arc;

use crate::finding::Finding;
use crate::judge::Hidden;
use crate::rules::model::RuleMeta;
use crate::source::Skip;

/// Everything a report may show; sorted, redacted, ready to print.
#[derive(Debug, Default)]
pub struct Report {
    /// Sorted by path, position, rule.
    pub findings: Vec<Finding>,
    /// Sorted by path.
    pub skipped: Vec<Skip>,
    /// Sorted, without repeats.
    pub warnings: Vec<String>,
    pub files: u64,
    pub bytes: u64,
    pub hidden: Hidden,
    pub elapsed_ms: u64,
    /// The rules that could fire in this run.
    pub rules: Vec<Arc<RuleMeta>>,
    /// The config file in use, as the user would write its path.
    pub config: Option<String>,
}
