//! A rule file about code or configuration: its matchers and examples.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Confidence, Flow, Severity};

/// `rules/patterns/<topic>/<rule>.toml`: one code rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    pub id: String,
    pub title: String,
    pub topic: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub what: String,
    pub why: String,
    pub fix: String,
    #[serde(default)]
    pub references: Vec<String>,
    pub cwe: Vec<String>,
    #[serde(default)]
    pub owasp: Vec<String>,
    #[serde(rename = "match")]
    pub matchers: Vec<PatternMatch>,
    #[serde(default, rename = "example")]
    pub examples: Vec<PatternExample>,
}

/// A matcher for one or more languages. A node is reported when it matches one
/// of `any` and all the other conditions hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PatternMatch {
    /// Language keys of `syntax/language.rs`, e.g. `python`, `typescript`.
    pub languages: Vec<String>,
    /// A detector written in Rust, instead of `any` (e.g. `missing-auth:express`).
    #[serde(default)]
    pub detector: Option<String>,
    /// Literals of which one must be in the file before it is parsed for this
    /// matcher. Derived from the patterns when left out; needed with `detector`.
    #[serde(default)]
    pub triggers: Vec<String>,
    /// A regex that matches somewhere in the text of the file, comments included:
    /// what patterns without a telling word still need.
    #[serde(default)]
    pub text: Option<String>,
    /// Code patterns with `$METAVARIABLES`; `$$$` stands for any number of
    /// nodes, `$_` for one that is not captured. Arguments, object keys and
    /// attributes may stand in any order where the language says so.
    #[serde(default)]
    pub any: Vec<String>,
    /// The node must match all of these as well.
    #[serde(default)]
    pub also: Vec<String>,
    /// The node must match none of these.
    #[serde(default)]
    pub not: Vec<String>,
    /// Some node around it must match one of these.
    #[serde(default)]
    pub inside: Vec<String>,
    #[serde(default)]
    pub not_inside: Vec<String>,
    /// Some node within it must match one of these.
    #[serde(default)]
    pub has: Vec<String>,
    #[serde(default)]
    pub not_has: Vec<String>,
    /// Constraints on captured text, by metavariable name without `$`.
    #[serde(default, rename = "where")]
    pub constraints: BTreeMap<String, Constraint>,
    /// One of these modules must be imported by the file (any alias); names in
    /// patterns are then resolved through the import.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Globs of which one must match the path (config files of a known name).
    #[serde(default)]
    pub files: Vec<String>,
    /// Globs none of which may match the path.
    #[serde(default)]
    pub not_files: Vec<String>,
    /// Literals none of which may be in the file: what would show that it has
    /// what the rule misses.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Types of resources that the rule is about, instead of `any`: Terraform
    /// (`aws_lb`, `data.aws_ami`), CloudFormation, ARM and Bicep types, and
    /// `k8s/Deployment`. Like the next three read by `structure`.
    #[serde(default)]
    pub resource: Vec<String>,
    /// Paths of entries that the rule is about, instead of `any`.
    #[serde(default)]
    pub at: Vec<String>,
    /// Path from there to the entries that are meant.
    #[serde(default)]
    pub each: Option<String>,
    /// Conditions that must all hold for what the rule is about.
    #[serde(default)]
    pub when: Vec<String>,
    /// Metavariable, or path, to underline instead of the whole match.
    #[serde(default)]
    pub report: Option<String>,
    /// Metavariable that is a credential: no report shows its text.
    #[serde(default)]
    pub secret: Option<String>,
    /// Overrides of the rule's own, for this matcher.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    #[serde(default)]
    pub message: Option<String>,
    /// Data flow from a source to a sink.
    #[serde(default)]
    pub flow: Option<Flow>,
}

impl PatternMatch {
    /// Whether it asks about the structure of a configuration file.
    pub fn is_structural(&self) -> bool {
        !(self.resource.is_empty() && self.at.is_empty())
    }
}

/// What a captured node's text must be.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Searched in the text (string literals: in their content).
    #[serde(default)]
    pub regex: Option<String>,
    #[serde(default)]
    pub not_regex: Option<String>,
    /// As `regex`, in the code as it is written: with quotes, and without the
    /// constant that a name stands for.
    #[serde(default)]
    pub written: Option<String>,
    #[serde(default)]
    pub not_written: Option<String>,
    /// Kind of node: `string`, `number`, `identifier`, `literal`, `call`; or
    /// how the value is made: `constant`, `dynamic`.
    #[serde(default)]
    pub is: Option<String>,
    /// Symbols of which one is what the value is an instance of. Where that is
    /// not known, `regex` decides on the text.
    #[serde(default, rename = "type")]
    pub types: Vec<String>,
    /// Names a test written in Rust, e.g. `plaintext-url`.
    #[serde(default)]
    pub test: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternExample {
    pub language: String,
    /// Code in which the rule must fire.
    #[serde(default, rename = "match")]
    pub matches: Option<String>,
    /// Code in which the rule must stay silent.
    #[serde(default)]
    pub near_miss: Option<String>,
    /// File name, where the rule looks at it.
    #[serde(default)]
    pub file: Option<String>,
}
