//! One matcher of a rule, compiled for one language.

use std::collections::BTreeMap;

use super::condition::{self, Import, resolves};
use super::dialect::{CHAIN, Dialect, NAME, STRING};
use super::flow::{FlowRule, HARMLESS, SANITIZERS, SOURCES};
use super::lazy_regex::LazyRegex;
use super::mistakes::{Mistake, ProblemKind};
use super::pattern::{Names, Pat, Template, Var, compile};
use super::plaintext;
use crate::rules::model::{Constraint, Flow, PatternMatch};

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
    pub(super) const KNOWN: [&str; 9] = [
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
    pub(super) const KNOWN: [&str; 2] = ["plaintext-url", "internal-url"];

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
/// All that is wrong with it; names are looked up only if all patterns are whole.
pub(crate) fn compile_matcher(
    dialect: &Dialect,
    spec: &PatternMatch,
) -> Result<Compiled, Vec<Mistake>> {
    let imports: Vec<Import> = spec.imports.iter().map(|i| Import::parse(i)).collect();
    let resolved = if resolves(dialect.language) { &imports[..] } else { &[] };
    let (names, mistakes) = (Names::default(), Vec::new());
    let mut draft = Draft { dialect, imports: resolved, names, mistakes };
    let any = draft.list("any", &spec.any);
    let also = draft.list("also", &spec.also);
    let not = draft.list("not", &spec.not);
    let inside = draft.list("inside", &spec.inside);
    let not_inside = draft.list("not_inside", &spec.not_inside);
    let has = draft.list("has", &spec.has);
    let not_has = draft.list("not_has", &spec.not_has);
    let flow = spec.flow.as_ref().and_then(|flow| draft.flow(flow));
    let whole = draft.mistakes.is_empty();
    let own = spec.any.iter().chain(&spec.also);
    let patterns: Vec<&String> = own.chain(&spec.has).chain(&spec.inside).collect();
    let checks = draft.checks(&spec.constraints, &patterns);
    let secret = spec.secret.as_ref().and_then(|name| draft.known("secret", name));
    let report = spec.report.as_ref().and_then(|name| draft.known("report", name));
    if let Some(message) = &spec.message {
        Template::new(message).names().for_each(|name| _ = draft.known("message", name));
    }
    let Draft { names, mut mistakes, .. } = draft;
    if !whole {
        // What a broken pattern would have captured is not known.
        mistakes.retain(|mistake| !matches!(mistake.kind, ProblemKind::UnknownName { .. }));
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
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

/// A matcher on its way to being compiled.
struct Draft<'a> {
    dialect: &'a Dialect,
    imports: &'a [Import],
    names: Names,
    mistakes: Vec<Mistake>,
}

impl Draft<'_> {
    fn wrong(&mut self, place: impl Into<String>, kind: ProblemKind) {
        self.mistakes.push(Mistake { place: place.into(), kind });
    }

    fn list(&mut self, key: &str, patterns: &[String]) -> Vec<Rooted> {
        let places = patterns.iter().enumerate();
        places.filter_map(|(i, pattern)| self.pattern(format!("{key}/{i}"), pattern)).collect()
    }

    fn pattern(&mut self, place: String, pattern: &str) -> Option<Rooted> {
        match compile(self.dialect, pattern, self.imports, &mut self.names) {
            Ok(pat) => {
                let language = self.dialect.language;
                let word = condition::place_word(language, pattern, self.imports);
                Some(Rooted { kinds: starts(self.dialect, &pat), pat, word })
            }
            Err(error) => {
                self.wrong(place, ProblemKind::Pattern { pattern: pattern.to_owned(), error });
                None
            }
        }
    }

    fn flow(&mut self, flow: &Flow) -> Option<CompiledFlow> {
        let sources = self.own_patterns("sources", &flow.sources, &SOURCES);
        let sanitizers = self.own_patterns("sanitizers", &flow.sanitizers, &SANITIZERS);
        self.own_patterns("keep", &flow.keep, &HARMLESS);
        let Some(sink) = self.names.find("SINK") else {
            self.wrong("flow", ProblemKind::NoSink);
            return None;
        };
        Some(CompiledFlow { rule: FlowRule::new(flow), sink, sources, sanitizers })
    }

    /// The patterns among `written`, which may be names of sets as well.
    fn own_patterns(
        &mut self,
        what: &'static str,
        written: &[String],
        known: &[&str],
    ) -> Vec<Rooted> {
        let mut patterns = Vec::new();
        for (i, text) in written.iter().enumerate() {
            let place = format!("flow/{what}/{i}");
            if !text.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                patterns.extend(self.pattern(place, text));
            } else if !known.contains(&text.as_str()) {
                let (name, known) = (text.clone(), known.join(", "));
                self.wrong(place, ProblemKind::UnknownSet { what, name, known });
            }
        }
        patterns
    }

    /// The metavariable that `place` (a key of the matcher) speaks of.
    fn known(&mut self, place: &str, name: &str) -> Option<Var> {
        let bare = name.trim_start_matches('$');
        let var = self.names.find(bare);
        if var.is_none() {
            let key = place.split('/').next().unwrap_or(place).to_owned();
            self.wrong(place, ProblemKind::UnknownName { place: key, name: bare.to_owned() });
        }
        var
    }

    fn checks(
        &mut self,
        constraints: &BTreeMap<String, Constraint>,
        patterns: &[&String],
    ) -> Vec<Check> {
        let checks = constraints.iter();
        checks.filter_map(|(name, constraint)| self.check(name, constraint, patterns)).collect()
    }

    fn check(
        &mut self,
        name: &str,
        constraint: &Constraint,
        patterns: &[&String],
    ) -> Option<Check> {
        let regex = |regex: &Option<String>| regex.clone().map(LazyRegex::new);
        let kind = constraint.is.as_deref().and_then(Kind::parse);
        if let (None, Some(is)) = (kind, &constraint.is) {
            self.wrong(format!("where/{name}/is"), ProblemKind::UnknownKind(is.clone()));
        }
        let test = constraint.test.as_deref().and_then(Test::parse);
        if let (None, Some(test)) = (test, &constraint.test) {
            self.wrong(format!("where/{name}/test"), ProblemKind::UnknownTest(test.clone()));
        }
        Some(Check {
            var: self.known(&format!("where/{name}"), name)?,
            regex: regex(&constraint.regex),
            not_regex: regex(&constraint.not_regex),
            written: regex(&constraint.written),
            not_written: regex(&constraint.not_written),
            kind,
            test,
            types: constraint.types.clone(),
            folds: !patterns.iter().any(|pattern| is_spelt(pattern, name)),
        })
    }
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

/// Whether `$name` is what something is called on or by in `pattern`: then its
/// spelling is meant, and no constant that it stands for.
fn is_spelt(pattern: &str, name: &str) -> bool {
    let before = format!("${name}");
    pattern.match_indices(&before).any(|(at, _)| {
        let after = &pattern[at + before.len()..];
        after.starts_with(['.', '(', '[']) || after.starts_with("->") || after.starts_with("::")
    })
}
