//! Texts that have a form of their own and are no credential whatever their name
//! says: a range of versions, a moment, rules for an input, a class of characters,
//! letters of another script. Apart from `reference.rs`, which knows what is looked
//! up elsewhere.

use super::value::has_part;

/// Beginnings of what lock files write for a version, and of names of things.
const VERSION_SOURCES: &[&str] = &["npm:", "workspace:", "patch:", "catalog:", "portal:", "urn:"];

/// Words between `|` in rules for an input.
const INPUT_RULES: &[&str] = &["required", "nullable", "sometimes", "confirmed", "string"];

/// Hashes of the empty text, and seeds and nonces that standards show.
const WELL_KNOWN: &[&[u8]] = &[
    b"d41d8cd98f00b204e9800998ecf8427e",
    b"da39a3ee5e6b4b0d3255bfef95601890afd80709",
    b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    b"JBSWY3DPEHPK3PXP",
    b"dGhlIHNhbXBsZSBub25jZQ==",
    // RFC 7628, section 4.
    b"vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
    // The account key of Azure's storage emulators, the same on every machine.
    AZURITE_KEY,
];

/// Beginnings of extended public keys of wallets (BIP 32, SLIP 132).
const PUBLIC_KEYS: &[&str] = &["xpub", "ypub", "zpub", "tpub", "upub", "vpub"];

/// <https://learn.microsoft.com/en-us/azure/storage/common/storage-use-azurite>
const AZURITE_KEY: &[u8] =
    b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Whether `value` is of one of these forms. Linear in its length.
pub fn is_other_notation(value: &[u8]) -> bool {
    VERSION_SOURCES.iter().any(|source| value.starts_with(source.as_bytes()))
        || is_moment(value)
        || is_public_key(value)
        || is_input_rules(value)
        || is_character_class(value)
        || is_escaped_script(value)
        || has_named_gap(value)
        || is_attribute_list(value)
        || value.starts_with(ENCODED_PEM)
}

/// `-----BEGIN` in base64: what kind of PEM it is, the detector of keys says.
const ENCODED_PEM: &[u8] = b"LS0tLS1CRUdJTi";

/// `n=user,r=fyko`: a message of a logon (RFC 5802), a distinguished name.
fn is_attribute_list(value: &[u8]) -> bool {
    let mut parts = value.split(|b| *b == b',');
    let is_attribute = |part: &[u8]| {
        let name = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        (1..=12).contains(&name) && part.get(name) == Some(&b'=')
    };
    value.contains(&b',') && parts.all(is_attribute)
}

/// Whether everybody knows `value`.
pub fn is_well_known(value: &[u8]) -> bool {
    WELL_KNOWN.iter().any(|known| value.eq_ignore_ascii_case(known))
}

/// 111 characters, given away so that others may pay and watch.
fn is_public_key(value: &[u8]) -> bool {
    value.len() >= 107 && PUBLIC_KEYS.iter().any(|prefix| value.starts_with(prefix.as_bytes()))
}

/// `2006-01-02T15:04:05Z` and the like (RFC 3339).
fn is_moment(value: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        value.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0..4)
        && value.get(4) == Some(&b'-')
        && digits(5..7)
        && value.get(7) == Some(&b'-')
        && digits(8..10)
        && value.get(10).is_none_or(|b| matches!(b, b'T' | b't' | b' '))
        && value.len() <= 35
        && value[10..].iter().all(|b| b.is_ascii_digit() || b"TtZz:.+- ".contains(b))
}

/// `required|min:16|confirmed`.
fn is_input_rules(value: &[u8]) -> bool {
    let is_rule = |part: &[u8]| INPUT_RULES.iter().any(|rule| part == rule.as_bytes());
    value.contains(&b'|') && value.split(|b| *b == b'|').any(is_rule)
}

/// `[a-zA-Z0-9-!#$]+`: which characters may stand, not which do.
fn is_character_class(value: &[u8]) -> bool {
    value.contains(&b'[')
        && has_part(value, &["a-z", "0-9", "\\w", "\\d", "[^"])
        && value.iter().any(|b| matches!(b, b'+' | b'*' | b'{' | b'?' | b'$'))
}

/// `\u0441\u0435`: text of a script that the file writes in escapes.
fn is_escaped_script(value: &[u8]) -> bool {
    let is_escape = |at: &usize| {
        value[*at..].starts_with(b"\\u")
            && value.get(at + 2..at + 6).is_some_and(|code| {
                code.iter().all(u8::is_ascii_hexdigit) && !code.starts_with(b"00")
            })
    };
    let escapes = (0..value.len()).filter(is_escape).count();
    escapes > 0 && escapes * 6 * 2 > value.len()
}

/// `postgres.<host>:<password>`: a gap with its name in it.
fn has_named_gap(value: &[u8]) -> bool {
    value.split(|b| *b == b'<').skip(1).any(|part| {
        part.iter().position(|b| *b == b'>').is_some_and(|end| {
            end > 2 && part[..end].iter().all(|b| b.is_ascii_lowercase() || b"-_ ".contains(b))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_notations_are_no_values() {
        for value in [
            "npm:^7.1.2", "workspace:*", "2006-01-02T15:04:05Z", "2024-01-31",
            "required|string|min:16|secure", "([a-zA-Z0-9-!#$%&'*+.^_`{|}~]+)",
            r"\u0441\u0435\u043a\u0440\u0435\u0442", "postgres.<host>:<password>",
            "r=ab,s=abcd,i=5", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
        ] {
            assert!(is_other_notation(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_credential_is_none_of_them() {
        for value in [
            "", "2024-Summer!", "20240131-kq7", "a|b|c9", "[k9!z", r"\u0026kq7Lw", "<b>x9",
            "a-z0-9kq",
        ] {
            assert!(!is_other_notation(value.as_bytes()), "{value}");
        }
    }
}
