//! Files within files, through the program: archives as other programs write
//! them, and archives made to harm.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod hostile;
mod make;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use make::{Files, bzip2, gzip, leak, seven_zip, tar, xz, zip, zstd};

/// The JSON report of a scan of `dir`.
fn scan(dir: &Path, args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_seamline"))
        .current_dir(dir)
        .args(["scan", "--format", "json"])
        .args(args)
        .env_remove("CI")
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The report of a scan of one file called `name`.
fn scan_one(name: &str, bytes: &[u8]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), bytes).unwrap();
    scan(dir.path(), &[])
}

/// Path, inner path, line and rule of all findings.
fn places(report: &Value) -> Vec<(String, String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            let line = f["start"]["line"].as_u64().unwrap();
            (text(&f["path"]), text(&f["origin"]["inner_path"]), line, text(&f["rule"]))
        })
        .collect()
}

fn place(path: &str, inner: &str, line: u64, rule: &str) -> (String, String, u64, String) {
    (path.to_owned(), inner.to_owned(), line, rule.to_owned())
}

/// The reasons of all skips.
fn reasons(report: &Value) -> Vec<String> {
    let skipped = report["skipped"].as_array().unwrap().iter();
    skipped.map(|skip| skip["reason"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_container_is_looked_into() {
    let files: Files = &[("conf/app.py", leak())];
    let tarred = tar(files);
    for (name, bytes, inner) in [
        ("a.zip", zip(files), "conf/app.py"),
        ("a.jar", zip(files), "conf/app.py"),
        ("a.whl", zip(files), "conf/app.py"),
        ("a.tar", tarred.clone(), "conf/app.py"),
        ("a.tar.gz", gzip(&tarred), "conf/app.py"),
        ("a.tgz", gzip(&tarred), "conf/app.py"),
        ("a.tar.bz2", bzip2(&tarred), "conf/app.py"),
        ("a.tar.xz", xz(&tarred), "conf/app.py"),
        ("a.tar.zst", zstd(&tarred), "conf/app.py"),
        ("a.7z", seven_zip(files), "conf/app.py"),
        ("b.7z", make::seven_zip_of_py7zr(), "conf/app.py"),
        ("app.py.gz", gzip(leak()), "app.py"),
        ("app.py.bz2", bzip2(leak()), "app.py"),
        ("app.py.xz", xz(leak()), "app.py"),
        ("app.py.zst", zstd(leak()), "app.py"),
        ("no-ending", gzip(&zip(files)), "no-ending!conf/app.py"),
    ] {
        let report = scan_one(name, &bytes);
        let expected = [
            place(name, inner, 2, "github-pat"),
            place(name, inner, 3, "python-requests-verify-off"),
        ];
        let found = places(&report);
        // A Python file is one by its name.
        let named = inner.ends_with(".py");
        assert_eq!(found, expected[..if named { 2 } else { 1 }], "{name}");
        assert_eq!(reasons(&report), [""; 0], "{name}");
    }
}

#[test]
fn containers_lie_in_each_other() {
    let inner = zip(&[("b.env", leak())]);
    let middle = gzip(&tar(&[("x/inner.zip", &inner)]));
    let report = scan_one("outer.zip", &zip(&[("middle.tgz", &middle), ("a.env", leak())]));
    let found: Vec<String> = places(&report).into_iter().map(|place| place.1).collect();
    assert_eq!(found, ["a.env", "middle.tgz!x/inner.zip!b.env"]);
}

#[test]
fn an_office_document_is_a_container() {
    let text = format!("<w:p><w:t>token: {}</w:t></w:p>", make::token());
    let report = scan_one("offer.docx", &zip(&[("word/document.xml", text.as_bytes())]));
    assert_eq!(places(&report), [place("offer.docx", "word/document.xml", 1, "github-pat")]);
}

#[test]
fn names_are_long_and_texts_in_utf_16() {
    let long = format!("{}/app.env", "folder".repeat(40));
    let wide: Vec<u8> =
        String::from_utf8_lossy(leak()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&[0xFF, 0xFE][..], &wide].concat();
    let report = scan_one("a.tar", &tar(&[(&long, leak()), ("wide.env", &wide)]));
    let found: Vec<String> = places(&report).into_iter().map(|place| place.1).collect();
    assert_eq!(found, [long, "wide.env".to_owned()]);
}

#[test]
fn what_is_no_text_is_counted_by_its_reason() {
    let picture: &[u8] = b"\x89PNG\r\n\x1a\n0000";
    let class: &[u8] = b"\xca\xfe\xba\xbe\0\0\0\x34";
    let bytes = zip(&[("a.png", picture), ("b.png", picture), ("C.class", class)]);
    let report = scan_one("a.jar", &bytes);
    let expected = [
        "2 entries: binary file (PNG image) (the first is a.png)",
        "C.class: binary file (Java class or Mach-O executable)",
    ];
    assert_eq!(reasons(&report), expected);
}

#[test]
fn a_flag_and_the_config_turn_it_off() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = zip(&[("app.env", leak())]);
    fs::write(dir.path().join("a.zip"), bytes).unwrap();
    assert_eq!(places(&scan(dir.path(), &[])).len(), 1);
    let off = scan(dir.path(), &["--no-archives"]);
    assert_eq!(
        (places(&off), reasons(&off)),
        (vec![], vec!["binary file (ZIP archive)".to_owned()])
    );
    fs::write(dir.path().join("seamline.toml"), "archives = false\n").unwrap();
    assert!(places(&scan(dir.path(), &[])).is_empty());
}

#[test]
fn people_and_sarif_are_told_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a b.zip"), zip(&[("x/app.env", leak())])).unwrap();
    let print = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
        command.current_dir(dir.path()).args(["--format", format, "--color", "never"]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(print("concise").starts_with("a b.zip!x/app.env:2:10: critical[github-pat]"));
    assert!(print("human").contains("a b.zip!x/app.env"));
    let sarif: Value = serde_json::from_str(&print("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.zip");
    assert_eq!(place["region"]["startLine"], 1);
    assert_eq!(result["properties"]["origin"]["inner_path"], "x/app.env");
    assert!(result["message"]["text"].as_str().unwrap().contains("in x/app.env, line 2"));
}

#[test]
fn a_baseline_knows_what_is_in_an_archive() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.zip"), zip(&[("app.env", leak())])).unwrap();
    let mut create = Command::new(env!("CARGO_BIN_EXE_seamline"));
    let created = create.current_dir(dir.path()).args(["baseline", "create"]).output().unwrap();
    assert!(created.status.success(), "{created:?}");
    let known = ["--baseline", "seamline-baseline.jsonl"];
    assert!(places(&scan(dir.path(), &known)).is_empty());
    // The same secret at another place is new while the archive is there.
    fs::write(dir.path().join("other.env"), leak()).unwrap();
    assert_eq!(places(&scan(dir.path(), &known)).len(), 1);
}

#[test]
fn a_finding_in_a_notebook_names_its_cell() {
    let cell = |source: &str, output: &str| {
        serde_json::json!({ "cell_type": "code", "metadata": {}, "source": [source],
            "outputs": [{ "name": "stdout", "output_type": "stream", "text": [output] }] })
    };
    let password = ["Tr7q", "9zWm", "Kx2v!"].join("-");
    let set = format!("db_password = \"{password}\"\n");
    let cells =
        [cell("1 + 1", "2"), cell(&set, ""), cell("show()", &format!("{}\n", make::token()))];
    let notebook = serde_json::json!({ "cells": cells, "nbformat": 4 });
    let report = scan_one("a.ipynb", &serde_json::to_vec_pretty(&notebook).unwrap());
    let messages = report["findings"].as_array().unwrap().iter();
    let messages: Vec<&str> = messages.map(|f| f["message"].as_str().unwrap()).collect();
    let [password, token] = messages[..] else { panic!("{messages:?}") };
    assert!(password.ends_with(", in cell 2"), "{password}");
    assert!(token.ends_with(", in the output of cell 3"), "{token}");
}
