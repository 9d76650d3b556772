//! The directory of a ZIP archive (PKWARE APPNOTE 6.3.10): where its entries
//! are. Read from the end of the file, as every unpacker does.

use super::codec::Method;
use crate::source::read::Reason;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const HEADER: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// The end record and its longest comment, in bytes.
const LONGEST_END: usize = 22 + 65_535;
/// Longest name that is kept, in bytes.
const MAX_NAME: usize = 1024;

const DAMAGED: Reason = Reason::Borrowed("damaged ZIP archive: it has no directory");
const OVERLAPS: Reason =
    Reason::Borrowed("its entries overlap, as those of a zip bomb do: not read");
const ENCRYPTED: Reason = Reason::Borrowed("encrypted");
const OUTSIDE: Reason = Reason::Borrowed("damaged: its content is not in the archive");

/// One file of an archive.
pub struct Entry<'a> {
    pub name: String,
    pub method: Method,
    /// Its compressed content, or why that cannot be read.
    pub data: Result<&'a [u8], Reason>,
}

/// The entries of an archive, in the order of its directory.
#[derive(Clone, Copy)]
pub struct Directory<'a> {
    archive: &'a [u8],
    /// The headers that are left.
    headers: &'a [u8],
    /// What lies before the archive, as in one that unpacks itself.
    shift: u64,
}

/// What the directory says of an entry.
struct Header<'a> {
    name: &'a [u8],
    encrypted: bool,
    method: u16,
    /// Of the compressed content, in bytes.
    size: u64,
    /// Where the entry's own header is.
    offset: u64,
}

impl<'a> Directory<'a> {
    /// Finds the directory of `archive`, which is looked at up to `most` entries.
    ///
    /// # Errors
    /// There is none, or entries share content: some archives of a few
    /// kilobytes unpack to petabytes that way.
    pub fn read(archive: &'a [u8], most: usize) -> Result<Self, Reason> {
        let directory = Directory::find(archive).ok_or(DAMAGED)?;
        let mut headers = directory;
        let next = || headers.next_header();
        let spans = std::iter::from_fn(next).take(most).filter_map(|h| directory.span(&h));
        if overlap(spans.collect()) {
            return Err(OVERLAPS);
        }
        Ok(directory)
    }

    fn find(archive: &'a [u8]) -> Option<Self> {
        let floor = archive.len().saturating_sub(LONGEST_END);
        let at = floor + memchr::memmem::rfind(&archive[floor..], END)?;
        let (size, offset, end) = match end_64(archive, at) {
            Some(found) => found,
            None => {
                (u64::from(u32_at(archive, at + 12)?), u64::from(u32_at(archive, at + 16)?), at)
            }
        };
        let start = end.checked_sub(usize::try_from(size).ok()?)?;
        let headers = archive.get(start..end)?;
        Some(Directory { archive, headers, shift: (start as u64).saturating_sub(offset) })
    }

    fn next_header(&mut self) -> Option<Header<'a>> {
        let headers = self.headers;
        if !headers.starts_with(HEADER) {
            return None;
        }
        let length = |at: usize| u16_at(headers, at).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let mut header = Header {
            name: headers.get(46..46 + name)?,
            encrypted: u16_at(headers, 8)? & 1 != 0,
            method: u16_at(headers, 10)?,
            size: u64::from(u32_at(headers, 20)?),
            offset: u64::from(u32_at(headers, 42)?),
        };
        let unpacked_too = u32_at(headers, 24)? == u32::MAX;
        header.read_64(headers.get(46 + name..46 + name + extra)?, unpacked_too);
        self.headers = headers.get(46 + name + extra + comment..).unwrap_or_default();
        Some(header)
    }

    /// Where the content of an entry starts, and where the entry ends.
    fn content(&self, header: &Header<'_>) -> Option<(usize, usize)> {
        let at = usize::try_from(header.offset.checked_add(self.shift)?).ok()?;
        let local = self.archive.get(at..).filter(|local| local.starts_with(LOCAL))?;
        let own = 30 + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
        let start = at.checked_add(own)?;
        let end = start.checked_add(usize::try_from(header.size).ok()?)?;
        (end <= self.archive.len()).then_some((start, end))
    }

    /// What an entry takes up of the archive.
    fn span(&self, header: &Header<'_>) -> Option<(u64, u64)> {
        let (_, end) = self.content(header)?;
        Some((header.offset + self.shift, end as u64))
    }
}

impl Header<'_> {
    /// Takes sizes that need 64 bits from the extra fields (4.5.3).
    fn read_64(&mut self, mut extra: &[u8], unpacked_too: bool) {
        while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
            let Some(field) = extra.get(4..4 + usize::from(length)) else { return };
            if id == 1 {
                let mut at = if unpacked_too { 8 } else { 0 };
                for value in [&mut self.size, &mut self.offset] {
                    if *value == u64::from(u32::MAX)
                        && let Some(wide) = u64_at(field, at)
                    {
                        *value = wide;
                        at += 8;
                    }
                }
            }
            extra = &extra[4 + usize::from(length)..];
        }
    }
}

impl<'a> Iterator for Directory<'a> {
    type Item = Entry<'a>;

    /// The next file; folders are passed over.
    fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            let header = self.next_header()?;
            if header.name.ends_with(b"/") {
                continue;
            }
            let name = &header.name[..header.name.len().min(MAX_NAME)];
            let data = match self.content(&header) {
                // AES is a method of its own (APPNOTE, appendix E).
                _ if header.encrypted || header.method == 99 => Err(ENCRYPTED),
                Some((start, end)) => Ok(&self.archive[start..end]),
                None => Err(OUTSIDE),
            };
            let name = String::from_utf8_lossy(name).replace('\\', "/");
            return Some(Entry { name, method: Method(header.method), data });
        }
    }
}

/// Size and offset of the directory and its end, where the end record at `at`
/// has one of 64 bits before it.
fn end_64(archive: &[u8], at: usize) -> Option<(u64, u64, usize)> {
    let locator = at.checked_sub(20).and_then(|start| archive.get(start..at))?;
    if !locator.starts_with(LOCATOR_64) {
        return None;
    }
    let record = usize::try_from(u64_at(locator, 8)?).ok()?;
    if !archive.get(record..)?.starts_with(END_64) {
        return None;
    }
    Some((u64_at(archive, record + 40)?, u64_at(archive, record + 48)?, record))
}

/// Whether two of `spans` share a byte.
fn overlap(mut spans: Vec<(u64, u64)>) -> bool {
    spans.sort_unstable();
    spans.windows(2).any(|pair| pair[1].0 < pair[0].1)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|raw| u32::from_le_bytes(*raw))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|raw| u64::from_le_bytes(*raw))
}
