//! A Helm chart: what its `values.yaml` says of the names in its templates, as
//! they are written when nobody gives others. What a template makes of them by
//! more than the usual functions is not known.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::read;
use super::tree::{Id, Tree, Value};
use crate::source::neighbours::Neighbour;

/// Steps of `.Values.a.b.c`.
const MAX_STEPS: usize = 12;
/// Bytes of an action or a text with actions that are looked at.
const MAX_TEXT: usize = 1 << 10;

/// Functions that change nothing of what counts here.
const NEUTRAL: &[&str] =
    &["quote", "squote", "toString", "toYaml", "int", "int64", "trim", "nindent", "indent"];

/// The values of a chart, by their first name.
#[derive(Debug, Default)]
pub(super) struct Chart {
    text: Vec<u8>,
    keys: HashMap<Vec<u8>, Range<usize>>,
    /// `appVersion` of its `Chart.yaml`.
    version: Vec<u8>,
}

/// Where the values that a template asks for stand in its tree.
pub(super) type Values = HashMap<Vec<u8>, Id>;

/// What a text with actions in it comes down to.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) node: Id,
    pub(super) text: Vec<u8>,
}

impl Chart {
    /// Whether a file of this name says something of a chart.
    pub(super) fn is_file(name: &str) -> bool {
        matches!(name, "Chart.yaml" | "values.yaml")
    }

    /// What `files`, in the order of their names, say; none without a `Chart.yaml`.
    pub(super) fn of(files: Vec<Neighbour>) -> Option<Self> {
        let mut files = files.into_iter();
        let about = files.next().filter(|file| file.name == "Chart.yaml")?;
        let text = files.next().map(|file| file.text).unwrap_or_default();
        let about = read::yaml(&about.text);
        let mut tops = about.children(0).flat_map(|document| about.children(document));
        let version = tops.find(|id| about.node(*id).is_some_and(|node| node.key == b"appVersion"));
        let version = version.and_then(|id| about.text(id)).unwrap_or_default().to_vec();
        let tree = read::yaml(&text);
        let tops = tree.children(0).flat_map(|document| tree.children(document));
        let keys = tops.filter_map(|id| tree.node(id));
        let keys = keys.map(|node| (node.key.to_vec(), node.span.clone())).collect();
        drop(tree);
        Some(Chart { keys, version, text })
    }

