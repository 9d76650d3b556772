//! What can be wrong with the matchers of a rule: all of it at once, each with
//! its place in the file and what to write instead. Apart from compiling them,
//! which a scan does for what is sound already.

use std::collections::BTreeMap;

use super::condition;
use super::dialect::Dialect;
use super::language::Language;
use super::lazy_regex;
use super::paths;
use super::pattern::PatternError;
use super::rule::{Kind, Test, compile_matcher};
use crate::document::regex_reason;
use crate::rules::model::{Constraint, PatternFile, PatternMatch};
use crate::suggest;

/// A matcher that cannot be used: which, why, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule `{rule}`, matcher {matcher} ({language}): {kind}; {fix}", fix = .kind.fix())]
pub struct Problem {
    pub rule: String,
    /// 1-based, as they stand in the file.
    pub matcher: usize,
    pub language: String,
    /// Where in the matcher: `any/0`, `where/X/regex`; empty for all of it.
    pub place: String,
    pub kind: ProblemKind,
}

/// What is wrong with a matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    #[error("pattern `{pattern}` cannot be used: {error}")]
    Pattern { pattern: String, error: PatternError },
    #[error("`{place}` names `${name}`, which no pattern of the matcher captures")]
    UnknownName { place: String, name: String },
    #[error("the regex `{regex}` of `{name}` is not valid: {message}")]
    Regex { name: String, regex: String, message: String },
    #[error("there is no test `{0}`")]
    UnknownTest(String),
    #[error("there is no kind of node `{0}`")]
    UnknownKind(String),
    #[error("there is no language `{0}`")]
    UnknownLanguage(String),
    #[error("the glob `{glob}` is not valid: {message}")]
    Glob { glob: String, message: String },
    #[error("nothing to look for")]
    Empty,
    #[error("no word of it must be in a file")]
    NoTrigger,
    #[error("`flow` says where `$SINK` must not come from, and no pattern has a `$SINK`")]
    NoSink,
    #[error("`{name}` is not known in `{what}`")]
    UnknownSet { what: &'static str, name: String, known: String },
}

impl ProblemKind {
    /// What to write instead.
    pub fn fix(&self) -> String {
        let among = |name: &str, known: &[&str]| {
            suggest::question(suggest::closest(name, known.iter().copied()).as_slice())
                .unwrap_or_else(|| format!("known are {}", known.join(", ")))
        };
        match self {
            ProblemKind::Pattern { error, .. } => error.fix().to_owned(),
            ProblemKind::UnknownName { name, .. } => {
                format!("write `${name}` in a pattern, or leave it out here")
            }
            ProblemKind::Regex { .. } => "write it as in https://docs.rs/regex".to_owned(),
            ProblemKind::UnknownTest(name) => among(name, &Test::KNOWN),
            ProblemKind::UnknownKind(name) => among(name, &Kind::KNOWN),
            ProblemKind::UnknownLanguage(_) => {
                format!("known are {}", Language::ALL.map(Language::key).join(", "))
            }
            ProblemKind::Glob { .. } => "close every `[` and `{`".to_owned(),
            ProblemKind::Empty => "write patterns in `any`, or name a `detector`".to_owned(),
            ProblemKind::NoTrigger => {
                "name a word in `triggers`, or a module in `imports`".to_owned()
            }
            ProblemKind::NoSink => "write `$SINK` in a pattern of `any`".to_owned(),
            ProblemKind::UnknownSet { name, known, .. } => {
                let known: Vec<&str> = known.split(", ").collect();
                format!("{} (a pattern has more than a name)", among(name, &known))
            }
        }
    }
}

/// What is wrong with a matcher, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// As [`Problem::place`].
    pub(crate) place: String,
    pub(crate) kind: ProblemKind,
}

impl Mistake {
    fn new(place: impl Into<String>, kind: ProblemKind) -> Self {
        Mistake { place: place.into(), kind }
    }
}

/// Everything that is wrong with the matchers of `rule`, for each language
/// that they are written for.
pub fn check(rule: &PatternFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    let code = rule.matchers.iter().enumerate().filter(|(_, spec)| !spec.is_structural());
    for (index, spec) in code {
        for (i, key) in spec.languages.iter().enumerate() {
            problems.extend(wrong_with(spec, key, i).into_iter().map(|mistake| Problem {
                rule: rule.id.clone(),
                matcher: index + 1,
                language: key.clone(),
                place: mistake.place,
                kind: mistake.kind,
            }));
        }
    }
    problems
}

/// What is wrong with `spec` in the first language that answers to `key`, number
/// `at` of its languages, in which anything is.
fn wrong_with(spec: &PatternMatch, key: &str, at: usize) -> Vec<Mistake> {
    let Some(named) = Language::from_key(key) else {
        let kind = ProblemKind::UnknownLanguage(key.to_owned());
        return vec![Mistake::new(format!("languages/{at}"), kind)];
    };
    let mut mistakes = paths::mistakes(spec);
    mistakes.extend(bad_regexes(&spec.constraints));
    mistakes.extend(spec.text.iter().filter_map(|regex| bad_regex("text", "text", regex)));
    if spec.detector.is_some() {
        let silent = spec.triggers.is_empty();
        mistakes.extend(silent.then(|| Mistake::new("detector", ProblemKind::NoTrigger)));
        return mistakes;
    }
    if spec.any.is_empty() {
        mistakes.push(Mistake::new("any", ProblemKind::Empty));
        return mistakes;
    }
    let mut languages = Language::ALL.into_iter().filter(|language| language.answers_to(key));
    let wrong = languages.find_map(|language| compile_matcher(&Dialect::of(language), spec).err());
    mistakes.extend(wrong.into_iter().flatten());
    if mistakes.is_empty() && !condition::has_trigger(named, spec) {
        mistakes.push(Mistake::new("any", ProblemKind::NoTrigger));
    }
    mistakes
}

/// The regexes of `constraints` that are not valid.
fn bad_regexes(constraints: &BTreeMap<String, Constraint>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (name, constraint) in constraints {
        let regexes = [
            ("regex", &constraint.regex),
            ("not_regex", &constraint.not_regex),
            ("written", &constraint.written),
            ("not_written", &constraint.not_written),
        ];
        for (key, regex) in regexes.into_iter().filter_map(|(key, r)| Some((key, r.as_ref()?))) {
            let place = format!("where/{name}/{key}");
            mistakes.extend(bad_regex(&place, &format!("${name}"), regex));
        }
    }
    mistakes
}

fn bad_regex(place: &str, name: &str, regex: &str) -> Option<Mistake> {
    if lazy_regex::compile(regex).is_some() {
        return None;
    }
    let error = regex::bytes::Regex::new(regex).err()?;
    let (name, regex) = (name.to_owned(), regex.to_owned());
    Some(Mistake::new(place, ProblemKind::Regex { name, regex, message: regex_reason(&error) }))
}
