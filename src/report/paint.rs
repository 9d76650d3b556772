//! Colours of the formats for people; with colour off, text passes unchanged.

use owo_colors::{OwoColorize, Style as Ansi};

use super::escape::is_unprintable;
use super::style::Style;
use crate::finding::Severity;

/// Paints text, or not.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    color: bool,
    links: bool,
}

impl Paint {
    pub(super) fn new(style: &Style) -> Self {
        Paint { color: style.color, links: style.links }
    }

    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        self.with(severity_style(severity), text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with(Ansi::new().bold(), text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.with(Ansi::new().dimmed(), text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with(Ansi::new().green().bold(), text)
    }

    pub(super) fn note(self, text: &str) -> String {
        self.with(Ansi::new().cyan(), text)
    }

    pub(super) fn warning(self, text: &str) -> String {
        self.with(Ansi::new().yellow().bold(), text)
    }

    /// `text` as a terminal hyperlink to `url`, where links are on.
    pub(super) fn link(self, url: &str, text: String) -> String {
        let safe = url.starts_with("https://") && !url.chars().any(is_unprintable);
        if self.links && safe { format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\") } else { text }
    }

    fn with(self, ansi: Ansi, text: &str) -> String {
        if self.color { text.style(ansi).to_string() } else { text.to_owned() }
    }
}

/// The colour of a severity, wherever one is shown.
pub(super) fn severity_style(severity: Severity) -> Ansi {
    match severity {
        Severity::Critical => Ansi::new().bright_red().bold(),
        Severity::High => Ansi::new().red().bold(),
        Severity::Medium => Ansi::new().yellow().bold(),
        Severity::Low => Ansi::new().blue().bold(),
        Severity::Info => Ansi::new().cyan(),
    }
}
