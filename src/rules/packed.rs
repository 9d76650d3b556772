//! The form in which the build script leaves the built-in rules in the binary:
//! an index that is read at every start, and the rules themselves, of which
//! each is read when it is first needed.
//!
//! Shared by the library and the build script, as `model` is.

use serde::{Deserialize, Serialize};

use super::model::{PatternOutline, RuleHead, SecretOutline};

/// What is read at every start.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Index {
    pub providers: Vec<Provider>,
    pub patterns: Vec<Pattern>,
    /// All `FrameworkFile`s, in one.
    pub frameworks: Part,
    pub flows: Vec<Flow>,
    /// What the code patterns of each language ask of a file, by its number.
    pub asked: Vec<Part>,
}

/// Where something lies among what is read later: first byte and length.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Part(pub u32, pub u32);

/// A provider with its rules.
#[derive(Debug, Serialize, Deserialize)]
pub struct Provider {
    pub key: String,
    pub name: String,
    pub words: Vec<String>,
    pub rules: Vec<Secret>,
}

/// A secret rule.
#[derive(Debug, Serialize, Deserialize)]
pub struct Secret {
    pub head: RuleHead,
    pub outline: SecretOutline,
    /// Its `RuleTexts`.
    pub texts: Part,
    /// The whole `SecretRule`.
    pub rule: Part,
}

/// A pattern rule.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pattern {
    pub head: RuleHead,
    pub outline: PatternOutline,
    /// Its `RuleTexts`.
    pub texts: Part,
    /// Its `Vec<PatternMatch>`.
    pub matchers: Part,
    /// Its `Vec<PatternExample>`.
    pub examples: Part,
}

/// What the data flow knows of some languages.
#[derive(Debug, Serialize, Deserialize)]
pub struct Flow {
    pub languages: Vec<String>,
    /// The whole `FlowFile`.
    pub facts: Part,
}
