//! A Helm chart: what its `values.yaml` says of the names in its templates, as
//! they are written when nobody gives others. What a template makes of them by
//! more than the usual functions is not known.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::read;
use super::tree::{Id, Tree, Value};
use crate::source::project::Neighbour;

/// Bytes of `a.b.c` in `.Values.a.b.c`.
const MAX_PATH: usize = 200;
/// Bytes of an action or a text with actions that are looked at.
const MAX_TEXT: usize = 1 << 10;

/// Functions that change nothing of what counts here.
const NEUTRAL: &[&str] =
    &["quote", "squote", "toString", "toYaml", "int", "int64", "trim", "nindent", "indent"];

/// The values of a chart.
#[derive(Debug, Default)]
pub(super) struct Chart {
    text: Vec<u8>,
    /// Where each stands, by its path: `image.tag`.
    places: HashMap<Vec<u8>, Range<usize>>,
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
        let places = places(&read::yaml(&text));
        Some(Chart { places, version, text })
    }

    /// What `values.yaml` says of those of its `values` that became a part of `tree`.
    pub(super) fn texts<'t>(
        &'t self,
        tree: &'t Tree<'_>,
        values: &'t Values,
    ) -> impl Iterator<Item = &'t [u8]> {
        let nodes = values.values().filter_map(|id| tree.node(*id));
        nodes.filter_map(|node| self.text.get(node.span.clone()))
    }

    /// Adds to `tree` the values that the templates among the nodes `own` name.
    pub(super) fn complete<'a>(&'a self, tree: &mut Tree<'a>, own: &Range<Id>) -> Values {
        let mut values = Values::new();
        for path in asked(tree, own) {
            let Some(span) = self.places.get(&path) else { continue };
            let key = path.rsplit(|byte| *byte == b'.').next().unwrap_or(&path);
            let from = tree.len();
            tree.reopen();
            read::yaml_part(tree, &self.text, span.clone());
            tree.end_document();
            let documents = tree.children(0).filter(|id| *id >= from);
            let entry = documents.filter_map(|document| tree.child(document, key)).next();
            values.extend(entry.map(|entry| (path, entry)));
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
        let conditions = self.conditions(tree, values);
        for (node, condition) in own.clone().zip(conditions) {
            let Value::Open(text) = tree.value(node) else { continue };
            let Some(text) = as_text(text).filter(|_| condition != Condition::Unknown) else {
                continue;
            };
            let meant = if let Some(action) = only_action(text) {
                self.meant(tree, values, action)
            } else if text.contains("{{") {
                self.put_together(tree, values, text).map(Meant::Text)
            } else {
                // A literal, which counts as the condition around it holds.
                (condition == Condition::True).then(|| Meant::Text(text.as_bytes().to_vec()))
            };
            match meant {
                Some(Meant::Node(target)) => tree.set_alias(node, target),
                Some(Meant::Text(text)) => written.push(Written { node, text }),
                None => {}
            }
        }
        written
    }

    /// The condition that each node of `tree` is written under.
    fn conditions(&self, tree: &Tree<'_>, values: &Values) -> Vec<Condition> {
        let length = tree.len() as usize;
        // What begins, less what ends, at each node: of all, and of what is not known.
        let mut changes = vec![(0_i64, 0_i64); length + 1];
        for (nodes, line) in tree.parts() {
            let unknown = i64::from(!self.holds(tree, values, line));
            for (at, sign) in [(nodes.start, 1), (nodes.end, -1)] {
                if let Some((all, not_known)) = changes.get_mut(at as usize) {
                    *all += sign;
                    *not_known += sign * unknown;
                }
            }
        }
        let open = changes.iter().scan((0, 0), |open, change| {
            *open = (open.0 + change.0, open.1 + change.1);
            Some(*open)
        });
        let condition = |open| match open {
            (0, _) => Condition::None,
            (_, 0) => Condition::True,
            _ => Condition::Unknown,
        };
        open.map(condition).take(length).collect()
    }

    /// Whether the values say that the condition `line` holds.
    fn holds(&self, tree: &Tree<'_>, values: &Values, line: &[u8]) -> bool {
        let action = as_text(line).and_then(only_action);
        let said = action.and_then(|action| match action.split_once(' ')? {
            ("if" | "with", name) => self.named(tree, values, name.trim()),
            _ => None,
        });
        match said {
            Some(Meant::Node(id)) => tree.text(id).is_none_or(|text| text.trim_ascii() != b"false"),
            Some(Meant::Text(_)) => true,
            None => false,
        }
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
        let at = *values.get(name.strip_prefix(".Values.")?.as_bytes())?;
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

/// Whether what is written is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// Always.
    None,
    True,
    Unknown,
}

enum Meant {
    Node(Id),
    Text(Vec<u8>),
}

/// Where each entry of `tree` stands, by its path; what is in a list has none.
fn places(tree: &Tree<'_>) -> HashMap<Vec<u8>, Range<usize>> {
    let mut paths: HashMap<Id, Vec<u8>> = HashMap::new();
    for id in 0..tree.len() {
        let Some(node) = tree.node(id).filter(|node| !node.key.is_empty()) else { continue };
        let is_top = tree.node(node.parent).is_some_and(|parent| parent.parent == 0);
        let path = match paths.get(&node.parent) {
            Some(around) => [around, b".".as_slice(), node.key].concat(),
            None if is_top => node.key.to_vec(),
            None => continue,
        };
        if path.len() <= MAX_PATH {
            paths.insert(id, path);
        }
    }
    let placed =
        paths.into_iter().filter_map(|(id, path)| Some((path, tree.node(id)?.span.clone())));
    placed.collect()
}

/// The paths behind `.Values.` in `nodes`, in their order.
fn asked(tree: &Tree<'_>, nodes: &Range<Id>) -> Vec<Vec<u8>> {
    const VALUES: &[u8] = b".Values.";
    let mut known = HashSet::new();
    let mut paths = Vec::new();
    let conditions = tree.parts().iter().map(|(_, line)| *line);
    let texts = nodes.clone().filter_map(|id| match tree.node(id)?.value {
        Value::Open(text) => Some(text),
        _ => None,
    });
    for text in texts.chain(conditions) {
        let text = &text[..text.len().min(MAX_TEXT)];
        for at in memchr::memmem::find_iter(text, VALUES) {
            let rest = &text[at + VALUES.len()..];
            let is_path =
                |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            let path = &rest[..rest.iter().take_while(is_path).count()];
            if known.insert(path) {
                paths.push(path.to_vec());
            }
        }
    }
    paths
}

fn as_text(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_TEXT)?;
    Some(text.trim())
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
