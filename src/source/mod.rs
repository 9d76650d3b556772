//! Where bytes come from: the work-tree walk, named files, standard input, and
//! the archives among them.
//! Yields decoded [`Source`]s, or a [`Skip`] with its reason; never drops a
//! file in silence.

mod archive;
mod budget;
pub mod decode;
pub mod keystore;
pub mod lines;
pub mod notebook;
mod paths;
mod pkcs12;
pub mod place;
pub mod project;
mod read;
mod seen;
pub mod tracked;
mod walk;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::Origin;

pub use paths::display_path;

/// The limit that a user gets who names none: larger files are data.
pub const DEFAULT_MAX_FILE_SIZE: u64 = 20 * 1024 * 1024;

/// What files of more than a megabyte may hold in memory at one time, over all
/// threads.
const LARGE_FILE_BUDGET: u64 = 64 * 1024 * 1024;

/// What reports call standard input if the user gives it no name.
const STDIN_NAME: &str = "<stdin>";

/// One file to scan, decoded to UTF-8 (bytes that are no text stay as they are).
pub struct Source<'a> {
    /// As reports show it: relative to the working directory, forward slashes;
    /// `archive.zip!inner/path` for a file in an archive.
    pub path: Arc<str>,
    pub text: &'a [u8],
    pub origin: Option<Origin>,
}

impl<'a> Source<'a> {
    /// The file `inner` of the archive at `path`.
    fn within(path: &str, inner: &str, text: &'a [u8]) -> Self {
        let origin = Origin { inner_path: Some(inner.to_owned()), ..Origin::default() };
        let path = format!("{path}{}{inner}", archive::SEPARATOR);
        Source { path: Arc::from(path), text, origin: Some(origin) }
    }

    /// The skip of this source, or of a stage of it, for `reason`.
    pub fn left_out(&self, reason: Cow<'static, str>) -> Skip {
        let inner = self.origin.as_ref().and_then(|origin| origin.inner_path.as_deref());
        let archive =
            inner.and_then(|i| self.path.strip_suffix(i)?.strip_suffix(archive::SEPARATOR));
        match (archive, inner) {
            (Some(archive), Some(inner)) => {
                Skip { path: Arc::from(archive), reason: format!("{inner}: {reason}").into() }
            }
            _ => Skip { path: Arc::clone(&self.path), reason },
        }
    }

    /// The path that says what the file is: within its archive, if it is in one.
    pub fn own_path(&self) -> &str {
        let inner = self.origin.as_ref().and_then(|origin| origin.inner_path.as_deref());
        inner.unwrap_or(&self.path)
    }
}

/// A file, or a stage of one, that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    pub path: Arc<str>,
    pub reason: Cow<'static, str>,
}

impl Skip {
    /// Whether anything went unread. What a symbolic link leads to is read where
    /// it lies, or is no part of what was asked for.
    pub fn is_loss(&self) -> bool {
        self.reason != read::SYMBOLIC_LINK
    }
}

/// What to read.
#[derive(Debug, Clone)]
pub struct SourceRequest {
    /// Files, folders or `-`; as the user wrote them. Named files are scanned
    /// also when an ignore file lists them.
    pub paths: Vec<PathBuf>,
    /// Read `.gitignore` and `.git/info/exclude` (in git repositories, as git
    /// does), `.ignore` and `.seamlineignore`.
    pub respect_ignores: bool,
    /// Scan hidden files (never `.git`).
    pub hidden: bool,
    /// Files with more bytes are skipped; named files too.
    pub max_file_size: u64,
    /// Look into archives, compressed files and office documents.
    pub archives: bool,
    /// Globs of paths to leave out, from the command line and the config: lines
    /// of a `.gitignore` in the working directory. They hold for named files
    /// too, and what they match is not opened.
    pub exclude: Vec<String>,
    /// Name to report for standard input.
    pub stdin_filename: Option<String>,
}

impl Default for SourceRequest {
    fn default() -> Self {
        SourceRequest {
            paths: Vec::new(),
            respect_ignores: true,
            hidden: true,
            max_file_size: DEFAULT_MAX_FILE_SIZE,
            archives: true,
            exclude: Vec::new(),
            stdin_filename: None,
        }
    }
}

/// A path the user named that cannot be read, or a bad glob: a usage error (exit 2).
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{path}: {message}")]
    Path { path: String, message: String },
    #[error("bad glob `{glob}`: {message}")]
    Glob { glob: String, message: String },
}

/// What a run leaves behind.
#[derive(Debug)]
pub struct Visited<W> {
    /// One for each thread that got something, in no order.
    pub workers: Vec<W>,
    /// Files and folders that the globs of [`SourceRequest::exclude`] matched;
    /// what lies in such a folder is not counted.
    pub excluded: u64,
}

/// Visits every source of `request` once, on all cores. `new_worker` makes the
/// state of a thread; `visit` gets it with each source or skip, in no order.
///
/// # Errors
/// A path named in the request that does not exist or cannot be read, or a bad
/// glob. Nothing has been visited then.
pub fn visit_all<W: Send>(
    request: &SourceRequest,
    new_worker: &(dyn Fn() -> W + Sync),
    visit: &(dyn Fn(&mut W, Result<Source<'_>, Skip>) + Sync),
) -> Result<Visited<W>, SourceError> {
    let cwd = std::env::current_dir().map_err(|err| SourceError::Path {
        path: ".".to_owned(),
        message: read::io_reason(&err).into_owned(),
    })?;
    let exclude = paths::Exclude::new(&request.exclude, &cwd)?;
    let roots = paths::Roots::find(request, &exclude, &cwd)?;
    let job = walk::Job {
        budget: budget::Budget::new(LARGE_FILE_BUDGET),
        unpacked: budget::Budget::new(archive::SHARED),
        max_file_size: request.max_file_size,
        archives: request.archives,
        new_worker,
        visit,
        done: Mutex::new(Vec::new()),
    };
    let mut excluded = roots.excluded;
    if roots.stdin {
        excluded += visit_stdin(request, &exclude, &job);
    }
    excluded += walk::run(request, roots, exclude, &job);
    let workers = job.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Visited { workers, excluded })
}

/// Looks into the container `bytes`, which are in memory already: `visit` gets
/// the inner path and the text of every file in it. Returns the reasons of what
/// is left out; `None` if the bytes are no container that can be looked into.
pub fn visit_container(
    bytes: &[u8],
    visit: &mut dyn FnMut(&str, &[u8]),
) -> Option<Vec<Cow<'static, str>>> {
    let kind = archive::Kind::of(bytes)?;
    let budget = budget::Budget::new(archive::SHARED);
    Some(archive::visit(kind, ("", bytes), &budget, visit))
}

/// Visits standard input under the name that the user gave it. Returns 1 when
/// that name is excluded.
fn visit_stdin<W>(
    request: &SourceRequest,
    exclude: &paths::Exclude,
    job: &walk::Job<'_, W>,
) -> u64 {
    let name = request.stdin_filename.as_deref();
    if name.is_some_and(|name| exclude.path(Path::new(name), false)) {
        return 1;
    }
    let path = display_path(Path::new(name.unwrap_or(STDIN_NAME)));
    walk::Thread::new(job)
        .visit_text(&path, |reader, then| reader.stream(&mut io::stdin().lock(), then));
    0
}
