//! XML: elements and attributes are entries alike, an element that holds only
//! text is a literal. Namespaces, entities and DTDs are left as they stand.

use super::cursor::Cursor;
use super::flow::Flavor;
use super::string::value_of;
use crate::structure::tree::{Id, Tree, Value};

/// Reads the elements of `text`.
pub(super) fn read(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    let mut cursor = Cursor::new(text);
    let mut open: Vec<(Id, &[u8])> = Vec::new();
    while !cursor.is_done() {
        let from = cursor.at;
        let content = cursor.take_while(|byte| byte != b'<').trim_ascii();
        if let (false, Some((id, _))) = (content.is_empty(), open.last()) {
            characters(&mut tree, *id, content, from..cursor.at);
        }
        let rest = cursor.rest();
        if rest.starts_with(b"<!--") {
            cursor.past(b"-->");
        } else if rest.starts_with(b"<![CDATA[") {
            cursor.past(b"]]>");
        } else if rest.starts_with(b"<?") || rest.starts_with(b"<!") {
            cursor.past(b">");
        } else if rest.starts_with(b"</") {
            close(&mut cursor, &mut tree, &mut open);
        } else if !rest.is_empty() {
            element(&mut cursor, &mut tree, &mut open);
        }
    }
    tree.finish(text.len());
    tree
}

/// Text within the element `id`.
fn characters<'a>(tree: &mut Tree<'a>, id: Id, content: &'a [u8], span: std::ops::Range<usize>) {
    let is_bare = tree.len() == id + 1;
    if is_bare {
        tree.set(id, value_of(content, Flavor::Yaml));
    } else {
        tree.add(b"#text", span, value_of(content, Flavor::Yaml));
    }
}

fn close<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, open: &mut Vec<(Id, &'a [u8])>) {
    cursor.at += 2;
    let name = cursor.take_while(is_name);
    cursor.past(b">");
    // An element that was never closed ends with the one around it; a close
    // without its element says nothing. Looking a little up keeps this linear.
    let depth = open.iter().rev().take(8).position(|(_, known)| *known == name);
    if let Some(depth) = depth {
        for _ in 0..=depth {
            if let Some((id, _)) = open.pop() {
                tree.close(id, cursor.at);
            }
        }
    }
}

fn is_name(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/' | b'=' | b'<')
}

fn element<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, open: &mut Vec<(Id, &'a [u8])>) {
    let start = cursor.at;
    cursor.at += 1;
    let name = cursor.take_while(is_name);
    if name.is_empty() {
        return;
    }
    let id = tree.open(name, start, Value::Map);
    loop {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
        let from = cursor.at;
        match cursor.peek() {
            Some(b'/') if cursor.rest().starts_with(b"/>") => {
                cursor.at += 2;
                return tree.close(id, cursor.at);
            }
            Some(b'>') => {
                cursor.at += 1;
                return open.push((id, name));
            }
            None | Some(b'<') => return open.push((id, name)),
            Some(_) => attribute(cursor, tree),
        }
        if cursor.at == from {
            cursor.at += 1;
        }
    }
}

fn attribute<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>) {
    let start = cursor.at;
    let name = cursor.take_while(is_name);
    cursor.take_while(|byte| byte.is_ascii_whitespace());
    if cursor.peek() != Some(b'=') || name.is_empty() {
        return;
    }
    cursor.at += 1;
    cursor.take_while(|byte| byte.is_ascii_whitespace());
    let Some(quote @ (b'"' | b'\'')) = cursor.peek() else { return };
    cursor.at += 1;
    let content = cursor.take_while(|byte| byte != quote);
    cursor.at = (cursor.at + 1).min(cursor.end);
    tree.add(name, start..cursor.at, value_of(content, Flavor::Yaml));
}
