//! 7z archives (7zFormat.txt of the LZMA SDK): a header at the end, compressed
//! itself as a rule, that says which files lie behind each other in which
//! compressed blocks. Read by ourselves, for the limits: nothing is allocated
//! because a header names a number, neither for a count nor for a window.

mod block;
mod fields;
mod header;

use std::io::{self, Read};

use super::limits::{DEPTH, ENTRY_SIZE, Meter, Metered, WINDOW};
use crate::source::read::Reason;
use fields::Fields;
use header::{FileNames, Streams};

pub use block::Block;

/// What a 7z archive starts with.
pub const MAGIC: &[u8] = b"7z\xBC\xAF\x27\x1C";

/// The start header: magic, version, checksum, and where the header is.
const START: usize = 32;
/// Most headers in each other: 7-Zip packs the header once.
const MOST_HEADERS: usize = 3;

/// What a header begins with.
const PLAIN_HEADER: u64 = 1;
const PACKED_HEADER: u64 = 0x17;

const NO_HEADER: Reason = Reason::Borrowed("damaged 7z archive: it has no header that can be read");
const LARGE_HEADER: Reason = Reason::Borrowed("its list of files is too large: not read");

/// The header of an archive, unpacked.
pub struct Header(Vec<u8>);

impl Header {
    /// Unpacks the header of `archive`, whose container lies at `depth`. What
    /// comes out counts for `meter`.
    ///
    /// # Errors
    /// There is none, it is encrypted, or it is larger than an entry may be.
    pub fn read(archive: &[u8], depth: usize, meter: &Meter) -> Result<Self, Reason> {
        let mut header = packed(archive).ok_or(NO_HEADER)?.to_vec();
        for _ in 0..MOST_HEADERS {
            let mut fields = Fields::new(&header);
            if fields.number() != Some(PACKED_HEADER) {
                return Ok(Header(header));
            }
            let streams = Streams::read(&mut fields).ok_or(NO_HEADER)?;
            let block = streams.blocks().next().ok_or(NO_HEADER)?;
            let reader = block.open(archive, WINDOW[depth.min(DEPTH - 1)])?;
            header = whole(reader, block.size, depth, meter)?;
        }
        Err(NO_HEADER)
    }

    /// What the header lists; `None` if it is damaged.
    pub fn listing(&self) -> Option<Listing<'_>> {
        let mut fields = Fields::new(&self.0);
        // An archive of nothing has no header at all.
        if self.0.is_empty() {
            return Some(Listing::default());
        }
        if fields.number()? != PLAIN_HEADER {
            return None;
        }
        header::listing(&mut fields)
    }
}

/// The files of an archive.
#[derive(Default)]
pub struct Listing<'h> {
    streams: Streams<'h>,
    names: FileNames<'h>,
}

impl<'h> Listing<'h> {
    /// Blocks of files, in the order of the archive.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'h>> {
        self.streams.blocks()
    }

    /// The names of all files with content, in the order in which they lie in the
    /// blocks; without end, for a name may be missing.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let names = self.names.clone();
        names.map(Some).chain(std::iter::repeat(None)).zip(1u64..).map(|(name, number)| {
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| number.to_string())
        })
    }
}

/// The header as it lies in the archive.
fn packed(archive: &[u8]) -> Option<&[u8]> {
    let mut start = Fields::new(archive.get(12..START)?);
    let (offset, size) = (start.long()?, start.long()?);
    let from = usize::try_from(offset).ok()?.checked_add(START)?;
    let until = from.checked_add(usize::try_from(size).ok()?)?;
    archive.get(from..until)
}

/// Reads a packed header of `size` bytes.
fn whole(
    reader: Box<dyn Read + '_>,
    size: u64,
    depth: usize,
    meter: &Meter,
) -> Result<Vec<u8>, Reason> {
    let most = ENTRY_SIZE[depth.min(DEPTH - 1)] as u64;
    if size > most {
        return Err(LARGE_HEADER);
    }
    let mut header = Vec::new();
    let read = Metered::new(reader, meter).take(size).read_to_end(&mut header);
    match read {
        Ok(count) if count as u64 == size => Ok(header),
        _ => Err(NO_HEADER),
    }
}

/// One file of a block: reads as its content, and fails where the block ends
/// before the file does.
pub struct File<'r> {
    block: &'r mut dyn Read,
    left: u64,
}

impl<'r> File<'r> {
    /// The next `size` bytes of `block`.
    pub fn new(block: &'r mut dyn Read, size: u64) -> Self {
        File { block, left: size }
    }

    /// Passes over what is left of the file; false if the block ends before.
    pub fn pass(mut self) -> bool {
        io::copy(&mut self, &mut io::sink()).is_ok()
    }
}

impl Read for File<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&mut *self.block).take(self.left).read(buffer)?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}
