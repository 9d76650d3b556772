//! Data flow, language by language: `tests/flow/<language>.txt` holds snippets
//! that begin with a line `== what it shows`. Every line that ends with `!` in
//! a comment must be reported, no other line may be.
//!
//! `sink(x)` must not come from a request, `fold(x)` must not be a plaintext
//! URL, `made(x)` must not be dynamic, `typed(x)` must not be a `Thing`. `visit(x)`
//! is a sink for which a check of the host is enough.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use seamline::finding::Candidate;
use seamline::rules::Catalogue;
use seamline::rules::model::PatternFile;
use seamline::source::Source;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch, check};

fn rule(language: &str) -> PatternFile {
    let call = |name: &str, var: &str| match language {
        "bash" => format!("{name} ${var}"),
        _ => format!("{name}(${var})"),
    };
    let (sink, fold) = (call("sink", "SINK"), call("fold", "X"));
    let (made, typed) = (call("made", "X"), call("typed", "X"));
    let go = call("visit", "SINK");
    toml::from_str(&format!(
        "id = 'sample'\ntitle = 'Sample'\ntopic = 'sqli'\nseverity = 'low'\nconfidence = 'high'\n\
         what = 'w'\nwhy = 'w'\nfix = 'f'\ncwe = []\n\
         [[match]]\nlanguages = ['{language}']\nany = ['{sink}']\n\
         flow = {{ sources = ['request'], sanitizers = ['allow-list', 'escape-shell', 'path', 'prefix'] }}\n\
         [[match]]\nlanguages = ['{language}']\nany = ['{go}']\n\
         flow = {{ sources = ['request'], sanitizers = ['host', 'allow-list', 'prefix'] }}\n\
         [[match]]\nlanguages = ['{language}']\nany = ['{fold}']\nwhere.X.test = 'plaintext-url'\n\
         triggers = ['fold']\n\
         [[match]]\nlanguages = ['{language}']\nany = ['{made}']\nwhere.X.is = 'dynamic'\n\
         [[match]]\nlanguages = ['{language}']\nany = ['{typed}']\nwhere.X.type = ['Thing()']\n"
    ))
    .unwrap()
}

fn engine(language: &str) -> SyntaxEngine {
    let rule = rule(language);
    let problems = check(&rule);
    assert!(problems.is_empty(), "{}", problems[0]);
    let mut catalogue =
        Catalogue { flows: Catalogue::built_in().unwrap().flows, ..Catalogue::default() };
    catalogue.add_pattern(rule);
    SyntaxEngine::new(&catalogue)
}

fn found(engine: &SyntaxEngine, language: &str, code: &str) -> Vec<Candidate> {
    let path = Language::from_key(language).unwrap().sample_path();
    let source = Source { path: Arc::from(path), text: code.as_bytes(), origin: None };
    let mut candidates = Vec::new();
    match engine.parse(&source, &mut SyntaxScratch::default()) {
        Parse::Parsed(file) => engine.run_rules(&file, &mut candidates),
        Parse::NotNeeded => panic!("nothing in it triggers a rule:\n{code}"),
        Parse::Skipped(reason) => panic!("{reason}"),
    }
    candidates
}

/// Numbers of the lines that are reported wrongly or not at all.
fn wrong(engine: &SyntaxEngine, language: &str, code: &str) -> Vec<String> {
    let line_of = |at: usize| code[..at].lines().count() + usize::from(code[..at].ends_with('\n'));
    let found: BTreeSet<usize> =
        found(engine, language, code).iter().map(|c| line_of(c.span.start).max(1)).collect();
    let lines = code.lines().enumerate();
    let wanted: BTreeSet<usize> =
        lines.filter(|(_, line)| line.trim_end().ends_with('!')).map(|(at, _)| at + 1).collect();
    let shown = |verb: &str, line: &usize| {
        format!("{verb}: {}", code.lines().nth(line - 1).unwrap_or_default().trim())
    };
    let missed = wanted.difference(&found).map(|line| shown("missed", line));
    missed.chain(found.difference(&wanted).map(|line| shown("not wanted", line))).collect()
}

fn check_language(language: &str) {
    let path = Path::new("tests/flow").join(format!("{language}.txt"));
    let text = std::fs::read_to_string(path).unwrap();
    let engine = engine(language);
    let mut failures = Vec::new();
    for case in format!("\n{text}").split("\n== ").skip(1) {
        let (title, code) = case.split_once('\n').unwrap();
        let before = if language == "php" { "<?php\n" } else { "" };
        let wrong = wrong(&engine, language, &format!("{before}{code}"));
        if !wrong.is_empty() {
            failures.push(format!("{title}\n    {}", wrong.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

macro_rules! languages {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check_language(stringify!($name));
        })*
    };
}

languages! { python javascript typescript go java kotlin csharp php ruby rust bash }
