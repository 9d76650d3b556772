//! The command line: raw arguments become built things in one place (`plan`),
//! one file per verb does the rest.

mod args;
mod baseline;
mod config;
mod coverage;
mod crash;
mod error;
mod exit;
mod explain;
mod network;
mod output;
mod paths;
mod plan;
mod progress;
mod rules;
mod scan;
mod settings;
mod shell;
mod terminal;
mod usage;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Verb};
use error::CliError;
use exit::Exit;

/// Runs the program on the process's arguments and returns its exit code.
pub fn run() -> ExitCode {
    crash::install_hook();
    let exit = panic::catch_unwind(AssertUnwindSafe(|| match Cli::try_parse() {
        Ok(cli) => dispatch(&cli).unwrap_or_else(|error| {
            terminal::tell(&error);
            Exit::Trouble
        }),
        Err(error) => usage::answer(&error),
    }));
    exit.unwrap_or(Exit::Trouble).into()
}

fn dispatch(cli: &Cli) -> Result<Exit, CliError> {
    match &cli.verb {
        None => scan::run(&cli.scan),
        Some(Verb::Scan(args)) => scan::run(args),
        Some(Verb::Explain(args)) => explain::run(args),
        Some(Verb::Rules(verb)) => rules::run(verb),
        Some(Verb::Baseline(verb)) => baseline::run(verb),
        Some(Verb::Config(verb)) => config::run(verb),
        Some(Verb::Completions { shell }) => shell::completions(*shell),
        Some(Verb::Man) => shell::man(),
    }
}

/// The names of all verbs.
fn verbs() -> Vec<&'static str> {
    vec!["scan", "explain", "rules", "baseline", "config", "completions", "man"]
}

/// The whole command line, for completions and the manual page.
fn command() -> clap::Command {
    Cli::command()
}
