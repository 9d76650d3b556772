//! Conditions of rules: `path operator value`, true, false or not known.
//!
//! | written | true if |
//! |---|---|
//! | `a.b` | there is such an entry |
//! | `a.b = x\|y` | one of them is the literal `x` or `y`, whatever the case |
//! | `a.b != x` | one of them is another literal |
//! | `a.b ~ regex`, `!~` | the literal matches; does not match |
//! | `a.b ~~ regex` | the text matches, also that of an expression |
//! | `a.b < 5`, `>` | it is a smaller, a greater number |
//! | `a.b is plaintext-url` | the literal passes a test written in Rust |
//! | `a.b empty` | it has no entries and no text |
//! | `a.b same c.d` | both say the same |
//! | `a.b covers 22\|23` | it means one of these ports: by a number, a range, a list, `*` |
//! | `a.b refers` | it names the resource that the rule is about |
//!
//! `!` before it turns it round, ` || ` between two asks for one of them. What
//! an expression leaves open makes the answer *not known*, which is no match.

use regex::bytes::Regex;

use super::path::{From, Path, Step};
use super::ports::covers;
use super::subjects::Subject;
use super::tree::{Id, Value};
use super::walk::{Found, Walker};
use crate::document::regex_reason;
use crate::syntax::plaintext;

/// Bytes of a text that are searched.
const MAX_SEARCHED: usize = 64 << 10;

/// Why a condition cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    #[error("the regex `{0}` is not valid: {1}")]
    Regex(String, String),
    #[error("`{0}` is not a number")]
    Number(String),
    #[error("`{0}` is not a port")]
    Port(String),
    #[error("there is no test `{0}`; known are plaintext-url, internal-url")]
    Test(String),
    #[error("there is no operator `{0}`")]
    Operator(String),
}

#[derive(Debug)]
enum Operator {
    Exists,
    Equals(Vec<String>),
    Differs(Vec<String>),
    Matches(Regex),
    Fails(Regex),
    Raw(Regex),
    Below(f64),
    Above(f64),
    Plaintext,
    Internal,
    Empty,
    Same(Path),
    Covers(Vec<u16>),
    Refers,
}

/// One alternative of a condition.
#[derive(Debug)]
struct Term {
    negated: bool,
    path: Path,
    operator: Operator,
}

/// A compiled condition.
#[derive(Debug)]
pub(super) struct Condition(Vec<Term>);

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(written: &str) -> Result<Self, ConditionError> {
        written
            .split(" || ")
            .map(|term| Term::parse(term.trim()))
            .collect::<Result<_, _>>()
            .map(Condition)
    }

    /// The entries within `subject` that it asks about.
    pub(super) fn said(&self, walker: &Walker<'_, '_>, subject: &Subject<'_>) -> Vec<Id> {
        let own = self.0.iter().filter(|term| term.path.from == From::Subject);
        own.flat_map(|term| walker.find(subject.base, &term.path).nodes).collect()
    }

    /// The types of resources that it asks for anywhere: `resource.type`, as paths
    /// compare them.
    pub(super) fn kinds(&self) -> Vec<Vec<u8>> {
        let mut kinds = Vec::new();
        for path in self.0.iter().map(|term| &term.path).filter(|path| path.from == From::Root) {
            if let [Step::Named(tops), Step::Named(types), ..] = path.steps.as_slice() {
                let all = tops.iter().flat_map(|top| types.iter().map(move |kind| (top, kind)));
                kinds.extend(all.map(|(top, kind)| [top.as_slice(), b".", kind].concat()));
            }
        }
        kinds
    }

    /// The entry whose value makes it hold, if it is one.
    pub(super) fn decided_by(&self, walker: &Walker<'_, '_>, subject: &Subject<'_>) -> Option<Id> {
        self.0.iter().find_map(|term| term.decided_by(walker, subject))
    }

    /// Whether it holds for `subject`, if that can be told.
    pub(super) fn holds(&self, walker: &Walker<'_, '_>, subject: &Subject<'_>) -> Option<bool> {
        let mut known = true;
        for term in &self.0 {
            match term.holds(walker, subject) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => known = false,
            }
        }
        known.then_some(false)
    }
}

impl Term {
    fn parse(written: &str) -> Result<Self, ConditionError> {
        let negated = written.starts_with('!');
        let written = written.strip_prefix('!').unwrap_or(written);
        let (path, rest) = written.split_once(' ').unwrap_or((written, ""));
        let rest = rest.trim();
        let (operator, operand) = rest.split_once(' ').unwrap_or((rest, ""));
        let operator = operator_of(operator, operand.trim())?;
        Ok(Term { negated, path: Path::parse(path), operator })
    }

    fn holds(&self, walker: &Walker<'_, '_>, subject: &Subject<'_>) -> Option<bool> {
        let found = walker.find(subject.base, &self.path);
        let answer = match &self.operator {
            Operator::Exists if found.is_optional => None,
            Operator::Exists => answer(!found.nodes.is_empty(), found.open),
            Operator::Same(path) => self.same(walker, &found, path, subject),
            operator => self.any(walker, &found, operator, subject),
        };
        answer.map(|answer| answer != self.negated)
    }

    fn decided_by(&self, walker: &Walker<'_, '_>, subject: &Subject<'_>) -> Option<Id> {
        let asks_value = !matches!(self.operator, Operator::Exists | Operator::Same(_));
        if self.negated || self.path.from != From::Subject || !asks_value {
            return None;
        }
        let nodes = walker.elements(&walker.find(subject.base, &self.path).nodes);
        nodes.into_iter().find(|id| self.passes(walker, *id, &self.operator, subject) == Some(true))
    }

