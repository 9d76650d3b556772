//! `seamline completions` and `seamline man`.

use super::error::CliError;
use super::exit::Exit;
use super::{command, terminal};

/// Prints the completion script for `shell`.
///
/// # Errors
/// Standard output cannot be written.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "seamline", &mut script);
    print(&script)
}

/// Prints the manual page (roff).
///
/// # Errors
/// Standard output cannot be written.
pub fn man() -> Result<Exit, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page).map_err(CliError::Stdout)?;
    print(&page)
}

fn print(bytes: &[u8]) -> Result<Exit, CliError> {
    terminal::print(&String::from_utf8_lossy(bytes))?;
    Ok(Exit::Clean)
}
