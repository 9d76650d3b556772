//! `--format json`: one document, schema version 1, one finding per line.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use super::record::{FindingRecord, SCHEMA, SkipRecord, SummaryRecord, TOOL, Tool};
use super::stream::{Each, to_writer};

#[derive(Serialize)]
struct Document<'a, F: Serialize, H: Serialize, S: Serialize> {
    schema: u32,
    tool: Tool,
    findings: F,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<H>,
    skipped: S,
    warnings: &'a [String],
    summary: SummaryRecord<'a>,
}

/// Writes the document and a final line break.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        tool: TOOL,
        findings: Each(|| report.findings.iter().map(FindingRecord::new)),
        suppressed: (!report.suppressed.is_empty())
            .then_some(Each(|| report.suppressed.iter().map(FindingRecord::new))),
        skipped: Each(|| report.skipped.iter().map(SkipRecord::new)),
        warnings: &report.warnings,
        summary: SummaryRecord::new(report),
    };
    to_writer(out, &document, 2)?;
    out.write_all(b"\n")
}