    /// Its `values.yaml`.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Adds to `tree` the values that the templates among the nodes `own` name.
    pub(super) fn complete<'a>(&'a self, tree: &mut Tree<'a>, own: &Range<Id>) -> Values {
        let mut values = Values::new();
        for key in asked(tree, own) {
            let Some(span) = self.keys.get(&key) else { continue };
            let from = tree.len();
            tree.reopen();
            read::yaml_part(tree, &self.text, span.clone());
            tree.end_document();
            let documents = tree.children(0).filter(|id| *id >= from);
            let entry = documents.filter_map(|document| tree.child(document, &key)).next();
            values.extend(entry.map(|entry| (key, entry)));
        }
        values
    }

    /// Gives the templates among the nodes `own` what they write, if `values` say
    /// it; texts that are put together are returned.
    pub(super) fn link(
        &self,
        tree: &mut Tree<'_>,
        own: &Range<Id>,
        values: &Values,
    ) -> Vec<Written> {
        let mut written = Vec::new();
        for node in own.clone() {
            let Value::Open(text) = tree.value(node) else { continue };
            let Some(text) = as_text(text) else { continue };
            if let Some(action) = only_action(text) {
                match self.meant(tree, values, action) {
                    Some(Meant::Node(target)) => tree.set_alias(node, target),
                    Some(Meant::Text(text)) => written.push(Written { node, text }),
                    None => {}
                }
            } else if let Some(text) = self.put_together(tree, values, text) {
                written.push(Written { node, text });
            }
        }
        written
    }

    /// `text` with what its actions write; none if one of them is not known.
    fn put_together(&self, tree: &Tree<'_>, values: &Values, text: &str) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            let (action, after) = behind.split_once("}}")?;
            whole.extend_from_slice(before.as_bytes());
            match self.meant(tree, values, trimmed(action))? {
                Meant::Node(id) => whole.extend_from_slice(tree.text(id)?),
                Meant::Text(text) => whole.extend(text),
            }
            rest = after;
        }
        whole.extend_from_slice(rest.as_bytes());
        Some(whole)
    }

    /// What an action writes: `.Values.a.b | default "x" | quote`.
    fn meant(&self, tree: &Tree<'_>, values: &Values, action: &str) -> Option<Meant> {
        if action.contains('(') {
            return None;
        }
        let mut stages = action.split('|').map(str::trim);
        let mut words = stages.next()?.split_whitespace();
        let first = words.next()?;
        let last = words.next_back().unwrap_or(first);
        let mut meant = match (first, words.next()) {
            _ if first == last => self.named(tree, values, first),
            ("default", Some(otherwise)) => {
                self.named(tree, values, last).or_else(|| self.literal(tree, values, otherwise))
            }
            ("with", None) => self.named(tree, values, last),
            (name, None) if NEUTRAL.contains(&name) => self.named(tree, values, last),
            _ => return None,
        };
        for stage in stages {
            let mut words = stage.split_whitespace();
            match (words.next()?, words.next()) {
                ("default", Some(otherwise)) => {
                    meant = meant.or_else(|| self.literal(tree, values, otherwise));
                }
                (name, _) if NEUTRAL.contains(&name) => {}
                _ => return None,
            }
        }
        meant
    }

    /// A value that says something: an empty one stands for what the user gives.
    fn named(&self, tree: &Tree<'_>, values: &Values, name: &str) -> Option<Meant> {
        let name = name.strip_prefix('$').unwrap_or(name);
        if name == ".Chart.AppVersion" {
            return (!self.version.is_empty()).then(|| Meant::Text(self.version.clone()));
        }
        let mut steps = name.strip_prefix(".Values.")?.split('.').take(MAX_STEPS);
        let mut at = *values.get(steps.next()?.as_bytes())?;
        for step in steps {
            at = tree.child(tree.target(at), step.as_bytes())?;
        }
        let says = match tree.value(at) {
            Value::Text(text) => !matches!(text.trim_ascii(), b"" | b"null" | b"~"),
            Value::Map | Value::List => tree.children(tree.target(at)).next().is_some(),
            Value::Open(_) => false,
        };
        says.then_some(Meant::Node(at))
    }

    /// What stands behind `default`: a literal, or another name.
    fn literal(&self, tree: &Tree<'_>, values: &Values, word: &str) -> Option<Meant> {
        if word.starts_with(['.', '$']) {
            return self.named(tree, values, word);
        }
        let quoted = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
        let is_plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let text = quoted.or_else(|| is_plain.then_some(word)).filter(|text| !text.is_empty())?;
        Some(Meant::Text(text.as_bytes().to_vec()))
    }
}

enum Meant {
    Node(Id),
    Text(Vec<u8>),
}

/// The first names behind `.Values.` in `nodes`, in their order.
fn asked(tree: &Tree<'_>, nodes: &Range<Id>) -> Vec<Vec<u8>> {
    const VALUES: &[u8] = b".Values.";
    let mut known = HashSet::new();
    let mut names = Vec::new();
    for id in nodes.clone() {
        let Some(Value::Open(text)) = tree.node(id).map(|node| node.value) else { continue };
        for at in memchr::memmem::find_iter(&text[..text.len().min(MAX_TEXT)], VALUES) {
            let rest = &text[at + VALUES.len()..];
            let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            let name = rest.iter().take_while(is_word).count();
            if known.insert(&rest[..name]) {
                names.push(rest[..name].to_vec());
            }
        }
    }
    names
}

fn as_text(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_TEXT)?;
    Some(text.trim()).filter(|text| text.contains("{{"))
}

/// The action that `text` is, if it is only one.
fn only_action(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?;
    (!inner.contains("{{")).then(|| trimmed(inner))
}

/// An action without the dashes that take white space away.
fn trimmed(action: &str) -> &str {
    let action = action.strip_prefix('-').unwrap_or(action);
    action.strip_suffix('-').unwrap_or(action).trim()
}
