//! Where reports go besides standard output: `--output sarif=report.sarif`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::config;
use crate::report::Format;
use crate::suggest;

use super::error::CliError;

/// One `--output FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    pub format: Format,
    pub path: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let Some((name, path)) = written.split_once('=') else {
            return Err("write it as FORMAT=FILE, e.g. sarif=report.sarif".to_owned());
        };
        let Some(format) = Format::ALL.into_iter().find(|format| format.name() == name) else {
            let names = Format::ALL.map(Format::name);
            let fix = suggest::question(suggest::closest(name, names).as_slice())
                .unwrap_or_else(|| format!("formats are {}", names.join(", ")));
            return Err(format!("unknown format `{name}`; {fix}"));
        };
        match path {
            "" => Err(format!("`{name}=` names no file")),
            "-" => Err(format!("standard output takes `--format {name}`")),
            path => Ok(OutputFile { format, path: PathBuf::from(path) }),
        }
    }
}

/// Refuses, before the scan, files that could not be written after it.
///
/// # Errors
/// The first file that cannot be written, or that two reports would share.
pub fn check(outputs: &[OutputFile]) -> Result<(), CliError> {
    for (i, output) in outputs.iter().enumerate() {
        let shown = output.path.display();
        if outputs[..i].iter().any(|earlier| earlier.path == output.path) {
            return Err(CliError::Usage(format!("two reports would be written to {shown}")));
        }
        if let Err(reason) = writable(&output.path) {
            return Err(CliError::Usage(format!("cannot write the report to {shown}: {reason}")));
        }
    }
    Ok(())
}

/// Whether a file could be put at `path`, as far as can be told beforehand.
///
/// # Errors
/// The reason why not.
pub fn writable(path: &Path) -> Result<(), String> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let meta = std::fs::metadata(folder).map_err(|error| {
        format!("the folder {}: {}", folder.display(), config::describe(&error))
    })?;
    if !meta.is_dir() {
        return Err(format!("{} is no folder", folder.display()));
    }
    if path.is_dir() {
        return Err("it is a folder".to_owned());
    }
    match std::fs::metadata(path) {
        Ok(meta) if meta.permissions().readonly() => Err("it is read-only".to_owned()),
        _ if meta.permissions().readonly() => {
            Err(format!("the folder {} is read-only", folder.display()))
        }
        _ => Ok(()),
    }
}
