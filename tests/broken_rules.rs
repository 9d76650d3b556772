//! Rules of a user in which something is wrong, through the program: every
//! mistake of every file is told with its place and the fix, the scan goes on
//! with all other rules, and ends with 2.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const GOOD: &str = r#"id = "no-frob"
title = "Frob"
topic = "cors"
severity = "high"
confidence = "high"
what = "It frobs."
why = "Frobbing is bad."
fix = "Do not frob."
cwe = ["CWE-942"]

[[match]]
languages = ["python"]
any = ["frob($X)"]

[[example]]
language = "python"
match = "frob(1)"

[[example]]
language = "python"
near_miss = "grob(1)"
"#;

/// Line of the first key of the matcher in [`rule`].
const MATCH: usize = 12;

/// A rule with this matcher; its patterns are for `language`.
fn rule(language: &str, matcher: &str) -> String {
    let good = GOOD.replace("id = \"no-frob\"", "id = \"broken\"");
    let good = good.replace("\"python\"", &format!("\"{language}\""));
    good.replace("any = [\"frob($X)\"]", matcher)
}

struct Project(TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Project(tempfile::tempdir().unwrap());
        project.write("app/a.py", "frob(1)\n");
        project.write("rules/good.toml", GOOD);
        files.iter().for_each(|(path, text)| project.write(path, text));
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
        command.current_dir(self.0.path()).args(args).output().unwrap()
    }

    fn scan(&self) -> Output {
        self.run(&["app", "--no-config", "--rules", "rules", "--format", "concise"])
    }
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line that is told of a rule with `matcher`.
#[track_caller]
fn mistake(language: &str, matcher: &str) -> String {
    let project = Project::new(&[("rules/broken.toml", &rule(language, matcher))]);
    let output = project.scan();
    assert_eq!(output.status.code(), Some(2), "{matcher}");
    assert!(printed(&output).contains("high[no-frob]"), "{matcher}: the good rule is lost");
    let told = told(&output);
    assert_eq!(told.lines().count(), 1, "{matcher}: {told}");
    told.trim_end().to_owned()
}

/// A pattern that nobody has finished, for each language.
#[test]
fn patterns_that_are_no_whole_code_are_refused_in_every_language() {
    for (language, pattern) in [
        ("python", "frob($X"),
        ("python", "frob($X))"),
        ("python", "def f("),
        ("javascript", "frob($X"),
        ("javascript", "function f("),
        ("typescript", "interface A {"),
        ("tsx", "<A b={"),
        ("go", "frob($X"),
        ("go", "func f("),
        ("java", "new A($X"),
        ("java", "void f("),
        ("kotlin", "frob($X"),
        ("kotlin", "fun f("),
        ("ruby", "frob($X"),
        ("ruby", "def f"),
        ("php", "frob($X"),
        ("php", "function f("),
        ("csharp", "Frob($X"),
        ("csharp", "new A {"),
        ("rust", "frob($X"),
        ("rust", "let x ="),
        ("bash", "$(frob"),
        ("bash", "frob $X |"),
        ("yaml", "a: ["),
        ("json", "{\"a\": 1"),
        ("toml", "a = "),
        ("hcl", "resource \"x\" \"y\" {"),
        ("dockerfile", "FRM x"),
        ("xml", "<a"),
        ("html", "<a b=\""),
    ] {
        let line = mistake(language, &format!("any = ['''{pattern}''']"));
        let place = format!("seamline: rules/broken.toml:{}:8: pattern `", MATCH + 1);
        assert!(line.starts_with(&place), "{language} {pattern}: {line}");
        assert!(line.contains("; write the code"), "{language} {pattern}: {line}");
    }
}

