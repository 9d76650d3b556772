//! The end of a report for people: what was skipped, warnings, what the
//! config hid, and the next step. Nothing is left out in silence.

use std::collections::HashMap;
use std::io::{self, Write};

use super::Report;
use super::escape::printable;
use super::paint::Paint;
use super::style::Style;
use super::summary::headline;
use super::text::{count, number};
use crate::source::Skip;

/// So many skips and warnings are listed without `-v`.
const LISTED: usize = 10;

/// With more findings than this the summary has scrolled away and is repeated.
const SCREENFUL: usize = 3;

/// Writes everything that follows the findings.
pub(super) fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let paint = Paint::new(style);
    skipped(report, out, style, paint)?;
    warnings(report, out, style, paint)?;
    config(report, out, paint)?;
    if report.findings.len() > SCREENFUL {
        writeln!(out, "\n{}", headline(report, style))?;
    }
    next_step(report, out, paint)
}

fn skipped(report: &Report, out: &mut dyn Write, style: &Style, paint: Paint) -> io::Result<()> {
    let total = report.skipped.len();
    if total == 0 {
        return Ok(());
    }
    let (ordered, reasons) = rarest_first(&report.skipped);
    writeln!(out, "\n{} ({reasons})", paint.bold(&format!("Skipped {}", number(total as u64))))?;
    let limit = if style.verbose > 0 { total } else { LISTED };
    for skip in ordered.iter().take(limit) {
        writeln!(out, "  {}: {}", printable(&skip.path), paint.dim(&printable(&skip.reason)))?;
    }
    more(total, limit, out, paint)
}

/// Skips with the rarest reasons first (an unreadable file matters more than
/// the ninth image) and the reasons with their counts, most frequent first.
fn rarest_first(skips: &[Skip]) -> (Vec<&Skip>, String) {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for skip in skips {
        *counts.entry(&skip.reason).or_default() += 1;
    }
    let mut ordered: Vec<&Skip> = skips.iter().collect();
    ordered.sort_by_key(|skip| (counts[&*skip.reason], *skip));
    let mut reasons: Vec<(&str, u64)> = counts.into_iter().collect();
    reasons.sort_by_key(|(reason, n)| (std::cmp::Reverse(*n), *reason));
    let kinds = reasons.len();
    let mut shown: Vec<String> = reasons
        .iter()
        .take(LISTED / 2)
        .map(|(reason, n)| format!("{} {}", number(*n), printable(reason)))
        .collect();
    if kinds > shown.len() {
        shown.push(count((kinds - shown.len()) as u64, "other reason"));
    }
    (ordered, shown.join(", "))
}

fn warnings(report: &Report, out: &mut dyn Write, style: &Style, paint: Paint) -> io::Result<()> {
    let total = report.warnings.len();
    if total == 0 {
        return Ok(());
    }
    let limit = if style.verbose > 0 { total } else { LISTED };
    writeln!(out)?;
    for warning in report.warnings.iter().take(limit) {
        writeln!(out, "{}: {}", paint.warning("warning"), printable(warning))?;
    }
    more(total, limit, out, paint)
}

fn more(total: usize, limit: usize, out: &mut dyn Write, paint: Paint) -> io::Result<()> {
    if total <= limit {
        return Ok(());
    }
    let rest = number((total - limit) as u64);
    writeln!(out, "  {}", paint.dim(&format!("and {rest} more; -v lists all")))
}

/// A scanned repository is not trusted to hide its own findings: its config
/// is named, with what it hid.
fn config(report: &Report, out: &mut dyn Write, paint: Paint) -> io::Result<()> {
    let Some(path) = &report.config else { return Ok(()) };
    let hid = match report.hidden.hidden_by_config {
        0 => "hid no findings".to_owned(),
        n => format!("hid {}", count(n, "finding")),
    };
    writeln!(out, "\n{} {} {hid}", paint.note("config:"), printable(path))
}

fn next_step(report: &Report, out: &mut dyn Write, paint: Paint) -> io::Result<()> {
    let worst = report.findings.iter().rev().max_by_key(|f| (f.severity, f.confidence));
    let Some(worst) = worst else { return Ok(()) };
    let command = format!("seamline explain {}", printable(&worst.rule.id));
    writeln!(out, "\nNext: {} says why it matters and how to fix it.", paint.bold(&command))
}
