//! Texts that the scanners of some grammars cannot bear: C code that would end
//! the process, or never end. Nothing can be caught there, so such a text is
//! told before it is parsed. The bounds are far from what people write; found by
//! fuzzing and by reading the scanners, with the version in which they were seen.

use std::borrow::Cow;
use std::ops::Range;

use super::language::Language;

/// Indentations that differ in one Python file. The scanner keeps those that are
/// open, two bytes each, with up to 255 open strings in a buffer of 1,024 bytes,
/// and the parser ends the process when it is full (tree-sitter-python 0.25.0).
const MOST_INDENTS: usize = 380;
/// Blocks that are open at a time in YAML: four bytes each, up to two for each
/// column, in the same buffer (tree-sitter-yaml 0.7.2).
const MOST_BLOCKS: usize = 120;
/// Bytes of the names of heredocs on one line of Ruby, and interpolations that
/// are open at a time: both are kept in the same buffer, one byte over its end,
/// and the length of a name in a byte (tree-sitter-ruby 0.23.1).
const MOST_NAMES: usize = 250;
const MOST_INTERPOLATIONS: usize = 140;
/// Columns beyond this count as one each.
const WIDEST: usize = 4096;

/// Why `text` must not be given to the grammar of `language`, if so.
pub(super) fn of(language: Language, text: &[u8]) -> Option<Cow<'static, str>> {
    match language {
        Language::Python if differing_indents(text) > MOST_INDENTS => {
            Some("syntax: nested too deeply".into())
        }
        Language::Yaml if open_blocks(text) > MOST_BLOCKS => {
            Some("syntax: nested too deeply".into())
        }
        Language::Ruby if open_interpolations(text) > MOST_INTERPOLATIONS => {
            Some("syntax: nested too deeply".into())
        }
        Language::Ruby if has_long_heredocs(text) => {
            Some("syntax: the name of a heredoc is too long".into())
        }
        _ => None,
    }
}

/// `ranges` of `text` (all of it if there are none) such that what is read ends as
/// the scanner of `language` needs it, and what is to be read behind the text. That
/// of Kotlin looks for the end of an annotation in blank space or a line break, and
/// past the end of the text for ever (tree-sitter-kotlin-ng 1.1.0).
pub(super) fn ended<'r>(
    language: Language,
    text: &[u8],
    ranges: &'r [Range<usize>],
) -> (Cow<'r, [Range<usize>]>, &'static [u8]) {
    let stop = ranges.last().map_or(text.len(), |range| range.end);
    if language != Language::Kotlin || !ends_in_annotation(text.get(..stop).unwrap_or(text)) {
        return (Cow::Borrowed(ranges), b"");
    }
    let line_end = memchr::memchr(b'\n', text.get(stop..).unwrap_or_default());
    let (end, behind): (usize, &[u8]) =
        line_end.map_or((text.len() + 1, b"\n"), |at| (stop + at + 1, b""));
    let mut ranges = ranges.to_vec();
    ranges.iter_mut().last().into_iter().for_each(|last| last.end = end);
    (Cow::Owned(ranges), behind)
}

fn ends_in_annotation(text: &[u8]) -> bool {
    let last = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    memchr::memchr(b'@', text.get(last..).unwrap_or_default()).is_some()
}

/// How many widths of indentation there are: no fewer than can be open at once,
/// whatever brackets and strings do.
fn differing_indents(text: &[u8]) -> usize {
    let mut seen = [false; WIDEST];
    let (mut differing, mut at) = (0, 0);
    while at < text.len() {
        let (width, end) = indent(text, at);
        match seen.get_mut(width) {
            Some(true) => {}
            Some(new) => {
                *new = true;
                differing += 1;
            }
            None => differing += 1,
        }
        let rest = text.get(end..).unwrap_or_default();
        let Some(line) = memchr::memchr3(b'\n', b'\r', b'\x0c', rest) else { break };
        at = end + line + 1;
    }
    differing
}

/// The width of the blank space at `at` as the scanner counts it, and its end.
fn indent(text: &[u8], at: usize) -> (usize, usize) {
    let (mut width, mut end) = (0, at);
    while let Some(byte) = text.get(end) {
        match byte {
            b' ' => width += 1,
            b'\t' => width += 8,
            // A line that goes on: what stands on the next is counted to it.
            b'\\' if matches!(text.get(end + 1), Some(b'\n' | b'\r')) => end += 1,
            _ => break,
        }
        end += 1;
    }
    (width, end)
}

