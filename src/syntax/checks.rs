//! Whether what a metavariable stands for is what the rule asks for. Apart from
//! the walk because the matcher asks too: a constraint that fails while a
//! pattern is being matched lets it try the next argument.

use std::rc::Rc;

use tree_sitter::Node;

use super::dialect::{CALL, Dialect, NAME, NUMBER, STRING};
use super::flow::{HOLE, Made, Place, Value};
use super::nodes::{StringContent, string_content};
use super::pattern::{Captured, inner};
use super::rule::{Check, Kind};

/// Bytes of a captured text that are searched. Calls nested in calls capture
/// each other's text again and again; without a limit the cost is quadratic.
const MAX_SEARCHED: usize = 8 << 10;

impl Check {
    /// Whether `captured` is as the constraint says: the code itself, or the
    /// constant that it stands for.
    pub(crate) fn passes(&self, place: &Place<'_, '_>, captured: &Captured<'_>) -> bool {
        let (dialect, text) = (place.dialect, place.text);
        let content = captured.node.and_then(|node| literal(dialect, text, node));
        let node = captured.node.map(|node| unwrapped(dialect, node));
        let node =
            node.filter(|node| self.folds && (content.is_none() || place.is_template(*node)));
        let range = content.map_or(captured.range.clone(), |content| content.range);
        let Some(value) = text.get(range) else { return false };
        let value = &value[..value.len().min(MAX_SEARCHED)];
        let stands = |fits: &dyn Fn(&[u8]) -> bool| {
            fits(value) || node.is_some_and(|node| constant(place, node, fits))
        };
        if !self.is_written(text, captured) {
            return false;
        }
        if !self.types.is_empty() {
            return self.has_type(place, captured, value);
        }
        // What needs the data flow, or is likely to, comes last.
        self.regex.as_ref().is_none_or(|regex| stands(&|text| regex.is_match(text)))
            && self.test.is_none_or(|test| stands(&|text| test.passes(text)))
            && self.kind.is_none_or(|kind| is_kind(place, kind, captured))
            && self.not_regex.as_ref().is_none_or(|regex| !stands(&|text| regex.is_match(text)))
    }

    /// Whether the code is as it has to be written.
    fn is_written(&self, text: &[u8], captured: &Captured<'_>) -> bool {
        let code = text.get(captured.range.clone()).unwrap_or_default();
        let code = &code[..code.len().min(MAX_SEARCHED)];
        self.written.as_ref().is_none_or(|regex| regex.is_match(code))
            && self.not_written.as_ref().is_none_or(|regex| !regex.is_match(code))
    }

    /// Whether it is an instance of one of the types; where that cannot be
    /// told, whether its text is as `regex` says.
    fn has_type(&self, place: &Place<'_, '_>, captured: &Captured<'_>, text: &[u8]) -> bool {
        let flow = place.flow();
        let node = captured.node.map(|node| unwrapped(place.dialect, node));
        let value = node.and_then(|node| flow.value(node));
        let symbol = value.map_or("", |value| flow.symbol(value));
        let known = symbol.ends_with("()");
        let is = |wanted: &String| match wanted.strip_prefix('*') {
            Some(end) => symbol.ends_with(end),
            None => symbol == wanted,
        };
        self.types.iter().any(is)
            || !known && self.regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Whether every text that `node` can stand for is as `fits` says.
fn constant(place: &Place<'_, '_>, node: Node<'_>, fits: &dyn Fn(&[u8]) -> bool) -> bool {
    let Some(value) = place.value(node) else { return false };
    !value.texts.is_empty() && value.texts.iter().all(|text| fits(text.as_bytes()))
}

/// The literal that `node` is, through its wrappers.
fn literal(dialect: &Dialect, text: &[u8], node: Node<'_>) -> Option<StringContent> {
    string_content(dialect, text, unwrapped(dialect, node))
}

fn unwrapped<'t>(dialect: &Dialect, node: Node<'t>) -> Node<'t> {
    let mut at = node;
    for _ in 0..8 {
        if dialect.is(at.kind_id(), STRING) {
            break;
        }
        let Some(next) = inner(dialect, at) else { break };
        at = next;
    }
    at
}

fn is_kind(place: &Place<'_, '_>, kind: Kind, captured: &Captured<'_>) -> bool {
    let (dialect, text) = (place.dialect, place.text);
    let Some(node) = captured.node else { return false };
    let node = unwrapped(dialect, node);
    let id = node.kind_id();
    let string = string_content(dialect, text, node);
    let constant = matches!(
        text.get(node.byte_range()),
        Some(b"true" | b"false" | b"True" | b"False" | b"null" | b"nil" | b"None" | b"NULL")
    );
    let literal =
        string.is_some() && !place.is_template(node) || dialect.is(id, NUMBER) || constant;
    let made = || place.value(node).map(|value| (value.made, &value.texts));
    let whole = |texts: &[Rc<str>]| !texts.is_empty() && texts.iter().all(|t| !t.contains(HOLE));
    let stands_for = |wanted: fn(&str) -> bool| {
        made().is_some_and(|(made, texts)| {
            made == Made::Constant && whole(texts) && texts.iter().all(|text| wanted(text))
        })
    };
    match kind {
        Kind::String => string.is_some() || !literal && stands_for(|text| !is_number(text)),
        Kind::Text if string.is_some() => !place.is_template(node),
        Kind::Text => !literal && stands_for(|text| !is_number(text)),
        Kind::Number => dialect.is(id, NUMBER) || !literal && stands_for(is_number),
        Kind::Identifier => dialect.is(id, NAME) && !constant,
        Kind::Literal => literal || stands_for(|_| true),
        Kind::Call => dialect.is(id, CALL),
        Kind::Constant => literal || made().is_some_and(|(made, _)| made == Made::Constant),
        Kind::Dynamic => !literal && made().is_some_and(|(made, _)| made == Made::Built),
        Kind::Unchecked => !literal && place.value(node).is_none_or(Value::is_unchecked),
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && text.chars().skip(1).all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
}
