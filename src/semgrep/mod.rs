//! Semgrep rule files as they are: each rule becomes one of ours, in our own
//! pattern language, and what cannot be carried over is told.
//!
//! ```text
//!  YAML ──► formula ──► alternatives ──► matchers ──► checked ──► PatternFile
//!                                 └───► regexes ────────────────► RegexRule
//! ```
//!
//! Whatever narrows a rule must be carried over, or the alternative that it
//! belongs to is left out: an imported rule never looks for more than was asked.

mod checked;
mod conditions;
mod forms;
mod formula;
mod language;
mod matcher;
mod meta;
mod note;
mod regexes;
mod scan;
mod shape;
mod statements;
mod subject;
mod taint;
mod translate;
mod yaml;

use std::collections::BTreeSet;

use crate::document::Problem;
use crate::gitleaks::engine::RegexRule;
use crate::rules::model::{PatternFile, PatternMatch};
use crate::syntax::PathFilter;
use formula::{Lost, alternatives, is_formula_key};
use language::{Target, target};
use matcher::{Made, imported};
pub use note::{Note, Weight, report, warnings};
use yaml::Node;

/// A rule of ours that says what one of theirs did.
#[derive(Debug, Clone)]
pub struct Rule {
    pub file: PatternFile,
    pub regexes: Vec<RegexRule>,
}

/// What a file came to.
#[derive(Debug, Clone, Default)]
pub struct Import {
    pub rules: Vec<Rule>,
    /// Sorted by line.
    pub notes: Vec<Note>,
}

/// Whether `text`, of a `.yaml` file, is a file of rules.
pub fn is_rule_file(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("rules:"))
}

/// The rules of `text`, the content of `file`. An id that `is_taken` gets a
/// prefix.
///
/// # Errors
/// The text is no YAML, or has no list `rules`.
pub fn read(file: &str, text: &str, is_taken: &dyn Fn(&str) -> bool) -> Result<Import, Problem> {
    let problem = |line, column, message: String, fix: &str| Problem {
        file: file.to_owned(),
        line: Some(line),
        column,
        message,
        fix: Some(fix.to_owned()).filter(|fix| !fix.is_empty()),
    };
    let root = yaml::parse(text).map_err(|error| {
        let fix = "quote what holds `: `, ` #` or quotes, and indent with spaces";
        problem(error.line, error.column, format!("it is no YAML: {}", error.message), fix)
    })?;
    let Some(rules) = root.get("rules").and_then(|rules| rules.items()) else {
        let fix = "write the rules as items of `rules:`";
        return Err(problem(1, Some(1), "it has no list of rules".to_owned(), fix));
    };
    let mut reader = Reader { file, is_taken, ids: BTreeSet::new(), import: Import::default() };
    rules.iter().for_each(|rule| reader.rule(rule));
    reader.import.notes.sort_by(|a, b| (a.line, a).cmp(&(b.line, b)));
    reader.import.notes.dedup();
    Ok(reader.import)
}

/// The last line of a regex error says what is wrong; the others draw it.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// Keys of a rule that are read elsewhere, or say nothing of what is found.
const KNOWN_KEYS: &[&str] = &[
    "id", "message", "severity", "languages", "metadata", "paths", "mode", "fix", "min-version",
    "max-version", "pattern-sources", "pattern-sinks", "pattern-sanitizers", "pattern-propagators",
];

/// Matchers of one rule, at most; alternatives, arguments and forms multiply.
const MAX_MATCHERS: usize = 1_000;

struct Reader<'f> {
    file: &'f str,
    is_taken: &'f dyn Fn(&str) -> bool,
    ids: BTreeSet<String>,
    import: Import,
}

/// A rule on its way.
#[derive(Default)]
struct Parts {
    matchers: Vec<PatternMatch>,
    regexes: Vec<RegexRule>,
    lines: Vec<(String, usize)>,
    spare: Vec<String>,
    /// Left out, each once.
    lost: Vec<Lost>,
    /// Said less exactly.
    loose: Vec<Lost>,
}

impl Parts {
    fn lose(&mut self, lost: Lost) {
        if !self.lost.contains(&lost) {
            self.lost.push(lost);
        }
    }

