//! Values that are encrypted where they stand (SOPS, Ansible Vault, sealed
//! secrets, ejson, age and the like) are safe to commit: no candidates. Told by
//! the value's own form and not by the file, so that the one value which somebody
//! forgot to encrypt is still found among those that are.
//!
//! Forms: the documentation of SOPS, ansible-vault, ejson, hiera-eyaml, Jasypt,
//! Spring Cloud Config, dotenvx, Vault's transit engine, AWS KMS, Jenkins,
//! Travis CI, AppVeyor, Pulumi, sealed-secrets, age, OpenPGP, Rails.

use crate::finding::Candidate;
use crate::source::Source;

/// Bytes before a candidate that are read for the start of its value, of its
/// armour or of its block.
const TOKEN: usize = 4 * 1024;
const BLOCK: usize = 32 * 1024;

/// What an encrypted value begins with.
const PREFIXES: &[&[u8]] = &[
    b"ENC[", b"ENC(", b"EJ[1:", b"EJ[2:", b"{cipher}", b"encrypted:", b"vault:v1:", b"vault:v2:",
    b"AQICAH", b"{AQAAAB", b"$ANSIBLE_VAULT;",
    // A SIMPLEBLOB of Windows: a session key under RSA, for AES of 128 and 256 bits,
    // https://learn.microsoft.com/windows/win32/seccrypto/rsa-schannel-key-blobs
    b"AQIAAA5mAAAApAAA", b"AQIAABBmAAAApAAA",
];

/// Keys whose value is always encrypted: Travis CI, AppVeyor and Pulumi; SOPS;
/// Chef; Pulumi; Kubernetes.
const KEYS: &[&[u8]] =
    &[b"secure", b"enc", b"encrypted_data", b"encryptionsalt", b"encryptedkey", b"ciphertext"];

/// Specificity of matches of a prefix (see `vendor/rule.rs`).
const CLEAR: u8 = 70;

/// Shortest value of a sealed secret: a wrapped RSA key and more, in base64.
const SEALED: usize = 300;

/// Takes encrypted values out of `candidates`, from index `from` on.
pub(super) fn remove(source: &Source<'_>, candidates: &mut Vec<Candidate>, from: usize) {
    if candidates.len() == from {
        return;
    }
    let text = source.text;
    let whole = is_encrypted_file(source);
    // Only a file that says so is asked value by value.
    let sealed = !whole && memchr::memmem::find(text, b"SealedSecret").is_some();
    let mut index = 0;
    candidates.retain(|candidate| {
        index += 1;
        index <= from || !(whole || is_encrypted(text, candidate, sealed))
    });
}

/// A file that is one encrypted value: Ansible Vault, and the credentials of
/// Rails (three base64 parts joined by `--`).
fn is_encrypted_file(source: &Source<'_>) -> bool {
    let text = source.text.trim_ascii();
    let base64 = |part: &[u8]| part.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    let rails = || {
        let mut ends = memchr::memmem::find_iter(text, b"--");
        let (first, second, more) = (ends.next(), ends.next(), ends.next());
        let (Some(first), Some(second), None) = (first, second, more) else { return false };
        second >= first + 2
            && [&text[..first], &text[first + 2..second], &text[second + 2..]]
                .iter()
                .all(|part| base64(part))
    };
    text.starts_with(b"$ANSIBLE_VAULT;") || (source.path.ends_with(".enc") && rails())
}

fn is_encrypted(text: &[u8], candidate: &Candidate, sealed: bool) -> bool {
    let range = candidate.secret.as_ref().unwrap_or(&candidate.span);
    let start = token_start(text, range.start);
    let token = &text[start..range.end];
    if has_prefix(token) || (sealed && token.starts_with(b"Ag") && token.len() >= SEALED) {
        return true;
    }
    // A provider's own prefix is in clear text, whatever the key is called.
    let keyed = candidate.specificity < CLEAR && KEYS.contains(&&*key_before(text, start));
    keyed || in_armour(text, range.start) || in_vault(text, range.start)
}

/// Where the value that `at` lies in begins: after white space or a quote.
fn token_start(text: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(TOKEN);
    let outside = |b: &u8| b.is_ascii_whitespace() || b"\"'`".contains(b);
    text[floor..at].iter().rposition(outside).map_or(floor, |i| floor + i + 1)
}

/// True if a prefix begins `token`, or what is assigned in it (`KEY=ENC[…`).
fn has_prefix(token: &[u8]) -> bool {
    let begins = |at: usize| at == 0 || matches!(token[at - 1], b'=' | b':' | b'>' | b'(');
    PREFIXES.iter().any(|prefix| memchr::memmem::find(token, prefix).is_some_and(begins))
}

/// The key that the value at `at` is assigned to, in lower case.
fn key_before(text: &[u8], at: usize) -> Vec<u8> {
    let floor = at.saturating_sub(120);
    let signs = |b: &u8| b.is_ascii_whitespace() || b"\"'`=:>|-".contains(b);
    let end = text[floor..at].iter().rposition(|b| !signs(b)).map_or(floor, |i| floor + i + 1);
    let part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let length = text[floor..end].iter().rev().take_while(part).count();
    text[end - length..end].to_ascii_lowercase()
}

/// Within the armour of an encrypted message (RFC 9580, 6.2; age).
fn in_armour(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(BLOCK)..at];
    let Some(begin) = memchr::memmem::rfind(before, b"-----BEGIN ") else { return false };
    let rest = &before[begin + 11..];
    let open = [&b"PGP MESSAGE-----"[..], b"AGE ENCRYPTED FILE-----"];
    open.iter().any(|label| rest.starts_with(label))
        && memchr::memmem::find(rest, b"-----END ").is_none()
}

/// Within the lines of hexadecimal digits below a header of Ansible Vault.
fn in_vault(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(BLOCK)..at];
    let Some(header) = memchr::memmem::rfind(before, b"$ANSIBLE_VAULT;") else { return false };
    let Some(end) = memchr::memchr(b'\n', &before[header..]) else { return false };
    before[header + end..].iter().all(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace())
}