#[test]
fn every_kind_of_mistake_has_its_place_and_a_fix() {
    let next = MATCH + 1;
    for (matcher, column, message) in [
        (
            "any = [\"$X\"]",
            8,
            "pattern `$X` cannot be used: it would match every node; name something in it",
        ),
        ("any = [\"\"]", 8, "pattern `` cannot be used: it is empty; write the code to look for"),
        ("any = []", 1, "nothing to look for; write patterns in `any`"),
        (
            "any = [\"frob($X)\"]\nwhere.Y.regex = \"a\"",
            7,
            "`where` names `$Y`, which no pattern of the matcher captures; write `$Y`",
        ),
        ("any = [\"frob($X)\"]\nmessage = \"a $Y\"", 1, "`message` names `$Y`"),
        ("any = [\"frob($X)\"]\nreport = \"Y\"", 1, "`report` names `$Y`"),
        (
            "any = [\"frob($X)\"]\nwhere.X.regex = \"(\"",
            9,
            "the regex `(` of `$X` is not valid: unclosed group; write it as in",
        ),
        (
            "any = [\"frob($X)\"]\nwhere.X.is = \"strin\"",
            9,
            "there is no kind of node `strin`; did you mean `string`?",
        ),
        ("any = [\"frob($X)\"]\nanny = [\"a\"]", 1, "unknown key `anny`; did you mean `any`?"),
        (
            "any = [\"frob($X)\"]\nfiles = [\"a[\"]",
            10,
            "the glob `a[` is not valid: unclosed character class; missing ']'; close",
        ),
        (
            "any = [\"frob($X)\"]\nlacks = [\"\"]",
            10,
            "an entry of `lacks` is empty, and so in every file; write a word",
        ),
        ("any = [\"$F($X)\"]", 1, "no word of it must be in a file; name a word in `triggers`"),
        (
            "any = [\"frob($SINK)\"]\nflow = { sources = [\"requst\"] }",
            21,
            "`requst` is not known in `sources`; did you mean `request`?",
        ),
        (
            "any = [\"frob($X)\"]\nflow = { sources = [\"request\"] }",
            1,
            "no pattern has a `$SINK`; write `$SINK`",
        ),
        (
            "detector = \"missing-auth:flsk\"\ntriggers = [\"flask\"]",
            1,
            "unknown detector `missing-auth:flsk`; did you mean `missing-auth:flask`?",
        ),
    ] {
        let last = next + matcher.matches('\n').count();
        let line = if matcher.starts_with("detector") { next } else { last };
        let told = mistake("python", matcher);
        let expected = format!("seamline: rules/broken.toml:{line}:{column}: ");
        assert!(told.starts_with(&expected), "{matcher}: {told}");
        assert!(told.contains(message), "{matcher}: {told}");
    }
}

#[test]
fn conditions_on_settings_are_checked_one_by_one() {
    let matcher = "at = [\"jobs.steps\"]\nwhen = [\"run ~ (\", \"a <<< b\"]\nany = [\"a: b\"]";
    let project = Project::new(&[("rules/broken.toml", &rule("yaml", matcher))]);
    let told = told(&project.scan());
    for expected in [
        "broken.toml:14:9: the condition `run ~ (` cannot be used: the regex `(` is not valid: unclosed group; ",
        "broken.toml:14:20: the condition `a <<< b` cannot be used: there is no operator `<<<`; ",
        "broken.toml:15:1: a matcher with `at` or `resource` has no `any`; leave it out",
    ] {
        assert!(told.contains(expected), "{expected} not in\n{told}");
    }
}

