//! The files that git tracks, read from its index: they are scanned although an
//! ignore file of git lists them, as they are published with the rest. What is
//! in the index is hostile: it only ever picks among the files of a walk.
//!
//! Format: `Documentation/gitformat-index.txt` of git, versions 2 to 4. Of an index
//! that is split in two (`core.splitIndex`) only the newer part is read.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of an index at most: some two million files.
const LARGEST_INDEX: u64 = 256 << 20;
/// Bytes of a `.git` that names the folder meant.
const LARGEST_LINK: u64 = 4096;

/// Flag bits of an entry.
const EXTENDED: u16 = 0x4000;
/// Of the mode: the type of the file.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// Why an index says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    #[error("the git index cannot be read")]
    Unreadable,
    #[error("the git index is larger than {} MiB", LARGEST_INDEX >> 20)]
    TooLarge,
    #[error("the git index is in a format that is not known")]
    Format,
}

/// A work tree as a walk comes across it.
#[derive(Debug)]
pub(super) struct WorkTree {
    /// Its `.git`: a folder, or a file that names one.
    pub git: PathBuf,
    /// Where the walk meets the tree.
    pub path: PathBuf,
    /// What of the tree lies there: empty for all of it, else ends with a slash.
    pub below: Vec<u8>,
}

impl WorkTree {
    /// The work tree that `root`, where a walk starts, lies in.
    pub fn around(root: &Path) -> Option<Self> {
        let place = fs::canonicalize(root).ok()?;
        let top = place.ancestors().find(|above| above.join(".git").exists())?;
        let below = place.strip_prefix(top).ok()?.as_os_str().as_encoded_bytes();
        let mut below = if cfg!(windows) { with_slashes(below) } else { below.to_vec() };
        if !below.is_empty() {
            below.push(b'/');
        }
        Some(WorkTree { git: top.join(".git"), path: root.to_owned(), below })
    }

    /// The content of its index; `None` without one.
    ///
    /// # Errors
    /// There is one that cannot be used.
    pub fn index(&self) -> Result<Option<Vec<u8>>, IndexError> {
        let Some(folder) = git_folder(&self.git) else { return Ok(None) };
        let Ok(file) = File::open(folder.join("index")) else { return Ok(None) };
        let size = file.metadata().map_err(|_| IndexError::Unreadable)?.len();
        if size > LARGEST_INDEX {
            return Err(IndexError::TooLarge);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        file.take(LARGEST_INDEX).read_to_end(&mut bytes).map_err(|_| IndexError::Unreadable)?;
        Ok(Some(bytes))
    }
}

fn with_slashes(path: &[u8]) -> Vec<u8> {
    path.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect()
}

/// The folder that `git` is, or that it names (`gitdir: …`, in linked work trees
/// and submodules).
fn git_folder(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let mut text = String::new();
    File::open(git).ok()?.take(LARGEST_LINK).read_to_string(&mut text).ok()?;
    let named = text.strip_prefix("gitdir:")?.trim();
    Some(git.parent()?.join(named))
}

/// Calls `visit` with the path of each regular file in the index `bytes`: with
/// slashes, from the top of the work tree.
///
/// # Errors
/// The bytes are no index; some paths may have been visited.
pub fn files(bytes: &[u8], visit: &mut dyn FnMut(&[u8])) -> Result<(), IndexError> {
    // The length of object names is not written in an index.
    let entries = Entries::new(bytes).ok_or(IndexError::Format)?;
    let sha1 = entries.clone().reads_on(20);
    let hash = if sha1 || !entries.clone().reads_on(32) { 20 } else { 32 };
    Entries { hash, ..entries }.visit(visit).ok_or(IndexError::Format)
}

/// The entries of an index that are still to be read.
#[derive(Debug, Clone)]
struct Entries<'a> {
    rest: &'a [u8],
    version: u32,
    count: u32,
    /// Bytes of an object's name.
    hash: usize,
}

