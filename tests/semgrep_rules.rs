//! Rules of Semgrep through the binary, on code: `semgrep/expected.txt` says what
//! each finds, as Semgrep itself was seen to; but for `a.js:40`, where it did not see
//! that `app` is made by the `express` of a `require`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

fn json(dir: &Path, args: &[&str]) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
    let output = command.current_dir(dir).args(args).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_ne!(output.status.code(), Some(2), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ids(rules: &serde_json::Value) -> BTreeSet<String> {
    let rules = rules["rules"].as_array().unwrap();
    rules.iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}

/// Lines and the rules that find something there.
type Found = BTreeMap<(String, u64), BTreeSet<String>>;

fn found(dir: &Path, rules: &str) -> Found {
    let list = ["rules", "list", "--no-config", "--format", "json"];
    let own = ids(&json(dir, &[&list[..], &["--rules", rules]].concat()));
    let enable: Vec<String> = own.difference(&ids(&json(dir, &list))).cloned().collect();
    let enable = enable.join(",");
    let args = ["--no-config", "--no-ignore", "--rules", rules, "--enable", &enable];
    let all = ["--min-severity", "info", "--min-confidence", "low", "--format", "json", "."];
    let report = json(dir, &[&args[..], &all].concat());
    let mut found = Found::new();
    for finding in report["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let place = (text("path"), finding["start"]["line"].as_u64().unwrap());
        found.entry(place).or_default().insert(text("rule"));
    }
    found
}

#[test]
fn rules_find_what_semgrep_finds() {
    let expected = include_str!("semgrep/expected.txt");
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let (path, number) = words.next().unwrap().rsplit_once(':').unwrap();
        ((path.to_owned(), number.parse().unwrap()), words.map(str::to_owned).collect())
    };
    let expected: Found = expected.lines().map(line).collect();
    let found = found(Path::new("tests/semgrep/code"), "..");
    let shown = |found: &Found| -> Vec<String> {
        found.iter().map(|((path, line), rules)| format!("{path}:{line} {rules:?}")).collect()
    };
    assert_eq!(shown(&found), shown(&expected));
}

/// What of `file`, one of the tests' own, is found with `rules`.
fn found_in(rules: &str, name: &str, text: &str) -> Vec<u64> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("rules")).unwrap();
    std::fs::create_dir(dir.path().join("code")).unwrap();
    std::fs::write(dir.path().join("rules/a.yaml"), rules).unwrap();
    std::fs::write(dir.path().join("code").join(name), text).unwrap();
    let found = found(&dir.path().join("code"), "../rules");
    found.into_keys().map(|(_, line)| line).collect()
}

fn rule(body: &str) -> String {
    format!("rules:\n- id: r\n  languages: [python]\n  severity: ERROR\n  message: m\n{body}")
}

#[test]
fn paths_include_and_exclude() {
    let body = "  pattern: f()\n  paths: {include: ['*.py'], exclude: [gen/, 'b*.py']}\n";
    assert_eq!(found_in(&rule(body), "a.py", "f()\n"), [1]);
    assert_eq!(found_in(&rule(body), "b1.py", "f()\n"), [0; 0]);
    assert_eq!(found_in(&rule(body), "a.pyi", "f()\n"), [0; 0]);
}

#[test]
fn a_condition_that_cannot_be_carried_over_leaves_its_alternative_out() {
    let body = "  pattern-either:\n  - patterns:\n    - pattern: f($X)\n    - metavariable-comparison: {metavariable: $X, comparison: $X > 3}\n  - pattern: g($X)\n";
    assert_eq!(found_in(&rule(body), "a.py", "f(5)\ng(5)\n"), [2]);
}

#[test]
fn two_patterns_at_one_place_must_both_match() {
    let body = "  patterns:\n  - pattern: $F($X, ...)\n  - pattern: $F(..., $Y)\n  - metavariable-regex: {metavariable: $Y, regex: b}\n";
    assert_eq!(found_in(&rule(body), "a.py", "f(a, b)\nf(a, c)\nf()\n"), [1]);
}

#[test]
fn a_regex_of_a_pattern_is_about_the_code_as_it_is_written() {
    let body = |pattern: &str| {
        let regex = "metavariable-regex: {metavariable: $X, regex: ab}";
        rule(&format!("  patterns:\n  - pattern: {pattern}\n  - {regex}\n"))
    };
    let code = "f(abc)\nf(\"abc\")\nA = \"abc\"\nf(A)\n";
    assert_eq!(found_in(&body("f($X)"), "a.py", code), [1]);
    assert_eq!(found_in(&body("f(\"$X\")"), "a.py", code), [2, 4]);
    let without = rule(
        "  patterns:\n  - pattern: f($X)\n  - metavariable-regex: {metavariable: $X, regex: '(?!.*b)'}\n",
    );
    assert_eq!(found_in(&without, "a.py", "f(abc)\nf(acc)\n"), [2]);
}

#[test]
fn regexes_stand_beside_patterns_in_one_rule() {
    let body = "  pattern-either:\n  - pattern: f()\n  - patterns:\n    - pattern-regex: '^secret.*$'\n    - pattern-not-regex: safe\n";
    let code = "f()\nsecret = 1\nsecret = safe\nx = secret\n";
    assert_eq!(found_in(&rule(body), "a.py", code), [1, 2]);
}

#[test]
fn a_rule_that_is_nothing_but_punctuation_is_run() {
    assert_eq!(found_in(&rule("  pattern: $X == $X\n"), "a.py", "a == a\na == b\n"), [1]);
    let body = "  patterns:\n  - pattern: $F(...)\n  - metavariable-regex: {metavariable: $F, regex: '^(len|str)$'}\n";
    assert_eq!(found_in(&rule(body), "a.py", "len(a)\nx(str(b))\nc(d)\n"), [1, 2]);
}
