//! What ties a name to its value: signs, calls, markup, a blank.

use std::ops::Range;

use super::entries::entry_value;
use super::{Cursor, Operator};

pub(super) fn read_operator<'t>(
    cursor: Cursor<'t>,
    name: &Range<usize>,
) -> Option<(Operator, Cursor<'t>)> {
    let before = name.start.checked_sub(1).map_or(b'\n', |i| cursor.text[i]);
    let closed = cursor.skip_while(4, |b| matches!(b, b'"' | b'\'' | b'`' | b']' | b'\\'));
    let was_quoted = closed.at > cursor.at;
    let spaced = closed.blanks();
    if before == b'<'
        && !was_quoted
        && !cursor.text[..name.start].ends_with(b"include <")
        && let Some(text) = element_text(cursor)
    {
        return Some((Operator::Markup, text));
    }
    let listed = was_quoted || cursor.text[..name.start].ends_with(b"name: ");
    if listed && let Some(found) = paired_value(spaced) {
        return Some(found);
    }
    if let Some(found) = entry_value(cursor, name.start) {
        return Some(found);
    }
    if let Some((operator, width)) = symbol(spaced) {
        let after = spaced.skip(width);
        return Some((operator, type_annotation(after, operator, spaced.peek()).unwrap_or(after)));
    }
    // `fill_in :password, with: "…"` and `key, err := hex.DecodeString("…")`.
    for phrase in [&b", with: "[..], b", _ := ", b", err := ", b", _ = ", b", err = "] {
        if cursor.starts_with(phrase) {
            return Some((Operator::Assign, cursor.skip(phrase.len())));
        }
    }
    match spaced.peek() {
        // `` `password`, `token` `` is a list in a sentence.
        b',' if was_quoted && cursor.peek() != b'`' => Some((Operator::Argument, spaced.skip(1))),
        // `Passwords (`2FA`)` is a sentence.
        b'(' if spaced.at > closed.at && spaced.skip(1).peek() == b'`' => None,
        b'(' if !was_quoted => Some((Operator::Argument, spaced.skip(1))),
        b'[' if cursor.starts_with(b"[] =") => Some((Operator::Assign, cursor.skip(4))),
        // The `password` "flow" of a manual is none.
        b'\'' | b'"' if spaced.at > closed.at && before != b'`' => Some((Operator::Space, spaced)),
        // `the API key `a1b2…`` in a manual, but not `Pass `Response` to it`.
        b'`' if spaced.at > cursor.at && before != b'`' && is_code_word(spaced) => {
            let is_verb = cursor.text[name.clone()].eq_ignore_ascii_case(b"pass");
            (!is_verb).then_some((Operator::Space, spaced))
        }
        _ => spaced_value(cursor, name, spaced),
    }
}

/// After the `>` of a start tag whose name ends at `cursor`.
fn element_text(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let tag = cursor.skip_while(120, |b| !matches!(b, b'<' | b'>' | b'\n'));
    let has_attributes =
        cursor.peek() == b' ' && tag.at > cursor.at && tag.text[tag.at - 1] == b'"';
    (tag.peek() == b'>' && (tag.at == cursor.at || has_attributes)).then(|| tag.skip(1))
}

/// Whether a single word stands between backticks, as manuals mark a value; the tag of a
/// field in Go is more than that.
fn is_code_word(cursor: Cursor<'_>) -> bool {
    cursor.skip(1).skip_while(128, |b| !b"` \"',:\r\n".contains(&b)).peek() == b'`'
}

/// `--password value`, in prose `password is value` or `token 0a1b…`.
fn spaced_value<'t>(
    cursor: Cursor<'t>,
    name: &Range<usize>,
    spaced: Cursor<'t>,
) -> Option<(Operator, Cursor<'t>)> {
    let is_flag = cursor.text[name.clone()].starts_with(b"-");
    if spaced.at == cursor.at {
        return None;
    }
    if spaced.starts_with(b"is ") || spaced.starts_with(b"is: ") {
        return Some((Operator::Space, spaced.skip(3).blanks()));
    }
    // Go writes the type between name and `=`.
    if spaced.starts_with(b"string =") {
        return Some((Operator::Assign, spaced.skip(8)));
    }
    // Without an operator only a long token can be a value.
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"_-+/=.".contains(&b);
    let long = spaced.skip_while(16, is_part).at - spaced.at == 16;
    (is_flag || long).then_some((Operator::Space, spaced))
}

/// `key="password" value="…"`, `"name": "password", "value": "…"`, and the two
/// lines `name: PASSWORD` / `value: …` of Kubernetes.
fn paired_value(cursor: Cursor<'_>) -> Option<(Operator, Cursor<'_>)> {
    let next = cursor.skip_while(120, |b| {
        matches!(b, b',' | b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'\\')
    });
    let word = ["value", "content", "default", "defaultvalue"]
        .into_iter()
        .rev()
        .find(|word| next.starts_with(word.as_bytes()))?;
    let after = next.skip(word.len()).skip_while(2, |b| matches!(b, b'"' | b'\'' | b'\\')).blanks();
    matches!(after.peek(), b'=' | b':').then(|| (Operator::Markup, after.skip(1)))
}

/// The operator at the cursor and its width in bytes.
fn symbol(cursor: Cursor<'_>) -> Option<(Operator, usize)> {
    const SYMBOLS: &[(&[u8], Operator)] = &[
        (b"===", Operator::Compare),
        (b"!==", Operator::Compare),
        (b"==", Operator::Compare),
        (b"!=", Operator::Compare),
        (b"||=", Operator::Assign),
        (b"&&=", Operator::Assign),
        (b"=>", Operator::Assign),
        (b"->", Operator::Assign),
        (b"<-", Operator::Assign),
        (b":=", Operator::Assign),
        (b"?=", Operator::Assign),
        (b"+=", Operator::Assign),
        (b".=", Operator::Assign),
        (b"?:", Operator::Assign),
        (b"=", Operator::Assign),
        (b":", Operator::Assign),
    ];
    // `::` joins paths and `:/` begins a URL's rest: no assignment.
    let colons = cursor.skip_while(4, |b| b == b':').at - cursor.at;
    if colons > 1 && cursor.ahead(colons) == b'=' {
        return Some((Operator::Assign, colons + 1));
    }
    if colons > 1 || cursor.starts_with(b"://") {
        return None;
    }
    SYMBOLS.iter().find(|(s, _)| cursor.starts_with(s)).map(|&(s, operator)| (operator, s.len()))
}

/// `name: Type = value`: the place after the `=`.
fn type_annotation(after: Cursor<'_>, operator: Operator, first: u8) -> Option<Cursor<'_>> {
    if operator != Operator::Assign || !matches!(first, b':' | b'?') {
        return None;
    }
    let word = after.blanks();
    let end = word.skip_while(48, |b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'_' | b'.' | b'?' | b'<' | b'>' | b'&' | b'[' | b']')
    });
    let sign = end.blanks();
    (end.at > word.at && sign.peek() == b'=' && sign.ahead(1) != b'=').then(|| sign.skip(1))
}
