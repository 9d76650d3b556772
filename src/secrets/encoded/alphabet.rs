//! Base64 (RFC 4648, both alphabets) and hexadecimal: is this run of token
//! characters an encoded text, how far does it go, what does it say?
//!
//! A run is taken for one when its first bytes decode to text: of random bytes
//! one in a hundred thousand does, of words in a language hardly more.

use super::spread::Spread;
use crate::secrets::kernel::Run;

/// Characters of a piece that is looked at as one, and of the overlap with the
/// next. Multiples of 8, in which no decoded UTF-16 character is cut.
const WINDOW: usize = 256 * 1024;
const OVERLAP: usize = 16 * 1024;
/// Characters of the first line of a text that is wrapped.
const MIN_LINE: usize = 32;
/// Longest break between two lines: quotes, an operator, indentation.
const MAX_BREAK: usize = 80;
/// Base64 before a run, which ends at `+` and `/`, in bytes.
const MAX_WIDE: usize = 64;

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Base64,
    /// Of UTF-16 in little-endian, as PowerShell takes its commands.
    WideBase64,
    Hex,
}

impl Kind {
    /// The bits that `byte` stands for.
    fn value(self, byte: u8) -> Option<u8> {
        match self {
            Kind::Base64 | Kind::WideBase64 => {
                Some(VALUES[usize::from(byte)]).filter(|value| *value < 64)
            }
            Kind::Hex => char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok()),
        }
    }

    fn bits(self) -> usize {
        if self == Kind::Hex { 4 } else { 6 }
    }
}

/// Values of both base64 alphabets; 255 for no member.
static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let members = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [255; 256];
    let mut i = 0;
    while i < members.len() {
        table[members[i] as usize] = i as u8;
        i += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
}

/// An encoded text of a file, given out piece by piece.
pub struct Encoded<'t> {
    text: &'t [u8],
    kind: Kind,
    /// Where the next piece starts.
    at: Option<usize>,
    /// Behind the last character and its padding.
    pub end: usize,
}

/// As much of an encoded text as is looked at together.
pub struct Piece {
    kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// The encoded text that holds `run`; it starts at `floor` or later.
pub fn find(text: &[u8], run: Run, floor: usize) -> Option<Encoded<'_>> {
    let (kind, start) = before_run(text, run, floor).or_else(|| at_run_start(text, run))?;
    let (end, units) = extent(text, start, kind);
    let cut = match kind {
        Kind::Hex => !units.is_multiple_of(2),
        Kind::Base64 | Kind::WideBase64 => units % 4 == 1,
    };
    (!cut).then_some(Encoded { text, kind, at: Some(start), end })
}

/// An encoded text that starts with the run, as most do, or behind its `0x`.
#[inline]
fn at_run_start(text: &[u8], run: Run) -> Option<(Kind, usize)> {
    let prefix = matches!(text[run.start..run.start + 2], [b'0', b'x' | b'X']);
    let start = run.start + if prefix { 2 } else { 0 };
    let kind = begins_as_text(text, start).then(|| probe(text, start))??;
    Some((kind, start))
}

/// One that starts before the run, which ends at `+` and `/`, or behind the
/// letter of the escape that the run seems to begin with (`\nZm9v`).
#[inline]
fn before_run(text: &[u8], run: Run, floor: usize) -> Option<(Kind, usize)> {
    let start = match text[run.start.checked_sub(1)?] {
        b'\\' => run.start + 1,
        b'+' | b'/' => {
            let floor = run.start.saturating_sub(MAX_WIDE).max(floor).min(run.start);
            let before = text[floor..run.start].iter().rev();
            run.start - before.take_while(|b| VALUES[usize::from(**b)] < 64).count()
        }
        _ => return None,
    };
    let kind = begins_as_text(text, start).then(|| probe(text, start))??;
    Some((kind, start))
}

/// Whether the encoding of ASCII text can begin at `start`: each of its bytes
/// begins with a zero bit, which four characters show that begin one. Nearly all
/// that is no such text ends here.
#[inline]
fn begins_as_text(text: &[u8], start: usize) -> bool {
    let Some(head) = text.get(start..).and_then(|rest| rest.first_chunk::<14>()) else {
        return false;
    };
    let ascii = |i: usize| VALUES[usize::from(head[i])] < 32;
    let hex = |i: usize| matches!(head[i], b'0'..=b'7');
    ascii(0) && ascii(4) && ascii(8) && ascii(12) || hex(0) && hex(2) && hex(4) && hex(6)
}

/// How the text that starts at `start` is encoded, judged by its first bytes.
fn probe(text: &[u8], start: usize) -> Option<Kind> {
    let head: &[u8; 14] = text.get(start..)?.first_chunk()?;
    let mut bytes = [0; 10];
    if unpack(Kind::Hex, head, &mut bytes) == Some(7) && bytes[..7].iter().all(|b| is_text(*b)) {
        return Some(Kind::Hex);
    }
    if unpack(Kind::Base64, head, &mut bytes)? != 10 {
        return None;
    }
    let (units, _) = bytes.as_chunks::<2>();
    if units.iter().all(|[low, high]| is_text(*low) && *high == 0) {
        return Some(Kind::WideBase64);
    }
    bytes.iter().all(|b| is_text(*b)).then_some(Kind::Base64)
}

