//! Standard output and standard error: closed pipes, widths, and no control
//! characters of scanned or configured text.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::report::{ColorChoice, Style, Terminal};

use super::error::CliError;

/// Prints `text` to standard output. A reader that went away is no error.
///
/// # Errors
/// Standard output cannot be written.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
        _ => Ok(()),
    }
}

/// Prints each line of `message` to standard error, as the program's own. If
/// that fails there is nobody left to tell.
pub fn tell(message: &dyn Display) {
    let mut err = io::stderr().lock();
    for line in message.to_string().lines() {
        _ = writeln!(err, "seamline: {}", harmless(line));
    }
}

/// Control characters could rewrite what a terminal shows.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// How standard output looks.
pub fn style(color: ColorChoice) -> Style {
    let terminal = Terminal {
        is_terminal: io::stdout().is_terminal(),
        width: columns(),
        env: &|name| std::env::var(name).ok(),
    };
    Style::detect(color, &terminal)
}

/// Width to wrap plain text at.
pub fn text_width() -> usize {
    columns().unwrap_or(80).clamp(40, 100)
}

/// What the user set, or else what the terminal says.
fn columns() -> Option<usize> {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    set.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}
