//! `seamline rules coverage`.

use crate::rules::coverage::{self, Filter};
use crate::rules::{Catalogue, names, topics};

use super::args::RulesCoverageArgs;
use super::error::CliError;
use super::exit::Exit;
use super::plan::Base;
use super::rules::known;
use super::terminal;

/// Prints what the rules cover.
///
/// # Errors
/// Rules that cannot be used, or a name that stands for nothing.
pub fn run(args: &RulesCoverageArgs) -> Result<Exit, CliError> {
    known("topic", args.topic.as_ref(), topics::slugs())?;
    known("language", args.language.as_ref(), names::languages().into_iter())?;
    let catalogue = Base::here(&args.catalogue)?.catalogue;
    let filter = Filter { topic: args.topic.clone(), language: args.language.clone() };
    let entries = coverage::entries(&catalogue, &filter).map_err(told)?;
    let text = match args.format.as_str() {
        "json" => coverage::json(&entries).map_err(told)?,
        "markdown" => {
            let built_in = Catalogue::built_in()?;
            coverage::markdown(&entries, &|id| built_in.find(id).is_some())
        }
        _ => coverage::table(&entries),
    };
    terminal::print(&text)?;
    Ok(Exit::Clean)
}

fn told(error: impl std::fmt::Display) -> CliError {
    CliError::Usage(error.to_string())
}
