//! Mistakes on the command line, told in one line with what was meant.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::exit::Exit;
use super::terminal;

/// Prints help, version or the mistake; returns how the run ends.
pub fn answer(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Coloured by clap where the terminal is; a closed pipe is fine.
            _ = error.print();
            Exit::Clean
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            _ = error.print();
            Exit::Trouble
        }
        _ => {
            terminal::tell(&one_line(error));
            Exit::Trouble
        }
    }
}

/// clap's first line with its tips; the usage that follows is left to `--help`.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let first = paragraphs.first().copied().unwrap_or_default();
    let message = first.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>();
    let message = message.join(" ").trim_end_matches(':').to_owned();
    match suggestion(error) {
        Some(tip) => format!("{message}; {tip}"),
        None if message.ends_with('?') => message,
        None => format!("{message}; see `seamline --help`"),
    }
}

fn suggestion(error: &clap::Error) -> Option<String> {
    let kinds =
        [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand];
    kinds.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::String(name) => Some(format!("did you mean `{name}`?")),
        ContextValue::Strings(names) => Some(format!("did you mean `{}`?", names.first()?)),
        _ => None,
    })
}
