//! The shape of a rule file, as it is written under `rules/` and compiled in.
//!
//! Shared by the library and the build script (which validates the built-in
//! catalogue and packs it), so it depends on nothing but `serde`.

use serde::{Deserialize, Serialize};

// The paths are written out for the build script, which reads this file as its own module.
#[path = "model/flow.rs"]
mod flow;
#[path = "model/framework.rs"]
mod framework;
#[path = "model/outline.rs"]
mod outline;
#[path = "model/pattern.rs"]
mod pattern;
#[path = "model/secret.rs"]
mod secret;
#[path = "model/verify.rs"]
mod verify;

pub use flow::{Flow, FlowFile, SourceSet};
pub use framework::FrameworkFile;
pub use outline::{PatternOutline, SecretOutline};
pub use pattern::{Constraint, PatternExample, PatternFile, PatternMatch};
pub use secret::{Context, KnownFile, Length, SecretExample, SecretFile, SecretRule, Segment};
pub use verify::{Answer, Choice, Method, Pair, Sign, Verify};

/// What reports say of a rule in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleHead {
    /// Flat kebab-case, never changes.
    pub id: String,
    pub title: String,
    pub category: Category,
    pub severity: Severity,
    pub confidence: Confidence,
    /// A slug of the topic list; secrets: `secret-hardcoded`.
    pub topic: String,
}

/// The texts behind `explain`, SARIF help and the rule index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleTexts {
    /// What was found, for someone who has never heard of the risk.
    pub what: String,
    /// What an attacker does with it.
    pub why: String,
    /// What to write instead.
    pub fix: String,
    /// How to revoke or rotate (secrets).
    pub revoke: Option<String>,
    pub references: Vec<String>,
    /// `CWE-798` and the like.
    pub cwe: Vec<String>,
    /// `API8:2023` and the like.
    pub owasp: Vec<String>,
    /// Languages the rule reads; empty for secrets (all files).
    pub languages: Vec<String>,
    /// Display name of the credential's issuer (secrets).
    pub provider: Option<String>,
}

/// How bad it is if an attacker uses what was found.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    #[default]
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// All severities, mildest first.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The lower-case name used in every report and in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// How sure Seamline is that the finding is what it says.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    #[default]
    Low,
    Medium,
    High,
}

impl Confidence {
    /// The lower-case name used in every report and in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }

    /// One step less sure; `Low` stays `Low`.
    pub fn lowered(self) -> Self {
        match self {
            Confidence::High => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}

/// Which of the three jobs of Seamline a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    Secret,
    Pattern,
    Surface,
}

impl Category {
    /// The lower-case name used in every report.
    pub fn name(self) -> &'static str {
        match self {
            Category::Secret => "secret",
            Category::Pattern => "pattern",
            Category::Surface => "surface",
        }
    }
}
