//! How a value is written: in quotes, bare, inside a string, wrapped in a call.

use std::ops::Range;

use super::{Cursor, MAX_VALUE, Operator, Quoting};

pub(super) fn read_value(
    cursor: Cursor<'_>,
    name: &Range<usize>,
    operator: Operator,
) -> Option<(Range<usize>, Quoting)> {
    let cursor = unwrap_call(next_line(cursor.blanks(), operator));
    let escaped = cursor.peek() == b'\\' && matches!(cursor.ahead(1), b'"' | b'\'');
    let opening = if escaped { cursor.skip(1) } else { string_prefix(cursor) };
    match opening.peek() {
        // The end of the string that holds the name: `"password: " + value`.
        quote @ (b'"' | b'\'' | b'`')
            if !escaped && open_quote(cursor.text, opening_quote(cursor.text, name)) == quote =>
        {
            None
        }
        quote @ (b'"' | b'\'' | b'`') => {
            Some((unnested(cursor.text, quoted(opening, quote, escaped)?), Quoting::Quoted))
        }
        _ if operator == Operator::Argument => None,
        _ if operator == Operator::Entry => Some((bare(cursor, b"<\r\n")?, Quoting::Inside)),
        _ if operator == Operator::Markup && cursor.text[name.start - 1] == b'<' => {
            Some((bare(cursor, b"<\"'\r\n")?, Quoting::Inside))
        }
        _ => bare_value(cursor, name),
    }
}

