//! YAML by indentation, a line at a time: a document with template lines in it
//! is read like one without, and aliases are links, never copies.

use std::collections::HashMap;

use super::cursor::Cursor;
use super::flow::{self, Flavor};
use super::string::{has_template, quoted, value_of};
use super::yaml_line::{Template, key, template};
use crate::structure::tree::{Id, TEMPLATE, Tree, Value};

/// Open parts around a line that are looked at.
const MAX_PARTS: usize = 32;

/// An entry whose value may go on in the lines below.
struct Frame {
    node: Id,
    /// Column of its key or dash; the document is at none.
    column: Option<usize>,
    /// Begins with a dash.
    is_item: bool,
}

struct Reader<'a, 't> {
    cursor: Cursor<'a>,
    tree: &'t mut Tree<'a>,
    frames: Vec<Frame>,
    anchors: HashMap<&'a [u8], Id>,
    aliases: Vec<(Id, &'a [u8])>,
    /// Name before the value that is read next.
    anchor: Option<&'a [u8]>,
    /// End of what was read last.
    last_end: usize,
    /// Open parts of a template.
    parts: Vec<Part<'a>>,
    /// How many of them are conditions within a document.
    conditions: usize,
}

/// What stands between `{{ if … }}` or the like and its end.
struct Part<'a> {
    /// It is written under a condition within a document.
    is_condition: bool,
    /// The line that begins it; none behind an `else`.
    line: &'a [u8],
    /// The first node in it.
    start: Id,
}

/// Reads all documents of `text`.
pub(super) fn read(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    documents(Cursor::new(text), &mut tree);
    tree.finish(text.len());
    tree
}

/// Reads what is at `cursor` as documents behind those of `tree`.
pub(super) fn documents<'a>(cursor: Cursor<'a>, tree: &mut Tree<'a>) {
    let mut reader = Reader {
        cursor,
        tree,
        frames: Vec::new(),
        anchors: HashMap::new(),
        aliases: Vec::new(),
        anchor: None,
        last_end: 0,
        parts: Vec::new(),
        conditions: 0,
    };
    reader.document();
    while !reader.cursor.is_done() {
        let from = reader.cursor.at;
        reader.line();
        reader.cursor.end_line();
        reader.cursor.at = (reader.cursor.at + 1).min(reader.cursor.end).max(from + 1);
    }
    while let Some(frame) = reader.frames.pop() {
        reader.tree.close(frame.node, reader.cursor.end);
    }
    for (node, name) in reader.aliases {
        if let Some(target) = reader.anchors.get(name) {
            // Within itself, an alias would lead round and round.
            if !reader.tree.within(*target).contains(&node) {
                reader.tree.set_alias(node, *target);
            }
        }
    }
}

/// Whether the template line `line` is an alternative.
fn is_else(line: &[u8]) -> bool {
    let inner = line.strip_prefix(b"{{").unwrap_or(line);
    inner.strip_prefix(b"-").unwrap_or(inner).trim_ascii_start().starts_with(b"else")
}

impl Part<'_> {
    fn is_with(&self) -> bool {
        let inner = self.line.strip_prefix(b"{{").unwrap_or(self.line);
        inner.strip_prefix(b"-").unwrap_or(inner).trim_ascii_start().starts_with(b"with ")
    }
}

