//! What looking into one container may cost, whatever it holds.

use std::cell::Cell;
use std::io::{self, Read};

/// Containers within each other that are looked into.
pub const DEPTH: usize = 3;

/// Largest entry that is read, in bytes, by the depth of its container. Deeper
/// ones share memory with those around them.
pub const ENTRY_SIZE: [usize; DEPTH] = [8 << 20, 4 << 20, 4 << 20];

/// Most that a codec may take for its window, in bytes, by depth. `xz -6` and
/// `zstd -19` need as much as the first.
pub const WINDOW: [usize; DEPTH] = [8 << 20, 4 << 20, 4 << 20];

/// What all threads together may take for entries and codecs, in bytes: as
/// much as one thread may need at most.
pub const SHARED: u64 = 32 << 20;

/// Entries, over all depths.
pub const ENTRIES: u32 = 20_000;
/// Key stores whose passwords are tried, over all depths: each may ask for a
/// hundred thousand hashes, however small it is.
const KEY_STORES: u32 = 100;
/// Bytes that come out, over all depths.
const UNPACKED: u64 = 256 << 20;
/// Bytes that come out for each that goes in, once more than a little did. What
/// people pack shrinks to a hundredth at most.
const RATIO: u64 = 200;
const LITTLE: u64 = 8 << 20;

/// Counts what comes out of one outermost container.
#[derive(Debug)]
pub struct Meter {
    size: u64,
    entries: Cell<u32>,
    key_stores: Cell<u32>,
    unpacked: Cell<u64>,
    stopped: Cell<Option<&'static str>>,
}

impl Meter {
    /// For a container of `size` bytes.
    pub fn new(size: usize) -> Self {
        Meter {
            size: size as u64,
            entries: Cell::new(0),
            key_stores: Cell::new(0),
            unpacked: Cell::new(0),
            stopped: Cell::new(None),
        }
    }

    /// Why nothing more is read, once a limit is reached.
    pub fn stopped(&self) -> Option<&'static str> {
        self.stopped.get()
    }

    /// Counts an entry; false if it is one too many.
    pub fn count_entry(&self) -> bool {
        self.entries.set(self.entries.get().saturating_add(1));
        if self.entries.get() > ENTRIES {
            self.stopped.set(Some("more than 20,000 entries: the rest is not read"));
        }
        self.stopped().is_none()
    }

    /// Counts a key store; false if it is one too many. What comes behind it is
    /// still read.
    pub fn count_key_store(&self) -> bool {
        self.key_stores.set(self.key_stores.get().saturating_add(1));
        self.key_stores.get() <= KEY_STORES
    }

    fn count_bytes(&self, bytes: usize) -> io::Result<()> {
        let unpacked = self.unpacked.get().saturating_add(bytes as u64);
        self.unpacked.set(unpacked);
        if unpacked > LITTLE && unpacked / RATIO > self.size {
            self.stopped
                .set(Some("grows by far too much, as a zip bomb does: the rest is not read"));
        } else if unpacked > UNPACKED {
            self.stopped.set(Some("more than 256 MiB when unpacked: the rest is not read"));
        }
        match self.stopped() {
            Some(reason) => Err(io::Error::other(reason)),
            None => Ok(()),
        }
    }
}

/// Counts what is read through it, and fails beyond a limit. Once it has failed, it
/// goes on failing: some decoders do not end when they are read after an error.
pub struct Metered<'m, R> {
    inner: R,
    meter: &'m Meter,
    failed: bool,
}

impl<'m, R> Metered<'m, R> {
    /// What comes out of `inner` counts for `meter`.
    pub fn new(inner: R, meter: &'m Meter) -> Self {
        Metered { inner, meter, failed: false }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let read = self.inner.read(buffer);
        let counted = read.and_then(|count| self.meter.count_bytes(count).map(|()| count));
        self.failed = counted.is_err();
        counted
    }
}
