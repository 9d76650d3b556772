//! From an open file to its text, or to the archive that it is, in buffers that a thread uses again and
//! again. Reads one block first: most files end there, binaries are told there,
//! and only what goes on is measured and given room.

use std::borrow::Cow;
use std::fs::{File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::archive;
use super::budget::{Budget, Permit};
use super::decode::{self, Encoding};

/// Read at first, and all that a binary file costs.
const BLOCK: usize = 64 * 1024;
/// Buffers above this are given back after the file, and files above it need a
/// permit of the shared budget.
const KEEP: usize = 1024 * 1024;

/// Why a file is left out.
pub(super) type Reason = Cow<'static, str>;

/// Whether the last component of a path may be a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Follow,
    Refuse,
}

/// What a file turned out to be.
pub(super) enum Content<'a> {
    Text(&'a [u8]),
    /// Something with files in it.
    Archive(archive::Kind, &'a [u8]),
}

/// How the bytes of a file are to be taken.
#[derive(Debug, Clone, Copy)]
enum Form {
    Text(Encoding),
    Archive(archive::Kind),
}

impl Form {
    /// Most bytes that a file of `size` keeps in memory.
    fn footprint(self, size: u64) -> u64 {
        match self {
            Form::Text(encoding) => encoding.footprint(size),
            Form::Archive(_) => size,
        }
    }
}

/// The buffers of one thread.
pub(super) struct Reader<'b> {
    /// Initialised in its whole length, so that reading needs no zero fill.
    raw: Vec<u8>,
    decoded: Vec<u8>,
    budget: &'b Budget,
    max_file_size: u64,
    /// Look into archives instead of taking them for binary files.
    archives: bool,
}

/// A file that is in the buffer, and what it holds of the budget.
struct Loaded<'b> {
    filled: usize,
    form: Form,
    /// Freed after the buffers have shrunk.
    _permit: Option<Permit<'b>>,
}

impl<'b> Reader<'b> {
    pub(super) fn new(budget: &'b Budget, max_file_size: u64, archives: bool) -> Self {
        Reader { raw: Vec::new(), decoded: Vec::new(), budget, max_file_size, archives }
    }

    /// Reads the regular file at `path` and hands what is in it to `then`.
    ///
    /// # Errors
    /// The reason why it is not read: no access, gone, too large, binary.
    pub(super) fn file<T>(
        &mut self,
        path: &Path,
        links: Links,
        then: impl FnOnce(Content<'_>) -> T,
    ) -> Result<T, Reason> {
        let mut file = open(path, links).map_err(|err| match err.kind() {
            ErrorKind::NotFound => Cow::Borrowed("vanished during the scan"),
            _ => io_reason(&err),
        })?;
        let loaded = self.load(&mut file, |file| file.metadata().map(|meta| meta.len()));
        self.finish(loaded, then)
    }

    /// The same for a stream whose size nobody knows.
    pub(super) fn stream<T>(
        &mut self,
        input: &mut impl Read,
        then: impl FnOnce(Content<'_>) -> T,
    ) -> Result<T, Reason> {
        let loaded = self.load(input, |_| Ok(0));
        self.finish(loaded, then)
    }

    fn finish<T>(
        &mut self,
        loaded: Result<Loaded<'b>, Reason>,
        then: impl FnOnce(Content<'_>) -> T,
    ) -> Result<T, Reason> {
        let result = loaded.as_ref().map_err(Reason::clone).map(|loaded| {
            let raw = &self.raw[..loaded.filled];
            then(match loaded.form {
                Form::Text(encoding) => Content::Text(encoding.decode(raw, &mut self.decoded)),
                Form::Archive(kind) => Content::Archive(kind, raw),
            })
        });
        self.shrink();
        result
    }

    /// Gives the room of a large file back.
    fn shrink(&mut self) {
        if self.raw.len() > KEEP {
            self.raw.truncate(KEEP);
            self.raw.shrink_to_fit();
        }
        if self.decoded.capacity() > KEEP {
            self.decoded = Vec::new();
        }
    }

    /// Fills `raw`. `size_of` is asked only when the input is longer than a
    /// block; 0 means that it does not know.
    fn load<R: Read>(
        &mut self,
        input: &mut R,
        size_of: impl FnOnce(&R) -> io::Result<u64>,
    ) -> Result<Loaded<'b>, Reason> {
        self.raw.resize(self.raw.len().max(BLOCK), 0);
        let filled = fill(input, &mut self.raw[..BLOCK]).map_err(|err| io_reason(&err))?;
        if filled < BLOCK {
            self.check_size(filled as u64)?;
            let form = self.sniff(filled)?;
            return Ok(Loaded { filled, form, _permit: None });
        }
        let size = size_of(input).map_err(|err| io_reason(&err))?.max(filled as u64);
        self.check_size(size)?;
        let form = self.sniff(filled)?;
        // Files of /proc and streams have no size: they may fill the limit.
        let known = size > filled as u64;
        let permit = self.permit(form, if known { size } else { self.max_file_size });
        let filled = if known {
            self.load_known(input, filled, size)?
        } else {
            self.load_unknown(input, filled)?
        };
        Ok(Loaded { filled, form, _permit: permit })
    }

    /// The rest of an input of `size` bytes. One that grows meanwhile is read
    /// up to the size that it had.
    fn load_known(
        &mut self,
        input: &mut impl Read,
        filled: usize,
        size: u64,
    ) -> Result<usize, Reason> {
        let size = usize::try_from(size).map_err(|_| NO_MEMORY)?;
        self.grow(size)?;
        let more = fill(input, &mut self.raw[filled..size]).map_err(|err| io_reason(&err))?;
        Ok(filled + more)
    }

    /// The rest of an input that ends somewhere, in pieces that double.
    fn load_unknown(&mut self, input: &mut impl Read, filled: usize) -> Result<usize, Reason> {
        let mut filled = filled;
        loop {
            self.grow(filled.saturating_mul(2))?;
            let room = filled.saturating_mul(2);
            let more = fill(input, &mut self.raw[filled..room]).map_err(|err| io_reason(&err))?;
            filled += more;
            self.check_size(filled as u64)?;
            if filled < room {
                return Ok(filled);
            }
        }
    }

    /// Makes `raw` at least `size` long.
    fn grow(&mut self, size: usize) -> Result<(), Reason> {
        let missing = size.saturating_sub(self.raw.len());
        self.raw.try_reserve_exact(missing).map_err(|_| NO_MEMORY)?;
        self.raw.resize(self.raw.len() + missing, 0);
        Ok(())
    }

    fn permit(&self, form: Form, size: u64) -> Option<Permit<'b>> {
        (size > KEEP as u64).then(|| self.budget.acquire(form.footprint(size)))
    }

    fn sniff(&self, filled: usize) -> Result<Form, Reason> {
        let head = &self.raw[..filled];
        match (decode::sniff(head), archive::Kind::of(head)) {
            (Err(_), Some(kind)) if self.archives => Ok(Form::Archive(kind)),
            (Ok(encoding), _) => Ok(Form::Text(encoding)),
            (Err(binary), _) => Err(binary.reason()),
        }
    }

    fn check_size(&self, size: u64) -> Result<(), Reason> {
        let limit = self.max_file_size;
        if size <= limit {
            return Ok(());
        }
        Err(Cow::Owned(format!("larger than the limit of {}", human_size(limit))))
    }
}

/// Why a link is left out that was met on the way.
pub(super) const SYMBOLIC_LINK: &str = "symbolic link, not followed";

const NO_MEMORY: Reason = Cow::Borrowed("larger than the free memory");

/// Reads until `buffer` is full or the input ends.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(err) if err.kind() == ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
        }
    }
    Ok(filled)
}

