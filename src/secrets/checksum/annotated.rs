//! Microsoft's common annotated security keys: 84 characters, the last four of which
//! say Marvin32 of the 60 bytes that the 80 before them are base64 of
//! (microsoft/security-utilities, `IdentifiableSecrets`; the example key in the
//! documentation of NuGetGallery's fifth key format is a vector).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::BASE62;

/// Characters before the checksum, and of it.
const SUMMED: usize = 80;
const SUM: usize = 4;

/// The eight letters that begin the hash: `Default0`.
const SEED: u64 = u64::from_be_bytes(*b"Default0");

/// `Some(true)` for a right checksum. What is not right may have been made in a way
/// that is not published, and says nothing.
pub(super) fn verify(token: &[u8]) -> Option<bool> {
    let sum = sum(token)?;
    let written = token.get(SUMMED..SUMMED + SUM)?;
    let plain = STANDARD.encode(&sum.to_le_bytes()[..3]);
    (written == base62(sum) || written == plain.as_bytes()).then_some(true)
}

/// Overwrites the end of a generated token with the right checksum.
pub(super) fn complete(token: &mut [u8]) {
    if let Some(sum) = sum(token)
        && let Some(place) = token.get_mut(SUMMED..SUMMED + SUM)
    {
        place.copy_from_slice(&base62(sum));
    }
}

fn sum(token: &[u8]) -> Option<u32> {
    let bytes = STANDARD.decode(token.get(..SUMMED)?).ok()?;
    Some(marvin32(&bytes, SEED))
}

/// The first digits of the hash's bytes, read as one number.
fn base62(sum: u32) -> [u8; SUM] {
    let mut left = sum.swap_bytes();
    let mut digits = Vec::with_capacity(6);
    while left > 0 {
        digits.push(BASE62[(left % 62) as usize]);
        left /= 62;
    }
    let mut written = [b'0'; SUM];
    written.iter_mut().zip(digits.iter().rev()).for_each(|(place, digit)| *place = *digit);
    written
}

/// Marvin32, its two halves folded into one.
fn marvin32(bytes: &[u8], seed: u64) -> u32 {
    let mut state = (seed as u32, (seed >> 32) as u32);
    let (blocks, rest) = bytes.as_chunks::<4>();
    for block in blocks {
        state.0 = state.0.wrapping_add(u32::from_le_bytes(*block));
        mix(&mut state);
    }
    let mut last = [0; 4];
    last.iter_mut().zip(rest.iter().chain(&[0x80])).for_each(|(place, byte)| *place = *byte);
    state.0 = state.0.wrapping_add(u32::from_le_bytes(last));
    mix(&mut state);
    mix(&mut state);
    state.0 ^ state.1
}

fn mix((low, high): &mut (u32, u32)) {
    *high ^= *low;
    *low = low.rotate_left(20).wrapping_add(*high);
    *high = high.rotate_left(9) ^ *low;
    *low = low.rotate_left(27).wrapping_add(*high);
    *high = high.rotate_left(19);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in NuGetGallery's description of the format.
    fn example() -> Vec<u8> {
        ["a".repeat(52).as_str(), "JQQJ", "99ALN5Z0000LZENeS003NUGT", "3OrW"].concat().into_bytes()
    }

    #[test]
    fn marvin_of_nothing_is_as_published() {
        // .NET's own test: seed 0x004FB61A001BDBCC, no bytes.
        assert_eq!(marvin32(b"", 0x004F_B61A_001B_DBCC), 0x30ED_35C1 ^ 0x00CD_3C7D);
    }

    #[test]
    fn the_published_example_is_right() {
        let mut key = example();
        assert_eq!(verify(&key), Some(true));
        key[3] = b'b';
        assert_eq!(verify(&key), None);
        complete(&mut key);
        assert_eq!(verify(&key), Some(true));
        assert_eq!(verify(b""), None);
        assert_eq!(verify(&[b'!'; 84]), None);
    }
}
