//! Checks of `rules/patterns/<topic>/<rule>.toml`. Whether a matcher can be
//! compiled is for the syntax room to say; here it gets a line.

use crate::document::{Document, Problem};
use crate::rules::model::{PatternExample, PatternFile, PatternMatch};
use crate::rules::names;
use crate::structure::{self, Format};
use crate::suggest;
use crate::syntax::{self, Language, ProblemKind};

use super::Findings;

/// All that is wrong with `file`, read from `document`.
pub fn pattern_file(document: &Document<'_>, file: &PatternFile) -> Vec<Problem> {
    let mut findings = Findings { document, problems: Vec::new() };
    findings.kebab("id", "id", &file.id);
    let texts =
        [("title", &file.title), ("what", &file.what), ("why", &file.why), ("fix", &file.fix)];
    for (key, text) in texts {
        findings.not_empty(key, key, text);
    }
    findings.topic("topic", &file.topic);
    findings.classes("", &file.cwe, &file.owasp);
    findings.references("", &file.references);
    if file.matchers.is_empty() {
        findings.add("match", "the rule has no `[[match]]`", "add one");
    }
    check_matchers(&mut findings, file);
    check_examples(&mut findings, file);
    findings.problems
}

/// A mistake shows once, however many languages the matcher is compiled for.
fn check_matchers(findings: &mut Findings<'_, '_>, file: &PatternFile) {
    for (i, matcher) in file.matchers.iter().enumerate() {
        if matcher.languages.is_empty() {
            let fix = "add `languages = [\"…\"]`";
            findings.add(&format!("match/{i}"), "the matcher has no language", fix);
        }
    }
    for problem in structure::check(file) {
        let place = format!("match/{}/{}", problem.matcher, problem.place);
        findings.add(place.trim_end_matches('/'), problem.message, problem.fix);
    }
    let mut told: Vec<(usize, String, String)> = Vec::new();
    for problem in syntax::check(file) {
        let index = problem.matcher.saturating_sub(1);
        let one = (index, problem.place.clone(), problem.kind.to_string());
        if !told.contains(&one) {
            let place = format!("match/{index}/{}", problem.place);
            findings.add(&place, problem.kind.to_string(), fix(&problem));
            told.push(one);
        }
    }
    for (i, matcher) in file.matchers.iter().enumerate() {
        check_keys(findings, &format!("match/{i}"), matcher);
    }
}

/// What concerns no engine, or all of them.
fn check_keys(findings: &mut Findings<'_, '_>, at: &str, matcher: &PatternMatch) {
    if let Some(name) = &matcher.detector {
        let known = names::pattern_detectors();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        findings.known(&format!("{at}/detector"), "detector", name, &known);
    }
    let lists =
        [("imports", &matcher.imports), ("lacks", &matcher.lacks), ("triggers", &matcher.triggers)];
    for (key, texts) in lists {
        for (i, _) in texts.iter().enumerate().filter(|(_, text)| text.trim().is_empty()) {
            let message = format!("an entry of `{key}` is empty, and so in every file");
            findings.add(&format!("{at}/{key}/{i}"), message, "write a word, or leave it out");
        }
    }
}

/// What to write instead.
fn fix(problem: &syntax::Problem) -> String {
    if Format::from_key(&problem.language).is_some() && problem.place.starts_with("languages") {
        return "it is no code: ask about it with `at` or `resource`, see docs/patterns.md"
            .to_owned();
    }
    let guess = match problem.kind {
        ProblemKind::UnknownLanguage(_) => suggest::closest(&problem.language, names::languages()),
        _ => None,
    };
    suggest::question(guess.as_slice()).unwrap_or_else(|| problem.kind.fix())
}

fn check_examples(findings: &mut Findings<'_, '_>, file: &PatternFile) {
    let id = &file.id;
    let fix = |key: &str| format!("add an `[[example]]` with `{key} = \"…\"`");
    if !file.examples.iter().any(|example| example.matches.is_some()) {
        findings.add("id", format!("rule `{id}` has no example that matches"), fix("match"));
    }
    if !file.examples.iter().any(|example| example.near_miss.is_some()) {
        findings.add("id", format!("rule `{id}` has no near miss"), fix("near_miss"));
    }
    for (i, example) in file.examples.iter().enumerate() {
        check_example(findings, &format!("example/{i}"), file, example);
    }
}

fn check_example(
    findings: &mut Findings<'_, '_>,
    at: &str,
    file: &PatternFile,
    example: &PatternExample,
) {
    if example.matches.is_some() == example.near_miss.is_some() {
        let message = "an example is either a `match` or a `near_miss`";
        findings.add(at, message, "write exactly one of them");
    }
    let language = Language::from_key(&example.language);
    let mut read = file.matchers.iter().flat_map(|matcher| &matcher.languages);
    let is_structure = Format::from_key(&example.language).is_some();
    if is_structure && read.any(|key| *key == example.language) {
        return;
    }
    if !language.is_some_and(|language| read.any(|key| language.answers_to(key))) {
        let message = format!("no matcher of the rule reads `{}`", example.language);
        findings.add(&format!("{at}/language"), message, "use one of the rule's languages");
    }
}