/// Opens for reading and never waits: a file that turned into a pipe since its
/// type was looked at answers at once that it is empty.
pub(super) fn open(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let no_follow = if links == Links::Refuse { libc::O_NOFOLLOW } else { 0 };
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | no_follow);
    }
    #[cfg(not(unix))]
    let _ = links;
    options.open(path)
}

/// True when the user may read the file at `path`.
pub(super) fn check_readable(path: &Path) -> io::Result<()> {
    open(path, Links::Follow).map(drop)
}

/// Why an entry that is neither file nor folder is left out.
pub(super) fn special_reason(kind: FileType) -> Reason {
    if kind.is_symlink() {
        return Cow::Borrowed(SYMBOLIC_LINK);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Cow::Borrowed("named pipe");
        } else if kind.is_socket() {
            return Cow::Borrowed("socket");
        } else if kind.is_char_device() || kind.is_block_device() {
            return Cow::Borrowed("device");
        }
    }
    Cow::Borrowed("not a regular file")
}

/// An input error in a reader's words, without the operating system's number.
pub(super) fn io_reason(err: &io::Error) -> Reason {
    match err.kind() {
        ErrorKind::NotFound => Cow::Borrowed("no such file or directory"),
        ErrorKind::PermissionDenied => Cow::Borrowed("permission denied"),
        ErrorKind::InvalidFilename => Cow::Borrowed("path too long"),
        _ => {
            let text = err.to_string();
            let end = text.find(" (os error").unwrap_or(text.len());
            Cow::Owned(text[..end].to_lowercase())
        }
    }
}

/// Bytes as people write them: `20 MiB`, `1500 bytes`.
fn human_size(bytes: u64) -> String {
    for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields `left` bytes in reads of at most 7,001.
    struct Trickle(usize);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(self.0).min(7_001);
            buffer[..count].fill(b'x');
            self.0 -= count;
            Ok(count)
        }
    }

    fn length(content: Content<'_>) -> usize {
        match content {
            Content::Text(text) => text.len(),
            Content::Archive(..) => panic!("text is no archive"),
        }
    }

    #[test]
    fn a_stream_is_read_to_its_end_or_refused_at_the_limit() {
        let budget = Budget::new(1 << 20);
        let limit = 300_000;
        let mut reader = Reader::new(&budget, limit as u64, true);
        for size in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, limit, limit + 1, 9_000_000] {
            let read = reader.stream(&mut Trickle(size), length);
            if size <= limit {
                assert_eq!(read, Ok(size));
            } else {
                assert_eq!(read, Err("larger than the limit of 300000 bytes".into()));
            }
        }
    }

    #[test]
    fn an_input_that_grows_is_cut_at_its_known_size() {
        let budget = Budget::new(1 << 20);
        let mut reader = Reader::new(&budget, u64::MAX, true);
        let loaded = reader.load(&mut Trickle(usize::MAX), |_| Ok(2_000_000)).unwrap();
        assert_eq!(loaded.filled, 2_000_000);
    }

    #[test]
    fn the_room_of_a_large_file_is_given_back() {
        let budget = Budget::new(1 << 30);
        let mut reader = Reader::new(&budget, u64::MAX, true);
        let len = reader.stream(&mut Trickle(10 * KEEP), length);
        assert_eq!(len, Ok(10 * KEEP));
        assert!(reader.raw.capacity() <= KEEP);
    }

    #[test]
    fn sizes_are_written_as_people_write_them() {
        assert_eq!(human_size(20 << 20), "20 MiB");
        assert_eq!(human_size(1500), "1500 bytes");
        assert_eq!(human_size(0), "0 bytes");
    }
}
