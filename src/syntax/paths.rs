//! Which files a matcher looks at, by their paths (`files` and `not_files`).

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::mistakes::{Mistake, ProblemKind};
use crate::rules::model::PatternMatch;

/// The compiled globs of a matcher.
#[derive(Debug, Default, Clone)]
pub(crate) struct PathFilter {
    only: Option<GlobSet>,
    not: Option<GlobSet>,
}

impl PathFilter {
    /// The globs of `spec`.
    ///
    /// # Errors
    /// The first glob that is not valid.
    pub(crate) fn of(spec: &PatternMatch) -> Result<Self, ProblemKind> {
        PathFilter::new(&spec.files, &spec.not_files)
    }

    /// `only`: one of these must match, if there are any. `not`: none may.
    ///
    /// # Errors
    /// The first glob that is not valid.
    pub(crate) fn new(only: &[String], not: &[String]) -> Result<Self, ProblemKind> {
        Ok(PathFilter { only: set(only)?, not: set(not)? })
    }

    /// Whether the file at `path` is looked at.
    pub(crate) fn admits(&self, path: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(path))
            && !self.not.as_ref().is_some_and(|not| not.is_match(path))
    }
}

/// The globs of `spec` that are not valid.
pub(crate) fn mistakes(spec: &PatternMatch) -> Vec<Mistake> {
    let lists = [("files", &spec.files), ("not_files", &spec.not_files)];
    let places = lists.into_iter().flat_map(|(key, globs)| {
        globs.iter().enumerate().map(move |(i, glob)| (format!("{key}/{i}"), glob))
    });
    places
        .filter_map(|(place, glob)| {
            let kind = set(std::slice::from_ref(glob)).err()?;
            Some(Mistake { place, kind })
        })
        .collect()
}

/// None without globs.
fn set(globs: &[String]) -> Result<Option<GlobSet>, ProblemKind> {
    if globs.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for written in globs {
        let bad = |error: globset::Error| ProblemKind::Glob {
            glob: written.clone(),
            message: error.kind().to_string(),
        };
        set.add(Glob::new(written).map_err(bad)?);
        // A bare name is meant wherever the file lies.
        if !written.contains('/') {
            set.add(Glob::new(&format!("**/{written}")).map_err(bad)?);
        }
    }
    let build = set.build();
    build
        .map(Some)
        .map_err(|error| ProblemKind::Glob { glob: globs.join(", "), message: error.to_string() })
}
