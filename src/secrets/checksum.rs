//! Checksums that issuers put into their tokens, so that a scanner can tell a
//! real token from one that only looks like it.
//!
//! Nearly all public schemes known here are CRC-32 (IEEE) over a part of the
//! token, written in hexadecimal, base 36, base 62 or base 64; the others have a
//! module of their own.

mod annotated;
mod bech32;
mod discord;
mod rotation;

/// The names a rule may use in `checksum`.
pub const NAMES: [&str; 13] = [
    "github", "npm", "gitlab-routable", "atlassian", "bitbucket", "grafana", "cloudflare", "zuplo",
    "confluent", "bech32", "slack-rotation", "discord", "annotated-key",
];

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Which bytes are summed, and how the sum is written at the token's end.
struct Scheme {
    summed: Summed,
    /// A separator byte between the summed part and the sum.
    separator: bool,
    digits: usize,
    write: fn(u32, &mut [u8]),
}

/// Where the summed part begins.
enum Summed {
    FromStart,
    /// After the first `_`.
    AfterUnderscore,
    /// After a prefix of this many bytes.
    After(usize),
}

fn scheme(name: &str) -> Option<Scheme> {
    let new = |summed, separator, digits, write| Scheme { summed, separator, digits, write };
    let hex = |separator| new(Summed::FromStart, separator, 8, hex);
    Some(match name {
        // Engineering posts of GitHub (2021): six base-62 digits, zero-padded.
        // npm adopted the same scheme.
        "github" | "npm" => new(Summed::AfterUnderscore, false, 6, base62),
        // GitLab's routable token design: seven base-36 digits over all before.
        "gitlab-routable" => new(Summed::FromStart, false, 7, base36),
        "atlassian" | "bitbucket" | "cloudflare" => hex(false),
        // Grafana's token generator writes the sum in little-endian order.
        "grafana" => new(Summed::FromStart, true, 8, hex_swapped),
        "zuplo" => hex(true),
        // Confluent's key format: little-endian order, in base 64 without padding.
        "confluent" => new(Summed::After(4), false, 6, base64),
        _ => return None,
    })
}

impl Scheme {
    /// Splits a token into the summed part and the written sum.
    fn split<'t>(&self, token: &'t [u8]) -> Option<(&'t [u8], &'t [u8])> {
        let (body, sum) = token.split_at_checked(token.len().checked_sub(self.digits)?)?;
        let body = if self.separator { body.split_last()?.1 } else { body };
        let start = match self.summed {
            Summed::FromStart => 0,
            Summed::AfterUnderscore => body.iter().position(|&b| b == b'_')? + 1,
            Summed::After(prefix) => prefix,
        };
        Some((body.get(start..)?, sum))
    }
}

/// Whether `token` carries the right checksum; `None` for an unknown scheme.
pub fn verify(name: &str, token: &[u8]) -> Option<bool> {
    match name {
        "annotated-key" => return annotated::verify(token),
        "bech32" => return Some(bech32::verify(token)),
        "discord" => return Some(discord::verify(token)),
        "slack-rotation" => return rotation::verify(token),
        _ => {}
    }
    let scheme = scheme(name)?;
    let Some((body, sum)) = scheme.split(token) else { return Some(false) };
    let mut expected = [0u8; 8];
    let expected = &mut expected[..scheme.digits];
    (scheme.write)(crc32(body), expected);
    Some(sum.eq_ignore_ascii_case(expected) && (scheme.digits == 8 || sum == &*expected))
}

/// Overwrites the end of a generated token with the right checksum. Leaves it
/// alone when the scheme is unknown or the token too short.
pub fn complete(name: &str, token: &mut [u8]) {
    match name {
        "annotated-key" => return annotated::complete(token),
        "bech32" => return bech32::complete(token),
        "discord" => return discord::complete(token),
        _ => {}
    }
    let Some(scheme) = scheme(name) else { return };
    let Some((body, _)) = scheme.split(token) else { return };
    let sum = crc32(body);
    let start = token.len() - scheme.digits;
    let upper = name == "atlassian" || name == "bitbucket";
    (scheme.write)(sum, &mut token[start..]);
    if upper {
        token[start..].make_ascii_uppercase();
    }
}

fn hex(sum: u32, out: &mut [u8]) {
    digits(sum, &BASE36[..16], out);
}

fn base64(sum: u32, out: &mut [u8]) {
    use ::base64::Engine;
    let mut written = [0u8; 8];
    let engine = ::base64::engine::general_purpose::STANDARD_NO_PAD;
    if engine.encode_slice(sum.to_le_bytes(), &mut written).is_ok() {
        out.copy_from_slice(&written[..out.len()]);
    }
}

fn hex_swapped(sum: u32, out: &mut [u8]) {
    hex(sum.swap_bytes(), out);
}

fn base36(sum: u32, out: &mut [u8]) {
    digits(sum, BASE36, out);
}

fn base62(sum: u32, out: &mut [u8]) {
    digits(sum, BASE62, out);
}

/// `sum` in the given alphabet, padded with its zero.
fn digits(mut sum: u32, alphabet: &[u8], out: &mut [u8]) {
    let base = alphabet.len() as u32;
    for place in out.iter_mut().rev() {
        *place = alphabet[(sum % base) as usize];
        sum /= base;
    }
}

/// CRC-32 as in IEEE 802.3. Tokens are short: the bitwise form is enough.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            let low = crc & 1;
            (crc >> 1) ^ (0xEDB8_8320 * low)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_of_the_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_completed_token_verifies_and_a_changed_one_does_not() {
        let own = ["bech32", "slack-rotation", "discord", "annotated-key"];
        for name in NAMES.into_iter().filter(|name| !own.contains(name)) {
            let mut token = b"abc_0123456789abcdefghijklmnopqrstuvwxyzABCD=_00000000".to_vec();
            complete(name, &mut token);
            assert_eq!(verify(name, &token), Some(true), "{name}");
            token[6] ^= 1;
            assert_eq!(verify(name, &token), Some(false), "{name}");
            assert_eq!(verify(name, b"x"), Some(false), "{name}");
        }
    }

    #[test]
    fn an_unknown_scheme_says_nothing() {
        assert_eq!(verify("none-such", b"abc_def"), None);
    }
}
