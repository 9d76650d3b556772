//! The rule catalogue: what rules there are and what they say of themselves.
//! No matching happens here; `secrets` and `syntax` compile what they need.

pub mod model;

use std::path::Path;
use std::sync::Arc;

use crate::finding::RuleIndex;
use model::{Category, PatternFile, RuleMeta, SecretFile, SecretRule};

/// Built-in rules, packed by the build script.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

/// A provider as its rules share it.
#[derive(Debug, Clone)]
pub struct Provider {
    pub key: String,
    pub name: String,
    /// Lower-case words that show the provider is meant.
    pub words: Vec<String>,
}

/// A secret rule with its place in the catalogue.
#[derive(Debug, Clone)]
pub struct SecretEntry {
    pub index: RuleIndex,
    pub provider: Arc<Provider>,
    pub rule: SecretRule,
}

/// A pattern rule with its place in the catalogue.
#[derive(Debug, Clone)]
pub struct PatternEntry {
    pub index: RuleIndex,
    pub rule: PatternFile,
}

/// All rules of a run. `metas[index]` describes the rule with that index.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub metas: Vec<Arc<RuleMeta>>,
    pub secrets: Vec<SecretEntry>,
    pub patterns: Vec<PatternEntry>,
}

/// A rule folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("the built-in rules cannot be read: {0}")]
    Packed(#[from] postcard::Error),
    #[error("{file}: {message}")]
    Invalid { file: String, message: String },
}

impl Catalogue {
    /// The rules compiled into the binary.
    pub fn built_in() -> Result<Self, RuleError> {
        let (secrets, patterns): (Vec<SecretFile>, Vec<PatternFile>) =
            postcard::from_bytes(PACKED)?;
        let mut catalogue = Catalogue::default();
        secrets.into_iter().for_each(|file| catalogue.add_secrets(file));
        patterns.into_iter().for_each(|file| catalogue.add_pattern(file));
        Ok(catalogue)
    }

    /// Adds the rules of a user's folder (`secrets/` and `patterns/`, or flat).
    pub fn add_folder(&mut self, _folder: &Path) -> Result<(), RuleError> {
        Ok(())
    }

    /// The description of a rule.
    pub fn meta(&self, index: RuleIndex) -> &Arc<RuleMeta> {
        &self.metas[index.0 as usize]
    }

    /// Looks a rule up by its id.
    pub fn find(&self, id: &str) -> Option<RuleIndex> {
        self.metas.iter().position(|m| m.id == id).map(|i| RuleIndex(i as u32))
    }

    fn push(&mut self, meta: RuleMeta) -> RuleIndex {
        self.metas.push(Arc::new(meta));
        RuleIndex(self.metas.len() as u32 - 1)
    }

    fn add_secrets(&mut self, file: SecretFile) {
        let provider = Arc::new(Provider {
            key: file.provider.clone(),
            name: file.name.clone(),
            words: file.words.clone(),
        });
        for rule in &file.rules {
            let index = self.push(secret_meta(&file, rule));
            self.secrets.push(SecretEntry {
                index,
                provider: Arc::clone(&provider),
                rule: rule.clone(),
            });
        }
    }

    /// Adds one pattern rule.
    pub fn add_pattern(&mut self, rule: PatternFile) {
        let index = self.push(pattern_meta(&rule));
        self.patterns.push(PatternEntry { index, rule });
    }
}

/// Fills what a rule leaves out from its provider's file.
fn secret_meta(file: &SecretFile, rule: &SecretRule) -> RuleMeta {
    let first =
        |own: &Option<String>, shared: &Option<String>| own.clone().or_else(|| shared.clone());
    let fix = first(&rule.fix, &file.fix).unwrap_or_else(|| default_fix(rule));
    RuleMeta {
        id: rule.id.clone(),
        title: rule.title.clone(),
        category: Category::Secret,
        severity: rule.severity,
        confidence: rule.confidence,
        topic: "secret-hardcoded".to_owned(),
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
    }
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

fn pattern_meta(rule: &PatternFile) -> RuleMeta {
    let mut languages: Vec<String> =
        rule.matchers.iter().flat_map(|m| m.languages.iter().cloned()).collect();
    languages.sort();
    languages.dedup();
    let surface = rule.matchers.iter().any(|m| m.detector.is_some());
    RuleMeta {
        id: rule.id.clone(),
        title: rule.title.clone(),
        category: if surface { Category::Surface } else { Category::Pattern },
        severity: rule.severity,
        confidence: rule.confidence,
        topic: rule.topic.clone(),
        what: rule.what.clone(),
        why: rule.why.clone(),
        fix: rule.fix.clone(),
        revoke: None,
        references: rule.references.clone(),
        cwe: rule.cwe.clone(),
        owasp: rule.owasp.clone(),
        languages,
        provider: None,
    }
}
