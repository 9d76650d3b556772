//! Names that rule files may use for things written in Rust.

use crate::syntax::Language;

use crate::judge;
use crate::secrets;
pub use crate::secrets::checksum::NAMES as CHECKSUMS;

/// Detectors of secret rules: what finds a credential, and what relates several.
pub fn detectors() -> Vec<&'static str> {
    secrets::DETECTORS.into_iter().chain([judge::SHARED]).collect()
}

/// Languages of pattern rules.
pub fn languages() -> [&'static str; Language::ALL.len()] {
    Language::ALL.map(Language::key)
}
