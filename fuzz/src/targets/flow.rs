//! Any bytes as code, with rules that ask the data flow about every call of
//! some functions: it ends, gets nowhere outside the text, and is the same
//! every time.

use std::sync::LazyLock;

use seamline::rules::Catalogue;
use seamline::rules::model::PatternFile;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch};

use crate::check;

/// Languages that have a data flow, and snippets in them.
const LANGUAGES: [(&str, &str); 11] = [
    ("python", include_str!("../../../tests/flow/python.txt")),
    ("javascript", include_str!("../../../tests/flow/javascript.txt")),
    ("typescript", include_str!("../../../tests/flow/typescript.txt")),
    ("go", include_str!("../../../tests/flow/go.txt")),
    ("java", include_str!("../../../tests/flow/java.txt")),
    ("kotlin", include_str!("../../../tests/flow/kotlin.txt")),
    ("csharp", include_str!("../../../tests/flow/csharp.txt")),
    ("php", include_str!("../../../tests/flow/php.txt")),
    ("ruby", include_str!("../../../tests/flow/ruby.txt")),
    ("rust", include_str!("../../../tests/flow/rust.txt")),
    ("bash", include_str!("../../../tests/flow/bash.txt")),
];

static ENGINES: LazyLock<Vec<SyntaxEngine>> =
    LazyLock::new(|| LANGUAGES.iter().map(|(language, _)| engine(language)).collect());

/// Every call of `sink`, `fold` and `made` asks.
fn engine(language: &str) -> SyntaxEngine {
    let call = |name: &str| match language {
        "bash" => format!("{name} $SINK"),
        _ => format!("{name}($SINK)"),
    };
    let text = format!(
        "id = 'a'\ntitle = 'A'\ntopic = 'sqli'\nseverity = 'low'\nconfidence = 'low'\nwhat = 'w'\n\
         why = 'w'\nfix = 'f'\ncwe = []\n[[match]]\nlanguages = ['{language}']\nany = ['{}']\n\
         flow = {{ sources = ['request', 'argument'], sanitizers = ['path'] }}\n\
         [[match]]\nlanguages = ['{language}']\nany = ['{}', '{}']\nwhere.SINK.is = 'dynamic'\n",
        call("sink"),
        call("fold"),
        call("made"),
    );
    let rule: PatternFile = toml::from_str(&text).expect("the rule is well formed");
    let flows = check::CATALOGUE.flows.clone();
    let mut catalogue = Catalogue { flows, ..Catalogue::default() };
    catalogue.add_pattern(rule);
    SyntaxEngine::new(&catalogue)
}

pub fn run(input: &[u8]) {
    let (number, code) = check::choice(input, LANGUAGES.len());
    let Some(language) = Language::from_key(LANGUAGES[number].0) else { return };
    let before: &[u8] = if language == Language::Php { b"<?php\n" } else { b"" };
    let text = [before, code].concat();
    let found = |engine: &SyntaxEngine| {
        let source = check::source(&language.sample_path(), &text);
        let mut found = Vec::new();
        if let Parse::Parsed(file) = engine.parse(&source, &mut SyntaxScratch::default()) {
            engine.run_rules(&file, &mut found);
        }
        found
    };
    let (one, two) = (found(&ENGINES[number]), found(&ENGINES[number]));
    check::candidates(&text, &one);
    assert_eq!(format!("{one:?}"), format!("{two:?}"), "two runs differ");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let of = |(number, (_, text)): (usize, &(&str, &str))| {
        let cases = text.split("== ").skip(1).map(str::to_owned).collect::<Vec<_>>();
        cases.into_iter().map(move |case| [&[number as u8], case.as_bytes()].concat())
    };
    LANGUAGES.iter().enumerate().flat_map(of).collect()
}
