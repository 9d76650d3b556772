//! The API surface: routes and what guards them, as far as one file can tell.

use crate::finding::Candidate;
use crate::rules::Catalogue;
use crate::source::Source;
use crate::syntax::ParsedFile;

/// The route rules (`detector = "missing-auth:<framework>"`).
pub struct Surface {}

impl Surface {
    /// Takes the route rules of `catalogue`.
    pub fn new(_catalogue: &Catalogue) -> Self {
        Surface {}
    }

    /// Appends routes that lack what their siblings have to `candidates`.
    pub fn scan(
        &self,
        _source: &Source<'_>,
        _file: &ParsedFile<'_>,
        _candidates: &mut Vec<Candidate>,
    ) {
    }
}
