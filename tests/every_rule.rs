//! A tree in which every rule fires: each example of each rule as a file of
//! its own. The tree stays in `target/tmp/every-rule`, where CI scans it with
//! the program and validates the SARIF report.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seamline::judge::JudgeOptions;
use seamline::pipeline::{Engine, Progress};
use seamline::rules::{Catalogue, examples};
use seamline::source::SourceRequest;

/// Writes the examples that must fire below `root`, each in a folder of its own.
fn write_examples(catalogue: &Catalogue, root: &Path) {
    let firing = examples::cases(catalogue).into_iter().filter(|case| case.must_fire);
    for (number, case) in firing.enumerate() {
        // A provider's name in the path would count as context.
        let file = root.join(number.to_string()).join(&case.file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &case.text).unwrap();
    }
}

#[test]
fn every_rule_fires_in_a_scan_of_its_examples() {
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("every-rule");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    write_examples(&catalogue, &root);
    let engine = Engine::new(Arc::clone(&catalogue), JudgeOptions::default());
    let request =
        SourceRequest { paths: vec![root], respect_ignores: false, ..SourceRequest::default() };
    let report = engine.scan(&request, &Progress::default()).unwrap();
    let fired: BTreeSet<&str> = report.findings.iter().map(|f| f.rule.id.as_str()).collect();
    let silent: Vec<&str> =
        catalogue.metas.iter().map(|m| m.id.as_str()).filter(|id| !fired.contains(id)).collect();
    assert!(silent.is_empty(), "rules without a finding: {silent:?}");
}
