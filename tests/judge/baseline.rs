//! The baseline: what it accepts, what it survives, and broken files.

use std::fs;
use std::path::Path;

use seamline::finding::Suppression;
use seamline::judge::{Baseline, BaselineError, Hidden};

use crate::*;

/// Long and random, short and guessable, and a pattern: one finding each.
fn text() -> String {
    format!("import os\nkey = '{}'\npassword = 'hunter2'\nget(u, verify=False)\n", token(1))
}

fn candidates(text: &str) -> Vec<Candidate> {
    vec![
        secret(ACME, text, &token(1)),
        secret(GENERIC, text, "hunter2"),
        pattern(TLS, text, "verify=False"),
    ]
}

fn findings(path: &str, text: &str) -> Vec<Finding> {
    judge(JudgeOptions::default(), path, text.as_bytes(), candidates(text)).findings
}

fn prints(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.fingerprint.as_str()).collect()
}

fn with(baseline: Baseline) -> JudgeOptions {
    JudgeOptions { baseline: Some(baseline), ..JudgeOptions::default() }
}

fn read(folder: &Path, text: &str) -> Result<Baseline, BaselineError> {
    let path = folder.join("baseline.jsonl");
    fs::write(&path, text).unwrap();
    Baseline::read(&path)
}

#[test]
fn fingerprints_are_stable_under_moves_and_formatting() {
    let before = findings("src/app.py", &text());
    let moved = format!("# new\n\n{}", text().replace("\nget(u", "\n\n\nif x:\n    get(u"));
    assert_eq!(prints(&before), prints(&findings("lib/other.py", &moved)));
    let indented = text().replace("password = ", "\tpassword  = ").replace('\n', "\r\n");
    assert_eq!(prints(&before), prints(&findings("src/app.py", &indented)));
    assert!(
        prints(&before).iter().all(|p| p.len() == 32 && p.bytes().all(|b| b.is_ascii_hexdigit()))
    );
}

#[test]
fn a_guessable_value_is_tied_to_its_line_and_a_random_one_is_not() {
    let before = findings("a.py", &text());
    let renamed = text().replace("key =", "token =").replace("password =", "secret =");
    let after = findings("a.py", &renamed);
    assert_eq!(before[0].fingerprint, after[0].fingerprint);
    assert_ne!(before[1].fingerprint, after[1].fingerprint);
    let changed = text().replace("hunter2", "hunter3");
    let other = verdict(&changed, vec![secret(GENERIC, &changed, "hunter3")]);
    assert_ne!(before[1].fingerprint, other.findings[0].fingerprint);
}

#[test]
fn a_baseline_hides_what_it_lists_and_counts_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seamline-baseline.jsonl");
    let before = findings("src/app.py", &text());
    Baseline::from_findings(&before).write(&path).unwrap();

    let written = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with(r#"{"rule":"acme-token","path":"src/app.py","fingerprint":""#));
    assert!(lines.is_sorted());
    assert!(!written.contains("hunter2") && !written.contains(&token(1)));

    lines.reverse();
    let shuffled = read(folder.path(), &format!("\n{}\n", lines.join("\r\n"))).unwrap();
    assert_eq!(shuffled.len(), 3);
    let verdict = judge(with(shuffled), "src/app.py", text().as_bytes(), candidates(&text()));
    assert!(verdict.findings.is_empty());
    assert_eq!(verdict.hidden, Hidden { suppressed_baseline: 3, ..Hidden::default() });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
}

#[test]
fn a_third_copy_is_new_and_a_removed_one_is_not() {
    let line = "password = 'hunter2'\n";
    let judged = |copies: usize, options| {
        let text = line.repeat(copies);
        let candidates =
            (0..copies).map(|n| secret_at(GENERIC, nth(&text, "hunter2", n))).collect();
        judge(options, "a.py", text.as_bytes(), candidates)
    };
    let two = judged(2, JudgeOptions::default()).findings;
    assert_ne!(two[0].fingerprint, two[1].fingerprint);
    let left = |copies| judged(copies, with(Baseline::from_findings(&two))).findings.len();
    assert_eq!([left(1), left(2), left(3), left(4)], [0, 0, 1, 2]);
}

