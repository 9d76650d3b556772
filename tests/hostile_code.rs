//! Code written to hurt a scanner: nested without end, wide without end, broken
//! at random. Nothing may panic, overflow the stack or run away.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::rules::Catalogue;
use seamline::source::Source;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch};

/// A rule for every language whose relations and wildcards all come into play.
const RULE: &str = r#"
id = "hostile"
title = "t"
topic = "weak-crypto"
severity = "low"
confidence = "low"
what = "w"
why = "w"
fix = "f"
cwe = []
[[match]]
languages = ["python", "javascript", "go", "java", "kotlin", "ruby", "php", "csharp", "rust"]
any = ["wrap_it($$$, $X, $$$REST)"]
inside = ["wrap_it($$$)"]
has = ["wrap_it($X, $$$)", "wrap_it($Y)"]
not_has = ["never_it($X)"]
where.X = { regex = "(?s)^[^~]*$", not_regex = "~" }
report = "REST"
message = "$X and $REST"
[[match]]
languages = ["yaml", "json", "toml", "hcl", "bash", "dockerfile", "xml", "html"]
triggers = ["wrap_it"]
any = ["'''wrap_it'''"]
"#;

struct Scan {
    engine: SyntaxEngine,
    scratch: SyntaxScratch,
}

impl Scan {
    fn new() -> Self {
        let mut catalogue = Catalogue::built_in().unwrap();
        catalogue.add_pattern(toml::from_str(RULE).unwrap());
        Scan { engine: SyntaxEngine::new(&catalogue), scratch: SyntaxScratch::default() }
    }

    /// Number of matches; None if the file is left out.
    fn count(&mut self, language: Language, code: &[u8]) -> Option<usize> {
        let source = Source { path: Arc::from(language.sample_path()), text: code, origin: None };
        let mut candidates = Vec::new();
        match self.engine.parse(&source, &mut self.scratch) {
            Parse::NotNeeded => {}
            Parse::Skipped(_) => return None,
            Parse::Parsed(file) => self.engine.run_rules(&file, &mut candidates),
        }
        for candidate in &candidates {
            assert!(code.get(candidate.span.clone()).is_some());
        }
        Some(candidates.len())
    }
}

/// What is repeated, and on how many lines a hundred times each.
const BOMBS: [(&str, usize); 9] = [
    ("(", 1_000),
    ("[", 1_000),
    ("{", 1_000),
    ("<a>", 50),
    ("wrap_it(", 100),
    ("- ", 100),
    ("if a {", 50),
    ("\"${", 50),
    ("<!--", 20),
];

#[test]
fn nesting_bombs_are_survived_in_every_language() {
    let mut scan = Scan::new();
    for language in Language::ALL {
        for (open, lines) in BOMBS {
            let lines = format!("{}\n", open.repeat(100)).repeat(lines);
            let code = format!("wrap_it http://a.acme.io\n{lines}");
            scan.count(language, code.as_bytes());
        }
    }
}

#[test]
fn matches_deep_within_matches_stay_linear() {
    let mut scan = Scan::new();
    for depth in [10, 1_000, 8_000] {
        let code = format!("{}1{}", "wrap_it(\n".repeat(depth), ")".repeat(depth));
        let found = scan.count(Language::JavaScript, code.as_bytes());
        assert_eq!(found, Some(depth - 2), "all but the outermost and the innermost");
    }
}

#[test]
fn wide_lists_and_long_expressions_stay_linear() {
    let mut scan = Scan::new();
    let wide = format!("wrap_it(wrap_it(0, wrap_it(1)), {})", "a,\n".repeat(100_000));
    assert_eq!(scan.count(Language::Python, wide.as_bytes()), Some(1));
    let long = format!("wrap_it(wrap_it({}wrap_it(1)))", "a +\n".repeat(20_000));
    assert_eq!(scan.count(Language::Ruby, long.as_bytes()), Some(1));
    let chain = format!("wrap_it(wrap_it(a{}, wrap_it(1)))", ".b()\n".repeat(20_000));
    assert_eq!(scan.count(Language::JavaScript, chain.as_bytes()), Some(1));
    let siblings = "wrap_it(wrap_it(a, wrap_it(b)));\n".repeat(5_000);
    assert_eq!(scan.count(Language::JavaScript, siblings.as_bytes()), Some(5_000));
}

#[test]
fn paths_without_end_stay_linear() {
    let mut scan = Scan::new();
    for (language, name) in
        [(Language::Python, "get."), (Language::Rust, "get::"), (Language::Php, "Route\\")]
    {
        let code = format!("x = {}", name.repeat(250_000));
        assert_eq!(scan.count(language, code.as_bytes()).unwrap_or_default(), 0);
    }
    let remarks = "catch /* ".repeat(100_000);
    assert_eq!(scan.count(Language::Java, remarks.as_bytes()).unwrap_or_default(), 0);
}

