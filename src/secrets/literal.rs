//! What a literal is worth that a command or a call gives as the password.

use std::ops::Range;

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::Notation;

use super::Input;
use super::files::{netrc_entry, stored};
use super::password::unnamed;
use super::randomness::{is_sequence_or_repeat, randomness};
use super::shapes::is_other_notation;
use super::standin::is_stand_in;
use super::value::{Opinion, at_place, has_part};
use super::words::Wording;

/// Beats a generic assignment; a token with a known prefix keeps its name.
pub const SPECIFICITY: u8 = 38;
/// Most bytes on each side of a value that are compared with it.
const MAX_AROUND: usize = 200;

/// An opinion on the value at `value`, in the place of a password; `around` is
/// the command or string that it stands in. `None` for what is looked up
/// elsewhere, too short, or a word of another script in a manual.
pub fn given(input: &Input<'_>, value: Range<usize>, around: Range<usize>) -> Option<Opinion> {
    let password = &input.text[value.clone()];
    if password.len() < 4 || is_looked_up(password) || is_foreign_word(password) {
        return None;
    }
    if is_other_notation(password) {
        return None;
    }
    let (confidence, reason) = stored(password, input.place.role)?;
    let weighed = at_place(unnamed(password, input.place.role)?, input.place.role);
    let (confidence, reason) = match weighed.confidence < confidence {
        true => (weighed.confidence, weighed.reasons.first().copied()?),
        false => (confidence, reason),
    };
    if confidence == Confidence::Low {
        return Some((confidence, reason));
    }
    let before = &input.text[around.start.max(value.start.saturating_sub(MAX_AROUND))..value.start];
    let after = &input.text[value.end..around.end.max(value.end).min(value.end + MAX_AROUND)];
    if is_stand_in(password) || is_sequence_or_repeat(password) {
        return Some((Confidence::Low, "the password is one that examples use"));
    }
    if holds_word(before, password) || holds_word(after, password) {
        return Some((Confidence::Low, "the password is also a name beside it"));
    }
    let word = Wording::of(password).is_text();
    if is_local(before) || is_local(after) {
        let confidence = if word { Confidence::Low } else { confidence.min(Confidence::Medium) };
        return Some((confidence, "the password is for the same machine"));
    }
    let plain = password.iter().all(u8::is_ascii_lowercase);
    let confidence = match input.place.notation {
        Notation::Prose if word || randomness(password) < 0.8 => Confidence::Low,
        Notation::Prose => confidence.min(Confidence::Medium),
        _ if plain && password.len() < 5 => Confidence::Low,
        _ => confidence,
    };
    Some((confidence, "a literal stands where the password is given"))
}

/// `machine … login … password …` in a file of any name.
pub fn at_netrc(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let value = netrc_entry(input.text, at)?;
    let opinion = given(input, value.clone(), value.clone())?;
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// Variables of shells and of batch files, and format strings.
fn is_looked_up(value: &[u8]) -> bool {
    let variable = |pair: &[u8]| {
        pair[0] == b'$' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], b'_' | b'{' | b'('))
    };
    let first = value.first().copied().unwrap_or_default();
    let percents = value.iter().filter(|b| **b == b'%').count();
    value.windows(2).any(variable)
        || matches!(first, b'$' | b'`' | b'<' | b'[' | b'{' | b'-' | b'@' | b'&')
        || percents > 1 && first == b'%'
        || value.contains(&b'`')
}

/// Letters beyond ASCII and no digit: the word for a password in a manual.
fn is_foreign_word(value: &[u8]) -> bool {
    !value.is_ascii() && !value.iter().any(u8::is_ascii_digit)
}

/// Whether `word` stands in `text` by itself, or behind an option (`-uann`).
fn holds_word(text: &[u8], word: &[u8]) -> bool {
    let is_letter = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    memchr::memmem::find_iter(text, word).any(|at| {
        let before = at.checked_sub(1).and_then(|i| text.get(i));
        let option = at > 2 && text[at - 2] == b'-' && text[at - 3].is_ascii_whitespace();
        (option || !is_letter(before)) && !is_letter(text.get(at + word.len()))
    })
}

/// A host of this machine, or of documentation; a mail address is no host.
fn is_local(text: &[u8]) -> bool {
    let documented = |at: usize| at.checked_sub(1).is_none_or(|i| text[i] != b'@');
    has_part(text, &["localhost", "127.0.0.1", "(local)", "[::1]"])
        || memchr::memmem::find_iter(text, b"example.").any(documented)
}
