//! Values that somebody made up to have one: typed by hand, counted up, words with
//! digits for letters. Apart from `standin.rs`, which knows the words of placeholders.

use super::look::Look;
use super::standin::{is_disguised, unleet};
use super::words::Wording;
use crate::source::place::Role;

/// Longest value that is read as words in disguise, in bytes.
const LONGEST: usize = 63;
/// So many characters that each follow the one before are no chance.
const STEPS: usize = 7;

/// `315004be7e`: the number of an object as well as a token.
pub fn is_short_hex(value: &[u8]) -> bool {
    value.len() < 12
        && Look::of(value).digits * 2 >= value.len()
        && value.iter().all(u8::is_ascii_hexdigit)
}

/// `p4ssw0rd`, `l0nger-r4nd0mer` open nothing that a test does not open itself.
pub fn is_disguised_outside(value: &[u8], role: Role) -> bool {
    role != Role::Production && (is_disguised(value) || is_disguised_text(value))
}

/// Whether `value` is made of words once digits and signs are read as the letters
/// that they often stand for. One of a few letters would be by chance, and digits at
/// the end of a word are digits.
fn is_disguised_text(value: &[u8]) -> bool {
    let end = value.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |at| at + 1);
    let value = &value[..end];
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if !(10..=LONGEST).contains(&value.len()) || letters * 3 < value.len() * 2 {
        return false;
    }
    let mut read = [0; LONGEST];
    for (to, from) in read.iter_mut().zip(value) {
        *to = unleet(*from);
    }
    let read = &read[..value.len()];
    read != value && Wording::of(read).is_text()
}

/// `refreshToken: 'hbfvdkhjbvkdvdfjvb'`: fingers hit the same few letters again and again. What
/// draws from all the letters has more than half of its length (or of the alphabet) different.
pub fn is_typed_in_test(value: &[u8], role: Role) -> bool {
    if role != Role::Test || !value.iter().all(u8::is_ascii_lowercase) {
        return false;
    }
    let seen = value.iter().fold(0u32, |seen, byte| seen | 1 << (byte - b'a'));
    seen.count_ones() as usize * 2 <= value.len().min(26)
}

/// A few small letters: the name of somebody or something, where a token is expected.
pub fn is_one_word(value: &[u8]) -> bool {
    value.len() <= 12 && value.iter().all(u8::is_ascii_lowercase)
}

/// `xwfp-123-abc`, `KEY-0001-0002`: parts that count, behind a short label.
pub fn is_counted(value: &[u8]) -> bool {
    let mut parts = value.split(|b| !b.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let counts = |part: &[u8]| part.len() > 2 && part.windows(2).all(|w| w[0] + 1 == w[1]);
    let label = |part: &[u8]| part.len() <= 5 && part.iter().all(u8::is_ascii_alphabetic);
    let first = parts.next().unwrap_or_default();
    let mut counted = usize::from(counts(first));
    let all = (label(first) || counted > 0)
        && parts.all(|part| {
            counted += usize::from(counts(part));
            counts(part)
        });
    all && counted > 1
}

/// Whether letters or digits in the order of the alphabet stand somewhere in `value`.
pub fn has_steps(value: &[u8]) -> bool {
    let mut run = 1;
    value.windows(2).any(|pair| {
        let follows = pair[0].is_ascii_alphanumeric() && pair[0] + 1 == pair[1];
        run = if follows { run + 1 } else { 1 };
        run >= STEPS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_digits_for_letters() {
        for value in ["l0nger-r4nd0mer-p@ssw0rd", "my$ecretK3y", "T0ken-._~+/=", "P@ssw0rd!"] {
            assert!(is_disguised_outside(value.as_bytes(), Role::Test), "{value}");
            assert!(!is_disguised_outside(value.as_bytes(), Role::Production), "{value}");
        }
        for value in [
            "q8Zt4LxW2vNc7YbR5mJd", "kx8-Zq4w-Tn2v-Lb7y", "7hd6s5k4f3j2", "zqwv4kfm",
            "TiffedRestedSpies4",
        ] {
            assert!(!is_disguised_outside(value.as_bytes(), Role::Test), "{value}");
        }
    }

    #[test]
    fn what_counts() {
        for value in ["xwfp-123-abc", "123-456-789", "key_abc_123", "AB-1234-5678"] {
            assert!(is_counted(value.as_bytes()), "{value}");
        }
        for value in ["xwfp-123-kqz", "abc", "xoxb-1234", "a-b-c", "", "---"] {
            assert!(!is_counted(value.as_bytes()), "{value}");
        }
        assert!(has_steps(b"0-ABCDEFGHIXJQpIGqBJq3MC"));
        assert!(!has_steps(b"0-ABCDEFXJQpIGqBJq3MC"));
    }

    #[test]
    fn few_letters_were_typed() {
        assert!(is_typed_in_test(b"hbfvdkhjbvkdvdfjvb", Role::Test));
        assert!(!is_typed_in_test(b"kweaqgxjhnrzcpomladyusfbvt", Role::Test));
        assert!(is_one_word(b"mikemcq") && !is_one_word(b"mikemcq7"));
        assert!(is_short_hex(b"315004be7e") && !is_short_hex(b"kx5004be7e"));
    }
}
