//! The files beside a scanned one, for what has to be looked up there: a file
//! imports a name, and its value is written elsewhere.
//!
//! Nothing outside of the project is read, no symbolic link is followed, and no
//! file that is excluded is opened. A folder is listed once for a scan, names
//! are compared as they are written whatever the file system thinks of case,
//! and what is large is not read at all: so the answer is the same in whatever
//! order files are scanned, and whether they are named one by one.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::budget::Budget;
use super::paths::Exclude;
use super::read::{Content, Links, Reader};
use super::{STDIN_NAME, Source, SourceError, SourceRequest};

/// Larger files hold data.
pub const MAX_NEIGHBOUR: u64 = 256 << 10;
/// Files of one folder that are read together; larger folders are no module.
const MOST_FILES: usize = 200;
/// Bytes of all files of one folder that are read together.
const MOST_BYTES: usize = 2 << 20;
/// Folders with more entries are taken for empty.
const MOST_ENTRIES: usize = 20_000;
/// Folders below each other, from the top of the project.
const MOST_LEVELS: usize = 40;

/// The entries of a folder that are files and folders, by name.
#[derive(Debug, Default)]
pub struct Folder {
    pub files: HashSet<Box<str>>,
    pub folders: HashSet<Box<str>>,
}

/// A file that was read because another one asks for it.
#[derive(Debug)]
pub struct Neighbour {
    /// Its name in the folder.
    pub name: String,
    pub text: Vec<u8>,
}

/// Where a file lies: the top of its project and its folder, both relative to
/// the working directory where they are below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spot {
    pub root: Arc<Path>,
    pub folder: PathBuf,
}

/// What a scan knows of the folders that it has looked at. Shared by all threads.
#[derive(Debug)]
pub struct Project {
    /// The folders that the user named.
    named: Vec<PathBuf>,
    /// The name that standard input goes by.
    stdin: Option<String>,
    exclude: Exclude,
    folders: Mutex<HashMap<PathBuf, Arc<Folder>>>,
    roots: Mutex<HashMap<PathBuf, Arc<Path>>>,
}

impl Project {
    /// The files around those of `request`. Reads nothing yet.
    ///
    /// # Errors
    /// A bad glob among those of paths to leave out.
    pub fn new(request: &SourceRequest) -> Result<Self, SourceError> {
        let cwd = std::env::current_dir().unwrap_or_default();
        let stdin = request.paths.iter().any(|path| path == Path::new("-"));
        let name = || request.stdin_filename.clone().unwrap_or_else(|| STDIN_NAME.to_owned());
        let named = request.paths.iter().map(|path| {
            let below = path.strip_prefix(&cwd).unwrap_or(path);
            below.components().filter(|part| *part != Component::CurDir).collect()
        });
        Ok(Project {
            named: named.collect(),
            stdin: stdin.then(name),
            exclude: Exclude::new(&request.exclude, &cwd)?,
            folders: Mutex::default(),
            roots: Mutex::default(),
        })
    }

    /// Where `source` lies; `None` if it is no file of a work tree: standard input,
    /// a part of an archive, an old version. What stands beside it on disk may be
    /// of another version then.
    pub fn spot(&self, source: &Source<'_>) -> Option<Spot> {
        if source.origin.is_some() || self.stdin.as_deref() == Some(&*source.path) {
            return None;
        }
        let folder = Path::new(&*source.path).parent()?.to_path_buf();
        let root = self.root(&folder);
        Some(Spot { root, folder })
    }

    /// The top of the project that `folder` is in: the nearest folder around it under
    /// version control, or else the working directory, or else what the user named.
    fn root(&self, folder: &Path) -> Arc<Path> {
        let lock = || self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let is_top = |folder: &&Path| fs::symlink_metadata(folder.join(".git")).is_ok();
        let climbs = folder.components().any(|part| part == Component::ParentDir);
        let is_named =
            |above: &&Path| above.file_name().is_some() || above.as_os_str().is_empty() && !climbs;
        let mut around = folder.ancestors().take(MOST_LEVELS).take_while(is_named);
        let top = around.find(is_top).map(Path::to_path_buf);
        let named = || self.named.iter().filter(|named| folder.starts_with(named)).min();
        let top = match top {
            Some(top) => top,
            None if folder.is_relative() && !climbs => PathBuf::new(),
            None => named().cloned().unwrap_or_else(|| folder.to_path_buf()),
        };
        Arc::clone(lock().entry(folder.to_path_buf()).or_insert_with(|| top.into()))
    }

    /// What is in `folder`; nothing if it is not below `root`, or a link leads there.
    pub fn folder(&self, root: &Path, folder: &Path) -> Arc<Folder> {
        let lock = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let listed = if self.is_inside(root, folder) { list(folder) } else { Folder::default() };
        Arc::clone(lock().entry(folder.to_path_buf()).or_insert_with(|| Arc::new(listed)))
    }

