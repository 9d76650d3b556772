//! The command line as its users meet it: cases as data in `cli/`, and what a
//! pipe or a changed file needs a few lines of code for.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `TRYCMD=overwrite cargo test --test cli` writes what the program says now.
#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    // What terminals, locales and CI services would change.
    for (name, value) in [("LC_ALL", "C.UTF-8"), ("COLUMNS", "80"), ("NO_COLOR", "1")] {
        cases.env(name, value);
    }
    cases.case("tests/cli/*.trycmd");
}

/// A line in which a secret is found.
fn leak(i: usize) -> String {
    format!("db{i} = \"postgres://app:kJ8x92mQz7Lw{i}@db.acme.io/app\"\n")
}

fn seamline(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
    command.current_dir(dir).args(args).env_remove("CI").env_remove("CLICOLOR_FORCE");
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    seamline(dir, args).output().unwrap()
}

#[test]
fn every_rule_passes_its_own_examples() {
    let output = run(Path::new("."), &["rules", "test"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_rule_index_is_up_to_date() {
    let printed = run(Path::new("."), &["rules", "docs"]).stdout;
    let kept = fs::read("docs/rules.md").unwrap();
    let hint = "run `cargo run -- rules docs > docs/rules.md`";
    assert!(printed == kept, "docs/rules.md is out of date: {hint}");
}

#[test]
fn the_topic_index_is_up_to_date_and_its_links_lead_somewhere() {
    let printed = run(Path::new("."), &["rules", "coverage", "--format", "markdown"]).stdout;
    let kept = fs::read("docs/topics.md").unwrap();
    let hint = "run `cargo run -- rules coverage --format markdown > docs/topics.md`";
    assert!(printed == kept, "docs/topics.md is out of date: {hint}");
    let text = String::from_utf8(printed).unwrap();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let dead: Vec<&str> = links.filter(|link| !Path::new("docs").join(link).exists()).collect();
    assert_eq!(dead, [""; 0]);
}

#[test]
fn a_closed_pipe_ends_quietly_with_the_code_of_a_read_one() {
    let dir = tempfile::tempdir().unwrap();
    let text: String = (0..3000).map(leak).collect();
    fs::write(dir.path().join("settings.py"), text).unwrap();
    for (format, code) in [("human", 1), ("json", 1), ("concise", 1), ("sarif", 1)] {
        let mut child = seamline(dir.path(), &["--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
    let mut child =
        seamline(dir.path(), &["rules", "list"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn standard_input_is_scanned_under_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut child =
        seamline(dir.path(), &["-", "--stdin-filename", "a/b.py", "--format", "concise"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    child.stdin.take().unwrap().write_all(leak(0).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("a/b.py:1:"));
}

#[test]
fn several_reports_come_from_one_scan_and_none_holds_the_secret() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("settings.py"), leak(0)).unwrap();
    let args =
        ["settings.py", "--output", "json=out.json", "--output", "human=out.txt", "--show-secrets"];
    let output = run(dir.path(), &args);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("kJ8x92mQz7Lw0"));
    for name in ["out.json", "out.txt"] {
        let text = fs::read_to_string(dir.path().join(name)).unwrap();
        assert!(text.contains("settings.py") && !text.contains("kJ8x92mQz7Lw0"), "{name}");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["findings"][0]["start"]["line"], 1);
}

#[test]
fn no_report_is_written_when_a_later_one_cannot_be() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("settings.py"), leak(0)).unwrap();
    let output = run(dir.path(), &["--output", "json=out.json", "--output", "sarif=gone/out"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn colour_follows_the_flag_and_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("settings.py"), leak(0)).unwrap();
    let coloured = |args: &[&str], variable: Option<&str>| {
        let mut command = seamline(dir.path(), args);
        command.env_remove("NO_COLOR");
        variable.map(|name| command.env(name, "1"));
        command.output().unwrap().stdout.contains(&0x1b)
    };
    assert!(!coloured(&[], None));
    assert!(coloured(&[], Some("CLICOLOR_FORCE")));
    assert!(!coloured(&[], Some("NO_COLOR")));
    assert!(coloured(&["--color", "always"], Some("NO_COLOR")));
    assert!(!coloured(&["--color", "never"], Some("CLICOLOR_FORCE")));
    assert!(!coloured(&["--format", "json", "--color", "always"], None));
}

#[test]
fn a_config_of_the_repository_holds_in_all_its_folders() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::create_dir_all(root.join("api/gen")).unwrap();
    fs::write(root.join("api/a.py"), leak(0)).unwrap();
    fs::write(root.join("api/gen/b.py"), leak(1)).unwrap();
    fs::write(root.join("seamline.toml"), "exclude = [\"api/gen/**\"]\n").unwrap();
    for (from, args) in [("", vec![]), ("api", vec![]), ("", vec!["api"])] {
        let args = [args, vec!["--format", "concise", "-q"]].concat();
        let found = String::from_utf8(run(&root.join(from), &args).stdout).unwrap();
        assert!(found.contains("a.py:1:") && !found.contains("b.py"), "from `{from}`: {found}");
    }
}

#[test]
fn a_config_above_the_repository_has_no_say() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("repo/.git")).unwrap();
    fs::write(dir.path().join("seamline.toml"), "fail-on = \"never\"\n").unwrap();
    fs::write(dir.path().join("repo/a.py"), leak(0)).unwrap();
    assert_eq!(run(&dir.path().join("repo"), &[]).status.code(), Some(1));
}

#[test]
fn baselines_accept_what_is_there_and_nothing_new() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("settings.py");
    fs::write(&file, leak(0) + &leak(1)).unwrap();
    let with = ["--baseline", "seamline-baseline.jsonl"];
    assert_eq!(run(dir.path(), &["baseline", "create"]).status.code(), Some(0));
    assert_eq!(run(dir.path(), &with).status.code(), Some(0));
    fs::write(&file, format!("# moved\n{}{}", leak(0), leak(2))).unwrap();
    assert_eq!(run(dir.path(), &with).status.code(), Some(1));
    let pruned = run(dir.path(), &["baseline", "prune"]);
    assert_eq!(
        String::from_utf8_lossy(&pruned.stdout),
        "1 finding dropped from seamline-baseline.jsonl, 1 kept\n"
    );
}

#[test]
fn shells_and_man_get_their_text() {
    let here = Path::new(".");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(here, &["completions", shell]).stdout;
        assert!(String::from_utf8_lossy(&script).contains("min-severity"), "{shell}");
    }
    let page = run(here, &["man"]).stdout;
    assert!(String::from_utf8_lossy(&page).contains(".TH seamline 1"));
}

#[test]
fn strict_fails_on_a_skipped_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.bin"), [0u8; 64]).unwrap();
    assert_eq!(run(dir.path(), &[]).status.code(), Some(0));
    assert_eq!(run(dir.path(), &["--strict"]).status.code(), Some(2));
}
