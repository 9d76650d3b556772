//! Looks for the config file of what is scanned.

use std::path::{Path, PathBuf};

use super::ConfigError;

/// Names of a config file; one of them may stand in a folder.
pub const FILE_NAMES: [&str; 2] = ["seamline.toml", ".seamline.toml"];

/// The config file for a scan of `start`: the nearest one from there up to the
/// root of its repository. Outside a repository only `start` itself is looked
/// at, so that a file somebody left in a parent folder has no say.
///
/// # Errors
/// A folder that holds both names.
pub fn discover(start: &Path) -> Result<Option<PathBuf>, ConfigError> {
    nearest(start, in_folder)
}

/// The nearest file called `name`, looked for as [`discover`] looks for a config.
pub fn discover_named(start: &Path, name: &str) -> Option<PathBuf> {
    let look = |folder: &Path| Ok(Some(plain(folder).join(name)).filter(|file| file.is_file()));
    nearest(start, look).ok().flatten()
}

/// What `look` finds in `start` or the folders above it.
fn nearest(
    start: &Path,
    look: impl Fn(&Path) -> Result<Option<PathBuf>, ConfigError>,
) -> Result<Option<PathBuf>, ConfigError> {
    let folder = if start.is_dir() { start } else { start.parent().unwrap_or(start) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let root = repository_root(folder);
    let mut here = folder.to_owned();
    loop {
        if let Some(found) = look(&here)? {
            return Ok(Some(found));
        }
        match (&root, upwards(&here)) {
            (Some(root), Some(parent)) if !same(&here, root) => here = parent,
            _ => return Ok(None),
        }
    }
}

/// The nearest folder at or above `folder` that holds `.git`.
pub fn repository_root(folder: &Path) -> Option<PathBuf> {
    let mut here = folder.to_owned();
    loop {
        if here.join(".git").exists() {
            return Some(here);
        }
        here = upwards(&here)?;
    }
}

fn in_folder(folder: &Path) -> Result<Option<PathBuf>, ConfigError> {
    let files = FILE_NAMES.map(|name| plain(folder).join(name));
    match files.each_ref().map(|file| file.is_file()) {
        [true, true] => {
            let [first, second] = files.map(|file| file.display().to_string());
            Err(ConfigError::Ambiguous(first, second))
        }
        [first, second] => {
            let [plain, hidden] = files;
            Ok(if first { Some(plain) } else { Some(hidden).filter(|_| second) })
        }
    }
}

/// `.` adds nothing to a path that people read.
fn plain(folder: &Path) -> &Path {
    if folder == Path::new(".") { Path::new("") } else { folder }
}

/// The folder above, written relative to the working directory while the
/// path is: `src` → ``, `.` → `..`, `..` → `../..`.
fn upwards(folder: &Path) -> Option<PathBuf> {
    let absolute = folder.canonicalize().ok()?;
    absolute.parent()?;
    if folder.is_absolute() {
        return folder.parent().map(Path::to_owned);
    }
    let climbs = folder
        .components()
        .all(|part| matches!(part, std::path::Component::ParentDir | std::path::Component::CurDir));
    if climbs {
        let up = plain(folder).join("..");
        return Some(up);
    }
    let parent = folder.parent().unwrap_or(Path::new(""));
    Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() })
}

fn same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
