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
use super::seen::{Seen, Tracked};
use super::tracked::WorkTree;
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

/// Visits everything below `roots`: what no ignore file lists, and what git tracks
/// although one of git's lists it. Returns the number of files and folders that
/// an exclude glob left out.
pub(super) fn run<W: Send>(
    request: &SourceRequest,
    roots: Roots,
    exclude: Exclude,
    job: &Job<'_, W>,
) -> u64 {
    let filter = Arc::new(Filter::new(roots, exclude));
    let around = filter.roots.paths.iter().filter_map(|root| WorkTree::around(root));
    let around: Vec<WorkTree> = if request.respect_ignores { around.collect() } else { Vec::new() };
    let seen = Seen::default();
    let git_ignores = request.respect_ignores;
    walk(request, git_ignores, &filter, job, git_ignores.then_some(&seen));
    let excluded = filter.excluded.load(Ordering::Relaxed);
    if git_ignores {
        let found = std::mem::take(&mut *filter.met.lock().unwrap_or_else(PoisonError::into_inner));
        let tracked = Tracked::unseen(around.into_iter().chain(found), &seen, &mut |skip| {
            Thread::new(job).skip(skip.path, skip.reason);
        });
        if !tracked.is_empty() {
            let filter = Arc::new(Filter { only: Some(tracked), ..Filter::again(&filter) });
            walk(request, false, &filter, job, None);
        }
    }
    excluded
}

/// One walk. `git_ignores`: the ignore files of git hold. `seen` gets every file
/// that is visited.
fn walk<W: Send>(
    request: &SourceRequest,
    git_ignores: bool,
    filter: &Arc<Filter>,
    job: &Job<'_, W>,
    seen: Option<&Seen>,
) {
    let Some((first, others)) = filter.roots.paths.split_first() else { return };
    let mut builder = WalkBuilder::new(first);
    for path in others {
        builder.add(path);
    }
    let ignores = request.respect_ignores;
    builder
        .hidden(!request.hidden)
        .parents(ignores)
        .ignore(ignores)
        .git_ignore(git_ignores)
        .git_exclude(git_ignores)
        // A user's global ignore file would make results differ by machine.
        .git_global(false);
    if ignores {
        builder.add_custom_ignore_filename(IGNORE_FILE);
    }
    let wanted = Arc::clone(filter);
    builder.filter_entry(move |entry| wanted.wants(entry));
    builder.build_parallel().visit(&mut Threads { job, seen });
}

/// What of a folder is looked at, beyond the ignore files.
struct Filter {
    roots: Arc<Roots>,
    exclude: Exclude,
    excluded: AtomicU64,
    /// If set: nothing else.
    only: Option<Tracked>,
    /// The work trees of git that the walk came across.
    met: Mutex<Vec<WorkTree>>,
}

impl Filter {
    fn new(roots: Roots, exclude: Exclude) -> Self {
        Filter {
            roots: Arc::new(roots),
            exclude,
            excluded: AtomicU64::new(0),
            only: None,
            met: Mutex::default(),
        }
    }

    /// The same for another walk.
    fn again(other: &Filter) -> Self {
        let (roots, exclude) = (Arc::clone(&other.roots), other.exclude.clone());
        Filter { roots, exclude, excluded: AtomicU64::new(0), only: None, met: Mutex::default() }
    }

    fn wants(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name().as_encoded_bytes();
        if name.first() == Some(&b'.')
            && VERSION_CONTROL.iter().any(|store| store.as_bytes() == name)
        {
            self.meet(entry);
            return false;
        }
        if self.only.as_ref().is_some_and(|only| !only.has(entry)) {
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

    /// Notes the work tree that the store `entry` is of.
    fn meet(&self, entry: &DirEntry) {
        if entry.file_name() != ".git" {
            return;
        }
        // That of a root is known.
        let Some(top) = entry.path().parent().filter(|_| entry.depth() > 1) else { return };
        let tree =
            WorkTree { git: entry.path().to_owned(), path: top.to_owned(), below: Vec::new() };
        self.met.lock().unwrap_or_else(PoisonError::into_inner).push(tree);
    }
}

struct Threads<'s, W> {
    job: &'s Job<'s, W>,
    seen: Option<&'s Seen>,
}

impl<'s, W: Send> ParallelVisitorBuilder<'s> for Threads<'s, W> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        let mut thread = Thread::new(self.job);
        thread.seen = self.seen;
        Box::new(thread)
    }
}

/// One thread of a run.
pub(super) struct Thread<'s, W> {
    job: &'s Job<'s, W>,
    reader: Reader<'s>,
    /// Made when the thread gets its first entry.
    worker: Option<W>,
    /// Gets the files of this thread when it is done.
    seen: Option<&'s Seen>,
    files: Vec<u64>,
}

impl<'s, W> Thread<'s, W> {
    pub(super) fn new(job: &'s Job<'s, W>) -> Self {
        Thread {
            job,
            reader: Reader::new(&job.budget, job.max_file_size, job.archives),
            worker: None,
            seen: None,
            files: Vec::new(),
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
                if let Some(seen) = self.seen {
                    self.files.push(seen.mark(path.as_os_str().as_encoded_bytes()));
                }
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
        if let Some(seen) = self.seen {
            seen.add(&mut self.files);
        }
        if let Some(worker) = self.worker.take() {
            self.job.done.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
    }
}
