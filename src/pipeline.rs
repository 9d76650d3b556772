//! The page to read first: one function from paths to findings.
//!
//! ```text
//!  source ──► secrets ──┐
//!    │                  ├──► judge ──► report ──► exit
//!    ├──► syntax ───────┤
//!    ├──► structure ────┤
//!    └──► surface ──────┘
//!  skips ─────────────────────────────► (counted in every report)
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::finding::{Candidate, Finding};
use crate::gitleaks::engine::RegexEngine;
use crate::judge::{Judge, JudgeOptions, References, Verdict};
use crate::report::Report;
use crate::rules::Catalogue;
use crate::secrets::{SecretsEngine, SecretsScratch};
use crate::source::project::Project;
use crate::source::{self, Source, SourceError, SourceRequest};
use crate::structure::{Nearby, StructureEngine, StructureScratch};
use crate::surface::Surface;
use crate::syntax::{Neighbours, Parse, SyntaxEngine, SyntaxScratch};

/// Every stage, built once and shared by all threads.
pub struct Engine {
    catalogue: Arc<Catalogue>,
    secrets: SecretsEngine,
    regexes: RegexEngine,
    syntax: SyntaxEngine,
    structure: StructureEngine,
    surface: Surface,
    judge: Judge,
}

/// Counters a progress display may watch while a scan runs.
#[derive(Debug, Default)]
pub struct Progress {
    pub files: AtomicU64,
    pub bytes: AtomicU64,
}

/// State and results of one thread.
#[derive(Default)]
struct Worker {
    candidates: Vec<Candidate>,
    secrets: SecretsScratch,
    syntax: SyntaxScratch,
    structure: StructureScratch,
    references: References,
    report: Report,
}

impl Worker {
    /// One that may ask what other files say: code of `neighbours`, configuration of
    /// what lies `nearby`.
    fn among(neighbours: &Arc<Neighbours>, nearby: &Arc<Nearby>) -> Self {
        let (syntax, structure) =
            (SyntaxScratch::among(neighbours), StructureScratch::near(Arc::clone(nearby)));
        Worker { syntax, structure, ..Worker::default() }
    }
}

impl Engine {
    /// Compiles `catalogue` for a run judged by `options`.
    pub fn new(catalogue: Arc<Catalogue>, options: JudgeOptions) -> Self {
        Engine {
            secrets: SecretsEngine::new(&catalogue),
            regexes: RegexEngine::new(&catalogue),
            syntax: SyntaxEngine::new(&catalogue),
            structure: StructureEngine::new(&catalogue),
            surface: Surface::new(&catalogue),
            judge: Judge::new(Arc::clone(&catalogue), options),
            catalogue,
        }
    }

    /// From paths to findings.
    ///
    /// # Errors
    /// A path or glob of the request that cannot be used.
    pub fn scan(
        &self,
        request: &SourceRequest,
        progress: &Progress,
    ) -> Result<Report, SourceError> {
        let started = Instant::now();
        let project = Arc::new(Project::new(request)?);
        let neighbours = Arc::new(Neighbours::new(Arc::clone(&project)));
        let nearby = Arc::new(Nearby::new(project));
        let worker = || Worker::among(&neighbours, &nearby);
        let visited = source::visit_all(request, &worker, &|worker, item| match item {
            Ok(source) => self.scan_source(&source, worker, progress),
            Err(skip) => worker.report.skipped.push(skip),
        })?;
        let mut report = self.join(visited.workers);
        report.excluded = visited.excluded;
        report.rules = self.catalogue.active();
        report.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(report)
    }

    /// Findings in `text`, taken as the content of a file called `path`.
    pub fn scan_text(&self, path: &str, text: &[u8]) -> Report {
        let mut worker = Worker::default();
        let source = Source { path: Arc::from(path), text, origin: None };
        self.scan_source(&source, &mut worker, &Progress::default());
        self.join(vec![worker])
    }

