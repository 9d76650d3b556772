//! No report holds a secret: every credential that the examples of all rules
//! make is looked for in every format.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::report::{Format, Style, write};
use seamline::rules::{Catalogue, examples};

#[test]
fn no_format_shows_what_the_examples_of_all_rules_hold() {
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let options = JudgeOptions { excerpts: true, show_secrets: true, ..JudgeOptions::default() };
    let engine = Engine::new(Arc::clone(&catalogue), options);
    let mut seen = 0;
    for case in examples::cases(&catalogue).iter().filter(|case| case.must_fire) {
        let report = engine.scan_text(&case.file, case.text.as_bytes());
        let secrets: Vec<String> = report
            .findings
            .iter()
            .filter_map(|finding| Some(finding.shown.as_ref()?.reveal().into_owned()))
            .filter(|secret| secret.len() >= 8)
            .collect();
        if secrets.is_empty() {
            continue;
        }
        for format in Format::ALL {
            let mut printed = Vec::new();
            write(format, &report, &mut printed, &Style::PLAIN).unwrap();
            let printed = String::from_utf8(printed).unwrap();
            for secret in &secrets {
                let id = &catalogue.meta(case.rule).id;
                assert!(!printed.contains(secret.as_str()), "{id} in {}", format.name());
                seen += 1;
            }
        }
    }
    assert!(seen > 5_000, "only {seen} secrets were looked for");
}
