//! Rules as code scanning shows them: names, help, tags, scores.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor,
};

use super::{level, plain, sentence};
use crate::finding::{Confidence, RuleMeta, Severity};
use crate::report::Report;
use crate::report::text::shorten;

/// Where the tool lives.
pub(super) const HOME: &str = "https://crates.io/crates/seamline";

/// GitHub cuts descriptions here.
const MOST_DESCRIPTION: usize = 1_024;

/// GitHub shows so many tags.
const MOST_TAGS: usize = 10;

/// The rules of a run, each once, in the order of the catalogue.
pub(super) struct Rules<'a> {
    metas: Vec<&'a RuleMeta>,
    indices: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    /// The rules that could fire, and any other that a finding names.
    pub(super) fn new(report: &'a Report) -> Self {
        let mut rules = Rules { metas: Vec::new(), indices: HashMap::new() };
        let fired = report.findings.iter().chain(&report.suppressed).map(|finding| &finding.rule);
        for meta in report.rules.iter().chain(fired) {
            if !rules.indices.contains_key(meta.id.as_str()) {
                rules.indices.insert(&meta.id, rules.metas.len());
                rules.metas.push(meta);
            }
        }
        rules
    }

    /// The place of the rule `id` in [`Rules::descriptors`].
    pub(super) fn index(&self, id: &str) -> Option<i64> {
        self.indices.get(id).and_then(|index| i64::try_from(*index).ok())
    }

    pub(super) fn descriptors(&self) -> Vec<ReportingDescriptor> {
        self.metas.iter().map(|meta| descriptor(meta)).collect()
    }
}

fn descriptor(meta: &RuleMeta) -> ReportingDescriptor {
    let full = format!("{} {}", sentence(&meta.texts.what), sentence(&meta.texts.why));
    let title = sentence(&meta.title);
    let configuration =
        ReportingConfiguration { level: Some(json!(level(meta.severity))), ..Default::default() };
    ReportingDescriptor::builder()
        .id(&meta.id)
        .name(pascal_case(&meta.id))
        .short_description(plain(&shorten(&title, MOST_DESCRIPTION)))
        .full_description(plain(&shorten(&full, MOST_DESCRIPTION)))
        .help(
            MultiformatMessageString::builder()
                .text(help(meta, |heading| format!("{heading}: ")))
                .markdown(help(meta, |heading| format!("**{heading}.** ")))
                .build(),
        )
        .help_uri(help_uri(meta))
        .default_configuration(configuration)
        .properties(properties(meta))
        .build()
}

/// Everything the rule says, one paragraph each, with `heading` before it.
fn help(meta: &RuleMeta, heading: fn(&str) -> String) -> String {
    let paragraph = |title: &str, text: &str| format!("{}{}", heading(title), sentence(text));
    let mut paragraphs = vec![
        paragraph("What was found", &meta.texts.what),
        paragraph("Why it matters", &meta.texts.why),
        paragraph("How to fix it", &meta.texts.fix),
    ];
    paragraphs
        .extend(meta.texts.revoke.as_ref().map(|revoke| paragraph("How to revoke it", revoke)));
    if !meta.texts.references.is_empty() {
        let links: Vec<String> =
            meta.texts.references.iter().map(|url| format!("- {url}")).collect();
        paragraphs.push(format!("{}\n\n{}", heading("References").trim_end(), links.join("\n")));
    }
    paragraphs.join("\n\n")
}

/// A page about the risk: the rule's first reference, else its weakness in the
/// CWE list, else the tool's own page.
fn help_uri(meta: &RuleMeta) -> String {
    let reference = meta.texts.references.iter().find(|url| url.starts_with("https://")).cloned();
    let cwe = || {
        let number = meta.texts.cwe.iter().find_map(|cwe| cwe_number(cwe))?;
        Some(format!("https://cwe.mitre.org/data/definitions/{number}.html"))
    };
    reference.or_else(cwe).unwrap_or_else(|| HOME.to_owned())
}

fn cwe_number(cwe: &str) -> Option<u32> {
    cwe.strip_prefix("CWE-")?.parse().ok()
}

fn properties(meta: &RuleMeta) -> PropertyBag {
    let cwe = meta.texts.cwe.iter().filter_map(|cwe| cwe_number(cwe));
    let mut tags = vec!["security".to_owned(), meta.category.name().to_owned()];
    tags.extend(cwe.map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(
        meta.texts.owasp.iter().map(|class| format!("external/owasp/{}", class.to_lowercase())),
    );
    tags.dedup();
    tags.truncate(MOST_TAGS);
    PropertyBag {
        tags: Some(tags),
        additional_properties: BTreeMap::from([
            ("precision".to_owned(), json!(precision(meta.confidence))),
            ("security-severity".to_owned(), json!(score(meta.severity))),
        ]),
    }
}

/// GitHub reads: above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1
/// low, 0.0 no security severity.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// `aws-access-key` as `AwsAccessKey`.
fn pascal_case(id: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>())
    };
    id.split(|c: char| !c.is_alphanumeric()).filter_map(capital).collect()
}
