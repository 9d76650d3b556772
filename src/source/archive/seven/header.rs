//! What a 7z header says: packed streams, the blocks that they unpack to, the
//! sizes of the files in each block, and their names.

use super::Listing;
use super::block::{Block, Coders};
use super::fields::{Bits, Fields};
use crate::source::archive::limits::ENTRIES;

/// Blocks of an archive at most, and packed streams of all.
const MOST_BLOCKS: u64 = ENTRIES as u64;
const MOST_PACKED: u64 = 4 * MOST_BLOCKS;
/// Longest name that is kept, in characters.
const MAX_NAME: usize = 1024;

/// Numbers that say what follows.
const END: u64 = 0;
const ARCHIVE_PROPERTIES: u64 = 2;
const MAIN_STREAMS: u64 = 4;
const FILES: u64 = 5;
const PACK_INFO: u64 = 6;
const UNPACK_INFO: u64 = 7;
const SUB_STREAMS: u64 = 8;
const SIZES: u64 = 9;
const DIGESTS: u64 = 0x0A;
const FOLDERS: u64 = 0x0B;
const UNPACK_SIZES: u64 = 0x0C;
const STREAM_COUNTS: u64 = 0x0D;
const EMPTY_STREAMS: u64 = 0x0E;
const NAMES: u64 = 0x11;

/// Blocks, with where they lie and what they hold.
#[derive(Default)]
pub struct Streams<'h> {
    /// Where the first packed stream starts, from the end of the start header.
    at: u64,
    packed: Vec<u64>,
    blocks: Vec<Described<'h>>,
}

/// A block as its header describes it.
struct Described<'h> {
    coders: Coders<'h>,
    /// Of all that comes out, in bytes.
    size: u64,
    has_digest: bool,
    /// Files in it, and where their sizes stand: of all but the last.
    files: u64,
    sizes: Fields<'h>,
}

impl<'h> Streams<'h> {
    /// Reads a description of streams; `None` if it is damaged. Its parts come once
    /// each, in their order: again and again over many blocks, they would make a
    /// short header long work.
    pub fn read(fields: &mut Fields<'h>) -> Option<Self> {
        let (mut streams, mut last) = (Streams::default(), END);
        loop {
            let part = fields.number()?;
            if part != END && part <= last {
                return None;
            }
            last = part;
            match part {
                END => return Some(streams),
                PACK_INFO => streams.pack_info(fields)?,
                UNPACK_INFO => streams.unpack_info(fields)?,
                SUB_STREAMS => streams.sub_streams(fields)?,
                _ => return None,
            }
        }
    }

    fn pack_info(&mut self, fields: &mut Fields<'h>) -> Option<()> {
        self.at = fields.number()?;
        let count = fields.number().filter(|count| *count <= MOST_PACKED)?;
        loop {
            match fields.number()? {
                END => return Some(()),
                SIZES => {
                    self.packed = (0..count).map(|_| fields.number()).collect::<Option<_>>()?
                }
                DIGESTS => drop(fields.digests(count)?),
                _ => return None,
            }
        }
    }

    fn unpack_info(&mut self, fields: &mut Fields<'h>) -> Option<()> {
        if fields.number()? != FOLDERS {
            return None;
        }
        let count = fields.number().filter(|count| *count <= MOST_BLOCKS)?;
        // Descriptions may lie elsewhere; no program writes them so.
        if fields.byte()? != 0 {
            return None;
        }
        let coders: Vec<Coders<'h>> =
            (0..count).map(|_| Coders::read(fields)).collect::<Option<_>>()?;
        if fields.number()? != UNPACK_SIZES {
            return None;
        }
        for coders in coders {
            let size = coders.sizes(fields)?;
            let sizes = Fields::default();
            self.blocks.push(Described { coders, size, has_digest: false, files: 1, sizes });
        }
        loop {
            match fields.number()? {
                END => return Some(()),
                DIGESTS => {
                    let there = fields.digests(count)?;
                    for (block, at) in self.blocks.iter_mut().zip(0..) {
                        block.has_digest = there.is_none_or(|bits| bits.get(at));
                    }
                }
                _ => return None,
            }
        }
    }

    /// Files of blocks that hold more than one, or none.
    fn sub_streams(&mut self, fields: &mut Fields<'h>) -> Option<()> {
        let mut next = fields.number()?;
        if next == STREAM_COUNTS {
            for block in &mut self.blocks {
                block.files = fields.number()?;
            }
            next = fields.number()?;
        }
        if next == SIZES {
            for block in &mut self.blocks {
                block.sizes = *fields;
                for _ in 1..block.files {
                    fields.number()?;
                }
            }
            next = fields.number()?;
        }
        if next == DIGESTS {
            let missing = |block: &Described<'_>| match block.files {
                1 if block.has_digest => 0,
                files => files,
            };
            let count = self.blocks.iter().map(missing).try_fold(0, u64::checked_add)?;
            fields.digests(count)?;
            next = fields.number()?;
        }
        (next == END).then_some(())
    }

    /// The blocks, each with the place of its packed stream.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'h>> {
        let (mut at, mut packed) = (Some(self.at), self.packed.iter());
        self.blocks.iter().map(move |block| {
            let place = at.zip(packed.as_slice().first().copied());
            for size in packed.by_ref().take(block.coders.packed) {
                at = at.and_then(|at| at.checked_add(*size));
            }
            Block::new(block.coders, place, block.size, (block.files, block.sizes))
        })
    }
}

/// The rest of a plain header; `None` if it is damaged.
pub fn listing<'h>(fields: &mut Fields<'h>) -> Option<Listing<'h>> {
    let mut listing = Listing::default();
    loop {
        match fields.number()? {
            END => return Some(listing),
            ARCHIVE_PROPERTIES => properties(fields, |_, _| Some(()))?,
            MAIN_STREAMS => listing.streams = Streams::read(fields)?,
            FILES => listing.names = FileNames::read(fields)?,
            _ => return None,
        }
    }
}

/// Calls `each` with the number and the content of every property of a list.
fn properties<'h>(
    fields: &mut Fields<'h>,
    mut each: impl FnMut(u64, Fields<'h>) -> Option<()>,
) -> Option<()> {
    loop {
        let kind = fields.number()?;
        if kind == END {
            return Some(());
        }
        let length = fields.count()?;
        each(kind, Fields::new(fields.take(length)?))?;
    }
}

/// The names of the files that have content. An iterator.
#[derive(Clone, Default)]
pub struct FileNames<'h> {
    /// UTF-16, each with a zero at its end.
    names: Fields<'h>,
    /// Which files have no content: folders and empty files.
    empty: Bits<'h>,
    next: u64,
}

impl<'h> FileNames<'h> {
    fn read(fields: &mut Fields<'h>) -> Option<Self> {
        let mut files = FileNames::default();
        let count = fields.number()?;
        properties(fields, |kind, mut content| {
            match kind {
                EMPTY_STREAMS => files.empty = content.bits(count)?,
                NAMES if content.byte()? == 0 => files.names = content,
                _ => {}
            }
            Some(())
        })?;
        Some(files)
    }

    fn name(&mut self) -> Option<String> {
        let mut units = Vec::new();
        loop {
            let unit = self.names.take(2)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))?;
            if unit == 0 {
                return Some(String::from_utf16_lossy(&units).replace('\\', "/"));
            }
            if units.len() < MAX_NAME {
                units.push(unit);
            }
        }
    }
}

impl Iterator for FileNames<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let (name, number) = (self.name()?, self.next);
            self.next += 1;
            if !self.empty.get(number) {
                return Some(name);
            }
        }
    }
}
