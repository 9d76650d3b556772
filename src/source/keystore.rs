//! Key stores: binary files that hold private keys or only certificates to trust.
//! What scanners get is a listing of the entries, a line each, so that a store
//! with keys is told from a store of trust, and one that everybody can open from
//! one that needs a password.
//!
//! JKS and JCEKS: the stream that `sun.security.provider.JavaKeyStore` writes.
//! PKCS#12: RFC 7292; bags are told by their object identifiers.

use sha1::{Digest, Sha1};

use super::pkcs12;

/// Entries that are listed.
const MAX_ENTRIES: u32 = 200;
/// Bytes of an alias that are listed.
const MAX_ALIAS: usize = 80;
/// Largest store whose password is tried, in bytes.
const MAX_TRIED: usize = 1 << 20;

/// What tools and manuals use as the password of a store.
const KNOWN_PASSWORDS: [&str; 8] =
    ["changeit", "password", "", "changeme", "secret", "123456", "storepass", "keystore"];

/// The first line of a listing, before the kind in brackets.
pub const TITLE: &str = "key store";
/// Begins the line of an entry with a private or secret key.
pub const KEY: &str = "holds key ";
/// Begins the line of an entry with a certificate alone.
const TRUSTED: &str = "trusts ";
/// The line of a store that opens with one of the passwords that everybody tries.
pub const OPEN: &str = "opens with a well-known password";

/// The line of a store with a key that no password protects.
pub const BARE: &str = "keeps a key without encryption";

/// `pkcs8ShroudedKeyBag`, 1.2.840.113549.1.12.10.1.2, and `keyBag`, the same with
/// 1 at the end.
const SHROUDED_KEY_BAG: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
const KEY_BAG: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01";
/// Behind the head of a PKCS#12 file: version 3 and the start of its content.
const VERSION_3: &[u8] = b"\x02\x01\x03\x30";

/// A kind of key store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStore {
    Jks,
    Jceks,
    Pkcs12,
}

impl KeyStore {
    /// The kind of the file that starts with `head`.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 1 | 2, ..] => Some(KeyStore::Jks),
            [0xCE, 0xCE, 0xCE, 0xCE, 0, 0, 0, 1 | 2, ..] => Some(KeyStore::Jceks),
            // A sequence with two or three bytes of length, or with a mark at its end.
            [0x30, 0x82, _, _, rest @ ..]
            | [0x30, 0x83, _, _, _, rest @ ..]
            | [0x30, 0x80, rest @ ..]
                if rest.starts_with(VERSION_3) =>
            {
                Some(KeyStore::Pkcs12)
            }
            _ => None,
        }
    }

    /// Writes what the store `raw` holds to `listing`, in UTF-8. Linear in the
    /// length; a damaged store is listed as far as it can be read.
    pub fn list(self, raw: &[u8], listing: &mut Vec<u8>) {
        let kind = match self {
            KeyStore::Jks => "JKS",
            KeyStore::Jceks => "JCEKS",
            KeyStore::Pkcs12 => "PKCS#12",
        };
        listing.extend_from_slice(format!("{TITLE} ({kind})\n").as_bytes());
        match self {
            KeyStore::Pkcs12 => list_bags(raw, listing),
            KeyStore::Jks | KeyStore::Jceks => {
                list_entries(raw, listing);
            }
        }
        let tried = raw.len() <= MAX_TRIED;
        let opens = match self {
            KeyStore::Jks => tried && opens(raw),
            KeyStore::Pkcs12 => tried && pkcs12::opens(raw, &KNOWN_PASSWORDS),
            KeyStore::Jceks => false,
        };
        if opens {
            listing.extend_from_slice(format!("{OPEN}\n").as_bytes());
        }
    }
}

/// Bags with keys. A store of certificates alone has none; bags that are
/// encrypted as a whole hold certificates by custom.
fn list_bags(raw: &[u8], listing: &mut Vec<u8>) {
    let count = |bag: &[u8]| memchr::memmem::find_iter(raw, bag).count();
    let bare = count(KEY_BAG);
    for number in 1..=(count(SHROUDED_KEY_BAG) + bare).min(MAX_ENTRIES as usize) {
        listing.extend_from_slice(format!("{KEY}{number}\n").as_bytes());
    }
    if bare > 0 {
        listing.extend_from_slice(format!("{BARE}\n").as_bytes());
    }
}

/// Reads numbers and blocks from the front of its bytes.
struct Stream<'r>(&'r [u8]);