    fn take(&mut self, made: Made, line: usize) {
        if self.matchers.len() + made.matchers.len() > MAX_MATCHERS {
            let why = format!("the rule comes to more than {MAX_MATCHERS} matchers of ours");
            return self.lose(Lost::new(line, "patterns", why));
        }
        self.matchers.extend(made.matchers.into_iter().flat_map(imported));
        self.lines.extend(made.lines);
        self.spare.extend(made.spare);
        self.loose.extend(made.loose);
        made.left_out.into_iter().for_each(|lost| self.lose(lost));
    }
}

impl Reader<'_> {
    fn rule(&mut self, node: &Node) {
        let written = node.text_at("id").unwrap_or_default().trim();
        let name = if written.is_empty() { "a rule without an id" } else { written };
        let id = self.free_id(written);
        let mut parts = Parts::default();
        self.details(node, name);
        match node.text_at("mode").unwrap_or("search") {
            "search" | "taint" => languages(node, &mut parts),
            mode => {
                let why = "only `search` and `taint` are known";
                parts.lose(Lost::new(node.line, &format!("mode: {mode}"), why));
            }
        }
        let mut file = meta::head(node, id);
        file.matchers = std::mem::take(&mut parts.matchers);
        let told = told(node);
        for matcher in &mut file.matchers {
            // A message that names what is not captured is refused by the check.
            matcher.message = told.clone().or(matcher.message.take());
        }
        checked::check(&mut file, &mut parts, node.line);
        same_in_several(&mut file.matchers);
        paths(node, &mut file, &mut parts);
        let nothing = file.matchers.is_empty() && parts.regexes.is_empty();
        let weight = if nothing { Weight::Rule } else { Weight::Part };
        for lost in parts.lost {
            self.note(name, lost, weight);
        }
        let loose = parts.loose.into_iter().filter(|_| !nothing);
        loose.for_each(|lost| self.note(name, lost, Weight::Detail));
        if !nothing {
            if file.id != written {
                let why = format!("it is called `{}` here", file.id);
                self.note(name, Lost::new(node.line, "id", why), Weight::Detail);
            }
            self.import.rules.push(Rule { file, regexes: parts.regexes });
        }
    }

    fn note(&mut self, rule: &str, lost: Lost, weight: Weight) {
        let Lost { line, feature, why } = lost;
        let (file, rule) = (self.file.to_owned(), rule.to_owned());
        self.import.notes.push(Note { file, line, rule, feature, why, weight });
    }

    /// An id that no other rule has.
    fn free_id(&mut self, written: &str) -> String {
        let wanted = meta::id(written);
        let mut id = wanted.clone();
        for number in 1.. {
            if !(self.is_taken)(&id) && self.ids.insert(id.clone()) {
                break;
            }
            id = if number == 1 {
                format!("semgrep-{wanted}")
            } else {
                format!("semgrep-{wanted}-{number}")
            };
        }
        id
    }

    /// Keys that nothing is done with.
    fn details(&mut self, node: &Node, name: &str) {
        let keys: Vec<(String, usize)> = node
            .entries()
            .filter(|(key, _)| !KNOWN_KEYS.contains(key) && !is_formula_key(key))
            .map(|(key, value)| (key.to_owned(), value.line))
            .collect();
        for (key, line) in keys {
            let why = match key.as_str() {
                "options" => "there are no such options",
                "fix-regex" => "code is not changed",
                "match" | "taint" => "write the rule with `pattern`, `patterns` and the like",
                _ => "this key is not known",
            };
            self.note(name, Lost::new(line, &key, why), Weight::Detail);
        }
    }
}

/// What a finding says: the first sentence, where it names what was captured.
fn told(node: &Node) -> Option<String> {
    let head = meta::head(node, String::new());
    let renamed = |token: scan::Token| match token {
        scan::Token::Meta(name) => format!("${}", translate::own_name(&name)),
        scan::Token::Code(code) => code,
        _ => String::new(),
    };
    // A text is no code: quotes in it open no string.
    let parts: Vec<&str> = head.title.split_inclusive(['"', '\'', '`']).collect();
    let names = parts
        .iter()
        .any(|part| scan::tokens(part, "rust").iter().any(|t| matches!(t, scan::Token::Meta(_))));
    let text = parts.iter().flat_map(|part| match part.strip_suffix(['"', '\'', '`']) {
        Some(before) => {
            let mut tokens = scan::tokens(before, "rust");
            tokens.push(scan::Token::Code(part[before.len()..].to_owned()));
            tokens
        }
        None => scan::tokens(part, "rust"),
    });
    names.then(|| text.map(renamed).collect())
}

