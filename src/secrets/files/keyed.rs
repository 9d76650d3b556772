//! `key` and its value in whatever notation a known file is written: JSON, YAML,
//! INI, XML elements and attributes, plist, PHP, shell.

use std::ops::Range;

use crate::finding::{Candidate, Confidence};
use crate::secrets::standin::is_stand_in;
use crate::source::place::Notation;

use super::KnownText;

/// Longest value that is read, in bytes.
const MAX_VALUE: usize = 1024;
/// How far a value may stand from its key in markup, in bytes.
const MAX_GAP: usize = 256;

/// Reports the values of `keys`.
pub(super) fn scan(known: &KnownText<'_>, keys: &[Box<[u8]>], candidates: &mut Vec<Candidate>) {
    for key in keys {
        each_key(known.text, key, |range| {
            let start = range.start;
            let value = value_after(known.text, range)?;
            let end = value.end;
            let quoted = matches!(known.text[value.start - 1], b'"' | b'\'');
            // A bare word in source code is a name, not a value.
            if quoted || known.place.notation != Notation::Code {
                let stands_in = is_stand_in(&known.text[value.clone()]);
                let told = candidates.len();
                known.push_stored(value, candidates);
                if stands_in && is_fallback(known.text, start) {
                    candidates[told..].iter_mut().for_each(doubt);
                }
            }
            Some(end)
        });
    }
}

/// Whether the key at `at` is asked of the environment, and the value behind it is
/// what holds where it is not set: `env('DB_PASSWORD', 'secret')`.
fn is_fallback(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let before = before.strip_suffix(b"'").or_else(|| before.strip_suffix(b"\""));
    before.is_some_and(|before| before.ends_with(b"env("))
}

fn doubt(candidate: &mut Candidate) {
    candidate.confidence = Confidence::Low;
    candidate.reasons.push("a word that stands in where the environment sets nothing".into());
}

/// Calls `visit` with every place where `key` stands as a whole word, whatever
/// its case. It returns where to go on, if it has read further.
pub(super) fn each_key(
    text: &[u8],
    key: &[u8],
    mut visit: impl FnMut(Range<usize>) -> Option<usize>,
) {
    let Some(&first) = key.first() else { return };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let is_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let mut done = 0;
    for at in memchr::memchr2_iter(lower, upper, text) {
        let end = at + key.len();
        let same = text.get(at..end).is_some_and(|word| word.eq_ignore_ascii_case(key));
        let before = at.checked_sub(1).and_then(|i| text.get(i));
        let inside = is_word(Some(&first)) && is_word(before);
        let whole = same && !inside && !is_word(text.get(end));
        if at >= done && whole && !is_commented(text, at) {
            done = visit(at..end).unwrap_or(end);
        }
    }
}

/// Whether the line begins with a sign that no notation of keys begins with.
fn is_commented(text: &[u8], at: usize) -> bool {
    let floor = at.saturating_sub(MAX_GAP);
    let line = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    let start = text[line..at].trim_ascii_start();
    start.starts_with(b"#") || start.starts_with(b";") || start.starts_with(b"// ")
}

/// Where the value of the key at `key` stands; `None` when it has none.
pub fn value_after(text: &[u8], key: Range<usize>) -> Option<Range<usize>> {
    let end = text.len().min(key.end + MAX_GAP + MAX_VALUE);
    let text = text.get(..end)?;
    let before = key.start.checked_sub(1).and_then(|i| text.get(i));
    if before == Some(&b'<') {
        return element(text, key.end);
    }
    if text[key.end..].starts_with(b"</") {
        // `<key>Password</key><string>…`: the next element holds the value.
        let closed = key.end + find(text, key.end, b">")? + 1;
        let open = closed + blanks(&text[closed..], true);
        return (text.get(open) == Some(&b'<')).then(|| element(text, open + 1))?;
    }
    let quotes = text[key.end..].iter().take(2).take_while(|b| b"\"'`]".contains(b)).count();
    let at = key.end + quotes;
    let spaced = at + blanks(&text[at..], false);
    if quotes > 0 && text.get(spaced) == Some(&b'>') {
        return content(text, spaced + 1);
    }
    if quotes > 0
        && let Some(value) = attribute(text, spaced)
    {
        return Some(value);
    }
    let at =
        spaced + operator(&text[spaced..], quotes > 0, spaced > at && starts_line(text, &key))?;
    if text[at - 1] == b',' && !is_first_argument(text, &key) {
        return None;
    }
    let value = plain(text, at + blanks(&text[at..], false))?;
    (!is_key(text, value.end)).then_some(value)
}

/// `define('pass', …`, not the list `['user', 'pass', …`.
fn is_first_argument(text: &[u8], key: &Range<usize>) -> bool {
    let before = text[..key.start].trim_ascii_end();
    let before = before.strip_suffix(b"'").or(before.strip_suffix(b"\"")).unwrap_or(before);
    before.trim_ascii_end().ends_with(b"(")
}

/// Whether the word that ends at `end` has a value of its own:
/// `"username": "token", "password": …`.
fn is_key(text: &[u8], end: usize) -> bool {
    let at = end + usize::from(text.get(end) == Some(&b'"'));
    at > end && text[at..].trim_ascii_start().starts_with(b":")
}

