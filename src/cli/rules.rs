//! `seamline rules list|test|coverage`, and the hidden `docs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Confidence;
use crate::judge::{self, JudgeOptions};
use crate::pipeline::Engine;
use crate::rules::examples::{self, Case};
use crate::rules::list::{self, Filter};
use crate::rules::{Catalogue, RuleError, index, names, topics};
use crate::semgrep;
use crate::suggest;

use super::args::{CatalogueArgs, RulesListArgs, RulesTestArgs, RulesVerb};
use super::coverage;
use super::error::CliError;
use super::exit::Exit;
use super::plan::Base;
use super::terminal;

/// Runs one of the verbs.
///
/// # Errors
/// Rules that cannot be used, or a name that stands for nothing.
pub fn run(verb: &RulesVerb) -> Result<Exit, CliError> {
    match verb {
        RulesVerb::List(args) => print_list(args),
        RulesVerb::Test(args) => test(args),
        RulesVerb::Coverage(args) => coverage::run(args),
        RulesVerb::Docs => {
            terminal::print(&index::markdown(&Catalogue::built_in()?))?;
            Ok(Exit::Clean)
        }
    }
}

fn print_list(args: &RulesListArgs) -> Result<Exit, CliError> {
    let catalogue = Base::here(&args.catalogue)?.catalogue;
    known("topic", args.topic.as_ref(), topics::slugs())?;
    known("language", args.language.as_ref(), names::languages().into_iter())?;
    let keys = catalogue.secrets.iter().map(|entry| entry.provider.key.as_str());
    let shown = catalogue.secrets.iter().map(|entry| entry.provider.name.as_str());
    known("provider", args.provider.as_ref(), keys.chain(shown))?;
    let filter = Filter {
        category: args.category,
        topic: args.topic.clone(),
        provider: args.provider.clone(),
        language: args.language.clone(),
    };
    let rules = list::list(&catalogue, &filter);
    let text = match args.format.as_str() {
        "json" => list::json(&rules).map_err(|error| CliError::Usage(error.to_string()))?,
        _ => list::table(&rules),
    };
    terminal::print(&text)?;
    Ok(Exit::Clean)
}

/// A filter that nothing can pass is a mistake.
///
/// # Errors
/// `name` is none of `all`.
pub(super) fn known<'a>(
    what: &str,
    name: Option<&String>,
    all: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), CliError> {
    let Some(name) = name else { return Ok(()) };
    if all.clone().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let hint = suggest::question(&suggest::candidates(name, all, 1));
    let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
    Err(CliError::Usage(format!("unknown {what} `{name}`{hint}")))
}

fn test(args: &RulesTestArgs) -> Result<Exit, CliError> {
    let (dirs, ids): (Vec<&String>, Vec<&String>) =
        args.what.iter().partition(|what| is_rules(what));
    let folders = args.catalogue.rules_dirs.iter().cloned();
    let folders = folders.chain(dirs.iter().map(PathBuf::from)).collect();
    let with_dirs = CatalogueArgs { rules_dirs: folders, ..args.catalogue.clone() };
    let built_in = Catalogue::built_in()?.metas.len();
    // With a mistake in one rule all others are tested.
    let Base { catalogue, mistakes, .. } = Base::load(&with_dirs, Path::new("."))?;
    let catalogue = Arc::new(catalogue);
    let wanted = ids.iter().map(|id| catalogue.require(id)).collect::<Result<Vec<_>, _>>()?;
    // Who names folders and no rule wants the rules in them tested.
    let folders = !dirs.is_empty() || ids.is_empty() && !args.catalogue.rules_dirs.is_empty();
    let own = |case: &Case| folders && case.rule.0 as usize >= built_in;
    let all = ids.is_empty() && !folders;
    let mut cases = examples::cases(&catalogue);
    cases.retain(|case| all || wanted.contains(&case.rule) || own(case));
    let failures = failures(&catalogue, &cases);
    let mut text = semgrep::report(&catalogue.notes);
    for (case, complaint) in &failures {
        let id = &catalogue.meta(case.rule).id;
        _ = writeln!(text, "{id}: example {} ({}): {complaint}", case.number, case.label);
    }
    let failed = failures.len();
    if folders {
        text.push_str(&imported(&catalogue, built_in));
    }
    _ = writeln!(text, "{} examples run, {failed} failed", cases.len());
    terminal::print(&text)?;
    match failed {
        _ if !mistakes.is_empty() => Err(RuleError::Invalid(mistakes).into()),
        0 => Ok(Exit::Clean),
        _ => Ok(Exit::Findings),
    }
}

/// Whether `what` is a folder or file of rules, not the id of one.
fn is_rules(what: &str) -> bool {
    let path = Path::new(what);
    path.is_dir() || path.extension().is_some() && path.is_file()
}

/// How many rules were imported, which have no examples; empty if none were.
fn imported(catalogue: &Catalogue, built_in: usize) -> String {
    let own = catalogue.patterns.iter().filter(|entry| entry.index.0 as usize >= built_in);
    match own.filter(|entry| entry.rule.examples.is_empty()).count() {
        0 => String::new(),
        1 => "1 imported rule, which has no examples\n".to_owned(),
        count => format!("{count} imported rules, which have no examples\n"),
    }
}

/// The cases that did not turn out as they must, each with what happened. A
/// rule is run alone: where several agree, a scan keeps the most specific. One
/// that relates findings of others is run with all of them.
fn failures<'c>(catalogue: &Catalogue, cases: &'c [Case]) -> Vec<(&'c Case, &'static str)> {
    let of_rules = cases.chunk_by(|a, b| a.rule == b.rule);
    of_rules.flat_map(|cases| failures_of_rule(catalogue, cases)).collect()
}

fn failures_of_rule<'c>(catalogue: &Catalogue, cases: &'c [Case]) -> Vec<(&'c Case, &'static str)> {
    let Some(rule) = cases.first().map(|case| case.rule) else { return Vec::new() };
    let least = catalogue.meta(rule).confidence.min(Confidence::Medium);
    let options = JudgeOptions {
        min_confidence: Some(least),
        inline_ignores: false,
        ..JudgeOptions::default()
    };
    let mut entries = catalogue.secrets.iter();
    let relates = entries.any(|entry| {
        entry.index == rule && entry.outline.detector.as_deref() == Some(judge::SHARED)
    });
    let rules = if relates { catalogue.clone() } else { catalogue.only(rule) };
    let id = &catalogue.meta(rule).id;
    let engine = Engine::new(Arc::new(rules), options);
    let failure = |case: &'c Case| {
        let report = engine.scan_text(&case.file, case.text.as_bytes());
        match (report.findings.iter().any(|f| f.rule.id == *id), case.must_fire) {
            (false, true) => Some((case, "the rule should have fired and did not")),
            (true, false) => Some((case, "the rule fired and should not have")),
            _ => None,
        }
    };
    cases.iter().filter_map(failure).collect()
}