#[test]
fn mistakes_of_all_files_are_told_and_cost_their_own_rules_only() {
    let pattern = rule("python", "any = [\"frob($X\"]");
    let secret = |id: &str, more: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\ntitle = \"T\"\nseverity = \"high\"\n{more}\
             formats = [[{{ text = [\"{id}_\"] }}, {{ chars = \"a-z0-9\", len = 32 }}]]\n\
             [[rule.example]]\nmatch = \"k = '{{token}}'\"\n\
             [[rule.example]]\nnear_miss = \"k = '{{broken}}'\"\n"
        )
    };
    let rules =
        [secret("acme", ""), secret("bcme", "formts = 1\n"), secret("ccme", "cwe = [\"1\"]\n")];
    let acme = format!("provider = \"acme\"\nname = \"Acme\"\n{}", rules.concat());
    let files = [
        ("rules/pattern.toml", pattern.as_str()),
        ("rules/acme.toml", &acme),
        ("rules/text.toml", "id = \n"),
        ("rules/strange.toml", "x = 1\n"),
        ("rules/semgrep.yaml", "rules:\n  - id: \"a\n"),
        ("rules/flow.toml", "languages = [\"pyton\"]\npasses = [\"a.b()\"]\n"),
    ];
    let project = Project::new(&files);
    let token = ["acme_", "q7w2e9r4t1y6u8i3", "o5p0a7s2d9f4g1h6"].concat();
    project.write(
        "app/b.py",
        &format!("key = '{token}'\nother = '{}'\n", token.replace("acme", "bcme")),
    );
    let output = project.scan();
    assert_eq!(output.status.code(), Some(2));
    let told = told(&output);
    let places = [
        "acme.toml:16:1: unknown key `formts`", "acme.toml:26:8: `1` is not a CWE id",
        "flow.toml:1:14: ", "pattern.toml:13:8: ", "semgrep.yaml:2:9: ", "strange.toml:1:1: ",
        "text.toml:1:",
    ];
    assert_eq!(told.lines().count(), places.len(), "{told}");
    for place in places {
        assert!(told.contains(&format!("seamline: rules/{place}")), "{place} not in\n{told}");
    }
    let printed = printed(&output);
    assert!(printed.contains("app/a.py:1:1: high[no-frob]"), "{printed}");
    assert!(printed.contains("app/b.py:1:8: high[acme]"), "{printed}");
    assert!(!printed.contains("bcme]"), "{printed}");
    assert!(printed.contains("warning: rules/acme.toml has 2 mistakes"), "{printed}");
}

#[test]
fn reports_of_a_scan_without_broken_rules_are_whole_and_say_so() {
    let project = Project::new(&[("rules/broken.toml", &rule("python", "any = [\"frob(\"]"))]);
    let args = ["app", "--no-config", "--rules", "rules", "--fail-on", "never"];
    let outputs = ["--output", "json=out.json", "--output", "sarif=out.sarif"];
    let output = project.run(&[&args[..], &outputs].concat());
    assert_eq!(output.status.code(), Some(2), "2 wins over --fail-on never");
    let read = |name: &str| fs::read_to_string(project.0.path().join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("out.json")).unwrap();
    assert_eq!(json["findings"][0]["rule"], "no-frob");
    let warning = "rules/broken.toml has a mistake: the rules with a mistake were left out";
    assert_eq!(json["warnings"][0], warning);
    let sarif: serde_json::Value = serde_json::from_str(&read("out.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "no-frob");
    assert!(read("out.sarif").contains("rules/broken.toml has a mistake"));
}

#[test]
fn a_rule_that_is_left_out_may_still_be_named() {
    let project = Project::new(&[("rules/broken.toml", &rule("python", "any = [\"frob(\"]"))]);
    project
        .write("seamline.toml", "rules-dirs = [\"rules\"]\n[rules.broken]\nseverity = \"low\"\n");
    let args = ["app", "--config", "seamline.toml", "--enable", "broken,no-frob"];
    let output = project.run(&[&args[..], &["--format", "concise"]].concat());
    assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
    assert!(printed(&output).contains("[no-frob]"));
}

#[test]
fn what_would_be_wrong_with_a_part_of_the_rules_is_not_done() {
    let project = Project::new(&[("rules/broken.toml", &rule("python", "any = [\"frob(\"]"))]);
    let output = project.run(&["baseline", "create", "app", "--no-config", "--rules", "rules"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!Path::exists(&project.0.path().join("seamline-baseline.jsonl")));
    let left: Vec<_> = fs::read_dir(project.0.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "only the folders that were there: {left:?}");
}