    /// Whether every step from `root` to `folder` is a real folder.
    fn is_inside(&self, root: &Path, folder: &Path) -> bool {
        let Ok(below) = folder.strip_prefix(root) else { return false };
        if below.components().count() > MOST_LEVELS {
            return false;
        }
        let (Some(above), Some(name)) = (folder.parent(), folder.file_name()) else { return true };
        below.as_os_str().is_empty()
            || name.to_str().is_some_and(|name| self.folder(root, above).folders.contains(name))
    }

    /// Whether there is a regular file at `path` that may be read.
    pub fn has_file(&self, root: &Path, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
        name.to_str().is_some_and(|name| self.folder(root, folder).files.contains(name))
            && !self.exclude.path(path, false)
    }

    /// The files right in the folder of `spot` whose names `is_wanted` accepts, in the
    /// order of their names; nothing if they are too many or too large together.
    pub fn files(&self, spot: &Spot, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Neighbour> {
        let listed = self.folder(&spot.root, &spot.folder);
        let mut names: Vec<&str> =
            listed.files.iter().map(|name| &**name).filter(|name| is_wanted(name)).collect();
        names.sort_unstable();
        if names.len() > MOST_FILES {
            return Vec::new();
        }
        let mut files = Vec::with_capacity(names.len());
        let mut total = 0;
        for name in names {
            let path = spot.folder.join(name);
            let readable = !self.exclude.path(&path, false);
            let Some(text) = readable.then(|| self.read(&path)).flatten() else { continue };
            total += text.len();
            if total > MOST_BYTES {
                return Vec::new();
            }
            files.push(Neighbour { name: name.to_owned(), text });
        }
        files
    }

    /// The text of the file at `path`, for which [`Self::has_file`] holds; `None`
    /// if it is large, binary or gone.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let budget = Budget::new(MAX_NEIGHBOUR);
        let mut reader = Reader::new(&budget, MAX_NEIGHBOUR, false);
        let text = |content: Content<'_>| match content {
            Content::Text(text) => text.to_vec(),
            Content::Archive(..) => Vec::new(),
        };
        reader.file(path, Links::Refuse, text).ok()
    }
}

impl Spot {
    /// The path `written` (with `/`, and `..` for the folder above) as seen from
    /// this folder; `None` if it leads out of the project.
    pub fn join(&self, written: &str) -> Option<PathBuf> {
        let mut path = self.folder.clone();
        for part in written.split('/') {
            match part {
                "" | "." => {}
                ".." if path == *self.root || !path.pop() => return None,
                ".." => {}
                name if name.contains('\\') || name.contains('\0') => return None,
                name => path.push(name),
            }
        }
        Some(path)
    }

    /// This folder and those around it, up to the top of the project.
    pub fn around(&self) -> impl Iterator<Item = &Path> {
        let inside = |folder: &&Path| folder.starts_with(&*self.root);
        self.folder.ancestors().take_while(inside).take(MOST_LEVELS)
    }

    /// The same project, seen from `folder`.
    pub fn at(&self, folder: &Path) -> Self {
        Spot { root: Arc::clone(&self.root), folder: folder.to_path_buf() }
    }
}

fn list(folder: &Path) -> Folder {
    let mut listed = Folder::default();
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(folder) else { return listed };
    for (number, entry) in entries.flatten().enumerate() {
        if number >= MOST_ENTRIES {
            return Folder::default();
        }
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
            continue;
        };
        if kind.is_file() {
            listed.files.insert(name.into());
        } else if kind.is_dir() {
            listed.folders.insert(name.into());
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(root: &str, folder: &str) -> Spot {
        Spot { root: Arc::from(Path::new(root)), folder: PathBuf::from(folder) }
    }

    #[test]
    fn paths_never_lead_out_of_the_project() {
        let here = spot("", "app/api");
        assert_eq!(here.join("./config"), Some("app/api/config".into()));
        assert_eq!(here.join("../config"), Some("app/config".into()));
        assert_eq!(here.join("../../config"), Some("config".into()));
        assert_eq!(here.join("../../../etc/passwd"), None);
        assert_eq!(spot("/srv/app", "/srv/app").join("../x"), None);
        assert_eq!(here.join("a\\..\\x"), None);
    }

    #[test]
    fn the_folders_around_end_at_the_top() {
        let folders: Vec<PathBuf> = spot("a", "a/b/c").around().map(Path::to_path_buf).collect();
        assert_eq!(folders, [PathBuf::from("a/b/c"), "a/b".into(), "a".into()]);
    }
}
