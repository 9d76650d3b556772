//! What stands around a value: the name it is assigned to and the headings it
//! is under. Read from the text as config files and code write it, in bounds,
//! for the few values that became findings.

use std::ops::Range;

/// Bytes of a line that are read for a name, and bytes before it for headings.
const LINE: usize = 400;
const ABOVE: usize = 8 * 1024;
/// Headings of one value, and bytes of a name.
const MOST_SECTIONS: usize = 6;
const LONGEST_NAME: usize = 96;

/// The name that the value at `at` is assigned to; empty without one. Of several
/// on the line the nearest, then the first.
pub(super) fn name_of(text: &[u8], at: usize) -> String {
    let before = line_before(text, at);
    let head = trim_end(before, b" \t\"'`([{");
    let direct = head.iter().last().is_some_and(|b| matches!(b, b'=' | b':' | b'>'));
    let found = match url_start(head) {
        Some(start) => first_assigned(&head[..start]),
        None if direct => Some(head),
        None => first_assigned(before),
    };
    found.map_or_else(String::new, |head| {
        let head = trim_end(head, b" \t=:>+?");
        identifier(trim_end(head, b"\"'`])"))
    })
}

/// The name that begins the line of `at`, which may be another than the nearest
/// (`datasource.password=${DB_PASSWORD:value}`).
pub(super) fn first_name_of(text: &[u8], at: usize) -> String {
    first_assigned(line_before(text, at))
        .map_or_else(String::new, |head| identifier(trim_end(head, b" \t\"'`])")))
}

/// The headings around the line of `at`, inner ones first, in lower case: keys
/// of YAML and JSON objects, tables of TOML and INI, blocks.
pub(super) fn sections(text: &[u8], at: usize) -> Vec<String> {
    let line_start = at - line_before(text, at).len();
    let floor = line_start.saturating_sub(ABOVE);
    let mut depth = indent(&text[line_start..at]);
    let mut sections = Vec::new();
    for line in text[floor..line_start].rsplit(|b| *b == b'\n') {
        let content = line.trim_ascii();
        if let Some(table) = content.strip_prefix(b"[").and_then(|c| c.strip_suffix(b"]")) {
            sections.push(identifier(trim_end(table, b"]")));
            break;
        }
        if content.is_empty() || indent(line) >= depth {
            continue;
        }
        depth = indent(line);
        let opens = content.ends_with(b":") || content.ends_with(b"{");
        let name = identifier(trim_end(content, b" \t:={[\"'"));
        if opens && !name.is_empty() {
            sections.push(name);
        }
        if depth == 0 || sections.len() >= MOST_SECTIONS {
            break;
        }
    }
    sections.iter().map(|name| name.to_ascii_lowercase()).collect()
}

/// `name = value` pieces of `window` of the text: the places of names and
/// values, in order. Values are plain words only (no references, no calls); in
/// quotes if `quoted`.
pub(super) fn assignments(
    text: &[u8],
    window: Range<usize>,
    quoted: bool,
) -> impl Iterator<Item = (String, Range<usize>)> + '_ {
    let mut at = window.start;
    let pieces =
        text[window].split(|b| matches!(b, b'\n' | b',' | b';' | b'(' | b')' | b'{' | b'}' | b'&'));
    let placed = pieces.map(move |piece| {
        let start = at;
        at += piece.len() + 1;
        (start, piece)
    });
    placed.filter_map(move |(start, piece)| assignment(start, piece, quoted))
}

