//! Whether everybody can open a PKCS#12 store: its password is not asked of the
//! keys in it, which may be encrypted in many ways, but of the code that
//! authenticates the whole (RFC 7292, section 4 and appendix B). Apart from
//! `keystore.rs`, which lists what stores hold.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512};

/// Hashes that are computed for one store, over all passwords. Stores ask for 2,048
/// (OpenSSL), 10,000 or 100,000 (Java) of them for each password.
const MAX_ROUNDS: u32 = 100_000;
/// What the derived bytes are for: 3 stands for authentication.
const FOR_MAC: u8 = 3;

/// DER tags.
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xA0;

/// Object identifiers of hashes, without tag and length.
const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";

/// Whether one of `passwords` opens the store `raw`; those come first that are tried
/// first, as a store that asks for many hashes is tried with few. False for what
/// cannot be read.
pub(super) fn opens(raw: &[u8], passwords: &[&str]) -> bool {
    let Some(seal) = Seal::read(raw) else { return false };
    let tries = MAX_ROUNDS.checked_div(seal.rounds).unwrap_or(0);
    let tries = usize::try_from(tries).unwrap_or(usize::MAX);
    passwords.iter().take(tries).any(|password| seal.fits(password))
}

/// What authenticates a store.
struct Seal<'r> {
    content: &'r [u8],
    hash: &'r [u8],
    code: &'r [u8],
    salt: &'r [u8],
    rounds: u32,
}

impl<'r> Seal<'r> {
    fn read(raw: &'r [u8]) -> Option<Self> {
        let mut store = Der(Der(raw).value(SEQUENCE)?);
        store.value(INTEGER)?;
        let mut safe = Der(store.value(SEQUENCE)?);
        safe.value(OBJECT)?;
        let content = Der(safe.value(CONTEXT_0)?).value(OCTETS)?;
        let mut seal = Der(store.value(SEQUENCE)?);
        let mut digest = Der(seal.value(SEQUENCE)?);
        let hash = Der(digest.value(SEQUENCE)?).value(OBJECT)?;
        let code = digest.value(OCTETS)?;
        let salt = seal.value(OCTETS)?;
        let rounds = match seal.0 {
            [] => 1,
            _ => number(seal.value(INTEGER)?)?,
        };
        Some(Seal { content, hash, code, salt, rounds })
    }

    fn fits(&self, password: &str) -> bool {
        match self.hash {
            SHA1 => {
                let key = self.key::<Sha1>(password, 64);
                Hmac::<Sha1>::new_from_slice(&key).is_ok_and(|mac| self.ends(mac))
            }
            SHA256 => {
                let key = self.key::<Sha256>(password, 64);
                Hmac::<Sha256>::new_from_slice(&key).is_ok_and(|mac| self.ends(mac))
            }
            SHA512 => {
                let key = self.key::<Sha512>(password, 128);
                Hmac::<Sha512>::new_from_slice(&key).is_ok_and(|mac| self.ends(mac))
            }
            _ => false,
        }
    }

    fn ends(&self, mut mac: impl Mac) -> bool {
        mac.update(self.content);
        mac.verify_slice(self.code).is_ok()
    }

    /// The key for the code: appendix B.2 for as many bytes as one hash has, where
    /// its last steps fall away. `block` is the size of the hash's blocks in bytes.
    fn key<H: Digest>(&self, password: &str, block: usize) -> Vec<u8> {
        let units = password.encode_utf16().chain([0]);
        let password: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
        let mut hash = H::new();
        hash.update(vec![FOR_MAC; block]);
        hash.update(filled(self.salt, block));
        hash.update(filled(&password, block));
        let mut key = hash.finalize();
        for _ in 1..self.rounds {
            key = H::digest(&key);
        }
        key.to_vec()
    }
}

/// `text` again and again, until it fills whole blocks.
fn filled(text: &[u8], block: usize) -> Vec<u8> {
    text.iter().copied().cycle().take(text.len().next_multiple_of(block)).collect()
}

fn number(bytes: &[u8]) -> Option<u32> {
    let fits = (1..=4).contains(&bytes.len()) && bytes[0] < 0x80;
    fits.then(|| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// Reads values from the front of its bytes, in the distinguished encoding (X.690).
struct Der<'r>(&'r [u8]);

impl<'r> Der<'r> {
    /// The content of the next value, if it has this tag.
    fn value(&mut self, tag: u8) -> Option<&'r [u8]> {
        let (&[found, length], rest) = self.0.split_first_chunk::<2>()?;
        if found != tag {
            return None;
        }
        let (length, rest) = match length {
            0..=0x7F => (usize::from(length), rest),
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 3))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = content.len() as u16;
        [&[tag, 0x82][..], &length.to_be_bytes(), &content].concat()
    }

    /// A store with this content, whose code `seal` is.
    fn store(hash: &[u8], code: &[u8], salt: &[u8], rounds: &[u8]) -> Vec<u8> {
        let safe = der(
            SEQUENCE,
            &[&der(OBJECT, &[b"\x2a"]), &der(CONTEXT_0, &[&der(OCTETS, &[b"\x30\x00"])])],
        );
        let digest =
            der(SEQUENCE, &[&der(SEQUENCE, &[&der(OBJECT, &[hash])]), &der(OCTETS, &[code])]);
        let seal = der(SEQUENCE, &[&digest, &der(OCTETS, &[salt]), &der(INTEGER, &[rounds])]);
        der(SEQUENCE, &[&der(INTEGER, &[&[3]]), &safe, &seal])
    }

    /// Vectors that other implementations publish for the same derivation.
    #[test]
    fn keys_are_derived_as_others_do() {
        let salt = [0x3D, 0x83, 0xC0, 0xE4, 0x54, 0x6A, 0xC1, 0x40];
        let seal = Seal { content: b"", hash: SHA1, code: b"", salt: &salt, rounds: 1 };
        let key: String = seal.key::<Sha1>("smeg", 64).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(key, "8d967d88f6caa9d714800ab3d48051d63f73a312");
    }

    #[test]
    fn well_known_passwords_open_their_stores_only() {
        let seal =
            |hash, rounds| Seal { content: b"\x30\x00", hash, code: b"", salt: b"kq7L", rounds };
        let key = seal(SHA256, 2048).key::<Sha256>("changeit", 64);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(b"\x30\x00");
        let code = mac.finalize().into_bytes();
        let raw = store(SHA256, &code, b"kq7L", &[8, 0]);
        assert!(opens(&raw, &["password", "changeit"]));
        assert!(!opens(&raw, &["password", ""]));
        for end in 0..raw.len() {
            assert!(!opens(&raw[..end], &["changeit"]));
        }
    }

    #[test]
    fn what_asks_for_too_much_is_not_tried() {
        let raw = store(SHA1, &[0; 20], b"kq7L", &[0x7F, 0xFF, 0xFF, 0xFF]);
        assert!(!opens(&raw, &["changeit"]));
        assert!(!opens(&store(SHA1, &[0; 20], b"", &[0]), &["changeit"]));
        assert!(!opens(&store(b"\x01", &[0; 20], b"", &[1]), &["changeit"]));
    }
}
