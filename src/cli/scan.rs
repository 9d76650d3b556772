//! `seamline scan`, the default verb.

use std::io;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use crate::document::Problem;
use crate::pipeline::{Engine, Progress};
use crate::report::{self, Format, Report};
use crate::source::Skip;
use crate::verify;

use super::args::ScanArgs;
use super::error::CliError;
use super::exit::{self, Exit};
use super::plan::{self, OutputPlan, ScanPlan};
use super::{progress, terminal};

/// Scans and reports.
///
/// # Errors
/// Anything that kept the scan from doing what was asked.
pub fn run(args: &ScanArgs) -> Result<Exit, CliError> {
    let (mut plan, output) = plan::scan(args)?;
    let (strict, fail_on) = (plan.strict, plan.fail_on);
    let mistakes = std::mem::take(&mut plan.mistakes);
    mistakes.iter().for_each(|mistake| terminal::tell(mistake));
    let mut report = scan(plan, output.progress)?;
    report.warnings.splice(0..0, left_out(&mistakes));
    publish(&report, &output)?;
    let severities = report.findings.iter().map(|finding| finding.severity);
    let is_short = !mistakes.is_empty() || strict && report.skipped.iter().any(Skip::is_loss);
    Ok(exit::of_scan(severities, fail_on, is_short))
}

/// What a report says of `mistakes`, which are told in full on standard error.
fn left_out(mistakes: &[Problem]) -> Vec<String> {
    let of_files = mistakes.chunk_by(|a, b| a.file == b.file);
    let told = of_files.filter_map(|of_file| {
        let file = &of_file.first()?.file;
        let mistakes = match of_file.len() {
            1 => "a mistake".to_owned(),
            n => format!("{n} mistakes"),
        };
        Some(format!("{file} has {mistakes}: the rules with a mistake were left out"))
    });
    told.collect()
}

/// Carries `plan` out.
///
/// # Errors
/// A path or glob of the plan that cannot be used.
pub fn scan(plan: ScanPlan, show_progress: bool) -> Result<Report, CliError> {
    let catalogue = Arc::clone(&plan.catalogue);
    // The process ends soon after: freeing a hundred thousand small parts of rules
    // costs a small scan a tenth of its time.
    let engine = ManuallyDrop::new(Engine::new(plan.catalogue, plan.judge));
    let counters = Progress::default();
    let work = || -> Result<Report, CliError> {
        let mut report = engine.scan(&plan.request, &counters)?;
        if let Some(options) = &plan.verify {
            let pinned = |rule: &str| engine.pins_severity(rule);
            verify::check(&catalogue, &mut report.findings, options, pinned);
        }
        report.forget_traces();
        Ok(report)
    };
    let mut report = progress::during(show_progress, &counters, work)?;
    report.config = plan.config;
    report.warnings.splice(0..0, plan.warnings);
    report.repo_prefix = plan::repository_prefix();
    Ok(report)
}

/// Files first: a pipe that closes early must not cost a report.
fn publish(report: &Report, output: &OutputPlan) -> Result<(), CliError> {
    let hidden = report::Style { show_secrets: false, ..output.style };
    for file in &output.files {
        report::write_file(&file.path, file.format, report, &hidden)?;
    }
    let mut out = io::stdout().lock();
    report::write(output.format, report, &mut out, &output.style).map_err(CliError::Stdout)?;
    // SARIF has no place for what is not about a file; all others print them.
    if output.format == Format::Sarif && !output.quiet {
        report.warnings.iter().for_each(|warning| terminal::tell(warning));
    }
    Ok(())
}
