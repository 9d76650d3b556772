//! How far a token may reach beyond the run that gave it away.

/// Bytes that may belong to a token on one side of its longest run.
const MAX_LEFT: usize = 80;
/// Base64 before a run that a format without prefix may begin in, in bytes.
const MAX_WIDE: usize = 256;

/// Where the base64 that `start` lies in ends.
pub fn base64_end(text: &[u8], start: usize) -> usize {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    start + text[start..].iter().take_while(|&&b| is_part(b)).count()
}

/// Where base64 that holds a run begins: a run ends at `+` and `/`.
pub fn base64_start(text: &[u8], start: usize) -> usize {
    let floor = start.saturating_sub(MAX_WIDE);
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let before = text[floor..start].iter().rev().take_while(|&&b| is_part(b)).count();
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
    end + window.iter().take_while(|&&b| is_glue(b)).count()
}

/// Bytes that tokens and webhook addresses are made of.
fn is_glue(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./+:=$~!|%?&".contains(&byte)
}

/// Where a token around a run may begin, not before `done`.
pub fn left_end(text: &[u8], start: usize, done: usize) -> usize {
    let floor = start.saturating_sub(MAX_LEFT).max(done.min(start));
    let mut at = start;
    while at > floor && is_glue(text[at - 1]) {
        at -= 1;
    }
    at
}
