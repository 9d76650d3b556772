//! Where reports go: a stream or a file. Output is buffered here, a closed
//! pipe ends quietly here, and a report file appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::style::Style;
use super::{Format, Report, concise, human, json, jsonl, sarif};

/// Writes `report` to `out` in `format`. A reader that went away is no error.
///
/// # Errors
/// The stream cannot be written, except for [`io::ErrorKind::BrokenPipe`].
pub fn write(
    format: Format,
    report: &Report,
    out: &mut dyn Write,
    style: &Style,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let written = match format {
        Format::Human => human::write(report, &mut out, style),
        Format::Concise => concise::write(report, &mut out, style),
        Format::Json => json::write(report, &mut out),
        Format::Jsonl => jsonl::write(report, &mut out),
        Format::Sarif => sarif::write(report, &mut out),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader: drop it unwritten.
            drop(out.into_parts());
            Ok(())
        }
        result => result,
    }
}

/// A report file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report to {path}: {source}")]
pub struct WriteError {
    path: String,
    source: io::Error,
}

/// Writes `report` to the file `path`, without colour or links. The content
/// goes to a temporary file beside it that is then renamed, so that a reader
/// sees the old file or the whole new one. Devices and pipes (`/dev/stdout`)
/// are written directly.
///
/// # Errors
/// The file cannot be created, written or renamed; no half is left behind.
pub fn write_file(
    path: &Path,
    format: Format,
    report: &Report,
    style: &Style,
) -> Result<(), WriteError> {
    let style = Style { color: false, links: false, unicode: true, ..*style };
    let written = match target(path) {
        Target::Stream(file) => file.and_then(|mut file| write(format, report, &mut file, &style)),
        Target::File(path) => replace(&path, format, report, &style),
    };
    written.map_err(|source| WriteError { path: shown(path), source })
}

enum Target {
    /// Exists and is no ordinary file: must not be replaced by one.
    Stream(io::Result<File>),
    /// The file itself, links followed.
    File(PathBuf),
}

fn target(path: &Path) -> Target {
    match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => Target::Stream(File::options().write(true).open(path)),
        Ok(_) => Target::File(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())),
        Err(_) => Target::File(path.to_owned()),
    }
}

fn replace(path: &Path, format: Format, report: &Report, style: &Style) -> io::Result<()> {
    let temporary = temporary_name(path)?;
    let written = write_new(&temporary, format, report, style).and_then(|()| {
        if let Ok(old) = fs::metadata(path) {
            fs::set_permissions(&temporary, old.permissions())?;
        }
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        // Best effort: the error to report is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// `.name.<process>.tmp` in the same directory, so that the rename stays on
/// one file system.
fn temporary_name(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let name = format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id());
    Ok(path.with_file_name(name))
}

fn write_new(path: &Path, format: Format, report: &Report, style: &Style) -> io::Result<()> {
    let mut file = File::create(path)?;
    write(format, report, &mut file, style)
}

fn shown(path: &Path) -> String {
    super::escape::printable(&path.to_string_lossy()).into_owned()
}
