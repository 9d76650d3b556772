//! Small questions about a node that several rooms ask: its text, the content
//! of a string literal, a walk that needs no recursion.

use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::dialect::{Dialect, INTERPOLATION, STRING};
use super::language::Language;

/// The bytes of `node` in `text`; empty if the tree is not of this text.
pub fn node_text<'a>(text: &'a [u8], node: Node<'_>) -> &'a [u8] {
    text.get(node.byte_range()).unwrap_or_default()
}

/// Visits `root` and everything in it, parents first, without recursion.
/// `visit` returns whether to go into the children of the node it was given.
pub fn walk<'t>(root: Node<'t>, mut visit: impl FnMut(Node<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        if visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        if !step_over(&mut cursor) {
            return;
        }
    }
}

/// Moves to the next sibling, or the next sibling of the nearest ancestor that
/// has one; false at the end of the tree the cursor was made for.
fn step_over(cursor: &mut TreeCursor<'_>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}

/// What a string literal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringContent {
    /// Byte range in the file, without quotes and prefix letters. Escapes
    /// stand as they were written.
    pub range: Range<usize>,
    /// Holds code that is put in when the program runs: `f"{host}"`.
    pub interpolated: bool,
}

/// The content of `node` if it is a string literal of the dialect.
pub(crate) fn string_content(
    dialect: &Dialect,
    text: &[u8],
    node: Node<'_>,
) -> Option<StringContent> {
    if !dialect.is(node.kind_id(), STRING) {
        return None;
    }
    let inner = unquoted(node_text(text, node));
    let range = node.start_byte() + inner.start..node.start_byte() + inner.end;
    let named = dialect.language == Language::Kotlin && has_dollar_name(&text[range.clone()]);
    Some(StringContent { range, interpolated: named || is_interpolated(dialect, node) })
}

/// Whether a name is put into a text of Kotlin, `"of $name"`: its grammar takes
/// that for text.
fn has_dollar_name(content: &[u8]) -> bool {
    memchr::memchr_iter(b'$', content).any(|at| {
        let escaped = at > 0 && content[at - 1] == b'\\';
        let name = content.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
        name && !escaped
    })
}

fn is_interpolated(dialect: &Dialect, node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    while more {
        if dialect.is(cursor.node().kind_id(), INTERPOLATION) {
            return true;
        }
        more = cursor.goto_next_sibling();
    }
    false
}

/// The part of a literal between its quotes: one or three of `"`, `'` or
/// backticks, after prefix letters, `@`, `$` or `#`. Text without quotes is
/// its own content.
pub(crate) fn unquoted(literal: &[u8]) -> Range<usize> {
    let whole = 0..literal.len();
    let is_quote = |b: u8| matches!(b, b'"' | b'\'' | b'`');
    let Some(open) = literal.iter().take(6).position(|b| is_quote(*b)) else { return whole };
    let prefix = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'@' | b'$' | b'#');
    if !literal[..open].iter().all(prefix) {
        return whole;
    }
    let quote = literal[open];
    let body = &literal[open..];
    let hashes = literal.iter().rev().take_while(|b| **b == b'#').count();
    let end = literal.len() - if literal[..open].contains(&b'#') { hashes } else { 0 };
    let body = &body[..end.saturating_sub(open)];
    let width = if body.len() >= 6 && body[..3] == [quote; 3] && body.ends_with(&[quote; 3]) {
        3
    } else {
        1
    };
    if body.len() < 2 * width || body.last() != Some(&quote) {
        return whole;
    }
    open + width..end - width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_prefixes_are_left_out() {
        let content = |literal: &'static str| &literal[unquoted(literal.as_bytes())];
        assert_eq!(content("'a'"), "a");
        assert_eq!(content("rb\"a\""), "a");
        assert_eq!(content("\"\"\"a\"b\"\"\""), "a\"b");
        assert_eq!(content("r#\"a\"#"), "a");
        assert_eq!(content("$@\"a\""), "a");
        assert_eq!(content("\"\""), "");
        assert_eq!(content("bare"), "bare");
        assert_eq!(content("\""), "\"");
        assert_eq!(content(""), "");
    }
}
