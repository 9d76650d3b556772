//! The formats for people.

use std::sync::Arc;

use seamline::finding::{Excerpt, Finding, Severity};
use seamline::judge::Hidden;
use seamline::report::{Format, Report, Style};

use crate::sample::{at, finding, many, report, skip, tls_off, written};

fn human(report: &Report) -> String {
    written(Format::Human, report, &Style::PLAIN)
}

#[test]
fn human_looks_like_this() {
    insta::assert_snapshot!(human(&report()));
}

#[test]
fn human_in_ascii_narrow_and_verbose_looks_like_this() {
    let style = Style { unicode: false, width: 60, verbose: 1, ..Style::PLAIN };
    let text = written(Format::Human, &report(), &style);
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn human_in_colour_looks_like_this() {
    let style = Style { color: true, links: true, ..Style::PLAIN };
    let text = written(Format::Human, &report(), &style);
    insta::assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn concise_looks_like_this() {
    insta::assert_snapshot!(written(Format::Concise, &report(), &Style::PLAIN));
}

#[test]
fn quiet_means_findings_only() {
    let quiet = Style { quiet: true, ..Style::PLAIN };
    let concise = written(Format::Concise, &report(), &quiet);
    assert_eq!(concise.lines().count(), 3);
    let human = written(Format::Human, &report(), &quiet);
    assert!(human.starts_with("── app/settings.py"), "{human}");
    assert!(!human.contains("Skipped"), "{human}");
    assert_eq!(written(Format::Human, &Report::default(), &quiet), "");
}

#[test]
fn nothing_found_and_nothing_to_scan_are_said() {
    let clean = Report { files: 3, elapsed_ms: 12, ..Report::default() };
    assert_eq!(human(&clean).lines().next(), Some("No findings · 3 files scanned in 12 ms"));
    assert_eq!(human(&Report::default()), "Nothing to scan: no files found\n");
    let skipped = Report { skipped: vec![skip("a.bin", "binary")], ..Report::default() };
    assert!(human(&skipped).starts_with("Nothing to scan: every file was skipped · 1 skipped\n"));
    let hidden = Hidden { below_gates: 7, ..Hidden::default() };
    let hidden = Report { hidden, ..clean };
    assert!(human(&hidden).contains(" · 7 hidden (7 below thresholds)"));
}

#[test]
fn skips_are_listed_up_to_ten_the_rarest_reason_first() {
    let images =
        (0..20).map(|i| skip(Box::leak(format!("img/{i:02}.png").into_boxed_str()), "binary"));
    let skipped = images.chain([skip("z/keys.pem", "permission denied")]).collect();
    let report = Report { files: 1, skipped, ..Report::default() };
    let text = human(&report);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[2], "Skipped 21 (20 binary, 1 permission denied)");
    assert_eq!(lines[3], "  z/keys.pem: permission denied");
    assert_eq!(lines[12], "  img/08.png: binary");
    assert_eq!(lines[13], "  and 11 more; -v lists all");
    let all = written(Format::Human, &report, &Style { verbose: 1, ..Style::PLAIN });
    assert!(all.contains("img/19.png") && !all.contains("more; -v"), "{all}");
}

/// A finding far out on one line, as the judge cuts it.
fn far_out() -> Finding {
    let rule = Arc::new(tls_off());
    let window = format!("{}verify=False{}", "x".repeat(40), "y".repeat(108));
    let found = finding(&rule, "dist/app.min.js", at(1, 100_000), &window, "verify=False");
    let excerpt = found.excerpt.map(|excerpt| Excerpt { cut: true, ..excerpt });
    Finding { excerpt, ..found }
}

#[test]
fn a_window_shows_its_true_place_and_fits_the_terminal() {
    for width in [40, 80, 120] {
        let report = Report { findings: vec![far_out()], files: 1, ..Report::default() };
        let text = written(Format::Human, &report, &Style { width, ..Style::PLAIN });
        assert!(text.contains("[dist/app.min.js:1:100000]"), "{text}");
        assert!(text.contains("verify=False"), "{text}");
        let code = text.lines().find(|line| line.starts_with(" 1 │ ")).unwrap();
        assert!(code.contains("│ …x") && code.ends_with("y…"), "{code}");
        assert!(code.chars().count() <= width, "{code}");
    }
}

#[test]
fn an_excerpt_that_is_no_window_does_not_break_the_renderer() {
    let long = format!("{}verify=False{}", "x".repeat(99_999), "y".repeat(99_999));
    let rule = Arc::new(tls_off());
    let mut found = finding(&rule, "a.js", at(u32::MAX, u32::MAX), &long, "verify=False");
    found.excerpt.as_mut().unwrap().first_line = u32::MAX;
    let text = human(&Report { findings: vec![found], files: 1, ..Report::default() });
    assert!(text.contains("verify=False") && text.len() < 2_000, "{}", text.len());
}

#[test]
fn a_mark_over_several_lines_is_drawn() {
    let code = "first\nsecret = <<END\n****\nEND\nlast";
    let rule = Arc::new(tls_off());
    let found = finding(&rule, "a.rb", at(8, 10), code, "<<END\n****\nEND");
    insta::assert_snapshot!(human(&Report {
        findings: vec![found],
        files: 1,
        ..Report::default()
    }));
}

#[test]
fn a_finding_without_an_excerpt_still_says_where() {
    let rule = Arc::new(tls_off());
    let found = Finding { excerpt: None, ..finding(&rule, "a.py", at(4, 2), "x", "x") };
    let text = human(&Report { findings: vec![found], files: 1, ..Report::default() });
    assert!(text.contains("high[tls-verify-off] · high confidence · a.py:4:2\n"), "{text}");
}

#[test]
fn a_long_report_repeats_its_summary_and_explains_the_worst() {
    let text = human(&many(50));
    let summary = text.lines().next().unwrap();
    assert!(
        summary.starts_with("50 findings in 17 files: 10 critical, 10 high, 10 medium"),
        "{summary}"
    );
    let end: Vec<&str> = text.lines().rev().take(2).collect();
    assert_eq!(end[1], "");
    assert_eq!(text.lines().filter(|line| *line == summary).count(), 2);
    let command = format!("seamline explain rule-{}", Severity::Critical.name());
    assert!(end[0].contains(&command), "{}", end[0]);
}