impl<'r> Stream<'r> {
    fn take(&mut self, length: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<usize> {
        self.take(2).map(|bytes| usize::from(bytes[0]) << 8 | usize::from(bytes[1]))
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
    }

    fn block(&mut self) -> Option<&'r [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }
}

/// The entries of a Java key store.
fn list_entries(raw: &[u8], listing: &mut Vec<u8>) -> Option<()> {
    let mut stream = Stream(raw);
    stream.number()?;
    let version = stream.number()?;
    for _ in 0..stream.number()?.min(MAX_ENTRIES) {
        let tag = stream.number()?;
        let length = stream.short()?;
        let alias = stream.take(length)?;
        stream.take(8)?;
        let begins = if tag == 2 { TRUSTED } else { KEY };
        listing.extend_from_slice(begins.as_bytes());
        let plain = |b: &&u8| b.is_ascii_graphic() || **b == b' ';
        listing.extend(alias.iter().filter(plain).take(MAX_ALIAS));
        listing.push(b'\n');
        let certificates = match tag {
            1 => {
                stream.block()?;
                stream.number()?
            }
            2 => 1,
            // A sealed object of Java's own format, whose end only Java knows.
            _ => return None,
        };
        for _ in 0..certificates {
            if version == 2 {
                let length = stream.short()?;
                stream.take(length)?;
            }
            stream.block()?;
        }
    }
    Some(())
}

/// Whether a well-known password makes the digest at the end of a JKS: SHA-1 of
/// the password in UTF-16, of a phrase, and of all before.
fn opens(raw: &[u8]) -> bool {
    let Some((content, digest)) = raw.split_last_chunk::<20>() else { return false };
    let fits = |password: &&str| {
        let mut hash = Sha1::new();
        password.encode_utf16().for_each(|unit| hash.update(unit.to_be_bytes()));
        hash.update(b"Mighty Aphrodite");
        hash.update(content);
        hash.finalize()[..] == digest[..]
    };
    KNOWN_PASSWORDS.iter().any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JKS of version 2 with these entries: tag and alias.
    fn jks(entries: &[(u32, &str)], password: &str) -> Vec<u8> {
        let mut raw = vec![0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2];
        raw.extend((entries.len() as u32).to_be_bytes());
        let block = |raw: &mut Vec<u8>| raw.extend([0, 0, 0, 3, 7, 7, 7]);
        for (tag, alias) in entries {
            raw.extend(tag.to_be_bytes());
            raw.extend((alias.len() as u16).to_be_bytes());
            raw.extend(alias.as_bytes());
            raw.extend([0; 8]);
            if *tag == 1 {
                block(&mut raw);
                raw.extend([0, 0, 0, 1]);
            }
            raw.extend([0, 1, b'X']);
            block(&mut raw);
        }
        let mut hash = Sha1::new();
        password.encode_utf16().for_each(|unit| hash.update(unit.to_be_bytes()));
        hash.update(b"Mighty Aphrodite");
        hash.update(&raw);
        raw.extend(hash.finalize());
        raw
    }

    fn listing(raw: &[u8]) -> String {
        let mut listing = Vec::new();
        KeyStore::of(raw).unwrap().list(raw, &mut listing);
        String::from_utf8(listing).unwrap()
    }

    #[test]
    fn keys_are_told_from_certificates() {
        let raw = jks(&[(2, "root ca"), (1, "server")], "changeit");
        assert_eq!(
            listing(&raw),
            "key store (JKS)\ntrusts root ca\nholds key server\nopens with a well-known password\n"
        );
        let raw = jks(&[(2, "root ca")], "q8Zt4LxW2vNc");
        assert_eq!(listing(&raw), "key store (JKS)\ntrusts root ca\n");
    }

    #[test]
    fn bags_of_keys_are_counted() {
        let head = b"\x30\x82\x01\x00\x02\x01\x03\x30\x82";
        let raw = [&head[..], SHROUDED_KEY_BAG, b"..", SHROUDED_KEY_BAG].concat();
        assert_eq!(listing(&raw), "key store (PKCS#12)\nholds key 1\nholds key 2\n");
        assert_eq!(listing(head), "key store (PKCS#12)\n");
        let raw = [&head[..], KEY_BAG].concat();
        assert!(listing(&raw).ends_with(&format!("holds key 1\n{BARE}\n")));
    }

    #[test]
    fn what_is_cut_or_broken_is_listed_as_far_as_it_goes() {
        let whole = jks(&[(1, "server"), (2, "ca")], "changeit");
        for end in 8..whole.len() {
            assert!(listing(&whole[..end]).starts_with("key store (JKS)\n"));
        }
        for at in 8..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0xFF;
            assert!(listing(&broken).lines().count() < 250);
        }
        assert_eq!(KeyStore::of(b"\xfe\xed\xfe\xed"), None);
        assert_eq!(KeyStore::of(b""), None);
    }
}
