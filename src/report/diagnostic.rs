//! A finding as `miette` renders it: its excerpt as source code that knows the
//! true line and column of a window, in a theme that follows the severity.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use owo_colors::Style as Ansi;

use super::escape::printable;
use super::excerpt::{View, fit};
use super::paint::severity_style;
use super::style::Style;
use crate::finding::{Finding, Position, Severity};

/// More lines than any excerpt has: all of it is shown.
const CONTEXT: usize = 1 << 10;

/// The renderer for findings of `severity`.
pub(super) fn handler(severity: Severity, style: &Style) -> GraphicalReportHandler {
    let characters =
        if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if style.color { colors(severity) } else { ThemeStyles::none() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_urls(false)
        .with_width(style.width)
        .with_context_lines(CONTEXT)
        .without_syntax_highlighting()
}

fn colors(severity: Severity) -> ThemeStyles {
    let own = severity_style(severity);
    ThemeStyles {
        error: own,
        warning: own,
        advice: own,
        help: Ansi::new(),
        link: Ansi::new().bold(),
        linum: Ansi::new().dimmed(),
        highlights: vec![own],
    }
}

/// What `miette` is given of a finding. Holds nothing that the finding does
/// not show anyway.
#[derive(Debug)]
pub(super) struct Shown {
    message: String,
    severity: miette::Severity,
    window: Option<Window>,
}

impl Shown {
    /// Prepares `finding`, with texts made harmless and lines cut to fit.
    pub(super) fn new(finding: &Finding, style: &Style) -> Self {
        Shown {
            message: printable(&finding.message).into_owned(),
            severity: match finding.severity {
                Severity::Critical | Severity::High => miette::Severity::Error,
                Severity::Medium => miette::Severity::Warning,
                Severity::Low | Severity::Info => miette::Severity::Advice,
            },
            window: Window::new(finding, style),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.window.as_ref().map(|window| window as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let window = self.window.as_ref()?;
        let mark = window.view.mark.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new(None, mark.start, mark.len()))))
    }
}

/// A few lines of a file, at their true place.
#[derive(Debug)]
struct Window {
    path: String,
    /// From zero, of the first line in view.
    first_line: usize,
    start: Position,
    view: View,
}

impl Window {
    fn new(finding: &Finding, style: &Style) -> Option<Self> {
        let excerpt = finding.excerpt.as_ref()?;
        let first_line = excerpt.first_line.saturating_sub(1) as usize;
        // A mark over several lines is drawn as an arrow beside them.
        let marked = excerpt.text.get(excerpt.mark.clone()).unwrap_or_default();
        let arrow = if marked.contains('\n') { 4 } else { 0 };
        let gutter = (first_line + excerpt.text.lines().count()).to_string().len() + 4 + arrow;
        let dots = if style.unicode { "…" } else { "..." };
        let view = fit(excerpt, finding.start.column, style.width.saturating_sub(gutter), dots);
        Some(Window {
            path: printable(&finding.path).into_owned(),
            first_line,
            start: finding.start,
            view,
        })
    }
}

impl SourceCode for Window {
    /// `miette` asks without context for the place to print, and with context
    /// for the lines; only the former has a column of its own.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text: &str = &self.view.text;
        let found = text.read_span(span, before, after)?;
        let (line, column) = if before == 0 && after == 0 {
            (
                self.start.line.saturating_sub(1) as usize,
                self.start.column.saturating_sub(1) as usize,
            )
        } else {
            (self.first_line + found.line(), 0)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            found.data(),
            *found.span(),
            line,
            column,
            found.line_count(),
        )))
    }
}
