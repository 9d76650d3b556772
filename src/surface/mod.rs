//! The API surface: routes and what guards them, as far as one file can tell.
//!
//! ```text
//!  facts (data) ─┐
//!  code ─────────┼─► adapter ─► routes ─► verdict ─► candidates
//!  guard ────────┘   (one per framework)     └ purpose
//! ```
//!
//! Apart from `syntax` because a route's guards lie around it, before it and
//! after it: no pattern of one node can say that they are missing.

mod code;
mod exposed;
mod express;
mod expression;
mod facts;
mod fastapi;
mod fastify;
mod flask;
mod gin;
mod guard;
mod kinds;
mod laravel;
mod nest;
mod purpose;
mod python;
mod raw_output;
pub mod route;
mod script;
mod spring;
pub mod verdict;

use std::sync::OnceLock;

use code::Code;
use facts::Facts;
use route::Route;

use crate::finding::{Candidate, Confidence};
use crate::rules::model::FrameworkFile;
use crate::rules::{Catalogue, Lazy};
use crate::source::Source;
use crate::syntax::ParsedFile;

/// What the detectors of this room are called in rule files.
const DETECTOR: &str = "missing-auth:";

/// Reads the routes of a file of one framework.
type Adapter = for<'t> fn(&Code<'t>, &Facts, &str) -> Vec<Route>;

/// The adapters, by the name of their framework.
const ADAPTERS: &[(&str, Adapter)] = &[
    ("express", express::routes),
    ("fastapi", fastapi::routes),
    ("fastify", fastify::routes),
    ("flask", flask::routes),
    ("gin", gin::routes),
    ("laravel", laravel::routes),
    ("nest", nest::routes),
    ("spring", spring::routes),
];

/// Frameworks whose guards have one place each: where a whole file is guarded, its routes
/// have none. In the others a guard on a route may ask for more than the first one.
const GUARD_TELLS: &[&str] = &["express", "flask"];

/// The names that rules can give as `detector`.
pub fn detectors() -> Vec<String> {
    let routes = ADAPTERS.iter().map(|(name, _)| format!("{DETECTOR}{name}"));
    let others = exposed::detectors().into_iter().chain([raw_output::DETECTOR.to_owned()]);
    routes.chain(others).collect()
}

/// The frameworks that facts can be written of; `common` is of all of them.
pub fn frameworks() -> impl Iterator<Item = &'static str> {
    ADAPTERS.iter().map(|(name, _)| *name).chain(["common"])
}

/// The route rules (`detector = "missing-auth:<framework>"`).
pub struct Surface {
    files: Lazy<Vec<FrameworkFile>>,
    frameworks: OnceLock<Vec<Framework>>,
}

/// A framework that there is an adapter for.
type Framework = (&'static str, Facts, Adapter);

impl Surface {
    /// Knows the frameworks of `catalogue`; they are read when a route may be there.
    pub fn new(catalogue: &Catalogue) -> Self {
        Surface { files: catalogue.frameworks.clone(), frameworks: OnceLock::new() }
    }

    fn framework(&self, name: &str) -> Option<&Framework> {
        let read = || {
            let known = ADAPTERS.iter().filter_map(|(name, adapter)| {
                Some((*name, Facts::of(name, &self.files)?, *adapter))
            });
            known.collect()
        };
        self.frameworks.get_or_init(read).iter().find(|(known, ..)| *known == name)
    }

    /// Appends routes that lack what their siblings have, values written out with a
    /// credential in them, and what templates write as it is, to `candidates`.
    pub fn scan(
        &self,
        source: &Source<'_>,
        file: &ParsedFile<'_>,
        candidates: &mut Vec<Candidate>,
    ) {
        exposed::scan(source, file, candidates);
        raw_output::scan(source, file, candidates);
        let wanted: Vec<_> = file
            .detectors()
            .filter_map(|(rule, detector, confidence)| {
                let name = detector.strip_prefix(DETECTOR)?;
                Some((rule, self.framework(name)?, confidence))
            })
            .collect();
        if wanted.is_empty() || is_test(&source.path) {
            return;
        }
        for (rule, (name, facts, adapter), confidence) in wanted {
            let from = candidates.len();
            let routes = adapter(&Code::new(file), facts, &source.path);
            let tells = GUARD_TELLS.contains(name);
            verdict::findings(facts, &routes, rule, tells, candidates);
            // A rule may be written with less confidence than the verdict has.
            for candidate in &mut candidates[from..] {
                candidate.confidence = candidate.confidence.min(confidence.max(Confidence::Low));
            }
        }
    }

    /// The routes that `file` shows, with what stands before each of them.
    pub fn routes(&self, source: &Source<'_>, file: &ParsedFile<'_>) -> Vec<Route> {
        let wanted =
            file.detectors().filter_map(|(_, detector, _)| detector.strip_prefix(DETECTOR));
        let adapters = wanted.filter_map(|name| self.framework(name));
        adapters
            .flat_map(|(_, facts, adapter)| adapter(&Code::new(file), facts, &source.path))
            .collect()
    }
}

/// Whether the file is a test: its routes are served to nobody.
fn is_test(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let folders = ["test", "tests", "__tests__", "spec", "specs", "testdata", "__mocks__", "e2e"];
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let in_folder = lower.split('/').rev().skip(1).any(|part| folders.contains(&part));
    let marked = [".test.", ".spec.", "_test.", ".e2e."].iter().any(|mark| name.contains(mark));
    in_folder || marked || name.starts_with("test_") || name == "conftest.py"
}
