//! How far a token may reach beyond the run that gave it away.

/// Bytes that may belong to a token on one side of its longest run.
const MAX_LEFT: usize = 80;
/// Base64 before a run that a format without prefix may begin in, in bytes.
const MAX_WIDE: usize = 256;

/// What a byte may be part of: bit 0 base64, bit 1 a token or webhook
/// address, and what is glued to it. A table, for these walks begin at every run.
static PARTS: [u8; 256] = parts();
const BASE64: u8 = 1;
const GLUE: u8 = 2;

const fn parts() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = BASE64 | GLUE;
        }
        byte += 1;
    }
    let (mut i, signs) = (0, b"_-./+:=$~!|%?&");
    while i < signs.len() {
        table[signs[i] as usize] |= GLUE;
        i += 1;
    }
    table[b'+' as usize] |= BASE64;
    table[b'/' as usize] |= BASE64;
    table
}

#[inline]
fn is_part(byte: u8, of: u8) -> bool {
    PARTS[usize::from(byte)] & of != 0
}

/// Where the base64 that `start` lies in ends.
pub fn base64_end(text: &[u8], start: usize) -> usize {
    start + text[start..].iter().take_while(|&&b| is_part(b, BASE64)).count()
}

/// Where base64 that holds a run begins: a run ends at `+` and `/`.
pub fn base64_start(text: &[u8], start: usize) -> usize {
    let floor = start.saturating_sub(MAX_WIDE);
    let before = text[floor..start].iter().rev().take_while(|&&b| is_part(b, BASE64)).count();
    start - before
}

/// Where the value that holds a run begins: formats with dots or other signs
/// between short parts (`a1b2c3d4.…`) start before their run.
pub fn value_start(text: &[u8], start: usize) -> usize {
    const BORDERS: &[u8] = b"\"'`=:,;()[]{}<>/@\\";
    let floor = start.saturating_sub(MAX_LEFT);
    let is_inside = |b: u8| b.is_ascii_graphic() && !BORDERS.contains(&b);
    let before = text[floor..start].iter().rev().take_while(|&&b| is_inside(b)).count();
    start - before
}

/// Where what is glued to the end of a run ends.
pub fn right_end(text: &[u8], end: usize) -> usize {
    let window = &text[end..text.len().min(end + MAX_LEFT)];
    end + window.iter().take_while(|&&b| is_part(b, GLUE)).count()
}

/// Where a token around a run may begin, not before `done`.
pub fn left_end(text: &[u8], start: usize, done: usize) -> usize {
    let floor = start.saturating_sub(MAX_LEFT).max(done.min(start));
    let mut at = start;
    while at > floor && is_part(text[at - 1], GLUE) {
        at -= 1;
    }
    at
}
