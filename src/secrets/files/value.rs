//! What a value is worth that stands where a file stores credentials.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::finding::Confidence;
use crate::secrets::randomness::randomness;
use crate::secrets::reference::{is_crypt_hash, is_template};
use crate::secrets::standin::{is_monotonous, is_placeholder};
use crate::secrets::value::{Opinion, has_part};
use crate::secrets::words::Wording;
use crate::source::place::Role;

/// Longest credential that is weighed, in bytes.
const MAX_STORED: usize = 4096;
/// Longest encoded pair that is decoded, in bytes.
const MAX_PAIR: usize = 8192;

/// Values that say there is none.
const NOTHING: &[&str] = &[
    "null", "none", "nil", "true", "false", "undefined", "~", "yes", "no", "ask", "prompt", "\"\"",
    "''", "string", "hashed", "encrypted", "nullable", "required",
];

/// Beginnings of a value that is looked up elsewhere.
const LOOKUPS: &[&str] = &[
    "op://", "vault:", "env:", "file:", "ref+", "arn:", "ssm:", "keychain", "process.env",
    "getenv", "os.environ", "env(", "env[", "secret:", "enc:", "enc[", "crypt:", "!vault",
    "$ansible_vault", "autogenerate", "${", "$(", "{{", "<%", "#{", "%{", "<?",
];

/// An opinion on a credential that a program stored or a person put where the
/// program reads it: even `password` is one there. `None` for an empty value,
/// a reference and a mask.
pub fn stored(value: &[u8], role: Role) -> Option<Opinion> {
    let value = value.trim_ascii();
    if value.len() < 3 || value.len() > MAX_STORED || names_nothing(value) || is_mask(value) {
        return None;
    }
    if is_sentence(value) || is_class(value) || is_template(value) && !looks_chosen(value) {
        return None;
    }
    if is_placeholder(value) && !looks_chosen(value) {
        return Some((Confidence::Low, "the value looks like a placeholder"));
    }
    if is_crypt_hash(value) {
        return Some((Confidence::Low, "the value is a password's hash"));
    }
    let sure = value.len() >= 8 && (has_two_kinds(value) || randomness(value) > 0.8);
    let confidence = if sure { Confidence::High } else { Confidence::Medium };
    Some(match role {
        Role::Production => (confidence, "the file keeps a credential at this place"),
        _ if Wording::of(value).is_text() => {
            (Confidence::Low, "a word in a credential file of a test or example")
        }
        _ => (Confidence::Medium, "the credential file belongs to a test or example"),
    })
}

fn names_nothing(value: &[u8]) -> bool {
    let is = |word: &&str| value.eq_ignore_ascii_case(word.as_bytes());
    let begins = |word: &&str| {
        value.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    NOTHING.iter().any(is) || LOOKUPS.iter().any(begins)
}

/// `shop.accounts.NullPasswordService`: which class does the work.
fn is_class(value: &[u8]) -> bool {
    let part = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphabetic)
            && part.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
    };
    let last = value.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let named =
        last.first().is_some_and(u8::is_ascii_uppercase) && last.iter().any(u8::is_ascii_lowercase);
    named
        && memchr::memchr_iter(b'.', value).count() > 1
        && value.split(|b| *b == b'.').all(part)
        && Wording::of(value).is_text()
}

/// `********`, `xxxx`, `....`.
fn is_mask(value: &[u8]) -> bool {
    let all = |byte: u8| value.iter().all(|b| b.eq_ignore_ascii_case(&byte));
    all(b'*')
        || all(b'x')
        || all(b'.')
        || all(b'-')
        || all(b'#')
        || value.len() < 8 && all(value[0])
}

/// Random signs (`Zp$9{q!`) hold by chance what templates and placeholders do,
/// and a person's password may hold the word of an example beside its digits.
fn looks_chosen(value: &[u8]) -> bool {
    const STAND_INS: &[&str] =
        &["change", "your", "placeholder", "insert", "here", "replace", "todo", "xxxx", "***"];
    let count = |test: fn(&u8) -> bool| value.iter().filter(|b| test(b)).count();
    let many_signs = value.len() >= 32 && count(u8::is_ascii_punctuation) >= 8;
    let mixed = count(u8::is_ascii_digit) >= 3 && count(u8::is_ascii_uppercase) > 0;
    (many_signs || mixed && !is_template(value))
        && !has_part(value, STAND_INS)
        && !is_monotonous(value)
}

/// `put your unique phrase here`.
fn is_sentence(value: &[u8]) -> bool {
    let blanks = value.iter().filter(|b| **b == b' ').count();
    blanks > 1 && value.iter().all(|b| b.is_ascii_alphabetic() || b" .,'_-".contains(b))
}

fn has_two_kinds(value: &[u8]) -> bool {
    let letter = value.iter().any(u8::is_ascii_alphabetic);
    letter && value.iter().any(|b| b.is_ascii_digit() || b.is_ascii_punctuation() && *b != b'_')
}

/// The user of `base64(user:password)`, with the password's length in bytes.
/// `None` when it is no such pair: not base64, no colon, or not printable.
pub fn decoded_pair(encoded: &[u8]) -> Option<(String, usize)> {
    let encoded = encoded.trim_ascii();
    if encoded.len() < 8 || encoded.len() > MAX_PAIR {
        return None;
    }
    let decoded = STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(encoded)).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let text = text.trim_end_matches(['\n', '\0']);
    let (user, password) = text.split_once(':')?;
    let printable = |c: char| !c.is_control();
    let pair = !user.is_empty() && user.len() <= 256 && text.chars().all(printable);
    (pair && password.len() >= 3).then(|| (user.to_owned(), password.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_word_is_a_password() {
        let opinion = |value: &str| stored(value.as_bytes(), Role::Production).map(|o| o.0);
        assert_eq!(opinion("password"), Some(Confidence::Medium));
        assert_eq!(opinion("Tr0ub4dor"), Some(Confidence::High));
        assert_eq!(opinion("ExamplePas123"), Some(Confidence::High));
        assert_eq!(opinion("changeme"), Some(Confidence::Low));
        assert_eq!(opinion("put your unique phrase here"), None);
        for nothing in ["", "null", "********", "${DB_PASS}", "op://vault/item", "{{ pass }}"] {
            assert_eq!(opinion(nothing), None, "{nothing}");
        }
        let salt = r"q}X8{v#2%s$k9(Lw@4z|T;m~P1&b=y!R6^n+H<d>0,C?J.f:G_u-V*aE7)o/K[B]";
        assert_eq!(opinion(salt), Some(Confidence::High));
    }

    #[test]
    fn a_pair_is_decoded_with_and_without_padding() {
        let padded = STANDARD.encode("ann:s7Kd9Qw2x");
        assert_eq!(decoded_pair(padded.as_bytes()), Some(("ann".to_owned(), 9)));
        let bare = padded.trim_end_matches('=');
        assert_eq!(decoded_pair(bare.as_bytes()), Some(("ann".to_owned(), 9)));
        assert_eq!(decoded_pair(STANDARD.encode("no pair in here").as_bytes()), None);
        assert_eq!(decoded_pair(b"not base64 at all"), None);
    }
}
