//! Tables with a column of credentials: the CSV that browsers, password managers and
//! clouds export, and the tables of Markdown. The header says what the cells below are.

use std::ops::Range;

use crate::finding::Candidate;
use crate::finding::Confidence;
use crate::source::place::{Notation, Place, Role};

use super::assignment::{Operator, Quoting};
use super::name::{NameKind, classify};
use super::password::PLAIN_WORD;
use super::value::{Assessment, Weighed, has_part, weigh};
use super::{Detectors, Input};

/// As other values without a format of their own.
const SPECIFICITY: u8 = 20;
/// Longest header, in bytes.
const MAX_HEADER: usize = 512;
/// Longest row that is read, in bytes.
const MAX_ROW: usize = 2048;
/// Rows of CSV and of Markdown that are read. Many tables may stand in one file of Markdown.
const MAX_ROWS: usize = 2000;
const MAX_MARKDOWN_ROWS: usize = 60;
/// Fewest bytes of a key: shorter ones are numbers and words.
const MIN_KEY: usize = 16;

/// A column of a table.
struct Column<'t> {
    /// What its header says.
    title: &'t [u8],
    index: usize,
    separator: u8,
    /// Where the rows begin.
    rows: usize,
    /// Another column says who uses the credential.
    has_user: bool,
}

/// Reads the table whose header holds `name`. False if it is none.
pub fn at_header(
    input: &Input<'_>,
    name: &Range<usize>,
    detectors: &Detectors,
    candidates: &mut Vec<Candidate>,
) -> bool {
    let Some(column) = column(input.text, name) else { return false };
    let Some(kind) = classify(column.title).filter(|kind| *kind != NameKind::Weak) else {
        return false;
    };
    let rule = if kind == NameKind::Password { detectors.password } else { detectors.key };
    let Some(rule) = rule else { return false };
    for cell in column.cells(input.text) {
        let value = &input.text[cell.clone()];
        if kind == NameKind::Machine && value.len() < MIN_KEY {
            continue;
        }
        if let Some(opinion) = column.weigh(input.place, kind, value) {
            candidates.push(opinion.candidate(rule, cell, SPECIFICITY));
        }
    }
    true
}

/// The column whose title ends in `name`.
fn column<'t>(text: &'t [u8], name: &Range<usize>) -> Option<Column<'t>> {
    let behind = text.get(name.end..)?;
    let signs = behind.iter().take(8).take_while(|b| b"\"'` *".contains(b)).count();
    let next = behind.get(signs).copied().unwrap_or(b'\n');
    match next {
        b'|' => markdown(text, name),
        b',' | b';' | b'\t' | b'\r' | b'\n' if name.start < MAX_HEADER => csv(text, name),
        _ => None,
    }
}

/// The first line of a file, if it is made of nothing but titles.
fn csv<'t>(text: &'t [u8], name: &Range<usize>) -> Option<Column<'t>> {
    let text_start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let window = &text[..text.len().min(MAX_HEADER)];
    let end = memchr::memchr(b'\n', window).filter(|end| *end >= name.end)?;
    let line = &text[text_start..end];
    let separator = *line.iter().find(|b| matches!(b, b',' | b';' | b'\t'))?;
    let is_title = |cell: Range<usize>| {
        let title = &text[trimmed(text, cell)];
        (1..=40).contains(&title.len())
            && title[0].is_ascii_alphabetic()
            && title.iter().all(|b| b.is_ascii_alphanumeric() || b"_-. /()#?".contains(b))
    };
    let titles = split(text, text_start..end, separator);
    titles.clone().all(is_title).then(|| at(text, titles, name, separator, end + 1))?
}

/// The header of a table of Markdown: dashes stand below it.
fn markdown<'t>(text: &'t [u8], name: &Range<usize>) -> Option<Column<'t>> {
    let floor = name.start.saturating_sub(MAX_HEADER);
    let start = memchr::memrchr(b'\n', &text[floor..name.start]).map_or(floor, |i| floor + i + 1);
    let behind = &text[name.end..text.len().min(name.end + MAX_HEADER)];
    let end = name.end + memchr::memchr(b'\n', behind)?;
    let below = &text[end + 1..text.len().min(end + 1 + MAX_HEADER)];
    let length = memchr::memchr(b'\n', below).unwrap_or(below.len());
    let titles = split(text, start..end, b'|');
    is_rule(&below[..length]).then(|| at(text, titles, name, b'|', end + 1 + length + 1))?
}

/// Whether `line` is the line of dashes below a header of Markdown.
fn is_rule(line: &[u8]) -> bool {
    line.iter().all(|b| b"|-: \r\t".contains(b)) && memchr::memmem::find(line, b"--").is_some()
}