/// A value may stand on the next line: the text of an element, or a quoted
/// value after its operator.
fn next_line(cursor: Cursor<'_>, operator: Operator) -> Cursor<'_> {
    if operator == Operator::Assign && matches!(cursor.peek(), b'|' | b'>') {
        return block_scalar(cursor).unwrap_or(cursor);
    }
    if !matches!(cursor.peek(), b'\r' | b'\n') {
        return cursor;
    }
    let next = cursor.skip_while(80, |b| b.is_ascii_whitespace());
    let quoted = operator == Operator::Assign && matches!(next.peek(), b'"' | b'\'');
    if quoted || operator == Operator::Markup { next } else { cursor }
}

/// The one line of a block of YAML, behind `|`, `>` or `>-`.
fn block_scalar(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let header = cursor.skip(1).skip_while(2, |b| matches!(b, b'-' | b'+' | b'1'..=b'9'));
    let end = header.blanks().skip_while(1, |b| b == b'\r');
    let value = end.skip(1).blanks();
    if end.peek() != b'\n' || value.at == end.at + 1 {
        return None;
    }
    let indent = value.at - end.at;
    let next = value.skip_while(MAX_VALUE, |b| b != b'\n');
    let goes_on = next.at < next.text.len() && next.skip(1).blanks().at - next.at >= indent;
    (!goes_on).then_some(value)
}

/// `b"…"`, `f'…'`, `@"…"`: the place of the quote.
fn string_prefix(cursor: Cursor<'_>) -> Cursor<'_> {
    let after = cursor.skip_while(2, |b| {
        matches!(b, b'b' | b'r' | b'u' | b'f' | b'B' | b'R' | b'U' | b'F' | b'L' | b'@')
    });
    if matches!(after.peek(), b'"' | b'\'') { after } else { cursor }
}

/// `[]byte("…")`, `SecretStr('…')`: wrappers that keep the literal.
fn unwrap_call(cursor: Cursor<'_>) -> Cursor<'_> {
    const WRAPPERS: &[&[u8]] = &[
        b"[]byte(", b"string(", b"str(", b"bytes(", b"SecretStr(", b"Secret(", b"Some(",
        b"Optional.of(", b"Buffer.from(", b"new String(", b"String(", b"encode(", b"(",
        b"Base64.decode(", b"base64.b64decode(", b"b64decode(", b"base64Decode(", b"unhexlify(",
        b"binascii.unhexlify(", b"hex.DecodeString(", b"bytes.fromhex(",
        b"Encoding.UTF8.GetBytes(", b"Encoding.ASCII.GetBytes(", b"Convert.FromBase64String(",
        b"decodeBase64(", b"atob(", b"[", b"(None, ", b"JSON.stringify(",
    ];
    match WRAPPERS.iter().find(|w| cursor.starts_with(w)) {
        Some(wrapper) if matches!(cursor.ahead(wrapper.len()), b'"' | b'\'') => {
            cursor.skip(wrapper.len())
        }
        _ => cursor,
    }
}

/// The text between the quote at the cursor and its partner on the same line,
/// or of a triple quote.
fn quoted(opening: Cursor<'_>, quote: u8, escaped: bool) -> Option<Range<usize>> {
    let triple = !escaped && opening.ahead(1) == quote && opening.ahead(2) == quote;
    let start = opening.at + if triple { 3 } else { 1 };
    let mut end = start;
    while let Some(&byte) = opening.text.get(end) {
        match byte {
            b'\n' if !triple && quote != b'`' => return None,
            b'\\' if escaped && opening.text.get(end + 1) == Some(&quote) => break,
            b'\\' if !escaped => end += 1,
            _ if byte == quote && !escaped => break,
            _ => {}
        }
        end += 1;
    }
    (end > start && end < opening.text.len()).then_some(start..end)
}

/// `"\"value\""` and `'"value"'`: a string that holds one, for a file that a
/// program writes.
fn unnested(text: &[u8], range: Range<usize>) -> Range<usize> {
    const NESTED: [&[u8]; 3] = [b"\\\"", b"\"", b"'"];
    let value = &text[range.clone()];
    let quote = NESTED.into_iter().find(|quote| {
        value.len() > 2 * quote.len() && value.starts_with(quote) && value.ends_with(quote)
    });
    let width = quote.map_or(0, <[u8]>::len);
    range.start + width..range.end - width
}

fn bare_value(cursor: Cursor<'_>, name: &Range<usize>) -> Option<(Range<usize>, Quoting)> {
    let before = name.start.checked_sub(1).map_or(b'\n', |i| cursor.text[i]);
    if matches!(before, b'?' | b'&') {
        return Some((bare(cursor, b"&#\"'`<> \t\r\n)")?, Quoting::Inside));
    }
    if open_quote(cursor.text, opening_quote(cursor.text, name)) != 0 {
        return Some((bare(cursor, b";&\"'`<> \t\r\n,\\")?, Quoting::Inside));
    }
    let range = bare(cursor, b"\"'`<> \t\r\n")?;
    let trimmed = cursor.text[range.clone()]
        .iter()
        .rev()
        .take_while(|b| matches!(b, b',' | b';' | b')' | b'}' | b']'))
        .count();
    let range = range.start..range.end - trimmed;
    (!range.is_empty()).then_some((range, Quoting::Bare))
}

/// The place of the quote, with its escape, that opens a quoted name. What only
/// begins its string (`"token=…&x=1"`) has none of its own.
fn opening_quote(text: &[u8], name: &Range<usize>) -> usize {
    let before = name.start.checked_sub(1).map_or(b'\n', |i| text[i]);
    let tail = text.get(name.end..).unwrap_or_default();
    let begins_string = match tail.first() {
        Some(b'=') => tail.get(1) != Some(&b'>'),
        first => first == Some(&b' '),
    };
    let quoted = matches!(before, b'"' | b'\'' | b'`') && !begins_string;
    let escaped = quoted && name.start > 1 && text[name.start - 2] == b'\\';
    name.start - usize::from(quoted) - usize::from(escaped)
}

fn bare(cursor: Cursor<'_>, stop: &[u8]) -> Option<Range<usize>> {
    let end = cursor.skip_while(MAX_VALUE, |b| !stop.contains(&b));
    (end.at > cursor.at).then_some(cursor.at..end.at)
}

/// The quote of the string that is open at `at`, judged from the start of the
/// line (at most 400 bytes back); 0 outside of strings.
fn open_quote(text: &[u8], at: usize) -> u8 {
    let floor = at.saturating_sub(400);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    let (mut open, mut i) = (0u8, start);
    while i < at {
        match text[i] {
            b'\\' => i += 1,
            quote @ (b'"' | b'`') if open == 0 || open == quote => {
                open = if open == 0 { quote } else { 0 };
            }
            // An apostrophe inside a word is no quote.
            b'\'' if open == b'\'' => open = 0,
            b'\'' if open == 0 && (i == start || !text[i - 1].is_ascii_alphanumeric()) => {
                open = b'\'';
            }
            _ => {}
        }
        i += 1;
    }
    open
}