/// Decodes `head` into `bytes`; returns how many they are.
fn unpack(kind: Kind, head: &[u8], bytes: &mut [u8]) -> Option<usize> {
    let (mut bits, mut held, mut count) = (0u32, 0, 0);
    for byte in head {
        bits = bits << kind.bits() | u32::from(kind.value(*byte)?);
        held += kind.bits();
        if held >= 8 {
            held -= 8;
            *bytes.get_mut(count)? = (bits >> held) as u8;
            count += 1;
        }
    }
    Some(count)
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E)
}

/// The end of the text that starts at `start`, padding and further lines
/// included, and how many characters it has.
fn extent(text: &[u8], start: usize, kind: Kind) -> (usize, usize) {
    let width = line(text, start, usize::MAX, kind);
    let (mut end, mut units) = (start + width, width);
    while width >= MIN_LINE && width.is_multiple_of(4) && text.get(end) != Some(&b'=') {
        let Some(next) = next_line(text, end) else { break };
        let length = line(text, next, width + 1, kind);
        if length == 0 || length > width {
            break;
        }
        (end, units) = (next + length, units + length);
        if length < width {
            break;
        }
    }
    let padding = text[end..].iter().take(2).take_while(|b| **b == b'=').count();
    (end + padding, units)
}

/// Characters of the alphabet from `at` on, at most `most`.
fn line(text: &[u8], at: usize, most: usize, kind: Kind) -> usize {
    text[at..].iter().take(most).take_while(|b| kind.value(**b).is_some()).count()
}

/// Where the text goes on behind the end of a line at `at`: indented, behind a
/// written `\n`, or in the next of several string literals.
fn next_line(text: &[u8], at: usize) -> Option<usize> {
    let window = &text[at..text.len().min(at + MAX_BREAK)];
    let (mut i, mut broken) = (0, false);
    while let Some(&byte) = window.get(i) {
        let next = window.get(i + 1).copied().unwrap_or(b' ');
        match byte {
            b'\n' => broken = true,
            b'\\' if matches!(next, b'n' | b'r') => {
                broken = true;
                i += 1;
            }
            b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'\\' | b',' | b'.' => {}
            b'+' if next.is_ascii_whitespace() || matches!(next, b'"' | b'\'') => {}
            _ => break,
        }
        i += 1;
    }
    broken.then_some(at + i)
}

impl Encoded<'_> {
    /// The next piece; a long text has several, which overlap.
    pub fn next_piece(&mut self) -> Option<Piece> {
        let start = self.at.take()?;
        let (mut at, mut units) = (start, 0);
        while at < self.end && units < WINDOW {
            if self.kind.value(self.text[at]).is_none() {
                let next = next_line(self.text, at).filter(|next| *next < self.end);
                at = next.unwrap_or(self.end);
                continue;
            }
            if units == WINDOW - OVERLAP {
                self.at = Some(at);
            }
            (at, units) = (at + 1, units + 1);
        }
        if at >= self.end {
            self.at = None;
        }
        Some(Piece { kind: self.kind, start, end: at })
    }
}

impl Piece {
    /// What reports call the encoding.
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Base64 => "base64",
            Kind::WideBase64 => "base64 of UTF-16",
            Kind::Hex => "hexadecimal",
        }
    }

    /// Appends what the piece says to `out` and notes in `spread` where it
    /// stands. False if it is no text.
    pub fn decode(&self, text: &[u8], out: &mut Vec<u8>, spread: &mut Spread) -> bool {
        let (from, unit_bits) = (out.len(), self.kind.bits());
        let byte_bits = if self.kind == Kind::WideBase64 { 16 } else { 8 };
        spread.reset(unit_bits, byte_bits, self.start);
        let (mut at, mut units, mut bits, mut held) = (self.start, 0, 0u32, 0);
        while at < self.end {
            let Some(value) = self.kind.value(text[at]) else {
                let Some(next) = next_line(text, at) else { break };
                spread.jump(units, next);
                at = next;
                continue;
            };
            bits = bits << unit_bits | u32::from(value);
            held += unit_bits;
            if held >= 8 {
                held -= 8;
                out.push((bits >> held) as u8);
            }
            (at, units) = (at + 1, units + 1);
        }
        if self.kind == Kind::WideBase64 {
            narrow(out, from);
        }
        reads_as_text(&out[from..])
    }
}

/// UTF-16 from `from` on becomes one byte a unit, `?` for what is not ASCII.
fn narrow(out: &mut Vec<u8>, from: usize) {
    let units = (out.len() - from) / 2;
    for i in 0..units {
        let (low, high) = (out[from + 2 * i], out[from + 2 * i + 1]);
        out[from + i] = if high == 0 && low < 0x80 { low } else { b'?' };
    }
    out.truncate(from + units);
}

/// UTF-8 with hardly a control character or another byte: a random key has seven
/// letters at its start by chance, but not sixteen.
fn reads_as_text(decoded: &[u8]) -> bool {
    let control = decoded.iter().filter(|b| **b < 0x80 && !is_text(**b)).count();
    let broken: usize = decoded.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    (control + broken) * 20 <= decoded.len()
}
