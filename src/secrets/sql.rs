//! Passwords of database accounts in SQL: `CREATE USER … IDENTIFIED BY`,
//! `ALTER ROLE … PASSWORD`, `CREATE LOGIN … WITH PASSWORD =`, `SET PASSWORD`.

use std::ops::Range;

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::{Notation, Role};

use super::Input;
use super::literal::{SPECIFICITY, given};
use super::password::PLAIN_WORD;
use super::standin::is_doubtful;

/// How far a statement is read each way, in bytes.
const MAX_STATEMENT: usize = 200;

/// Reads what follows `IDENTIFIED` at `at`.
pub fn at_identified(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let rest = text.get(at..text.len().min(at + MAX_STATEMENT))?;
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    let find = |word: &[u8]| line.windows(word.len()).position(|w| w.eq_ignore_ascii_case(word));
    if let Some(by) = find(b" by ") {
        let start = at + by + 4;
        let named = [&b"password "[..], b"values "].into_iter().find(|word| {
            let next = text.get(start..start + word.len());
            next.is_some_and(|next| next.eq_ignore_ascii_case(word))
        });
        let value = value_at(text, start + named.map_or(0, <[u8]>::len))?;
        return push(input, value, rule, candidates);
    }
    // `IDENTIFIED WITH plugin AS '*hash'`: the hash of MySQL, or of another.
    let hash = value_at(text, at + find(b" as ")? + 4)?;
    let is_hash = hash.len() >= 16 && matches!(text[hash.start], b'*' | b'$');
    let confidence = match input.place.role {
        Role::Production => Confidence::Medium,
        _ => Confidence::Low,
    };
    let opinion = (confidence, "the hash of an account's password");
    is_hash.then(|| candidates.push(Candidate::of_secret(rule, hash, SPECIFICITY, opinion)))
}

/// Reads `PASSWORD` at `at` where it belongs to a statement about an account.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    const WORD: &[u8] = b"password";
    let text = input.text;
    let begins = text.get(at..at + WORD.len())?.eq_ignore_ascii_case(WORD);
    let before = at.checked_sub(1).map(|i| text[i])?;
    // `"no such user or password")`: the quote ends a sentence.
    let after = text.get(at + WORD.len());
    let ends = after.is_some_and(|next| matches!(next, b'\'' | b'"'));
    if !begins || ends || !matches!(before, b' ' | b'\t' | b'\n') || !is_about_account(text, at) {
        return None;
    }
    push(input, value_at(text, at + WORD.len())?, rule, candidates)
}

fn push(
    input: &Input<'_>,
    value: Range<usize>,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let floor = value.start.saturating_sub(MAX_STATEMENT);
    let around = statement_start(input.text, floor, value.start)..value.end;
    let opinion = given(input, value.clone(), around)?;
    let password = &input.text[value.clone()];
    let in_use = opinion.1 == PLAIN_WORD
        && input.place.role == Role::Production
        && input.place.notation != Notation::Prose
        && is_about_account(input.text, value.start)
        && !is_doubtful(password);
    let opinion = match in_use {
        true => (Confidence::Medium, "an account is made with this word as its password"),
        false => opinion,
    };
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// The place behind the last `;` before `at`.
fn statement_start(text: &[u8], floor: usize, at: usize) -> usize {
    memchr::memrchr(b';', &text[floor..at]).map_or(floor, |i| floor + i + 1)
}

/// Whether the statement before `at` creates or alters a user, role or login:
/// `CREATE USER name`, in words between blanks, so that a call like
/// `create_user(name, password)` is none.
fn is_about_account(text: &[u8], at: usize) -> bool {
    const NOUNS: [&[u8]; 4] = [b"user", b"role", b"login", b"group"];
    const VERBS: [&[u8]; 5] = [b"create", b"alter", b"add", b"replace", b"modify"];
    let start = statement_start(text, at.saturating_sub(MAX_STATEMENT), at);
    let mut verb = false;
    let mut behind = None;
    for word in text[start..at].split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        let bare = word.rsplit(|b| b"\"'`(".contains(b)).next().unwrap_or(word);
        let is = |list: &[&[u8]]| list.iter().any(|w| bare.eq_ignore_ascii_case(w));
        if let Some(count) = behind.as_mut() {
            *count += 1;
        }
        if verb && is(&NOUNS) {
            behind = Some(0);
        }
        verb = is(&VERBS);
    }
    // The name stands between, and a few options.
    behind.is_some_and(|count| (1..=12).contains(&count))
}

/// A quoted value, `N'…'`, or a bare word with a digit in it; after an optional
/// `=`, `(` or `FOR user =`.
fn value_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    let window = &text[..text.len().min(at + MAX_STATEMENT)];
    let is_skipped = |b: &u8| matches!(b, b' ' | b'\t' | b'=' | b'(' | b'\\');
    let mut start = at + window.get(at..)?.iter().take_while(|b| is_skipped(b)).count();
    if matches!(window.get(start), Some(b'N' | b'n' | b'E'))
        && window.get(start + 1) == Some(&b'\'')
    {
        start += 1;
    }
    let first = *window.get(start)?;
    if matches!(first, b'\'' | b'"') {
        let length = window[start + 1..].iter().position(|b| *b == first || *b == b'\n')?;
        let end = start + 1 + length;
        let end = end - usize::from(window[end - 1] == b'\\');
        return (end > start + 1).then_some(start + 1..end);
    }
    let is_end = |b: &u8| b.is_ascii_whitespace() || b";'\"`\\)(,<>".contains(b);
    let length = window[start..].iter().take_while(|b| !is_end(b)).count();
    let value = &window[start..start + length];
    let chosen = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    (length >= 6 && chosen).then_some(start..start + length)
}
