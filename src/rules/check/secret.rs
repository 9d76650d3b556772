//! Checks of `rules/secrets/<provider>.toml`.

use crate::document::{Document, Problem};
use crate::rules::model::{KnownFile, SecretExample, SecretFile, SecretRule, Segment};
use crate::rules::names;
use crate::secrets::format::ByteSet;

use super::{Findings, verify};

/// Characters of a token at most; the engine looks no further.
const LONGEST_RUN: u32 = 16_384;

/// All that is wrong with `file`, read from `document`.
pub fn secret_file(document: &Document<'_>, file: &SecretFile) -> Vec<Problem> {
    let mut findings = Findings { document, problems: Vec::new() };
    findings.kebab("provider", "provider", &file.provider);
    findings.not_empty("name", "name", &file.name);
    findings.references("", &file.references);
    for (i, word) in file.words.iter().enumerate() {
        if word.chars().any(char::is_uppercase) || word.is_empty() {
            let at = format!("words/{i}");
            findings.add(&at, format!("word `{word}` is not lower case"), "write it in lower case");
        }
    }
    if file.rules.is_empty() {
        findings.add("rule", "the file has no `[[rule]]`", "add one");
    }
    for (i, rule) in file.rules.iter().enumerate() {
        check_rule(&mut findings, &format!("rule/{i}"), rule);
    }
    findings.problems
}

fn check_rule(findings: &mut Findings<'_, '_>, at: &str, rule: &SecretRule) {
    findings.kebab(&format!("{at}/id"), "id", &rule.id);
    findings.not_empty(&format!("{at}/title"), "title", &rule.title);
    findings.classes(at, &rule.cwe, &rule.owasp);
    findings.references(at, &rule.references);
    check_matcher(findings, at, rule);
    if let Some(file) = &rule.file {
        check_file(findings, &format!("{at}/file"), file);
    }
    for (i, format) in rule.formats.iter().enumerate() {
        check_format(findings, &format!("{at}/formats/{i}"), format);
    }
    for (i, format) in rule.other_formats.iter().enumerate() {
        check_format(findings, &format!("{at}/other_formats/{i}"), format);
    }
    if rule.formats.is_empty() && !rule.other_formats.is_empty() {
        let pointer = format!("{at}/other_formats");
        findings.add(&pointer, "there are other formats, but no `formats`", "rename the key");
    }
    let randomness = rule.context.min_randomness.unwrap_or_default();
    if !(0.0..=1.0).contains(&randomness) {
        let pointer = format!("{at}/context/min_randomness");
        findings.add(&pointer, format!("{randomness} is no randomness"), "write 0.0 to 1.0");
    }
    verify::check(findings, at, rule);
    check_examples(findings, at, rule);
}

/// A rule needs something to find: a format, a regex or a detector.
fn check_matcher(findings: &mut Findings<'_, '_>, at: &str, rule: &SecretRule) {
    let id = &rule.id;
    let keyed = rule.file.as_ref().is_some_and(|file| !file.keys.is_empty());
    if rule.formats.is_empty() && rule.regex.is_none() && rule.detector.is_none() && !keyed {
        let fix = "add `formats`, or a `regex` with `anchors`";
        findings.add(at, format!("rule `{id}` says nothing to look for"), fix);
    }
    if let Some(regex) = &rule.regex {
        let pointer = format!("{at}/regex");
        findings.regex(&pointer, regex);
        if rule.anchors.iter().all(|anchor| anchor.is_empty()) {
            let fix = "add `anchors`: literals of which one is in every match";
            findings.add(&pointer, format!("the regex of `{id}` has no anchors"), fix);
        }
    }
    if let Some(name) = &rule.checksum {
        let pointer = format!("{at}/checksum");
        findings.known(&pointer, "checksum", name, &names::CHECKSUMS);
        if rule.formats.is_empty() {
            findings.add(&pointer, format!("`{id}` has a checksum but no format"), "add `formats`");
        }
    }
    if let Some(name) = &rule.detector {
        findings.known(&format!("{at}/detector"), "detector", name, &names::detectors());
    }
}

/// File names are compared in lower case, and a `*` may only stand for a stem.
fn check_file(findings: &mut Findings<'_, '_>, at: &str, file: &KnownFile) {
    for (i, name) in file.names.iter().enumerate() {
        let ending = name.strip_prefix("*.");
        let plain = ending.is_none_or(|ending| !ending.contains('/'));
        let stem = ending.unwrap_or(name);
        let odd = |c: char| c == '*' || c.is_uppercase();
        if stem.is_empty() || !plain || stem.chars().any(odd) {
            let fix = "write it in lower case: `.netrc`, `*.ppk` or `.docker/config.json`";
            findings.add(&format!("{at}/names/{i}"), format!("`{name}` is no file name"), fix);
        }
    }
    if file.names.is_empty() || file.keys.iter().any(String::is_empty) {
        findings.add(at, "a known file needs names, and keys that are not empty", "add them");
    }
}

