//! `--format concise`: `path:line:column: severity[rule-id] message`, one
//! finding a line, as editors and `grep` read it; with `--verify`, what came of
//! it stands at the end. The summary comes last, where it disturbs neither.

use std::io::{self, Write};

use super::Report;
use super::escape::printable;
use super::paint::Paint;
use super::style::Style;
use super::summary::headline;
use crate::finding::Finding;

/// Writes one line per finding and, unless quiet, the warnings and the summary.
pub(super) fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let paint = Paint::new(style);
    for finding in &report.findings {
        line(finding, out, paint)?;
    }
    if style.quiet {
        return Ok(());
    }
    for warning in &report.warnings {
        writeln!(out, "{}: {}", paint.warning("warning"), printable(warning))?;
    }
    writeln!(out, "{}", headline(report, style))
}

fn line(finding: &Finding, out: &mut dyn Write, paint: Paint) -> io::Result<()> {
    let secret = finding.secret.as_ref();
    let verified = secret.and_then(|secret| secret.verification.as_ref());
    let verified = verified.map_or_else(String::new, |v| format!(" ({})", v.status.name()));
    let kind = format!("{}[{}]", finding.severity.name(), finding.rule.id);
    writeln!(
        out,
        "{}:{}:{}: {} {}{verified}",
        paint.bold(&printable(&finding.path)),
        finding.start.line,
        finding.start.column,
        paint.severity(finding.severity, &printable(&kind)),
        printable(&finding.message),
    )
}
