//! What a value looks like: the facts that all opinions rest on.

use super::randomness::randomness;
use super::words::Wording;

/// Letters with a lower [`randomness`] than this follow each other as in words.
const PRONOUNCED: f32 = 0.004;

/// What a value looks like.
pub struct Look {
    pub digits: usize,
    pub letters: usize,
    /// Signs that names, paths and numbers do not have.
    pub signs: usize,
    /// Bytes beyond ASCII.
    pub foreign: usize,
    /// Made of words.
    pub text: bool,
    /// See [`randomness`].
    pub random: f32,
}

impl Look {
    /// Looks at `value`; linear in its length.
    pub fn of(value: &[u8]) -> Self {
        let count = |test: fn(&u8) -> bool| value.iter().filter(|b| test(b)).count();
        let random = randomness(value);
        let letters = count(u8::is_ascii_alphabetic);
        // A word that the dictionary does not have, of another language perhaps.
        let pronounced = letters == value.len() && random < PRONOUNCED;
        Look {
            digits: count(u8::is_ascii_digit),
            letters,
            signs: count(|b| b.is_ascii_punctuation() && !b"_-./:".contains(b)),
            foreign: count(|b| !b.is_ascii()),
            text: pronounced || Wording::of(value).is_text(),
            random,
        }
    }
}
