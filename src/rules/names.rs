//! Names that rule files may use for things written in Rust.

use crate::syntax::Language;

pub use crate::secrets::DETECTORS;
pub use crate::secrets::checksum::NAMES as CHECKSUMS;

/// Languages of pattern rules.
pub fn languages() -> [&'static str; Language::ALL.len()] {
    Language::ALL.map(Language::key)
}
