//! What a rule says of itself, completed from its provider and from defaults:
//! the one description that reports, `explain` and the rule index show.
//!
//! Shared by the library and the build script, as `model` is.

use super::model::{Category, PatternFile, RuleHead, RuleTexts, SecretFile, SecretRule};
use super::topics;

/// Fills what a rule leaves out from its provider's file.
pub fn of_secret(file: &SecretFile, rule: &SecretRule) -> (RuleHead, RuleTexts) {
    let first =
        |own: &Option<String>, shared: &Option<String>| own.clone().or_else(|| shared.clone());
    let fix = first(&rule.fix, &file.fix).unwrap_or_else(|| default_fix(rule));
    let head = RuleHead {
        id: rule.id.clone(),
        title: rule.title.clone(),
        category: Category::Secret,
        severity: rule.severity,
        confidence: rule.confidence,
        topic: topics::SECRETS.to_owned(),
    };
    let texts = RuleTexts {
        what: rule
            .what
            .clone()
            .unwrap_or_else(|| format!("A {} is written into this file.", rule.title)),
        why: first(&rule.why, &file.why).unwrap_or_else(|| default_why(&file.name)),
        fix,
        revoke: first(&rule.revoke, &file.revoke),
        references: rule.references.iter().chain(&file.references).cloned().collect(),
        cwe: rule.cwe.clone(),
        owasp: rule.owasp.clone(),
        languages: Vec::new(),
        provider: Some(file.name.clone()),
    };
    (head, texts)
}

fn default_why(provider: &str) -> String {
    format!(
        "Anyone who can read this file, its history or a copy of it can act at {provider} \
         with the rights of this credential until it is revoked."
    )
}

fn default_fix(rule: &SecretRule) -> String {
    let home = match &rule.env {
        Some(env) => format!("the environment variable `{env}`"),
        None => "an environment variable".to_owned(),
    };
    format!(
        "Revoke the credential, then read the new one from {home} or a secret manager \
         instead of writing it into the file."
    )
}

/// The description of a pattern rule.
pub fn of_pattern(rule: &PatternFile) -> (RuleHead, RuleTexts) {
    let mut languages: Vec<String> =
        rule.matchers.iter().flat_map(|m| m.languages.iter().cloned()).collect();
    languages.sort();
    languages.dedup();
    let surface = rule.matchers.iter().any(|m| m.detector.is_some());
    let head = RuleHead {
        id: rule.id.clone(),
        title: rule.title.clone(),
        category: if surface { Category::Surface } else { Category::Pattern },
        severity: rule.severity,
        confidence: rule.confidence,
        topic: rule.topic.clone(),
    };
    let texts = RuleTexts {
        what: rule.what.clone(),
        why: rule.why.clone(),
        fix: rule.fix.clone(),
        revoke: None,
        references: rule.references.clone(),
        cwe: rule.cwe.clone(),
        owasp: rule.owasp.clone(),
        languages,
        provider: None,
    };
    (head, texts)
}
