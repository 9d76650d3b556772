//! Raw arguments become built things: flags, environment and config meet here
//! and nowhere else.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Config, ConfigError, FailOn};
use crate::document::Problem;
use crate::gitleaks::{self, Gitleaks};
use crate::judge::{self, Baseline, JudgeOptions};
use crate::report::{Format, Style};
use crate::rules::{Catalogue, RuleError};
use crate::semgrep;
use crate::source::SourceRequest;
use crate::verify;

use super::args::{
    BaselineArgs, CatalogueArgs, FailArgs, IgnoreArgs, InputArgs, OutputArgs, ScanArgs,
};
use super::error::CliError;
use super::output::{self, OutputFile};
use super::settings::{self, Flags, Origin, Settings};
use super::{network, paths, terminal};

/// Everything a scan needs, checked.
pub struct ScanPlan {
    pub request: SourceRequest,
    pub catalogue: Arc<Catalogue>,
    pub judge: JudgeOptions,
    /// The config file in use, as reports show it.
    pub config: Option<String>,
    /// What of the settings could not be used, for the report.
    pub warnings: Vec<String>,
    /// What is wrong with the user's rules; the scan goes on without those.
    pub mistakes: Vec<Problem>,
    pub fail_on: FailOn,
    pub strict: bool,
    /// How to ask providers; `None` if nobody is asked.
    pub verify: Option<verify::Options>,
}

/// What is shown of a scan, and where.
pub struct OutputPlan {
    /// What standard output gets.
    pub format: Format,
    pub style: Style,
    pub files: Vec<OutputFile>,
    pub progress: bool,
    pub quiet: bool,
}

/// The config of a run and the rules it speaks of.
pub struct Base {
    pub config: Option<Config>,
    pub catalogue: Catalogue,
    /// What a gitleaks configuration adds, beyond its rules in the catalogue.
    pub gitleaks: Option<Gitleaks>,
    /// What is wrong with the user's rules; those are not in the catalogue.
    pub mistakes: Vec<Problem>,
}

impl Base {
    /// Finds the config for what starts at `start`, loads all rules, and
    /// checks one against the other. Rules in which something is wrong are left
    /// out, and told.
    ///
    /// # Errors
    /// Everything wrong with the config, or a folder of rules that cannot be used.
    pub fn load(args: &CatalogueArgs, start: &Path) -> Result<Self, CliError> {
        let file = match (&args.config, args.no_config) {
            (Some(file), _) => Some(file.clone()),
            (None, true) => None,
            (None, false) => config::discover(start)?,
        };
        let config = file.as_deref().map(Config::read).transpose()?;
        let mut catalogue = Catalogue::built_in()?;
        let mut mistakes = Vec::new();
        for dir in settings::rules_dirs(args, config.as_ref()) {
            mistakes.extend(match dir.origin {
                Origin::Config(_) => catalogue.add_untrusted(&dir.value)?,
                Origin::Flag(_) | Origin::Default => catalogue.add_sound(&dir.value)?,
            });
        }
        let gitleaks = gitleaks_file(args, config.as_ref(), start);
        let read = |file: PathBuf| Gitleaks::read(&file, &catalogue);
        let mut gitleaks = gitleaks.map(read).transpose()?;
        if let Some(gitleaks) = &mut gitleaks {
            gitleaks.add_to(&mut catalogue);
        }
        let unknown = config.as_ref().and_then(|config| config.check_rules(&catalogue).err());
        match unknown {
            // It may be the id of a rule that could not be read.
            Some(ConfigError::Invalid(problems)) if !mistakes.is_empty() => {
                mistakes.extend(problems);
                Err(RuleError::Invalid(mistakes).into())
            }
            Some(error) => Err(error.into()),
            None => Ok(Base { config, catalogue, gitleaks, mistakes }),
        }
    }

    /// The config files in use, as reports show them.
    fn shown(&self) -> Option<String> {
        let config = self.config.iter().map(|config| config.shown.as_str());
        let files: Vec<&str> =
            config.chain(self.gitleaks.iter().map(|g| g.shown.as_str())).collect();
        Some(files.join(", ")).filter(|shown| !shown.is_empty())
    }

    /// As [`Base::load`], for verbs that scan nothing.
    ///
    /// # Errors
    /// As [`Base::load`], and everything wrong with the user's rules.
    pub fn here(args: &CatalogueArgs) -> Result<Self, CliError> {
        let base = Base::load(args, Path::new("."))?;
        told(base.mistakes.clone())?;
        Ok(base)
    }
}

