//! What is left out of long files makes no difference to what is found in them.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::ops::Range;
use std::sync::Arc;

use seamline::finding::{Confidence, RuleIndex};
use seamline::rules::Catalogue;
use seamline::source::Source;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch};

/// Code of other rules around an example, in bytes.
const AROUND: usize = 12_000;

/// Rules are tried in this many parts: the fewer, the more is left out for them.
const PARTS: usize = 12;

type Found = (RuleIndex, Range<usize>, Confidence);

fn found(engine: &SyntaxEngine, language: Language, code: &str) -> Vec<Found> {
    let path = Arc::from(language.sample_path());
    let source = Source { path, text: code.as_bytes(), origin: None };
    let mut candidates = Vec::new();
    if let Parse::Parsed(file) = engine.parse(&source, &mut SyntaxScratch::default()) {
        engine.run_rules(&file, &mut candidates);
    }
    candidates.into_iter().map(|one| (one.rule, one.span, one.confidence)).collect()
}

/// Long files of a language, put together from examples of rules.
fn files(catalogue: &Catalogue) -> Vec<(Language, String)> {
    let mut files = Vec::new();
    for language in Language::ALL {
        let mut text = String::new();
        for example in catalogue.patterns.iter().flat_map(|entry| entry.rule.examples.iter()) {
            let code = example.matches.as_ref().or(example.near_miss.as_ref()).unwrap();
            if Language::from_key(&example.language) == Some(language) {
                text.push_str(code);
                text.push('\n');
            }
            if text.len() > AROUND {
                files.push((language, std::mem::take(&mut text)));
            }
        }
    }
    files
}

/// Every example of every rule, in the midst of long files of other examples.
#[test]
fn long_files_have_the_findings_that_they_have_as_a_whole() {
    let catalogue = Catalogue::built_in().unwrap();
    let files = files(&catalogue);
    let mut compared = 0;
    for part in 0..PARTS {
        let mut catalogue = catalogue.clone();
        let mut numbers = 0..;
        catalogue.patterns.retain(|_| numbers.next().is_some_and(|number| number % PARTS == part));
        let engine = SyntaxEngine::new(&catalogue);
        let whole = SyntaxEngine::new(&catalogue).of_whole_files();
        for (language, text) in &files {
            let all = found(&whole, *language, text);
            assert_eq!(found(&engine, *language, text), all, "{language:?}\n{text}");
            compared += all.len();
        }
    }
    assert!(compared > 500, "{compared} findings compared");
}