/// The column of `titles` in which `name` is the last word.
fn at<'t>(
    text: &'t [u8],
    titles: impl Iterator<Item = Range<usize>> + Clone,
    name: &Range<usize>,
    separator: u8,
    rows: usize,
) -> Option<Column<'t>> {
    const USERS: &[&str] = &["user", "login", "email", "account"];
    let (index, title) = titles
        .clone()
        .map(|cell| trimmed(text, cell))
        .enumerate()
        .find(|(_, title)| title.end == name.end && title.start <= name.start)?;
    let has_user = titles.clone().any(|cell| has_part(&text[cell], USERS));
    Some(Column { title: &text[title], index, separator, rows, has_user })
}

impl Column<'_> {
    /// What stands in the column, row by row.
    fn cells<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = Range<usize>> + use<'t> {
        let (index, separator) = (self.index, self.separator);
        let is_markdown = separator == b'|';
        let most = if is_markdown { MAX_MARKDOWN_ROWS } else { MAX_ROWS };
        let mut next = self.rows;
        let rows = std::iter::from_fn(move || {
            let rest = text.get(next..).filter(|rest| !rest.is_empty())?;
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let row = next..next + length;
            next += length + 1;
            // Below the next rule are the rows of another table.
            let line = &text[row.clone()];
            let is_row = || memchr::memchr(b'|', line).is_some() && !is_rule(line);
            let goes_on = !is_markdown || is_row();
            goes_on.then_some(row)
        });
        rows.take(most)
            .filter(|row| row.len() <= MAX_ROW)
            .filter_map(move |row| split(text, row, separator).nth(index))
            .map(|cell| trimmed(text, cell))
    }

    fn weigh(&self, place: Place, kind: NameKind, value: &[u8]) -> Option<Assessment> {
        let notation = if self.separator == b'|' { Notation::Prose } else { Notation::Config };
        let opinion = weigh(&Weighed {
            name: self.title,
            kind,
            value,
            operator: Operator::Assign,
            quoting: Quoting::Quoted,
            place: Place { notation, ..place },
            in_comment: false,
            ends_line: true,
            goes_on: false,
            lead: b"",
        })?;
        // A word is what people take for a password; here somebody logs in with it.
        let plain = opinion.reasons.first() == Some(&PLAIN_WORD);
        let in_use = plain && self.has_user && notation == Notation::Config;
        Some(match in_use && place.role == Role::Production {
            true => Assessment::new(Confidence::Medium, "a table gives this word to a user"),
            false => opinion,
        })
    }
}

/// The cells of `row`; what is in double quotes may hold the separator.
fn split(
    text: &[u8],
    row: Range<usize>,
    separator: u8,
) -> impl Iterator<Item = Range<usize>> + Clone + use<'_> {
    let mut next = Some(row.start);
    std::iter::from_fn(move || {
        let start = next?;
        let mut quoted = false;
        let end = text[start..row.end].iter().position(|b| {
            quoted ^= *b == b'"' && separator != b'|';
            *b == separator && !quoted
        });
        next = end.map(|end| start + end + 1);
        Some(start..end.map_or(row.end, |end| start + end))
    })
}

/// `cell` without blanks, quotes and the signs of code and emphasis around it.
fn trimmed(text: &[u8], cell: Range<usize>) -> Range<usize> {
    let is_sign = |b: &&u8| b"\"'` *\t\r".contains(b);
    let start = cell.start + text[cell.clone()].iter().take_while(is_sign).count();
    let end = cell.end - text[start..cell.end].iter().rev().take_while(is_sign).count();
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells below the title with `word`.
    fn cells<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
        let start = text.find(word).unwrap();
        let column = column(text.as_bytes(), &(start..start + word.len()));
        let cells = column.map(|column| column.cells(text.as_bytes()).collect::<Vec<_>>());
        cells.unwrap_or_default().into_iter().map(|cell| &text[cell]).collect()
    }

    #[test]
    fn a_header_names_its_column() {
        assert_eq!(cells("user,password\na,b\nc,d\n", "password"), ["b", "d"]);
        assert_eq!(cells("\"Name\";\"Access key\"\n\"x;y\";\"k 1\"", "key"), ["k 1"]);
        let table = "text\n\n| user | password |\n|---|:--|\n| a | `b` |\n\n| c | d |\n";
        assert_eq!(cells(table, "password"), ["b"]);
    }

    #[test]
    fn other_lines_are_no_headers() {
        for text in [
            "call(user, password,\n  x, y)\n", "a\nuser,password\nb,c\n",
            "| user | password |\n| a | b |\n", "password\nb\n", "user,password",
        ] {
            assert!(cells(text, "password").is_empty(), "{text}");
        }
    }
}
