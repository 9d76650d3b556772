//! Notifications: what the run left out, and what it warns of.

use serde_json::json;
use serde_sarif::sarif::{Notification, ReportingDescriptor, ReportingDescriptorReference};

use super::location::Paths;
use super::{plain, sentence, text};
use crate::report::Report;
use crate::report::text::number;
use crate::source::Skip;

/// So many skipped files are listed; the rest is counted.
const MOST_SKIPS: usize = 5_000;

/// The kinds of notification: id, name and what it means.
const KINDS: [(&str, &str, &str); 3] = [
    ("skipped", "SkippedFile", "A file, or one stage of its analysis, was left out."),
    ("warning", "ScanWarning", "An ignore comment or a setting has no effect or too much."),
    ("truncated", "TruncatedReport", "The report does not list everything that was found."),
];

/// What to do about any of them.
const HELP: &str = "Run `seamline scan -v` to see all that was left out, with reasons.";

/// Descriptors of all kinds, for the tool.
pub(super) fn descriptors() -> Vec<ReportingDescriptor> {
    let describe = |(id, name, description): (&str, &str, &str)| {
        ReportingDescriptor::builder()
            .id(id)
            .name(name)
            .short_description(plain(description))
            .full_description(plain(description))
            .help(plain(HELP))
            .build()
    };
    KINDS.into_iter().map(describe).collect()
}

/// All notifications of a run that lists `listed` of its findings.
pub(super) fn all(report: &Report, listed: usize, paths: &Paths<'_>) -> Vec<Notification> {
    let whole = report.findings.len() + report.suppressed.len();
    let cut = whole - listed;
    let results = (cut > 0).then(|| {
        let (cut, all) = (number(cut as u64), number(whole as u64));
        format!("{cut} of {all} findings are not in this file, the least severe ones.")
    });
    let more = report.skipped.len().saturating_sub(MOST_SKIPS);
    let skips =
        (more > 0).then(|| format!("{} more skipped files are not listed.", number(more as u64)));
    let truncated = results.into_iter().chain(skips).map(|m| notice(2, "warning", m));
    let warnings = report.warnings.iter().map(|w| notice(1, "warning", sentence(w)));
    let skipped = report.skipped.iter().take(MOST_SKIPS).map(|skip| skipped(skip, paths));
    truncated.chain(warnings).chain(skipped).collect()
}

fn skipped(skip: &Skip, paths: &Paths<'_>) -> Notification {
    let message = sentence(&format!("Skipped: {}", skip.reason));
    Notification { locations: Some(vec![paths.file(&skip.path)]), ..notice(0, "note", message) }
}

/// A notification of the kind `KINDS[kind]`.
fn notice(kind: usize, level: &str, message: String) -> Notification {
    let descriptor = ReportingDescriptorReference {
        id: Some(KINDS[kind].0.to_owned()),
        index: i64::try_from(kind).ok(),
        ..Default::default()
    };
    Notification::builder()
        .descriptor(descriptor)
        .level(json!(level))
        .message(text(message))
        .build()
}
