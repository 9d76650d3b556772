//! One block of a 7z archive: files behind each other, packed as one. What
//! packed it is a chain of coders, of which those are read that text is packed
//! with: one method, and the filter for programs that some put behind it.

use std::io::Read;

use bzip2::read::MultiBzDecoder;
use flate2::read::DeflateDecoder;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::{Lzma2Reader, LzmaReader};

use super::START;
use super::fields::Fields;
use crate::source::archive::codec::DAMAGED;
use crate::source::read::Reason;

/// Coders of a block at most: a filter of four streams, three that pack these,
/// and encryption.
const MOST_CODERS: usize = 8;
/// Streams in and out of one coder at most.
const MOST_STREAMS: u64 = 8;
/// Coders in a chain that is read.
const CHAIN: usize = 2;

/// Methods by their numbers (Methods.txt of the LZMA SDK).
const COPY: &[u8] = &[0];
const LZMA: &[u8] = &[3, 1, 1];
const LZMA2: &[u8] = &[0x21];
const DEFLATE: &[u8] = &[4, 1, 8];
const BZIP2: &[u8] = &[4, 2, 2];
const X86: &[u8] = &[3, 3, 1, 3];
const X86_SHORT: &[u8] = &[4];
const AES: &[u8] = &[6, 0xF1, 7, 1];

const ENCRYPTED: Reason = Reason::Borrowed("encrypted");
const OUTSIDE: Reason = Reason::Borrowed("damaged: its content is not in the archive");

/// Most literal contexts that LZMA may ask for, as the sum of its `lc` and `lp`:
/// LZMA2's limit, which other programs keep to. They cost 3 KiB, times two to
/// this power.
const MOST_CONTEXTS: u8 = 4;
/// Smallest window of LZMA, in bytes.
const MIN_WINDOW: usize = 4096;

/// One step of a chain: a method and what it is set to.
#[derive(Clone, Copy, Default)]
struct Coder<'h> {
    method: &'h [u8],
    settings: &'h [u8],
}

/// What packed a block.
#[derive(Clone, Copy)]
pub struct Coders<'h> {
    /// From the packed stream to the files; why it cannot be read otherwise.
    chain: Result<[Option<Coder<'h>>; CHAIN], Refusal<'h>>,
    /// Streams that come out of all coders, and the one that is the content.
    outputs: usize,
    last: usize,
    /// Packed streams that go in.
    pub packed: usize,
}

/// Why a block is not read.
#[derive(Clone, Copy)]
enum Refusal<'h> {
    Encrypted,
    Method(&'h [u8]),
}

impl<'h> Coders<'h> {
    /// Reads the description of a block's coders; `None` if it is damaged.
    pub fn read(fields: &mut Fields<'h>) -> Option<Self> {
        let count = fields.count().filter(|count| (1..=MOST_CODERS).contains(count))?;
        let mut coders = [Coder::default(); MOST_CODERS];
        let (mut inputs, mut outputs) = (0, 0);
        for coder in coders.iter_mut().take(count) {
            let (read, streams) = Coder::read(fields)?;
            *coder = read;
            (inputs, outputs) = (inputs + streams.0, outputs + streams.1);
        }
        let bonds: Vec<(usize, usize)> =
            (1..outputs).map(|_| fields.count().zip(fields.count())).collect::<Option<_>>()?;
        let packed = inputs.checked_sub(bonds.len()).filter(|packed| *packed > 0)?;
        for _ in 0..if packed > 1 { packed } else { 0 } {
            fields.number()?;
        }
        let last = (0..outputs).find(|output| bonds.iter().all(|bond| bond.1 != *output))?;
        let simple = inputs == count && outputs == count;
        let chain = chain(coders.get(..count)?, &bonds, simple);
        Some(Coders { chain, outputs, last, packed })
    }

    /// Reads the sizes of all that comes out; returns that of the content.
    pub fn sizes(&self, fields: &mut Fields<'h>) -> Option<u64> {
        let mut content = 0;
        for output in 0..self.outputs {
            let size = fields.number()?;
            if output == self.last {
                content = size;
            }
        }
        Some(content)
    }
}

impl<'h> Coder<'h> {
    /// Reads a coder and how many streams go in and come out.
    fn read(fields: &mut Fields<'h>) -> Option<(Self, (usize, usize))> {
        let flags = fields.byte()?;
        let method = fields.take(usize::from(flags & 0x0F))?;
        let mut streams = || fields.number().filter(|n| (1..=MOST_STREAMS).contains(n));
        let (inputs, outputs) = match flags & 0x10 {
            0 => (1, 1),
            _ => (streams()? as usize, streams()? as usize),
        };
        let settings = match flags & 0x20 {
            0 => &[],
            _ => {
                let length = fields.count()?;
                fields.take(length)?
            }
        };
        // The other flags are for what no version knows yet.
        (flags & 0xC0 == 0).then_some((Coder { method, settings }, (inputs, outputs)))
    }