#[test]
fn functions_without_end_stay_linear() {
    let mut scan = Scan::new();
    let nested: String = (0..1_400)
        .map(|depth| format!("{}function f{depth}() {{ //`\n", " ".repeat(depth)))
        .collect();
    let closed: String =
        (0..1_400).rev().map(|depth| format!("{}}}\n", " ".repeat(depth))).collect();
    scan.count(Language::JavaScript, format!("wrap_it(1);\n{nested}{closed}").as_bytes());
    let set: String = (0..65_000).map(|number| format!("  v{number} = 1;\n")).collect();
    scan.count(Language::JavaScript, format!("function f() {{\n{set}}}\nwrap_it(1);\n").as_bytes());
    // All have one name, and all say it; all change what all read.
    let same = "def f(self):\n    v = f(request.args) and self.v\n    self.v = eval(v)\n";
    scan.count(Language::Python, same.repeat(15_000).as_bytes());
    let line = "self.a.append(b).append".repeat(40_000);
    let chain = format!("def f(self):\n    {line}\n\ndef g(self):\n    eval(request.args)\n");
    scan.count(Language::Python, chain.as_bytes());
    let lines: String = (0..35_000).map(|_| "        v1 = 2;\n").collect();
    let first = "f(v1, v2); ".repeat(35_000);
    let set = format!("class A {{\n    void f() {{\n        {first}\n{lines}    }}\n}}\n");
    scan.count(Language::Java, format!("{set}class B {{ int t = eval(request); }}\n").as_bytes());
    let required = "a=require('express');".repeat(400);
    let required = format!("wrap_it(1);\n{}", format!("{required}\n").repeat(100));
    scan.count(Language::JavaScript, required.as_bytes());
}

#[test]
fn what_is_over_the_budget_is_skipped_with_a_reason() {
    let mut scan = Scan::new();
    let large = "wrap_it(1);\n".repeat(200_000);
    assert_eq!(scan.count(Language::JavaScript, large.as_bytes()), None);
    let minified = "wrap_it(1);".repeat(20_000);
    assert_eq!(scan.count(Language::JavaScript, minified.as_bytes()), None);
}

#[test]
fn only_what_is_parsed_of_a_file_counts_against_the_budget() {
    let mut scan = Scan::new();
    let body = "    a = a.joined(b + 1)\n".repeat(40);
    let others: String =
        (0..4_500).map(|number| format!("def f{number}(a):\n{body}\n\n")).collect();
    assert!(others.len() > 3 << 20);
    let call = "def g(a):\n    requests.get(a, verify=False)\n\n\n";
    let code = format!("import requests\n\n{others}{call}{others}");
    let found = scan.count(Language::Python, code.as_bytes());
    assert!(found.is_some_and(|found| found > 0), "{found:?}");
}

/// A small pseudo-random sequence, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn random_changes_never_panic() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut samples: Vec<(Language, Vec<u8>)> = Language::ALL
        .into_iter()
        .map(|l| (l, b"wrap_it(wrap_it(a, 'wrap_it', k=1), x: \"b\") # {[<a b='c'/>]}".to_vec()))
        .collect();
    for example in catalogue.patterns.iter().flat_map(|entry| entry.rule.examples.iter()) {
        // Formats of configuration without a grammar have tests of their own.
        let Some(language) = Language::from_key(&example.language) else { continue };
        let code = example.matches.as_ref().or(example.near_miss.as_ref()).unwrap();
        samples.push((language, format!("{code}\nwrap_it(wrap_it(1, 2))").into_bytes()));
    }
    let mut scan = Scan::new();
    let mut random = Random(0x5eed);
    let pieces: [&[u8]; 12] =
        [b"(", b")", b"\"", b"'", b"{", b"}", b"\n", b"\xff", b"\0", b"wrap_it(", b"$", b"\\"];
    for (language, sample) in &samples {
        for _ in 0..40 {
            let mut code = sample.clone();
            for _ in 0..=random.below(6) {
                let at = random.below(code.len());
                let piece = pieces[random.below(pieces.len())];
                let end = (at + random.below(4)).min(code.len());
                code.splice(at..end, piece.iter().copied());
            }
            scan.count(*language, &code);
        }
    }
}

/// The scanners of some grammars are C that ends the process, or never ends, on
/// such texts. A file that cannot be parsed for that is left out and counted.
#[test]
fn what_the_scanner_of_a_grammar_cannot_bear_is_left_out() {
    let nested = |open: &str, levels: usize| -> String {
        let line = |level: usize| format!("{}{open}\n", " ".repeat(level));
        (0..levels).map(line).collect::<String>() + &" ".repeat(levels)
    };
    let name = "A".repeat(300);
    let mut scan = Scan::new();
    for (language, code) in [
        (Language::Python, nested("if a:", 600) + "wrap_it(b, c)\n"),
        (Language::Python, nested("if a:", 511) + "wrap_it(b, f\"{c}\")\n"),
        (Language::Yaml, nested("a:", 300) + "wrap_it: b\n"),
        (Language::Yaml, "- ".repeat(300) + "wrap_it: b\n"),
        (Language::Ruby, format!("wrap_it(a, <<{name})\nb\n{name}\n")),
        (Language::Ruby, format!("wrap_it(a, {})\n", "\"#{".repeat(300))),
    ] {
        assert_eq!(scan.count(language, code.as_bytes()), None, "{language:?}");
    }
    // What people write is read.
    for (language, code) in [
        (Language::Python, nested("if a:", 100) + "wrap_it(wrap_it(b), c)\n"),
        (
            Language::Ruby,
            "wrap_it(wrap_it(a), <<~LONG_NAME_OF_A_TEXT)\nb\nLONG_NAME_OF_A_TEXT\n".to_owned(),
        ),
    ] {
        assert!(scan.count(language, code.as_bytes()).is_some(), "{language:?}");
    }
}

#[test]
fn an_annotation_at_the_end_of_kotlin_ends() {
    let mut scan = Scan::new();
    for end in ["@foo", "class A @foo(", "class B {\n val a = 1\n @foo", "class A\n @foo(\"a\""] {
        let code = format!("fun f() {{ wrap_it(wrap_it(a), b) }}\n{end}");
        assert!(scan.count(Language::Kotlin, code.as_bytes()).is_some(), "{end}");
    }
}
