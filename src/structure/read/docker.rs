//! Dockerfiles: `stage` for each `FROM`, with its instructions as entries; the
//! last, which is what runs, is called `final`.

use std::collections::HashSet;

use super::cursor::Cursor;
use crate::structure::tree::{Id, Tree, Value};

/// Reads the instructions of `text`.
pub(super) fn read(text: &[u8]) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    tree.open(b"", 0, Value::Map);
    let last = last_from(text);
    let mut cursor = Cursor::new(text);
    let mut stage: Option<Id> = None;
    let mut names: HashSet<Vec<u8>> = HashSet::new();
    while !cursor.is_done() {
        cursor.take_while(|byte| byte.is_ascii_whitespace());
        let start = cursor.at;
        let end = instruction_end(&mut cursor);
        let line = cursor.slice(start, end);
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let length = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
        let (name, args) = (&line[..length], line[length..].trim_ascii());
        if name.eq_ignore_ascii_case(b"from") {
            if let Some(open) = stage.take() {
                tree.close(open, start);
            }
            let key: &[u8] = if start == last { b"final" } else { b"stage" };
            stage = Some(tree.open(key, start, Value::Map));
        }
        let value =
            if is_known(&mut names, name, args) { Value::Text(args) } else { Value::Open(args) };
        tree.add(name, start..end, value);
    }
    tree.finish(text.len());
    tree
}

/// Whether an instruction says what it means: a `FROM` with a variable, or
/// with the name of a stage above it, does not. Stages are added to `names`.
fn is_known(names: &mut HashSet<Vec<u8>>, name: &[u8], args: &[u8]) -> bool {
    if !name.eq_ignore_ascii_case(b"from") {
        return true;
    }
    let mut words = args.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let image = words.find(|word| !word.starts_with(b"--")).unwrap_or_default();
    let known = !image.contains(&b'$') && !names.contains(&image.to_ascii_lowercase());
    if let Some(stage) = words.nth(1) {
        names.insert(stage.to_ascii_lowercase());
    }
    known
}

/// Goes behind an instruction with its continued lines; the end of its text.
fn instruction_end(cursor: &mut Cursor<'_>) -> usize {
    let is_comment = cursor.peek() == Some(b'#');
    let start = cursor.at;
    loop {
        let line_start = cursor.at;
        cursor.end_line();
        let line = cursor.slice(line_start, cursor.at).trim_ascii();
        // A comment between continued lines does not end them.
        let goes_on = line.ends_with(b"\\") || line_start != start && line.starts_with(b"#");
        if is_comment || !goes_on || cursor.is_done() {
            let whole = cursor.slice(start, cursor.at).trim_ascii_end();
            return start + whole.len();
        }
        cursor.at += 1;
    }
}

/// Where the last `FROM` begins.
fn last_from(text: &[u8]) -> usize {
    let mut at = 0;
    let mut last = usize::MAX;
    for line in text.split(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii_start();
        if trimmed.len() > 5 && trimmed[..5].eq_ignore_ascii_case(b"from ") {
            last = at + (line.len() - trimmed.len());
        }
        at += line.len() + 1;
    }
    last
}