impl<'a> Entries<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"DIRC")?;
        let (version, rest) = number(rest)?;
        let (count, rest) = number(rest)?;
        (2..=4).contains(&version).then_some(Entries { rest, version, count, hash: 20 })
    }

    /// Whether the first entries make sense with names of `hash` bytes.
    fn reads_on(self, hash: usize) -> bool {
        let count = self.count.min(8);
        let mut sound = true;
        let read = Entries { hash, count, ..self }.visit(&mut |path| {
            sound &= !path.is_empty() && !path.iter().any(|byte| *byte < b' ');
        });
        read.is_some() && sound
    }

    /// `None` if the bytes end too soon.
    fn visit(mut self, visit: &mut dyn FnMut(&[u8])) -> Option<()> {
        let mut path = Vec::new();
        for _ in 0..self.count {
            if self.entry(&mut path)? {
                visit(&path);
            }
        }
        Some(())
    }

    /// Reads one entry; `path` holds that of the one before, and then its own.
    /// Says whether it is a regular file.
    fn entry(&mut self, path: &mut Vec<u8>) -> Option<bool> {
        let start = self.rest;
        // Times, device and inode; mode; owner and size; name of the object; flags.
        let (mode, _) = number(start.get(24..)?)?;
        let flags = start.get(40 + self.hash..)?;
        let extended = u16::from_be_bytes([*flags.first()?, *flags.get(1)?]) & EXTENDED != 0;
        let mut name = flags.get(if extended { 4 } else { 2 }..)?;
        let kept = if self.version == 4 { path.len().checked_sub(varint(&mut name)?)? } else { 0 };
        let end = memchr::memchr(0, name)?;
        path.truncate(kept);
        path.extend_from_slice(name.get(..end)?);
        let used = start.len() - name.len() + end;
        // Before version 4 entries are filled up to eight bytes, at least one.
        let length = if self.version == 4 { used + 1 } else { (used + 8) & !7 };
        self.rest = start.get(length..)?;
        Some(mode & TYPE == REGULAR)
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (four, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*four), rest))
}

/// A number in git's form for offsets: seven bits a byte, and one is added for
/// each byte that follows.
fn varint(bytes: &mut &[u8]) -> Option<usize> {
    let mut value: usize = 0;
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value = value.checked_shl(7)?.checked_add(usize::from(byte & 0x7F))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        // No path is as long.
        value = value.checked_add(1).filter(|value| *value < 1 << 24)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of version `version` with these regular files and a link.
    fn index(version: u32, paths: &[&str], hash: usize) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend((paths.len() as u32 + 1).to_be_bytes());
        let mut before = "";
        for (mode, path) in paths.iter().map(|path| (0o100_644, *path)).chain([(0o120_000, "z")]) {
            let start = bytes.len();
            bytes.extend([0; 24]);
            bytes.extend(u32::to_be_bytes(mode));
            bytes.extend([1; 12]);
            bytes.extend(vec![7; hash]);
            bytes.extend((path.len() as u16).to_be_bytes());
            if version == 4 {
                bytes.push(before.len() as u8);
                before = path;
            }
            bytes.extend(path.bytes());
            bytes.push(0);
            while version < 4 && !(bytes.len() - start).is_multiple_of(8) {
                bytes.push(0);
            }
        }
        bytes.extend(vec![0; hash]);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<String>, IndexError> {
        let mut paths = Vec::new();
        files(bytes, &mut |path| paths.push(String::from_utf8_lossy(path).into_owned()))?;
        Ok(paths)
    }

    #[test]
    fn regular_files_of_every_version_and_hash_are_read() {
        let paths = ["a", "dir/b.txt", "dir/c", "longer/path/with/ü"];
        for version in 2..=4 {
            for hash in [20, 32] {
                assert_eq!(read(&index(version, &paths, hash)).unwrap(), paths, "{version} {hash}");
            }
        }
    }

    #[test]
    fn an_index_that_ends_too_soon_is_told() {
        let whole = index(2, &["a", "b"], 20);
        for length in 0..whole.len() - 20 {
            assert_eq!(read(&whole[..length]), Err(IndexError::Format), "{length}");
        }
        assert_eq!(read(&index(5, &["a"], 20)), Err(IndexError::Format));
    }

    #[test]
    fn numbers_are_gits() {
        for (bytes, expected) in
            [(&[0_u8][..], 0), (&[0x7F], 127), (&[0x80, 0], 128), (&[0x81, 1], 257)]
        {
            assert_eq!(varint(&mut &bytes[..]), Some(expected));
        }
        assert_eq!(varint(&mut &[0xFF_u8; 40][..]), None);
    }
}
