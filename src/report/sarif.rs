//! `--format sarif`: SARIF 2.1.0 as GitHub code scanning reads it: one run,
//! paths relative to the repository root, own fingerprints, at most 25,000
//! results. Results are made while they are written.
//!
//! Facts: OASIS SARIF 2.1.0; GitHub's "SARIF support for code scanning".

mod location;
mod notice;
mod rule;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Location, Message, MultiformatMessageString, Notification,
    PropertyBag, Result as SarifResult, ResultLevel, RunAutomationDetails,
    Suppression as SarifSuppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent, Version,
};

use self::location::Paths;
use self::rule::Rules;
use super::Report;
use super::stream::{Each, to_writer};
use crate::finding::{Finding, Related, Severity, Suppression};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// GitHub refuses files with more results in a run.
const MOST_RESULTS: usize = 25_000;

/// Findings link to so many related places in their message.
const MOST_RELATED: usize = 10;

/// The log file; `serde_sarif`'s own would hold all results in memory.
#[derive(Serialize)]
struct Log<R: Serialize> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: Version,
    runs: [R; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunRecord<'a, I: Serialize, R: Serialize> {
    tool: &'a Tool,
    automation_details: RunAutomationDetails,
    invocations: [InvocationRecord<I>; 1],
    original_uri_base_ids: BTreeMap<&'static str, ArtifactLocation>,
    column_kind: &'static str,
    results: R,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvocationRecord<I: Serialize> {
    execution_successful: bool,
    tool_execution_notifications: I,
}

/// Writes the log file and a final line break.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::new(report);
    let paths = Paths::new(report.repo_prefix.as_deref());
    let kept = most_severe(report, MOST_RESULTS);
    let notices: Vec<Notification> = notice::all(report, kept.len(), &paths);
    let run = RunRecord {
        tool: &tool(&rules),
        automation_details: RunAutomationDetails {
            id: Some("seamline/".to_owned()),
            ..Default::default()
        },
        invocations: [InvocationRecord {
            execution_successful: true,
            tool_execution_notifications: &notices,
        }],
        original_uri_base_ids: BTreeMap::from([location::root()]),
        column_kind: "unicodeCodePoints",
        results: Each(|| kept.iter().map(|finding| result(finding, &rules, &paths))),
    };
    to_writer(out, &Log { schema: SCHEMA, version: Version::V2_1_0, runs: [run] }, 4)?;
    out.write_all(b"\n")
}

fn tool(rules: &Rules<'_>) -> Tool {
    let version = env!("CARGO_PKG_VERSION");
    let driver = ToolComponent::builder()
        .name("Seamline")
        .full_name(format!("Seamline {version}"))
        .version(version)
        .semantic_version(version)
        .information_uri(rule::HOME)
        .language("en-US")
        .rules(rules.descriptors())
        .notifications(notice::descriptors())
        .build();
    Tool { driver, extensions: None, properties: None }
}

/// The `limit` results that matter most: findings in the order of the report,
/// worst first where not all fit, then what is suppressed.
fn most_severe(report: &Report, limit: usize) -> Vec<&Finding> {
    let findings = &report.findings;
    let mut kept: Vec<usize> = (0..findings.len()).collect();
    if kept.len() > limit {
        let weight = |i: &usize| Reverse((findings[*i].severity, findings[*i].confidence));
        kept.sort_by_key(weight);
        kept.truncate(limit);
        kept.sort_unstable();
    }
    kept.into_iter().map(|i| &findings[i]).chain(&report.suppressed).take(limit).collect()
}

fn result(finding: &Finding, rules: &Rules<'_>, paths: &Paths<'_>) -> SarifResult {
    let related: Vec<_> = finding.related.iter().take(MOST_RELATED).collect();
    let locations = (1..).zip(&related).map(|(id, related)| paths.related(id, finding, related));
    let related_locations: Vec<_> = locations.collect();
    let fingerprint = ("seamline/v1".to_owned(), finding.fingerprint.clone());
    let mut result = SarifResult::builder()
        .rule_id(&finding.rule.id)
        .level(level(finding.severity))
        .message(text(message(finding)))
        .locations([paths.finding(finding)])
        .partial_fingerprints([fingerprint])
        .properties(properties(finding))
        .build();
    result.rule_index = rules.index(&finding.rule.id);
    result.suppressions = finding.suppressed.map(|by| vec![suppression(by)]);
    result.code_flows = finding.way.then(|| vec![code_flow(finding, &related, paths)]);
    result.related_locations = (!related_locations.is_empty()).then_some(related_locations);
    result
}

fn suppression(by: Suppression) -> SarifSuppression {
    let (kind, why) = match by {
        Suppression::Inline => ("inSource", "An ignore comment in the file covers it."),
        Suppression::Baseline => ("external", "The baseline lists it as accepted."),
    };
    SarifSuppression::builder().kind(json!(kind)).justification(why).build()
}

/// The way of a value through the code, which ends at the finding.
fn code_flow(finding: &Finding, way: &[&Related], paths: &Paths<'_>) -> CodeFlow {
    let step = |location| ThreadFlowLocation { location: Some(location), ..Default::default() };
    let end = Location {
        message: Some(text(sentence(&literal(&finding.message)))),
        ..paths.finding(finding)
    };
    let steps = way.iter().map(|related| step(paths.step(finding, related)));
    let locations: Vec<ThreadFlowLocation> = steps.chain([step(end)]).collect();
    let thread = ThreadFlow::builder().locations(locations).build();
    CodeFlow::builder().thread_flows([thread]).build()
}

/// The message as sentences, with a link to every related place: GitHub shows
/// only those places that the message links to.
fn message(finding: &Finding) -> String {
    let mut message = sentence(&literal(&finding.message));
    if let Some(inner) = finding.origin.as_ref().and_then(|origin| origin.inner_path.as_deref()) {
        let place = format!(" It is in {inner}, line {}, of the archive.", finding.start.line);
        message.push_str(&literal(&place));
    }
    for (id, related) in (1..).zip(finding.related.iter().take(MOST_RELATED)) {
        let link = literal(related.message.trim_end_matches('.'));
        message.push_str(&format!(" See [{link}]({id})."));
    }
    message
}

/// Brackets are links in a SARIF message (3.11.6); escaped they are themselves.
fn literal(message: &str) -> String {
    message.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// `text` with a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}

fn properties(finding: &Finding) -> PropertyBag {
    let mut more = BTreeMap::from([
        ("severity".to_owned(), json!(finding.severity.name())),
        ("confidence".to_owned(), json!(finding.confidence.name())),
    ]);
    if !finding.reasons.is_empty() {
        more.insert("reasons".to_owned(), json!(finding.reasons));
    }
    let secret = finding.secret.as_ref();
    if let Some(verification) = secret.and_then(|secret| secret.verification.as_ref()) {
        more.insert("verification".to_owned(), json!(verification));
    }
    if let Some(origin) = &finding.origin {
        more.insert("origin".to_owned(), json!(origin));
    }
    PropertyBag { tags: None, additional_properties: more }
}

/// GitHub knows three levels; `security-severity` says the rest.
fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Info => ResultLevel::Note,
    }
}

fn text(text: String) -> Message {
    Message { text: Some(text), ..Default::default() }
}

fn plain(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}
