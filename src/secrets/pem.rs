//! What a private key in PEM armour says of itself: its kind, its size, whether a
//! passphrase protects it (PKCS#1 and #8, SEC 1, OpenSSH's own form).

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Facts of a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PemFacts {
    /// The kind for people, e.g. `RSA`.
    pub kind: &'static str,
    /// Size of the modulus, where there is one.
    pub bits: Option<usize>,
    pub encrypted: bool,
    /// The body could be read as what the label says.
    pub readable: bool,
}

impl PemFacts {
    /// `RSA private key of 2048 bits`.
    pub fn title(&self) -> String {
        let kind = if self.kind.is_empty() { String::new() } else { format!("{} ", self.kind) };
        let bits = self.bits.map_or(String::new(), |bits| format!(" of {bits} bits"));
        let note = if self.encrypted { ", protected by a passphrase" } else { "" };
        let title = format!("{kind}private key{bits}{note}");
        let mut letters = title.chars();
        letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
    }
}

/// Reads the body under `label`.
pub fn facts(label: &[u8], body: &[u8]) -> PemFacts {
    let armour_encrypted = memchr::memmem::find(body, b"ENCRYPTED").is_some();
    let encrypted = label.starts_with(b"ENCRYPTED") || armour_encrypted;
    let kind = match label {
        b"RSA PRIVATE KEY" => "RSA",
        b"EC PRIVATE KEY" => "EC",
        b"DSA PRIVATE KEY" => "DSA",
        b"OPENSSH PRIVATE KEY" => "OpenSSH",
        _ if label.starts_with(b"PGP") => "PGP",
        _ => "",
    };
    let unread = PemFacts { kind, bits: None, encrypted, readable: encrypted || kind == "PGP" };
    if unread.readable {
        return unread;
    }
    let decoded = decode(body);
    if kind == "OpenSSH" {
        return openssh(&decoded).unwrap_or(unread);
    }
    der(&decoded, kind).unwrap_or(unread)
}

/// The bytes behind base64 in which lines, escapes and quotes may stand.
fn decode(body: &[u8]) -> Vec<u8> {
    let mut letters = Vec::with_capacity(body.len());
    let mut bytes = body.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'+' | b'/' => letters.push(byte),
            _ if byte.is_ascii_alphanumeric() => letters.push(byte),
            _ => {}
        }
    }
    // A cut body still begins with its header.
    letters.truncate(
        letters.len() / 4 * 4 + if letters.len() % 4 == 1 { 0 } else { letters.len() % 4 },
    );
    STANDARD_NO_PAD
        .decode(&letters)
        .or_else(|_| {
            letters.truncate(letters.len() / 4 * 4);
            STANDARD_NO_PAD.decode(&letters)
        })
        .unwrap_or_default()
}

/// `openssh-key-v1`, then the cipher's name (OpenSSH, PROTOCOL.key).
fn openssh(decoded: &[u8]) -> Option<PemFacts> {
    let rest = decoded.strip_prefix(b"openssh-key-v1\0")?;
    let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
    let cipher = rest.get(4..)?.get(..length)?;
    Some(PemFacts { kind: "OpenSSH", bits: None, encrypted: cipher != b"none", readable: true })
}

/// One DER value: its tag, its content and what follows.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?),
        _ => return None,
    };
    // The end may be cut off; what is there is enough.
    let content = rest.get(..length).unwrap_or(rest);
    Some((tag, content, rest.get(length..).unwrap_or_default()))
}

fn der(decoded: &[u8], kind: &'static str) -> Option<PemFacts> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d];
    let (tag, content, _) = value(decoded)?;
    let (version, _, rest) = value(content)?;
    let (next, body, rest) = value(rest)?;
    if tag != SEQUENCE || version != INTEGER {
        return None;
    }
    let facts = |kind, bits| PemFacts { kind, bits, encrypted: false, readable: true };
    if kind == "RSA" || kind == "DSA" {
        return (next == INTEGER).then(|| facts(kind, Some(bits(body))));
    }
    if next != SEQUENCE {
        return Some(facts(kind, None));
    }
    let (_, oid, _) = value(body)?;
    if oid.starts_with(RSA) {
        let inner = value(rest).and_then(|(_, octets, _)| der(octets, "RSA"));
        return Some(facts("RSA", inner.and_then(|inner| inner.bits)));
    }
    let curve = if oid.starts_with(EC) {
        "EC"
    } else if oid.starts_with(b"\x2b\x65") {
        "Ed25519"
    } else {
        kind
    };
    Some(facts(curve, None))
}

fn bits(modulus: &[u8]) -> usize {
    modulus.iter().skip_while(|b| **b == 0).count() * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armoured(der: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(der)
    }

    #[test]
    fn kinds_and_sizes() {
        let mut modulus = vec![0x02, 0x81, 0x81, 0x00];
        modulus.extend([0x9b; 128]);
        let pkcs1 = [&[0x30, 0x81, 0x87, 0x02, 0x01, 0x00][..], &modulus].concat();
        let found = facts(b"RSA PRIVATE KEY", armoured(&pkcs1).as_bytes());
        assert_eq!(found.title(), "RSA private key of 1024 bits");
        let edwards =
            [0x30, 0x0e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 4, 2];
        let found = facts(b"PRIVATE KEY", armoured(&edwards).as_bytes());
        assert_eq!(found.title(), "Ed25519 private key");
        let body = format!("{}\\n", armoured(b"openssh-key-v1\0\0\0\0\x0aaes256-ctr"));
        let found = facts(b"OPENSSH PRIVATE KEY", body.as_bytes());
        assert_eq!(found.title(), "OpenSSH private key, protected by a passphrase");
    }

    #[test]
    fn what_is_no_key_is_not_readable() {
        for body in [&b""[..], b"AAAA", b"no key at all, only words", b"MIIE"] {
            assert!(!facts(b"RSA PRIVATE KEY", body).readable);
        }
        assert!(facts(b"RSA PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED").encrypted);
    }
}