    /// Unpacks `packed`, which yields `size` bytes, with a window of `most` at most.
    fn open<'a>(
        &self,
        packed: Box<dyn Read + 'a>,
        size: u64,
        most: usize,
    ) -> Result<Box<dyn Read + 'a>, Reason> {
        let damaged = |_| DAMAGED;
        Ok(match self.method {
            COPY => packed,
            LZMA => {
                let (&contexts, window) = self.settings.split_first().ok_or(DAMAGED)?;
                let window = window.first_chunk().ok_or(DAMAGED)?;
                // lc + 9 * (lp + 5 * pb)
                if contexts % 9 + contexts / 9 % 5 > MOST_CONTEXTS {
                    return Err(DAMAGED);
                }
                let window = self::window(u64::from(u32::from_le_bytes(*window)), size, most);
                Box::new(
                    LzmaReader::new_with_props(packed, size, contexts, window, None)
                        .map_err(damaged)?,
                )
            }
            LZMA2 => {
                let bits = u32::from(*self.settings.first().ok_or(DAMAGED)?);
                let named = u64::from(2 | bits & 1).checked_shl(bits / 2 + 11);
                let window = window(named.unwrap_or(u64::MAX), size, most);
                Box::new(Lzma2Reader::new(packed, window, None))
            }
            DEFLATE => Box::new(DeflateDecoder::new(packed)),
            BZIP2 => Box::new(MultiBzDecoder::new(packed)),
            X86 | X86_SHORT => Box::new(BcjReader::new_x86(packed, 0)),
            other => return Err(Refusal::Method(other).reason()),
        })
    }

    fn is_filter(&self) -> bool {
        matches!(self.method, X86 | X86_SHORT)
    }
}

/// The window for a block of `size` bytes whose header names one of `named`: no
/// more than the block needs, and no more than `most`. A block that looks back
/// further fails there, and what came before is read.
fn window(named: u64, size: u64, most: usize) -> u32 {
    let window = named.min(size).min(most as u64).max(MIN_WINDOW as u64);
    u32::try_from(window).unwrap_or(u32::MAX)
}

impl Refusal<'_> {
    fn reason(self) -> Reason {
        match self {
            Refusal::Encrypted => ENCRYPTED,
            Refusal::Method(method) => {
                let number: String = method.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("compressed by a method that is not read ({number})").into()
            }
        }
    }
}

/// The order of coders from the packed stream on, where each has one stream in
/// and out, only the first unpacks, and the others filter.
fn chain<'h>(
    coders: &[Coder<'h>],
    bonds: &[(usize, usize)],
    simple: bool,
) -> Result<[Option<Coder<'h>>; CHAIN], Refusal<'h>> {
    if coders.iter().any(|coder| coder.method == AES) {
        return Err(Refusal::Encrypted);
    }
    let refused = Refusal::Method(coders.first().map_or(&[], |coder| coder.method));
    if !simple || coders.len() > CHAIN {
        return Err(refused);
    }
    let mut chain = [None; CHAIN];
    let mut at = (0..coders.len()).find(|input| bonds.iter().all(|bond| bond.0 != *input));
    for (step, place) in chain.iter_mut().enumerate() {
        let Some(coder) = at.and_then(|at| coders.get(at)) else { break };
        if step > 0 && !coder.is_filter() {
            return Err(refused);
        }
        *place = Some(*coder);
        at = bonds.iter().find(|bond| Some(bond.1) == at).map(|bond| bond.0);
    }
    Ok(chain)
}

/// A block: where it is, and what it holds.
pub struct Block<'h> {
    coders: Coders<'h>,
    /// Start, from the end of the start header, and length.
    place: Option<(u64, u64)>,
    /// Of all that comes out, in bytes.
    pub size: u64,
    files: u64,
    sizes: Fields<'h>,
}

impl<'h> Block<'h> {
    /// A block at `place`, which holds as many files as `files` says, with where
    /// the sizes of all but the last stand.
    pub fn new(
        coders: Coders<'h>,
        place: Option<(u64, u64)>,
        size: u64,
        (files, sizes): (u64, Fields<'h>),
    ) -> Self {
        Block { coders, place, size, files, sizes }
    }

    /// The sizes of the files in it; an end before the last file is one of the
    /// header.
    pub fn file_sizes(&self) -> impl Iterator<Item = u64> {
        let (mut sizes, mut left, files) = (self.sizes, self.size, self.files);
        (1..=files).map_while(move |file| {
            let size = if file == files { left } else { sizes.number()? };
            left = left.checked_sub(size)?;
            Some(size)
        })
    }

    /// The content of all its files, with a window of `most` bytes at most.
    ///
    /// # Errors
    /// It is encrypted, packed by a method that is not read, or not in the archive.
    pub fn open<'a>(&self, archive: &'a [u8], most: usize) -> Result<Box<dyn Read + 'a>, Reason> {
        let chain = self.coders.chain.map_err(Refusal::reason)?;
        let mut reader: Box<dyn Read + 'a> = Box::new(self.packed(archive).ok_or(OUTSIDE)?);
        for coder in chain.iter().flatten() {
            reader = coder.open(reader, self.size, most)?;
        }
        Ok(reader)
    }

    fn packed<'a>(&self, archive: &'a [u8]) -> Option<&'a [u8]> {
        let (at, length) = self.place?;
        let from = usize::try_from(at).ok()?.checked_add(START)?;
        archive.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    }
}
