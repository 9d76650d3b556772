//! What a file says about its own names: Terraform variables' defaults and
//! locals, parameters of CloudFormation and ARM, variables of Bicep.

use std::collections::HashMap;

use super::format::Format;
use super::tree::{Id, Tree, Value};

/// Gives every reference that the file itself answers the value it leads to.
pub(super) fn resolve(tree: &mut Tree<'_>, format: Format) {
    match format {
        Format::Hcl => terraform(tree),
        Format::Yaml | Format::Json => cloudformation(tree),
        Format::Bicep => bicep(tree),
        _ => {}
    }
}

/// `var.x` is `variable "x" { default = … }`, `local.x` is an entry of `locals`.
fn terraform(tree: &mut Tree<'_>) {
    let mut known: HashMap<Vec<u8>, Id> = HashMap::new();
    for top in tops(tree) {
        let Some(key) = tree.node(top).map(|node| node.key) else { continue };
        for entry in tree.children(top) {
            let Some(name) = tree.node(entry).map(|node| node.key) else { continue };
            let default = tree.child(entry, b"default");
            match (key, default) {
                (b"locals", _) => _ = known.insert([b"local.", name].concat(), entry),
                (b"variable", Some(default)) => {
                    known.insert([b"var.", name].concat(), default);
                }
                _ => {}
            }
        }
    }
    link(tree, &known);
}

/// `{Ref: x}` is `Parameters.x.Default`; a map with nothing but a function is
/// what the function makes of it.
fn cloudformation(tree: &mut Tree<'_>) {
    let mut known: HashMap<Vec<u8>, Id> = HashMap::new();
    for top in tops(tree) {
        if tree.node(top).is_none_or(|node| node.key != b"Parameters") {
            continue;
        }
        for entry in tree.children(top) {
            let name = tree.node(entry).map(|node| node.key.to_vec());
            if let (Some(name), Some(default)) = (name, tree.child(entry, b"Default")) {
                known.insert(name, default);
            }
        }
    }
    for id in 0..tree.len() {
        let is_map = tree.value(id) == Value::Map;
        if let Some(value) = is_map.then(|| function(tree, id)).flatten() {
            tree.set(id, value);
        }
    }
    if !known.is_empty() {
        link(tree, &known);
    }
}

/// What `{"Ref": "x"}` and `{"Fn::…": …}` stand for.
fn function<'a>(tree: &Tree<'a>, id: Id) -> Option<Value<'a>> {
    let mut entries = tree.children(id);
    let only = tree.node(entries.next()?)?;
    if entries.next().is_some() {
        return None;
    }
    match only.value {
        Value::Text(name) if only.key == b"Ref" => Some(Value::Open(name)),
        Value::Text(text) if only.key == b"Fn::Sub" => Some(Value::Text(text)),
        _ => only.key.starts_with(b"Fn::").then_some(Value::Open(only.key)),
    }
}

/// `x` is `param x … = …` or `var x = …`.
fn bicep(tree: &mut Tree<'_>) {
    let mut known: HashMap<Vec<u8>, Id> = HashMap::new();
    for top in tops(tree) {
        if tree.node(top).is_some_and(|node| matches!(node.key, b"param" | b"var")) {
            for entry in tree.children(top) {
                if let Some(node) = tree.node(entry) {
                    known.insert(node.key.to_vec(), entry);
                }
            }
        }
    }
    link(tree, &known);
}

/// The entries of all documents.
fn tops(tree: &Tree<'_>) -> Vec<Id> {
    tree.children(0).flat_map(|document| tree.children(document)).collect()
}

fn link(tree: &mut Tree<'_>, known: &HashMap<Vec<u8>, Id>) {
    for id in 0..tree.len() {
        let Value::Open(text) = tree.value(id) else { continue };
        match known.get(text) {
            Some(target) if !tree.within(*target).contains(&id) => tree.set_alias(id, *target),
            _ => {}
        }
    }
}
