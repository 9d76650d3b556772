//! What a config file may say.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::size::ByteSize;
use crate::document::{Document, Problem};
use crate::finding::{Confidence, Severity};

/// The keys of `seamline.toml`; what is absent keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Globs of paths that are not scanned.
    #[serde(default)]
    pub exclude: Vec<String>,
    pub min_severity: Option<Severity>,
    pub min_confidence: Option<Confidence>,
    pub fail_on: Option<FailOn>,
    pub baseline: Option<PathBuf>,
    /// Folders of the user's own rules.
    #[serde(default)]
    pub rules_dirs: Vec<PathBuf>,
    pub max_file_size: Option<ByteSize>,
    /// A `.gitleaks.toml` to use as it is; by default the one next to this file.
    pub gitleaks_config: Option<PathBuf>,
    /// Whether archives are looked into.
    pub archives: Option<bool>,
    /// Forbids `--verify`. There is no setting that allows it: a scanned project
    /// must not be able to start a request.
    #[serde(default)]
    pub offline: bool,
    #[serde(default)]
    pub rules: BTreeMap<String, RuleSettings>,
}

/// `[rules.<id>]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleSettings {
    pub enabled: Option<bool>,
    pub severity: Option<Severity>,
    /// Globs of paths in which the rule's findings are hidden.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// From which severity on findings fail the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    At(Severity),
    Never,
}

impl FailOn {
    /// All values, in the order of `--help`.
    pub const NAMES: [&str; 6] = ["info", "low", "medium", "high", "critical", "never"];

    /// The name a user writes.
    pub fn name(self) -> &'static str {
        match self {
            FailOn::At(severity) => severity.name(),
            FailOn::Never => "never",
        }
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let severity = Severity::ALL.into_iter().find(|severity| severity.name() == name);
        match severity {
            Some(severity) => Ok(FailOn::At(severity)),
            None if name == "never" => Ok(FailOn::Never),
            None => {
                let known: Vec<String> = Self::NAMES.iter().map(|n| format!("`{n}`")).collect();
                Err(format!("unknown variant `{name}`, expected one of {}", known.join(", ")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for FailOn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a config file says, and where it names each rule.
pub(super) struct Parsed {
    pub settings: Settings,
    pub rule_lines: Vec<(String, Problem)>,
    pub offline_line: Option<usize>,
}

/// Reads `text`, the content of `file`.
pub(super) fn parse(file: &str, text: &str) -> Result<Parsed, Vec<Problem>> {
    let mut document = Document::parse(file, text)?;
    let (settings, mut problems) = document.read::<Settings>();
    let settings = settings.unwrap_or_default();
    check_globs(&document, "exclude", &settings.exclude, &mut problems);
    for (id, rule) in &settings.rules {
        check_globs(&document, &format!("rules/{id}/exclude"), &rule.exclude, &mut problems);
    }
    problems.sort();
    if !problems.is_empty() {
        return Err(problems);
    }
    let place = |id: &String| (id.clone(), document.problem(&format!("rules/{id}"), "", ""));
    let rule_lines = settings.rules.keys().map(place).collect();
    let offline_line = document.problem("offline", "", "").line;
    Ok(Parsed { settings, rule_lines, offline_line })
}

fn check_globs(document: &Document<'_>, key: &str, globs: &[String], problems: &mut Vec<Problem>) {
    for (i, glob) in globs.iter().enumerate() {
        if let Err(error) = globset::Glob::new(glob) {
            let message = format!("bad glob `{glob}`: {}", error.kind());
            problems.push(document.problem(&format!("{key}/{i}"), message, ""));
        }
    }
}
