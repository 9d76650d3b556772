//! Checks of `rules/patterns/<topic>/<rule>.toml`. Whether a matcher can be
//! compiled is for the syntax room to say; here it gets a line.

use crate::document::{Document, Problem};
use crate::rules::model::{PatternExample, PatternFile, PatternMatch};
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
        findings.add(place.trim_end_matches('/'), problem.message, "");
    }
    let mut told: Vec<(usize, ProblemKind)> = Vec::new();
    for problem in syntax::check(file) {
        let index = problem.matcher.saturating_sub(1);
        if told.iter().any(|(at, kind)| *at == index && *kind == problem.kind) {
            continue;
        }
        if let Some(matcher) = file.matchers.get(index) {
            let place = format!("match/{index}/{}", place(matcher, &problem));
            findings.add(&place, problem.kind.to_string(), fix(&problem));
        }
        told.push((index, problem.kind));
    }
}

/// Where in the matcher the mistake stands.
fn place(matcher: &PatternMatch, problem: &syntax::Problem) -> String {
    match &problem.kind {
        ProblemKind::Pattern { pattern, .. } => {
            let lists = [
                ("any", &matcher.any),
                ("also", &matcher.also),
                ("not", &matcher.not),
                ("inside", &matcher.inside),
                ("not_inside", &matcher.not_inside),
                ("has", &matcher.has),
                ("not_has", &matcher.not_has),
            ];
            let found = lists.into_iter().find_map(|(key, patterns)| {
                let at = patterns.iter().position(|written| written == pattern)?;
                Some(format!("{key}/{at}"))
            });
            found.unwrap_or_default()
        }
        ProblemKind::Regex { name, .. } => format!("where/{name}"),
        ProblemKind::UnknownName { place, name } => {
            if *place == "where" {
                format!("where/{name}")
            } else {
                (*place).to_owned()
            }
        }
        ProblemKind::UnknownTest(_) | ProblemKind::UnknownKind(_) => "where".to_owned(),
        ProblemKind::UnknownLanguage => {
            let at = matcher.languages.iter().position(|key| *key == problem.language);
            format!("languages/{}", at.unwrap_or_default())
        }
        ProblemKind::Glob { glob, .. } => {
            let place = |(key, globs): (&str, &[String])| {
                let at = globs.iter().position(|written| written == glob)?;
                Some(format!("{key}/{at}"))
            };
            let lists = [("files", &matcher.files[..]), ("not_files", &matcher.not_files)];
            lists.into_iter().find_map(place).unwrap_or_else(|| "files".to_owned())
        }
        ProblemKind::UnknownSet { .. } => "flow".to_owned(),
        ProblemKind::Empty | ProblemKind::NoSink | ProblemKind::NoTrigger => String::new(),
    }
}

/// What the message itself does not say.
fn fix(problem: &syntax::Problem) -> String {
    let keys = Language::ALL.map(Language::key);
    let guess = match problem.kind {
        ProblemKind::UnknownLanguage => suggest::closest(&problem.language, keys),
        _ => None,
    };
    suggest::question(guess.as_slice()).unwrap_or_default()
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
