//! Formats of one entry a line: properties, `.env`, INI, TOML.

use super::cursor::Cursor;
use super::flow::{self, Flavor};
use super::string::{quoted, value_of};
use crate::structure::tree::{Tree, Value};

/// Java properties and `.env`: `key=value`, `key: value`, `export KEY=value`.
pub(super) fn properties(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    let mut cursor = Cursor::new(text);
    while !cursor.is_done() {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
        if !matches!(cursor.peek(), Some(b'#' | b'!')) {
            let rest = cursor.rest();
            if let Some(after) = rest.strip_prefix(b"export ") {
                cursor.at += rest.len() - after.len();
            }
            property(&mut cursor, &mut tree);
        }
        cursor.end_line();
    }
    tree.finish(text.len());
    tree
}

fn property<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>) {
    let start = cursor.at;
    let key = cursor.take_while(|byte| !matches!(byte, b'=' | b':' | b'\n' | b' ' | b'\t'));
    cursor.skip_spaces();
    if !matches!(cursor.peek(), Some(b'=' | b':')) || key.is_empty() {
        return;
    }
    cursor.at += 1;
    cursor.skip_spaces();
    let value = line_value(cursor);
    tree.add(key, start..cursor.at, property_value(value));
}

/// A quoted text, or the rest of the line.
fn line_value<'a>(cursor: &mut Cursor<'a>) -> &'a [u8] {
    let from = cursor.at;
    let mut line = cursor.clone();
    line.end_line();
    let whole = cursor.slice(from, line.at).trim_ascii_end();
    match whole {
        [quote @ (b'"' | b'\''), inner @ .., last] if last == quote => {
            cursor.at = from + whole.len();
            inner
        }
        _ => {
            let length = memchr::memmem::find(whole, b" #").unwrap_or(whole.len());
            cursor.at = from + length;
            whole[..length].trim_ascii_end()
        }
    }
}

/// `${name}` and `${name:default}` are put in by the program.
fn property_value(text: &[u8]) -> Value<'_> {
    let inner = text.strip_prefix(b"${").and_then(|inner| inner.strip_suffix(b"}"));
    if inner.is_some() || text.starts_with(b"$(") || text.starts_with(b"@") && text.ends_with(b"@")
    {
        return Value::Open(text);
    }
    value_of(text, Flavor::Yaml)
}

/// TOML and INI: `[section]`, `key = value`.
pub(super) fn sections(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    let root = tree.open(b"", 0, Value::Map);
    let mut section = root;
    let mut cursor = Cursor::new(text);
    while !cursor.is_done() {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
        match cursor.peek() {
            Some(b'#' | b';') => {}
            Some(b'[') => {
                if section != root {
                    tree.close(section, cursor.at);
                }
                section = header(&mut cursor, &mut tree);
            }
            Some(_) => assignment(&mut cursor, &mut tree),
            None => break,
        }
        cursor.end_line();
    }
    tree.finish(text.len());
    tree
}

/// `[a.b]`, `[[a.b]]`, `[a "b"]`.
fn header<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>) -> u32 {
    let start = cursor.at;
    cursor.end_line();
    let line = cursor.slice(start, cursor.at).trim_ascii();
    let inner = line.iter().position(|byte| *byte == b']').map_or(line, |end| &line[..end]);
    let skipped = inner.iter().take_while(|byte| **byte == b'[').count();
    tree.open(inner[skipped..].trim_ascii(), start, Value::Map)
}

fn assignment<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>) {
    let start = cursor.at;
    let key = match cursor.peek() {
        Some(b'"') => quoted(cursor, Flavor::Toml),
        _ => cursor.take_while(|byte| !matches!(byte, b'=' | b':' | b'\n')).trim_ascii(),
    };
    cursor.skip_spaces();
    if !matches!(cursor.peek(), Some(b'=' | b':')) {
        if !key.is_empty() {
            tree.add(key, start..cursor.at, Value::Text(b""));
        }
        return;
    }
    cursor.at += 1;
    cursor.skip_spaces();
    match cursor.peek() {
        Some(b'"' | b'\'' | b'[' | b'{') => flow::value(cursor, tree, key, start, Flavor::Toml),
        _ => {
            let value = line_value(cursor);
            tree.add(key, start..cursor.at, value_of(value, Flavor::Toml));
        }
    }
}
