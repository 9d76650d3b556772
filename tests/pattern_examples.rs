//! Runs the examples of every pattern rule: in a `match` the rule fires, in a
//! `near_miss` it stays silent.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::finding::{Candidate, Confidence};
use seamline::rules::model::{PatternExample, PatternFile, PatternMatch};
use seamline::rules::{Catalogue, PatternEntry};
use seamline::source::Source;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch, check};

fn fires(engine: &SyntaxEngine, catalogue: &Catalogue, id: &str, path: &str, code: &str) -> bool {
    let source = Source { path: Arc::from(path), text: code.as_bytes(), origin: None };
    let mut candidates = Vec::new();
    let scratch = &mut SyntaxScratch::default();
    for parse in [engine.parse(&source, scratch), engine.parse_scripts(&source, scratch)] {
        match parse {
            Parse::NotNeeded => {}
            Parse::Skipped(reason) => panic!("{id}: {reason}"),
            Parse::Parsed(file) => engine.run_rules(&file, &mut candidates),
        }
    }
    // As in `rules test`: what is shown by default.
    let shown = |candidate: &Candidate| {
        let meta = catalogue.meta(candidate.rule);
        meta.id == id && candidate.confidence >= meta.confidence.min(Confidence::Medium)
    };
    candidates.iter().any(shown)
}

fn path_of(id: &str, example: &PatternExample) -> String {
    let language = Language::from_key(&example.language)
        .unwrap_or_else(|| panic!("{id}: no language `{}`", example.language));
    example.file.clone().unwrap_or_else(|| language.sample_path())
}

#[test]
fn every_rule_compiles() {
    let catalogue = Catalogue::built_in().unwrap();
    let file = |entry: &PatternEntry| PatternFile {
        id: catalogue.meta(entry.index).id.clone(),
        matchers: entry.rule.matchers.copied(),
        ..PatternFile::default()
    };
    let problems: Vec<String> = catalogue
        .patterns
        .iter()
        .flat_map(|entry| check(&file(entry)))
        .map(|problem| problem.to_string())
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_example_holds() {
    let catalogue = Catalogue::built_in().unwrap();
    let engine = SyntaxEngine::new(&catalogue);
    let mut wrong = Vec::new();
    for entry in &catalogue.patterns {
        // Detectors and rules on trees of settings are tried by `rules test`.
        let elsewhere =
            |matcher: &PatternMatch| matcher.detector.is_some() || matcher.any.is_empty();
        if entry.rule.matchers.iter().any(elsewhere) {
            continue;
        }
        let id = &catalogue.meta(entry.index).id;
        assert!(entry.rule.examples.len() >= 2, "{id}: a match and a near miss are needed");
        for example in entry.rule.examples.iter() {
            let path = path_of(id, example);
            for (code, wanted) in [(&example.matches, true), (&example.near_miss, false)] {
                let Some(code) = code else { continue };
                if fires(&engine, &catalogue, id, &path, code) != wanted {
                    let what = if wanted { "does not fire in" } else { "fires in" };
                    wrong.push(format!("{id} {what}:\n{code}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}