impl<'a> Reader<'a, '_> {
    /// Begins a document.
    fn document(&mut self) {
        while let Some(frame) = self.frames.pop() {
            self.tree.close(frame.node, self.last_end);
        }
        let node = self.tree.open(b"", self.cursor.at, Value::Text(b""));
        self.frames.push(Frame { node, column: None, is_item: false });
    }

    fn line(&mut self) {
        let line_start = self.cursor.at;
        self.cursor.skip_spaces();
        let column = self.cursor.at - line_start;
        let rest = self.cursor.rest();
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        if line.is_empty() || matches!(line[0], b'#' | b'\n' | b'\r') {
            return;
        }
        if column == 0 && line.starts_with(b"---") {
            self.cursor.at = line_start;
            self.document();
            return;
        }
        if let Some(template) = template(line) {
            return self.template(template, column, line);
        }
        self.content(column);
    }

    /// Marks that something unknown stands here.
    fn template(&mut self, template: Template, column: usize, line: &'a [u8]) {
        let at = self.cursor.at;
        if memchr::memmem::find(line, b"}}").is_none() && line.starts_with(b"{{") {
            self.cursor.past(b"}}");
        }
        match template {
            Template::Control if is_else(line) => self.turn(),
            Template::Control => {}
            // A condition around a whole document says only when it is used.
            Template::Opening => {
                let is_condition = self.frames.len() > 1;
                self.conditions += usize::from(is_condition);
                self.parts.push(Part { is_condition, line, start: self.tree.len() });
            }
            Template::Definition => {
                self.parts.push(Part { is_condition: false, line, start: self.tree.len() });
            }
            Template::Closing => {
                if let Some(part) = self.parts.pop().filter(|part| part.is_condition) {
                    self.conditions -= 1;
                    self.tree.set_condition(part.start, part.line);
                }
            }
            Template::Output(indentation) => {
                self.leave(indentation.unwrap_or(column), false);
                self.make(Value::Map);
                // Within `with x`, the dot is `x`.
                let is_dot = memchr::memmem::find(line, b"toYaml . ").is_some();
                let mut around = self.parts.iter().rev().take(MAX_PARTS).filter(|_| is_dot);
                let with = around.find(|part| part.is_with());
                let said = with.map_or(line, |part| part.line);
                self.tree.add(TEMPLATE, at..at + line.len(), Value::Open(said));
            }
        }
    }

    /// Behind an `else`, the condition of the innermost part no longer holds.
    fn turn(&mut self) {
        let start = self.tree.len();
        if let Some(part) = self.parts.last_mut() {
            if part.is_condition {
                self.tree.set_condition(part.start, part.line);
            }
            (part.line, part.start) = (b"", start);
        }
    }

    /// Reads dashes, a key, a value, from `column` on.
    fn content(&mut self, mut column: usize) {
        loop {
            let rest = self.cursor.rest();
            let is_dash =
                rest.starts_with(b"-") && rest.get(1).is_none_or(|byte| byte.is_ascii_whitespace());
            self.leave(column, is_dash);
            let start = self.cursor.at;
            if is_dash {
                self.cursor.at += 1;
                self.cursor.skip_spaces();
                self.make(Value::List);
                if !self.item(start, column) {
                    return;
                }
                column += self.cursor.at - start;
                continue;
            }
            let Some(key) = key(&mut self.cursor) else {
                return self.scalar_line();
            };
            self.make(Value::Map);
            self.cursor.skip_spaces();
            return self.value(key, start, column, false);
        }
    }

    /// An element; true if entries of its own follow on the line.
    fn item(&mut self, start: usize, column: usize) -> bool {
        let has_entries =
            self.cursor.rest().starts_with(b"- ") || key(&mut self.cursor.clone()).is_some();
        if has_entries {
            self.push(b"", start, column, true);
        } else {
            self.value(b"", start, column, true);
        }
        has_entries
    }

    fn push(&mut self, key: &'a [u8], start: usize, column: usize, is_item: bool) -> Id {
        let node = self.tree.open(key, start, Value::Text(b""));
        self.frames.push(Frame { node, column: Some(column), is_item });
        self.name(node);
        self.last_end = self.cursor.at.max(start + 1);
        node
    }

    /// Gives the anchor that was read to `node`.
    fn name(&mut self, node: Id) {
        if let Some(anchor) = self.anchor.take() {
            self.anchors.insert(anchor, node);
        }
    }

    /// What stands behind a key or a dash.
    fn value(&mut self, key: &'a [u8], start: usize, column: usize, is_item: bool) {
        let tag = self.properties();
        match self.cursor.peek() {
            None | Some(b'\n' | b'#') => {
                let node = self.push(key, start, column, is_item);
                if let Some(tag) = tag {
                    self.tree.set(node, Value::Open(tag));
                }
                return;
            }
            Some(b'|' | b'>') => self.block(key, start, column),
            Some(b'*') => self.alias(key, start),
            Some(b'"' | b'\'') => {
                let content = quoted(&mut self.cursor, Flavor::Yaml);
                self.scalar(key, start, tag, content);
            }
            Some(b'[') => self.flow(key, start, tag),
            Some(b'{') if !self.cursor.rest().starts_with(b"{{") => self.flow(key, start, tag),
            Some(_) => {
                let content = self.plain();
                self.scalar(key, start, tag, content);
            }
        }
        self.last_end = self.cursor.at;
    }

    /// Reads `&anchor` and `!tag` before a value; the tag of a function.
    fn properties(&mut self) -> Option<&'a [u8]> {
        let mut tag = None;
        while let Some(mark @ (b'&' | b'!')) = self.cursor.peek() {
            let word = self.cursor.take_while(|byte| !byte.is_ascii_whitespace());
            if mark == b'&' {
                self.anchor = word.get(1..);
            } else if !word.starts_with(b"!!") {
                tag = Some(word);
            }
            self.cursor.skip_spaces();
        }
        tag
    }

    fn scalar(&mut self, key: &'a [u8], start: usize, tag: Option<&'a [u8]>, content: &'a [u8]) {
        let value = match tag {
            // A text with values put in is still known to be more than them.
            Some(b"!Sub") if !content.starts_with(b"${") => Value::Text(content),
            Some(b"!Ref") => Value::Open(content),
            Some(tag) => Value::Open(tag),
            // Under a condition: whether it is said is not known.
            None if self.conditions > 0 => Value::Open(content),
            None => value_of(content, Flavor::Yaml),
        };
        let node = self.tree.add(key, start..self.cursor.at, value);
        self.name(node);
    }

    fn flow(&mut self, key: &'a [u8], start: usize, tag: Option<&'a [u8]>) {
        let node = self.tree.len();
        flow::value(&mut self.cursor, self.tree, key, start, Flavor::Yaml);
        if let Some(tag) = tag {
            self.tree.set(node, Value::Open(tag));
        }
        self.name(node);
    }

    fn alias(&mut self, key: &'a [u8], start: usize) {
        self.cursor.at += 1;
        let name = self.cursor.take_while(|byte| !byte.is_ascii_whitespace());
        let node = self.tree.add(key, start..self.cursor.at, Value::Open(name));
        self.aliases.push((node, name));
    }

    /// The rest of the line without a comment.
    fn plain(&mut self) -> &'a [u8] {
        let from = self.cursor.at;
        self.cursor.end_line();
        let line = self.cursor.slice(from, self.cursor.at);
        let length = memchr::memmem::find(line, b" #").unwrap_or(line.len());
        let text = line[..length].trim_ascii_end();
        self.cursor.at = from + text.len();
        text
    }

    /// `|` and `>`: the lines below that are deeper than `column`.
    fn block(&mut self, key: &'a [u8], start: usize, column: usize) {
        self.cursor.end_line();
        let from = (self.cursor.at + 1).min(self.cursor.end);
        let mut to = from;
        let mut line = Cursor::part(self.cursor.text, from, self.cursor.end);
        while !line.is_done() {
            let line_start = line.at;
            line.skip_spaces();
            let depth = line.at - line_start;
            let is_blank = matches!(line.peek(), None | Some(b'\n'));
            if !is_blank && depth <= column {
                break;
            }
            line.end_line();
            if !is_blank {
                to = line.at;
            }
            line.at += 1;
        }
        let content = self.cursor.slice(from, to);
        self.cursor.at = to.max(self.cursor.at);
        let value = if has_template(content) { Value::Open(content) } else { Value::Text(content) };
        let node = self.tree.add(key, start..self.cursor.at, value);
        self.name(node);
        // The caller goes on behind the line that the cursor is on.
        self.cursor.at = self.cursor.at.max(from.saturating_sub(1));
    }

    /// A line without a key: the value of what is open, or more of it.
    fn scalar_line(&mut self) {
        let rest = self.cursor.rest();
        let opens = rest.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
        let Some(top) = self.frames.last().map(|frame| frame.node) else { return };
        let is_empty = self.tree.value(top) == Value::Text(b"");
        if opens && is_empty && !rest.starts_with(b"{{") {
            // The value of the open entry; a list in a list reads the same.
            self.tree.set(top, Value::List);
            let start = self.cursor.at;
            self.flow(b"", start, None);
        } else {
            let text = self.plain();
            if is_empty {
                self.tree.set(top, value_of(text, Flavor::Yaml));
            }
        }
        self.last_end = self.cursor.at;
    }

    /// Closes what a line at `column` is not within.
    fn leave(&mut self, column: usize, is_dash: bool) {
        while let Some(frame) = self.frames.last() {
            let within = match frame.column {
                None => true,
                Some(own) if own < column => true,
                // A list may stand at the column of its key.
                Some(own) => own == column && is_dash && !frame.is_item,
            };
            if within {
                return;
            }
            self.tree.close(frame.node, self.last_end);
            self.frames.pop();
        }
    }

    /// Makes the innermost open entry a map or a list, if nothing is known of it.
    fn make(&mut self, value: Value<'a>) {
        let Some(top) = self.frames.last().map(|frame| frame.node) else { return };
        if self.tree.value(top) == Value::Text(b"") {
            self.tree.set(top, value);
        }
    }
}
