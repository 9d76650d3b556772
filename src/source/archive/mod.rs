//! Files within files: archives, compressed files, and what is one of these
//! under another name (jar, wheel, office document). Nothing is unpacked to
//! disk; one entry at a time is in memory.
//!
//! An archive may be made to harm: each entry, the whole, its growth, the
//! number of entries and the depth have a limit ([`limits`]). Whatever is not
//! read is counted by its reason ([`notes`]) and becomes a skip.

mod codec;
mod limits;
mod notes;
mod seven;
mod tar;
mod zip;

use std::io::Read;

use super::budget::{Budget, Permit};
use super::decode::{self, Encoding};
use super::read::Reason;
use limits::{DEPTH, ENTRIES, ENTRY_SIZE, Meter, Metered};
use notes::Notes;

pub(super) use limits::SHARED;

/// Stands between the path of a container and a path in it:
/// `archive.zip!inner/path`.
pub const SEPARATOR: char = '!';

/// Entries and codecs that take more memory need the permit.
const SMALL: usize = 1024 * 1024;

/// A container that can be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Zip,
    Tar,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    SevenZip,
}

impl Kind {
    /// The kind of the file that starts with `head`, of which a tar needs 512
    /// bytes to be told.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
            [0x1F, 0x8B, 8, ..] => Some(Kind::Gzip),
            // `BZh`, the size of its blocks, and the digits of pi that begin a block.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => {
                Some(Kind::Bzip2)
            }
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Xz),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Kind::Zstd),
            _ if head.starts_with(seven::MAGIC) => Some(Kind::SevenZip),
            _ if tar::is_header(head) => Some(Kind::Tar),
            _ => None,
        }
    }
}

/// Looks into the container `bytes` called `name`: calls `visit` with the inner
/// path and the text of each file in it. Returns what was left out, with reasons.
pub(super) fn visit(
    kind: Kind,
    (name, bytes): (&str, &[u8]),
    shared: &Budget,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> Vec<Reason> {
    let meter = Meter::new(bytes.len());
    let mut unpacker = Unpacker {
        shared,
        permit: None,
        meter: &meter,
        notes: Notes::default(),
        decoded: Vec::new(),
        visit,
    };
    unpacker.container(kind, bytes, &Place { prefix: "", name, depth: 0 });
    let stopped = meter.stopped().map(Reason::from);
    stopped.into_iter().chain(unpacker.notes.reasons(name)).collect()
}

/// A container among those it lies in.
struct Place<'p> {
    /// What comes before the paths of its entries: `inner.zip!` or nothing.
    prefix: &'p str,
    /// Its own path, for what it holds without a name.
    name: &'p str,
    /// Containers around it.
    depth: usize,
}

/// The state of looking into one outermost container.
struct Unpacker<'a> {
    shared: &'a Budget,
    /// Held from the first need of much memory on.
    permit: Option<Permit<'a>>,
    meter: &'a Meter,
    notes: Notes,
    decoded: Vec<u8>,
    visit: &'a mut dyn FnMut(&str, &[u8]),
}

