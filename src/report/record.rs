//! The records of JSON schema version 1, shared by `json` and `jsonl`. Field
//! names and their order are a published contract: additions only.
//! `schemas/seamline-report-v1.schema.json` says the same for machines.

use std::borrow::Cow;

use serde::Serialize;

use super::Report;
use super::summary::Counts;
use crate::finding::{Finding, Origin, Position, RedactedSecret, Related, Suppression};
use crate::source::Skip;

/// Version of the shapes in this file.
pub(super) const SCHEMA: u32 = 1;

/// Who wrote the report.
#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

pub(super) const TOOL: Tool =
    Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

/// One finding.
#[derive(Serialize)]
pub(super) struct FindingRecord<'a> {
    rule: &'a str,
    category: &'static str,
    severity: &'static str,
    confidence: &'static str,
    topic: &'a str,
    path: &'a str,
    start: Position,
    end: Position,
    message: &'a str,
    help: &'a str,
    cwe: &'a [String],
    owasp: &'a [String],
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a RedactedSecret>,
    related: &'a [Related],
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Origin>,
    reasons: &'a [Cow<'static, str>],
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<&'static str>,
}

impl<'a> FindingRecord<'a> {
    /// The record of `finding`; never its raw secret.
    pub(super) fn new(finding: &'a Finding) -> Self {
        let rule = &finding.rule;
        FindingRecord {
            rule: &rule.id,
            category: rule.category.name(),
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            topic: &rule.topic,
            path: finding.file(),
            start: finding.start,
            end: finding.end,
            message: &finding.message,
            help: &rule.texts.fix,
            cwe: &rule.texts.cwe,
            owasp: &rule.texts.owasp,
            fingerprint: &finding.fingerprint,
            secret: finding.secret.as_ref(),
            related: &finding.related,
            origin: finding.origin.as_ref(),
            reasons: &finding.reasons,
            suppressed: finding.suppressed.map(Suppression::name),
        }
    }
}

/// One file, or one stage of it, that was left out.
#[derive(Serialize)]
pub(super) struct SkipRecord<'a> {
    path: &'a str,
    reason: &'a str,
}

impl<'a> SkipRecord<'a> {
    pub(super) fn new(skip: &'a Skip) -> Self {
        SkipRecord { path: &skip.path, reason: &skip.reason }
    }
}

/// The figures of a run; `elapsed_ms` alone differs between two runs.
#[derive(Serialize)]
pub(super) struct SummaryRecord<'a> {
    files: u64,
    bytes: u64,
    findings_by_severity: BySeverity,
    suppressed_inline: u64,
    suppressed_baseline: u64,
    hidden_by_config: u64,
    below_gates: u64,
    excluded: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<&'a str>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct BySeverity {
    critical: u64,
    high: u64,
    medium: u64,
    low: u64,
    info: u64,
}

impl<'a> SummaryRecord<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let [info, low, medium, high, critical] = Counts::of(&report.findings).by_severity;
        SummaryRecord {
            files: report.files,
            bytes: report.bytes,
            findings_by_severity: BySeverity { critical, high, medium, low, info },
            suppressed_inline: report.hidden.suppressed_inline,
            suppressed_baseline: report.hidden.suppressed_baseline,
            hidden_by_config: report.hidden.hidden_by_config,
            below_gates: report.hidden.below_gates,
            excluded: report.excluded,
            config: report.config.as_deref(),
            elapsed_ms: report.elapsed_ms,
        }
    }
}
