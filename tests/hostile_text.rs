//! Text made to cost time or memory: the secrets room must stay linear and say
//! what it left out.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::report::Report;
use seamline::rules::Catalogue;
use seamline::secrets::MAX_CANDIDATES;

fn scan(text: &str) -> Report {
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    Engine::new(catalogue, JudgeOptions::default()).scan_text("input.txt", text.as_bytes())
}

#[test]
fn endless_credentials_end_in_a_skip() {
    let report = scan(&"password=\"x1y2!z3w\";".repeat(30_000));
    assert!(report.findings.len() >= MAX_CANDIDATES);
    assert!(report.findings.len() < 2 * MAX_CANDIDATES);
    assert_eq!(report.skipped.len(), 1);
    assert!(report.skipped[0].reason.contains("too many candidates"));
}

#[test]
fn a_file_with_few_credentials_is_searched_to_its_end() {
    let filler = "nothing to see here\n".repeat(100_000);
    let report = scan(&format!("{filler}password=\"x1y2!z3w\";"));
    assert_eq!(report.findings.len(), 1);
    assert!(report.skipped.is_empty());
}

#[test]
fn repetitions_without_end_are_read_and_yield_nothing() {
    let pieces =
        ["key ", "token='", "-----BEGIN PRIVATE KEY-----", "a1b2-", "://", "eyJ", "Bearer "];
    for piece in pieces {
        let report = scan(&piece.repeat(50_000));
        assert!(report.findings.is_empty(), "{piece}");
    }
}

#[test]
fn a_file_may_end_in_the_middle_of_anything() {
    for text in [
        "-----BEGIN", "-----BEGIN ", "http://", "a://", "Bearer", "Basic ", "password",
        "password=", "identified by '",
    ] {
        let report = scan(text);
        assert!(report.findings.is_empty(), "{text}");
    }
}
