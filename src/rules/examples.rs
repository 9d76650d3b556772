//! The examples of rules as cases to run: texts in which a rule must fire or
//! stay silent.

use crate::finding::RuleIndex;
use crate::structure::Format;
use crate::syntax::Language;

use super::generate;
use super::model::{PatternExample, SecretExample, SecretRule, Segment};
use super::{Catalogue, PatternEntry, SecretEntry};

/// One text and what its rule must make of it.
#[derive(Debug, Clone)]
pub struct Case {
    pub rule: RuleIndex,
    /// 1-based place among the rule's examples.
    pub number: usize,
    /// What the case is, for people; without the text.
    pub label: String,
    pub must_fire: bool,
    /// Name of the file the text stands in.
    pub file: String,
    pub text: String,
}

/// All cases of the rules in force.
pub fn cases(catalogue: &Catalogue) -> Vec<Case> {
    let secrets = catalogue.secrets.iter().flat_map(of_secret);
    let patterns = catalogue.patterns.iter().flat_map(of_pattern);
    secrets.chain(patterns).collect()
}

fn of_secret(entry: &SecretEntry) -> Vec<Case> {
    let examples = entry.rule.examples.iter().enumerate();
    examples.flat_map(|(i, example)| secret_cases(entry, i + 1, example)).collect()
}

/// A text with `{token}` is run for every format, one with `{broken}` for
/// every way to break a token.
fn secret_cases(entry: &SecretEntry, number: usize, example: &SecretExample) -> Vec<Case> {
    let must_fire = example.matches.is_some();
    let Some(written) = example.matches.as_ref().or(example.near_miss.as_ref()) else {
        return Vec::new();
    };
    let text = joined(written, &example.join);
    let case = |label: String, text: String| Case {
        rule: entry.index,
        number,
        label,
        must_fire,
        file: example.file.clone().unwrap_or_else(|| "example.txt".to_owned()),
        text,
    };
    let kind = if must_fire { "match" } else { "near miss" };
    let formats = entry.rule.formats.iter();
    if text.contains("{broken}") {
        let flawed = formats.flat_map(|format| generate::broken(&entry.rule, format));
        return flawed
            .map(|(flaw, token)| {
                let label = format!("{kind}, {}", flaw.describe());
                case(label, text.replace("{broken}", &token))
            })
            .collect();
    }
    if text.contains("{token}") {
        return formats
            .chain(&entry.rule.other_formats)
            .filter_map(|format| Some(case(kind.to_owned(), fill(&text, &entry.rule, format)?)))
            .collect();
    }
    vec![case(kind.to_owned(), text)]
}

fn fill(text: &str, rule: &SecretRule, format: &[Segment]) -> Option<String> {
    Some(text.replace("{token}", &generate::token(rule, format)?))
}

/// Puts the parts of `join` in place of `{0}`, `{1}` …
pub fn joined(text: &str, join: &[Vec<String>]) -> String {
    let put = |text: String, (i, parts): (usize, &Vec<String>)| {
        text.replace(&format!("{{{i}}}"), &parts.concat())
    };
    join.iter().enumerate().fold(text.to_owned(), put)
}

fn of_pattern(entry: &PatternEntry) -> Vec<Case> {
    let case = |(i, example): (usize, &PatternExample)| {
        let must_fire = example.matches.is_some();
        let text = example.matches.as_ref().or(example.near_miss.as_ref())?.clone();
        let kind = if must_fire { "match" } else { "near miss" };
        let code = || Language::from_key(&example.language).map(Language::sample_path);
        let config = || Format::from_key(&example.language).map(|f| f.sample_path().to_owned());
        let sample = || code().or_else(config);
        let file = example.file.clone().or_else(sample)?;
        let label = format!("{kind} in {}", example.language);
        Some(Case { rule: entry.index, number: i + 1, label, must_fire, file, text })
    };
    entry.rule.examples.iter().enumerate().filter_map(case).collect()
}
