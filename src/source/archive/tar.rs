//! Tar archives as a stream: POSIX ustar and pax (IEEE 1003.1), and the long
//! names of GNU tar.

use std::io::{self, Read};

/// Everything comes in blocks of so many bytes.
pub const BLOCK: usize = 512;
/// Longest extended header that is read, in bytes.
const MAX_EXTENDED: u64 = 64 * 1024;

/// Whether `head` starts with the header of a tar archive: its magic, and a
/// checksum that agrees, for a text may have the magic by chance.
pub fn is_header(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<BLOCK>() else { return false };
    block[257..262] == *b"ustar" && number(&block[148..156]) == Some(checksum(block))
}

/// The sum of all bytes, the checksum field taken as blanks.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let plain = |(i, byte): (usize, &u8)| match i {
        148..156 => u64::from(b' '),
        _ => u64::from(*byte),
    };
    block.iter().enumerate().map(plain).sum()
}

/// A number in octal digits, or of GNU's binary form.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, .., a, b, c, d, e, f, g, h] = field {
        return Some(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]));
    }
    let digits = field.iter().skip_while(|b| **b == b' ').take_while(|b| b.is_ascii_digit());
    digits.copied().try_fold(0u64, |sum, digit| {
        let digit = (digit < b'8').then(|| u64::from(digit - b'0'))?;
        sum.checked_mul(8)?.checked_add(digit)
    })
}

/// The entries of an archive, one after the other. Reads as the content of the
/// entry that it is at.
pub struct Entries<'r> {
    reader: &'r mut dyn Read,
    /// Bytes of the entry that are not read yet, and of what fills its last block.
    left: u64,
    padding: u64,
}

impl<'r> Entries<'r> {
    /// The entries of the archive that `reader` yields.
    pub fn new(reader: &'r mut dyn Read) -> Self {
        Entries { reader, left: 0, padding: 0 }
    }

    /// The name of the next regular file; `None` at the end.
    pub fn next_file(&mut self) -> Option<io::Result<String>> {
        self.file().transpose()
    }

    fn file(&mut self) -> io::Result<Option<String>> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            self.skip_rest()?;
            let mut block = [0; BLOCK];
            let filled = super::fill(self.reader, &mut block)?;
            if filled == 0 || block.iter().all(|b| *b == 0) {
                return Ok(None);
            }
            if filled < BLOCK || number(&block[148..156]) != Some(checksum(&block)) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.enter(number(&block[124..136]).unwrap_or(0));
            match block[156] {
                b'L' => long_name = Some(text(&self.extended()?)),
                b'x' => {
                    let (name, size) = pax(&self.extended()?);
                    (long_name, long_size) = (name.or(long_name), size.or(long_size));
                }
                b'0' | 0 | b'7' => {
                    if let Some(size) = long_size {
                        self.enter(size);
                    }
                    return Ok(Some(long_name.unwrap_or_else(|| short_name(&block))));
                }
                b'g' | b'K' => {}
                // Folders, links, devices: what came before them was about them.
                _ => (long_name, long_size) = (None, None),
            }
        }
    }

    fn enter(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    /// Passes over what is left of an entry. The padding may be missing at the
    /// end, the content may not.
    fn skip_rest(&mut self) -> io::Result<()> {
        let (left, padding) = (self.left, self.padding);
        (self.left, self.padding) = (0, 0);
        if io::copy(&mut self.reader.take(left), &mut io::sink())? < left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        io::copy(&mut self.reader.take(padding), &mut io::sink()).map(drop)
    }

    /// The content of an extended header.
    fn extended(&mut self) -> io::Result<Vec<u8>> {
        if self.left > MAX_EXTENDED {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut content = Vec::new();
        self.read_to_end(&mut content)?;
        Ok(content)
    }
}

impl Read for Entries<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&mut *self.reader).take(self.left).read(buffer)?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// The name in a header: a prefix and the rest of it.
fn short_name(block: &[u8; BLOCK]) -> String {
    let (name, prefix) = (text(&block[..100]), text(&block[345..500]));
    let posix = block[257..263] == *b"ustar\0";
    if posix && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

/// The path and size that records `length key=value` give.
fn pax(mut records: &[u8]) -> (Option<String>, Option<u64>) {
    let (mut path, mut size) = (None, None);
    while let Some(blank) = records.iter().take(20).position(|b| *b == b' ') {
        let length = std::str::from_utf8(&records[..blank]).ok().and_then(|n| n.parse().ok());
        let Some(record) = length.and_then(|n: usize| records.get(blank + 1..n)) else { break };
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        match record {
            [b'p', b'a', b't', b'h', b'=', value @ ..] => path = Some(text(value)),
            [b's', b'i', b'z', b'e', b'=', value @ ..] => size = text(value).parse().ok(),
            _ => {}
        }
        records = &records[length.unwrap_or(records.len())..];
    }
    (path, size)
}
