//! Is a value made of words? A value written by hand as a stand-in, a label or
//! an identifier is; one that was drawn, mistyped or made up is not.
//!
//! The measure is description length: naming a word of the dictionary costs
//! about thirteen bits, spelling its letters 4.7 bits each. What the words save
//! over spelling is evidence for text, and chance rarely saves anything.
//! `words.txt` is written by `tools/plain_words.py`: single words that several
//! public projects use.

use std::ops::Range;
use std::sync::OnceLock;

/// Bits to spell one letter: log2(26).
const LETTER_BITS: f32 = 4.7;
/// Bits to name a word: log2 of the dictionary's size, less what is lost to
/// its being used so unevenly.
const WORD_BITS: f32 = 12.5;
/// Longest word of the dictionary.
const LONGEST: usize = 16;
/// Letters in a row that are read as one; longer runs are read in pieces.
const PIECE: usize = 64;

/// How much of a value words explain.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Wording {
    /// ASCII letters in the value.
    pub letters: usize,
    /// Those of them that words cover.
    pub covered: usize,
    /// Bits saved by naming the words.
    pub saved: f32,
}

impl Wording {
    /// Reads `value`; linear in its length, which is in bytes.
    pub fn of(value: &[u8]) -> Self {
        let mut whole = Wording::default();
        for run in value.split(|b| !b.is_ascii_alphabetic()) {
            for piece in run.chunks(PIECE) {
                let (saved, covered) = best_split(piece);
                whole.letters += piece.len();
                whole.covered += covered;
                whole.saved += saved;
            }
        }
        whole
    }

    /// True where words explain more than two thirds of the letters.
    pub fn is_text(self) -> bool {
        self.covered * 3 > self.letters * 2 && self.saved >= 1.5
    }
}

/// The split of `letters` (at most [`PIECE`]) into words and single letters
/// that saves most: the bits, and the letters that words cover.
fn best_split(letters: &[u8]) -> (f32, usize) {
    let mut best = [(0.0_f32, 0_usize); PIECE + 1];
    for start in 0..letters.len() {
        let so_far = best[start];
        if so_far > best[start + 1] {
            best[start + 1] = so_far;
        }
        each_word(&letters[start..], |length| {
            let saved = so_far.0 + length as f32 * LETTER_BITS - WORD_BITS;
            let found = (saved, so_far.1 + length);
            if found > best[start + length] {
                best[start + length] = found;
            }
        });
    }
    best[letters.len()]
}

/// Calls `found` with the length of every word that `letters` begin with.
fn each_word(letters: &[u8], mut found: impl FnMut(usize)) {
    let words = words();
    let mut range = 0..words.len();
    for (i, letter) in letters.iter().take(LONGEST).enumerate() {
        range = with_letter(words, range, i, letter.to_ascii_lowercase());
        // Of the words with the same beginning the shortest sorts first.
        match words.get(range.start).filter(|_| !range.is_empty()) {
            Some(word) if word.len() == i + 1 => found(i + 1),
            Some(_) => {}
            None => return,
        }
    }
}

/// The part of `range` whose words have `letter` at `i`; all of them share the
/// letters before it.
fn with_letter(words: &[&[u8]], range: Range<usize>, i: usize, letter: u8) -> Range<usize> {
    let here = &words[range.clone()];
    let from = here.partition_point(|word| word.get(i).is_none_or(|&b| b < letter));
    let to = from + here[from..].partition_point(|word| word.get(i) == Some(&letter));
    range.start + from..range.start + to
}

/// The dictionary, sorted.
fn words() -> &'static [&'static [u8]] {
    static WORDS: OnceLock<Vec<&'static [u8]>> = OnceLock::new();
    WORDS.get_or_init(|| {
        include_str!("words.txt")
            .as_bytes()
            .split(|&b| b == b'\n')
            .filter(|w| !w.is_empty())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_is_sorted_and_plain() {
        assert!(words().len() > 5000);
        assert!(words().windows(2).all(|pair| pair[0] < pair[1]));
        let plain = |word: &&&[u8]| {
            (3..=LONGEST).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase)
        };
        assert_eq!(words().iter().filter(plain).count(), words().len());
    }

    #[test]
    fn words_and_names_are_text() {
        for value in [
            "password", "newPassword", "some_value", "AnotherName", "correct-horse-battery",
            "admin123", "getUserName", "mysql", "hello", "REFRESH_TOKEN",
        ] {
            assert!(Wording::of(value.as_bytes()).is_text(), "{value}");
        }
    }

    #[test]
    fn what_was_drawn_is_not() {
        for value in ["", "1234", "qzvkwp", "xw83kd", "Jq7tzWxLp", "kfhwgzt", "ZQKWV", "b7f3a9"] {
            assert!(!Wording::of(value.as_bytes()).is_text(), "{value}");
        }
    }

    #[test]
    fn any_bytes_are_fine() {
        let every: Vec<u8> = (0..=255).cycle().take(3000).collect();
        assert_eq!(
            Wording::of(&every).letters,
            every.iter().filter(|b| b.is_ascii_alphabetic()).count()
        );
        assert_eq!(Wording::of(&b"word".repeat(1000)).letters, 4000);
    }
}