/// How many columns at which a block may begin are open at once, at most.
fn open_blocks(text: &[u8]) -> usize {
    let (mut open, mut most) = (Vec::new(), 0);
    for line in text.split(|byte| *byte == b'\n') {
        let Some(start) = line.iter().position(|byte| *byte != b' ') else { continue };
        while open.last().is_some_and(|column| *column >= start) {
            open.pop();
        }
        open.push(start);
        for (column, pair) in line.windows(2).enumerate().skip(start) {
            if matches!(pair, [b'-' | b'?' | b':', b' ' | b'\t' | b'\r']) {
                open.push(column + 1);
            }
        }
        most = most.max(open.len());
    }
    most
}

/// How many `#{` are open at once.
fn open_interpolations(text: &[u8]) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for at in memchr::memchr2_iter(b'{', b'}', text) {
        if text.get(at) == Some(&b'}') {
            open = open.saturating_sub(1);
        } else if at > 0 && text.get(at - 1) == Some(&b'#') {
            open += 1;
            most = most.max(open);
        }
    }
    most
}

/// Whether the names right behind the `<<` of a line are long together.
fn has_long_heredocs(text: &[u8]) -> bool {
    let (mut line_end, mut length) = (0, 0);
    memchr::memmem::find_iter(text, b"<<").any(|at| {
        if at >= line_end {
            let rest = text.get(at..).unwrap_or_default();
            line_end = memchr::memchr(b'\n', rest).map_or(text.len(), |end| at + end);
            length = 0;
        }
        // Its length and flags take four bytes.
        length += name_length(text.get(at + 2..).unwrap_or_default()) + 4;
        length > MOST_NAMES
    })
}

/// The length of the name of a heredoc at the start of `rest`, no more than
/// counts.
fn name_length(rest: &[u8]) -> usize {
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"~")).unwrap_or(rest);
    let window = rest.get(..MOST_NAMES + 1).unwrap_or(rest);
    match window.split_first() {
        Some((quote @ (b'"' | b'\'' | b'`'), name)) => {
            name.iter().position(|byte| byte == quote).unwrap_or(name.len())
        }
        _ => {
            let in_name =
                |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii();
            window.iter().take_while(in_name).count()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indents_are_counted_as_the_scanner_does() {
        assert_eq!(differing_indents(b"if a:\n  b\n  c\n\td\n        e\n"), 3);
        assert_eq!(differing_indents(b"a\n \\\n  b\n   c"), 2);
        let deep: String = (0..500).map(|i| format!("{}if a:\n", " ".repeat(i))).collect();
        assert_eq!(differing_indents(deep.as_bytes()), 500);
    }

    #[test]
    fn blocks_are_open_until_a_line_begins_before_them() {
        assert_eq!(open_blocks(b"a:\n  b:\n    - c: d\ne: f\n"), 5);
        assert_eq!(open_blocks("- ".repeat(300).as_bytes()), 301);
        let text = "text: it is - as was said: before - the case\n".repeat(500);
        assert!(open_blocks(text.as_bytes()) < 8);
    }

    #[test]
    fn names_of_heredocs_count_by_line() {
        let long = |name: &str| has_long_heredocs(format!("x = <<{name}\n").as_bytes());
        assert!(!long("EOS") && !long(&"A".repeat(200)));
        assert!(long(&"A".repeat(256)) && long(&format!("~'{}'", "b ".repeat(200))));
        assert!(long(&vec!["A".repeat(60); 5].join(", <<")));
        assert!(!long(&vec!["A".repeat(60); 5].join("\n\n<<")));
        assert!(!has_long_heredocs(&[b"x << \"", &[b'a'; 500][..], b"\""].concat()));
    }

    #[test]
    fn only_an_annotation_on_an_unfinished_last_line_needs_an_end() {
        let whole = |language, text: &'static str| ended(language, text.as_bytes(), &[]).1;
        assert_eq!(whole(Language::Kotlin, "class A\n@foo"), b"\n");
        assert_eq!(whole(Language::Kotlin, "@foo class A\n"), b"");
        assert_eq!(whole(Language::Java, "@foo"), b"");
    }

    #[test]
    fn a_part_ends_with_the_line_of_its_annotation() {
        let part = |text: &'static str, end| {
            let ranges = [0..2, 3..end];
            let (ranges, behind) = ended(Language::Kotlin, text.as_bytes(), &ranges);
            (ranges.last().unwrap().end, behind)
        };
        assert_eq!(part("abc @foo {\n}\n", 9), (11, &b""[..]));
        assert_eq!(part("abc @foo {}", 9), (12, &b"\n"[..]));
        assert_eq!(part("abc {\n}\n", 5), (5, &b""[..]));
    }
}
