//! How much of a value known words cover.

use super::classes::class;
use super::masks::{Masks, WIDTH};
use super::share;
use crate::secrets::randomness_table::{PREFIX_BITS, PREFIX_RANK, PREFIX_WORD, WORD_START, WORDS};

/// Letters of the prefix that the words are indexed by; no word is shorter.
const PREFIX: usize = 3;

/// Share (0.0 to 1.0) of the letters of `value` that known words cover, in any
/// case and with camelCase, snake_case and the like split first. A value
/// without letters has 0.0. Words across a multiple of 64 bytes are cut there.
pub fn vocabulary(value: &[u8]) -> f32 {
    let (mut letters, mut covered) = (0, 0);
    for chunk in value.chunks(WIDTH) {
        let masks = Masks::of(chunk);
        letters += masks.letters();
        covered += covered_letters(chunk, masks);
    }
    share(covered, letters)
}

/// Letters of at most [`WIDTH`] bytes that words cover, the longest word first at
/// each place.
pub(super) fn covered_letters(chunk: &[u8], masks: Masks) -> usize {
    let (mut covered, mut places) = (0, masks.three_letters());
    let ends = !masks.continued();
    while places != 0 {
        let at = places.trailing_zeros();
        let more = ends.checked_shr(at + 1).unwrap_or(1).trailing_zeros();
        let end = chunk.len().min((at + 1 + more) as usize);
        let size = chunk.get(at as usize..end).map_or(0, longest_word);
        covered += size;
        places &= u64::MAX.checked_shl(at + size.max(1) as u32).unwrap_or(0);
    }
    covered
}

/// Length of the longest word that the letters `rest` begin with, or 0.
fn longest_word(rest: &[u8]) -> usize {
    let Some((first, last)) = words_with_prefix(rest) else {
        return 0;
    };
    // Of the words that fit, the one that sorts last is the longest.
    (first..last).rev().find_map(|index| fitting_word(index, rest)).unwrap_or(0)
}

/// The range of words that share the first three letters of `rest`.
fn words_with_prefix(rest: &[u8]) -> Option<(usize, usize)> {
    let &[a, b, c, ..] = rest else {
        return None;
    };
    let code = [a, b, c].iter().fold(0, |code, &x| code * 26 + usize::from(class(x)));
    let set = *PREFIX_BITS.get(code / 64)?;
    let bit = 1u64 << (code % 64);
    if set & bit == 0 {
        return None;
    }
    let rank = usize::from(*PREFIX_RANK.get(code / 64)?) + (set & (bit - 1)).count_ones() as usize;
    Some((usize::from(*PREFIX_WORD.get(rank)?), usize::from(*PREFIX_WORD.get(rank + 1)?)))
}

/// Length of the word at `index` if the letters `rest` begin with it, given that
/// the prefix is the same.
fn fitting_word(index: usize, rest: &[u8]) -> Option<usize> {
    let start = usize::from(*WORD_START.get(index)?);
    let end = usize::from(*WORD_START.get(index + 1)?);
    let word = WORDS.as_bytes().get(start..end)?;
    let same = |(a, b): (&u8, &u8)| *a == (*b | 0x20);
    (word.len() <= rest.len() && word.iter().zip(rest).skip(PREFIX).all(same)).then_some(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocabulary_splits_names() {
        for value in ["getUserName", "USER_NAME", "HTTPServer", "username", "user-name.service"] {
            assert!(vocabulary(value.as_bytes()) > 0.9, "{value}");
        }
        // A word across a change of case is a coincidence.
        assert_eq!(vocabulary(b"nAmE"), 0.0);
        assert_eq!(vocabulary(b"12-34"), 0.0);
    }
}
