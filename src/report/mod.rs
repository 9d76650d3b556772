//! Prints findings: one format, one file. The only room that prints.
//!
//! A [`Report`] is complete when it arrives here: judged, sorted, redacted.
//! Every format goes through [`write`], every report file through
//! [`write_file`]; both stream, so that memory does not grow with the output.

mod concise;
mod diagnostic;
mod escape;
mod excerpt;
mod human;
mod json;
mod jsonl;
mod paint;
mod record;
mod sarif;
mod stream;
mod style;
mod summary;
mod tail;
mod text;
mod write;

use std::sync::Arc;

use crate::finding::Finding;
use crate::judge::Hidden;
use crate::rules::RuleMeta;
use crate::source::Skip;

pub use style::{ColorChoice, Style, Terminal};
pub use write::{WriteError, write, write_file};

/// Everything a report may show; sorted, redacted, ready to print.
#[derive(Debug, Default)]
pub struct Report {
    /// Sorted by path, position, rule.
    pub findings: Vec<Finding>,
    /// What ignores and the baseline hide, where the run asked for it; sorted.
    pub suppressed: Vec<Finding>,
    /// Sorted by path.
    pub skipped: Vec<Skip>,
    /// Sorted, without repeats.
    pub warnings: Vec<String>,
    pub files: u64,
    pub bytes: u64,
    pub hidden: Hidden,
    /// Files and folders that the user's exclude globs left out.
    pub excluded: u64,
    pub elapsed_ms: u64,
    /// The rules that could fire in this run.
    pub rules: Vec<Arc<RuleMeta>>,
    /// The config file in use, as the user would write its path.
    pub config: Option<String>,
    /// The working directory relative to the repository root (`services/api`),
    /// for formats whose paths start at the root. `None` outside a repository
    /// and at its root.
    pub repo_prefix: Option<String>,
}

/// The formats a report can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Diagnostics with source excerpts, for people.
    Human,
    /// One line per finding, for editors and `grep`.
    Concise,
    /// One document, schema version 1.
    Json,
    /// One record per line, schema version 1.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl Format {
    /// All formats, in the order of the help text. A new one is named here, in
    /// [`Format::name`] and in [`write()`].
    pub const ALL: [Format; 5] =
        [Format::Human, Format::Concise, Format::Json, Format::Jsonl, Format::Sarif];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
        }
    }
}

/// A format name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{0}`; one of {known}", known = Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat(String);

impl std::str::FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Format::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
