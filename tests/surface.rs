//! The route rules: their own examples, and small projects with expectations
//! as data (`fixtures/surface/<framework>/expected.jsonl`).

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seamline::finding::Candidate;
use seamline::rules::Catalogue;
use seamline::source::Source;
use seamline::surface::Surface;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch};
use serde::Deserialize;

struct Bench {
    catalogue: Catalogue,
    syntax: SyntaxEngine,
    surface: Surface,
}

impl Bench {
    fn new() -> Self {
        let catalogue = Catalogue::built_in().unwrap();
        Bench {
            syntax: SyntaxEngine::new(&catalogue),
            surface: Surface::new(&catalogue),
            catalogue,
        }
    }

    fn scan(&self, path: &str, text: &str) -> Vec<Candidate> {
        let source = Source { path: Arc::from(path), text: text.as_bytes(), origin: None };
        let mut found = Vec::new();
        if let Parse::Parsed(file) = self.syntax.parse(&source, &mut SyntaxScratch::default()) {
            self.surface.scan(&source, &file, &mut found);
        }
        found
    }

    fn id(&self, candidate: &Candidate) -> &str {
        &self.catalogue.meta(candidate.rule).id
    }
}

#[test]
fn every_example_holds() {
    let bench = Bench::new();
    let mut wrong = Vec::new();
    let mut rules = 0;
    for entry in &bench.catalogue.patterns {
        let detector = entry.rule.matchers.iter().find_map(|m| m.detector.as_deref());
        if !detector.is_some_and(|name| name.starts_with("missing-auth:")) {
            continue;
        }
        rules += 1;
        let id = &bench.catalogue.meta(entry.index).id;
        for example in entry.rule.examples.iter() {
            let language = Language::from_key(&example.language).unwrap();
            let path = example.file.clone().unwrap_or_else(|| language.sample_path());
            for (code, wanted) in [(&example.matches, true), (&example.near_miss, false)] {
                let Some(code) = code else { continue };
                if bench.scan(&path, code).iter().any(|c| bench.id(c) == id) != wanted {
                    let what = if wanted { "does not fire in" } else { "fires in" };
                    wrong.push(format!("{id} {what}:\n{code}"));
                }
            }
        }
        assert!(entry.rule.examples.iter().any(|e| e.matches.is_some()), "{id}: no match");
        assert!(entry.rule.examples.iter().any(|e| e.near_miss.is_some()), "{id}: no near miss");
    }
    assert!(rules >= 7, "only {rules} route rules");
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

/// One expected finding of a fixture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    file: String,
    line: usize,
    confidence: String,
    /// What the message must hold.
    says: String,
}

#[test]
fn the_fixtures_give_what_is_expected_and_nothing_else() {
    let bench = Bench::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/surface");
    for framework in folders(&root) {
        let listed = fs::read_to_string(framework.join("expected.jsonl")).unwrap();
        let expected: Vec<Expected> =
            listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut met = BTreeSet::new();
        for file in files(&framework) {
            let text = fs::read_to_string(&file).unwrap();
            let name = file.strip_prefix(&framework).unwrap().to_string_lossy().replace('\\', "/");
            for candidate in bench.scan(&name, &text) {
                let line = text[..candidate.span.start].lines().count().max(1)
                    + usize::from(text[..candidate.span.start].ends_with('\n'));
                let message = candidate.message.clone().unwrap();
                let hit = expected.iter().position(|e| {
                    e.file == name
                        && e.line == line
                        && e.confidence == candidate.confidence.name()
                        && message.contains(&e.says)
                });
                assert!(hit.is_some(), "{name}:{line} {:?} {message}", candidate.confidence);
                assert!(!candidate.related.is_empty(), "{name}:{line} shows no guard");
                met.extend(hit);
            }
        }
        let missed: Vec<&Expected> =
            expected.iter().enumerate().filter(|(i, _)| !met.contains(i)).map(|(_, e)| e).collect();
        assert!(missed.is_empty(), "{}: not found: {missed:#?}", framework.display());
    }
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path.file_name().is_some_and(|name| name != "expected.jsonl"));
    files.sort();
    files
}

/// Nested as deep and repeated as often as a hostile file can: what counts is
/// that it ends, and that nothing is said of what cannot be followed.
#[test]
fn hostile_files_end_in_silence() {
    let bench = Bench::new();
    let head = "const express = require('express');\nconst app = express();\n";
    let nested = format!(
        "{head}{}{}app.listen(1);",
        "app.post('/a', (req, res) => {\n".repeat(5_000),
        "});\n".repeat(5_000)
    );
    let calls = format!("{head}app.post('/a', {}x{});", "f(\n".repeat(20_000), ")".repeat(20_000));
    let chain =
        format!("{head}app{};", ".route('/x')\n.get(g, (req, res) => res.end())".repeat(5_000));
    let ring = format!(
        "{head}const a = b;\nconst b = a;\nconst c = [...c];\napp.use(a, c);\n{}app.listen(1);",
        "app.delete('/x', a, c, b);\n".repeat(2_000)
    );
    for text in [nested, calls, chain, ring] {
        assert_eq!(bench.scan("server.js", &text).len(), 0);
    }
    let aliases = "from fastapi import Depends, FastAPI\napp = FastAPI()\nT = Annotated[T, Depends(f)]\n\
                   def f(x: T = Depends(f)):\n    pass\n";
    let loops = format!("{aliases}{}", "@app.put('/x')\ndef g(x: T):\n    pass\n".repeat(1_000));
    assert_eq!(bench.scan("main.py", &loops).len(), 0);
}
