//! Which files that git tracks a walk has not seen: those that an ignore file
//! listed. A second walk looks for them, and for nothing else, so that every other
//! rule about what is looked at stays in force.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::DirEntry;

use super::Skip;
use super::paths::display_path;
use super::tracked::{self, WorkTree};

/// The files that a walk has visited: a number for each path, so that a tree of a
/// million files takes eight megabytes.
#[derive(Debug)]
pub(super) struct Seen {
    /// Differs from run to run: nobody can give two files the same number.
    seed: u64,
    files: Mutex<Vec<u64>>,
}

impl Default for Seen {
    fn default() -> Self {
        Seen { seed: RandomState::new().hash_one(0), files: Mutex::default() }
    }
}

impl Seen {
    /// What stands for `path`. An index has tens of thousands of them, so eight
    /// bytes are mixed at a time.
    pub fn mark(&self, path: &[u8]) -> u64 {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut mark = self.seed ^ path.len() as u64;
        let (words, rest) = path.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        for word in words.iter().chain([&last]) {
            let product = u128::from(mark ^ u64::from_le_bytes(*word)) * u128::from(ODD);
            mark = (product as u64) ^ ((product >> 64) as u64).rotate_left(23);
        }
        mark
    }

    /// Adds the marks of one thread.
    pub fn add(&self, marks: &mut Vec<u64>) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).append(marks);
    }
}

/// For numbers that are mixed already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// Tracked files that are still to be visited, and the folders on the way.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    files: HashSet<PathBuf>,
    folders: HashSet<PathBuf>,
}

impl Tracked {
    /// The files in the indexes of `trees` that are not in `seen`. An index that
    /// cannot be used is told as a skip of `.git`.
    pub fn unseen(
        trees: impl Iterator<Item = WorkTree>,
        seen: &Seen,
        left_out: &mut dyn FnMut(Skip),
    ) -> Self {
        let files = std::mem::take(&mut *seen.files.lock().unwrap_or_else(PoisonError::into_inner));
        let marks: HashSet<u64, BuildHasherDefault<AsItIs>> = files.into_iter().collect();
        let mut all = Tracked::default();
        for tree in trees {
            let is_seen = |path: &[u8]| marks.contains(&seen.mark(path));
            if let Err(error) = all.add(&tree, &is_seen) {
                let reason = format!("{error}: tracked files that are ignored are not scanned");
                left_out(Skip { path: display_path(&tree.git), reason: reason.into() });
            }
        }
        all
    }

    fn add(
        &mut self,
        tree: &WorkTree,
        is_seen: &dyn Fn(&[u8]) -> bool,
    ) -> Result<(), tracked::IndexError> {
        let Some(index) = tree.index()? else { return Ok(()) };
        // As the walk would name a file of the tree.
        let mut path = tree.path.join("").into_os_string().into_encoded_bytes();
        let start = path.len();
        tracked::files(&index, &mut |file| {
            let Some(rest) = file.strip_prefix(&tree.below[..]) else { return };
            path.truncate(start);
            path.extend_from_slice(rest);
            if !is_seen(&path) {
                self.want(&tree.path, rest);
            }
        })
    }

    fn want(&mut self, top: &Path, file: &[u8]) {
        // The walk's own names are Unicode wherever this is not.
        let Ok(file) = std::str::from_utf8(file) else { return };
        let path = top.join(file);
        let mut above = path.parent();
        while let Some(folder) = above {
            if !self.folders.insert(folder.to_owned()) {
                break;
            }
            above = folder.parent();
        }
        self.files.insert(path);
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether `entry` is one of the files, or on the way to one.
    pub fn has(&self, entry: &DirEntry) -> bool {
        let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
        let wanted = if is_dir { &self.folders } else { &self.files };
        wanted.contains(entry.path())
    }
}
