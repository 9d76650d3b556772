//! Any bytes as a key store (JKS, JCEKS, PKCS#12): listed as lines that a
//! scanner can read, few and short whatever the store says of itself.

use seamline::source::keystore::{KEY, KeyStore, OPEN, TITLE};

/// Most lines of a listing: the title, the entries, two remarks.
const MOST_LINES: usize = 203;
/// Longest line, in bytes: a word and an alias.
const LONGEST: usize = 100;

pub fn run(input: &[u8]) {
    let Some(store) = KeyStore::of(input) else { return };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    store.list(input, &mut first);
    store.list(input, &mut second);
    assert!(first == second, "the same twice");
    let listing = std::str::from_utf8(&first).expect("a listing is text");
    assert!(listing.starts_with(TITLE) && listing.ends_with('\n'));
    assert!(listing.lines().count() <= MOST_LINES, "{} lines", listing.lines().count());
    assert!(listing.lines().all(|line| line.len() <= LONGEST), "a line is too long");
    let keys = listing.lines().filter(|line| line.starts_with(KEY)).count();
    assert!(keys <= input.len() / 11, "{keys} keys in {} bytes", input.len());
    assert!(listing.lines().filter(|line| *line == OPEN).count() <= 1);
}

/// Stores of each kind, and a PKCS#12 with everything that is read of its seal.
pub fn seeds() -> Vec<Vec<u8>> {
    let java = |magic: u8| {
        let head: [u8; 4] = if magic == 0xFE { [0xFE, 0xED, 0xFE, 0xED] } else { [0xCE; 4] };
        let key = [&[0, 0, 0, 1, 0, 3][..], b"key", &[0; 8], &[0, 0, 0, 1, b'k']].concat();
        let certificate = b"\0\0\0\x01\0\x05X.509\0\0\0\x02ab".as_slice();
        let trusted = [&[0, 0, 0, 2, 0, 2][..], b"ca", &[0; 8], &certificate[4..]].concat();
        [&head[..], &[0, 0, 0, 2, 0, 0, 0, 2], &key, certificate, &trusted, &[7; 20]].concat()
    };
    let hashes: [(&[u8], usize); 3] = [
        (b"\x2b\x0e\x03\x02\x1a", 20),
        (b"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 32),
        (b"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 64),
    ];
    let sealed = hashes.map(|(hash, length)| sealed(hash, length));
    [java(0xFE), java(0xCE)].into_iter().chain(sealed).collect()
}

/// A PKCS#12 store whose code of `length` bytes is made with `hash`.
fn sealed(hash: &[u8], length: usize) -> Vec<u8> {
    let bag = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
    let content = der(0xA0, &der(0x04, &der(0x30, bag)));
    let safe = der(0x30, &[der(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"), content].concat());
    let digest = [der(0x30, &der(0x06, hash)), der(0x04, &vec![7; length])].concat();
    let seal = [der(0x30, &digest), der(0x04, b"saltsalt"), der(0x02, &[8, 0])].concat();
    let store = [der(0x02, &[3]), safe, der(0x30, &seal)].concat();
    der(0x30, &store)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x82][..], &(content.len() as u16).to_be_bytes(), content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_key_stores() {
        for seed in seeds() {
            let mut listing = Vec::new();
            KeyStore::of(&seed).expect("it is a store").list(&seed, &mut listing);
            let listing = String::from_utf8(listing).expect("text");
            assert!(listing.contains(KEY), "{listing}");
        }
    }
}
