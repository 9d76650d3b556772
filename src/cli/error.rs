//! What can stop a run: one line (or one per mistake), exit code 2.

use crate::config::ConfigError;
use crate::gitleaks::GitleaksError;
use crate::judge::BaselineError;
use crate::report::WriteError;
use crate::rules::{RuleError, UnknownRule};
use crate::source::SourceError;

/// A reason to end with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Gitleaks(#[from] GitleaksError),
    #[error(transparent)]
    Rules(#[from] RuleError),
    #[error(transparent)]
    UnknownRule(#[from] UnknownRule),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error(transparent)]
    Report(#[from] WriteError),
    #[error("cannot write to standard output: {}", crate::config::describe(.0))]
    Stdout(std::io::Error),
}
