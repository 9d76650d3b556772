//! One matcher of a rule, compiled for one language.

use std::collections::BTreeMap;

use super::dialect::{CHAIN, Dialect, NAME, STRING};
use super::flow::{FlowRule, HARMLESS, SANITIZERS, SOURCES};
use super::imports::{Import, resolves};
use super::language::Language;
use super::lazy_regex::{self, LazyRegex};
use super::paths::PathFilter;
use super::pattern::{Names, Pat, PatternError, Template, Var, compile};
use super::{condition, pattern_words, plaintext};
use crate::rules::model::{Constraint, PatternFile, PatternMatch};

/// A matcher that cannot be used: which, why, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule `{rule}`, matcher {matcher} ({language}): {kind}")]
pub struct Problem {
    pub rule: String,
    /// 1-based, as they stand in the file.
    pub matcher: usize,
    pub language: String,
    pub kind: ProblemKind,
}

/// What is wrong with a matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    #[error("pattern `{pattern}` cannot be used: {error}")]
    Pattern { pattern: String, error: PatternError },
    #[error("`{place}` names `${name}`, which no pattern of the matcher captures")]
    UnknownName { place: &'static str, name: String },
    #[error("the regex `{regex}` of `${name}` is not valid: {message}")]
    Regex { name: String, regex: String, message: String },
    #[error("there is no test `{0}`; known are {known}", known = Test::KNOWN.join(", "))]
    UnknownTest(String),
    #[error("there is no kind of node `{0}`; known are {known}", known = Kind::KNOWN.join(", "))]
    UnknownKind(String),
    #[error("there is no such language; known are {known}", known = language_keys())]
    UnknownLanguage,
    #[error("the glob `{glob}` is not valid: {message}")]
    Glob { glob: String, message: String },
    #[error("nothing to look for: write patterns in `any`, or name a `detector`")]
    Empty,
    #[error("no word of it must be in a file: name one in `triggers`")]
    NoTrigger,
    #[error(
        "`flow` needs a pattern in `any` with `$SINK`, the value that must not come from a source"
    )]
    NoSink,
    #[error("`{name}` is no set of {what}; known are {known}. A pattern has more than a name")]
    UnknownSet { what: &'static str, name: String, known: String },
}

fn language_keys() -> String {
    Language::ALL.map(Language::key).join(", ")
}

/// What a captured node must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    /// A string without code in it, or a constant that is one.
    Text,
    Number,
    Identifier,
    Literal,
    Call,
    /// Written in the code, or put together from what is.
    Constant,
    /// Put together at run time from parts of which one is not constant.
    Dynamic,
    /// No guard or sanitizer is known to have made sure of it.
    Unchecked,
}

impl Kind {
    const KNOWN: [&str; 9] = [
        "string", "text", "number", "identifier", "literal", "call", "constant", "dynamic",
        "unchecked",
    ];

    fn parse(name: &str) -> Option<Self> {
        use Kind::{Call, Constant, Dynamic, Identifier, Literal, Number, String, Text, Unchecked};
        const KINDS: [Kind; 9] =
            [String, Text, Number, Identifier, Literal, Call, Constant, Dynamic, Unchecked];
        Self::KNOWN.iter().position(|known| *known == name).map(|index| KINDS[index])
    }
}

/// A test of captured text that is written in Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    PlaintextUrl,
    InternalUrl,
}

impl Test {
    const KNOWN: [&str; 2] = ["plaintext-url", "internal-url"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "plaintext-url" => Some(Test::PlaintextUrl),
            "internal-url" => Some(Test::InternalUrl),
            _ => None,
        }
    }

    /// Whether `text` (a literal's content) passes.
    pub(crate) fn passes(self, text: &[u8]) -> bool {
        match self {
            Test::PlaintextUrl => plaintext::is_plaintext_url(text),
            Test::InternalUrl => plaintext::is_internal_url(text),
        }
    }
}

/// The compiled constraint on one metavariable.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) var: Var,
    pub(crate) regex: Option<LazyRegex>,
    pub(crate) not_regex: Option<LazyRegex>,
    /// The same in the code as it is written.
    pub(crate) written: Option<LazyRegex>,
    pub(crate) not_written: Option<LazyRegex>,
    pub(crate) kind: Option<Kind>,
    pub(crate) test: Option<Test>,
    /// A name may pass for the constant that it stands for.
    pub(crate) folds: bool,
    /// Symbols of which one is what it is an instance of.
    pub(crate) types: Vec<String>,
}

