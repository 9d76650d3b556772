//! Byte tables of the randomness model: what each byte is and what follows it.

/// Number of classes of the n-gram tables: `a-z` in any case, `0-9`, and four more.
pub(super) const CLASSES: usize = 40;
/// The class of the digit 0; the letters come before it.
pub(super) const DIGITS: u8 = 26;
/// The class of separators within a name.
pub(super) const SEPARATOR: u8 = 36;
/// The class of separators between names.
pub(super) const PATH: u8 = 37;
/// The class of all other bytes.
const OTHER: u8 = 38;
/// The class of what is before the first and after the last byte.
pub(super) const EDGE: u8 = 39;

// Kinds of bytes, as bits to gather in a set.
pub(super) const DIGIT: u8 = 1;
pub(super) const LOWER_HEX: u8 = 2;
pub(super) const LOWER: u8 = 4;
pub(super) const UPPER_HEX: u8 = 8;
pub(super) const UPPER: u8 = 16;
pub(super) const PLUS_SLASH: u8 = 32;
pub(super) const DASH_UNDERSCORE: u8 = 64;
pub(super) const SYMBOL: u8 = 128;

pub(super) const ANY_LOWER: u8 = LOWER | LOWER_HEX;
pub(super) const ANY_UPPER: u8 = UPPER | UPPER_HEX;
pub(super) const ANY_LETTER: u8 = ANY_LOWER | ANY_UPPER;

static CLASS: [u8; 256] = class_table();
static KIND: [u8; 256] = kind_table();
static NEXT: [u64; CLASSES] = next_table();

/// Class of a byte, below [`CLASSES`].
#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASS[usize::from(byte)]
}

/// Kind of a byte: one of the bits above.
#[inline]
pub(super) fn kind(byte: u8) -> u8 {
    KIND[usize::from(byte)]
}

/// Whether two classes are neighbours in the alphabet, the digits or on a
/// keyboard row.
#[inline]
pub(super) fn is_step(a: u8, b: u8) -> bool {
    NEXT.get(usize::from(a)).is_some_and(|set| set >> b & 1 == 1)
}

/// Number of different bytes.
pub(super) fn distinct(value: &[u8]) -> usize {
    // Bytes rather than bits: stores to separate places need not wait for each other.
    let mut seen = [0u8; 256];
    for &byte in value {
        seen[usize::from(byte)] = 1;
    }
    seen.iter().map(|&flag| usize::from(flag)).sum()
}

const fn class_table() -> [u8; 256] {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b @ b'a'..=b'z' => b - b'a',
            b @ b'A'..=b'Z' => b - b'A',
            b @ b'0'..=b'9' => b - b'0' + 26,
            b'_' | b'-' | b' ' => SEPARATOR,
            b'.' | b'/' | b':' | b'\\' => PATH,
            _ => OTHER,
        };
        byte += 1;
    }
    table
}

const fn kind_table() -> [u8; 256] {
    let mut table = [SYMBOL; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => LOWER_HEX,
            b'g'..=b'z' => LOWER,
            b'A'..=b'F' => UPPER_HEX,
            b'G'..=b'Z' => UPPER,
            b'+' | b'/' => PLUS_SLASH,
            b'-' | b'_' => DASH_UNDERSCORE,
            _ => SYMBOL,
        };
        byte += 1;
    }
    table
}

/// For each class the set of its neighbours, as bits.
const fn next_table() -> [u64; CLASSES] {
    let mut table = [0; CLASSES];
    table = link(table, b"abcdefghijklmnopqrstuvwxyz0123456789");
    table = link(table, b"90");
    table = link(table, b"qwertyuiop");
    table = link(table, b"asdfghjkl");
    table = link(table, b"zxcvbnm");
    // Hex digits go on from 9 to a, and the alphabet starts over after z.
    table[35] |= 1;
    table[25] |= 1;
    table
}

/// Makes neighbours in `row` follow each other, either way.
const fn link(mut table: [u64; CLASSES], row: &[u8]) -> [u64; CLASSES] {
    let classes = class_table();
    let mut at = 1;
    while at < row.len() {
        let (a, b) = (classes[row[at - 1] as usize] as usize, classes[row[at] as usize] as usize);
        table[a] |= 1 << b;
        table[b] |= 1 << a;
        at += 1;
    }
    table
}
