//! The catalogue as a table or as JSON, filtered.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::model::Category;
use super::{Catalogue, RuleMeta};

/// Which rules to list; all that is set must hold.
#[derive(Debug, Default)]
pub struct Filter {
    pub category: Option<Category>,
    pub topic: Option<String>,
    /// Display name or key of a provider, in any case.
    pub provider: Option<String>,
    pub language: Option<String>,
}

/// The rules of `catalogue` that pass `filter`, in its order.
pub fn list(catalogue: &Catalogue, filter: &Filter) -> Vec<Arc<RuleMeta>> {
    catalogue.active().into_iter().filter(|meta| passes(catalogue, meta, filter)).collect()
}

fn passes(catalogue: &Catalogue, meta: &RuleMeta, filter: &Filter) -> bool {
    let provider = |wanted: &String| {
        let entry = catalogue.secrets.iter().find(|entry| entry.rule.id == meta.id);
        entry.is_some_and(|entry| {
            let provider = &entry.provider;
            provider.key.eq_ignore_ascii_case(wanted) || provider.name.eq_ignore_ascii_case(wanted)
        })
    };
    filter.category.is_none_or(|category| meta.category == category)
        && filter.topic.as_ref().is_none_or(|topic| meta.topic == *topic)
        && filter.provider.as_ref().is_none_or(provider)
        && filter.language.as_ref().is_none_or(|language| meta.texts.languages.contains(language))
}

/// One line per rule: id, severity, confidence, topic, title.
pub fn table(rules: &[Arc<RuleMeta>]) -> String {
    let widest = |text: fn(&RuleMeta) -> usize| rules.iter().map(|rule| text(rule)).max();
    let id = widest(|rule| rule.id.len()).unwrap_or(0);
    let topic = widest(|rule| rule.topic.len()).unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        let (severity, confidence) = (rule.severity.name(), rule.confidence.name());
        _ = write!(out, "{:id$}  {severity:8}  {confidence:6}  ", rule.id);
        _ = writeln!(out, "{:topic$}  {}", rule.topic, rule.title);
    }
    let noun = if rules.len() == 1 { "rule" } else { "rules" };
    _ = writeln!(out, "{} {noun}", rules.len());
    out
}

#[derive(Serialize)]
struct Listing<'r> {
    schema: u32,
    rules: &'r [Arc<RuleMeta>],
}

/// The descriptions of `rules` as JSON.
///
/// # Errors
/// None in practice; the serializer's own.
pub fn json(rules: &[Arc<RuleMeta>]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Listing { schema: 1, rules }).map(|text| text + "\n")
}
