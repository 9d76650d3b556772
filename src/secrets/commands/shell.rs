//! Just enough of a shell's words: where a command begins, and its arguments.

use std::ops::Range;

/// How far before an option its command is looked for, in bytes.
const MAX_COMMAND: usize = 512;
/// Longest argument that is read, in bytes.
const MAX_WORD: usize = 256;

/// What stands before `at` in the same command: back to the start of the line
/// (which a backslash continues), or a pipe or `;`, and not before `known`.
pub(super) fn before(text: &[u8], at: usize, known: usize) -> Range<usize> {
    let floor = at.saturating_sub(MAX_COMMAND).max(known.min(at));
    let mut start = at;
    while start > floor {
        let byte = text[start - 1];
        let next = text.get(start).copied();
        let blank_next = matches!(next, Some(b' ' | b'|' | b'&' | b';'));
        match byte {
            b'\n' if !is_continued(text, start - 1) => break,
            b'|' | b';' if blank_next => break,
            b'&' if next == Some(b'&') || start > 1 && text[start - 2] == b'&' => break,
            _ => start -= 1,
        }
    }
    start..at
}

/// The start of the line of `at`, across continued lines.
pub(super) fn line_start(text: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(MAX_COMMAND);
    let ends = memchr::memrchr_iter(b'\n', &text[floor..at]);
    let mut ends = ends.filter(|end| !is_continued(text, floor + end));
    ends.next().map_or(floor, |end| floor + end + 1)
}

/// The line of a value, as far as it is compared with it.
pub(super) fn around(text: &[u8], value: &Range<usize>) -> Range<usize> {
    let ceiling = text.len().min(value.end + MAX_COMMAND);
    let end = memchr::memchr(b'\n', &text[value.end..ceiling]).map_or(ceiling, |i| value.end + i);
    line_start(text, value.start)..end
}

fn is_continued(text: &[u8], newline: usize) -> bool {
    let before = text[..newline].strip_suffix(b"\r").unwrap_or(&text[..newline]);
    before.last().is_some_and(|b| matches!(b, b'\\' | b'`' | b'^'))
}

/// The names of programs that `segment` may call: its words without folders and
/// `.exe`, as they stand between blanks, quotes and brackets.
pub(super) fn words(segment: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_border = |b: &u8| b.is_ascii_whitespace() || b"\"'()[],=`".contains(b);
    segment.split(is_border).filter(|word| !word.is_empty()).map(|word| {
        let base = word.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or(word);
        base.strip_suffix(b".exe").unwrap_or(base)
    })
}

/// The argument that begins at or after `at` on the same line, without quotes.
pub(super) fn word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let window = &text[..text.len().min(at + 2 * MAX_WORD)];
    let blanks = window.get(at..)?.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = at + blanks;
    let escaped = window.get(start) == Some(&b'\\');
    let quote = *window.get(start + usize::from(escaped))?;
    if matches!(quote, b'"' | b'\'') {
        let start = start + usize::from(escaped) + 1;
        let length = window[start..].iter().position(|b| *b == quote || *b == b'\n')?;
        let end = start + length;
        let closed = window[end] == quote;
        let end = end - usize::from(escaped && end > start && window[end - 1] == b'\\');
        return (closed && end > start).then_some(start..end);
    }
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"\"'`|;&()<>\\".contains(b);
    let length = window[start..].iter().take_while(|b| !is_end(b)).count();
    (length > 0 && length <= MAX_WORD).then_some(start..start + length)
}

/// Where the argument at `word` ends with its quote.
pub(super) fn after(text: &[u8], word: &Range<usize>) -> usize {
    let rest = &text[word.end..];
    let escape = usize::from(rest.starts_with(b"\\"));
    let quote = rest.get(escape).is_some_and(|b| matches!(b, b'"' | b'\''));
    word.end + if quote { escape + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_goes_back_to_a_pipe_or_an_unescaped_line_end() {
        for (text, expected) in [
            ("cd x && curl -s \\\n  --fail -u", "curl -s \\\n  --fail -u"),
            ("echo a | curl -u", "curl -u"),
            ("first\ncurl 'http://x?a=b&c=d' -u", "curl 'http://x?a=b&c=d' -u"),
            ("a; curl -u", "curl -u"),
        ] {
            let segment = before(text.as_bytes(), text.len(), 0);
            assert_eq!(text[segment].trim(), expected);
        }
    }

    #[test]
    fn arguments_lose_their_quotes() {
        for (text, expected) in [
            (" s3cret -h", Some("s3cret")),
            (" 's3 cret' -h", Some("s3 cret")),
            (" \\\"s3cret\\\" -h", Some("s3cret")),
            (" s3cret\" -h", Some("s3cret")),
            (" 's3cret", None),
            ("  ", None),
        ] {
            assert_eq!(word(text.as_bytes(), 0).map(|range| &text[range]), expected, "{text}");
        }
    }

    #[test]
    fn programs_without_their_folders() {
        let found: Vec<_> = words(br#"RUN sh -c "/usr/bin/mysql C:\tools\PsExec.exe"#).collect();
        assert!(found.contains(&&b"mysql"[..]) && found.contains(&&b"PsExec"[..]));
    }
}