/// A pattern with the kinds of node that it can match.
#[derive(Debug)]
pub(crate) struct Rooted {
    pub(crate) pat: Pat,
    pub(crate) kinds: Vec<u16>,
    /// Stands in every match, if anything does.
    pub(crate) word: Option<String>,
}

/// A matcher ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) any: Vec<Rooted>,
    pub(crate) also: Vec<Rooted>,
    pub(crate) not: Vec<Rooted>,
    pub(crate) inside: Vec<Rooted>,
    pub(crate) not_inside: Vec<Rooted>,
    pub(crate) has: Vec<Rooted>,
    pub(crate) not_has: Vec<Rooted>,
    pub(crate) checks: Vec<Check>,
    pub(crate) report: Option<Var>,
    /// What it captures is a credential.
    pub(crate) secret: Option<Var>,
    pub(crate) names: Names,
    pub(crate) imports: Vec<Import>,
    pub(crate) flow: Option<CompiledFlow>,
}

/// The `flow` of a matcher.
#[derive(Debug)]
pub(crate) struct CompiledFlow {
    pub(crate) rule: FlowRule,
    pub(crate) sink: Var,
    /// Sources and sanitizers that are patterns.
    pub(crate) sources: Vec<Rooted>,
    pub(crate) sanitizers: Vec<Rooted>,
}

/// Compiles `spec` for the language of `dialect`.
///
/// # Errors
/// The first thing that is wrong with it.
pub(crate) fn compile_matcher(
    dialect: &Dialect,
    spec: &PatternMatch,
) -> Result<Compiled, ProblemKind> {
    let imports: Vec<Import> = spec.imports.iter().map(|i| Import::parse(i)).collect();
    let resolved = if resolves(dialect.language) { &imports[..] } else { &[] };
    let mut names = Names::default();
    let mut list = |patterns: &[String]| -> Result<Vec<Rooted>, ProblemKind> {
        let compiled = patterns.iter().map(|pattern| {
            compile(dialect, pattern, resolved, &mut names)
                .map(|pat| {
                    let word = pattern_words::place_word(dialect.language, pattern, resolved);
                    Rooted { kinds: starts(dialect, &pat), pat, word }
                })
                .map_err(|error| ProblemKind::Pattern { pattern: pattern.clone(), error })
        });
        compiled.collect()
    };
    let (any, also, not) = (list(&spec.any)?, list(&spec.also)?, list(&spec.not)?);
    let (inside, not_inside) = (list(&spec.inside)?, list(&spec.not_inside)?);
    let (has, not_has) = (list(&spec.has)?, list(&spec.not_has)?);
    let flow = match &spec.flow {
        Some(flow) => {
            let sources = list(&own_patterns("sources", &flow.sources, &SOURCES)?)?;
            let sanitizers = list(&own_patterns("sanitizers", &flow.sanitizers, &SANITIZERS)?)?;
            own_patterns("sanitizers", &flow.keep, &HARMLESS)?;
            let sink = names.find("SINK").ok_or(ProblemKind::NoSink)?;
            Some(CompiledFlow { rule: FlowRule::new(flow), sink, sources, sanitizers })
        }
        None => None,
    };
    let own = spec.any.iter().chain(&spec.also);
    let patterns: Vec<&String> = own.chain(&spec.has).chain(&spec.inside).collect();
    let checks = checks(&spec.constraints, &names, &patterns)?;
    let secret = match &spec.secret {
        Some(name) => Some(known(&names, "secret", name)?),
        None => None,
    };
    let report = match &spec.report {
        Some(name) => Some(known(&names, "report", name)?),
        None => None,
    };
    if let Some(message) = &spec.message {
        let template = Template::new(message);
        template.names().try_for_each(|name| known(&names, "message", name).map(drop))?;
    }
    Ok(Compiled {
        any,
        also,
        not,
        inside,
        not_inside,
        has,
        not_has,
        checks,
        report,
        secret,
        names,
        imports,
        flow,
    })
}

/// The patterns among `written`, which may be names of sets as well.
fn own_patterns(
    what: &'static str,
    written: &[String],
    known: &[&str],
) -> Result<Vec<String>, ProblemKind> {
    let is_name = |text: &&String| text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let unknown = written.iter().filter(is_name).find(|name| !known.contains(&name.as_str()));
    if let Some(name) = unknown {
        let known = known.join(", ");
        return Err(ProblemKind::UnknownSet { what, name: name.clone(), known });
    }
    Ok(written.iter().filter(|text| !is_name(text)).cloned().collect())
}

