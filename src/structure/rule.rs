//! A matcher of a rule that is about structure, compiled.

use super::condition::{Condition, ConditionError};
use super::format::Format;
use super::path::Path;
use crate::rules::model::{PatternFile, PatternMatch};
use crate::suggest;
use crate::syntax::paths;

/// A matcher that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Index of the matcher in its rule.
    pub matcher: usize,
    /// Key of the matcher, and the place in its list.
    pub place: String,
    pub message: String,
    /// What to write instead; may be empty.
    pub fix: String,
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
        outermost(name.unwrap_or(kind)).to_owned()
    };
    if !spec.resource.is_empty() {
        return spec.resource.iter().map(named).collect();
    }
    let told: Vec<Vec<String>> = spec.at.iter().map(|path| Path::telling(path)).collect();
    if told.iter().any(Vec::is_empty) { Vec::new() } else { told.concat() }
}

/// The type that stands in a file where a resource of the Azure type `kind` stands
/// within others: `Microsoft.Web/sites` for `Microsoft.Web/sites/config`.
fn outermost(kind: &str) -> &str {
    let mut slashes = kind.match_indices('/').map(|(at, _)| at);
    let end = slashes.nth(1).filter(|_| kind.starts_with("Microsoft."));
    end.map_or(kind, |end| &kind[..end])
}

/// Everything that is wrong with the matchers of `rule` that are about structure.
pub fn check(rule: &PatternFile) -> Vec<Problem> {
    let structural = rule.matchers.iter().enumerate().filter(|(_, spec)| spec.is_structural());
    structural.flat_map(|(matcher, spec)| check_matcher(matcher, spec)).collect()
}

fn check_matcher(matcher: usize, spec: &PatternMatch) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |place: String, message: String, fix: String| {
        problems.push(Problem { matcher, place, message, fix });
    };
    for (i, key) in spec.languages.iter().enumerate() {
        if Format::from_key(key).is_none() {
            let keys = Format::ALL.map(Format::key);
            let fix = suggest::question(suggest::closest(key, keys).as_slice())
                .unwrap_or_else(|| format!("known are {}", keys.join(", ")));
            let message = format!("there is no configuration format `{key}`");
            add(format!("languages/{i}"), message, fix);
        }
    }
    for (i, written) in spec.when.iter().enumerate() {
        if let Err(error) = Condition::parse(written) {
            let message = format!("the condition `{written}` cannot be used: {error}");
            let fix = "docs/patterns.md lists what a condition can say";
            add(format!("when/{i}"), message, fix.to_owned());
        }
    }
    if triggers(spec).is_empty() {
        let key = if spec.resource.is_empty() { "at" } else { "resource" };
        let fix = "name a word in `triggers`";
        add(key.to_owned(), "no word of it must be in a file".to_owned(), fix.to_owned());
    }
    for key in foreign(spec) {
        let message = format!("a matcher with `at` or `resource` has no `{key}`");
        add(key.to_owned(), message, "leave it out, or write a `[[match]]` for it".to_owned());
    }
    for mistake in paths::mistakes(spec) {
        add(mistake.place, mistake.kind.to_string(), mistake.kind.fix());
    }
    problems
}

/// Keys of `spec` that only matchers of code have.
fn foreign(spec: &PatternMatch) -> Vec<&'static str> {
    let said = [
        ("any", !spec.any.is_empty()),
        ("also", !spec.also.is_empty()),
        ("not", !spec.not.is_empty()),
        ("inside", !spec.inside.is_empty()),
        ("not_inside", !spec.not_inside.is_empty()),
        ("has", !spec.has.is_empty()),
        ("not_has", !spec.not_has.is_empty()),
        ("where", !spec.constraints.is_empty()),
        ("imports", !spec.imports.is_empty()),
        ("detector", spec.detector.is_some()),
        ("flow", spec.flow.is_some()),
        ("secret", spec.secret.is_some()),
    ];
    said.into_iter().filter(|(_, is_said)| *is_said).map(|(key, _)| key).collect()
}