/// Bytes of the operator at the start of `rest`.
fn operator(rest: &[u8], quoted: bool, spaced: bool) -> Option<usize> {
    const OPERATORS: [&[u8]; 5] = [b"=>", b":=", b"=", b":", b","];
    let comma = |operator: &&[u8]| **operator != b","[..] || quoted;
    let found = OPERATORS.iter().filter(|o| comma(o)).find(|o| rest.starts_with(o));
    match found {
        Some(operator) if rest.get(operator.len()) != Some(&b'=') => Some(operator.len()),
        None if spaced => Some(0),
        _ => None,
    }
}

/// Whether the key is the first word of its line: `password "…"`.
fn starts_line(text: &[u8], key: &Range<usize>) -> bool {
    let before = text[..key.start].iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
    before.is_none_or(|b| *b == b'\n')
}

/// The content of the string behind the key's quote and colon (JSON).
pub(super) fn json_string(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let skipped = rest.iter().take(16).take_while(|b| b"\": \t\r\n".contains(b)).count();
    let start = at + skipped;
    let opened = rest[..skipped].last() == Some(&b'"') && rest[..skipped].contains(&b':');
    let end = closing(&text[..text.len().min(start + MAX_VALUE)], start, b'"')?;
    (opened && end > start).then_some(start..end)
}

/// A quoted value, or a bare one up to a blank.
pub(super) fn plain(text: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = *text.get(at)?;
    if matches!(quote, b'"' | b'\'') {
        let end = closing(text, at + 1, quote)?;
        return (end > at + 1).then_some(at + 1..end);
    }
    let stop = |b: u8| b.is_ascii_whitespace() || b"\"'<>".contains(&b);
    let length = text[at..].iter().take(MAX_VALUE).take_while(|b| !stop(**b)).count();
    let value = &text[at..at + length];
    let tail = value.iter().rev().take_while(|b| b",;)]}".contains(b)).count();
    (length > tail).then(|| at..at + length - tail)
}

/// The place of the partner of a quote, on the same line.
pub fn closing(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\n' => return None,
            b'\\' => at += 1,
            _ if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The text of the element whose name ends at `at`.
fn element(text: &[u8], at: usize) -> Option<Range<usize>> {
    let close = at + find(text, at, b">")?;
    if text[at..close].contains(&b'<') || text[..close].ends_with(b"/") {
        return None;
    }
    content(text, close + 1)
}

/// Text up to the next tag, or inside CDATA.
fn content(text: &[u8], at: usize) -> Option<Range<usize>> {
    const OPEN: &[u8] = b"<![CDATA[";
    let start = at + blanks(&text[at..], true);
    if text[start..].starts_with(OPEN) {
        let start = start + OPEN.len();
        let end = start + memchr::memmem::find(&text[start..], b"]]>")?;
        return (end > start).then_some(start..end);
    }
    let length = memchr::memchr(b'<', &text[start..])?;
    let value = text[start..start + length].trim_ascii_end();
    (!value.is_empty()).then(|| start..start + value.len())
}

/// `value="…"` behind `name="key"`.
fn attribute(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix(b"value=")?;
    let quote = rest.first().copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let start = at + b"value=".len() + 1;
    let end = closing(text, start, quote)?;
    (end > start).then_some(start..end)
}

fn find(text: &[u8], at: usize, needle: &[u8]) -> Option<usize> {
    let window = &text[at..text.len().min(at + MAX_GAP)];
    memchr::memmem::find(window, needle)
}

fn blanks(text: &[u8], lines: bool) -> usize {
    let is_blank = |b: u8| matches!(b, b' ' | b'\t') || lines && matches!(b, b'\r' | b'\n');
    text.iter().take(MAX_GAP).take_while(|b| is_blank(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reader_for_all_notations() {
        for text in [
            "\"pass\": \"hunter2\",",
            "'pass' : 'hunter2'",
            "pass=hunter2",
            "pass = \"hunter2\"; # note",
            "  pass \"hunter2\"",
            "pass hunter2",
            "<Pass encoding=\"base64\">hunter2</Pass>",
            "<pass>\n  hunter2\n</pass>",
            "<pass><![CDATA[hunter2]]></pass>",
            "<key>Pass</key>\n<string>hunter2</string>",
            "<string name=\"pass\">hunter2</string>",
            "<option name=\"pass\" value=\"hunter2\" />",
            "<conn user=\"a\" pass=\"hunter2\"/>",
            "define( 'pass', 'hunter2' );",
            "$db['pass'] = 'hunter2';",
            "'pass' => 'hunter2',",
            "{pass: hunter2}",
        ] {
            let at = text.to_ascii_lowercase().find("pass").unwrap();
            let value = value_after(text.as_bytes(), at..at + 4);
            assert_eq!(value.map(|v| &text[v]), Some("hunter2"), "{text}");
        }
    }

    #[test]
    fn no_value() {
        for text in [
            "pass", "pass=", "<pass/>", "<pass></pass>", "pass == x", "the pass word", "pass(",
            "'pass', ", "['user', 'pass', 'hunter2', 'port'];",
        ] {
            let at = text.find("pass").unwrap();
            assert_eq!(value_after(text.as_bytes(), at..at + 4), None, "{text}");
        }
    }

    #[test]
    fn keys_are_whole_words() {
        let mut found = Vec::new();
        each_key(b"xpass pass_x Pass\n# pass\npass", b"pass", |range| {
            found.push(range.start);
            None
        });
        assert_eq!(found, [13, 25]);
    }
}
