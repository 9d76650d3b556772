//! Hashes of passwords where programs keep them: `.htpasswd`, `/etc/shadow` and
//! their relatives (crypt(5); Apache's `htpasswd`).

use std::ops::Range;

use crate::finding::{Candidate, Confidence};
use crate::source::place::Role;

use super::KnownText;
use super::logins::lines;

/// Longest hash that is read, in bytes.
const MAX_HASH: usize = 512;
/// Fewest characters of salt and hash together.
const MIN_BODY: usize = 16;

/// `user:hash`, with or without fields behind.
pub(super) fn account_lines(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    for line in lines(known.text) {
        if let Some(hash) = account_hash(known.text, line) {
            push(known, hash, candidates);
        }
    }
}

/// Reports a hash at `range`: it can be tried offline.
pub(super) fn push(known: &KnownText<'_>, range: Range<usize>, candidates: &mut Vec<Candidate>) {
    let confidence = match known.place.role {
        Role::Production => Confidence::Medium,
        Role::Example | Role::Test => Confidence::Low,
    };
    let opinion = (confidence, "the hash of a password in the format of a password file");
    known.push(range, opinion, candidates);
}

fn account_hash(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(line.clone())?;
    let colon = memchr::memchr(b':', &bytes[..bytes.len().min(MAX_HASH)])?;
    let (user, rest) = (&bytes[..colon], &bytes[colon + 1..]);
    let is_name = |b: &u8| b.is_ascii_graphic() && !b"#<>{}\"'=".contains(b);
    if user.is_empty() || !user.iter().all(is_name) {
        return None;
    }
    let field = rest.iter().take(MAX_HASH).take_while(|b| **b != b':' && **b > b' ').count();
    let start = line.start + colon + 1;
    let hash = &rest[..field];
    // `!$6$…` is a locked account, whose hash is still there.
    let locked = hash.iter().take_while(|b| **b == b'!').count();
    let whole = crypt_len(&hash[locked..]) == Some(field - locked);
    if whole || is_des(hash) {
        return Some(start + locked..start + field);
    }
    // `user:realm:md5` of htdigest; a realm may hold blanks.
    let realm = memchr::memchr(b':', &rest[..rest.len().min(MAX_HASH)])?;
    let digest = rest[realm + 1..].trim_ascii_end();
    let is_digest = digest.len() == 32 && digest.iter().all(u8::is_ascii_hexdigit);
    is_digest.then(|| start + realm + 1..start + realm + 33)
}

/// Length of the modular or LDAP hash that `text` begins with: `$6$salt$…`,
/// `$2y$12$…`, `$apr1$…`, `{SSHA}…`, `pbkdf2_sha256$…`.
pub(super) fn crypt_len(text: &[u8]) -> Option<usize> {
    let text = &text[..text.len().min(MAX_HASH)];
    let (head, fits): (usize, fn(&u8) -> bool) = match text.first()? {
        b'$' => (modular_head(text)?, |b| b.is_ascii_alphanumeric() || b"./$=,+-_".contains(b)),
        b'{' => (scheme_head(text)?, |b| b.is_ascii_alphanumeric() || b"+/=$.".contains(b)),
        b'p' if text.starts_with(b"pbkdf2_sha") => {
            (10, |b| b.is_ascii_alphanumeric() || b"+/=$.".contains(b))
        }
        _ => return None,
    };
    let body = text[head..].iter().take_while(|b| fits(b)).count();
    (body >= MIN_BODY).then_some(head + body)
}

/// Length of `$id$`, with an id that is known.
fn modular_head(text: &[u8]) -> Option<usize> {
    const IDS: [&[u8]; 19] = [
        b"1", b"2a", b"2b", b"2x", b"2y", b"5", b"6", b"7", b"y", b"gy", b"apr1", b"argon2i",
        b"argon2d", b"argon2id", b"P", b"H", b"S", b"scrypt", b"sha1",
    ];
    let length = text[1..].iter().take(12).position(|b| *b == b'$')?;
    let id = &text[1..=length];
    let phpass = matches!(id, b"P" | b"H" | b"S");
    IDS.contains(&id).then_some(length + 2).filter(|_| !phpass || text.len() > 30)
}

/// Length of `{SSHA}` and the like.
fn scheme_head(text: &[u8]) -> Option<usize> {
    const SCHEMES: [&[u8]; 10] = [
        b"{SHA}", b"{SSHA}", b"{SHA256}", b"{SSHA256}", b"{SHA512}", b"{SSHA512}", b"{MD5}",
        b"{SMD5}", b"{CRYPT}", b"{PBKDF2}",
    ];
    let same = |s: &&&[u8]| text.get(..s.len()).is_some_and(|h| h.eq_ignore_ascii_case(s));
    SCHEMES.iter().find(same).map(|scheme| scheme.len())
}

/// Thirteen characters of traditional crypt, which are no word.
fn is_des(hash: &[u8]) -> bool {
    let fits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/');
    let has = |test: fn(&u8) -> bool| hash.iter().any(test);
    hash.len() == 13
        && hash.iter().all(fits)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(line: &str) -> Option<&str> {
        account_hash(line.as_bytes(), 0..line.len()).map(|range| &line[range])
    }

    #[test]
    fn hashes_of_every_kind() {
        let body = "s4ltS4lt.fjg65tI1eipoBh62aEjIy0";
        for hash_text in [
            format!("$apr1${body}"),
            format!("$6${body}"),
            format!("$2y$12${body}"),
            format!("{{SSHA}}{body}"),
            "rqXexS6ZhobKA".to_owned(),
        ] {
            assert_eq!(hash(&format!("ann:{hash_text}")), Some(&*hash_text));
            let shadow = format!("ann:{hash_text}:17431:0:99999:7:::");
            assert_eq!(hash(&shadow), Some(&*hash_text));
        }
        let digest = "ann:Staff Only:5b1c6c2f8b6a4d7f9e0a1b2c3d4e5f60";
        assert_eq!(hash(digest), Some("5b1c6c2f8b6a4d7f9e0a1b2c3d4e5f60"));
    }

    #[test]
    fn accounts_without_a_password() {
        for line in ["root:*:1:0", "daemon:!:1", "ann::1:0", "root:x:0:0:root:/root:/bin/sh", "a"] {
            assert_eq!(hash(line), None, "{line}");
        }
    }
}
