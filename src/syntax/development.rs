//! Tells code that runs in development only: under `if DEBUG`, in the branch of
//! `NODE_ENV !== "production"`, in `#if DEBUG`. What is wrong there is wrong on
//! few machines, so it is reported with low confidence.

use std::ops::Range;

use tree_sitter::Node;

use super::focus::Focus;
use super::nodes::{node_text, walk};

/// Longer conditions say too much.
const LONGEST: usize = 200;
/// Words of conditions that hold in development.
const DEVELOPMENT: [&str; 12] = [
    "debug", "development", "__dev__", "isdev", "is_dev", "\"dev\"", "'dev'", "islocal",
    "is_local", "testing", ".test?", "env.local",
];
/// Words of environments, and of much else: a login, an address, a file.
const AMBIGUOUS: [&str; 4] = ["\"local\"", "'local'", "'test'", "\"test\""];
/// Words of conditions that hold in production.
const PRODUCTION: [&str; 4] = ["production", "\"prod\"", "'prod'", "is_prod"];
/// Words of conditions on something else; a route of that name is open everywhere.
const OTHER: [&str; 6] = ["debugenabled", "isenabled", "||", " or ", "'/", "\"/"];

/// Kinds of nodes that are a case of a switch, with its value as a field.
const CASES: [&str; 3] = ["case_statement", "switch_case", "expression_case"];
/// Names of environments in which nobody but developers is.
const DEVELOPMENT_NAMES: [&[u8]; 5] = [b"development", b"dev", b"local", b"test", b"testing"];

/// Where such a word can stand, in any case of its letters that people use.
const SEEDS: [&[u8]; 9] =
    [b"ebug", b"EBUG", b"evelopment", b"roduction", b"dev", b"Dev", b"DEV", b"local", b"test"];

/// The branches of a file that run in development only.
#[derive(Debug, Default)]
pub(crate) struct Development(Vec<Range<usize>>);

impl Development {
    /// Looks for them below `root`.
    pub(crate) fn of(text: &[u8], root: Node<'_>) -> Self {
        let focus = Focus::of_words(text, SEEDS.into_iter());
        let mut reader = focus.reader();
        let mut branches = Vec::new();
        // Set behind an attribute, until the item that it is about.
        let mut of_tests = false;
        walk(root, |node| {
            let touched = reader.touches(&node.byte_range());
            let is_item = !matches!(node.kind(), "attribute_item" | "line_comment");
            if of_tests && is_item {
                branches.push(node.byte_range());
                of_tests = false;
            }
            if touched && is_branch(node.kind()) {
                branches_of(text, node, &mut branches);
            } else if touched && is_development_case(text, node) {
                branches.push(node.byte_range());
            } else if touched && leaves_to_tests(text, node) {
                of_tests = true;
                return false;
            }
            touched
        });
        branches.sort_by_key(|range: &Range<usize>| (range.start, std::cmp::Reverse(range.end)));
        // Only the outermost ones, which do not overlap.
        let mut end = 0;
        branches.retain(|range| {
            let outer = range.start >= end;
            end = end.max(range.end);
            outer
        });
        Development(branches)
    }

    /// Whether `span` lies in one of them.
    pub(crate) fn holds(&self, span: &Range<usize>) -> bool {
        let next = self.0.partition_point(|range| range.start <= span.start);
        let before = next.checked_sub(1).and_then(|at| self.0.get(at));
        before.is_some_and(|range| span.end <= range.end)
    }
}

fn is_branch(kind: &str) -> bool {
    let whole = ["if", "elsif", "unless", "conditional", "if_modifier", "unless_modifier"];
    let parts = ["if_statement", "if_expression", "elif", "else_if", "conditional_", "ternary"];
    whole.contains(&kind) || kind == "preproc_if" || parts.iter().any(|part| kind.starts_with(part))
}

/// Adds the branches of `node` that are taken in development.
fn branches_of(text: &[u8], node: Node<'_>, branches: &mut Vec<Range<usize>>) {
    let Some(condition) = node.child_by_field_name("condition") else { return };
    let Some(development) = development_when(node_text(text, condition)) else { return };
    let first = development != node.kind().starts_with("unless");
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    while more {
        let other = cursor.field_name() == Some("alternative");
        let child = cursor.node();
        if child.is_named() && child.id() != condition.id() && first != other {
            branches.push(child.byte_range());
        }
        more = cursor.goto_next_sibling();
    }
}

/// Whether `node` is the `case "development":` of a switch.
fn is_development_case(text: &[u8], node: Node<'_>) -> bool {
    if !CASES.contains(&node.kind()) {
        return false;
    }
    let Some(value) = node.child_by_field_name("value") else { return false };
    let value = node_text(text, value).trim_ascii();
    let bare = value.strip_prefix(b"'").or_else(|| value.strip_prefix(b"\""));
    let bare = bare.and_then(|rest| rest.get(..rest.len().checked_sub(1)?));
    bare.is_some_and(|name| DEVELOPMENT_NAMES.contains(&name))
}

/// Whether `node` leaves what follows to tests: `#[cfg(test)]`,
/// `#[cfg(feature = "test_mode")]`, `#[cfg(debug_assertions)]`.
fn leaves_to_tests(text: &[u8], node: Node<'_>) -> bool {
    let attribute = node_text(text, node);
    if node.kind() != "attribute_item" || attribute.len() > LONGEST {
        return false;
    }
    let attribute = String::from_utf8_lossy(attribute);
    attribute.starts_with("#[cfg(")
        && (attribute.contains("test") || attribute.contains("debug_assertions"))
        && !attribute.contains("not(")
        && !attribute.contains("any(")
}

/// The outcome of `condition` that shows that this is development.
fn development_when(condition: &[u8]) -> Option<bool> {
    if condition.len() > LONGEST {
        return None;
    }
    let condition = String::from_utf8_lossy(condition).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| condition.contains(word));
    let bare = condition.trim_start_matches(['(', ' ']);
    let negated = bare.starts_with('!') || bare.starts_with("not ") || has(&["!=", " is not "]);
    let named = has(&AMBIGUOUS) && has(&["env", "stage"]);
    match (named || has(&DEVELOPMENT), has(&PRODUCTION)) {
        _ if has(&OTHER) => None,
        (true, false) => Some(!negated),
        (false, true) => Some(negated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_tell_development_from_production() {
        for (condition, when) in [
            ("settings.DEBUG", Some(true)),
            ("not app.debug", Some(false)),
            ("process.env.NODE_ENV !== 'production'", Some(true)),
            ("(process.env.NODE_ENV === \"production\")", Some(false)),
            ("Rails.env.development?", Some(true)),
            ("!env.IsDevelopment()", Some(false)),
            ("os.environ['ENV'] == 'dev'", Some(true)),
            ("DEBUG or force", None),
            ("log.isDebugEnabled()", None),
            ("user.is_admin", None),
            ("path === '/api/debug'", None),
            ("App::environment('local') && $provider", Some(true)),
            ("strategy === 'local'", None),
        ] {
            assert_eq!(development_when(condition.as_bytes()), when, "{condition}");
        }
    }
}