/// For what cannot be done with a part of the rules only.
///
/// # Errors
/// Any mistake.
fn told(mistakes: Vec<Problem>) -> Result<(), RuleError> {
    if mistakes.is_empty() { Ok(()) } else { Err(RuleError::Invalid(mistakes)) }
}

/// The gitleaks configuration of a run: named by a flag, by the config, or found.
fn gitleaks_file(args: &CatalogueArgs, config: Option<&Config>, start: &Path) -> Option<PathBuf> {
    let named = config.and_then(|c| Some(c.resolve(c.settings.gitleaks_config.as_ref()?)));
    let found = || match config {
        _ if args.no_config => None,
        Some(config) => Some(config.folder.join(gitleaks::FILE_NAME)).filter(|file| file.is_file()),
        None => config::discover_named(start, gitleaks::FILE_NAME),
    };
    args.gitleaks_config.clone().or(named).or_else(found)
}

/// The plan of `seamline scan`.
///
/// # Errors
/// Anything the user asked for that cannot be done; nothing has been written.
pub fn scan(args: &ScanArgs) -> Result<(ScanPlan, OutputPlan), CliError> {
    let output = output_plan(&args.output)?;
    let verify = network::options(&args.verify, &args.catalogue, &args.paths)?;
    let flags = Flags {
        input: &args.input,
        catalogue: &args.catalogue,
        rules: &args.rules,
        fail: &args.fail,
        ignore: &args.ignore,
    };
    let mut plan = build(&args.paths, &flags)?;
    let formats = output.files.iter().map(|file| file.format).chain([output.format]);
    plan.judge.excerpts = formats.into_iter().any(|format| format == Format::Human);
    plan.judge.show_secrets = args.output.show_secrets;
    plan.judge.keep_secrets = verify.is_some();
    plan.verify = verify;
    Ok((plan, output))
}

/// The plan of the scan behind `seamline baseline`: everything is found, as if
/// there were no baseline. Also says which file the baseline is.
///
/// # Errors
/// As [`scan`].
pub fn baseline(args: &BaselineArgs) -> Result<(ScanPlan, PathBuf), CliError> {
    let (fail, ignore) = (FailArgs::default(), IgnoreArgs::default());
    let flags = Flags {
        input: &args.input,
        catalogue: &args.catalogue,
        rules: &args.rules,
        fail: &fail,
        ignore: &ignore,
    };
    let (mut plan, settings) = build_without_baseline(&args.paths, &flags)?;
    told(std::mem::take(&mut plan.mistakes))?;
    plan.judge.baseline = None;
    let configured = settings.baseline.map(|baseline| baseline.value);
    let file =
        args.output.clone().or(configured).unwrap_or_else(|| PathBuf::from(judge::BASELINE_FILE));
    Ok((plan, file))
}

fn build(paths: &[PathBuf], flags: &Flags<'_>) -> Result<ScanPlan, CliError> {
    let (mut plan, settings) = build_without_baseline(paths, flags)?;
    if let Some(baseline) = &settings.baseline {
        let shown = baseline.value.display();
        let read = Baseline::read(&baseline.value)?;
        plan.warnings.extend(read.notes().iter().map(|note| format!("{shown}: {note}")));
        plan.judge.baseline = Some(read);
    }
    Ok(plan)
}

fn build_without_baseline(
    paths: &[PathBuf],
    flags: &Flags<'_>,
) -> Result<(ScanPlan, Settings), CliError> {
    let paths = named_paths(paths, flags.input)?;
    let base = Base::load(flags.catalogue, start(&paths))?;
    let shown = base.shown();
    let Base { config, mut catalogue, gitleaks, mistakes } = base;
    let settings = Settings::merge(flags, config.as_ref());
    if let Err(unknown) = catalogue.select(&flags.rules.enable, &flags.rules.disable) {
        // It may be the id of a rule that could not be read.
        told(mistakes)?;
        return Err(unknown.into());
    }
    let mut judge = judge_options(flags, &settings)?;
    let mut warnings: Vec<String> = gitleaks.iter().filter_map(Gitleaks::warning).collect();
    warnings.extend(semgrep::warnings(&catalogue.notes));
    judge.allowlists.extend(gitleaks.into_iter().flat_map(|gitleaks| gitleaks.allowlists));
    let plan = ScanPlan {
        request: request(paths, flags.input, &settings),
        judge,
        catalogue: Arc::new(catalogue),
        config: shown,
        warnings,
        mistakes,
        fail_on: settings.fail_on.value,
        strict: flags.input.strict,
        verify: None,
    };
    Ok((plan, settings))
}

