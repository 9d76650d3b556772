//! DER in base64 without armour: is it a certificate or a public key? Both are made
//! to be given away, whatever the name of the variable that holds them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Base64 characters that are decoded: the beginnings of both fit.
const HEAD: usize = 44;

/// A sequence, a number of DER; a text of bits, the tagged version of a certificate.
const SEQUENCE: u8 = 0x30;
const OBJECT: u8 = 0x06;
const VERSION: u8 = 0xa0;

/// Whether `value` begins as a `SubjectPublicKeyInfo` or a certificate (RFC 5280,
/// section 4.1): a sequence whose first member is a sequence again, which begins with
/// the name of an algorithm or with a version. A private key begins with a number.
pub fn is_public(value: &[u8]) -> bool {
    // Every sequence of 43 to 65,535 bytes begins so.
    if value.first() != Some(&b'M') || value.len() < HEAD {
        return false;
    }
    let Ok(head) = STANDARD_NO_PAD.decode(&value[..HEAD]) else { return false };
    let inner = enter(&head, SEQUENCE).and_then(|outer| enter(outer, SEQUENCE));
    inner.is_some_and(|inner| matches!(inner.first(), Some(&OBJECT) | Some(&VERSION)))
}

/// What is in the value with `tag` that `der` begins with, as far as it is there.
fn enter(der: &[u8], tag: u8) -> Option<&[u8]> {
    let length = *der.get(1)?;
    let width = if length < 0x80 { 0 } else { usize::from(length & 0x7f) };
    (der[0] == tag && width <= 3).then(|| der.get(2 + width..))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_away() {
        for value in [
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq4yKxb6SNePd",
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEq4yKxb6SNePdDmQi9xFC",
            "MCowBQYDK2VwAyEAq4yKxb6SNePdDmQi9xFCrP6QvHosErQzryknQTTT",
            "MIIDXTCCAkWgAwIBAgIJAKZ7kPvGm3QxMA0GCSqGSIb3DQEBCwUAMEUx",
        ] {
            assert!(is_public(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn private_keys_and_random_values_are_not() {
        for value in [
            ["MIIEvQIBADANBgkqhkiG9w0BAQE", "FAASCBKcwggSjAgEAAoIBAQDc"].concat(),
            ["MIIEpAIBAAKCAQEA4ej0p7bQ7L", "/r4rVGUz9RN4VQWoej1Bg1mYWI"].concat(),
            ["MHcCAQEEIAIC57aTx5ev4T2HBMQk4", "fXV09AzLDQ3Ju1uNoEB0LngoA"].concat(),
            "Mq8Zt4LxW2vNc7YbR5mJdq8Zt4LxW2vNc7YbR5mJdq8Zt4LxW2v".to_owned(),
            "M".to_owned(),
        ] {
            assert!(!is_public(value.as_bytes()), "{value}");
        }
    }
}