    /// The report of all threads, with what relates findings of different files.
    fn join(&self, workers: Vec<Worker>) -> Report {
        let mut references = References::default();
        let mut parts = Vec::with_capacity(workers.len());
        for worker in workers {
            references.merge(worker.references);
            parts.push(worker.report);
        }
        let mut report = Report::merge(parts.into_iter());
        let related = self.judge.relate(&mut report.findings, &references);
        report.add(related);
        report.sort();
        report
    }

    /// True if the user's config sets the severity of `rule`.
    pub fn pins_severity(&self, rule: &str) -> bool {
        self.judge.pins_severity(rule)
    }

    fn scan_source(&self, source: &Source<'_>, worker: &mut Worker, progress: &Progress) {
        let size = source.text.len() as u64;
        progress.files.fetch_add(1, Ordering::Relaxed);
        progress.bytes.fetch_add(size, Ordering::Relaxed);
        worker.report.files += 1;
        worker.report.bytes += size;

        worker.references.read(source);
        worker.candidates.clear();
        let scanned = self.secrets.scan(source, &mut worker.secrets, &mut worker.candidates);
        if let Some(reason) = scanned.shortfall() {
            worker.report.skipped.push(source.left_out(reason));
        }
        self.regexes.scan(source, &mut worker.candidates);
        let whole = self.syntax.parse(source, &mut worker.syntax);
        self.run_rules(source, whole, worker);
        let scripts = self.syntax.parse_scripts(source, &mut worker.syntax);
        self.run_rules(source, scripts, worker);
        let structure = self.structure.scan(source, &mut worker.structure, &mut worker.candidates);
        if let Err(reason) = structure {
            worker.report.skipped.push(source.left_out(reason.into()));
        }
        if !worker.candidates.is_empty() || self.judge.reads_every_file() {
            let verdict = self.judge.file(source, &mut worker.candidates);
            worker.report.add(verdict);
        }
    }

    fn run_rules(&self, source: &Source<'_>, parse: Parse<'_>, worker: &mut Worker) {
        match parse {
            Parse::NotNeeded => {}
            Parse::Skipped(reason) => {
                worker.report.skipped.push(source.left_out(reason));
            }
            Parse::Parsed(file) => {
                self.syntax.run_rules(&file, &mut worker.candidates);
                if let Some(reason) = file.skipped() {
                    worker.report.skipped.push(source.left_out(reason));
                }
                self.surface.scan(source, &file, &mut worker.candidates);
            }
        }
    }
}

impl Report {
    fn add(&mut self, verdict: Verdict) {
        self.findings.extend(verdict.findings);
        self.suppressed.extend(verdict.suppressed);
        self.hidden += verdict.hidden;
        self.warnings.extend(verdict.warnings);
    }

    /// Drops what only stages before the report may know of secrets.
    pub fn forget_traces(&mut self) {
        let all = self.findings.iter_mut().chain(&mut self.suppressed);
        all.for_each(|finding| finding.traces = None);
    }

    /// Joins the parts of all threads and puts them in the order of every report.
    fn merge(parts: impl Iterator<Item = Report>) -> Report {
        let mut whole = Report::default();
        for part in parts {
            whole.files += part.files;
            whole.bytes += part.bytes;
            whole.hidden += part.hidden;
            whole.findings.extend(part.findings);
            whole.suppressed.extend(part.suppressed);
            whole.skipped.extend(part.skipped);
            whole.warnings.extend(part.warnings);
        }
        whole.sort();
        whole
    }
    /// The order of every report.
    fn sort(&mut self) {
        let order = |a: &Finding, b: &Finding| {
            (&a.path, a.start, a.end, &a.rule.id).cmp(&(&b.path, b.start, b.end, &b.rule.id))
        };
        self.findings.sort_by(order);
        self.suppressed.sort_by(order);
        self.skipped.sort();
        self.warnings.sort();
        self.warnings.dedup();
    }
}