/// The kinds of node that `pat` can match.
fn starts(dialect: &Dialect, pat: &Pat) -> Vec<u16> {
    let can_start = |kind: &u16| match pat {
        Pat::Any(_) => false,
        Pat::AnyString(_) | Pat::Text(_) => dialect.loose || dialect.is(*kind, STRING),
        Pat::Word(_) | Pat::Key(_) => dialect.loose || dialect.is(*kind, NAME | STRING),
        Pat::Path(_) => dialect.is(*kind, CHAIN | NAME),
        Pat::Node(pat) => dialect.canonical(*kind) == pat.kind,
    };
    let named = |kind: &u16| dialect.grammar.node_kind_is_named(*kind);
    dialect.kinds().filter(can_start).filter(named).collect()
}

fn known(names: &Names, place: &'static str, name: &str) -> Result<Var, ProblemKind> {
    let bare = name.trim_start_matches('$');
    names.find(bare).ok_or_else(|| ProblemKind::UnknownName { place, name: bare.to_owned() })
}

fn checks(
    constraints: &BTreeMap<String, Constraint>,
    names: &Names,
    patterns: &[&String],
) -> Result<Vec<Check>, ProblemKind> {
    let check = |(name, constraint): (&String, &Constraint)| {
        let regex = |regex: &Option<String>| regex.clone().map(LazyRegex::new);
        let kind = constraint
            .is
            .as_ref()
            .map(|is| Kind::parse(is).ok_or_else(|| ProblemKind::UnknownKind(is.clone())));
        let test = constraint
            .test
            .as_ref()
            .map(|test| Test::parse(test).ok_or_else(|| ProblemKind::UnknownTest(test.clone())));
        Ok(Check {
            var: known(names, "where", name)?,
            regex: regex(&constraint.regex),
            not_regex: regex(&constraint.not_regex),
            written: regex(&constraint.written),
            not_written: regex(&constraint.not_written),
            kind: kind.transpose()?,
            test: test.transpose()?,
            types: constraint.types.clone(),
            folds: !patterns.iter().any(|pattern| is_spelt(pattern, name)),
        })
    };
    constraints.iter().map(check).collect()
}

/// The first regex of `constraints` that is not valid.
fn bad_regex(constraints: &BTreeMap<String, Constraint>) -> Option<ProblemKind> {
    constraints.iter().find_map(|(name, constraint)| {
        let values = constraint.regex.iter().chain(&constraint.not_regex);
        let mut regexes = values.chain(&constraint.written).chain(&constraint.not_written);
        regexes.find_map(|regex| {
            let error = lazy_regex::compile(regex).err()?;
            let (name, regex, told) = (name.clone(), regex.clone(), error.to_string());
            // The last line says what is wrong; the others draw it.
            let last = told.lines().last().unwrap_or_default();
            let message = last.trim_start_matches("error: ").to_owned();
            Some(ProblemKind::Regex { name, regex, message })
        })
    })
}

/// Whether `$name` is what something is called on or by in `pattern`: then its
/// spelling is meant, and no constant that it stands for.
fn is_spelt(pattern: &str, name: &str) -> bool {
    let before = format!("${name}");
    pattern.match_indices(&before).any(|(at, _)| {
        let after = &pattern[at + before.len()..];
        after.starts_with(['.', '(', '[']) || after.starts_with("->") || after.starts_with("::")
    })
}

/// Everything that is wrong with the matchers of `rule`, for each language
/// that they are written for.
pub fn check(rule: &PatternFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    let code = rule.matchers.iter().enumerate().filter(|(_, spec)| !spec.is_structural());
    for (index, spec) in code {
        for key in &spec.languages {
            problems.extend(wrong_with(spec, key).map(|kind| Problem {
                rule: rule.id.clone(),
                matcher: index + 1,
                language: key.clone(),
                kind,
            }));
        }
    }
    problems
}

/// The first thing wrong with `spec` in any language that answers to `key`.
fn wrong_with(spec: &PatternMatch, key: &str) -> Option<ProblemKind> {
    let Some(named) = Language::from_key(key) else { return Some(ProblemKind::UnknownLanguage) };
    if let Some(problem) = PathFilter::of(spec).err() {
        return Some(problem);
    }
    if spec.detector.is_some() {
        return spec.triggers.is_empty().then_some(ProblemKind::NoTrigger);
    }
    if spec.any.is_empty() {
        return Some(ProblemKind::Empty);
    }
    if !condition::has_trigger(named, spec) {
        return Some(ProblemKind::NoTrigger);
    }
    let languages = Language::ALL.into_iter().filter(|language| language.answers_to(key));
    let mut wrong =
        languages.filter_map(|language| compile_matcher(&Dialect::of(language), spec).err());
    wrong.next().or_else(|| bad_regex(&spec.constraints))
}
