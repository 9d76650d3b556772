//! The walk over folders on all threads. Each thread reads and visits the files
//! that it finds itself: no channel, nothing waits in memory.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::archive;
use super::budget::Budget;
use super::paths::{Exclude, Roots, display_path};
use super::read::{Content, Links, Reader, Reason, io_reason, special_reason};
use super::{Skip, Source, SourceRequest};

/// Where version control keeps its own data: never part of a work tree. In
/// linked work trees and submodules `.git` is a file.
const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".jj"];

/// Our own ignore file: the syntax of `.gitignore`, and it wins over the others.
const IGNORE_FILE: &str = ".seamlineignore";

type Visit<'s, W> = &'s (dyn Fn(&mut W, Result<Source<'_>, Skip>) + Sync);

/// What all threads of a run share.
pub(super) struct Job<'s, W> {
    pub budget: Budget,
    /// For what comes out of archives; apart from `budget`, so that who holds a
    /// permit of that one may wait for one of this.
    pub unpacked: Budget,
    pub max_file_size: u64,
    pub archives: bool,
    pub new_worker: &'s (dyn Fn() -> W + Sync),
    pub visit: Visit<'s, W>,
    /// The workers of the threads that are done.
    pub done: Mutex<Vec<W>>,
}

/// Visits everything below `roots`. Returns the number of files and folders
/// that an exclude glob left out.
pub(super) fn run<W: Send>(
    request: &SourceRequest,
    roots: Roots,
    exclude: Exclude,
    job: &Job<'_, W>,
) -> u64 {
    let Some((first, others)) = roots.paths.split_first() else { return 0 };
    let mut builder = WalkBuilder::new(first);
    for path in others {
        builder.add(path);
    }
    let ignores = request.respect_ignores;
    builder
        .hidden(!request.hidden)
        .parents(ignores)
        .ignore(ignores)
        .git_ignore(ignores)
        .git_exclude(ignores)
        // A user's global ignore file would make results differ by machine.
        .git_global(false);
    if ignores {
        builder.add_custom_ignore_filename(IGNORE_FILE);
    }
    let excluded = Arc::new(AtomicU64::new(0));
    let filter = Filter { roots, exclude, excluded: Arc::clone(&excluded) };
    builder.filter_entry(move |entry| filter.wants(entry));
    builder.build_parallel().visit(&mut Threads(job));
    excluded.load(Ordering::Relaxed)
}

/// What of a folder is looked at, beyond the ignore files.
struct Filter {
    roots: Roots,
    exclude: Exclude,
    excluded: Arc<AtomicU64>,
}

impl Filter {
    fn wants(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name().as_encoded_bytes();
        if name.first() == Some(&b'.')
            && VERSION_CONTROL.iter().any(|store| store.as_bytes() == name)
        {
            return false;
        }
        if !self.roots.inner.is_empty() && self.roots.inner.contains(entry.path()) {
            return false;
        }
        if self.exclude.is_empty() {
            return true;
        }
        let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
        let excluded = self.exclude.entry(entry.path(), is_dir);
        self.excluded.fetch_add(u64::from(excluded), Ordering::Relaxed);
        !excluded
    }
}

struct Threads<'s, W>(&'s Job<'s, W>);

impl<'s, W: Send> ParallelVisitorBuilder<'s> for Threads<'s, W> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Thread::new(self.0))
    }
}

/// One thread of a run.
pub(super) struct Thread<'s, W> {
    job: &'s Job<'s, W>,
    reader: Reader<'s>,
    /// Made when the thread gets its first entry.
    worker: Option<W>,
}

impl<'s, W> Thread<'s, W> {
    pub(super) fn new(job: &'s Job<'s, W>) -> Self {
        Thread {
            job,
            reader: Reader::new(&job.budget, job.max_file_size, job.archives),
            worker: None,
        }
    }

    /// Visits the text that `read` gets from the reader, those of an archive
    /// one by one, or the skip.
    pub(super) fn visit_text(
        &mut self,
        path: &Arc<str>,
        read: impl FnOnce(&mut Reader<'s>, &mut dyn FnMut(Content<'_>)) -> Result<(), Reason>,
    ) {
        let Job { new_worker, visit, .. } = *self.job;
        let worker = self.worker.get_or_insert_with(new_worker);
        let mut left_out = Vec::new();
        let result = read(&mut self.reader, &mut |content| match content {
            Content::Text(text) => {
                visit(worker, Ok(Source { path: Arc::clone(path), text, origin: None }));
            }
            Content::Archive(kind, bytes) => {
                left_out =
                    archive::visit(kind, (path, bytes), &self.job.unpacked, &mut |inner, text| {
                        visit(worker, Ok(Source::within(path, inner, text)));
                    });
            }
        });
        left_out.extend(result.err());
        left_out.into_iter().for_each(|reason| self.skip(Arc::clone(path), reason));
    }

    fn skip(&mut self, path: Arc<str>, reason: Reason) {
        let worker = self.worker.get_or_insert_with(self.job.new_worker);
        (self.job.visit)(worker, Err(Skip { path, reason }));
    }

    fn entry(&mut self, entry: &DirEntry) {
        let path = entry.path();
        // A link that the user named is followed, one met on the way is not.
        let (kind, links) = if entry.depth() == 0 {
            (fs::metadata(path).map(|meta| meta.file_type()).ok(), Links::Follow)
        } else {
            (entry.file_type(), Links::Refuse)
        };
        match kind {
            Some(kind) if kind.is_dir() => {}
            Some(kind) if kind.is_file() => {
                self.visit_text(&display_path(path), |reader, then| reader.file(path, links, then));
            }
            Some(kind) => self.skip(display_path(path), special_reason(kind)),
            None => self.skip(display_path(path), Reason::Borrowed("vanished during the scan")),
        }
    }

    /// Each cause in `err` becomes a skip of the path that it names.
    fn error(&mut self, err: &ignore::Error, path: &Path, line: Option<u64>) {
        match err {
            ignore::Error::Partial(errors) => {
                errors.iter().for_each(|err| self.error(err, path, line));
            }
            ignore::Error::WithPath { path, err } => self.error(err, path, line),
            ignore::Error::WithDepth { err, .. } => self.error(err, path, line),
            ignore::Error::WithLineNumber { line, err } => self.error(err, path, Some(*line)),
            ignore::Error::Io(err) => self.skip(display_path(path), io_reason(err)),
            ignore::Error::Glob { err, .. } => {
                let line = line.map(|line| format!(" in line {line}")).unwrap_or_default();
                let reason = format!("bad ignore pattern{line} has no effect: {err}");
                self.skip(display_path(path), Reason::Owned(reason));
            }
            other => self.skip(display_path(path), Reason::Owned(other.to_string())),
        }
    }
}

impl<W: Send> ParallelVisitor for Thread<'_, W> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Err(err) => self.error(&err, Path::new("."), None),
            Ok(entry) => {
                if let Some(err) = entry.error() {
                    self.error(err, entry.path(), None);
                }
                self.entry(&entry);
            }
        }
        WalkState::Continue
    }
}

impl<W> Drop for Thread<'_, W> {
    /// Threads end by being dropped: hands the worker's results over.
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            self.job.done.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
    }
}
