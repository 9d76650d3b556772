//! HCL and Bicep files: blocks and assignments; values are read by `flow`.

use super::cursor::Cursor;
use super::flow::{self, Flavor};
use super::string::quoted;
use crate::structure::azure::EXISTING;
use crate::structure::tree::{Id, NONE, Tree, Value};

/// A block that is being read.
struct Body {
    /// Its outermost and innermost node: `resource "t" "n"` is three.
    outer: Id,
    /// `dynamic "x"`, whose `content` is what an `x` holds.
    is_dynamic: bool,
}

/// Reads HCL: `resource "t" "n" { … }` is `resource.t.n`.
pub(super) fn read(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    statements(&mut Cursor::new(text), &mut tree);
    tree.finish(text.len());
    tree
}

/// Reads assignments and blocks into the innermost open node of `tree`.
pub(super) fn statements<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>) {
    let mut bodies: Vec<Body> = Vec::new();
    loop {
        cursor.skip_between(Flavor::Hcl);
        let start = cursor.at;
        match cursor.peek() {
            None => break,
            Some(b'}') => {
                cursor.at += 1;
                if let Some(body) = bodies.pop() {
                    tree.close(body.outer, cursor.at);
                }
            }
            Some(_) => statement(cursor, tree, &mut bodies),
        }
        if cursor.at == start {
            cursor.at += 1;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

/// An assignment, or a block up to its `{`.
fn statement<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, bodies: &mut Vec<Body>) {
    let start = cursor.at;
    let mut words: Vec<&[u8]> = Vec::new();
    loop {
        cursor.skip_spaces();
        match cursor.peek() {
            Some(b'"') => words.push(quoted(cursor, Flavor::Hcl)),
            Some(b'=') => {
                cursor.at += 1;
                cursor.skip_spaces();
                let key = words.first().copied().unwrap_or_default();
                return flow::value(cursor, tree, key, start, Flavor::Hcl);
            }
            Some(b'{') => {
                cursor.at += 1;
                return bodies.push(block(tree, start, &words, bodies.last()));
            }
            Some(byte) if is_word(byte) => words.push(cursor.take_while(is_word)),
            _ => return,
        }
    }
}

fn block<'a>(tree: &mut Tree<'a>, start: usize, words: &[&'a [u8]], around: Option<&Body>) -> Body {
    let is_dynamic = words.len() == 2 && words[0] == b"dynamic";
    if around.is_some_and(|around| around.is_dynamic) && words == [b"content".as_slice()] {
        // Its entries belong to the block that the `dynamic` makes.
        return Body { outer: NONE, is_dynamic: false };
    }
    let keys = if is_dynamic { &words[1..] } else { words };
    let outer = tree.len();
    if keys.is_empty() {
        tree.open(b"", start, Value::Map);
    }
    for key in keys {
        let node = tree.open(key, start, Value::Map);
        if is_dynamic {
            tree.set_optional(node);
        }
    }
    Body { outer, is_dynamic }
}

/// Reads Bicep: `resource n 'type@version' = { … }` is an element of
/// `resources`, with its `type`, as in an ARM template.
pub(super) fn read_bicep(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    let mut cursor = Cursor::new(text);
    tree.open(b"", 0, Value::Map);
    while !cursor.is_done() {
        cursor.skip_between(Flavor::Bicep);
        let start = cursor.at;
        let keyword = cursor.take_while(is_word);
        cursor.skip_spaces();
        match keyword {
            b"resource" => resource(&mut cursor, &mut tree, start),
            b"param" | b"var" => named(&mut cursor, &mut tree, keyword, start),
            _ => cursor.end_line(),
        }
        if cursor.at == start {
            cursor.at += 1;
        }
    }
    tree.finish(text.len());
    tree
}

fn resource<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, start: usize) {
    let name_at = cursor.at;
    let name = cursor.take_while(is_word);
    cursor.skip_spaces();
    let kind_at = cursor.at;
    let kind = quoted(cursor, Flavor::Bicep);
    let kind = kind.split(|byte| *byte == b'@').next().unwrap_or(kind);
    cursor.skip_spaces();
    let kind_end = cursor.at;
    // What exists is named for the resources within it.
    let exists = cursor.take_while(|byte| byte.is_ascii_alphabetic()) == EXISTING;
    let key = if exists { EXISTING } else { b"type" };
    let outer = tree.open(b"resources", start, Value::Map);
    tree.add(key, kind_at..kind_end, Value::Text(kind));
    tree.add(b"symbol", name_at..name_at + name.len(), Value::Text(name));
    // `= if (condition) {`, `= [for x in y: {`
    cursor.take_while(|byte| !matches!(byte, b'{' | b'\n'));
    if cursor.peek() == Some(b'{') {
        let at = cursor.at;
        flow::value(cursor, tree, b"body", at, Flavor::Bicep);
    }
    tree.close(outer, cursor.at);
}

/// `param name type = value`, `var name = value`.
fn named<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, keyword: &'a [u8], start: usize) {
    let name = cursor.take_while(is_word);
    cursor.take_while(|byte| !matches!(byte, b'=' | b'\n'));
    if cursor.peek() != Some(b'=') {
        return;
    }
    cursor.at += 1;
    cursor.skip_spaces();
    let outer = tree.open(keyword, start, Value::Map);
    flow::value(cursor, tree, name, start, Flavor::Bicep);
    tree.close(outer, cursor.at);
}