fn assignment(start: usize, piece: &[u8], quoted: bool) -> Option<(String, Range<usize>)> {
    let sign = piece.iter().position(|b| matches!(b, b'=' | b':'))?;
    let name = identifier(trim_end(&piece[..sign], b" \t\"'`"));
    let skipped = piece[sign..].iter().take_while(|b| b" \t=:>".contains(b)).count();
    let rest = &piece[sign + skipped..];
    let value = rest.trim_ascii();
    let quotes =
        value.len() > 2 && matches!(value[0], b'"' | b'\'') && value.ends_with(&value[..1]);
    if name.is_empty() || (quoted && !quotes) {
        return None;
    }
    let lead = rest.len() - rest.trim_ascii_start().len();
    let from = start + sign + skipped + lead + usize::from(quotes);
    let plain = if quotes { &value[1..value.len() - 1] } else { value };
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || b"._@+-|=".contains(b);
    let sound = (2..=256).contains(&plain.len()) && plain.iter().all(is_word);
    sound.then(|| (name, from..from + plain.len()))
}

/// What stands before `at` on its line.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let floor = at.saturating_sub(LINE);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    &text[start..at]
}

/// Where the URL begins that `head` is the start of: the value is in its middle.
fn url_start(head: &[u8]) -> Option<usize> {
    let outside = |b: &u8| b.is_ascii_whitespace() || b"\"'`=,<(".contains(b);
    let start = head.iter().rposition(outside).map_or(0, |at| at + 1);
    memchr::memmem::find(&head[start..], b"://").map(|_| start)
}

/// The line up to its first operator.
fn first_assigned(line: &[u8]) -> Option<&[u8]> {
    line.iter().position(|b| matches!(b, b'=' | b':')).map(|at| &line[..at])
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

fn trim_end<'a>(text: &'a [u8], signs: &[u8]) -> &'a [u8] {
    let kept = text.iter().rposition(|b| !signs.contains(b)).map_or(0, |at| at + 1);
    &text[..kept]
}

/// The identifier that `text` ends in.
fn identifier(text: &[u8]) -> String {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_-.".contains(b);
    let length = text.iter().rev().take(LONGEST_NAME).take_while(|b| is_part(b)).count();
    String::from_utf8_lossy(&text[text.len() - length..]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(line: &str) -> String {
        name_of(line.as_bytes(), line.find('#').unwrap())
    }

    #[test]
    fn names_of_many_notations() {
        for (line, name) in [
            ("DB_PASSWORD=#", "DB_PASSWORD"),
            ("  password: \"#\"", "password"),
            ("\"apiKey\" : '#'", "apiKey"),
            ("config[\"token\"] = \"#\"", "token"),
            (":secret => '#'", "secret"),
            ("DATABASE_URL=postgres://app:#", "DATABASE_URL"),
            ("url: \"https://app:#", "url"),
            ("git clone https://app:#", ""),
            ("login(password='#')", "password"),
            ("#", ""),
            ("just words #", ""),
            ("datasource.password=${DB_PASSWORD:#}", "DB_PASSWORD"),
        ] {
            assert_eq!(named(line), name, "{line}");
        }
        assert_eq!(
            first_name_of(b"datasource.password=${DB_PASSWORD:x}", 34),
            "datasource.password"
        );
    }

    #[test]
    fn headings_of_many_notations() {
        let sections_of = |text: &str| sections(text.as_bytes(), text.find('#').unwrap());
        assert_eq!(
            sections_of("dev:\n  a: 1\nProduction:\n  db:\n    pw: #"),
            ["db", "production"]
        );
        assert_eq!(sections_of("{\n \"prod\": {\n  \"pw\": \"#\""), ["prod"]);
        assert_eq!(sections_of("[a]\nx=1\n[staging]\n\npw = #"), ["staging"]);
        assert_eq!(sections_of("pw = #"), [""; 0]);
    }

    #[test]
    fn plain_words_are_values_and_references_are_not() {
        let found = |text: &str, quoted| -> Vec<(String, String)> {
            assignments(text.as_bytes(), 0..text.len(), quoted)
                .map(|(name, range)| (name, text[range].to_owned()))
                .collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            found("DB_USER=app\nHOST=${HOST}\nuser: 'ann' , id => \"x-1\"", false),
            [pair("DB_USER", "app"), pair("user", "ann"), pair("id", "x-1")]
        );
        assert_eq!(found("f(user=name, login=\"ann\")", true), [pair("login", "ann")]);
    }
}
