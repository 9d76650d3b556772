//! A matcher of a rule that is about structure, compiled.

use super::condition::{Condition, ConditionError};
use super::format::Format;
use super::path::Path;
use crate::rules::model::{PatternFile, PatternMatch};

/// A matcher that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Index of the matcher in its rule.
    pub matcher: usize,
    /// Key of the matcher, and the place in its list.
    pub place: String,
    pub message: String,
}

/// A matcher ready to run.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) at: Vec<Path>,
    /// Types in lower case.
    pub(super) resources: Vec<Vec<u8>>,
    pub(super) each: Option<Path>,
    pub(super) when: Vec<Condition>,
    /// The first of them that leads somewhere is underlined.
    pub(super) report: Vec<Path>,
}

/// Compiles `spec`.
///
/// # Errors
/// The number of the condition that cannot be read, and why.
pub(super) fn compile(spec: &PatternMatch) -> Result<Compiled, (usize, ConditionError)> {
    let when = spec.when.iter().enumerate();
    let when = when.map(|(i, written)| Condition::parse(written).map_err(|error| (i, error)));
    Ok(Compiled {
        at: spec.at.iter().map(|path| Path::parse(path)).collect(),
        resources: spec.resource.iter().map(|kind| kind.to_ascii_lowercase().into()).collect(),
        each: spec.each.as_deref().map(Path::parse),
        when: when.collect::<Result<_, _>>()?,
        report: spec.report.iter().flat_map(|paths| paths.split(" || ")).map(Path::parse).collect(),
    })
}

/// The words of which one must be in a file that `spec` can match.
pub(super) fn triggers(spec: &PatternMatch) -> Vec<String> {
    if !spec.triggers.is_empty() {
        return spec.triggers.clone();
    }
    let named = |kind: &String| {
        let name = kind.strip_prefix("data.").or_else(|| kind.strip_prefix("k8s/"));
        name.unwrap_or(kind).to_owned()
    };
    if !spec.resource.is_empty() {
        return spec.resource.iter().map(named).collect();
    }
    let told: Vec<Vec<String>> = spec.at.iter().map(|path| Path::telling(path)).collect();
    if told.iter().any(Vec::is_empty) { Vec::new() } else { told.concat() }
}

/// Everything that is wrong with the matchers of `rule` that are about structure.
pub fn check(rule: &PatternFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (matcher, spec) in rule.matchers.iter().enumerate().filter(|(_, spec)| spec.is_structural())
    {
        let mut add = |place: String, message: String| {
            problems.push(Problem { matcher, place, message });
        };
        for (i, key) in spec.languages.iter().enumerate() {
            if Format::from_key(key).is_none() {
                let known = Format::ALL.map(Format::key).join(", ");
                let message = format!("no such configuration format; known are {known}");
                add(format!("languages/{i}"), message);
            }
        }
        if let Err((i, error)) = compile(spec) {
            add(format!("when/{i}"), error.to_string());
        }
        if triggers(spec).is_empty() {
            let message = "no word of it must be in a file: name one in `triggers`";
            add(String::new(), message.to_owned());
        }
        if !(spec.any.is_empty() && spec.detector.is_none() && spec.flow.is_none()) {
            let message = "a matcher with `at` or `resource` has no code patterns";
            add(String::new(), message.to_owned());
        }
        if let Err(error) = crate::syntax::PathFilter::of(spec) {
            add("files".to_owned(), error.to_string());
        }
    }
    problems
}
