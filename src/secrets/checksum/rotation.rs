//! What Slack's rotated tokens hold: behind `xoxe-1-` or `xoxe.xoxp-1-` stands
//! base64 of the numbers of workspace, user and token, and of 64 hexadecimal
//! digits, with dashes between them. A token that was cut does not end so.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Hexadecimal digits at the end.
const DIGITS: usize = 64;

/// Cut base64 has bits left over, and no padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether `token` holds all that it should; `None` where it does not hold numbers
/// at all, as the examples of other scanners do.
pub(super) fn verify(token: &[u8]) -> Option<bool> {
    let body = token.rsplit(|&b| b == b'-').next()?;
    // One character more than whole groups of four is no base64; the cut shows
    // in what comes before it.
    let body = &body[..body.len() - usize::from(body.len() % 4 == 1)];
    let text = LENIENT.decode(body).ok()?;
    let numbers = text.iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
    if numbers < 8 || !text.is_ascii() {
        return None;
    }
    let digits = text.rsplit(|&b| b == b'-').next()?;
    Some(digits.len() == DIGITS && digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(digits: usize) -> Vec<u8> {
        let text = format!("2-1-4821093377120-4821093377121-{}", "0b7c".repeat(digits / 4));
        let body = base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
        format!("xoxe-1-{body}").into_bytes()
    }

    #[test]
    fn a_whole_token_is_told_from_a_cut_one() {
        let whole = token(DIGITS);
        assert_eq!(verify(&whole), Some(true));
        for cut in 1..8 {
            assert_eq!(verify(&whole[..whole.len() - cut]), Some(false), "{cut}");
        }
    }

    #[test]
    fn other_values_say_nothing() {
        for other in ["", "xoxe-1-", "xoxe-1-kq83hdt5wnbz72", "xoxe-1-\u{e9}"] {
            assert_eq!(verify(other.as_bytes()), None, "{other}");
        }
    }
}
