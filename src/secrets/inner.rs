//! What a value says when its encoding is taken off: `%40` in the user part of a
//! URL, base64 around a placeholder. Apart from `encoded/`, which looks for
//! credentials inside; here the whole value is judged by its inside.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD as LETTERS;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::name::classify;
use super::standin::{has_placeholder_word, is_doubtful, is_stand_in};
use super::words::Wording;

/// Longest value that is decoded, in bytes.
const LONGEST: usize = 256;

/// With padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &LETTERS,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes that `value` stands for in a URL (RFC 3986, 2.1).
pub fn percent_decoded(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'%') {
        return Cow::Borrowed(value);
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        let escape = value.get(at + 1..at + 3).and_then(hex_pair);
        let escaped = escape.filter(|_| byte == b'%');
        decoded.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    Cow::Owned(decoded)
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(value(digits[0])? * 16 + value(digits[1])?).ok()
}

/// Whether `value` is base64 of a stand-in or of plain words, as manifests and
/// their tests hold it: `username:password`, `test-account-key`.
pub fn is_encoded_stand_in(value: &[u8]) -> bool {
    // Eight bytes at least; fewer letters are words by chance.
    if !(11..=LONGEST).contains(&value.len()) || !is_printable_base64(value) {
        return false;
    }
    BASE64.decode(value).is_ok_and(|text| {
        let text = text.trim_ascii();
        let printable = text.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
        let says_so = || is_stand_in(text) || has_placeholder_word(text) || is_doubtful(text);
        let words = || !text.iter().any(u8::is_ascii_digit) && Wording::of(text).is_text();
        // `netrc_user:netrc_pass`: a pair that is called what it is.
        let named = || {
            let mut parts = text.splitn(2, |b| *b == b':').skip(1);
            parts.next().is_some_and(|part| {
                part.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
                    && classify(part).is_some()
            })
        };
        printable && (says_so() || words() || named())
    })
}

/// Base64 of ASCII text has the top bit of each byte clear: the first and third
/// letters of a group show it. Spares decoding nearly all random values.
fn is_printable_base64(value: &[u8]) -> bool {
    let low = |letter: u8| matches!(letter, b'A'..=b'Z' | b'a'..=b'f');
    value.chunks_exact(4).all(|group| low(group[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_back() {
        for (value, expected) in [
            ("", &b""[..]),
            ("plain", b"plain"),
            ("pa%3Ass", b"pa:ss"),
            ("100%", b"100%"),
            ("%F0%9F", b"\xf0\x9f"),
            ("%zz%4", b"%zz%4"),
        ] {
            assert_eq!(percent_decoded(value.as_bytes()).as_ref(), expected, "{value}");
        }
    }

    #[test]
    fn encoded_stand_ins_are_told_from_keys() {
        for text in [
            "username:password", "shopq_user:shopq_pass", "test-account-key", "ACCESS_KEY\r\n",
            "example-cookie-q",
        ] {
            assert!(is_encoded_stand_in(BASE64.encode(text).as_bytes()), "{text}");
        }
        for value in ["", "abc", "q8Zt4LxW2vNc7YbR5mJd", "Zm9vYmFy"] {
            assert!(!is_encoded_stand_in(value.as_bytes()), "{value}");
        }
        assert!(!is_encoded_stand_in(BASE64.encode("kq7Lw!x83kdRz").as_bytes()));
    }
}
