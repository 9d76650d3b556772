//! The checksum of bech32 (BIP 173), with which age writes its keys: a BCH code
//! over the part before the last `1` and what follows, in six characters.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const SUM_LEN: usize = 6;

/// Whether `token` ends in its checksum, in either case.
pub(super) fn verify(token: &[u8]) -> bool {
    let Some((human, data)) = split(token) else { return false };
    data.len() > SUM_LEN && polymod(human, data) == Some(1)
}

/// Overwrites the last six characters with the right checksum, in the case of
/// the token; leaves alone what is no bech32.
pub(super) fn complete(token: &mut [u8]) {
    let upper = token.iter().any(u8::is_ascii_uppercase);
    let Some(start) = token.len().checked_sub(SUM_LEN) else { return };
    token[start..].fill(if upper { b'Q' } else { b'q' });
    let Some(sum) = split(token).and_then(|(human, data)| polymod(human, data)) else { return };
    for (i, place) in token[start..].iter_mut().enumerate() {
        let digit = (sum ^ 1) >> (5 * (SUM_LEN - 1 - i)) & 31;
        let letter = ALPHABET[digit as usize];
        *place = if upper { letter.to_ascii_uppercase() } else { letter };
    }
}

/// The human-readable part and the data, around the last `1`.
fn split(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let one = memchr::memrchr(b'1', token)?;
    Some((&token[..one], &token[one + 1..]))
}

fn polymod(human: &[u8], data: &[u8]) -> Option<u32> {
    const STEPS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let step = |sum: u32, value: u32| {
        let top = sum >> 25;
        let shifted = (sum & 0x01ff_ffff) << 5 ^ value;
        (0..5).filter(|i| top >> i & 1 == 1).fold(shifted, |sum, i| sum ^ STEPS[i])
    };
    let lower = || human.iter().map(u8::to_ascii_lowercase).map(u32::from);
    let sum = lower().map(|b| b >> 5).fold(1, step);
    let sum = lower().map(|b| b & 31).fold(step(sum, 0), step);
    data.iter().try_fold(sum, |sum, byte| {
        let digit = ALPHABET.iter().position(|a| *a == byte.to_ascii_lowercase())?;
        Some(step(sum, digit as u32))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_vectors_of_bip_173() {
        for valid in [
            "A12UEL5L",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        ] {
            let (human, data) = split(valid.as_bytes()).unwrap();
            assert_eq!(polymod(human, data), Some(1), "{valid}");
        }
        assert!(!verify(b"A1G7SGD8"), "the checksum of another case");
        assert!(!verify(b"x1b4n0q5v"), "a character outside the alphabet");
    }

    #[test]
    fn a_completed_token_verifies() {
        let mut token = [&b"AGE-SECRET-KEY-1"[..], &[b'Z'; 58]].concat();
        complete(&mut token);
        assert!(verify(&token));
        token[20] = b'Q';
        assert!(!verify(&token));
    }
}
