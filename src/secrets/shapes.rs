//! Texts that have a form of their own and are no credential whatever their name
//! says: a range of versions, a moment, rules for an input, a class of characters,
//! letters of another script. Apart from `reference.rs`, which knows what is looked
//! up elsewhere.

use super::der;
use super::value::has_part;

/// Beginnings of what lock files write for a version, and of names of things.
const VERSION_SOURCES: &[&str] =
    &["npm:", "workspace:", "patch:", "catalog:", "portal:", "urn:", "amzn1.account."];

/// Words between `|` in rules for an input.
const INPUT_RULES: &[&str] = &["required", "nullable", "sometimes", "confirmed", "string"];

/// Hashes of the empty text, and seeds and nonces that standards show.
const WELL_KNOWN: &[&[u8]] = &[
    b"d41d8cd98f00b204e9800998ecf8427e",
    b"da39a3ee5e6b4b0d3255bfef95601890afd80709",
    b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    b"JBSWY3DPEHPK3PXP",
    b"dGhlIHNhbXBsZSBub25jZQ==",
    // RFC 6749, sections 4.1, 4.4 and 6; RFC 6750, section 2.
    b"2YotnFZFEjr1zCsicMWpAA",
    b"tGzv3JOkF0XG5Qx2TlKWIA",
    b"SplxlOBeZQQYbYS6WxSbIA",
    b"7Fjfp0ZBr1KtDRbnfVdmIw",
    b"czZCaGRSa3F0MzpnWDFmQmF0M2JW",
    b"mF_9.B5f-4.1JqM",
    // RFC 7628, section 4.
    b"vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
    // What Google's documentation of XOAUTH2 shows.
    b"vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==",
    // Slack's: the signing secret of its walk-through, and old verification tokens.
    b"8f742231b10e8888abcd99yyyzzz85a5",
    b"xyzz0WbapA4vBCDEFasx0q6G",
    b"Jhj5dZrVaK7ZwHHjRyZWjbDl",
    b"gIkuvaNzQIHg97ATvDxqgjtO",
    // The two keys of MinIO's public playground, as its documentation gives them.
    b"Q3AM3UQ867SPQQA43P2F",
    b"zuf+tfteSlswRu7BJ86wekitnifILbZam1KYY3TG",
    // The pair of Google's reCAPTCHA that lets every test pass.
    b"6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",
    b"6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe",
    // The account key of Azure's storage emulators, the same on every machine.
    AZURITE_KEY,
];

