//! Baselines of detect-secrets (`.secrets.baseline`): one JSON object with the
//! SHA-1 of each known secret, by file, and the filters of the run that made it.
//!
//! A hash is compared with that of the value we found. Where both tools see
//! another value on a line, the finding is new.

use std::collections::{BTreeMap, BTreeSet};

use regex::bytes::Regex;
use serde::Deserialize;
use sha1::{Digest, Sha1};

use crate::gitleaks::allow::{Allowlist, Asked, Target};

/// The shape of the file, as far as it concerns us.
#[derive(Deserialize)]
struct File {
    results: BTreeMap<String, Vec<Secret>>,
    #[serde(default)]
    filters_used: Vec<Filter>,
    /// Of versions before 1.0.
    #[serde(default)]
    exclude: Option<Exclude>,
}

#[derive(Deserialize)]
struct Secret {
    hashed_secret: String,
}

#[derive(Deserialize)]
struct Filter {
    path: String,
    #[serde(default)]
    pattern: Option<Patterns>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Patterns {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Exclude {
    files: Option<String>,
    lines: Option<String>,
}

/// A baseline of detect-secrets.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Hashes by path.
    hashes: BTreeMap<String, BTreeSet<String>>,
    filters: Vec<Allowlist>,
    /// What could not be carried over.
    pub notes: Vec<String>,
}

impl Known {
    /// Reads `bytes`; `None` if they are no such baseline.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(bytes).ok()?;
        let mut known = Known::default();
        for (path, results) in file.results {
            let hashes = results.into_iter().map(|result| result.hashed_secret.to_lowercase());
            known.hashes.entry(path.replace('\\', "/")).or_default().extend(hashes);
        }
        for filter in file.filters_used {
            known.filter(filter);
        }
        let exclude = file.exclude.map(|exclude| (exclude.files, exclude.lines));
        let (files, lines) = exclude.unwrap_or_default();
        files.into_iter().for_each(|pattern| known.exclude("should_exclude_file", &pattern));
        lines.into_iter().for_each(|pattern| known.exclude("should_exclude_line", &pattern));
        Some(known)
    }

    /// Number of secrets.
    pub fn len(&self) -> usize {
        self.hashes.values().map(BTreeSet::len).sum()
    }

    /// Whether the secret is known in its file, or a filter leaves it out.
    pub fn accepts(&self, asked: &Asked<'_>) -> bool {
        let is_known = |hashes: &BTreeSet<String>| {
            forms(asked.secret).into_iter().any(|form| hashes.contains(&sha1(form)))
        };
        self.hashes.get(asked.path).is_some_and(is_known)
            || self.filters.iter().any(|filter| filter.covers(asked))
    }

    fn filter(&mut self, filter: Filter) {
        let patterns = match filter.pattern {
            Some(Patterns::One(pattern)) => vec![pattern],
            Some(Patterns::Many(patterns)) => patterns,
            None => Vec::new(),
        };
        let name = filter.path.rsplit('.').next().unwrap_or_default();
        // What the heuristics leave out, ours do not find or weigh as well.
        let heuristic = filter.path.starts_with("detect_secrets.filters.heuristic.")
            || filter.path.starts_with("detect_secrets.filters.common.")
            || filter.path.starts_with("detect_secrets.filters.allowlist.");
        if filter.path.starts_with("detect_secrets.filters.regex.") {
            patterns.iter().for_each(|pattern| self.exclude(name, pattern));
        } else if !heuristic {
            self.notes.push(format!("the filter `{}` is not carried over", filter.path));
        }
    }

    fn exclude(&mut self, filter: &str, pattern: &str) {
        let Ok(regex) = Regex::new(pattern) else {
            self.notes.push(format!("the pattern of `{filter}` is not read"));
            return;
        };
        let regexes = vec![regex];
        match filter {
            "should_exclude_file" => {
                self.filters.push(Allowlist { paths: regexes, ..Allowlist::default() });
            }
            "should_exclude_line" => {
                let target = Target::Line;
                self.filters.push(Allowlist { regexes, target, ..Allowlist::default() });
            }
            "should_exclude_secret" => {
                self.filters.push(Allowlist { regexes, ..Allowlist::default() });
            }
            _ => self.notes.push(format!("the filter `{filter}` is not carried over")),
        }
    }
}

/// What detect-secrets takes for the value: of a private key, what its header
/// says; of all else the value.
fn forms(secret: &[u8]) -> Vec<&[u8]> {
    let header = secret.strip_prefix(b"-----").and_then(|rest| {
        let end = memchr::memmem::find(&rest[..rest.len().min(80)], b"-----")?;
        rest.get(..end)
    });
    [Some(secret), header].into_iter().flatten().collect()
}

fn sha1(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
