//! What the lines around a value say of it: one checksum in a list of them, or the
//! word that is there once more.

use std::ops::Range;

use super::reference::is_digest;
use super::value::has_part;

/// Lines before and after a value that are read.
const LINES: usize = 8;
/// Bytes of a line that are read, on average.
const LONGEST: usize = 256;
/// So many other digests make a list.
const ENOUGH: usize = 3;

/// Whether the value at `span` is one of a list of digests, as lock files of packages,
/// files and translations keep them: lines right before and after end in as many
/// hexadecimal digits, and do not name credentials.
pub(super) fn in_digest_list(text: &[u8], span: &Range<usize>) -> bool {
    const CREDENTIALS: &[&str] = &["key", "token", "secret", "passw", "auth", "cred", "salt", "id"];
    let Some(value) = text.get(span.clone()).filter(|value| is_digest(value)) else { return false };
    let alike = |line: &&[u8]| last_word(line).len() == value.len() && is_digest(last_word(line));
    let before = before(text, span.start).take_while(alike);
    let after = after(text, span.end).take_while(alike);
    let named = |line: &&[u8]| {
        let name = line.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or(line);
        // The digits of the value may spell one of the words, too.
        has_part(&name[..name.len().saturating_sub(value.len())], CREDENTIALS)
    };
    before.chain(after).filter(|line| !named(line)).count() >= ENOUGH
}

/// Whether the line before or after ends in the same word: the user, the database and
/// the password of a server that is set up for an hour have one name.
pub(super) fn repeats_neighbour(text: &[u8], span: &Range<usize>) -> bool {
    let Some(value) = text.get(span.clone()).filter(|value| value.len() <= 24) else {
        return false;
    };
    let mut around = before(text, span.start).take(2).chain(after(text, span.end).take(2));
    around.any(|line| last_word(line).eq_ignore_ascii_case(value))
}

/// Whether a line nearby names what fails: `{ fail: 'a', pass: 'b' }` are the two sides
/// of a test of rules.
pub(super) fn has_counterpart(text: &[u8], span: &Range<usize>) -> bool {
    let names_it = |line: &[u8]| {
        let name = line.trim_ascii_start().strip_prefix(b"'").unwrap_or(line.trim_ascii_start());
        let after = name.strip_prefix(b"fail").and_then(|rest| rest.first());
        after.is_some_and(|b| b":='\" ".contains(b))
    };
    before(text, span.start).chain(after(text, span.end)).any(names_it)
}

/// The lines before the one of `at`, the nearest first.
fn before(text: &[u8], at: usize) -> impl Iterator<Item = &[u8]> {
    let floor = at.saturating_sub(LONGEST * (LINES + 1));
    text[floor..at].rsplit(|b| *b == b'\n').skip(1).take(LINES)
}

/// The lines after the one of `at`.
fn after(text: &[u8], at: usize) -> impl Iterator<Item = &[u8]> {
    let ceiling = text.len().min(at + LONGEST * (LINES + 1));
    text[at..ceiling].split(|b| *b == b'\n').skip(1).take(LINES)
}

/// What a line ends in, without quotes and commas.
fn last_word(line: &[u8]) -> &[u8] {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let end = line.iter().rposition(is_word).map_or(0, |at| at + 1);
    let start = line[..end].iter().rposition(|b| !is_word(b)).map_or(0, |at| at + 1);
    &line[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of the last word of the line that holds `mark`.
    fn at(text: &str, mark: &str) -> Range<usize> {
        let line = text.find(mark).unwrap();
        let end = text[line..].find('\n').map_or(text.len(), |len| line + len);
        end - last_word(&text.as_bytes()[line..end]).len()..end
    }

    fn digits(seed: u32) -> String {
        (0..32).map(|i| format!("{:x}", (seed * 7 + i * i * 5 + i) % 16)).collect()
    }

    #[test]
    fn checksums_stand_among_checksums() {
        let names = ["auth/with_azure", "auth/secret_question", "home/title", "home/text", "end"];
        let lines: Vec<String> =
            (0..).zip(names).map(|(i, name)| format!("  {name}: {}", digits(i))).collect();
        let text = lines.join("\n");
        assert!(in_digest_list(text.as_bytes(), &at(&text, "secret_question")));
        let keys = text.replace("home/", "api_key_").replace("end", "TOKEN");
        assert!(!in_digest_list(keys.as_bytes(), &at(&keys, "secret_question")));
        let alone = format!("a: 1\nsecret: {}\nb: 2", digits(3));
        assert!(!in_digest_list(alone.as_bytes(), &at(&alone, "secret")));
    }

    #[test]
    fn a_word_is_there_once_more() {
        let text = "MYSQL_USER: shop\nMYSQL_PASSWORD: shop\nPORT: 1";
        assert!(repeats_neighbour(text.as_bytes(), &at(text, "PASSWORD")));
        let text = "MYSQL_USER: shop\nMYSQL_PASSWORD: zqwkfx\nPORT: 1";
        assert!(!repeats_neighbour(text.as_bytes(), &at(text, "PASSWORD")));
    }
}
