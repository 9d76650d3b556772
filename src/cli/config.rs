//! `seamline config show|check|init`.

use std::fs::File;
use std::io::{ErrorKind, Write};

use crate::config::{self, FILE_NAMES, TEMPLATE};

use super::args::{CatalogueArgs, ConfigShowArgs, ConfigVerb};
use super::error::CliError;
use super::exit::Exit;
use super::plan::{self, Base};
use super::settings::Flags;
use super::terminal;

/// Runs one of the verbs.
///
/// # Errors
/// A config or rules that cannot be used; for `init`, a file that is there.
pub fn run(verb: &ConfigVerb) -> Result<Exit, CliError> {
    match verb {
        ConfigVerb::Show(args) => show(args),
        ConfigVerb::Check(args) => check(&args.catalogue),
        ConfigVerb::Init => init(),
    }
}

fn show(args: &ConfigShowArgs) -> Result<Exit, CliError> {
    let flags = Flags {
        input: &args.input,
        catalogue: &args.catalogue,
        rules: &args.rules,
        fail: &args.fail,
        ignore: &args.ignore,
    };
    let (file, settings) = plan::effective(&args.paths, &flags)?;
    let head = match file {
        Some(file) => format!("# config file: {file}\n\n"),
        None => "# no config file\n\n".to_owned(),
    };
    terminal::print(&format!("{head}{}", settings.show()))?;
    Ok(Exit::Clean)
}

fn check(args: &CatalogueArgs) -> Result<Exit, CliError> {
    let base = Base::here(args)?;
    if base.config.is_none() && base.gitleaks.is_none() {
        let fix = "`seamline config init` writes one";
        return Err(CliError::Usage(format!("there is no config file here; {fix}")));
    }
    if let Some(config) = &base.config {
        terminal::print(&format!("{}: no mistakes\n", config.shown))?;
    }
    if let Some(gitleaks) = &base.gitleaks {
        terminal::print(&gitleaks.summary())?;
    }
    Ok(Exit::Clean)
}

fn init() -> Result<Exit, CliError> {
    let [name, hidden] = FILE_NAMES;
    let cannot = |reason: String| CliError::Usage(format!("cannot write {name}: {reason}"));
    if std::fs::symlink_metadata(hidden).is_ok() {
        return Err(cannot(format!("{hidden} is already there")));
    }
    let mut file = File::create_new(name).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => cannot("it is already there".to_owned()),
        _ => cannot(config::describe(&error)),
    })?;
    file.write_all(TEMPLATE.as_bytes()).map_err(|error| cannot(config::describe(&error)))?;
    terminal::print(&format!("wrote {name}\n"))?;
    Ok(Exit::Clean)
}
