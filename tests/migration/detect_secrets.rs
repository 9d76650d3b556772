//! Baselines of detect-secrets.

use serde_json::{Value, json};

use crate::{folder, places, run, scan};

/// A made-up password.
fn password() -> String {
    ["Tr7q", "9zWm", "Kx2v!"].join("-")
}

/// Its SHA-1.
const HASH: &str = "2f62f9154841c25b52db72e0e15478059f1635d7";

fn baseline(results: &Value, filters: &Value) -> String {
    json!({
        "version": "1.5.0",
        "plugins_used": [{ "name": "KeywordDetector", "keyword_exclude": "" }],
        "filters_used": filters,
        "results": results,
        "generated_at": "2024-05-01T10:00:00Z"
    })
    .to_string()
}

fn entry(path: &str, hash: &str) -> Value {
    json!({ path: [{ "type": "Secret Keyword", "filename": path, "hashed_secret": hash,
        "is_verified": false, "line_number": 1 }] })
}

#[test]
fn known_secrets_are_accepted_in_their_file() {
    let line = format!("password = \"{}\"\n", password());
    let file = baseline(&entry("a.py", HASH), &json!([]));
    let dir = folder(&[("a.py", &line), ("b.py", &line), (".secrets.baseline", &file)]);
    let report = scan(dir.path(), &["--baseline", ".secrets.baseline"]);
    assert_eq!(places(&report), ["b.py:1 hardcoded-password"]);
    assert_eq!(report["summary"]["suppressed_baseline"], 1);
}

#[test]
fn filters_leave_out_files_lines_and_values() {
    let line = format!("password = \"{}\"\n", password());
    let marked = format!("password = \"{}\" # fine\n", password());
    let filters = json!([
        { "path": "detect_secrets.filters.heuristic.is_sequential_string" },
        { "path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^old/"] },
        { "path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["# fine$"] },
        { "path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": ["^kept"] },
        { "path": "detect_secrets.filters.wordlist.should_exclude_secret", "file_name": "words" },
    ]);
    let file = baseline(&json!({}), &filters);
    let dir = folder(&[
        ("old/a.py", &line),
        ("b.py", &marked),
        ("c.py", "password = \"kept-9zWm-Kx2v!\"\n"),
        ("d.py", &line),
        (".secrets.baseline", &file),
    ]);
    let report = scan(dir.path(), &["--baseline", ".secrets.baseline"]);
    assert_eq!(places(&report), ["d.py:1 hardcoded-password"]);
    let warnings = report["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].as_str().unwrap().contains("filters.wordlist.should_exclude_secret"));
}

#[test]
fn it_is_never_overwritten_in_another_form() {
    let file = baseline(&entry("a.py", HASH), &json!([]));
    let dir = folder(&[("a.py", "x = 1\n"), (".secrets.baseline", &file)]);
    let output = run(dir.path(), &["baseline", "prune", "--output", ".secrets.baseline"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("detect-secrets") && told.contains("baseline create"), "{told}");
    let kept = std::fs::read_to_string(dir.path().join(".secrets.baseline")).unwrap();
    assert_eq!(kept, file);
}
