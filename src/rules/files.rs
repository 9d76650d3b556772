//! Which files of a folder are rule files, and their texts.

use std::path::{Path, PathBuf};

use crate::semgrep;

/// Bytes of a rule file at most; a rule is text for people.
const LARGEST_FILE: u64 = 4 << 20;
/// Files of a rule folder at most, so that a wrong folder ends soon.
const MOST_FILES: usize = 10_000;

/// All `.toml` files below `folder`, and `.yaml` files with rules of Semgrep,
/// sorted; links are not followed.
///
/// # Errors
/// The folder cannot be listed, or holds too many.
pub(super) fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    for entry in ignore::WalkBuilder::new(folder).standard_filters(false).build() {
        let entry = entry.map_err(|error| error.to_string())?;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if (is_file || entry.depth() == 0) && is_rule_file(entry.path()) {
            paths.push(entry.into_path());
        }
        if paths.len() > MOST_FILES {
            return Err(format!("more than {MOST_FILES} rule files"));
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_rule_file(path: &Path) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => true,
        Some("yaml" | "yml") => {
            !is_target(path) && read(path).is_ok_and(|t| semgrep::is_rule_file(&t))
        }
        _ => false,
    }
}

/// A file that rules next to it are tried on: `rule.test.yaml`.
fn is_target(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(".test"))
}

/// The text of the rule file `path`.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn read(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(format!("the file has {size} bytes, a rule file at most {LARGEST_FILE}"));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
