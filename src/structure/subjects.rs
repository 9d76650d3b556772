//! What rules are about: resources by their type, in every notation that has
//! such a thing, and entries by their path.

use std::collections::HashMap;
use std::ops::Range;

use super::azure::{Resource, Types};
use super::tree::{Id, Tree, Value};

/// Something a rule asks about.
#[derive(Debug, Clone)]
pub(super) struct Subject<'a> {
    /// What is underlined.
    pub(super) span: Range<usize>,
    /// Where paths begin; none if it says nothing of itself.
    pub(super) base: Option<Id>,
    /// The words by which others refer to it: `aws_s3_bucket` and `main`.
    pub(super) address: (&'a [u8], &'a [u8]),
}

impl<'a> Subject<'a> {
    /// The entry `id`.
    pub(super) fn entry(tree: &Tree<'a>, id: Id) -> Option<Self> {
        let node = tree.node(id)?;
        let target = Some(tree.target(id));
        Some(Subject { span: node.span.clone(), base: target, address: (b"", node.key) })
    }

    /// Whether `text` names this resource.
    pub(super) fn is_named(&self, text: &[u8]) -> bool {
        let (kind, name) = self.address;
        if name.is_empty() {
            return false;
        }
        if kind.is_empty() {
            return text == name
                || text.strip_prefix(name).is_some_and(|rest| rest.starts_with(b"."));
        }
        let goes_on = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| memchr::memmem::find(rest, kind)) {
            at += found + kind.len();
            let rest = text[at..].strip_prefix(b".").and_then(|rest| rest.strip_prefix(name));
            if rest.is_some_and(|rest| !rest.first().is_some_and(goes_on)) {
                return true;
            }
        }
        false
    }

    /// The name for messages.
    pub(super) fn label(&self) -> String {
        let (kind, name) = self.address;
        let dot = if kind.is_empty() { "" } else { "." };
        format!("{}{dot}{}", String::from_utf8_lossy(kind), String::from_utf8_lossy(name))
    }
}

/// The resources of a file by type, lower case.
#[derive(Debug, Default)]
pub(super) struct Resources<'a>(HashMap<Vec<u8>, Vec<Subject<'a>>>);

impl<'a> Resources<'a> {
    /// Collects the resources of Terraform, CloudFormation, ARM, Bicep and
    /// Kubernetes among `nodes`.
    pub(super) fn of(tree: &Tree<'a>, nodes: &Range<Id>) -> Self {
        let mut resources = Resources::default();
        for document in tree.children(0).filter(|document| nodes.contains(document)) {
            resources.kubernetes(tree, document);
            for top in tree.children(document) {
                match tree.node(top).map(|node| node.key) {
                    Some(b"resource") => resources.terraform(tree, top, ""),
                    Some(b"data") => resources.terraform(tree, top, "data."),
                    Some(b"Resources") => resources.cloudformation(tree, top),
                    Some(b"items") => {
                        let items = tree.children(top);
                        items.for_each(|item| resources.kubernetes(tree, item));
                    }
                    _ => {}
                }
            }
        }
        let mut types = Types::default();
        for id in nodes.clone() {
            match tree.node(id).map(|node| node.key) {
                Some(key) if key == b"resources" || key.starts_with(b"resource ") => {
                    resources.azure(tree, id, &mut types);
                }
                // The Serverless Framework keeps its template in `resources`.
                Some(b"Resources") if tree.node(id).is_some_and(|n| is_inner(tree, n.parent)) => {
                    resources.cloudformation(tree, id);
                }
                _ => {}
            }
        }
        resources
    }

    /// Those of the type, in lower case.
    pub(super) fn of_type(&self, kind: &[u8]) -> &[Subject<'a>] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, kind: &[u8], subject: Subject<'a>) {
        self.0.entry(kind.to_ascii_lowercase()).or_default().push(subject);
    }

    fn terraform(&mut self, tree: &Tree<'a>, top: Id, prefix: &str) {
        for kind in entries(tree, top) {
            let Some(kind_node) = tree.node(kind) else { continue };
            for name in entries(tree, kind) {
                let Some(node) = tree.node(name) else { continue };
                let key = [prefix.as_bytes(), kind_node.key].concat();
                let subject = Subject {
                    span: node.span.clone(),
                    base: Some(name),
                    address: (kind_node.key, node.key),
                };
                self.add(&key, subject);
            }
        }
    }

    fn cloudformation(&mut self, tree: &Tree<'a>, top: Id) {
        for id in tree.children(top) {
            let Some(node) = tree.node(id) else { continue };
            let Some(kind) = tree.child(id, b"Type").and_then(|kind| tree.text(kind)) else {
                continue;
            };
            let base = tree.child(id, b"Properties");
            self.add(kind, Subject { span: node.span.clone(), base, address: (b"", node.key) });
        }
    }

    /// ARM and Bicep.
    fn azure(&mut self, tree: &Tree<'a>, id: Id, types: &mut Types) {
        for Resource { id, base, kind, name } in types.at(tree, id) {
            let Some(node) = tree.node(id) else { continue };
            let (span, address) = (node.span.clone(), (b"".as_slice(), name));
            self.add(&kind, Subject { span, base: Some(base), address });
        }
    }

    /// Documents with `apiVersion` and `kind`: type `k8s/kind`.
    fn kubernetes(&mut self, tree: &Tree<'a>, id: Id) {
        let Some(node) = tree.node(id) else { return };
        let Some(kind) = tree.child(id, b"kind").and_then(|kind| tree.text(kind)) else { return };
        let Some(version) = tree.child(id, b"apiVersion") else { return };
        if tree.text(version).is_some_and(is_of_others) {
            return;
        }
        let metadata = tree.child(id, b"metadata");
        let name = metadata.and_then(|metadata| tree.child(metadata, b"name"));
        let name = name.and_then(|name| tree.text(name)).unwrap_or_default();
        let key = [b"k8s/", kind].concat();
        let span = node.span.clone();
        self.add(&key, Subject { span, base: Some(id), address: (b"", name) });
    }
}

/// The entries of `id`, also where they stand in a list, as Terraform's JSON may have it.
fn entries(tree: &Tree<'_>, id: Id) -> Vec<Id> {
    let is_list = tree.value(id) == Value::List;
    let children = tree.children(id);
    if is_list {
        children.flat_map(|part| tree.children(part)).collect()
    } else {
        children.collect()
    }
}

/// Whether an `apiVersion` is none of Kubernetes, where all but `v1` name their group:
/// https://kubernetes.io/docs/reference/using-api/#api-groups
fn is_of_others(version: &[u8]) -> bool {
    version.first() == Some(&b'v')
        && version.get(1).is_some_and(u8::is_ascii_digit)
        && version != b"v1"
        && !version.contains(&b'/')
}

fn is_inner(tree: &Tree<'_>, parent: Id) -> bool {
    tree.node(parent).is_some_and(|node| node.key == b"resources")
}
