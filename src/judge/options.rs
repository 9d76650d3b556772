//! What a run asks of the judge, built once from flags and config.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::baseline::Baseline;
use crate::finding::{Confidence, Severity};
use crate::gitleaks::allow::Allowlist;

/// The settings of a run. By default everything is visible but for what the
/// scanned files themselves ask to ignore.
#[derive(Debug)]
pub struct JudgeOptions {
    pub min_severity: Option<Severity>,
    pub min_confidence: Option<Confidence>,
    /// Honour ignores written into the scanned files, ours and the peers'.
    pub inline_ignores: bool,
    /// Warn of our inline ignores that hide nothing.
    pub report_unused: bool,
    pub baseline: Option<Baseline>,
    /// By rule id. An id that no rule has is without effect here; the config
    /// room is where it is refused.
    pub rules: BTreeMap<String, RuleSettings>,
    /// What is no secret, by lists that were brought along.
    pub allowlists: Vec<Allowlist>,
    /// Build the lines around each finding (human output).
    pub excerpts: bool,
    /// Hand out the raw secrets (human output, when asked for).
    pub show_secrets: bool,
    /// Hand out the raw secrets to the stages before the report (`--verify`).
    pub keep_secrets: bool,
    /// Hand out what ignores and the baseline hide, apart from the findings.
    pub keep_suppressed: bool,
}

impl Default for JudgeOptions {
    fn default() -> Self {
        JudgeOptions {
            min_severity: None,
            min_confidence: None,
            inline_ignores: true,
            report_unused: false,
            baseline: None,
            rules: BTreeMap::new(),
            allowlists: Vec::new(),
            excerpts: false,
            show_secrets: false,
            keep_secrets: false,
            keep_suppressed: false,
        }
    }
}

/// What the user decided about one rule.
#[derive(Debug, Clone)]
pub struct RuleSettings {
    /// False hides all findings of the rule.
    pub enabled: bool,
    /// Replaces the severity of every finding of the rule, also where the
    /// finding has one of its own: what a user wrote down is final.
    pub severity: Option<Severity>,
    /// Paths in which findings of the rule are hidden; see [`path_globs`].
    pub exclude: GlobSet,
}

impl Default for RuleSettings {
    fn default() -> Self {
        RuleSettings { enabled: true, severity: None, exclude: GlobSet::empty() }
    }
}

/// Compiles path globs as they are written in a config file. They are matched
/// against the path that reports show. As in a `.gitignore`, a glob without a
/// slash matches a file or folder of that name at any depth, one with a slash
/// starts at the working directory, and a folder takes in all that is below it.
///
/// # Errors
/// The first glob that cannot be read, with the reason.
pub fn path_globs<'a>(globs: impl IntoIterator<Item = &'a str>) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let anchored = glob.trim_end_matches('/');
        let root = anchored.trim_start_matches("./").trim_start_matches('/');
        let whole = if anchored.contains('/') { root.to_owned() } else { format!("**/{root}") };
        for form in [format!("{whole}/**"), whole] {
            set.add(GlobBuilder::new(&form).literal_separator(true).build()?);
        }
    }
    set.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_read_like_a_gitignore() {
        let globs = path_globs(["tests/", "/docs", "src/*.gen.rs", "*.snap"]).unwrap();
        for hit in ["tests/a.py", "x/tests/b/c.py", "docs/a/b.md", "src/a.gen.rs", "q/r.snap"] {
            assert!(globs.is_match(hit), "{hit}");
        }
        for miss in ["src/tests.py", "x/docs/a.md", "src/x/a.gen.rs", "snap"] {
            assert!(!globs.is_match(miss), "{miss}");
        }
        assert!(path_globs(["a[b"]).is_err());
    }
}
