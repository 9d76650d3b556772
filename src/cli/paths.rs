//! Paths as users name them: checked before anything else is done, with a
//! guess at what was meant.

use std::path::{Path, PathBuf};

use crate::config;
use crate::suggest;

use super::error::CliError;

/// Standard input, as a path.
pub const STDIN: &str = "-";

/// Entries of a folder looked at for a suggestion.
const MOST_ENTRIES: usize = 2_000;

/// Checks that all of `paths` can be found.
///
/// # Errors
/// The first that cannot, with what was probably meant.
pub fn check(paths: &[PathBuf], verbs: &[&str]) -> Result<(), CliError> {
    for path in paths {
        if path == Path::new(STDIN) {
            continue;
        }
        if let Err(error) = std::fs::metadata(path) {
            let reason = config::describe(&error);
            let hint = match guess(path, verbs) {
                Some(guess) => format!("; {guess}"),
                None => String::new(),
            };
            return Err(CliError::Usage(format!("{}: {reason}{hint}", path.display())));
        }
    }
    Ok(())
}

fn guess(path: &Path, verbs: &[&str]) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent()?;
    let bare = folder.as_os_str().is_empty();
    if bare && verbs.contains(&name) {
        return Some(format!("the verb `{name}` comes first: `seamline {name} …`"));
    }
    let here = if bare { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(here).ok()?.take(MOST_ENTRIES).filter_map(Result::ok);
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    if let Some(found) = suggest::closest(name, names.iter().map(String::as_str)) {
        return suggest::question(&[&folder.join(found).display().to_string()]);
    }
    let verb = suggest::closest(name, verbs.iter().copied()).filter(|_| bare)?;
    suggest::question(&[&format!("seamline {verb}")])
}
