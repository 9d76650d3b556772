//! Which files that git tracks a walk has not seen: those that an ignore file
//! listed. A second walk looks for them, and for nothing else, so that every other
//! rule about what is looked at stays in force.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::DirEntry;

use super::Skip;
use super::paths::display_path;
use super::tracked::{self, WorkTree};

/// The files that a walk has visited: a number for each path, so that a tree of a
/// million files takes eight megabytes.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hasher: RandomState,
    files: Mutex<Vec<u64>>,
}

impl Seen {
    /// What stands for `path`.
    pub fn mark(&self, path: &[u8]) -> u64 {
        self.hasher.hash_one(path)
    }

    /// Adds the marks of one thread.
    pub fn add(&self, marks: &mut Vec<u64>) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).append(marks);
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
        seen: Seen,
        left_out: &mut dyn FnMut(Skip),
    ) -> Self {
        let Seen { hasher, files } = seen;
        let mut marks = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        marks.sort_unstable();
        let mut all = Tracked::default();
        for tree in trees {
            let is_seen = |path: &[u8]| marks.binary_search(&hasher.hash_one(path)).is_ok();
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
