//! The file that `seamline config init` writes: every key, explained, all of
//! it commented out so that it changes nothing.

/// Content of a new `seamline.toml`.
pub const TEMPLATE: &str = r#"# Settings of Seamline for this repository.
# `seamline config show` prints what is in force and where it comes from.

# Paths that are not scanned, as globs from this folder.
# exclude = ["vendor/**", "**/*.min.js"]

# Leave out findings below these. Severities: info, low, medium, high,
# critical. Confidences: low, medium, high.
# min-severity = "low"
# min-confidence = "medium"

# From which severity on findings fail the run (or "never").
# fail-on = "low"

# Findings that are known and accepted; made by `seamline baseline create`.
# baseline = "seamline-baseline.jsonl"

# Folders with rules of your own.
# rules-dirs = ["security/rules"]

# Larger files are skipped (and counted).
# max-file-size = "20M"

# One rule: turn it off, change its severity, or leave paths out.
# [rules.url-credential]
# enabled = false
# severity = "low"
# exclude = ["tests/**"]
"#;
