//! Reports through the public interface: every format, its contract, and what
//! must never be in any of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod files;
mod human;
mod json;
mod sample;
mod sarif;

use seamline::finding::{Finding, Origin, Related};
use seamline::report::{Format, Report, Style};

use sample::{at, raw_secret, report, skip, written};

/// A style that shows as much as there is.
const LOUD: Style = Style { color: true, links: true, verbose: 2, ..Style::PLAIN };

#[test]
fn no_format_shows_a_secret_unless_a_person_asks() {
    for format in Format::ALL {
        let shown = Style { show_secrets: true, ..LOUD };
        assert!(!written(format, &report(), &LOUD).contains(&raw_secret()), "{format:?}");
        let asked = written(format, &report(), &shown).contains(&raw_secret());
        assert_eq!(asked, format == Format::Human, "{format:?}");
    }
}

/// A report in which everything that comes from the repository is hostile.
fn hostile() -> Report {
    let evil = "a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}b\r\n\t%0A::x";
    let mut report = report();
    report.findings = report
        .findings
        .into_iter()
        .map(|finding| Finding {
            path: evil.into(),
            message: evil.to_owned(),
            related: vec![Related { path: evil.into(), start: at(1, 1), message: evil.to_owned() }],
            reasons: vec![evil.to_owned().into()],
            origin: Some(Origin {
                commit: Some(evil.to_owned()),
                author: Some(evil.to_owned()),
                date: Some(evil.to_owned()),
                inner_path: Some(evil.to_owned()),
            }),
            excerpt: finding.excerpt.map(|mut excerpt| {
                excerpt.text.push_str(evil);
                excerpt
            }),
            ..finding
        })
        .collect();
    report.skipped = vec![skip("\u{1b}c\u{2066}.bin", "\u{1b}[2J")];
    report.warnings = vec![evil.to_owned()];
    report.config = Some(evil.to_owned());
    report
}

#[test]
fn no_format_lets_the_repository_steer_the_terminal() {
    let quiet = Style { color: false, links: false, ..LOUD };
    for format in Format::ALL {
        let text = written(format, &hostile(), &quiet);
        let bad = text.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(bad, None, "{format:?}: {text}");
        assert!(!text.contains("\n%0A"), "{format:?}: a line break of the repository got through");
    }
}

#[test]
fn every_format_is_the_same_twice() {
    for format in Format::ALL {
        assert_eq!(written(format, &report(), &LOUD), written(format, &report(), &LOUD));
    }
}

#[test]
fn every_format_takes_thousands_of_findings_and_none() {
    for format in Format::ALL {
        let text = written(format, &sample::many(5_000), &Style::PLAIN);
        assert_eq!(
            text.matches("src/001666.py").count(),
            if format == Format::Human { 3 } else { 2 },
            "{format:?}"
        );
        assert!(!written(format, &Report::default(), &Style::PLAIN).is_empty(), "{format:?}");
    }
}

#[test]
fn format_names_are_read_back() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    let error = "xml".parse::<Format>().unwrap_err().to_string();
    assert_eq!(error, "unknown format `xml`; one of human, concise, json, jsonl, sarif");
}
