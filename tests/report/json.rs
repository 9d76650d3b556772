//! JSON schema version 1: the committed schema, the real output, and the field
//! order that scripts have come to rely on.

use jsonschema::Validator;
use seamline::finding::{Finding, Origin};
use seamline::report::{Format, Report, Style};
use serde_json::{Value, json};

use crate::sample::{many, report, unversioned, written};

const SCHEMA: &str = include_str!("../../schemas/seamline-report-v1.schema.json");

fn document() -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

/// The schema of a line of JSONL.
fn line() -> Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let root = schema.as_object_mut().unwrap();
    for key in ["type", "required", "properties"] {
        root.remove(key);
    }
    root.insert("$ref".to_owned(), json!("#/$defs/line"));
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The sample, with the fields that only some findings have.
fn full() -> Report {
    let mut report = report();
    let origin = Origin { commit: Some("1a2b3c".to_owned()), ..Origin::default() };
    report.findings = report
        .findings
        .into_iter()
        .map(|f| Finding { origin: Some(origin.clone()), ..f })
        .collect();
    report
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&written(Format::Json, report, &Style::PLAIN)).unwrap()
}

#[test]
fn reports_follow_the_committed_schema() {
    let schema = document();
    for report in [full(), report(), many(1_000), Report::default()] {
        let errors: Vec<String> = schema
            .iter_errors(&parsed(&report))
            .map(|e| format!("{e} at {}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn the_schema_refuses_what_breaks_the_contract() {
    let schema = document();
    let breaks: [fn(&mut Value); 5] = [
        |v| v["schema"] = json!(2),
        |v| v["findings"][0]["severity"] = json!("fatal"),
        |v| v["findings"][0]["start"]["line"] = json!(0),
        |v| v["findings"][0]["cwe"] = json!(["798"]),
        |v| drop(v["summary"].as_object_mut().unwrap().remove("suppressed_inline")),
    ];
    for (i, change) in breaks.iter().enumerate() {
        let mut broken = parsed(&full());
        change(&mut broken);
        assert!(!schema.is_valid(&broken), "change {i}");
    }
}

#[test]
fn every_line_of_jsonl_follows_the_schema_and_the_last_is_the_summary() {
    let schema = line();
    for report in [full(), many(100), Report::default()] {
        let text = written(Format::Jsonl, &report, &Style::PLAIN);
        let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        for line in &lines {
            assert!(schema.is_valid(line), "{line}");
        }
        let expected = report.findings.len() + report.skipped.len() + report.warnings.len() + 1;
        assert_eq!(lines.len(), expected);
        assert_eq!(lines.last().unwrap()["type"], "summary");
    }
    assert!(!schema.is_valid(&json!({"type": "finding", "rule": "x"})));
    assert!(!schema.is_valid(&json!({"type": "other"})));
}

#[test]
fn json_looks_like_this() {
    insta::assert_snapshot!(unversioned(&written(Format::Json, &full(), &Style::PLAIN)));
}

#[test]
fn jsonl_looks_like_this() {
    insta::assert_snapshot!(unversioned(&written(Format::Jsonl, &full(), &Style::PLAIN)));
}

#[test]
fn one_finding_is_one_line() {
    let text = written(Format::Json, &many(500), &Style::PLAIN);
    assert_eq!(text.lines().filter(|line| line.contains("\"rule\":")).count(), 500);
}

#[test]
fn only_the_time_differs_between_runs() {
    let (mut first, mut second) =
        (parsed(&report()), parsed(&Report { elapsed_ms: 9, ..report() }));
    assert_ne!(first, second);
    for value in [&mut first, &mut second] {
        value["summary"].as_object_mut().unwrap().remove("elapsed_ms");
    }
    assert_eq!(first, second);
}
