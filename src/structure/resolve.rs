//! What a file says about its own names: Terraform variables' defaults and
//! locals, parameters of CloudFormation, variables of Bicep; of ARM see `azure`.

use std::collections::HashMap;
use std::ops::Range;

use super::azure;
use super::format::Format;
use super::tree::{Id, Tree, Value};

/// Key of the block that holds what a module's variables were given; no block of
/// a file has it.
pub(super) const ASSIGNED: &[u8] = b"=";

/// Steps into what a name stands for: `local.a.b.c`.
const MAX_STEPS: usize = 8;

/// Entries of objects looked at for the names of one file: what keeps a large
/// object that is asked often from costing the square of the file.
const MAX_LOOKS: u32 = 1_000_000;

/// Values by the names that stand for them.
pub(super) type Known = HashMap<Vec<u8>, Id>;

/// Gives every reference that the file itself answers the value it leads to.
pub(super) fn resolve(tree: &mut Tree<'_>, format: Format) {
    match format {
        Format::Hcl => {
            let all = 0..tree.len();
            let known = terraform(tree, &all);
            link(tree, all, &known);
        }
        Format::Yaml => cloudformation(tree),
        Format::Json => {
            cloudformation(tree);
            azure::resolve(tree);
        }
        Format::Bicep => bicep(tree),
        _ => {}
    }
}

/// What the documents in `nodes` say: `var.x` is `variable "x" { default = … }`,
/// or what was assigned to it, `local.x` is an entry of `locals`.
pub(super) fn terraform(tree: &Tree<'_>, nodes: &Range<Id>) -> Known {
    let mut known = Known::new();
    let mut assigned = Known::new();
    for top in tops(tree).into_iter().filter(|top| nodes.contains(top)) {
        let Some(key) = tree.node(top).map(|node| node.key) else { continue };
        for entry in tree.children(top) {
            let Some(name) = tree.node(entry).map(|node| node.key) else { continue };
            let default = tree.child(entry, b"default");
            match (key, default) {
                (b"locals", _) => _ = known.insert([b"local.", name].concat(), entry),
                (b"variable", Some(default)) => {
                    known.insert([b"var.", name].concat(), default);
                }
                (ASSIGNED, _) => _ = assigned.insert([b"var.", name].concat(), entry),
                _ => {}
            }
        }
    }
    known.extend(assigned);
    known
}

/// `{Ref: x}` is `Parameters.x.Default`; a map with nothing but a function is
/// what the function makes of it.
fn cloudformation(tree: &mut Tree<'_>) {
    let mut known = Known::new();
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
    for id in 0..tree.len() {
        let Value::Open(name) = tree.value(id) else { continue };
        match known.get(name) {
            Some(target) if !tree.within(*target).contains(&id) => tree.set_alias(id, *target),
            _ => {}
        }
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
    let mut known = Known::new();
    for top in tops(tree) {
        if tree.node(top).is_some_and(|node| matches!(node.key, b"param" | b"var")) {
            for entry in tree.children(top) {
                if let Some(node) = tree.node(entry) {
                    known.insert(node.key.to_vec(), entry);
                }
            }
        }
    }
    link(tree, 0..tree.len(), &known);
}

/// The entries of all documents.
fn tops(tree: &Tree<'_>) -> Vec<Id> {
    tree.children(0).flat_map(|document| tree.children(document)).collect()
}

/// Gives the names in `nodes` the values that are `known` for them.
pub(super) fn link(tree: &mut Tree<'_>, nodes: Range<Id>, known: &Known) {
    let mut looks = 0;
    for id in nodes {
        let Value::Open(text) = tree.value(id) else { continue };
        let mut names = Names { tree, known, looks };
        let meant = names.meant(text);
        looks = names.looks;
        match meant {
            Some(Meant::Node(target)) if !tree.within(target).contains(&id) => {
                tree.set_alias(id, target);
            }
            Some(Meant::Text(text, decider)) => tree.set_computed(id, text, decider),
            _ => {}
        }
    }
}

/// What an expression comes down to: another node, or a text because of one.
enum Meant<'a> {
    Node(Id),
    Text(&'a [u8], Id),
}

/// The names that expressions may use.
struct Names<'t, 'a> {
    tree: &'t Tree<'a>,
    known: &'t Known,
    looks: u32,
}

impl Names<'_, '_> {
    /// What the expression `text` comes down to, if that is known: a name, a name
    /// with steps into what it stands for, its negation, or one of two by a name.
    fn meant<'x>(&mut self, text: &'x [u8]) -> Option<Meant<'x>> {
        let Some((condition, branches)) = split_once(text, b" ? ") else {
            if !text.starts_with(b"!") {
                return self.named(text).map(Meant::Node);
            }
            let (is_true, decider) = self.truth(text)?;
            return Some(Meant::Text(if is_true { b"true" } else { b"false" }, decider));
        };
        let (yes, no) = split_once(branches, b" : ")?;
        if memchr::memchr2(b'?', b'(', branches).is_some() {
            return None;
        }
        let (is_true, decider) = self.truth(condition.trim_ascii())?;
        let chosen = if is_true { yes } else { no }.trim_ascii();
        match chosen {
            [b'"', inner @ .., b'"'] if memchr::memchr2(b'"', b'$', inner).is_none() => {
                Some(Meant::Text(inner, decider))
            }
            b"true" | b"false" => Some(Meant::Text(chosen, decider)),
            [b'0'..=b'9', ..] if chosen.iter().all(u8::is_ascii_digit) => {
                Some(Meant::Text(chosen, decider))
            }
            _ => self.named(chosen).map(Meant::Node),
        }
    }

    /// Whether the expression `text` is true, if it is a name, or its negation; and
    /// the node that says so.
    fn truth(&mut self, text: &[u8]) -> Option<(bool, Id)> {
        let name = text.strip_prefix(b"!").unwrap_or(text).trim_ascii();
        let decider = self.named(name)?;
        let is_true = match self.tree.text(decider)? {
            b"true" => true,
            b"false" => false,
            _ => return None,
        };
        Some((is_true != text.starts_with(b"!"), decider))
    }

    /// What the name `text` stands for: all of it, or the steps behind a name.
    fn named(&mut self, text: &[u8]) -> Option<Id> {
        if let Some(id) = self.known.get(text) {
            return Some(*id);
        }
        let name = reference(text)?;
        let mut at = *self.known.get(name)?;
        let steps = text.get(name.len()..)?.strip_prefix(b".")?;
        for step in steps.split(|byte| *byte == b'.').take(MAX_STEPS + 1) {
            at = self.entry(self.tree.target(at), step)?;
        }
        Some(at)
    }

    /// The entry `key` of the object `id`, within the budget.
    fn entry(&mut self, id: Id, key: &[u8]) -> Option<Id> {
        let mut entries = self.tree.children(id).filter(|_| self.tree.value(id) == Value::Map);
        entries.find(|entry| {
            self.looks = self.looks.saturating_add(1);
            self.looks <= MAX_LOOKS && self.tree.node(*entry).is_some_and(|node| node.key == key)
        })
    }
}

/// The `var.name` or `local.name` that `text` begins with.
pub(super) fn reference(text: &[u8]) -> Option<&[u8]> {
    let prefix = [b"var.".as_slice(), b"local."].into_iter().find(|p| text.starts_with(p))?;
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text[prefix.len()..].iter().take_while(|byte| is_word(byte)).count();
    (length > 0).then(|| &text[..prefix.len() + length])
}

fn split_once<'a>(text: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::find(text, by)?;
    Some((&text[..at], &text[at + by.len()..]))
}
