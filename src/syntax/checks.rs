//! Whether what a metavariable stands for is what the rule asks for. Apart from
//! the walk because the matcher asks too: a constraint that fails while a
//! pattern is being matched lets it try the next argument.

use tree_sitter::Node;

use super::dialect::{CALL, Dialect, NAME, NUMBER, STRING};
use super::nodes::{StringContent, string_content};
use super::pattern::{Captured, inner};
use super::rule::{Check, Kind};

/// Bytes of a captured text that are searched. Calls nested in calls capture
/// each other's text again and again; without a limit the cost is quadratic.
const MAX_SEARCHED: usize = 8 << 10;

impl Check {
    /// Whether `captured` is as the constraint says.
    pub(crate) fn passes(&self, dialect: &Dialect, text: &[u8], captured: &Captured<'_>) -> bool {
        let content = captured.node.and_then(|node| literal(dialect, text, node));
        let range = content.map_or(captured.range.clone(), |content| content.range);
        let Some(value) = text.get(range) else { return false };
        let value = &value[..value.len().min(MAX_SEARCHED)];
        self.regex.as_ref().is_none_or(|regex| regex.is_match(value))
            && self.not_regex.as_ref().is_none_or(|regex| !regex.is_match(value))
            && self.test.is_none_or(|test| test.passes(value))
            && self.kind.is_none_or(|kind| is_kind(dialect, text, kind, captured))
    }
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

fn is_kind(dialect: &Dialect, text: &[u8], kind: Kind, captured: &Captured<'_>) -> bool {
    let Some(node) = captured.node else { return false };
    let node = unwrapped(dialect, node);
    let id = node.kind_id();
    let string = string_content(dialect, text, node);
    let constant = matches!(
        text.get(node.byte_range()),
        Some(b"true" | b"false" | b"True" | b"False" | b"null" | b"nil" | b"None" | b"NULL")
    );
    match kind {
        Kind::String => string.is_some(),
        Kind::Number => dialect.is(id, NUMBER),
        Kind::Identifier => dialect.is(id, NAME) && !constant,
        Kind::Literal => {
            string.is_some_and(|s| !s.interpolated) || dialect.is(id, NUMBER) || constant
        }
        Kind::Call => dialect.is(id, CALL),
    }
}
