//! The settings in force: each with where it comes from. A flag wins over the
//! config file, the config file over the default; lists add up.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use crate::config::{ByteSize, Config, FailOn, RuleSettings};
use crate::finding::{Confidence, Severity};
use crate::source;

use super::args::{CatalogueArgs, FailArgs, IgnoreArgs, InputArgs, RuleArgs};

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    Flag(&'static str),
    /// The config file, as reports show its path.
    Config(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::Flag(name) => f.write_str(name),
            Origin::Config(file) => f.write_str(file),
        }
    }
}

/// A value and its origin.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// The flags that a config file can set too.
pub struct Flags<'a> {
    pub input: &'a InputArgs,
    pub catalogue: &'a CatalogueArgs,
    pub rules: &'a RuleArgs,
    pub fail: &'a FailArgs,
    pub ignore: &'a IgnoreArgs,
}

/// Everything flags, config and defaults have a say in. Paths and globs are
/// as seen from the working directory.
#[derive(Debug, Clone)]
pub struct Settings {
    pub exclude: Vec<Setting<String>>,
    pub min_severity: Setting<Severity>,
    pub min_confidence: Setting<Confidence>,
    pub fail_on: Setting<FailOn>,
    pub baseline: Option<Setting<PathBuf>>,
    pub rules_dirs: Vec<Setting<PathBuf>>,
    pub max_file_size: Setting<ByteSize>,
    pub archives: Setting<bool>,
    /// True if `--verify` is forbidden.
    pub offline: Setting<bool>,
    pub rules: Vec<Setting<(String, RuleSettings)>>,
}

impl Settings {
    /// Merges `flags` over `config` over the defaults.
    pub fn merge(flags: &Flags<'_>, config: Option<&Config>) -> Self {
        let written = config.map(|config| &config.settings);
        let origin = Origin::Config(config.map(|c| c.shown.clone()).unwrap_or_default());
        let merge = Merge { origin: &origin };
        Settings {
            exclude: excludes(flags.input, config, &origin),
            min_severity: merge.one(
                (flags.rules.min_severity, "--min-severity"),
                written.and_then(|w| w.min_severity),
                Severity::Info,
            ),
            min_confidence: merge.one(
                (flags.rules.min_confidence, "--min-confidence"),
                written.and_then(|w| w.min_confidence),
                Confidence::Medium,
            ),
            fail_on: merge.one(
                (flags.fail.fail_on, "--fail-on"),
                written.and_then(|w| w.fail_on),
                FailOn::At(Severity::Low),
            ),
            max_file_size: merge.one(
                (flags.input.max_file_size, "--max-file-size"),
                written.and_then(|w| w.max_file_size),
                ByteSize(source::DEFAULT_MAX_FILE_SIZE),
            ),
            archives: merge.one(
                (flags.input.no_archives.then_some(false), "--no-archives"),
                written.and_then(|w| w.archives),
                true,
            ),
            // On from either side; off is the default and cannot be asked for.
            offline: merge.one(
                (None, "--offline"),
                written.map(|w| w.offline).filter(|offline| *offline),
                false,
            ),
            baseline: baseline(flags.ignore, config, &origin),
            rules_dirs: rules_dirs(flags.catalogue, config),
            rules: written.map_or_else(Vec::new, |written| {
                let rules = written.rules.iter();
                rules
                    .map(|(id, rule)| merge.written((id.clone(), localised(rule, config))))
                    .collect()
            }),
        }
    }

