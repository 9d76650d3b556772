//! Secrets in an encoded form: every example of every secret rule is found
//! again in each encoding, where it stands, and shown in none.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use seamline::finding::Finding;
use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::report::{Format, Report, Style, write};
use seamline::rules::Catalogue;
use seamline::rules::examples::{self, Case};

fn engine() -> (Arc<Catalogue>, Engine) {
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let options = JudgeOptions { excerpts: true, show_secrets: true, ..JudgeOptions::default() };
    (Arc::clone(&catalogue), Engine::new(catalogue, options))
}

fn hex(text: &[u8]) -> String {
    text.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `text` in lines of 64, as a block of YAML holds it.
fn wrapped(text: &[u8]) -> String {
    let encoded = STANDARD.encode(text);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\n    ")
}

fn utf16(text: &[u8]) -> String {
    let units =
        String::from_utf8_lossy(text).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    STANDARD.encode(units)
}

fn escaped(text: &[u8]) -> String {
    String::from_utf8_lossy(text).encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

type Encode = fn(&[u8]) -> String;

const ENCODINGS: [(&str, Encode); 7] = [
    ("base64", |text| STANDARD.encode(text)),
    ("url-safe base64", |text| URL_SAFE_NO_PAD.encode(text)),
    ("base64 in base64", |text| STANDARD.encode(STANDARD.encode(text))),
    ("wrapped base64", wrapped),
    ("base64 of UTF-16", utf16),
    ("hexadecimal", hex),
    ("escapes", escaped),
];

/// The cases of all rules but those for the place of a value in a known file:
/// the file as a whole is not encoded.
fn secret_cases(catalogue: &Catalogue) -> Vec<Case> {
    let in_known_file = |case: &Case| {
        let entry = catalogue.secrets.iter().find(|entry| entry.index == case.rule);
        entry.is_none_or(|entry| entry.rule.file.is_some())
    };
    examples::cases(catalogue).into_iter().filter(|c| c.must_fire && !in_known_file(c)).collect()
}

/// What the file says at a place of one line.
fn at(line: &str, finding: &Finding) -> String {
    let (from, to) = (finding.start.column as usize - 1, finding.end.column as usize - 1);
    line.chars().skip(from).take(to - from).collect()
}

/// The values that a report is about, where `wanted` says so.
fn values(report: &Report, wanted: impl Fn(&Finding) -> bool) -> BTreeSet<String> {
    let shown = report.findings.iter().filter(|f| wanted(f)).filter_map(|f| f.shown.as_ref());
    shown.map(|value| value.reveal().into_owned()).collect()
}

#[test]
fn every_kind_of_secret_is_found_encoded() {
    let (catalogue, engine) = engine();
    // Each case in one encoding; many cases of a rule meet many encodings.
    for (case, (name, encode)) in secret_cases(&catalogue).iter().zip(ENCODINGS.iter().cycle()) {
        let id = &catalogue.meta(case.rule).id;
        let encoded = encode(case.text.as_bytes());
        // A quote of the text would end the string around it, once decoded.
        let quote = if case.text.contains('"') { '`' } else { '"' };
        let file = format!("data = {quote}{encoded}{quote}\n");
        let report = engine.scan_text(&case.file, file.as_bytes());
        let plain = engine.scan_text(&case.file, case.text.as_bytes());
        let (plain, found) = (values(&plain, |f| f.rule.id == *id), values(&report, |_| true));
        let lost: Vec<_> = plain.difference(&found).collect();
        assert!(lost.is_empty(), "{id}: {lost:?} of {} in {name}", case.text);
        for finding in report.findings.iter().filter(|f| f.message.contains("encoded (")) {
            assert_in_place(&file, &encoded, finding);
        }
    }
}

/// Panics unless `finding` is about a part of `encoded`.
fn assert_in_place(file: &str, encoded: &str, finding: &Finding) {
    let lines: Vec<&str> = file.lines().collect();
    if finding.start.line == finding.end.line {
        let says = at(lines[finding.start.line as usize - 1], finding);
        assert!(!says.is_empty() && encoded.contains(&says), "{}: {says}", finding.rule.id);
    }
    assert!(finding.end.line as usize <= lines.len(), "{}", finding.rule.id);
}

#[test]
fn neither_the_value_nor_its_encoding_is_shown() {
    let (catalogue, engine) = engine();
    let cases = secret_cases(&catalogue);
    for (case, (name, encode)) in cases.iter().step_by(5).zip(ENCODINGS.iter().cycle()) {
        let file = format!("data = \"{}\"\n", encode(case.text.as_bytes()));
        let report = engine.scan_text(&case.file, file.as_bytes());
        let lines: Vec<&str> = file.lines().collect();
        let written = report.findings.iter().filter(|f| f.start.line == f.end.line);
        let written = written.map(|f| at(lines[f.start.line as usize - 1], f));
        let all: BTreeSet<String> = values(&report, |_| true).into_iter().chain(written).collect();
        let all: Vec<String> = all.into_iter().filter(|value| value.len() >= 8).collect();
        assert_hidden(&report, &all, name);
    }
}

fn assert_hidden(report: &Report, values: &[String], encoding: &str) {
    for format in Format::ALL {
        let mut printed = Vec::new();
        write(format, report, &mut printed, &Style::PLAIN).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        for value in values {
            assert!(!printed.contains(value), "{} shows a value in {encoding}", format.name());
        }
    }
}

fn scan(text: &str) -> Report {
    engine().1.scan_text("deploy/app.yaml", text.as_bytes())
}

/// A made-up personal access token of GitHub with the right checksum.
fn token() -> String {
    ["ghp_", "dGlMoiyrlfxX1rTnyFf3vA7NUtFOY6", "4WuYlz"].concat()
}

#[test]
fn a_name_before_the_encoded_value_counts() {
    let password = STANDARD.encode("Tr7q-9zWm_Kx2v");
    let report = scan(&format!("db-password: {password}\n"));
    let [finding] = &report.findings[..] else { panic!("{} findings", report.findings.len()) };
    assert_eq!(finding.shown.as_ref().unwrap().reveal(), "Tr7q-9zWm_Kx2v");
    assert_eq!(finding.message, "Hard-coded password, encoded (base64)");
}

#[test]
fn the_same_secret_has_the_same_fingerprint_encoded_or_not() {
    let fingerprint = |text: &str| scan(text).findings[0].fingerprint.clone();
    let plain = fingerprint(&format!("a: {}\n", token()));
    assert_eq!(plain, fingerprint(&format!("a: {}\n", STANDARD.encode(token()))));
    assert_eq!(plain, fingerprint(&format!("a: {}\n", hex(token().as_bytes()))));
}

#[test]
fn urls_and_literals_are_read_as_they_are_meant() {
    let password = "Tr7q-9zWm_Kx2v";
    for text in [
        format!("url: postgres%3A%2F%2Fsvc%3A{password}%40db.prod.internal%2Fapp\n"),
        format!("\"url\": \"postgres:\\/\\/svc:{password}@db.prod.internal\\/app\"\n"),
        format!("\"url\": \"postgres\\u003a//svc\\u003a{password}\\u0040db.prod.internal/app\"\n"),
    ] {
        let report = scan(&text);
        let [finding] = &report.findings[..] else { panic!("{text}") };
        assert_eq!(finding.rule.id, "database-url-password", "{text}");
        assert_eq!(finding.shown.as_ref().unwrap().reveal(), password, "{text}");
    }
}

#[test]
fn a_long_text_is_searched_to_its_end() {
    let filler = "nothing to see here, really nothing at all\n".repeat(10_000);
    let text = format!("{filler}token: {}\n{filler}", token());
    let report = scan(&format!("data: {}\n", STANDARD.encode(&text)));
    let [finding] = &report.findings[..] else { panic!("{} findings", report.findings.len()) };
    assert_eq!(finding.rule.id, "github-pat");
    assert!(report.skipped.is_empty());
}

#[test]
fn what_is_no_text_is_left_alone() {
    let binary: Vec<u8> =
        (0..60_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let report = scan(&format!("data: {}\nhash: {}\n", STANDARD.encode(&binary), hex(&binary)));
    assert!(report.findings.is_empty() && report.skipped.is_empty());
}

#[test]
fn a_random_key_that_begins_like_text_is_itself() {
    let report = scan("secret_key: 5f352379324c22463451387a0aec5d2f\n");
    let [finding] = &report.findings[..] else { panic!("{} findings", report.findings.len()) };
    assert_eq!(finding.message, "Hard-coded key or token");
}

#[test]
fn endless_encoded_pieces_end_in_a_skip() {
    let report = scan(&"bm90aGluZyBoZXJl\n".repeat(60_000));
    assert!(report.findings.is_empty());
    assert_eq!(report.skipped.len(), 1);
    assert!(report.skipped[0].reason.contains("encoded"), "{}", report.skipped[0].reason);
}
