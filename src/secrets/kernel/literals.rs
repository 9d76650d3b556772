//! The literals of anchors, and their exact comparison.

use super::AnchorHit;

/// What an anchor announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Part of a name such as `password`, `client_secret`, `apiKey`.
    Name,
    /// `://`: a URL that may carry user-info.
    Url,
    /// `-----BEGIN`.
    Pem,
    /// `Bearer` or `Basic`.
    Scheme,
    /// `IDENTIFIED`, in SQL.
    Sql,
    /// An option of a command line that may give a password (`-p`, `--user`).
    Flag,
    /// A call or address that connects with a user and a password.
    Connect,
    /// `"kty"`: a JSON Web Key.
    Jwk,
    /// An escape that stands for a letter or for a sign of an assignment or a
    /// URL: `\u0067`, `\x67`, `%3D`, `:\/`.
    Escape,
}

/// A literal of the bucket filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal {
    /// Matched without regard to ASCII case; at least three bytes.
    pub(super) text: &'static [u8],
    anchor: Anchor,
    /// Literals share a bucket where their first bytes have few other texts in
    /// common: a search over the trigrams of 60 MB of source gave this division,
    /// with half the false hits of one by turns.
    pub(super) bucket: u8,
}

const fn literal(bucket: u8, text: &'static [u8], anchor: Anchor) -> Literal {
    Literal { text, anchor, bucket }
}

pub(super) const LITERALS: [Literal; 38] = [
    literal(0, b"secret", Anchor::Name),
    literal(0, b"token", Anchor::Name),
    literal(0, b"://", Anchor::Url),
    literal(0, b".login(", Anchor::Connect),
    literal(0, b"_login(", Anchor::Connect),
    literal(1, b"\"kty\"", Anchor::Jwk),
    literal(1, b"/user:", Anchor::Flag),
    literal(1, b"%3a", Anchor::Escape),
    literal(1, b"%3d", Anchor::Escape),
    literal(2, b"cred", Anchor::Name),
    literal(2, b"sqlplus", Anchor::Connect),
    literal(2, b"\\x5", Anchor::Escape),
    literal(2, b"\\x7", Anchor::Escape),
    literal(2, b":\\/", Anchor::Escape),
    literal(3, b"dsn", Anchor::Name),
    literal(3, b"-----begin", Anchor::Pem),
    literal(3, b"mysql", Anchor::Connect),
    literal(3, b"--user", Anchor::Flag),
    literal(4, b"auth", Anchor::Name),
    literal(4, b" -p", Anchor::Flag),
    literal(4, b" -u", Anchor::Flag),
    literal(4, b" -a ", Anchor::Flag),
    literal(4, b" -w ", Anchor::Flag),
    literal(5, b"key", Anchor::Name),
    literal(5, b"bearer", Anchor::Scheme),
    literal(5, b"identified", Anchor::Sql),
    literal(5, b"jdbc:", Anchor::Connect),
    literal(6, b"pwd", Anchor::Name),
    literal(6, b"psk", Anchor::Name),
    literal(6, b"@tcp(", Anchor::Connect),
    literal(6, b"pdo(", Anchor::Connect),
    literal(6, b"\\u00", Anchor::Escape),
    literal(6, b"\\x3", Anchor::Escape),
    literal(6, b"\\x4", Anchor::Escape),
    literal(6, b"\\x6", Anchor::Escape),
    literal(7, b"pass", Anchor::Name),
    literal(7, b"psw", Anchor::Name),
    literal(7, b"basic", Anchor::Scheme),
];

/// A literal as eight bytes to compare at once: the bytes, where case does not
/// count, and which of the eight belong to it. Little-endian.
struct Packed {
    bytes: u64,
    fold: u64,
    mask: u64,
}

const PACKED: [Packed; LITERALS.len()] = packed();

const fn packed() -> [Packed; LITERALS.len()] {
    let mut table = [const { Packed { bytes: 0, fold: 0, mask: 0 } }; LITERALS.len()];
    let mut i = 0;
    while i < LITERALS.len() {
        let mut k = 0;
        while k < 8 && k < LITERALS[i].text.len() {
            let byte = LITERALS[i].text[k];
            table[i].bytes |= (byte as u64) << (8 * k);
            table[i].mask |= 0xFF << (8 * k);
            if byte.is_ascii_lowercase() {
                table[i].fold |= 0x20 << (8 * k);
            }
            k += 1;
        }
        i += 1;
    }
    table
}

/// Bit i of the entry of a byte: literal i begins with it, in either case.
pub(super) static BEGINS: [u64; 256] = begins();

const fn begins() -> [u64; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < LITERALS.len() {
        let byte = LITERALS[i].text[0];
        table[byte as usize] |= 1 << i;
        if byte.is_ascii_lowercase() {
            table[byte.to_ascii_uppercase() as usize] |= 1 << i;
        }
        i += 1;
    }
    table
}

/// Compares the literals at `at`, which must be within `text`.
#[inline]
pub(super) fn anchor_at(text: &[u8], at: usize, anchors: &mut Vec<AnchorHit>) {
    let rest = &text[at..];
    let mut left = BEGINS[usize::from(rest[0])];
    let head = rest.first_chunk::<8>().map(|head| u64::from_le_bytes(*head));
    while left != 0 {
        let i = left.trailing_zeros() as usize;
        left &= left - 1;
        let Packed { bytes, fold, mask } = PACKED[i];
        if head.is_some_and(|head| (head | fold) & mask != bytes) {
            continue;
        }
        let Literal { text: literal, anchor, .. } = LITERALS[i];
        if rest.get(..literal.len()).is_some_and(|found| found.eq_ignore_ascii_case(literal)) {
            anchors.push(AnchorHit { at, anchor });
            return;
        }
    }
}