    /// Whether one of the entries passes.
    fn any(
        &self,
        walker: &Walker<'_, '_>,
        found: &Found,
        operator: &Operator,
        subject: &Subject<'_>,
    ) -> Option<bool> {
        let mut open = found.open;
        let lists_count = matches!(operator, Operator::Empty);
        let nodes = if lists_count { found.nodes.clone() } else { walker.elements(&found.nodes) };
        for id in nodes {
            match self.passes(walker, id, operator, subject) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => open = true,
            }
        }
        answer(false, open)
    }

    fn passes(
        &self,
        walker: &Walker<'_, '_>,
        id: Id,
        operator: &Operator,
        subject: &Subject<'_>,
    ) -> Option<bool> {
        let value = if self.path.is_key {
            Value::Text(walker.tree.node(id).map_or(b"".as_slice(), |node| node.key))
        } else {
            walker.tree.value(id)
        };
        match (operator, value) {
            (Operator::Empty, Value::Map | Value::List) => {
                Some(walker.tree.children(walker.tree.target(id)).next().is_none())
            }
            (Operator::Raw(regex), Value::Text(text) | Value::Open(text)) => {
                Some(regex.is_match(searched(text)))
            }
            (Operator::Refers, Value::Text(text)) => Some(subject.is_named(text)),
            (Operator::Refers, Value::Open(text)) => {
                if subject.is_named(text) {
                    Some(true)
                } else {
                    is_other(text).then_some(false)
                }
            }
            (_, Value::Text(text)) => Some(operator.accepts(text)),
            (_, Value::Open(_)) => None,
            _ => Some(false),
        }
    }

    /// Whether one of the entries says what one of those at `path` says.
    fn same(
        &self,
        walker: &Walker<'_, '_>,
        found: &Found,
        path: &Path,
        subject: &Subject<'_>,
    ) -> Option<bool> {
        let others = walker.find(subject.base, path);
        let texts: Vec<&[u8]> = walker
            .elements(&others.nodes)
            .into_iter()
            .filter_map(|id| walker.tree.text(id))
            .collect();
        let mut open = found.open || others.open || texts.len() < others.nodes.len();
        for id in walker.elements(&found.nodes) {
            match walker.tree.text(id) {
                Some(text) if texts.contains(&text) => return Some(true),
                Some(_) => {}
                None => open = true,
            }
        }
        answer(false, open)
    }
}

impl Operator {
    /// Whether a literal passes.
    fn accepts(&self, text: &[u8]) -> bool {
        let trimmed = text.trim_ascii();
        let is_one = |values: &[String]| {
            values.iter().any(|value| trimmed.eq_ignore_ascii_case(value.as_bytes()))
        };
        match self {
            Operator::Equals(values) => is_one(values),
            Operator::Differs(values) => !is_one(values),
            Operator::Matches(regex) => regex.is_match(searched(text)),
            Operator::Fails(regex) => !regex.is_match(searched(text)),
            Operator::Below(limit) => number(trimmed).is_some_and(|number| number < *limit),
            Operator::Above(limit) => number(trimmed).is_some_and(|number| number > *limit),
            Operator::Plaintext => plaintext::is_plaintext_url(text),
            Operator::Internal => plaintext::is_internal_url(text),
            Operator::Empty => trimmed.is_empty(),
            Operator::Covers(ports) => covers(text, ports),
            Operator::Raw(_) | Operator::Exists | Operator::Same(_) | Operator::Refers => false,
        }
    }
}

fn answer(holds: bool, open: bool) -> Option<bool> {
    if holds { Some(true) } else { (!open).then_some(false) }
}

/// Whether an expression surely names another resource.
fn is_other(text: &[u8]) -> bool {
    let unknown: [&[u8]; 4] = [b"var.", b"local.", b"each.", b"module."];
    let names = text.split(|byte| *byte == b'.').count() > 1 || !text.contains(&b'(');
    names && !unknown.iter().any(|prefix| text.starts_with(prefix))
}

fn searched(text: &[u8]) -> &[u8] {
    &text[..text.len().min(MAX_SEARCHED)]
}

fn number(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn operator_of(operator: &str, operand: &str) -> Result<Operator, ConditionError> {
    let values = || operand.split('|').map(|value| value.trim().to_owned()).collect();
    let regex = || {
        Regex::new(operand)
            .map_err(|error| ConditionError::Regex(operand.to_owned(), regex_reason(&error)))
    };
    let limit = || operand.parse().map_err(|_| ConditionError::Number(operand.to_owned()));
    Ok(match operator {
        "" => Operator::Exists,
        "=" => Operator::Equals(values()),
        "!=" => Operator::Differs(values()),
        "~" => Operator::Matches(regex()?),
        "!~" => Operator::Fails(regex()?),
        "~~" => Operator::Raw(regex()?),
        "<" => Operator::Below(limit()?),
        ">" => Operator::Above(limit()?),
        "empty" => Operator::Empty,
        "same" => Operator::Same(Path::parse(operand)),
        "covers" => Operator::Covers(ports_of(operand)?),
        "refers" => Operator::Refers,
        "is" if operand == "plaintext-url" => Operator::Plaintext,
        "is" if operand == "internal-url" => Operator::Internal,
        "is" => return Err(ConditionError::Test(operand.to_owned())),
        other => return Err(ConditionError::Operator(other.to_owned())),
    })
}

/// The ports of `22|3389`.
fn ports_of(operand: &str) -> Result<Vec<u16>, ConditionError> {
    let port = |text: &str| text.trim().parse();
    let ports = operand.split('|');
    ports.map(|text| port(text).map_err(|_| ConditionError::Port(text.to_owned()))).collect()
}
