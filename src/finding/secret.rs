//! The bytes of a secret, and the little of them that may be shown.

use std::borrow::Cow;

use super::Identity;

/// Raw secret bytes. No `Debug` of its content, no `Display`, no `Serialize`:
/// the only ways out are redaction, fingerprints and an explicit reveal.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<[u8]>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl Secret {
    /// Takes a copy of the raw bytes.
    pub fn new(raw: &[u8]) -> Self {
        Secret(raw.into())
    }

    /// The raw bytes, for hashing and for looking for them in what is shown.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The raw text. For `--show-secrets` in human output only.
    pub fn reveal(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// What tells this value from others within a run.
    pub fn identity(&self) -> Identity {
        Identity::of(&self.0)
    }

    /// Enough to recognise, never enough to use: a known public prefix (of
    /// `public_prefix` bytes) and, for long values, the last four characters.
    pub fn redacted(&self, public_prefix: usize) -> String {
        redact(&self.0, public_prefix)
    }
}

/// What stands where secret characters stood.
pub const HIDDEN: &str = "****";

/// From this many characters on the end of a value is shown as well.
const LONG_ENOUGH_FOR_A_TAIL: usize = 24;

/// See [`Secret::redacted`]. At most a quarter of the characters is ever
/// shown, head and tail together. Of a private key only its header is.
pub fn redact(raw: &[u8], public_prefix: usize) -> String {
    if let Some(header) = private_key_header(raw) {
        return format!("{header}{HIDDEN}");
    }
    let text = String::from_utf8_lossy(raw);
    let count = text.chars().count();
    let budget = count / 4;
    let head = public_prefix.min(budget);
    let tail = if count >= LONG_ENOUGH_FOR_A_TAIL { (budget - head).min(4) } else { 0 };
    let mut shown: String = text.chars().take(head).map(plain).collect();
    shown.push_str(HIDDEN);
    shown.extend(text.chars().skip(count - tail).map(plain));
    shown
}

/// Letters, digits and ASCII signs as they are; whatever could be invisible,
/// break a line or move a cursor as `?`.
fn plain(c: char) -> char {
    if c.is_ascii_graphic() || c.is_alphanumeric() { c } else { '?' }
}

/// The `-----BEGIN … PRIVATE KEY-----` line a key starts with (RFC 7468),
/// provided that a body follows; the label must be one that holds no data.
fn private_key_header(raw: &[u8]) -> Option<&str> {
    const OPEN: &[u8] = b"-----BEGIN ";
    const LONGEST: usize = 64;
    const SHORTEST_BODY: usize = 16;
    let raw = raw.trim_ascii_start();
    let label_on = raw.strip_prefix(OPEN)?;
    let label_on = &label_on[..label_on.len().min(LONGEST)];
    let label = &label_on[..memchr::memmem::find(label_on, b"-----")?];
    let known = label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK");
    let end = OPEN.len() + label.len() + 5;
    let harmless = label.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b' ');
    if !known || !harmless || raw.len() < end + SHORTEST_BODY {
        return None;
    }
    std::str::from_utf8(&raw[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_a_quarter_is_shown() {
        for len in 0..200 {
            let value = "x".repeat(len);
            for prefix in [0, 4, 8, 1000] {
                let shown = redact(value.as_bytes(), prefix).matches('x').count();
                assert!(shown * 4 <= len, "{shown} of {len} with prefix {prefix}");
            }
        }
    }

    #[test]
    fn a_token_keeps_its_prefix_and_end() {
        let token = concat!("gh", "p_", "abcdefghijklmnopqrstuvwxyz0123456789");
        assert_eq!(redact(token.as_bytes(), 4), "ghp_****6789");
    }

    #[test]
    fn characters_are_not_cut_in_two() {
        assert_eq!(redact("é".repeat(32).as_bytes(), 3), "ééé****éééé");
        assert_eq!(redact(b"\x1b[31m\xff\xfe\n rest of it all", 4), "?[31****");
    }

    #[test]
    fn of_a_private_key_only_the_header_is_shown() {
        let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn";
        for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let header = format!("-----BEGIN {kind}PRIVATE KEY-----");
            assert_eq!(redact(format!("{header}\n{body}").as_bytes(), 0), format!("{header}****"));
            assert_eq!(redact(format!("{header}\\n{body}").as_bytes(), 0), format!("{header}****"));
            assert!(!redact(header.as_bytes(), 0).contains(&header), "a header alone is a value");
        }
        let odd = format!("-----BEGIN hunter2 PRIVATE KEY-----{body}");
        assert!(!redact(odd.as_bytes(), 0).contains("hunter2"));
    }
}