    /// The settings as a config file would say them, each with its origin.
    pub fn show(&self) -> String {
        let mut out = String::new();
        let mut line = |key: &str, value: String, origin: &Origin| {
            _ = writeln!(out, "{:<40} # {origin}", format!("{key} = {value}"));
        };
        for exclude in &self.exclude {
            line("exclude", format!("[{}]", quoted(&exclude.value)), &exclude.origin);
        }
        line("min-severity", quoted(self.min_severity.value.name()), &self.min_severity.origin);
        let confidence = &self.min_confidence;
        line("min-confidence", quoted(confidence.value.name()), &confidence.origin);
        line("fail-on", quoted(self.fail_on.value.name()), &self.fail_on.origin);
        if let Some(baseline) = &self.baseline {
            line("baseline", quoted(&baseline.value.to_string_lossy()), &baseline.origin);
        }
        for dir in &self.rules_dirs {
            line("rules-dirs", format!("[{}]", quoted(&dir.value.to_string_lossy())), &dir.origin);
        }
        let size = &self.max_file_size;
        line("max-file-size", quoted(&size.value.to_string()), &size.origin);
        line("archives", self.archives.value.to_string(), &self.archives.origin);
        line("offline", self.offline.value.to_string(), &self.offline.origin);
        for rule in &self.rules {
            let (id, settings) = &rule.value;
            _ = writeln!(
                out,
                "\n[rules.{id}]{:<width$} # {}",
                "",
                rule.origin,
                width = 32usize.saturating_sub(id.len())
            );
            show_rule(&mut out, settings);
        }
        out
    }
}

fn show_rule(out: &mut String, settings: &RuleSettings) {
    if let Some(enabled) = settings.enabled {
        _ = writeln!(out, "enabled = {enabled}");
    }
    if let Some(severity) = settings.severity {
        _ = writeln!(out, "severity = {}", quoted(severity.name()));
    }
    if !settings.exclude.is_empty() {
        let globs: Vec<String> = settings.exclude.iter().map(|glob| quoted(glob)).collect();
        _ = writeln!(out, "exclude = [{}]", globs.join(", "));
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

struct Merge<'a> {
    origin: &'a Origin,
}

impl Merge<'_> {
    fn one<T>(
        &self,
        (flag, name): (Option<T>, &'static str),
        config: Option<T>,
        default: T,
    ) -> Setting<T> {
        match (flag, config) {
            (Some(value), _) => Setting { value, origin: Origin::Flag(name) },
            (None, Some(value)) => self.written(value),
            (None, None) => Setting { value: default, origin: Origin::Default },
        }
    }

    fn written<T>(&self, value: T) -> Setting<T> {
        Setting { value, origin: self.origin.clone() }
    }
}

fn excludes(input: &InputArgs, config: Option<&Config>, origin: &Origin) -> Vec<Setting<String>> {
    let flags = input
        .exclude
        .iter()
        .map(|glob| Setting { value: glob.clone(), origin: Origin::Flag("--exclude") });
    let written = config.into_iter().flat_map(|config| {
        let globs = config.settings.exclude.iter().filter_map(|glob| config.glob_here(glob));
        globs.map(|value| Setting { value, origin: origin.clone() })
    });
    flags.chain(written).collect()
}

fn localised(rule: &RuleSettings, config: Option<&Config>) -> RuleSettings {
    let here = |glob: &String| config.and_then(|config| config.glob_here(glob));
    RuleSettings { exclude: rule.exclude.iter().filter_map(here).collect(), ..rule.clone() }
}

fn baseline(
    ignore: &IgnoreArgs,
    config: Option<&Config>,
    origin: &Origin,
) -> Option<Setting<PathBuf>> {
    if let Some(path) = &ignore.baseline {
        return Some(Setting { value: path.clone(), origin: Origin::Flag("--baseline") });
    }
    let config = config?;
    let path = config.resolve(config.settings.baseline.as_ref()?);
    Some(Setting { value: path, origin: origin.clone() })
}

/// The folders of the user's rules; needed before all other settings, because
/// the config is checked against the rules in them.
pub fn rules_dirs(flags: &CatalogueArgs, config: Option<&Config>) -> Vec<Setting<PathBuf>> {
    let named = flags
        .rules_dirs
        .iter()
        .map(|path| Setting { value: path.clone(), origin: Origin::Flag("--rules") });
    let written = config.into_iter().flat_map(|config| {
        let origin = Origin::Config(config.shown.clone());
        let dirs = config.settings.rules_dirs.iter();
        dirs.map(move |dir| Setting { value: config.resolve(dir), origin: origin.clone() })
    });
    named.chain(written).collect()
}