/// The settings in force for a scan of `paths`, for `config show`.
///
/// # Errors
/// As [`scan`].
pub fn effective(
    paths: &[PathBuf],
    flags: &Flags<'_>,
) -> Result<(Option<String>, Settings), CliError> {
    let paths = named_paths(paths, flags.input)?;
    let base = Base::load(flags.catalogue, start(&paths))?;
    let settings = Settings::merge(flags, base.config.as_ref());
    Ok((base.shown(), settings))
}

/// Where the search for a config begins: the first path, or here.
fn start(paths: &[PathBuf]) -> &Path {
    let first = paths.iter().find(|path| *path != Path::new(paths::STDIN));
    first.map_or(Path::new("."), PathBuf::as_path)
}

fn named_paths(written: &[PathBuf], input: &InputArgs) -> Result<Vec<PathBuf>, CliError> {
    paths::check(written, &super::verbs())?;
    let stdin = written.iter().any(|path| path == Path::new(paths::STDIN));
    if input.stdin_filename.is_some() && !stdin {
        let message = "`--stdin-filename` names standard input; add the path `-`";
        return Err(CliError::Usage(message.to_owned()));
    }
    Ok(if written.is_empty() { vec![PathBuf::from(".")] } else { written.to_vec() })
}

fn request(paths: Vec<PathBuf>, input: &InputArgs, settings: &Settings) -> SourceRequest {
    SourceRequest {
        paths,
        respect_ignores: !input.no_ignore,
        hidden: !input.no_hidden,
        max_file_size: settings.max_file_size.value.0,
        archives: settings.archives.value,
        exclude: settings.exclude.iter().map(|exclude| exclude.value.clone()).collect(),
        stdin_filename: input.stdin_filename.clone(),
    }
}

fn judge_options(flags: &Flags<'_>, settings: &Settings) -> Result<JudgeOptions, CliError> {
    let mut rules = std::collections::BTreeMap::new();
    for rule in &settings.rules {
        let (id, written) = &rule.value;
        // A rule named by `--enable` is on, whatever the config says.
        let named = flags.rules.enable.contains(id);
        let globs = written.exclude.iter().map(String::as_str);
        let exclude = judge::path_globs(globs)
            .map_err(|error| CliError::Usage(format!("rule `{id}`: {error}")))?;
        let enabled = named || written.enabled.unwrap_or(true);
        rules.insert(
            id.clone(),
            judge::RuleSettings { enabled, severity: written.severity, exclude },
        );
    }
    Ok(JudgeOptions {
        min_severity: Some(settings.min_severity.value),
        min_confidence: Some(settings.min_confidence.value),
        inline_ignores: !flags.ignore.no_inline_ignores,
        report_unused: flags.ignore.report_unused_ignores,
        keep_suppressed: flags.ignore.include_suppressed,
        rules,
        ..JudgeOptions::default()
    })
}

fn output_plan(args: &OutputArgs) -> Result<OutputPlan, CliError> {
    let format = args.format.unwrap_or(Format::Human);
    if args.show_secrets && format != Format::Human {
        let message =
            format!("`--show-secrets` goes with human output, not with {}", format.name());
        return Err(CliError::Usage(message));
    }
    output::check(&args.output)?;
    let style = Style {
        show_secrets: args.show_secrets,
        verbose: u8::from(args.verbose),
        quiet: args.quiet,
        ..terminal::style(args.color)
    };
    let watched = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    Ok(OutputPlan {
        format,
        style,
        files: args.output.clone(),
        progress: watched && !args.no_progress && !args.quiet,
        quiet: args.quiet,
    })
}

/// The working directory as seen from the root of its repository
/// (`services/api`); `None` at the root and outside a repository.
pub fn repository_prefix() -> Option<String> {
    let here = Path::new(".").canonicalize().ok()?;
    let root = config::repository_root(&here)?;
    let names = here.strip_prefix(root).ok()?.components();
    let parts: Vec<String> =
        names.map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
    Some(parts.join("/")).filter(|prefix| !prefix.is_empty())
}
