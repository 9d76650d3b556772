//! The command line as it is written: raw arguments, nothing built yet.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};

use crate::config::{ByteSize, FailOn};
use crate::finding::{Category, Confidence, Severity};
use crate::report::{ColorChoice, Format};

use super::output::OutputFile;

/// Finds hard-coded secrets and insecure integration patterns in a codebase.
#[derive(Debug, Parser)]
#[command(
    name = "seamline",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 nothing found, 1 findings, 2 something went wrong.\n\
                  A path that is called like a verb is written with its folder: ./explain"
)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    #[command(flatten)]
    pub scan: ScanArgs,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Scan files and folders (the default verb)
    Scan(Box<ScanArgs>),
    /// Say what a rule finds, why it matters and how to fix it
    Explain(ExplainArgs),
    /// The catalogue of rules
    #[command(subcommand)]
    Rules(RulesVerb),
    /// Findings that are known and accepted
    #[command(subcommand)]
    Baseline(BaselineVerb),
    /// The config file
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args, Default)]
pub struct ScanArgs {
    /// Files and folders to scan; `-` for standard input [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub fail: FailArgs,
    #[command(flatten)]
    pub ignore: IgnoreArgs,
    #[command(flatten)]
    pub verify: VerifyArgs,
}

/// Asking providers; the only thing that uses the network.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Verify")]
pub struct VerifyArgs {
    /// Ask the providers whether found credentials still work
    #[arg(long, conflicts_with = "offline")]
    pub verify: bool,
    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub verify_timeout: u64,
    /// Refuse --verify, as `offline = true` in a config does
    #[arg(long)]
    pub offline: bool,
}

#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Name to report for standard input; its ending tells the language
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<String>,
    /// Also scan what .gitignore, .ignore and .seamlineignore leave out; what git
    /// tracks is scanned whatever .gitignore says
    #[arg(long)]
    pub no_ignore: bool,
    /// Scan hidden files (the default)
    #[arg(long, overrides_with = "no_hidden")]
    pub hidden: bool,
    /// Leave hidden files out
    #[arg(long)]
    pub no_hidden: bool,
    /// Skip larger files, e.g. 20M or 512K
    #[arg(long, value_name = "SIZE")]
    pub max_file_size: Option<ByteSize>,
    /// Do not look into archives, compressed files and office documents
    #[arg(long)]
    pub no_archives: bool,
    /// Leave out paths that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Fail (exit 2) if a file had to be skipped; links do not count
    #[arg(long)]
    pub strict: bool,
}

/// Which config and which rules there are: what most verbs need.
#[derive(Debug, Args, Default, Clone)]
#[command(next_help_heading = "Rules")]
pub struct CatalogueArgs {
    /// Config file to use instead of the one found
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Use no config file
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// Use the rules and allowlists of a gitleaks configuration [default:
    /// .gitleaks.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub gitleaks_config: Option<PathBuf>,
    /// Folder with rules of your own, or a file of Semgrep rules (repeatable)
    #[arg(long = "rules", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules_dirs: Vec<PathBuf>,
}

#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Use only these: rule ids, topics, or `secrets`, `patterns`, `surface`
    #[arg(long, value_name = "ID[,ID]", value_delimiter = ',')]
    pub enable: Vec<String>,
    /// Leave these out: rule ids, topics, or `secrets`, `patterns`, `surface`
    #[arg(long, value_name = "ID[,ID]", value_delimiter = ',')]
    pub disable: Vec<String>,
    /// Leave out findings below this severity
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    pub min_severity: Option<Severity>,
    /// Leave out findings below this confidence [default: medium]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence())]
    pub min_confidence: Option<Confidence>,
}

#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// What standard output gets [default: human]
    #[arg(long, value_parser = format())]
    pub format: Option<Format>,
    /// Also write a report to a file, e.g. sarif=report.sarif (repeatable)
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<OutputFile>,
    /// Print secrets unredacted (human output only)
    #[arg(long)]
    pub show_secrets: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", value_parser = color(), default_value = "auto")]
    pub color: ColorChoice,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// Print findings only
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more: every skipped file, why a finding is as sure as it is
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Exit")]
pub struct FailArgs {
    /// Exit with 1 for findings of this severity or above [default: low]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    pub fail_on: Option<FailOn>,
}

