//! Values in brackets: JSON, the flow style of YAML, the expressions of HCL
//! and Bicep, the inline tables of TOML. One reader with its own stack.

use super::cursor::Cursor;
use super::string::{quoted, value_of};
use crate::structure::tree::{Id, Tree, Value};

/// In what the notations differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavor {
    Json,
    Yaml,
    Hcl,
    Bicep,
    Toml,
}

impl Flavor {
    pub(super) fn hash_comments(self) -> bool {
        matches!(self, Flavor::Yaml | Flavor::Hcl | Flavor::Toml)
    }

    pub(super) fn slash_comments(self) -> bool {
        matches!(self, Flavor::Json | Flavor::Hcl | Flavor::Bicep)
    }

    pub(super) fn has_triple_quotes(self) -> bool {
        matches!(self, Flavor::Bicep | Flavor::Toml)
    }

    pub(super) fn escapes(self, quote: u8) -> bool {
        quote == b'"' || matches!(self, Flavor::Json | Flavor::Bicep)
    }

    /// Strings hold expressions as `${…}`, and bare words are expressions.
    pub(super) fn interpolates(self) -> bool {
        matches!(self, Flavor::Hcl | Flavor::Bicep)
    }

    fn is_quote(self, byte: u8) -> bool {
        match self {
            Flavor::Hcl => byte == b'"',
            Flavor::Bicep => byte == b'\'',
            _ => matches!(byte, b'"' | b'\''),
        }
    }
}

/// Functions that give their arguments back: read as a list of them.
const TRANSPARENT: &[&[u8]] = &[
    b"jsonencode", b"yamlencode", b"tolist", b"toset", b"tomap", b"concat", b"merge", b"flatten",
    b"compact", b"distinct", b"tostring", b"tobool",
];

/// Reads one value into the innermost open node of `tree`, as entry `key` that
/// began at `start`.
pub(super) fn value<'a>(
    cursor: &mut Cursor<'a>,
    tree: &mut Tree<'a>,
    key: &'a [u8],
    start: usize,
    flavor: Flavor,
) {
    let mut stack: Vec<(Id, bool)> = Vec::new();
    item(cursor, tree, (key, start), flavor, &mut stack);
    while let Some((top, is_map)) = stack.last().copied() {
        cursor.skip_between(flavor);
        let from = cursor.at;
        match cursor.peek() {
            None => break,
            Some(b'}' | b']' | b')') => {
                cursor.at += 1;
                tree.close(top, cursor.at);
                stack.pop();
            }
            Some(_) if is_map => entry(cursor, tree, top, flavor, &mut stack),
            Some(_) => item(cursor, tree, (b"", from), flavor, &mut stack),
        }
        if cursor.at == from {
            cursor.at += 1;
        }
    }
    if let Some((bottom, _)) = stack.first() {
        tree.close(*bottom, cursor.at);
    }
}

/// Reads `key: value`.
fn entry<'a>(
    cursor: &mut Cursor<'a>,
    tree: &mut Tree<'a>,
    map: Id,
    flavor: Flavor,
    stack: &mut Vec<(Id, bool)>,
) {
    let start = cursor.at;
    let key = match cursor.peek() {
        Some(byte) if flavor.is_quote(byte) => quoted(cursor, flavor),
        _ => bare_key(cursor, flavor),
    };
    if flavor == Flavor::Hcl && key.starts_with(b"for ") {
        tree.set(map, Value::Open(key));
    }
    cursor.skip_spaces();
    if !matches!(cursor.peek(), Some(b':' | b'=')) {
        tree.add(key, start..cursor.at, Value::Text(b""));
        return;
    }
    cursor.at += 1;
    cursor.take_while(|byte| matches!(byte, b'>' | b' ' | b'\t' | b'\r'));
    if !flavor.interpolates() {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
    }
    item(cursor, tree, (key, start), flavor, stack);
}

fn bare_key<'a>(cursor: &mut Cursor<'a>, flavor: Flavor) -> &'a [u8] {
    let from = cursor.at;
    while let Some(byte) = cursor.peek() {
        let next = cursor.text.get(cursor.at + 1).copied().unwrap_or(b' ');
        let ends = match byte {
            b':' if flavor == Flavor::Yaml => {
                next.is_ascii_whitespace() || matches!(next, b'"' | b'\'' | b'[' | b'{')
            }
            b':' | b'=' | b'\n' | b',' | b'}' | b']' => true,
            _ => false,
        };
        if ends {
            break;
        }
        cursor.at += 1;
    }
    cursor.slice(from, cursor.at).trim_ascii()
}

