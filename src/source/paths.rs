//! Names of files: how reports show them, and what the paths of a request mean
//! before a walk starts. Knows the file system's names, never a file's content.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::read::{check_readable, io_reason};
use super::{SourceError, SourceRequest};

/// A path as reports show it: forward slashes, no leading `./`, and no
/// characters that steer a terminal (controls, bidirectional overrides) or
/// that are not Unicode: these become U+FFFD.
pub fn display_path(path: &Path) -> Arc<str> {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { Cow::Owned(text.replace('\\', "/")) } else { text };
    let text = text.strip_prefix("./").unwrap_or(&text);
    if text.chars().any(steers_terminal) {
        let shown = |char| if steers_terminal(char) { char::REPLACEMENT_CHARACTER } else { char };
        return text.chars().map(shown).collect::<String>().into();
    }
    text.into()
}

fn steers_terminal(char: char) -> bool {
    let hides =
        matches!(char, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    char.is_control() || hides
}

/// Globs of paths that the user wants left out, as lines of a `.gitignore` in
/// the working directory.
#[derive(Debug, Clone)]
pub(super) struct Exclude(Gitignore);

impl Exclude {
    pub(super) fn new(globs: &[String], cwd: &Path) -> Result<Self, SourceError> {
        let mut builder = GitignoreBuilder::new(cwd);
        for glob in globs {
            // What a shell completes: means the path below the working directory.
            let line = glob
                .strip_prefix("./")
                .map_or(Cow::Borrowed(glob), |rest| Cow::Owned(format!("/{rest}")));
            builder.add_line(None, &line).map_err(|err| bad_glob(glob, &err))?;
        }
        builder.build().map(Exclude).map_err(|err| bad_glob(&globs.join(" "), &err))
    }

    /// True for an entry whose folder is not excluded itself.
    pub(super) fn entry(&self, path: &Path, is_dir: bool) -> bool {
        self.0.matched(path, is_dir).is_ignore()
    }

    /// True when the path or a folder that it lies in is excluded.
    pub(super) fn path(&self, path: &Path, is_dir: bool) -> bool {
        let mut folders = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
        self.entry(path, is_dir) || folders.any(|above| self.entry(above, true))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn bad_glob(glob: &str, err: &ignore::Error) -> SourceError {
    let message = match err {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    };
    SourceError::Glob { glob: glob.to_owned(), message }
}

/// The places where a walk starts: each readable, each once.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// In the order of the request. Relative to the working directory where
    /// they lie in it.
    pub paths: Vec<PathBuf>,
    /// Roots as the walk of another root comes across them: not to be visited
    /// from there again.
    pub inner: HashSet<PathBuf>,
    pub stdin: bool,
    /// Named paths that an exclude glob leaves out.
    pub excluded: u64,
}

impl Roots {
    /// Looks at every named path before anything is scanned.
    ///
    /// # Errors
    /// The first path that does not exist or may not be read.
    pub(super) fn find(
        request: &SourceRequest,
        exclude: &Exclude,
        cwd: &Path,
    ) -> Result<Self, SourceError> {
        let mut roots = Roots::default();
        let mut by_place = HashMap::new();
        let real_cwd = fs::canonicalize(cwd).unwrap_or_else(|_| cwd.to_path_buf());
        for named in &request.paths {
            if named == Path::new("-") {
                roots.stdin = true;
                continue;
            }
            let (place, is_dir) = look_at(named).map_err(|err| unusable(named, &err))?;
            let path = relative(named, &place, cwd, &real_cwd);
            if exclude.path(&path, is_dir) {
                roots.excluded += 1;
            } else if let Entry::Vacant(vacant) = by_place.entry(place) {
                let start = walk_start(path, is_dir);
                roots.paths.push(start.clone());
                vacant.insert(start);
            }
        }
        roots.inner = inner_roots(&by_place);
        Ok(roots)
    }
}

fn unusable(named: &Path, err: &std::io::Error) -> SourceError {
    SourceError::Path {
        path: display_path(named).to_string(),
        message: io_reason(err).into_owned(),
    }
}

/// Where a named path really is, and whether it is a folder.
fn look_at(named: &Path) -> std::io::Result<(PathBuf, bool)> {
    let place = fs::canonicalize(named)?;
    let meta = fs::metadata(&place)?;
    if meta.is_dir() {
        fs::read_dir(&place).map(drop)?;
    } else if meta.is_file() {
        check_readable(&place)?;
    }
    Ok((place, meta.is_dir()))
}

/// The path below the working directory where there is one, without `.` in it;
/// otherwise as it was given. A symbolic link that was named keeps its name.
fn relative(named: &Path, place: &Path, cwd: &Path, real_cwd: &Path) -> PathBuf {
    let climbs = named.components().any(|part| part == Component::ParentDir);
    let below = if climbs || named.is_absolute() && !named.starts_with(cwd) {
        place.strip_prefix(real_cwd).unwrap_or(named)
    } else {
        named.strip_prefix(cwd).unwrap_or(named)
    };
    let path: PathBuf = below.components().filter(|part| *part != Component::CurDir).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

/// The walker does not enter a link at its start, except with a slash behind
/// it, and takes a file of the name `-` for standard input.
fn walk_start(path: PathBuf, is_dir: bool) -> PathBuf {
    if is_dir && path.is_symlink() {
        path.join("")
    } else if path == Path::new("-") {
        Path::new(".").join(path)
    } else {
        path
    }
}

/// For each root that lies below another one, its path in the other's walk.
fn inner_roots(by_place: &HashMap<PathBuf, PathBuf>) -> HashSet<PathBuf> {
    let mut inner = HashSet::new();
    for place in by_place.keys() {
        for above in place.ancestors().skip(1) {
            if let (Some(outer), Ok(rest)) = (by_place.get(above), place.strip_prefix(above)) {
                inner.insert(outer.join(rest));
            }
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_show_nothing_that_steers_a_terminal() {
        assert_eq!(&*display_path(Path::new("./a/b.rs")), "a/b.rs");
        assert_eq!(
            &*display_path(Path::new("a\u{1b}[31m\n\u{202e}b")),
            "a\u{fffd}[31m\u{fffd}\u{fffd}b"
        );
        assert_eq!(&*display_path(Path::new("/ä/é")), "/ä/é");
    }

    #[test]
    fn a_file_named_like_standard_input_is_a_file() {
        assert_eq!(walk_start(PathBuf::from("-"), false).as_os_str(), "./-");
    }

    #[test]
    fn paths_below_the_working_directory_are_relative() {
        let cwd = Path::new("/home/me/app");
        let shown = |named: &str, place: &str| {
            relative(Path::new(named), Path::new(place), cwd, Path::new("/data/app"))
        };
        assert_eq!(shown("/home/me/app/src", "/data/app/src"), Path::new("src"));
        assert_eq!(shown("/data/app/src", "/data/app/src"), Path::new("src"));
        assert_eq!(shown("./src/./x/", "/data/app/src/x"), Path::new("src/x"));
        assert_eq!(shown("../app", "/data/app"), Path::new("."));
        assert_eq!(shown("../other", "/data/other"), Path::new("../other"));
        assert_eq!(shown("/etc/x", "/etc/x"), Path::new("/etc/x"));
    }
}
