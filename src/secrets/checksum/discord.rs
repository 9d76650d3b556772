//! The first part of a Discord bot's token is the number of its user in base64:
//! 17 to 20 decimal digits (Discord's developer reference, "Snowflakes").

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Decimal digits of a user's number.
const DIGITS: std::ops::RangeInclusive<usize> = 17..=20;

/// Whether the part before the first dot is a user's number.
pub(super) fn verify(token: &[u8]) -> bool {
    let first = token.split(|&b| b == b'.').next().unwrap_or_default();
    let number = URL_SAFE_NO_PAD.decode(first).unwrap_or_default();
    DIGITS.contains(&number.len()) && number.iter().all(u8::is_ascii_digit)
}

/// Overwrites the first part of a generated token with a number of its length.
pub(super) fn complete(token: &mut [u8]) {
    let Some(dot) = token.iter().position(|&b| b == b'.') else { return };
    let number = URL_SAFE_NO_PAD.encode(&b"10482093377120553987"[..(dot * 3 / 4).min(20)]);
    if number.len() == dot {
        token[..dot].copy_from_slice(number.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_user_is_told_from_letters() {
        let parts = ["MTIzNDU2Nzg5MDEyMzQ1Njc4", "abcdef", "abcdefghijklmnopqrstuvwxyz0"];
        let mut token = parts.join(".").into_bytes();
        assert!(verify(&token));
        token[1] = b'a';
        assert!(!verify(&token));
        complete(&mut token);
        assert!(verify(&token));
        assert!(!verify(b"") && !verify(b"MTIz.x.y"));
    }
}