#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Ignore")]
pub struct IgnoreArgs {
    /// File of findings that are known and accepted
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Take no notice of ignore comments in the code
    #[arg(long)]
    pub no_inline_ignores: bool,
    /// List what ignore comments and the baseline hide too, marked as
    /// suppressed (json, jsonl and sarif)
    #[arg(long)]
    pub include_suppressed: bool,
    /// Warn about ignore comments that hide nothing
    #[arg(long)]
    pub report_unused_ignores: bool,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Id of the rule
    pub rule: String,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
}

#[derive(Debug, Subcommand)]
pub enum RulesVerb {
    /// List the rules
    List(RulesListArgs),
    /// Run the examples of rules
    Test(RulesTestArgs),
    /// What the rules cover: topics, languages, libraries
    Coverage(RulesCoverageArgs),
    /// Print the rule index in Markdown
    #[command(hide = true)]
    Docs,
}

#[derive(Debug, Args)]
pub struct RulesListArgs {
    /// Only these: `secret`, `pattern` or `surface`
    #[arg(long, value_parser = category())]
    pub category: Option<Category>,
    /// Only rules of a topic
    #[arg(long, value_name = "SLUG")]
    pub topic: Option<String>,
    /// Only credentials of a provider
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only rules that read a language
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// `human` or `json`
    #[arg(long, value_parser = ["human", "json"], default_value = "human")]
    pub format: String,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
}

#[derive(Debug, Args)]
pub struct RulesCoverageArgs {
    /// Only a topic
    #[arg(long, value_name = "SLUG")]
    pub topic: Option<String>,
    /// Only a language
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// `human`, `json` or `markdown`
    #[arg(long, value_parser = ["human", "json", "markdown"], default_value = "human")]
    pub format: String,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
}

#[derive(Debug, Args)]
pub struct RulesTestArgs {
    /// Rule ids, or folders of rules [default: those of `--rules`, or all]
    #[arg(value_name = "ID|DIR")]
    pub what: Vec<String>,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
}

#[derive(Debug, Subcommand)]
pub enum BaselineVerb {
    /// Accept what a scan finds now
    Create(Box<BaselineArgs>),
    /// Drop what a scan no longer finds
    Prune(Box<BaselineArgs>),
}

#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Files and folders to scan [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// The baseline [default: the config's, or seamline-baseline.jsonl]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
}

#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Print the settings in force and where each comes from
    Show(Box<ConfigShowArgs>),
    /// Check the config file and the rules it names
    Check(ConfigCheckArgs),
    /// Write a commented seamline.toml into this folder
    Init,
}

#[derive(Debug, Args)]
pub struct ConfigShowArgs {
    /// What would be scanned [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub fail: FailArgs,
    #[command(flatten)]
    pub ignore: IgnoreArgs,
}

#[derive(Debug, Args)]
pub struct ConfigCheckArgs {
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
}

/// A parser of one of `values`, known by their names: help, completions and
/// suggestions follow from the list.
fn named<T: Copy + Send + Sync + 'static>(
    values: Vec<(&'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let names: Vec<&'static str> = values.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(names).try_map(move |name| {
        let value = values.iter().find(|(known, _)| *known == name);
        value.map(|(_, value)| *value).ok_or("unknown name")
    })
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    named(Severity::ALL.map(|severity| (severity.name(), severity)).to_vec())
}

fn confidence() -> impl TypedValueParser<Value = Confidence> {
    let all = [Confidence::Low, Confidence::Medium, Confidence::High];
    named(all.map(|confidence| (confidence.name(), confidence)).to_vec())
}

fn category() -> impl TypedValueParser<Value = Category> {
    named(
        [Category::Secret, Category::Pattern, Category::Surface]
            .map(|category| (category.name(), category))
            .to_vec(),
    )
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    let severities = Severity::ALL.map(|severity| (severity.name(), FailOn::At(severity)));
    named(severities.into_iter().chain([("never", FailOn::Never)]).collect())
}

fn format() -> impl TypedValueParser<Value = Format> {
    named(Format::ALL.map(|format| (format.name(), format)).to_vec())
}

fn color() -> impl TypedValueParser<Value = ColorChoice> {
    use ColorChoice::{Always, Auto, Never};
    named(vec![("auto", Auto), ("always", Always), ("never", Never)])
}
