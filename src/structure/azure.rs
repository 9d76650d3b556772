//! Azure: resources within resources, which say the end of their type only, and
//! the expressions of ARM templates.
//! https://learn.microsoft.com/azure/azure-resource-manager/templates/child-resource-name-type

use std::collections::HashMap;

use super::tree::{Id, Tree, Value};

/// Nodes between a resource and the one that it stands in: its list, its body.
const MAX_STEPS: usize = 4;

/// Whole types by the node of the resource.
#[derive(Debug, Default)]
pub(super) struct Types(HashMap<Id, Vec<u8>>);

/// A resource of a template.
pub(super) struct Resource<'a> {
    pub(super) id: Id,
    /// Where the paths of rules begin.
    pub(super) base: Id,
    pub(super) kind: Vec<u8>,
    pub(super) name: &'a [u8],
}

impl Types {
    /// The resources that begin at the node `id`: the elements of an entry
    /// `resources`, or a resource in the body of another one in Bicep. Nodes have to be
    /// asked in the order of the text.
    pub(super) fn at<'a>(&mut self, tree: &Tree<'a>, id: Id) -> Vec<Resource<'a>> {
        let Some(node) = tree.node(id) else { return Vec::new() };
        if node.key != b"resources" {
            return inner(node.key)
                .and_then(|inner| self.nested(tree, id, inner))
                .into_iter()
                .collect();
        }
        let elements: Vec<Id> = match tree.value(id) {
            Value::List => tree.children(id).collect(),
            _ => vec![id],
        };
        elements.into_iter().filter_map(|id| self.element(tree, id)).collect()
    }

    /// An element with a type; in Bicep an entry with a type and a body.
    fn element<'a>(&mut self, tree: &Tree<'a>, id: Id) -> Option<Resource<'a>> {
        let text = |key: &[u8]| tree.child(id, key).and_then(|child| tree.text(child));
        if let Some(kind) = text(EXISTING) {
            self.0.insert(id, kind.to_vec());
            return None;
        }
        let kind = self.whole(tree, id, text(b"type")?)?;
        let base = tree.child(id, b"body").unwrap_or(id);
        Some(Resource { id, base, kind, name: text(b"symbol").unwrap_or_default() })
    }

    fn nested<'a>(&mut self, tree: &Tree<'a>, id: Id, inner: Inner<'a>) -> Option<Resource<'a>> {
        let kind = self.whole(tree, id, inner.kind)?;
        (!inner.exists).then_some(Resource { id, base: id, kind, name: inner.name })
    }

    /// The whole type of the resource `id` that calls itself `kind`.
    fn whole(&mut self, tree: &Tree<'_>, id: Id, kind: &[u8]) -> Option<Vec<u8>> {
        let kind = kind.trim_ascii().strip_suffix(b"/").unwrap_or(kind);
        let provider = kind.split(|byte| *byte == b'/').next().unwrap_or_default();
        let whole = if provider.contains(&b'.') {
            kind.to_vec()
        } else {
            match self.outer(tree, id) {
                Some(outer) => [outer, kind].join(&b'/'),
                None => kind.to_vec(),
            }
        };
        let is_type = whole.contains(&b'/');
        is_type.then(|| self.0.insert(id, whole.clone()));
        is_type.then_some(whole)
    }

    /// The type of the resource around `id`.
    fn outer(&self, tree: &Tree<'_>, id: Id) -> Option<&[u8]> {
        let mut at = id;
        for _ in 0..MAX_STEPS {
            at = tree.node(at)?.parent;
            if let Some(kind) = self.0.get(&at) {
                return Some(kind);
            }
        }
        None
    }
}

/// Key of the type of what a Bicep file names but does not make.
pub(super) const EXISTING: &[u8] = b"existing";

/// `resource name 'type@version'`, the key of a resource in the body of another.
struct Inner<'a> {
    name: &'a [u8],
    kind: &'a [u8],
    exists: bool,
}

fn inner(key: &[u8]) -> Option<Inner<'_>> {
    let rest = key.strip_prefix(b"resource ")?;
    let mut parts = rest.split(|byte| *byte == b'\'');
    let name = parts.next()?.trim_ascii();
    let kind = parts.next()?.split(|byte| *byte == b'@').next()?;
    Some(Inner { name, kind, exists: parts.next()?.trim_ascii() == EXISTING })
}

/// Says of every expression of an ARM template that it is one, and gives
/// `[parameters('x')]` and `[variables('x')]` the value that the template has for them.
pub(super) fn resolve(tree: &mut Tree<'_>) {
    let Some(document) = tree.children(0).next().filter(|id| is_template(tree, *id)) else {
        return;
    };
    let known = known(tree, document);
    for id in 0..tree.len() {
        let Value::Text([b'[', expression @ .., b']']) = tree.value(id) else { continue };
        // Two brackets stand for one that is meant.
        if expression.first() == Some(&b'[') {
            continue;
        }
        tree.set(id, Value::Open(expression));
        let target = name(expression).and_then(|name| known.get(&name)).copied();
        if let Some(target) = target.filter(|target| !tree.within(*target).contains(&id)) {
            tree.set_alias(id, target);
        }
    }
}

/// Whether `document` is a template: it says so, or has resources as one has.
fn is_template(tree: &Tree<'_>, document: Id) -> bool {
    let schema = tree.child(document, b"$schema").and_then(|schema| tree.text(schema));
    if schema.is_some_and(|url| memchr::memmem::find(url, b"eploymentTemplate.json").is_some()) {
        return true;
    }
    let Some(resources) = tree.child(document, b"resources") else { return false };
    let mut kinds = tree.children(resources).filter_map(|element| tree.child(element, b"type"));
    kinds.any(|kind| tree.text(kind).is_some_and(|kind| kind.starts_with(b"Microsoft.")))
}

/// What `parameters('x')` and `variables('x')` stand for; names are the same in any case.
fn known(tree: &Tree<'_>, document: Id) -> HashMap<Vec<u8>, Id> {
    let mut known = HashMap::new();
    for (key, default) in [(b"parameters".as_slice(), true), (b"variables", false)] {
        let entries = tree.child(document, key).into_iter().flat_map(|all| tree.children(all));
        for entry in entries {
            let value = if default { tree.child(entry, b"defaultValue") } else { Some(entry) };
            if let (Some(value), Some(node)) = (value, tree.node(entry)) {
                known.insert([key, b"/", node.key].concat().to_ascii_lowercase(), value);
            }
        }
    }
    known
}

/// `parameters/x` of `parameters('x')`.
fn name(expression: &[u8]) -> Option<Vec<u8>> {
    let (function, rest) = expression.split_at(memchr::memchr(b'(', expression)?);
    let name = rest.strip_prefix(b"('")?.strip_suffix(b"')")?;
    let is_plain = !name.contains(&b'\'');
    is_plain.then(|| [function.trim_ascii(), name].join(&b'/').to_ascii_lowercase())
}
