//! `seamline explain RULE`.

use crate::rules::explain::explain;

use super::args::ExplainArgs;
use super::error::CliError;
use super::exit::Exit;
use super::plan::Base;
use super::terminal;

/// Prints what there is to know about a rule.
///
/// # Errors
/// A rule that does not exist, with what may have been meant.
pub fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let catalogue = Base::here(&args.catalogue)?.catalogue;
    let index = catalogue.require(&args.rule)?;
    terminal::print(&explain(&catalogue, index, terminal::text_width()))?;
    Ok(Exit::Clean)
}