impl<'a> Unpacker<'a> {
    /// Looks into one container. Calls itself for containers in it, to a depth
    /// of [`DEPTH`].
    fn container(&mut self, kind: Kind, bytes: &[u8], place: &Place<'_>) {
        match kind {
            Kind::Zip => self.zip(bytes, place),
            Kind::Tar => self.tar(&mut Metered::new(bytes, self.meter), place),
            Kind::SevenZip => self.seven_zip(bytes, place),
            Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
                self.stream(kind, bytes, place);
            }
        }
    }

    /// A compressed file: a tar, or a single file without a name of its own.
    fn stream(&mut self, kind: Kind, bytes: &[u8], place: &Place<'_>) {
        if kind != Kind::Gzip {
            self.need_memory();
        }
        let opened = codec::open(kind, bytes, place.depth);
        let Ok(reader) = opened else { return self.damaged(place.name) };
        let mut reader = Metered::new(reader, self.meter);
        let mut head = [0; tar::BLOCK];
        let Ok(filled) = fill(&mut reader, &mut head) else {
            return self.damaged(place.name);
        };
        let head = &head[..filled];
        let mut whole = head.chain(reader);
        if tar::is_header(head) {
            return self.tar(&mut whole, place);
        }
        let path = format!("{}{}", place.prefix, without_ending(place.name));
        self.entry(&mut whole, &path, place.depth);
    }

    fn tar(&mut self, reader: &mut dyn Read, place: &Place<'_>) {
        let mut entries = tar::Entries::new(reader);
        while let Some(next) = entries.next_file() {
            let Ok(name) = next else { return self.damaged(place.name) };
            if !self.meter.count_entry() {
                return;
            }
            self.entry(&mut entries, &format!("{}{name}", place.prefix), place.depth);
            if self.meter.stopped().is_some() {
                return;
            }
        }
    }

    fn zip(&mut self, bytes: &[u8], place: &Place<'_>) {
        let entries = match zip::Directory::read(bytes, ENTRIES as usize) {
            Ok(entries) => entries,
            Err(reason) => return self.notes.add(place.name, reason),
        };
        for entry in entries {
            if !self.meter.count_entry() {
                return;
            }
            let path = format!("{}{}", place.prefix, entry.name);
            match entry.data.and_then(|data| codec::open_entry(entry.method, data, place.depth)) {
                Ok(reader) => {
                    if entry.method.needs_memory() {
                        self.need_memory();
                    }
                    self.entry(&mut Metered::new(reader, self.meter), &path, place.depth);
                }
                Err(reason) => self.notes.add(&path, reason),
            }
            if self.meter.stopped().is_some() {
                return;
            }
        }
    }

    fn seven_zip(&mut self, archive: &[u8], place: &Place<'_>) {
        self.need_memory();
        let header = match seven::Header::read(archive, place.depth, self.meter) {
            Ok(header) => header,
            Err(_) if self.meter.stopped().is_some() => return,
            Err(reason) => return self.notes.add(place.name, reason),
        };
        let Some(listing) = header.listing() else { return self.damaged(place.name) };
        let mut paths = listing.names().map(|name| format!("{}{name}", place.prefix));
        for block in listing.blocks() {
            let window = limits::WINDOW[place.depth.min(DEPTH - 1)];
            let opened = block.open(archive, window).map(|block| Metered::new(block, self.meter));
            self.block(opened, block.file_sizes(), &mut paths, place.depth);
            if self.meter.stopped().is_some() {
                return;
            }
        }
    }

    /// Reads the files of one block of a 7z archive. Once one of them cannot be
    /// unpacked, neither can those behind it.
    fn block<R: Read>(
        &mut self,
        mut opened: Result<R, Reason>,
        sizes: impl Iterator<Item = u64>,
        paths: &mut dyn Iterator<Item = String>,
        depth: usize,
    ) {
        for (size, path) in sizes.zip(paths) {
            if !self.meter.count_entry() {
                return;
            }
            let passed = match &mut opened {
                Ok(content) => {
                    let mut file = seven::File::new(content, size);
                    self.entry(&mut file, &path, depth);
                    file.pass()
                }
                Err(reason) => {
                    self.notes.add(&path, reason.clone());
                    true
                }
            };
            if self.meter.stopped().is_some() {
                return;
            }
            if !passed {
                opened = Err(codec::DAMAGED);
            }
        }
    }

    /// Reads one file of a container of `depth`: its start first, which tells
    /// most of what is no text.
    fn entry(&mut self, reader: &mut dyn Read, path: &str, depth: usize) {
        let mut raw = vec![0; decode::PROBE];
        let Ok(filled) = fill(reader, &mut raw) else {
            return self.damaged(path);
        };
        raw.truncate(filled);
        let kind = Kind::of(&raw);
        let encoding = match (decode::sniff(&raw), kind) {
            (Err(binary), None) => return self.notes.add(path, binary.reason()),
            (encoding, _) => encoding.ok(),
        };
        if matches!(encoding, Some(Encoding::KeyStore(_))) && !self.meter.count_key_store() {
            return self.notes.add(path, "more than 100 key stores: the rest is not read".into());
        }
        if kind.is_some() && depth + 1 >= DEPTH {
            return self.notes.add(path, "archives lie too deep in each other".into());
        }
        if self.read_rest(reader, &mut raw, (path, depth)).is_none() {
            return;
        }
        if let Some(kind) = kind {
            let prefix = format!("{path}{SEPARATOR}");
            let inner = Place { prefix: &prefix, name: path, depth: depth + 1 };
            self.container(kind, &raw, &inner);
        } else if let Some(encoding) = encoding {
            (self.visit)(path, encoding.decode(&raw, &mut self.decoded));
        }
    }

    /// Appends the rest of an entry to `raw`; `None` once it is noted that this
    /// cannot be done.
    fn read_rest(
        &mut self,
        reader: &mut dyn Read,
        raw: &mut Vec<u8>,
        (path, depth): (&str, usize),
    ) -> Option<()> {
        let limit = ENTRY_SIZE[depth.min(DEPTH - 1)];
        for most in [SMALL, limit] {
            let room = (most + 1).saturating_sub(raw.len()) as u64;
            let read = (&mut *reader).take(room).read_to_end(raw);
            if read.is_err() {
                self.damaged(path);
                return None;
            }
            if raw.len() <= most {
                return Some(());
            }
            self.need_memory();
        }
        let reason = format!("larger than the limit of {} MiB within archives", limit >> 20);
        self.notes.add(path, reason.into());
        None
    }

    /// Notes what cannot be unpacked, unless it is only a limit that ended it.
    fn damaged(&mut self, path: &str) {
        if self.meter.stopped().is_none() {
            self.notes.add(path, codec::DAMAGED);
        }
    }

    /// Waits until this thread may use much memory.
    fn need_memory(&mut self) {
        if self.permit.is_none() {
            self.permit = Some(self.shared.acquire(SHARED));
        }
    }
}

/// Reads until `buffer` is full or the input ends.
fn fill(input: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    Ok(filled)
}

/// `app.log` for `logs/app.log.gz`, `data.tar` for `data.tgz`.
fn without_ending(path: &str) -> String {
    let name = path.rsplit(['/', SEPARATOR]).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, "tgz" | "tbz" | "tbz2" | "txz" | "tzst")) => format!("{stem}.tar"),
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_what_a_compressed_file_holds() {
        for (path, name) in
            [("a/app.log.gz", "app.log"), ("x.tgz", "x.tar"), (".gz", ".gz"), ("b!c", "c")]
        {
            assert_eq!(without_ending(path), name);
        }
    }
}
