//! The judge through its public interface: what becomes a finding, what is
//! hidden and counted, and that no secret gets out.

// Helpers of tests are tests: clippy allows it only within `#[test]` functions.
#![allow(clippy::unwrap_used)]

mod baseline;
mod excerpts;
mod gates;
mod ignores;
mod merging;
mod properties;
mod weight;

use std::ops::Range;
use std::sync::Arc;

use seamline::finding::{Candidate, Category, Confidence, Finding, RuleIndex, RuleMeta, Severity};
use seamline::judge::{Judge, JudgeOptions, Verdict};
use seamline::rules::model::{RuleHead, RuleTexts, SecretRule, Segment};
use seamline::rules::{Catalogue, Provider, SecretEntry};
use seamline::source::Source;

pub const ACME: RuleIndex = RuleIndex(0);
pub const GENERIC: RuleIndex = RuleIndex(1);
pub const KEY: RuleIndex = RuleIndex(2);
pub const TLS: RuleIndex = RuleIndex(3);
pub const TLS_TOO: RuleIndex = RuleIndex(4);
pub const HTTP: RuleIndex = RuleIndex(5);

/// A small catalogue: three secret rules and three pattern rules, two of which
/// share a topic.
pub fn catalogue() -> Catalogue {
    let secret = Category::Secret;
    let mut catalogue = Catalogue {
        metas: vec![
            meta("acme-token", secret, "secret-hardcoded", Severity::Critical),
            meta("generic-secret", secret, "secret-hardcoded", Severity::High),
            meta("private-key", secret, "secret-hardcoded", Severity::Critical),
            meta("tls-verify-off", Category::Pattern, "tls", Severity::High),
            meta("tls-context-unverified", Category::Pattern, "tls", Severity::High),
            meta("plaintext-http", Category::Pattern, "plaintext", Severity::Medium),
        ],
        ..Catalogue::default()
    };
    catalogue.secrets.push(acme());
    catalogue
}

fn meta(id: &str, category: Category, topic: &str, severity: Severity) -> Arc<RuleMeta> {
    let head = RuleHead {
        id: id.to_owned(),
        title: format!("Title of {id}"),
        category,
        severity,
        confidence: Confidence::High,
        topic: topic.to_owned(),
    };
    let provider = (category == Category::Secret).then(|| "Acme".to_owned());
    let texts = RuleTexts { provider, ..RuleTexts::default() };
    Arc::new(RuleMeta { head, texts: texts.into() })
}

/// Tokens of Acme start with `acme_`.
fn acme() -> SecretEntry {
    let prefix =
        Segment { text: vec!["acme_".to_owned()], chars: None, len: None, optional: false };
    let provider = Provider { key: "acme".to_owned(), name: "Acme".to_owned(), words: Vec::new() };
    let rule = SecretRule {
        id: "acme-token".to_owned(),
        title: "Acme token".to_owned(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        formats: vec![vec![prefix]],
        ..SecretRule::default()
    };
    SecretEntry::new(ACME, Arc::new(provider), rule)
}

/// A token of Acme; `n` makes different ones.
pub fn token(n: u32) -> String {
    format!("acme_{}{n:04}Zk8", "q7Rt2LmX9vB4nC6wY1pD")
}

/// The bytes of the `nth` (from 0) occurrence of `needle`.
pub fn nth(text: &str, needle: &str, nth: usize) -> Range<usize> {
    let (start, found) = text.match_indices(needle).nth(nth).unwrap();
    start..start + found.len()
}

/// A candidate of a secret rule for the first occurrence of `value`.
pub fn secret(rule: RuleIndex, text: &str, value: &str) -> Candidate {
    secret_at(rule, nth(text, value, 0))
}

pub fn secret_at(rule: RuleIndex, range: Range<usize>) -> Candidate {
    Candidate { secret: Some(range.clone()), ..Candidate::new(rule, range) }
}

/// A candidate of a pattern rule for the first occurrence of `code`.
pub fn pattern(rule: RuleIndex, text: &str, code: &str) -> Candidate {
    Candidate::new(rule, nth(text, code, 0))
}

/// Judges `candidates` of a file `path` that holds `text`.
pub fn judge(
    options: JudgeOptions,
    path: &str,
    text: &[u8],
    mut candidates: Vec<Candidate>,
) -> Verdict {
    let source = Source { path: path.into(), text, origin: None };
    Judge::new(Arc::new(catalogue()), options).file(&source, &mut candidates)
}

/// [`judge`] with the default options.
pub fn verdict(text: &str, candidates: Vec<Candidate>) -> Verdict {
    judge(JudgeOptions::default(), "src/app.py", text.as_bytes(), candidates)
}

pub fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.rule.id.as_str()).collect()
}
