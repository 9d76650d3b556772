//! Finds credentials in text: shape first, then context. Knows no grammar.

use crate::finding::Candidate;
use crate::rules::Catalogue;
use crate::source::Source;

/// The compiled secret rules; shared by all threads.
pub struct SecretsEngine {}

/// Buffers of one thread.
#[derive(Default)]
pub struct SecretsScratch {}

impl SecretsEngine {
    /// Compiles the secret rules of `catalogue`.
    pub fn new(_catalogue: &Catalogue) -> Self {
        SecretsEngine {}
    }

    /// Appends what looks like a secret in `source` to `candidates`.
    pub fn scan(
        &self,
        _source: &Source<'_>,
        _scratch: &mut SecretsScratch,
        _candidates: &mut Vec<Candidate>,
    ) {
    }
}
