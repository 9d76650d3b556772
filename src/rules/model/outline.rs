//! What the engines must know of every rule when they start: where to file it.
//! The rest of a rule is read when something is filed under it.
//!
//! The build script makes the outlines of the built-in rules, the loader those
//! of a user's.

use serde::{Deserialize, Serialize};

use super::{PatternMatch, SecretRule, Segment};

/// Where the secrets room files a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SecretOutline {
    pub detector: Option<String>,
    /// Of each format, the provider's own first: the fixed texts of which one
    /// begins it. None of them: it begins with an alphabet.
    pub prefixes: Vec<Vec<String>>,
    /// Anchors of the regex; empty without a regex.
    pub anchors: Vec<String>,
    /// See [`super::Context::provider_near`].
    pub provider_near: bool,
    /// See [`super::KnownFile::names`].
    pub files: Vec<String>,
}

impl SecretOutline {
    /// The outline of `rule`.
    pub fn of(rule: &SecretRule) -> Self {
        let formats = rule.formats.iter().chain(&rule.other_formats);
        SecretOutline {
            detector: rule.detector.clone(),
            prefixes: formats.map(|segments| prefixes(segments)).collect(),
            anchors: rule.regex.iter().flat_map(|_| rule.anchors.iter().cloned()).collect(),
            provider_near: rule.context.provider_near,
            files: rule.file.iter().flat_map(|file| file.names.iter().cloned()).collect(),
        }
    }
}

fn prefixes(segments: &[Segment]) -> Vec<String> {
    let first = segments.first().filter(|first| first.chars.is_none() && !first.optional);
    first.map_or_else(Vec::new, |first| first.text.clone())
}

/// Which files the matchers of a pattern rule read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PatternOutline {
    /// Keys of languages whose code is looked at.
    pub code: Vec<String>,
    /// Keys of formats whose structure is.
    pub structure: Vec<String>,
}

impl PatternOutline {
    /// The outline of a rule with these `matchers`.
    pub fn of(matchers: &[PatternMatch]) -> Self {
        let languages = |structural: bool| {
            let wanted = matchers.iter().filter(|matcher| matcher.is_structural() == structural);
            let mut keys: Vec<String> = wanted.flat_map(|m| m.languages.iter().cloned()).collect();
            keys.sort();
            keys.dedup();
            keys
        };
        PatternOutline { code: languages(false), structure: languages(true) }
    }
}