#[test]
fn a_moved_file_keeps_its_baseline_and_a_copied_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let judged = || {
        let baseline = Baseline::from_findings(&findings("old.py", &text()));
        let options = with(baseline.with_root(folder.path()));
        judge(options, "new.py", text().as_bytes(), candidates(&text())).findings.len()
    };
    assert_eq!(judged(), 0, "old.py is gone");
    fs::write(folder.path().join("old.py"), text()).unwrap();
    assert_eq!(judged(), 3, "old.py is still there");
}

#[test]
fn what_is_suppressed_is_handed_out_apart_when_asked_for() {
    let text = format!("{}get(v, verify=False) # nosec\n", text());
    let mut candidates = candidates(&text);
    candidates.push(secret_at(GENERIC, nth(&text, "verify=False", 1)));
    candidates[3].rule = TLS;
    candidates[3].secret = None;
    let known = findings("a.py", &text);
    let options = |keep_suppressed| JudgeOptions {
        keep_suppressed,
        ..with(Baseline::from_findings(&known[..1]))
    };
    let judged = |keep| judge(options(keep), "a.py", text.as_bytes(), candidates.clone());
    let kept = judged(true);
    assert_eq!(ids(&kept.findings), ids(&judged(false).findings));
    assert_eq!(kept.hidden, judged(false).hidden);
    assert!(judged(false).suppressed.is_empty());
    let by: Vec<_> = kept.suppressed.iter().map(|f| (f.start.line, f.suppressed)).collect();
    assert_eq!(by, [(5, Some(Suppression::Inline)), (2, Some(Suppression::Baseline))]);
}

#[test]
fn prune_drops_what_is_gone_and_follows_what_moved() {
    let folder = tempfile::tempdir().unwrap();
    let mut baseline =
        Baseline::from_findings(&findings("old.py", &text())).with_root(folder.path());
    let mut now = findings("new.py", &text());
    now.remove(1);
    now.extend(verdict("get(u)", vec![pattern(HTTP, "get(u)", "get(u)")]).findings);
    assert_eq!(baseline.prune(&now), 1);
    assert_eq!((baseline.len(), baseline.is_empty()), (2, false));
    let path = folder.path().join("b");
    baseline.write(&path).unwrap();
    let written = fs::read_to_string(&path).unwrap();
    assert!(written.lines().all(|l| l.contains(r#""path":"new.py""#)), "{written}");
    assert_eq!(baseline.prune(&now), 0);
}

#[test]
fn a_broken_baseline_is_one_clear_line_that_repeats_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let print = "0123456789abcdef0123456789abcdef";
    let good = format!(r#"{{"rule":"a","path":"b","fingerprint":"{print}"}}"#);
    let broken = [
        "<<<<<<< HEAD",
        "api_key: hunter2hunter2",
        r#"{"rule":"a","path":"b"}"#,
        r#"{"rule":"a","path":"b","fingerprint":"hunter2hunter2"}"#,
        r#"{"rule":"a","path":"b","fingerprint":"0123456789abcdef0123456789abcdef","hunter2":1}"#,
        "\u{0}",
    ];
    for line in broken {
        let message = read(folder.path(), &format!("{good}\n{line}\n")).unwrap_err().to_string();
        assert!(message.contains("baseline.jsonl:2: not a baseline entry"), "{message}");
        assert!(!message.contains("hunter2") && !message.contains('\n'), "{message}");
    }
    let missing = Baseline::read(&folder.path().join("none")).unwrap_err().to_string();
    assert!(missing.contains("none: cannot read the baseline"), "{missing}");
    let nowhere = folder.path().join("no/such/folder");
    let unwritable = Baseline::default().write(&nowhere).unwrap_err().to_string();
    assert!(unwritable.contains("cannot write the baseline"), "{unwritable}");
}

#[test]
fn a_baseline_is_not_a_finding_but_what_hides_behind_one_is() {
    let print = "0123456789abcdef0123456789abcdef";
    let entry = format!(r#"{{"rule":"acme-token","path":"b","fingerprint":"{print}"}}"#);
    let text = format!("{entry}\nkey = '{}'\n", token(1));
    let candidates = vec![secret(GENERIC, &text, print), secret(ACME, &text, &token(1))];
    let verdict = verdict(&text, candidates);
    assert_eq!(ids(&verdict.findings), ["acme-token"]);
    assert_eq!(verdict.hidden.suppressed_baseline, 1);
}
