//! One finding where several rules agree on one span.

use seamline::finding::{Candidate, Confidence, Severity};
use seamline::judge::Hidden;

use crate::*;

#[test]
fn the_most_specific_of_overlapping_secrets_speaks() {
    let text = format!("key = '{}'", token(1));
    let generic = Candidate {
        confidence: Confidence::High,
        ..secret_at(GENERIC, nth(&text, &format!("'{}'", token(1)), 0))
    };
    let acme = Candidate { specificity: 9, ..secret(ACME, &text, &token(1)) };
    let verdict = verdict(&text, vec![generic, acme]);
    assert_eq!(ids(&verdict.findings), ["acme-token"]);
    assert_eq!(verdict.hidden, Hidden::default(), "a duplicate is not hidden");
}

#[test]
fn ties_go_to_confidence_then_length_then_severity_then_id() {
    let text = "value = abcdefghijkl";
    let base = |rule| secret(rule, text, "abcdefghijkl");
    let winner = |a: Candidate, b: Candidate| {
        let verdicts = [vec![a.clone(), b.clone()], vec![b, a]].map(|c| verdict(text, c));
        assert_eq!(ids(&verdicts[0].findings), ids(&verdicts[1].findings), "order matters");
        verdicts[0].findings[0].rule.id.clone()
    };
    let sure = Candidate { confidence: Confidence::High, ..base(GENERIC) };
    assert_eq!(winner(sure, base(ACME)), "generic-secret");
    assert_eq!(winner(base(GENERIC), base(ACME)), "acme-token");
    let mild = Candidate { severity: Some(Severity::High), ..base(ACME) };
    let short = Candidate { secret: Some(8..12), span: 8..12, ..mild.clone() };
    assert_eq!(winner(short.clone(), base(GENERIC)), "generic-secret");
    let grave = Candidate { severity: Some(Severity::Critical), ..short };
    assert_eq!(winner(grave, base(GENERIC)), "generic-secret");
    assert_eq!(winner(mild, base(GENERIC)), "acme-token");
}

#[test]
fn two_secrets_on_a_line_stay_two_even_with_one_across_both() {
    let (a, b) = (token(1), token(2));
    let text = format!("pair = '{a}:{b}'");
    let mut candidates = vec![
        Candidate { specificity: 5, ..secret(ACME, &text, &a) },
        Candidate { specificity: 5, ..secret(ACME, &text, &b) },
    ];
    assert_eq!(verdict(&text, candidates.clone()).findings.len(), 2);
    candidates.push(secret(GENERIC, &text, &format!("{a}:{b}")));
    assert_eq!(ids(&verdict(&text, candidates).findings), ["acme-token", "acme-token"]);
}

#[test]
fn a_finding_within_another_of_its_rule_is_the_same_if_it_begins_in_the_same_line() {
    let found = |text: &str, inner: &str| {
        let candidates = vec![pattern(TLS, text, text), pattern(TLS, text, inner)];
        [candidates.clone(), candidates.into_iter().rev().collect()]
            .map(|c| verdict(text, c).findings.len())
    };
    assert_eq!(found("get(url, verify=False)", "verify=False"), [1, 1]);
    assert_eq!(found("get(url,\n verify=False)", "verify=False"), [2, 2]);
    let text = "get(url, verify=False)";
    let other = vec![pattern(TLS, text, text), pattern(HTTP, text, "url")];
    assert_eq!(verdict(text, other).findings.len(), 2, "of another rule");
    let sure = Candidate { confidence: Confidence::High, ..pattern(TLS, text, "verify=False") };
    let best = verdict(text, vec![pattern(TLS, text, text), sure]);
    assert_eq!(best.findings[0].confidence, Confidence::High);
}

#[test]
fn a_chain_of_overlaps_is_not_one_secret() {
    let text = "x".repeat(30);
    let at = |range, specificity| Candidate { specificity, ..secret_at(GENERIC, range) };
    let verdict = verdict(&text, vec![at(0..10, 2), at(8..20, 1), at(18..30, 2)]);
    let starts: Vec<u32> = verdict.findings.iter().map(|f| f.start.column).collect();
    assert_eq!(starts, [1, 19]);
}

#[test]
fn a_secret_and_a_pattern_in_one_place_are_two_findings() {
    let text = "get('http://user:s3cretvalue@host')";
    let candidates = vec![
        secret(GENERIC, text, "s3cretvalue"),
        pattern(HTTP, text, "http://user:s3cretvalue@host"),
    ];
    assert_eq!(ids(&verdict(text, candidates).findings), ["plaintext-http", "generic-secret"]);
}

#[test]
fn patterns_merge_by_topic_and_span() {
    let text = "get(url, verify=False)";
    let strong = Candidate { specificity: 1, ..pattern(TLS_TOO, text, "verify=False") };
    let candidates =
        vec![pattern(TLS, text, "verify=False"), strong, pattern(HTTP, text, "verify=False")];
    let verdict = verdict(text, candidates);
    assert_eq!(ids(&verdict.findings), ["plaintext-http", "tls-context-unverified"]);
    let inner = vec![pattern(TLS, text, "verify=False"), pattern(TLS_TOO, text, text)];
    assert_eq!(crate::verdict(text, inner).findings.len(), 2, "another span is another finding");
}

#[test]
fn many_candidates_on_one_line_are_all_judged() {
    let count = 10_000;
    let text = "p4ssw0rd ".repeat(count);
    let candidates = (0..count).map(|i| secret_at(GENERIC, i * 9..i * 9 + 8)).collect();
    let options = JudgeOptions { excerpts: true, ..JudgeOptions::default() };
    let verdict = judge(options, "one-line.txt", text.as_bytes(), candidates);
    assert_eq!(verdict.findings.len(), count);
    assert_eq!(verdict.findings[count - 1].start.column as usize, (count - 1) * 9 + 1);
    let mut prints: Vec<&str> = verdict.findings.iter().map(|f| &*f.fingerprint).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), count);
}
