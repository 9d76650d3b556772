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

# Rules and allowlists of a gitleaks configuration, used as they are; by default
# those of a .gitleaks.toml next to this file.
# gitleaks-config = "security/gitleaks.toml"

# Look into archives, compressed files and office documents.
# archives = true

# Never ask a provider about a credential, whatever the command line says.
# offline = true

# One rule: turn it off, change its severity, or leave paths out.
# [rules.url-password]
# enabled = false
# severity = "low"
# exclude = ["tests/**"]
"#;

#[cfg(test)]
mod tests {
    use crate::config::file;
    use crate::rules::Catalogue;

    #[test]
    fn every_setting_of_the_template_is_good() {
        let setting = |line: &&str| line.starts_with('[') || line.contains(" = ");
        let lines = super::TEMPLATE.lines().filter_map(|line| line.strip_prefix("# "));
        let text: Vec<&str> = lines.filter(setting).collect();
        let parsed = file::parse("seamline.toml", &text.join("\n")).ok().unwrap();
        assert_eq!(text.len(), 14, "{text:#?}");
        assert!(parsed.settings.baseline.is_some() && parsed.settings.max_file_size.is_some());
        let catalogue = Catalogue::built_in().unwrap();
        assert!(parsed.settings.rules.keys().all(|id| catalogue.find(id).is_some()));
        assert!(
            file::parse("seamline.toml", super::TEMPLATE).ok().unwrap().settings
                == Default::default()
        );
    }
}
