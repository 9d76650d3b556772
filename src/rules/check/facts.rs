//! Checks of what is known of libraries, `rules/flow/<language>.toml` and
//! `rules/frameworks/<framework>.toml`: what speaks of a language or framework that
//! there is not, or of a set that no rule can name, would never be used.

use crate::document::{Document, Problem};
use crate::rules::model::{FlowFile, FrameworkFile};
use crate::surface;
use crate::syntax::Language;
use crate::syntax::flow::{SANITIZERS, SOURCES};

use super::Findings;

/// All that is wrong with `file`, read from `document`.
pub fn flow_file(document: &Document<'_>, file: &FlowFile) -> Vec<Problem> {
    let mut findings = Findings { document, problems: Vec::new() };
    let keys = Language::ALL.map(Language::key);
    for (i, key) in file.languages.iter().enumerate() {
        findings.known(&format!("languages/{i}"), "language", key, &keys);
    }
    for name in file.sources.keys() {
        findings.known(&format!("sources/{name}"), "set of sources", name, &SOURCES);
    }
    for name in file.sanitizers.keys() {
        findings.known(&format!("sanitizers/{name}"), "set of sanitizers", name, &SANITIZERS);
    }
    for name in file.guards.keys() {
        findings.known(&format!("guards/{name}"), "set of sanitizers", name, &SANITIZERS);
    }
    findings.problems
}

/// All that is wrong with `file`, read from `document`.
pub fn framework_file(document: &Document<'_>, file: &FrameworkFile) -> Vec<Problem> {
    let mut findings = Findings { document, problems: Vec::new() };
    let known: Vec<&str> = surface::frameworks().collect();
    findings.known("framework", "framework", &file.framework, &known);
    findings.problems
}
