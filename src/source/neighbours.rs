//! Files next to a scanned one that say what its names mean: the variables of a
//! Terraform module, the values of a Helm chart. They are read only when a name
//! asks, and only what lies in the scanned tree: no link leads out of it, what is
//! excluded is not opened, and of each folder no more than a fixed amount is read.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::SourceRequest;
use super::paths::Exclude;
use super::read::{Links, open};

/// Files of one folder that are read at most; larger folders are no module.
const MAX_FILES: usize = 200;
/// Bytes of one neighbour at most.
const MAX_FILE_BYTES: u64 = 512 << 10;
/// Bytes of all neighbours of one folder at most.
const MAX_FOLDER_BYTES: usize = 2 << 20;

/// A file that was read because another one asks for it.
#[derive(Debug)]
pub struct Neighbour {
    /// Its name in the folder.
    pub name: String,
    pub text: Vec<u8>,
}

/// Where neighbours may be read.
#[derive(Debug)]
pub struct Neighbours {
    /// The real places of the folders that are scanned.
    places: Vec<PathBuf>,
    exclude: Exclude,
    cwd: PathBuf,
}

impl Neighbours {
    /// Those of the paths of `request`; none if the working directory is gone or
    /// a glob is bad, which the scan itself reports.
    pub fn of(request: &SourceRequest) -> Option<Self> {
        let cwd = std::env::current_dir().ok()?;
        let exclude = Exclude::new(&request.exclude, &cwd).ok()?;
        let real_cwd = fs::canonicalize(&cwd).ok()?;
        let named = request.paths.iter().filter_map(|path| fs::canonicalize(path).ok());
        let place = |path: PathBuf| match path {
            folder if folder.is_dir() => Some(folder),
            // Files are given one by one by whoever scans the tree around them.
            file if file.starts_with(&real_cwd) => Some(real_cwd.clone()),
            file => file.parent().map(Path::to_path_buf),
        };
        let mut places: Vec<PathBuf> = named.filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        Some(Neighbours { places, exclude, cwd: real_cwd })
    }

    /// The real place of `folder`, given as reports show it, if it is scanned.
    pub fn place(&self, folder: &Path) -> Option<PathBuf> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let place = fs::canonicalize(folder).ok()?;
        let is_scanned = self.places.iter().any(|scanned| place.starts_with(scanned));
        let shown = place.strip_prefix(&self.cwd).unwrap_or(&place);
        let is_excluded = !shown.as_os_str().is_empty() && self.exclude.path(shown, true);
        (is_scanned && !is_excluded).then_some(place)
    }

    /// The files right in the folder at `place` whose names `is_wanted` accepts, in
    /// the order of their names; nothing if they are too many or too large.
    pub fn files(&self, place: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Neighbour> {
        let Ok(entries) = fs::read_dir(place) else { return Vec::new() };
        let regular =
            entries.flatten().filter(|entry| entry.file_type().is_ok_and(|t| t.is_file()));
        let names = regular.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| is_wanted(name)).take(MAX_FILES + 1).collect();
        names.sort_unstable();
        if names.len() > MAX_FILES {
            return Vec::new();
        }
        let mut files = Vec::with_capacity(names.len());
        let mut total = 0;
        for name in names {
            let Some(text) = self.text(&place.join(&name)) else { continue };
            total += text.len();
            if total > MAX_FOLDER_BYTES {
                return Vec::new();
            }
            files.push(Neighbour { name, text });
        }
        files
    }

    /// The text of a regular file that is not excluded and not too large.
    fn text(&self, path: &Path) -> Option<Vec<u8>> {
        let shown = path.strip_prefix(&self.cwd).unwrap_or(path);
        if self.exclude.path(shown, false) {
            return None;
        }
        let file = open(path, Links::Refuse).ok()?;
        let mut text = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut text).ok()?;
        (text.len() as u64 <= MAX_FILE_BYTES).then_some(text)
    }
}
