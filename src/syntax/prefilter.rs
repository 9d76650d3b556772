//! What a matcher's conditions on captured text say of the whole file: a regex
//! that has to match what a metavariable stands for matches somewhere in the
//! file too, once its anchors are taken away. Searching for it costs a hundredth
//! of parsing, and spares most files of the rules about common calls.

use regex::bytes::Regex;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use super::pattern::Template;
use crate::rules::model::{Constraint, PatternMatch};

/// Regexes that each match somewhere in every file with a match of `matcher`.
pub(crate) fn needs(matcher: &PatternMatch) -> Vec<Regex> {
    let required = matcher.constraints.iter().filter(|(name, _)| is_bound(matcher, name));
    required.filter_map(|(_, constraint)| loose(constraint)).collect()
}

/// Whether every match captures `name`.
fn is_bound(matcher: &PatternMatch, name: &str) -> bool {
    let names_it = |pattern: &String| Template::new(pattern).names().any(|other| other == name);
    let all = |patterns: &[String]| !patterns.is_empty() && patterns.iter().all(names_it);
    all(&matcher.any) || all(&matcher.inside) || all(&matcher.has)
}

/// The regex of `constraint` without anchors; `None` if it says nothing then.
fn loose(constraint: &Constraint) -> Option<Regex> {
    // Where the type is known the text need not be looked at.
    if !constraint.types.is_empty() {
        return None;
    }
    let mut parser = regex_syntax::ParserBuilder::new().utf8(false).build();
    let hir = without_anchors(parser.parse(constraint.regex.as_ref()?).ok()?);
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return None;
    }
    Regex::new(&hir.to_string()).ok()
}

/// As deep as the regex, whose nesting the parser limits.
fn without_anchors(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Look(_) | HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            let sub = Box::new(without_anchors(*sub));
            Hir::repetition(Repetition { min, max, greedy, sub })
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index, name, sub: Box::new(without_anchors(*sub)) })
        }
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(without_anchors).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(without_anchors).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(any: &[&str], name: &str, regex: &str) -> PatternMatch {
        let constraint = Constraint { regex: Some(regex.to_owned()), ..Constraint::default() };
        PatternMatch {
            any: any.iter().map(|pattern| (*pattern).to_owned()).collect(),
            constraints: [(name.to_owned(), constraint)].into(),
            ..PatternMatch::default()
        }
    }

    #[test]
    fn a_regex_is_looked_for_in_the_file_without_its_anchors() {
        let needs = needs(&matcher(&["log($X)"], "X", r"(?i)^\b(pass|secret)_?word$"));
        assert!(needs[0].is_match(b"a = my_SECRETWORD2"));
        assert!(!needs[0].is_match(b"a = secret"));
    }

    #[test]
    fn nothing_is_needed_of_what_may_be_absent_or_empty() {
        assert!(needs(&matcher(&["log($X)", "log()"], "X", "secret")).is_empty());
        assert!(needs(&matcher(&["log($X)"], "X", "^(secret)?$")).is_empty());
    }
}
