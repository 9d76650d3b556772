//! Decompression, streaming: none of these takes more memory than the window
//! that the limits allow.

use std::io::{self, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;

use super::Kind;
use super::limits::{DEPTH, WINDOW};
use crate::source::read::Reason;

/// The reason for whatever cannot be unpacked. The errors of the codecs say
/// nothing that a reader could act on.
pub const DAMAGED: Reason =
    Reason::Borrowed("cannot be unpacked: damaged, or needs too much memory");

/// A compressed file as a stream.
///
/// # Errors
/// A header that cannot be read, or a window above the limit.
pub fn open(kind: Kind, bytes: &[u8], depth: usize) -> io::Result<Box<dyn Read + '_>> {
    let window = WINDOW[depth.min(DEPTH - 1)];
    Ok(match kind {
        Kind::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        // Its blocks are of 900 kB at most, whatever the file says.
        Kind::Bzip2 => Box::new(MultiBzDecoder::new(bytes)),
        Kind::Xz => {
            // The decoder's own tables come on top of the window.
            let kib = u32::try_from(window / 1024 + 1024).unwrap_or(u32::MAX);
            Box::new(XzReader::new_mem_limit(bytes, true, kib))
        }
        Kind::Zstd => Box::new(Zstd { frame: Some(frame(bytes, window)?), window }),
        Kind::Zip | Kind::Tar | Kind::SevenZip => Box::new(bytes),
    })
}

/// How an entry of a ZIP archive is compressed, by its number in APPNOTE 4.4.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method(pub u16);

impl Method {
    /// True for codecs with a large window.
    pub fn needs_memory(self) -> bool {
        matches!(self.0, 12 | 93 | 95)
    }
}

/// The content of an entry of a ZIP archive.
///
/// # Errors
/// A method that is not read, or a damaged header.
pub fn open_entry(method: Method, data: &[u8], depth: usize) -> Result<Box<dyn Read + '_>, Reason> {
    let damaged = |_| DAMAGED;
    match method.0 {
        0 => Ok(Box::new(data)),
        8 => Ok(Box::new(DeflateDecoder::new(data))),
        12 => open(Kind::Bzip2, data, depth).map_err(damaged),
        93 => open(Kind::Zstd, data, depth).map_err(damaged),
        95 => open(Kind::Xz, data, depth).map_err(damaged),
        other => Err(format!("compressed by a method that is not read ({other})").into()),
    }
}

type Frame<'b> = StreamingDecoder<&'b [u8], ruzstd::decoding::FrameDecoder>;

fn frame(bytes: &[u8], window: usize) -> io::Result<Frame<'_>> {
    StreamingDecoder::new_with_max_window_size(bytes, window as u64).map_err(io::Error::other)
}

/// All frames of a zstd file, one after the other.
struct Zstd<'b> {
    frame: Option<Frame<'b>>,
    window: usize,
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(current) = &mut self.frame {
            let count = current.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let rest = *current.get_ref();
            self.frame = None;
            if !rest.is_empty() {
                self.frame = Some(frame(rest, self.window)?);
            }
        }
        Ok(0)
    }
}
