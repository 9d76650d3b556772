//! The one line that a person reads first: what was found, in how much, and
//! what was left out. Shared by `human` and `concise`.

use super::Report;
use super::paint::Paint;
use super::style::Style;
use super::text::{count, duration, number};
use crate::finding::{Finding, Severity, VerificationStatus};
use crate::judge::Hidden;

/// How many findings there are of what.
pub(super) struct Counts {
    /// Mildest first, as in [`Severity::ALL`].
    pub(super) by_severity: [u64; 5],
    /// Files with findings.
    pub(super) files: u64,
}

impl Counts {
    /// Counts `findings`, which are sorted by path.
    pub(super) fn of(findings: &[Finding]) -> Self {
        let of = |severity| findings.iter().filter(|f| f.severity == severity).count() as u64;
        let files = findings.chunk_by(|a, b| a.path == b.path).count() as u64;
        Counts { by_severity: Severity::ALL.map(of), files }
    }
}

/// The summary of `report` on one line, without a line break.
pub(super) fn headline(report: &Report, style: &Style) -> String {
    let paint = Paint::new(style);
    let mut parts = vec![verdict(report, paint)];
    if report.files > 0 {
        let scanned = count(report.files, "file");
        parts.push(format!("{scanned} scanned in {}", duration(report.elapsed_ms)));
    }
    if !report.skipped.is_empty() {
        parts.push(format!("{} skipped", number(report.skipped.len() as u64)));
    }
    if report.excluded > 0 {
        parts.push(format!("{} excluded", number(report.excluded)));
    }
    parts.extend(verified(report, paint));
    parts.extend(hidden(&report.hidden));
    let separator = if style.unicode { " · " } else { " | " };
    parts.join(&paint.dim(separator))
}

/// What was found: the part that decides.
fn verdict(report: &Report, paint: Paint) -> String {
    let total = report.findings.len() as u64;
    if total > 0 {
        let counts = Counts::of(&report.findings);
        let found = format!("{} in {}", count(total, "finding"), count(counts.files, "file"));
        return format!("{}: {}", paint.bold(&found), by_severity(&counts, paint));
    }
    match (report.files, report.skipped.len()) {
        (0, 0) => paint.bold("Nothing to scan: no files found"),
        (0, _) => paint.bold("Nothing to scan: every file was skipped"),
        _ => paint.good("No findings"),
    }
}

/// `1 critical, 2 high`, worst first.
fn by_severity(counts: &Counts, paint: Paint) -> String {
    let shown = Severity::ALL.iter().zip(counts.by_severity).rev().filter(|(_, n)| *n > 0);
    let parts: Vec<String> = shown
        .map(|(severity, n)| {
            paint.severity(*severity, &format!("{} {}", number(n), severity.name()))
        })
        .collect();
    parts.join(", ")
}

/// `providers say 1 live, 2 dead`; nothing if none was asked.
fn verified(report: &Report, paint: Paint) -> Option<String> {
    use VerificationStatus::{Dead, Live, Unknown};
    let said = report.findings.iter().filter_map(|f| f.secret.as_ref()?.verification.as_ref());
    let said: Vec<VerificationStatus> = said.map(|verification| verification.status).collect();
    let parts: Vec<String> = [Live, Dead, Unknown]
        .into_iter()
        .filter_map(|status| {
            let n = said.iter().filter(|s| **s == status).count() as u64;
            let text = format!("{} {}", number(n), status.name());
            let text = if status == Live { paint.warning(&text) } else { text };
            (n > 0).then_some(text)
        })
        .collect();
    (!parts.is_empty()).then(|| format!("providers say {}", parts.join(", ")))
}

/// `3 hidden (1 inline, 2 baseline)`.
fn hidden(hidden: &Hidden) -> Option<String> {
    let reasons = [
        (hidden.suppressed_inline, "inline"),
        (hidden.suppressed_baseline, "baseline"),
        (hidden.hidden_by_config, "config"),
        (hidden.below_gates, "below thresholds"),
    ];
    let total: u64 = reasons.iter().map(|(n, _)| n).sum();
    let parts: Vec<String> = reasons
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, reason)| format!("{} {reason}", number(*n)))
        .collect();
    (total > 0).then(|| format!("{} hidden ({})", number(total), parts.join(", ")))
}
