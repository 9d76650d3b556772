//! The shape of a `.gitleaks.toml`, as gitleaks documents it for version 8.
//! Keys that are not here are told as not carried over.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct File {
    pub extend: Extend,
    pub rules: Vec<Rule>,
    /// The one list of older versions.
    pub allowlist: Option<Allowlist>,
    pub allowlists: Vec<Allowlist>,
    #[serde(flatten)]
    pub other: BTreeMap<String, toml::Value>,
}

/// What the file builds on.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Extend {
    pub use_default: bool,
    pub path: Option<String>,
    pub url: Option<String>,
    pub disabled_rules: Vec<String>,
}

/// One rule.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rule {
    pub id: String,
    pub description: String,
    pub regex: Option<String>,
    pub path: Option<String>,
    pub secret_group: usize,
    pub entropy: f64,
    pub keywords: Vec<String>,
    pub allowlist: Option<Allowlist>,
    pub allowlists: Vec<Allowlist>,
    #[serde(flatten)]
    pub other: BTreeMap<String, toml::Value>,
}

/// What is no finding.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Allowlist {
    pub description: String,
    pub condition: Option<String>,
    pub commits: Vec<String>,
    pub paths: Vec<String>,
    pub regexes: Vec<String>,
    pub regex_target: Option<String>,
    pub stopwords: Vec<String>,
    pub target_rules: Vec<String>,
    #[serde(flatten)]
    pub other: BTreeMap<String, toml::Value>,
}

/// Keys without a say in what is found.
pub const HARMLESS: &[&str] =
    &["title", "description", "tags", "minVersion", "betterleaksMinVersion"];