/// Fills `parts` for each language that the rule is for.
fn languages(node: &Node, parts: &mut Parts) {
    let written: Vec<&str> = node.get("languages").map(|list| list.texts()).unwrap_or_default();
    let line = node.get("languages").map_or(node.line, |list| list.line);
    if written.is_empty() {
        parts.lose(Lost::new(line, "languages", "the rule is for no language"));
    }
    let mut targets: Vec<Target> = Vec::new();
    for name in &written {
        match target(name) {
            Some(target) if targets.contains(&target) => {}
            Some(target) => targets.push(target),
            None => parts.lose(Lost::new(line, "languages", format!("`{name}` is not read"))),
        }
    }
    // Rules for JavaScript read TypeScript too.
    if targets.contains(&Target::Code("javascript")) {
        targets.retain(|target| *target != Target::Code("typescript"));
    }
    for target in &targets {
        match (target, node.text_at("mode")) {
            (Target::Code(key), Some("taint")) => tainted(node, key, parts),
            (Target::Code(key), _) => searched(node, Some(key), parts),
            (Target::Text, Some("taint")) => {
                parts.lose(Lost::new(line, "mode: taint", "there is no data flow in plain text"));
            }
            (Target::Text, _) => searched(node, None, parts),
        }
    }
}

fn tainted(node: &Node, key: &str, parts: &mut Parts) {
    match taint::taint(node, key) {
        Ok((made, left_out)) => {
            left_out.into_iter().for_each(|lost| parts.lose(lost));
            parts.take(made, node.line);
        }
        Err(lost) => parts.lose(lost),
    }
}

/// `key` is none for text of any kind.
fn searched(node: &Node, key: Option<&str>, parts: &mut Parts) {
    let confidence = meta::head(node, String::new()).confidence;
    for conjunct in alternatives(node) {
        if regexes::is_regex(&conjunct) {
            match regexes::rule(&conjunct, key, confidence) {
                Ok(rule) => parts.regexes.push(rule),
                Err(lost) => parts.lose(lost),
            }
            continue;
        }
        let Some(key) = key else {
            let line = conjunct.line().unwrap_or(node.line);
            parts.lose(Lost::new(
                line,
                "pattern",
                "in plain text only `pattern-regex` is looked for",
            ));
            continue;
        };
        match matcher::matchers(&conjunct, key) {
            Ok(made) => parts.take(made, node.line),
            Err(lost) => parts.lose(lost),
        }
    }
}

/// Matchers that differ by language only become one.
fn same_in_several(matchers: &mut Vec<PatternMatch>) {
    let mut kept: Vec<(Vec<String>, PatternMatch)> = Vec::new();
    for mut matcher in matchers.drain(..) {
        let languages = std::mem::take(&mut matcher.languages);
        match kept.iter_mut().find(|(_, other)| *other == matcher) {
            Some((known, _)) => known.extend(languages),
            None => kept.push((languages, matcher)),
        }
    }
    let whole = |(mut languages, matcher): (Vec<String>, PatternMatch)| {
        languages.dedup();
        PatternMatch { languages, ..matcher }
    };
    matchers.extend(kept.into_iter().map(whole));
}

/// The files that the rule is about.
fn paths(node: &Node, file: &mut PatternFile, parts: &mut Parts) {
    let Some(paths) = node.get("paths") else { return };
    let globs = |key: &str| -> Vec<String> {
        let texts = paths.get(key).map(|list| list.texts()).unwrap_or_default();
        texts.iter().flat_map(|text| meta::globs(text)).collect()
    };
    let (include, exclude) = (globs("include"), globs("exclude"));
    let filter = match PathFilter::new(&include, &exclude) {
        Ok(filter) => filter,
        Err(problem) => {
            parts.lose(Lost::new(paths.line, "paths", problem.to_string()));
            file.matchers.clear();
            parts.regexes.clear();
            return;
        }
    };
    for matcher in &mut file.matchers {
        matcher.files.extend(include.iter().cloned());
        matcher.not_files.extend(exclude.iter().cloned());
    }
    for rule in &mut parts.regexes {
        rule.files.push(filter.clone());
    }
}
