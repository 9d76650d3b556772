//! Severity and confidence gates, and what the config says about rules.

use std::collections::BTreeMap;

use seamline::finding::{Candidate, Confidence, Severity};
use seamline::judge::{Hidden, RuleSettings, path_globs};

use crate::*;

const TEXT: &str = "get('http://a.example.org', verify=False)";

fn both() -> Vec<Candidate> {
    vec![pattern(HTTP, TEXT, "http://a.example.org"), pattern(TLS, TEXT, "verify=False")]
}

fn with(rule: &str, settings: RuleSettings) -> JudgeOptions {
    JudgeOptions { rules: BTreeMap::from([(rule.to_owned(), settings)]), ..JudgeOptions::default() }
}

fn judged(options: JudgeOptions, candidates: Vec<Candidate>) -> Verdict {
    judge(options, "legacy/unit/app.py", TEXT.as_bytes(), candidates)
}

#[test]
fn gates_hide_and_count() {
    let options = JudgeOptions { min_severity: Some(Severity::High), ..JudgeOptions::default() };
    let verdict = judged(options, both());
    assert_eq!(ids(&verdict.findings), ["tls-verify-off"]);
    assert_eq!(verdict.hidden, Hidden { below_gates: 1, ..Hidden::default() });

    let options =
        JudgeOptions { min_confidence: Some(Confidence::High), ..JudgeOptions::default() };
    let mut candidates = both();
    candidates[0].confidence = Confidence::High;
    let verdict = judged(options, candidates);
    assert_eq!(ids(&verdict.findings), ["plaintext-http"]);
    assert_eq!(verdict.hidden.below_gates, 1);
}

#[test]
fn a_candidate_may_have_a_severity_of_its_own_and_the_config_the_last_word() {
    let mut candidates = both();
    candidates[1].severity = Some(Severity::Info);
    let severities = |v: &Verdict| v.findings.iter().map(|f| f.severity).collect::<Vec<_>>();
    let plain = judged(JudgeOptions::default(), candidates.clone());
    assert_eq!(severities(&plain), [Severity::Medium, Severity::Info]);

    let settings = RuleSettings { severity: Some(Severity::Critical), ..RuleSettings::default() };
    let options =
        JudgeOptions { min_severity: Some(Severity::High), ..with("tls-verify-off", settings) };
    let verdict = judged(options, candidates);
    assert_eq!(severities(&verdict), [Severity::Critical]);
    assert_eq!(verdict.hidden.below_gates, 1);
}

#[test]
fn rules_can_be_turned_off_everywhere_or_by_path() {
    let off = RuleSettings { enabled: false, ..RuleSettings::default() };
    let verdict = judged(with("plaintext-http", off), both());
    assert_eq!(ids(&verdict.findings), ["tls-verify-off"]);
    assert_eq!(verdict.hidden, Hidden { hidden_by_config: 1, ..Hidden::default() });

    let excluded = |glob| {
        let exclude = path_globs([glob]).unwrap();
        with("tls-verify-off", RuleSettings { exclude, ..RuleSettings::default() })
    };
    assert_eq!(ids(&judged(excluded("legacy/"), both()).findings), ["plaintext-http"]);
    assert_eq!(judged(excluded("src/"), both()).findings.len(), 2);
}

#[test]
fn turning_the_speaking_rule_off_does_not_bring_the_next_one_up() {
    let text = token(3);
    let off = RuleSettings { enabled: false, ..RuleSettings::default() };
    let acme = Candidate { specificity: 9, ..secret(ACME, &text, &text) };
    let candidates = vec![acme, secret(GENERIC, &text, &text)];
    let verdict = judge(with("acme-token", off), "a.py", text.as_bytes(), candidates);
    assert!(verdict.findings.is_empty());
    assert_eq!(verdict.hidden.hidden_by_config, 1);
}

#[test]
fn a_finding_is_counted_once() {
    let text = "x = 'hunter2hunter2'  # gitleaks:allow";
    let options = JudgeOptions {
        min_severity: Some(Severity::Critical),
        ..with("generic-secret", RuleSettings { enabled: false, ..RuleSettings::default() })
    };
    let verdict =
        judge(options, "a.py", text.as_bytes(), vec![secret(GENERIC, text, "hunter2hunter2")]);
    assert_eq!(verdict.hidden, Hidden { suppressed_inline: 1, ..Hidden::default() });
}