/// The alphabets of base 32, base 58, base 62 and base 64, in order.
const ALPHABETS: &[&str] = &[
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "0123456789ABCDEFGHIJKLMNOPQRSTUV",
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
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
        || is_advisory(value)
        || der::is_public(value)
        || is_algorithm(value)
        || is_input_rules(value)
        || is_character_class(value)
        || is_escaped_script(value)
        || has_named_gap(value)
        || is_attribute_list(value)
        || is_data_url(value)
        || is_action(value)
        || is_chain_address(value)
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

/// `Api\V1\AccountController@changePassword`: a method of a class of Laravel
/// (<https://laravel.com/docs/12.x/routing>), named as the route `change-password` is.
fn is_action(value: &[u8]) -> bool {
    let at = value.iter().position(|&b| b == b'@').unwrap_or(0);
    let (class, method) = value.split_at(at);
    let is_name = |part: &[u8]| {
        part.len() > 1 && part.iter().all(|b| b.is_ascii_alphanumeric() || b"_\\".contains(b))
    };
    class.ends_with(b"Controller") && is_name(class) && is_name(method.get(1..).unwrap_or_default())
}

/// `data:image/svg+xml;base64,…`: a file in the text (RFC 2397).
fn is_data_url(value: &[u8]) -> bool {
    let media = value.strip_prefix(b"data:").unwrap_or_default();
    let head = &media[..media.len().min(64)];
    head.contains(&b'/') && head.contains(&b',')
}

/// The address of an account or a contract on a chain of Ethereum's kind, which is
/// twenty bytes; private keys are 32.
fn is_chain_address(value: &[u8]) -> bool {
    value.len() == 42 && value.starts_with(b"0x") && value[2..].iter().all(u8::is_ascii_hexdigit)
}

/// `GHSA-8mxv-9xhp-86h4`: the number of a security advisory, in a list of changes.
fn is_advisory(value: &[u8]) -> bool {
    let groups = value.strip_prefix(b"GHSA-").unwrap_or_default();
    groups.len() == 14 && groups.split(|b| *b == b'-').all(|group| group.len() == 4)
}

/// Whether everybody knows `value`.
pub fn is_well_known(value: &[u8]) -> bool {
    if ALPHABETS.iter().any(|alphabet| alphabet.as_bytes() == value) {
        return true;
    }
    // Also the beginning of one, as of a hash that is cut to fit.
    WELL_KNOWN.iter().any(|known| {
        let begun = known.get(..value.len()).filter(|_| value.len() >= 16).unwrap_or(known);
        value.eq_ignore_ascii_case(begun)
    })
}

/// 111 characters, given away so that others may pay and watch; or the public half
/// of a key pair of NATS.
fn is_public_key(value: &[u8]) -> bool {
    let wallet =
        value.len() >= 107 && PUBLIC_KEYS.iter().any(|prefix| value.starts_with(prefix.as_bytes()));
    wallet || is_nats_public_key(value) || is_encoded_public_key(value)
}

/// A `SubjectPublicKeyInfo` (RFC 5280) in base64 without PEM around it, as manifests of
/// browser extensions have: the algorithm at its beginning says that it is no private key.
fn is_encoded_public_key(value: &[u8]) -> bool {
    /// RSA of 1024, 2048, 3072 and 4096 bits, P-256, P-384, P-521, Ed25519, X25519.
    const BEGINNINGS: [&[u8]; 9] = [
        b"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKB", b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
        b"MIIBojANBgkqhkiG9w0BAQEFAAOCAY8A", b"MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A",
        b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", b"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE",
        b"MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQ", b"MCowBQYDK2VwAyEA", b"MCowBQYDK2VuAyEA",
    ];
    BEGINNINGS.iter().any(|beginning| value.starts_with(beginning))
}

/// Thirty-five bytes in base 32, the first of which says whose key it is: an
/// account's, a user's, an operator's, a server's, a cluster's, a curve's. Seeds
/// begin with `S` (<https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth>).
fn is_nats_public_key(value: &[u8]) -> bool {
    value.len() == 56
        && matches!(value[0], b'A' | b'U' | b'O' | b'N' | b'C' | b'X')
        && value.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'2'..=b'7'))
}

/// Beginnings of the names of algorithms (RFC 7518, Java's standard names).
const ALGORITHMS: &[&str] = &[
    "hmac", "hs", "rs", "es", "ps", "rsa", "aes", "ecdh", "ecdsa", "eddsa", "ed", "sha", "md",
    "pbes", "pbkdf", "a", "p", "des", "desede", "chacha", "x", "dsa", "dh", "camellia", "secp",
];

/// What follows those in them, joined by signs.
const ALGORITHM_PARTS: &[&str] = &[
    "kw", "gcm", "gcmkw", "cbc", "ctr", "ecb", "hs", "sha", "hmac", "with", "rsa", "aes", "and",
    "oaep", "es", "pss", "pkcs", "padding", "nopadding", "poly", "ecdsa", "k", "ede", "dir", "r",
    "withrsa", "withecdsa", "mgf", "b", "c", "withhmacsha", "hmacsha", "mac",
];

