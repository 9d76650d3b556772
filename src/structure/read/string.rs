//! String literals: where they end, and whether what they hold is known.

use super::cursor::Cursor;
use super::flow::Flavor;
use crate::structure::tree::Value;

/// Reads the literal whose opening quote is here; its content.
pub(super) fn quoted<'a>(cursor: &mut Cursor<'a>, flavor: Flavor) -> &'a [u8] {
    let Some(quote) = cursor.peek() else { return b"" };
    if flavor.has_triple_quotes() && cursor.rest().starts_with(&[quote; 3]) {
        let from = cursor.at + 3;
        cursor.at = from;
        cursor.past(&[quote; 3]);
        return cursor.slice(from, cursor.at.saturating_sub(3).max(from));
    }
    cursor.at += 1;
    let from = cursor.at;
    let length = content_length(cursor.rest(), quote, flavor);
    cursor.at = (from + length + 1).min(cursor.end);
    cursor.slice(from, from + length)
}

/// Length of the content up to the closing quote.
fn content_length(rest: &[u8], quote: u8, flavor: Flavor) -> usize {
    let mut at = 0;
    let mut depth = 0_usize;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' if flavor.escapes(quote) => at += 1,
            b'$' if flavor.interpolates() && rest.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'}' => depth = depth.saturating_sub(1),
            // A line that ends within an expression was never closed.
            b'\n' if flavor.interpolates() => return at,
            byte if *byte == quote && depth == 0 => {
                if quote == b'\'' && flavor == Flavor::Yaml && rest.get(at + 1) == Some(&quote) {
                    at += 1;
                } else {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// What the content of a literal says: text, or something that is put
/// together elsewhere.
pub(super) fn value_of(content: &[u8], flavor: Flavor) -> Value<'_> {
    let trimmed = content.trim_ascii();
    let inner = trimmed.strip_prefix(b"${").and_then(|inner| inner.strip_suffix(b"}"));
    match inner {
        Some(inner) if flavor.interpolates() && !inner.contains(&b'}') => {
            Value::Open(inner.trim_ascii())
        }
        // A templated file may be of any format.
        _ if has_template(content) => Value::Open(content),
        _ => Value::Text(content),
    }
}

/// Whether a template of Helm, Jinja or a workflow writes a part of `text`.
pub(super) fn has_template(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"{{").is_some() || memchr::memmem::find(text, b"<%=").is_some()
}