/// Reads a scalar, or opens what has entries of its own.
fn item<'a>(
    cursor: &mut Cursor<'a>,
    tree: &mut Tree<'a>,
    (key, start): (&'a [u8], usize),
    flavor: Flavor,
    stack: &mut Vec<(Id, bool)>,
) {
    match cursor.peek() {
        Some(b'{') if !cursor.rest().starts_with(b"{{") || flavor != Flavor::Yaml => {
            cursor.at += 1;
            stack.push((tree.open(key, start, Value::Map), true));
        }
        Some(b'[') => {
            cursor.at += 1;
            stack.push((tree.open(key, start, Value::List), false));
        }
        Some(byte) if flavor.is_quote(byte) => string(cursor, tree, (key, start), flavor),
        Some(b'<') if flavor == Flavor::Hcl && cursor.rest().starts_with(b"<<") => {
            heredoc(cursor, tree, (key, start));
        }
        _ if is_transparent(cursor, flavor) => {
            cursor.take_while(|byte| byte != b'(');
            cursor.at += 1;
            stack.push((tree.open(key, start, Value::List), false));
        }
        _ => bare(cursor, tree, (key, start), flavor, stack.last().copied()),
    }
}

fn is_transparent(cursor: &Cursor<'_>, flavor: Flavor) -> bool {
    flavor == Flavor::Hcl
        && TRANSPARENT.iter().any(|name| {
            cursor.rest().strip_prefix(*name).is_some_and(|rest| rest.starts_with(b"("))
        })
}

fn string<'a>(
    cursor: &mut Cursor<'a>,
    tree: &mut Tree<'a>,
    (key, start): (&'a [u8], usize),
    flavor: Flavor,
) {
    let from = cursor.at;
    let content = quoted(cursor, flavor);
    let mut end = cursor.at;
    let mut value = value_of(content, flavor);
    if flavor.interpolates() {
        cursor.skip_spaces();
        let goes_on = cursor.peek().is_some_and(|byte| !b"\n,}])#/:;".contains(&byte));
        if goes_on {
            end_bare(cursor, flavor);
            let whole = cursor.slice(from, cursor.at).trim_ascii_end();
            value = Value::Open(whole);
            end = from + whole.len();
        }
    }
    tree.add(key, start..end, value);
}

/// Reads a word, a number or an expression.
fn bare<'a>(
    cursor: &mut Cursor<'a>,
    tree: &mut Tree<'a>,
    (key, start): (&'a [u8], usize),
    flavor: Flavor,
    container: Option<(Id, bool)>,
) {
    let from = cursor.at;
    end_bare(cursor, flavor);
    let text = cursor.slice(from, cursor.at).trim_ascii();
    let value = if flavor.interpolates() && !is_literal(text) {
        Value::Open(text)
    } else {
        value_of(text, flavor)
    };
    let is_loop = flavor == Flavor::Hcl && text.starts_with(b"for ");
    if let Some((list, _)) = container.filter(|_| is_loop) {
        tree.set(list, Value::Open(text));
    }
    // Written as absent.
    let is_absent = flavor.interpolates() && text == b"null";
    if !(is_absent || text.is_empty() && key.is_empty()) {
        tree.add(key, start..from + text.len(), value);
    }
}

/// Goes to where a bare value ends, over whatever it has in brackets.
fn end_bare(cursor: &mut Cursor<'_>, flavor: Flavor) {
    let mut depth = 0_usize;
    while let Some(byte) = cursor.peek() {
        match byte {
            b'"' if flavor.interpolates() => {
                quoted(cursor, flavor);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth > 0 => depth -= 1,
            b')' if flavor == Flavor::Yaml => {}
            b')' | b']' | b'}' => return,
            b'\n' | b',' if depth == 0 => return,
            b'#' if depth == 0 && flavor.hash_comments() => return,
            b'/' if flavor.slash_comments() && cursor.rest().starts_with(b"//") => return,
            _ => {}
        }
        cursor.at += 1;
    }
}

fn is_literal(text: &[u8]) -> bool {
    matches!(text, b"true" | b"false")
        || text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Reads `<<EOF … EOF`; JSON in it is read too, as policies are written so.
fn heredoc<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, (key, start): (&'a [u8], usize)) {
    cursor.at += 2;
    cursor.take_while(|byte| byte == b'-');
    let mark = cursor.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    cursor.end_line();
    let from = (cursor.at + 1).min(cursor.end);
    cursor.at = from;
    let mut to = from;
    while !cursor.is_done() {
        to = cursor.at;
        cursor.end_line();
        let line = cursor.slice(to, cursor.at);
        if line.trim_ascii() == mark {
            break;
        }
        cursor.at = (cursor.at + 1).min(cursor.end);
        to = cursor.at;
    }
    let content = cursor.slice(from, to);
    match content.trim_ascii_start().first() {
        Some(b'{' | b'[') if !has_directive(content) => {
            let skipped = content.len() - content.trim_ascii_start().len();
            let mut inner = Cursor::part(cursor.text, from + skipped, to);
            value(&mut inner, tree, key, start, Flavor::Json);
        }
        _ => _ = tree.add(key, start..cursor.at, Value::Text(content)),
    }
}

/// `%{ for … }` writes what cannot be read here.
fn has_directive(content: &[u8]) -> bool {
    memchr::memmem::find(content, b"%{").is_some()
}