/// `A256GCMKW`, `A128CBC-HS256`, `HmacSHA256`, `AES/CBC/PKCS5Padding`: what a key
/// is for, not a key.
fn is_algorithm(value: &[u8]) -> bool {
    let has_number = value.iter().any(u8::is_ascii_digit);
    if !(4..=40).contains(&value.len()) || !has_number {
        return false;
    }
    let mut parts = value.split(|b| !b.is_ascii_alphabetic()).filter(|part| !part.is_empty());
    let is_one = |part: &[u8], list: &[&str]| {
        list.iter().any(|known| part.eq_ignore_ascii_case(known.as_bytes()))
    };
    let Some(first) = parts.next() else { return false };
    (is_one(first, ALGORITHMS) || is_one(first, ALGORITHM_PARTS) && first.len() > 2)
        && parts.all(|part| is_one(part, ALGORITHM_PARTS))
        && has_key_size(value)
}

/// All numbers are those of key sizes, digests, curves and versions.
fn has_key_size(value: &[u8]) -> bool {
    const NUMBERS: [&[u8]; 22] = [
        b"1", b"2", b"3", b"4", b"5", b"7", b"20", b"56", b"112", b"128", b"160", b"168", b"192",
        b"224", b"256", b"384", b"448", b"512", b"521", b"1024", b"1305", b"25519",
    ];
    let mut numbers = value.split(|b| !b.is_ascii_digit()).filter(|part| !part.is_empty());
    numbers.all(|number| NUMBERS.contains(&number))
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
    let class = value.contains(&b'[') && has_part(value, &["a-z", "0-9", "[^"]);
    (class || has_part(value, &["\\w", "\\d", "\\s"]) && value.iter().any(|b| b"[(".contains(b)))
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
    // One or two bytes that are no text: a test of what is no password.
    let bytes =
        (1..=8).contains(&value.len()) && value.chunks(4).all(|part| part.starts_with(b"\\x"));
    bytes || escapes > 0 && escapes * 6 * 2 > value.len() || has_escaped_letter(value)
}

/// `abc\xc3\xa9`: a letter of another script, in the bytes that UTF-8 writes it with.
/// What is all bytes may be a key.
fn has_escaped_letter(value: &[u8]) -> bool {
    let is_high = |part: &&[u8]| {
        part.starts_with(b"\\x")
            && matches!(part[2], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')
            && part[3].is_ascii_hexdigit()
    };
    let escapes = value.windows(4).filter(is_high).count();
    escapes > 1 && escapes * 4 * 2 <= value.len()
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
            "npm:^7.1.2",
            "workspace:*",
            "2006-01-02T15:04:05Z",
            "2024-01-31",
            "required|string|min:16|secure",
            "([a-zA-Z0-9-!#$%&'*+.^_`{|}~]+)",
            r"\u0441\u0435\u043a\u0440\u0435\u0442",
            "postgres.<host>:<password>",
            r"\xff",
            "data:image/svg+xml;base64,PHN2ZyB4bWxucz0i",
            "0x26205ad50dbedcd19c439396d2ce4dc106e26242",
            "r=ab,s=abcd,i=5",
            "A256GCMKW",
            "A128CBC-HS256",
            "HmacSHA256",
            "AES/CBC/PKCS5Padding",
            "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4",
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
            r"Api\V1\AccountController@changePassword2",
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
        ] {
            assert!(is_other_notation(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_credential_is_none_of_them() {
        for value in [
            "", "2024-Summer!", "20240131-kq7", "a|b|c9", "[k9!z", r"\u0026kq7Lw", "<b>x9",
            "a-z0-9kq", "hs256kq7", "A1B2C3D4", "aes-prod-9134",
        ] {
            assert!(!is_other_notation(value.as_bytes()), "{value}");
        }
        let seed = ["SUAKYRHVIOREXV7EUZTBHUHL7NUMHP", "MAS7QMDU3GTIUWEI5LDNOXD43IZY"].concat();
        assert!(!is_other_notation(seed.as_bytes()));
    }
}
