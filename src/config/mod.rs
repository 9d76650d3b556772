//! The config file: discovery, precedence, unknown keys refused.
//!
//! A config belongs to the repository that is scanned, which is not trusted to
//! hide its own findings: what it hides is counted and shown by every report.

mod file;
mod find;
mod globs;
mod size;
mod template;

use std::path::{Path, PathBuf};

use crate::document::Problem;
use crate::rules::Catalogue;

pub use file::{FailOn, RuleSettings, Settings};
pub use find::{FILE_NAMES, discover, discover_named, repository_root};
pub use size::ByteSize;
pub use template::TEMPLATE;

/// A config file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: {message}")]
    Unreadable { path: String, message: String },
    #[error("{0} and {1} both exist; keep one of them")]
    Ambiguous(String, String),
    /// Everything wrong with the file; one line each.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// A config file as it was read.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file's path as reports show it.
    pub shown: String,
    /// The folder the file stands in; its relative paths start there.
    pub folder: PathBuf,
    pub settings: Settings,
    /// Where each `[rules.<id>]` stands, for errors.
    rule_lines: Vec<(String, Problem)>,
    /// Where `offline` stands, for errors.
    offline_line: Option<usize>,
}

/// Bytes of a config file at most.
const LARGEST_FILE: u64 = 1 << 20;

impl Config {
    /// Reads the config file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with its content.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = read_text(path)
            .map_err(|message| ConfigError::Unreadable { path: shown.clone(), message })?;
        let parsed = file::parse(&shown, &text).map_err(ConfigError::Invalid)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let file::Parsed { settings, rule_lines, offline_line } = parsed;
        Ok(Config { shown, folder, settings, rule_lines, offline_line })
    }

    /// The place of `offline = true`, as `file:line`; `None` without it.
    pub fn forbids_network(&self) -> Option<String> {
        let line = self.offline_line.map_or_else(String::new, |line| format!(":{line}"));
        self.settings.offline.then(|| format!("{}{line}", self.shown))
    }

    /// Checks that every rule the config names is in `catalogue`.
    ///
    /// # Errors
    /// All names that are not, with suggestions.
    pub fn check_rules(&self, catalogue: &Catalogue) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let named = self.rule_lines.iter().filter(|(id, _)| !catalogue.left_out.contains(id));
        for (id, place) in named {
            if let Err(unknown) = catalogue.require(id) {
                let message = unknown.to_string();
                problems.push(Problem { message, ..place.clone() });
            }
        }
        problems.sort();
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
    }

    /// A glob written in the config, as seen from the working directory;
    /// `None` if it can match nothing there.
    pub fn glob_here(&self, glob: &str) -> Option<String> {
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        match (folder.canonicalize(), Path::new(".").canonicalize()) {
            (Ok(folder), Ok(here)) => globs::rebase(glob, &folder, &here),
            _ => Some(glob.to_owned()),
        }
    }

    /// A path written in the config, as seen from the working directory.
    pub fn resolve(&self, written: &Path) -> PathBuf {
        self.folder.join(written)
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let describe = |error: std::io::Error| crate::config::describe(&error);
    let meta = std::fs::metadata(path).map_err(describe)?;
    if meta.is_dir() {
        return Err("is a folder; name the config file".to_owned());
    }
    if meta.len() > LARGEST_FILE {
        return Err(format!("has {} bytes; a config file has at most {LARGEST_FILE}", meta.len()));
    }
    std::fs::read_to_string(path).map_err(describe)
}

/// An I/O error without the operating system's error number.
pub fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or_default();
    let mut letters = plain.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + letters.as_str()
    })
}
