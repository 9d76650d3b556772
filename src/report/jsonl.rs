//! `--format jsonl`: one record per line, told apart by `type`. Findings
//! first, then what was skipped, then warnings; the last line is always the
//! summary, so that a reader knows that nothing is missing.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use super::record::{FindingRecord, SCHEMA, SkipRecord, SummaryRecord, TOOL, Tool};
use super::stream::to_writer;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(FindingRecord<'a>),
    Suppressed(FindingRecord<'a>),
    Skipped(SkipRecord<'a>),
    Warning { message: &'a str },
    Summary(Closing<'a>),
}

#[derive(Serialize)]
struct Closing<'a> {
    schema: u32,
    tool: Tool,
    #[serde(flatten)]
    summary: SummaryRecord<'a>,
}

/// Writes all records, one a line.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        line(out, &Line::Finding(FindingRecord::new(finding)))?;
    }
    for finding in &report.suppressed {
        line(out, &Line::Suppressed(FindingRecord::new(finding)))?;
    }
    for skip in &report.skipped {
        line(out, &Line::Skipped(SkipRecord::new(skip)))?;
    }
    for message in &report.warnings {
        line(out, &Line::Warning { message })?;
    }
    let summary = SummaryRecord::new(report);
    line(out, &Line::Summary(Closing { schema: SCHEMA, tool: TOOL, summary }))
}

fn line(out: &mut dyn Write, record: &Line<'_>) -> io::Result<()> {
    to_writer(out, record, 0)?;
    out.write_all(b"\n")
}
