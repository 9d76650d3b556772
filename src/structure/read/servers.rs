//! Configuration of web servers and proxies: directives with arguments, in
//! blocks. The arguments of a block are its entry `args`.

use super::cursor::Cursor;
use super::flow::Flavor;
use super::string::{quoted, value_of};
use crate::structure::tree::{Id, Tree, Value};

/// Key of what stands behind the name of a block.
const ARGS: &[u8] = b"args";

/// nginx, where a directive ends with `;`, and Caddy, where it ends with its line.
pub(super) fn braces(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    let mut cursor = Cursor::new(text);
    let mut blocks: Vec<Id> = Vec::new();
    while !cursor.is_done() {
        cursor.take_while(|byte| byte.is_ascii_whitespace() || byte == b';');
        let start = cursor.at;
        match cursor.peek() {
            Some(b'#') => cursor.end_line(),
            // A line of a template is no directive.
            _ if cursor.rest().starts_with(b"{%") || cursor.rest().starts_with(b"<%") => {
                cursor.end_line();
            }
            Some(b'}') => {
                cursor.at += 1;
                if let Some(block) = blocks.pop() {
                    tree.close(block, cursor.at);
                }
            }
            Some(_) => blocks.extend(directive(&mut cursor, &mut tree, start)),
            None => break,
        }
        cursor.at = cursor.at.max(start + 1);
    }
    tree.finish(text.len());
    tree
}

/// A directive; the node of the block that it opens.
fn directive<'a>(cursor: &mut Cursor<'a>, tree: &mut Tree<'a>, start: usize) -> Option<Id> {
    let name = cursor.take_while(|byte| !byte.is_ascii_whitespace() && !b";{}".contains(&byte));
    cursor.skip_spaces();
    let from = cursor.at;
    arguments(cursor);
    let args = cursor.slice(from, cursor.at).trim_ascii();
    if cursor.peek() != Some(b'{') {
        tree.add(name, start..from + args.len(), value_of(args, Flavor::Json));
        return None;
    }
    cursor.at += 1;
    let block = tree.open(name, start, Value::Map);
    if !args.is_empty() {
        tree.add(ARGS, from..from + args.len(), value_of(args, Flavor::Json));
    }
    Some(block)
}

/// Goes to the `;`, the `{` of a block, or the end of the last line.
fn arguments(cursor: &mut Cursor<'_>) {
    while let Some(byte) = cursor.peek() {
        match byte {
            b'"' | b'\'' => {
                quoted(cursor, Flavor::Json);
                continue;
            }
            b'\\' => cursor.at += 1,
            b';' | b'}' => return,
            // `{` of a placeholder or a regex stands within a word.
            b'{' if is_block(cursor) => return,
            b'\n' if ends_line(cursor) => return,
            _ => {}
        }
        cursor.at += 1;
    }
    cursor.at = cursor.at.min(cursor.end);
}

/// A block's `{` is the last thing on its line, or has white space around it.
fn is_block(cursor: &Cursor<'_>) -> bool {
    let next = cursor.text.get(cursor.at + 1).copied().unwrap_or(b'\n');
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.text.get(at));
    next == b'\n'
        || next == b'\r'
        || before.is_some_and(|b| b.is_ascii_whitespace()) && next == b' '
}

/// Whether a directive without `;` ends with this line: the next line does not
/// go on with arguments, as the last one's `;` would show.
fn ends_line(cursor: &Cursor<'_>) -> bool {
    let rest = cursor.rest();
    let head = &rest[..rest.len().min(400)];
    let next = head.iter().find(|byte| !byte.is_ascii_whitespace());
    let mut line = head.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::trim_ascii);
    let last = line.find(|line| !line.is_empty()).unwrap_or_default();
    next != Some(&b'{') && !last.ends_with(b";") || last.contains(&b'{')
}

/// Apache httpd: `<Section args>` … `</Section>`, `Name args`.
pub(super) fn apache(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    let mut cursor = Cursor::new(text);
    let mut sections: Vec<Id> = Vec::new();
    while !cursor.is_done() {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
        let start = cursor.at;
        cursor.end_line();
        while cursor.slice(start, cursor.at).trim_ascii_end().ends_with(b"\\") && !cursor.is_done()
        {
            cursor.at += 1;
            cursor.end_line();
        }
        let line = cursor.slice(start, cursor.at).trim_ascii_end();
        let span = start..start + line.len();
        if line.starts_with(b"</") {
            if let Some(section) = sections.pop() {
                tree.close(section, span.end);
            }
        } else if let Some(inner) = line.strip_prefix(b"<") {
            let (name, args) = split(inner.strip_suffix(b">").unwrap_or(inner));
            let section = tree.open(name, start, Value::Map);
            tree.add(ARGS, span, value_of(args, Flavor::Json));
            sections.push(section);
        } else if !line.is_empty() && !line.starts_with(b"#") {
            let (name, args) = split(line);
            tree.add(name, span, value_of(args, Flavor::Json));
        }
    }
    tree.finish(text.len());
    tree
}

/// Names of HAProxy's sections.
const SECTIONS: &[&[u8]] =
    &[b"global", b"defaults", b"frontend", b"backend", b"listen", b"userlist", b"peers"];

/// HAProxy: a section ends where the next begins.
pub(super) fn haproxy(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    let mut cursor = Cursor::new(text);
    let mut open: Option<Id> = None;
    while !cursor.is_done() {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
        let start = cursor.at;
        cursor.end_line();
        let line = cursor.slice(start, cursor.at).trim_ascii_end();
        let span = start..start + line.len();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let (name, args) = split(line);
        if SECTIONS.contains(&name) {
            if let Some(section) = open.take() {
                tree.close(section, start);
            }
            open = Some(tree.open(name, start, Value::Map));
            tree.add(ARGS, span, value_of(args, Flavor::Json));
        } else {
            tree.add(name, span, value_of(args, Flavor::Json));
        }
    }
    tree.finish(text.len());
    tree
}

/// The first word of a line, and the rest.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    (&line[..end], line[end..].trim_ascii())
}
