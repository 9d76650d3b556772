//! What the bytes of a file are: text in some encoding, or not text. Apart from
//! reading so that every source (files, standard input, stored objects) decides
//! alike, and so that hostile bytes can be thrown at it alone.
//!
//! Text leaves this module as UTF-8, except that bytes of an 8-bit encoding
//! (Latin-1, Windows-1252, …) stay as they are: what scanners look for is ASCII
//! in all of these, and a wrong guess would move every position.

use std::borrow::Cow;

use super::keystore::KeyStore;

/// Bytes at the start of a file that decide whether it is text: the amount git
/// looks at, so that what a diff shows as text is scanned as text.
pub const PROBE: usize = 8_000;

/// How the bytes of a text become UTF-8. `bom` is the length of the byte order
/// mark to leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or an 8-bit encoding that is passed on as it is.
    Bytes {
        bom: usize,
    },
    Utf16Le {
        bom: usize,
    },
    Utf16Be {
        bom: usize,
    },
    Utf32Le,
    Utf32Be,
    /// No text: what a key store holds becomes one.
    KeyStore(KeyStore),
}

/// The bytes are not text; `format` names them where their signature is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binary {
    pub format: Option<&'static str>,
}

impl Binary {
    /// The reason of the skip, in a reader's words.
    pub fn reason(self) -> Cow<'static, str> {
        match self.format {
            None => Cow::Borrowed("binary file"),
            Some(format) => Cow::Owned(format!("binary file ({format})")),
        }
    }
}

/// Formats whose first bytes no text has, also where no NUL follows soon.
/// From the formats' specifications and the `file` utility's magic database.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"%PDF-", "PDF document"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"PK\x05\x06", "ZIP archive"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"BZh91AY&SY", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x7fELF", "ELF executable"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O executable"),
    (b"\0asm", "WebAssembly module"),
    (b"wOFF", "WOFF font"),
    (b"wOF2", "WOFF font"),
    (b"OggS", "Ogg media"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"\0GITCRYPT\0", "git-crypt ciphertext"),
];

/// Decides what the file that starts with `head` is. Looks at [`PROBE`] bytes
/// at most.
///
/// # Errors
/// The bytes are a known binary format, or hold a NUL and are no UTF-16.
pub fn sniff(head: &[u8]) -> Result<Encoding, Binary> {
    let head = &head[..head.len().min(PROBE)];
    if let Some(encoding) = byte_order_mark(head) {
        return Ok(encoding);
    }
    if let Some((_, format)) = SIGNATURES.iter().find(|(bytes, _)| head.starts_with(bytes)) {
        return Err(Binary { format: Some(format) });
    }
    if let Some(store) = KeyStore::of(head) {
        return Ok(Encoding::KeyStore(store));
    }
    if memchr::memchr(0, head).is_none() {
        return Ok(Encoding::Bytes { bom: 0 });
    }
    unmarked_utf16(head).ok_or(Binary { format: None })
}

fn byte_order_mark(head: &[u8]) -> Option<Encoding> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Bytes { bom: 3 }),
        // No text starts with U+0000, so this is not UTF-16.
        [0xFF, 0xFE, 0, 0, ..] => Some(Encoding::Utf32Le),
        [0, 0, 0xFE, 0xFF, ..] => Some(Encoding::Utf32Be),
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le { bom: 2 }),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be { bom: 2 }),
        _ => None,
    }
}

/// UTF-16 without a mark, as PowerShell and some registry exports leave it.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    let (units, _) = head.as_chunks::<2>();
    if reads_as_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))) {
        Some(Encoding::Utf16Le { bom: 0 })
    } else if reads_as_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))) {
        Some(Encoding::Utf16Be { bom: 0 })
    } else {
        None
    }
}

/// True for code units of which more than half are printable ASCII or white
/// space and none is another control: number tables and machine code fail it,
/// source text and configuration pass.
fn reads_as_utf16(units: impl Iterator<Item = u16>) -> bool {
    let (mut all, mut ascii) = (0usize, 0usize);
    for unit in units {
        all += 1;
        match unit {
            0x09..=0x0D | 0x20..=0x7E => ascii += 1,
            0..=0x1F | 0x7F | 0xFFFE | 0xFFFF => return false,
            _ => {}
        }
    }
    ascii * 2 > all
}

impl Encoding {
    /// Most bytes that reading and decoding `size` bytes keeps in memory.
    pub(super) fn footprint(self, size: u64) -> u64 {
        match self {
            Encoding::Bytes { .. } | Encoding::KeyStore(_) => size,
            // Two bytes become three at most.
            Encoding::Utf16Le { .. } | Encoding::Utf16Be { .. } => {
                size.saturating_add(size.saturating_mul(3) / 2)
            }
            Encoding::Utf32Le | Encoding::Utf32Be => size.saturating_mul(2),
        }
    }

    /// The text of a whole file `raw`; `buffer` is overwritten where decoding
    /// needs room. What cannot be decoded becomes U+FFFD.
    pub fn decode<'b>(self, raw: &'b [u8], buffer: &'b mut Vec<u8>) -> &'b [u8] {
        buffer.clear();
        match self {
            Encoding::Bytes { bom } => return after(raw, bom),
            Encoding::Utf16Le { bom } => utf16(encoding_rs::UTF_16LE, after(raw, bom), buffer),
            Encoding::Utf16Be { bom } => utf16(encoding_rs::UTF_16BE, after(raw, bom), buffer),
            Encoding::Utf32Le => utf32(after(raw, 4), u32::from_le_bytes, buffer),
            Encoding::Utf32Be => utf32(after(raw, 4), u32::from_be_bytes, buffer),
            Encoding::KeyStore(store) => store.list(raw, buffer),
        }
        buffer
    }
}

/// The bytes after a mark of `mark` bytes.
fn after(raw: &[u8], mark: usize) -> &[u8] {
    raw.get(mark..).unwrap_or_default()
}

/// Decodes piecewise: only as much of the reserved room is touched, and so
/// backed by memory, as the text needs.
fn utf16(encoding: &'static encoding_rs::Encoding, mut raw: &[u8], out: &mut Vec<u8>) {
    const PIECE: usize = 16 * 1024;
    out.reserve(raw.len() + raw.len() / 2);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut piece = [0; PIECE];
    loop {
        let (state, read, written, _) = decoder.decode_to_utf8(raw, &mut piece, true);
        out.extend_from_slice(&piece[..written]);
        raw = &raw[read..];
        if state == encoding_rs::CoderResult::InputEmpty {
            return;
        }
    }
}

fn utf32(raw: &[u8], unit: fn([u8; 4]) -> u32, out: &mut Vec<u8>) {
    let (units, rest) = raw.as_chunks::<4>();
    let mut utf8 = [0; 4];
    for bytes in units {
        let char = char::from_u32(unit(*bytes)).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(char.encode_utf8(&mut utf8).as_bytes());
    }
    if !rest.is_empty() {
        let cut = char::REPLACEMENT_CHARACTER.encode_utf8(&mut utf8);
        out.extend_from_slice(cut.as_bytes());
    }
}

/// The text of bytes that are in memory already: [`sniff`] and
/// [`Encoding::decode`] in one. Positions in what it returns are those an
/// editor shows.
///
/// # Errors
/// The bytes are not text.
pub fn decode<'b>(raw: &'b [u8], buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Binary> {
    sniff(raw).map(|encoding| encoding.decode(raw, buffer))
}