fn check_format(findings: &mut Findings<'_, '_>, at: &str, format: &[Segment]) {
    if format.iter().all(|segment| segment.optional) {
        findings.add(at, "the format may be empty", "give it a segment that is not optional");
    }
    for (i, segment) in format.iter().enumerate() {
        check_segment(findings, &format!("{at}/{i}"), segment);
    }
}

fn check_segment(findings: &mut Findings<'_, '_>, at: &str, segment: &Segment) {
    let fix = "write either `text = [\"…\"]`, or `chars` and `len`";
    match (&segment.chars, segment.text.is_empty()) {
        (None, true) => findings.add(at, "the segment has neither `text` nor `chars`", fix),
        (Some(_), false) => findings.add(at, "the segment has both `text` and `chars`", fix),
        (None, false) => {
            if segment.text.iter().any(String::is_empty) {
                let fix = "leave it out and write `optional = true`";
                findings.add(at, "an alternative of `text` is empty", fix);
            }
            if segment.len.is_some() {
                findings.add(at, "a fixed text has its own length", "leave `len` out");
            }
        }
        (Some(chars), true) => check_run(findings, at, segment, chars),
    }
}

fn check_run(findings: &mut Findings<'_, '_>, at: &str, segment: &Segment, chars: &str) {
    let alphabet = ByteSet::parse(chars);
    let readable = |set: &ByteSet| set.bytes().all(|byte| byte.is_ascii_graphic());
    if chars.is_empty() || !alphabet.as_ref().is_some_and(readable) {
        let message = format!("the alphabet `{chars}` cannot be read");
        let fix = "write rising ranges of printable ASCII, e.g. `A-Za-z0-9_-`";
        findings.add(&format!("{at}/chars"), message, fix);
    }
    let pointer = format!("{at}/len");
    match segment.len {
        None => {
            let fix = "add `len = 36` or `len = [20, 40]`";
            findings.add(at, "the run of characters has no length", fix);
        }
        Some(len) if len.min == 0 => {
            let fix = "write at least 1, and `optional = true` if it may be absent";
            findings.add(&pointer, "a length of 0 matches anywhere", fix);
        }
        Some(len) if len.min > len.max => {
            let message = format!("the length range [{}, {}] is empty", len.min, len.max);
            findings.add(&pointer, message, "write the smaller number first");
        }
        Some(len) if len.max > LONGEST_RUN => {
            let message = format!("a length of {} is more than the engine reads", len.max);
            findings.add(&pointer, message, format!("write at most {LONGEST_RUN}"));
        }
        Some(_) => {}
    }
}

fn check_examples(findings: &mut Findings<'_, '_>, at: &str, rule: &SecretRule) {
    let id = &rule.id;
    let fix = |key: &str| format!("add an `[[rule.example]]` with `{key} = \"…\"`");
    if !rule.examples.iter().any(|example| example.matches.is_some()) {
        findings.add(at, format!("rule `{id}` has no example that matches"), fix("match"));
    }
    if !rule.examples.iter().any(|example| example.near_miss.is_some()) {
        findings.add(at, format!("rule `{id}` has no near miss"), fix("near_miss"));
    }
    for (i, example) in rule.examples.iter().enumerate() {
        check_example(findings, &format!("{at}/example/{i}"), rule, example);
    }
}

fn check_example(
    findings: &mut Findings<'_, '_>,
    at: &str,
    rule: &SecretRule,
    example: &SecretExample,
) {
    let text = match (&example.matches, &example.near_miss) {
        (Some(text), None) | (None, Some(text)) => text,
        _ => {
            let message = "an example is either a `match` or a `near_miss`";
            return findings.add(at, message, "write exactly one of them");
        }
    };
    let generated = text.contains("{token}") || text.contains("{broken}");
    if generated && rule.formats.is_empty() {
        let fix = "write the text out, in parts with `join`";
        findings.add(at, "tokens are generated from `formats`, and there are none", fix);
    }
    for part in 0..example.join.len() {
        if !text.contains(&format!("{{{part}}}")) {
            let pointer = format!("{at}/join");
            findings.add(&pointer, format!("`{{{part}}}` is not in the text"), "write it there");
        }
    }
}
