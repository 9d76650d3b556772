//! Names that rule files may use for things written in Rust.

use crate::structure::Format;
use crate::syntax::Language;

use crate::judge;
use crate::secrets;
pub use crate::secrets::checksum::NAMES as CHECKSUMS;
use crate::surface;

/// Detectors of secret rules: what finds a credential, and what relates several.
pub fn detectors() -> Vec<&'static str> {
    secrets::DETECTORS.into_iter().chain([judge::SHARED]).collect()
}

/// Detectors of pattern rules.
pub fn pattern_detectors() -> Vec<String> {
    surface::detectors()
}

/// Languages of pattern rules, and formats of configuration.
pub fn languages() -> Vec<&'static str> {
    let formats = Format::ALL.into_iter().map(Format::key);
    let languages: Vec<&str> = Language::ALL.map(Language::key).to_vec();
    let only: Vec<&str> = formats.filter(|key| !languages.contains(key)).collect();
    [languages, only].concat()
}
