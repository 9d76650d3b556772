//! Structures with a credential among their fields that are written out whole:
//! into an answer, a file, a log.
//!
//! Apart from the patterns, because the field stands in one place and the call
//! that writes it in another, and only the type joins the two.

mod fields;
mod go;

use super::is_test;
use crate::finding::Candidate;
use crate::source::Source;
use crate::syntax::ParsedFile;

/// What the detectors of this room are called in rule files.
const DETECTOR: &str = "exposed-field:";

/// The names that rules can give as `detector`.
pub(super) fn detectors() -> Vec<String> {
    vec![format!("{DETECTOR}go")]
}

/// Appends what is written out with a credential in it to `candidates`.
pub(super) fn scan(source: &Source<'_>, file: &ParsedFile<'_>, candidates: &mut Vec<Candidate>) {
    for (rule, detector, confidence) in file.detectors() {
        if detector.strip_prefix(DETECTOR) != Some("go") || is_test(&source.path) {
            continue;
        }
        for exposed in go::exposed(file.text, file.tree.root_node()) {
            let mut candidate = Candidate::new(rule, exposed.written);
            candidate.confidence = confidence;
            candidate.message = Some(format!(
                "`{}` of `{}` is written out with the rest",
                exposed.field.label, exposed.type_name
            ));
            candidate.related.push((exposed.field.span, "the field".to_owned()));
            candidates.push(candidate);
        }
    }
}
