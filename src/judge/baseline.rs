//! The baseline: findings that were there when a team started, kept out of
//! the way without touching the code. One JSON object per line, sorted, with no
//! line numbers and no dates, so that it merges and its diffs are readable.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::detect_secrets::Known;
use crate::config::describe;
use crate::finding::Finding;
use crate::gitleaks::allow::Asked;

/// The name a baseline gets where the user gives none.
pub const BASELINE_FILE: &str = "seamline-baseline.jsonl";

/// Longest line that is looked at as an entry of a baseline.
const LONGEST_LINE: usize = 16 * 1024;

/// A baseline that cannot be read or written; one line, ready to show.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    #[error("{path}: cannot read the baseline: {}", describe(source))]
    Read { path: String, source: std::io::Error },
    #[error("{path}:{line}: not a baseline entry: {message}")]
    Entry { path: String, line: usize, message: &'static str },
    #[error("{path}: cannot write the baseline: {}", describe(source))]
    Write { path: String, source: std::io::Error },
}

/// One accepted finding. Sorted by rule, then path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    path: String,
    fingerprint: String,
}

/// The findings that are accepted as they are.
#[derive(Debug, Default)]
pub struct Baseline {
    entries: BTreeSet<Entry>,
    /// The folder that paths are relative to; empty for the working directory.
    root: PathBuf,
    /// Fingerprint to its entries, with whether the path is gone, once asked.
    lookup: HashMap<String, Vec<Listed>>,
    /// What detect-secrets knows, if the file is one of its baselines.
    foreign: Option<Known>,
}

#[derive(Debug)]
struct Listed {
    rule: String,
    path: String,
    gone: OnceLock<bool>,
}

impl Baseline {
    /// Reads a baseline: our own, in which order, repeats and empty lines do not
    /// matter, or one of detect-secrets.
    ///
    /// # Errors
    /// A file that cannot be read, or the first line that is no entry. The
    /// message never repeats what the line says: it may be the wrong file.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|source| BaselineError::Read { path: name.clone(), source })?;
        if let Some(known) = Known::read(&bytes) {
            return Ok(Baseline { foreign: Some(known), ..Baseline::default() });
        }
        let mut entries = BTreeSet::new();
        for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
            let line = line.trim_ascii();
            if !line.is_empty() {
                let entry = parse(line).map_err(|message| BaselineError::Entry {
                    path: name.clone(),
                    line: i + 1,
                    message,
                })?;
                entries.insert(entry);
            }
        }
        Ok(Self::of(entries))
    }

    /// Accepts `findings` as they are. They must come from a scan without a
    /// baseline, or those it hid are lost.
    pub fn from_findings(findings: &[Finding]) -> Self {
        Self::of(findings.iter().map(entry_of).collect())
    }

    /// The same with paths taken as relative to `root` instead of the working
    /// directory.
    #[must_use]
    pub fn with_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// Writes the baseline next to `path` and renames it into place: there is
    /// never half a file.
    ///
    /// # Errors
    /// A folder or file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), BaselineError> {
        self.replace(path)
            .map_err(|source| BaselineError::Write { path: path.display().to_string(), source })
    }

    /// Drops the entries that no finding of `findings` (a scan of the same
    /// paths, without a baseline) answers to, and gives moved ones their new
    /// path. Returns how many were dropped.
    pub fn prune(&mut self, findings: &[Finding]) -> usize {
        let before = self.entries.len();
        let mut kept: BTreeSet<Entry> = BTreeSet::new();
        for finding in findings {
            if self.contains(&finding.rule.id, &finding.path, &finding.fingerprint) {
                kept.insert(entry_of(finding));
            }
        }
        let root = std::mem::take(&mut self.root);
        *self = Self::of(kept).with_root(root);
        before.saturating_sub(self.entries.len())
    }

    /// True if the finding is accepted: listed with this path, or with a path
    /// at which there is no file any more, from where it must have moved.
    pub fn contains(&self, rule: &str, path: &str, fingerprint: &str) -> bool {
        let Some(listed) = self.lookup.get(fingerprint) else { return false };
        let same = |l: &&Listed| l.rule == rule;
        listed.iter().filter(same).any(|l| l.path == path)
            || listed.iter().filter(same).any(|l| l.is_gone(&self.root))
    }

    /// True if the finding is accepted by a baseline of detect-secrets.
    pub(super) fn knows<'a>(&self, asked: impl FnOnce() -> Asked<'a>) -> bool {
        self.foreign.as_ref().is_some_and(|known| known.accepts(&asked()))
    }

    /// True if the file is a baseline of detect-secrets, which is only read.
    pub fn is_foreign(&self) -> bool {
        self.foreign.is_some()
    }

    /// What of a baseline of detect-secrets could not be carried over.
    pub fn notes(&self) -> &[String] {
        self.foreign.as_ref().map_or(&[], |known| &known.notes)
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len() + self.foreign.as_ref().map_or(0, Known::len)
    }

    /// True without any entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn of(entries: BTreeSet<Entry>) -> Self {
        let mut lookup: HashMap<String, Vec<Listed>> = HashMap::new();
        for Entry { rule, path, fingerprint } in entries.iter().cloned() {
            let listed = Listed { rule, path, gone: OnceLock::new() };
            lookup.entry(fingerprint).or_default().push(listed);
        }
        Baseline { entries, lookup, ..Baseline::default() }
    }

    fn replace(&self, path: &Path) -> std::io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let written = self.write_new(&temporary).and_then(|()| std::fs::rename(&temporary, path));
        if written.is_err() {
            // Already failing: what matters is the first error.
            let _ = std::fs::remove_file(&temporary);
        }
        written
    }

    fn write_new(&self, path: &Path) -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        for entry in &self.entries {
            serde_json::to_writer(&mut out, entry)?;
            out.write_all(b"\n")?;
        }
        out.into_inner()?.sync_all()
    }
}

impl Listed {
    /// Of a path into an archive, whether the archive is gone.
    fn is_gone(&self, root: &Path) -> bool {
        let gone = |path: &str| std::fs::symlink_metadata(root.join(path)).is_err();
        let archive = || self.path.split_once('!').map_or(&*self.path, |(archive, _)| archive);
        *self.gone.get_or_init(|| gone(&self.path) && gone(archive()))
    }
}

/// True if `line` is an entry of a baseline, so that the scanner does not
/// report what it wrote itself. Judged line by line: a file that only begins
/// like a baseline hides nothing.
pub(super) fn is_entry(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") && line.len() <= LONGEST_LINE && parse(line).is_ok()
}

fn parse(line: &[u8]) -> Result<Entry, &'static str> {
    let entry: Entry = serde_json::from_slice(line)
        .map_err(|_| r#"expected {"rule": "…", "path": "…", "fingerprint": "…"}"#)?;
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if entry.fingerprint.len() != 32 || !entry.fingerprint.bytes().all(hex) {
        return Err("a fingerprint is 32 hexadecimal digits");
    }
    Ok(entry)
}

fn entry_of(finding: &Finding) -> Entry {
    Entry {
        rule: finding.rule.id.clone(),
        path: finding.path.to_string(),
        fingerprint: finding.fingerprint.clone(),
    }
}
