//! What other scanners' users bring along: gitleaks configurations and
//! baselines of detect-secrets, through the program.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod detect_secrets;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
    command.current_dir(dir).args(args).env_remove("CI").output().unwrap()
}

/// The JSON report of a scan of `dir`.
fn scan(dir: &Path, args: &[&str]) -> Value {
    let output = run(dir, &[&["scan", "--format", "json"], args].concat());
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `path:line rule` of all findings.
fn places(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|f| format!("{}:{} {}", text(&f["path"]), f["start"]["line"], text(&f["rule"])))
        .collect()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    dir
}

const RULES: &str = r#"
title = "our rules"

[extend]
useDefault = true
disabledRules = ["github-pat", "no-such-rule"]

[[rules]]
id = "acme-ticket"
description = "Acme ticket"
regex = '''(?i)ticket\s*=\s*"([a-z]{4}-[0-9a-z]{8})"'''
secretGroup = 1
entropy = 2.5
keywords = ["TICKET"]

  [[rules.allowlists]]
  regexTarget = "line"
  regexes = ['''# sample''']

[[rules]]
id = "acme-path"
description = "Acme door"
regex = '''door: (?P<code>[0-9]{6})'''
path = '''\.conf$'''

[[rules]]
id = "names-only"
path = '''\.p12$'''

[[rules]]
id = "composite"
regex = '''x{3}'''
required = [{ id = "acme-path" }]

[[rules]]
id = "not-go"
regex = '''(?<!a)b'''

[[allowlists]]
paths = ['''vendor/''']

[[allowlists]]
condition = "AND"
targetRules = ["acme-ticket"]
paths = ['''\.md$''']
stopwords = ["demo"]
"#;

#[test]
fn rules_of_gitleaks_are_run() {
    let dir = folder(&[
        (".gitleaks.toml", RULES),
        ("a.py", "ticket = \"abcd-1x2y3z4w\"\nticket = \"aaaa-aaaaaaaa\"\n"),
        ("b.conf", "door: 123456\n"),
        ("b.txt", "door: 123456\n"),
        ("c.py", "ticket = \"abcd-1x2y3z4w\" # sample\n"),
    ]);
    let report = scan(dir.path(), &[]);
    assert_eq!(places(&report), ["a.py:1 acme-ticket", "b.conf:1 acme-path"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["message"], "Acme ticket");
    assert_eq!(finding["secret"]["redacted"], "****");
    assert_eq!(report["summary"]["hidden_by_config"], 1);
    assert_eq!(report["summary"]["config"], ".gitleaks.toml");
    assert!(places(&scan(dir.path(), &["--no-config"])).is_empty());
}

#[test]
fn allowlists_of_gitleaks_hide_and_are_counted() {
    let ticket = "ticket = \"demo-1x2y3z4w\"\n";
    let password = format!("password = \"{}\"\n", ["Tr7q", "9zWm", "Kx2v!"].join("-"));
    let dir = folder(&[
        (".gitleaks.toml", RULES),
        ("a.md", ticket),
        ("a.py", ticket),
        ("vendor/x.py", &password),
        ("x.py", &password),
    ]);
    let report = scan(dir.path(), &[]);
    assert_eq!(places(&report), ["a.py:1 acme-ticket", "x.py:1 hardcoded-password"]);
    assert_eq!(report["summary"]["hidden_by_config"], 2);
}

#[test]
fn a_default_rule_that_is_turned_off_is_off() {
    let token = ["ghp_", "dGlMoiyrlfxX1rTnyFf3vA7NUtFOY6", "4WuYlz"].concat();
    let dir = folder(&[("a.txt", &token)]);
    assert_eq!(places(&scan(dir.path(), &[])), ["a.txt:1 github-pat"]);
    fs::write(dir.path().join(".gitleaks.toml"), RULES).unwrap();
    assert!(places(&scan(dir.path(), &[])).is_empty());
}

#[test]
fn what_cannot_be_carried_over_is_told() {
    let dir = folder(&[(".gitleaks.toml", RULES), ("a.txt", "nothing")]);
    let report = scan(dir.path(), &[]);
    let warning = ".gitleaks.toml: 4 settings could not be carried over; \
                   `seamline config check` lists what";
    assert_eq!(report["warnings"], serde_json::json!([warning]));
    let output = run(dir.path(), &["config", "check"]);
    let told = String::from_utf8(output.stdout).unwrap();
    for text in [
        "3 rules and 3 allowlists are used",
        "rule `names-only` is about the names of files only",
        "rule `composite`: `required` is not understood",
        "rule `not-go`: the regex is not read: look-around",
        "rule `no-such-rule` is turned off, but there is none of that id here",
    ] {
        assert!(told.contains(text), "{text} is not in\n{told}");
    }
}

#[test]
fn a_flag_and_the_config_name_the_file() {
    let rules = "[[rules]]\nid = \"door\"\nregex = '''door: [0-9]{6}'''\n";
    let extending = "[extend]\npath = \"base.toml\"\n";
    let dir = folder(&[
        ("conf/base.toml", rules),
        ("conf/leaks.toml", extending),
        ("a.txt", "door: 123456\n"),
    ]);
    assert!(places(&scan(dir.path(), &[])).is_empty());
    let named = ["--gitleaks-config", "conf/leaks.toml"];
    assert_eq!(places(&scan(dir.path(), &named)), ["a.txt:1 door"]);
    fs::write(dir.path().join("seamline.toml"), "gitleaks-config = \"conf/leaks.toml\"\n").unwrap();
    assert_eq!(places(&scan(dir.path(), &[])), ["a.txt:1 door"]);
}

#[test]
fn a_broken_file_is_refused() {
    for text in ["[[rules]]\nid = 7\n", "rules = \"x\"\n", "[["] {
        let dir = folder(&[(".gitleaks.toml", text)]);
        let output = run(dir.path(), &["scan"]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(".gitleaks.toml: "), "{told}");
    }
}

#[test]
fn the_rules_of_a_folder_are_tested_alone() {
    let rule = "provider = \"acme\"\nname = \"Acme\"\n[[rule]]\nid = \"acme-door\"\n\
        title = \"Acme door\"\nseverity = \"high\"\nrevoke = \"Acme > Doors.\"\n\
        formats = [[{ text = [\"acmedoor_\"] }, { chars = \"a-z0-9\", len = 24 }]]\n\
        [[rule.example]]\nmatch = 'door = \"{token}\"'\n\
        [[rule.example]]\nnear_miss = 'door = \"{broken}\"'\n";
    let dir = folder(&[("rules/acme.toml", rule)]);
    let output = run(dir.path(), &["rules", "test", "--rules", "rules"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let count: usize = told.split(' ').next().unwrap().parse().unwrap();
    assert!((2..20).contains(&count), "{told}");
}
