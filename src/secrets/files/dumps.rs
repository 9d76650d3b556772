//! Database dumps, whose rows hold password hashes, and the profiles of shells,
//! whose exports hold the credentials a person works with.

use std::ops::Range;

use crate::finding::{Candidate, Confidence};
use crate::secrets::name::{NameKind, classify};
use crate::secrets::randomness::randomness;
use crate::secrets::reference::is_uuid;
use crate::secrets::value::has_part;
use crate::source::place::Role;

use super::KnownText;
use super::hashes::{crypt_len, push};
use super::keyed::{plain, value_after};
use super::logins::lines;

/// Longest name of an exported variable, in bytes.
const MAX_NAME: usize = 96;

/// What may stand before the name: Bourne and C shells, fish, PowerShell.
const COMMANDS: [&[u8]; 6] =
    [b"export ", b"set -gx ", b"set -Ux ", b"set -x ", b"setenv ", b"$env:"];

/// Hashes that are the value of a column: in quotes, or between tabs.
pub(super) fn sql_rows(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    let text = known.text;
    let mut done = 0;
    for at in memchr::memchr_iter(b'$', text) {
        let before = at.checked_sub(1).and_then(|i| text.get(i)).copied();
        if at < done || !matches!(before, Some(b'\'' | b'"' | b'\t')) {
            continue;
        }
        let Some(length) = crypt_len(&text[at..]) else { continue };
        done = at + length;
        if matches!(text.get(done), None | Some(b'\'' | b'"' | b'\t' | b'\r' | b'\n')) {
            push(known, at..done, candidates);
        }
    }
}

/// `export NAME=value` and `set -x NAME value`, where the name is a credential's.
pub(super) fn shell_exports(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    for line in lines(known.text) {
        if let Some((kind, value)) = export(known.text, line)
            && is_literal(kind, &known.text[value.clone()])
        {
            push_export(known, kind, value, candidates);
        }
    }
}

fn push_export(
    known: &KnownText<'_>,
    kind: NameKind,
    value: Range<usize>,
    candidates: &mut Vec<Candidate>,
) {
    let doubtful = has_part(&known.text[value.clone()], &["sample", "dummy", "fake", "test"]);
    if kind == NameKind::Password && !doubtful {
        return known.push_stored(value, candidates);
    }
    let written = &known.text[value.clone()];
    let drawn = written.len() >= 20 && randomness(written) > 0.95 && !is_uuid(written);
    let confidence = match known.place.role {
        _ if doubtful && !(written.len() >= 32 && drawn) => Confidence::Low,
        Role::Production if drawn && !doubtful => Confidence::High,
        _ => Confidence::Medium,
    };
    let opinion = (confidence, "a file of settings gives it to a credential's name");
    known.push(value, opinion, candidates);
}

fn export(text: &[u8], line: Range<usize>) -> Option<(NameKind, Range<usize>)> {
    let bytes = text.get(line.clone())?;
    let blank = |bytes: &[u8]| bytes.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let indent = blank(bytes);
    let word = COMMANDS.iter().find(|word| bytes[indent..].starts_with(word)).copied();
    let mut at = indent + word.map_or(0, <[u8]>::len);
    at += blank(&bytes[at..]);
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let length = bytes[at..].iter().take(MAX_NAME).take_while(|b| is_name(b)).count();
    let kind = classify(&bytes[at..at + length]).filter(|kind| *kind != NameKind::Weak)?;
    let name = line.start + at..line.start + at + length;
    let line_text = &text[..line.end];
    let value = match word {
        Some(word) if word.starts_with(b"set") => {
            plain(line_text, name.end + blank(&line_text[name.end..]))?
        }
        _ => value_after(line_text, name)?,
    };
    Some((kind, value))
}

/// Not a path, a command's output or another variable; and what machines make
/// looks made.
fn is_literal(kind: NameKind, value: &[u8]) -> bool {
    let elsewhere = matches!(value.first(), None | Some(b'/' | b'~' | b'.' | b'$' | b'`' | b'('));
    let made = || value.len() >= 16 && randomness(value) > 0.5;
    !elsewhere && !value.contains(&b' ') && (kind == NameKind::Password || made())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::RuleIndex;
    use crate::source::place::Place;

    fn read(reader: fn(&KnownText<'_>, &mut Vec<Candidate>), text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let place = Place::of("x");
        reader(
            &KnownText { text: text.as_bytes(), place, rule: RuleIndex(0), specificity: 39 },
            &mut found,
        );
        found.into_iter().map(|candidate| &text[candidate.span]).collect()
    }

    #[test]
    fn exports_of_credentials_only() {
        let text = "export DB_PASSWORD='s7Kd9Qw2x'\nset -gx API_TOKEN q8Zt4LxW2vNc7YbR5mJd\n\
                    export SSH_KEY=~/.ssh/id\nexport GH_TOKEN=$(pass show gh)\nPATH=/bin\n";
        assert_eq!(read(shell_exports, text), ["s7Kd9Qw2x", "q8Zt4LxW2vNc7YbR5mJd"]);
    }

    #[test]
    fn hashes_in_rows() {
        let hash = ["$2y", "$12$", "s.YfVZdfvAuOIz6fte5iO.ZbbEgreZnDcYOGvX4NGJskYQIst"].concat();
        let text = format!("INSERT INTO u VALUES (1, 'ann', '{hash}', 1);\nSELECT $1, '$2y$x';");
        assert_eq!(read(sql_rows, &text), [hash.as_str()]);
    }
}
