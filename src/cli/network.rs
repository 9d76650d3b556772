//! May this run ask providers? Yes only if `--verify` says so and nothing
//! forbids it: not `--offline`, not the environment, and not the config of any
//! path that is scanned, whichever config is in use otherwise.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::{self, Config};
use crate::verify;

use super::args::{CatalogueArgs, VerifyArgs};
use super::error::CliError;
use super::paths::STDIN;

/// Forbids `--verify` wherever it is set to anything but `0`, `false` or nothing.
const OFFLINE_VARIABLE: &str = "SEAMLINE_OFFLINE";

/// How to ask providers in a scan of `paths`; `None` if nobody asked for it.
///
/// # Errors
/// `--verify` is forbidden, by what, and where that is written.
pub fn options(
    args: &VerifyArgs,
    catalogue: &CatalogueArgs,
    paths: &[PathBuf],
) -> Result<Option<verify::Options>, CliError> {
    if !args.verify {
        return Ok(None);
    }
    let variable = |name| std::env::var(name).unwrap_or_default();
    if !matches!(variable(OFFLINE_VARIABLE).as_str(), "" | "0" | "false") {
        let message = format!("`--verify` is forbidden by the variable `{OFFLINE_VARIABLE}`");
        return Err(CliError::Usage(message));
    }
    for file in configs(catalogue, paths)? {
        if let Some(place) = Config::read(&file)?.forbids_network() {
            let message = format!("`--verify` is forbidden by {place}: `offline = true`");
            return Err(CliError::Usage(message));
        }
    }
    let loopback = match variable(verify::LOOPBACK_VARIABLE) {
        written if written.is_empty() => None,
        written => Some(verify::loopback(&written).map_err(CliError::Usage)?),
    };
    Ok(Some(verify::Options { timeout: Duration::from_secs(args.verify_timeout), loopback }))
}

/// The config that is named and those that belong to the scanned paths, also
/// when `--no-config` leaves them out of everything else.
fn configs(catalogue: &CatalogueArgs, paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    let here = PathBuf::from(".");
    let starts = paths.iter().filter(|path| *path != Path::new(STDIN));
    for start in starts.chain([&here]) {
        files.extend(config::discover(start)?);
    }
    files.extend(catalogue.config.clone());
    files.dedup();
    Ok(files)
}
