//! Entries whose name and value are two texts of their own: an element and its
//! attribute, the two elements of a property list or of Hadoop's settings, a
//! variable of Terraform or a parameter of a template with its default. Apart from
//! `operator.rs`, which reads what stands between a name and a value on one line.

use super::{Cursor, Operator};

/// Lines of a variable's block that are read for its default.
const BLOCK_LINES: usize = 12;
/// Bytes of the element of a form's field, before and behind an attribute.
const MAX_FIELD: usize = 200;

/// What a parameter of CloudFormation says before its default.
const PARAMETER_KEYS: [&[u8]; 8] = [
    b"Type:", b"Description:", b"NoEcho:", b"MinLength:", b"MaxLength:", b"AllowedPattern:",
    b"ConstraintDescription:", b"#",
];

/// Reads the value of the entry whose name ends at `cursor`.
pub(super) fn entry_value<'t>(
    cursor: Cursor<'t>,
    name_start: usize,
) -> Option<(Operator, Cursor<'t>)> {
    let before = &cursor.text[..name_start];
    match cursor.peek() {
        b'<' => element_pair(cursor, before),
        b'"' if before.ends_with(b"variable \"") => {
            variable_default(cursor.skip(1)).map(|value| (Operator::Assign, value))
        }
        b'"' if cursor.skip(1).starts_with(b":") => {
            object_default(cursor.skip(2)).map(|value| (Operator::Assign, value))
        }
        b'"' | b'\'' => input_field(cursor, before).or_else(|| attribute_and_text(cursor, before)),
        b':' => lines_default(cursor.skip(1)).map(|value| (Operator::Assign, value)),
        _ => None,
    }
}

/// `<key>ApiKey</key> <string>…`, `<name>secret.key</name> <value>…`.
fn element_pair<'t>(cursor: Cursor<'t>, before: &[u8]) -> Option<(Operator, Cursor<'t>)> {
    const PAIRS: [(&[u8], &[u8]); 3] =
        [(b"key>", b"string>"), (b"name>", b"value>"), (b"Key>", b"Value>")];
    // Of a dotted name only the last part is the name here.
    let head = &before[before.len().saturating_sub(128)..];
    let tag = memchr::memrchr(b'<', head).and_then(|at| head.get(at + 1..))?;
    let (own, other) = PAIRS.into_iter().find(|(own, _)| tag.starts_with(own))?;
    let close = cursor.skip(2);
    if cursor.ahead(1) != b'/' || !close.starts_with(own) {
        return None;
    }
    let next = close.skip(own.len()).skip_while(80, |b| b.is_ascii_whitespace());
    let text = next.skip(1 + other.len());
    (next.peek() == b'<' && next.skip(1).starts_with(other)).then_some((Operator::Entry, text))
}

/// `<string name="api_key">…`, `<entry key="api.token">…`.
fn attribute_and_text<'t>(cursor: Cursor<'t>, before: &[u8]) -> Option<(Operator, Cursor<'t>)> {
    let head = &before[before.len().saturating_sub(128)..];
    let quote = memchr::memrchr(b'"', head)?;
    let attribute = [&b" name="[..], b" key=", b" Name=", b" Key="];
    if !attribute.iter().any(|attribute| head[..quote].ends_with(attribute)) {
        return None;
    }
    let rest = cursor.skip(1);
    let tag = rest.skip_while(80, |b| !matches!(b, b'<' | b'>' | b'\n'));
    // What closes itself has no text, and `=>` is an arrow.
    let closed = tag.at > rest.at && matches!(tag.text[tag.at - 1], b'/' | b'=' | b'-');
    (tag.peek() == b'>' && !closed).then(|| (Operator::Entry, tag.skip(1)))
}

/// `<input type="password" id="p" value="…">`: the value of the field of a form whose
/// attribute ends at `cursor`, wherever in the tag it stands.
fn input_field<'t>(cursor: Cursor<'t>, before: &[u8]) -> Option<(Operator, Cursor<'t>)> {
    const VALUE: &[u8] = b" value=";
    const NO_TEXT: [&[u8]; 4] =
        [b"type=\"submit\"", b"type=\"button\"", b"type=\"checkbox\"", b"type=\"radio\""];
    let head = &before[before.len().saturating_sub(MAX_FIELD)..];
    let open = memchr::memrchr(b'<', head)?;
    let own = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'"))?;
    let attribute = [&b" name="[..], b" type=", b" id="];
    let is_field = head.get(open + 1..open + 6)?.eq_ignore_ascii_case(b"input");
    if !is_field || !attribute.iter().any(|attribute| own.ends_with(attribute)) {
        return None;
    }
    let close = cursor.skip_while(MAX_FIELD, |b| b != b'>').at;
    let start = before.len() - head.len() + open;
    let tag = cursor.text.get(start..close)?;
    if NO_TEXT.iter().any(|kind| memchr::memmem::find(tag, kind).is_some()) {
        return None;
    }
    let found = memchr::memmem::find(tag, VALUE)?;
    Some((Operator::Markup, Cursor { at: start + found + VALUE.len(), ..cursor }))
}

/// The place behind `Default:` in the lines of a parameter of CloudFormation.
fn lines_default(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut line = cursor.blanks();
    if !matches!(line.peek(), b'\n' | b'\r') {
        return None;
    }
    for _ in 0..BLOCK_LINES {
        let start = line.skip_while(80, |b| b.is_ascii_whitespace());
        if start.starts_with(b"Default:") {
            return Some(start.skip(8).blanks());
        }
        if !PARAMETER_KEYS.iter().any(|key| start.starts_with(key)) {
            return None;
        }
        line = start.skip_while(400, |b| b != b'\n');
    }
    None
}

/// The place behind `"Default":` or `"defaultValue":` in the object of a parameter of
/// CloudFormation or ARM.
fn object_default(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut entry = cursor.skip_while(8, |b| b.is_ascii_whitespace());
    if entry.peek() != b'{' {
        return None;
    }
    entry = entry.skip(1);
    for _ in 0..BLOCK_LINES {
        let start = entry.skip_while(80, |b| b.is_ascii_whitespace());
        if start.peek() != b'"' {
            return None;
        }
        for key in [b"\"Default\":".as_slice(), b"\"defaultValue\":"] {
            if start.starts_with(key) {
                return Some(start.skip(key.len()).blanks());
            }
        }
        // Another text or truth value; what is nested is no parameter's.
        let other = start.skip_while(400, |b| !matches!(b, b',' | b'{' | b'[' | b'}'));
        if other.peek() != b',' {
            return None;
        }
        entry = other.skip(1);
    }
    None
}

/// The place behind `default =` in the block of a variable.
fn variable_default(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut line = cursor.blanks();
    if line.peek() != b'{' {
        return None;
    }
    line = line.skip(1);
    for _ in 0..BLOCK_LINES {
        let start = line.skip_while(80, |b| b.is_ascii_whitespace());
        let value = start.skip(7).blanks();
        if start.starts_with(b"default") && value.peek() == b'=' {
            return Some(value.skip(1));
        }
        if start.peek() == b'}' {
            return None;
        }
        line = start.skip_while(400, |b| b != b'\n');
    }
    None
}
