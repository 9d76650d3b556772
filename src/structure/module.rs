//! A folder of Terraform files, which is one module: what its other files say of
//! the names that a file uses. Each file is read once into a list of where its
//! variables, locals and resources stand; only what is asked for is read again,
//! into the tree of the file that asks.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use super::path::normal;
use super::read;
use super::resolve::{ASSIGNED, reference};
use super::tree::{Id, Tree, Value};
use crate::source::project::Neighbour;

/// Names that stand for others that stand for others.
const MAX_ROUNDS: usize = 4;

/// A part of one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    file: usize,
    span: Range<usize>,
}

/// What the files of a folder say, by name.
#[derive(Debug, Default)]
pub(super) struct Module {
    files: Vec<Neighbour>,
    /// Variables with a default, by `var.name`, and locals, by `local.name`.
    named: HashMap<Vec<u8>, Part>,
    /// What `terraform.tfvars` and `*.auto.tfvars` give, by `var.name`.
    given: HashMap<Vec<u8>, Part>,
    /// What other `*.tfvars` give; none if they differ.
    proposed: HashMap<Vec<u8>, Option<Part>>,
    /// By `resource.type`, the type as paths compare it.
    resources: HashMap<Vec<u8>, Vec<Part>>,
    words: OnceLock<Vec<u32>>,
}

impl Module {
    /// Whether a file of this name takes part in a module.
    pub(super) fn is_file(name: &str) -> bool {
        name.ends_with(".tf") || name.ends_with(".tfvars")
    }

    /// Whether `tree` has a name that another file of its module may answer.
    pub(super) fn is_asked(tree: &Tree<'_>) -> bool {
        let is_open = |id: Id| match tree.node(id).map(|node| node.value) {
            Some(Value::Open(text)) => references(text).next().is_some(),
            _ => false,
        };
        (0..tree.len()).any(is_open)
    }

    /// Lists what `files`, in the order of their names, say.
    pub(super) fn of(files: Vec<Neighbour>) -> Self {
        let mut module = Module::default();
        for (number, file) in files.iter().enumerate() {
            let tree = read::hcl(&file.text);
            if file.name.ends_with(".tfvars") {
                module.list_assignments(&tree, number, file);
            } else {
                module.list_blocks(&tree, number);
            }
        }
        module.proposed.retain(|_, part| part.is_some());
        module.files = files;
        module
    }

    /// The files that configure, with their texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let files = self.files.iter().filter(|file| file.name.ends_with(".tf"));
        files.map(|file| file.text.as_slice())
    }

    /// The words of rules that are in them: asked of `find` once.
    pub(super) fn words(&self, find: impl FnOnce(&Self) -> Vec<u32>) -> &[u32] {
        self.words.get_or_init(|| find(self))
    }

    fn list_blocks(&mut self, tree: &Tree<'_>, file: usize) {
        for top in tree.children(0).flat_map(|document| tree.children(document)) {
            let Some(top_key) = tree.node(top).map(|node| node.key) else { continue };
            for entry in tree.children(top) {
                let Some(node) = tree.node(entry) else { continue };
                let part = Part { file, span: node.span.clone() };
                match top_key {
                    b"variable" if tree.child(entry, b"default").is_some() => {
                        self.named.insert([b"var.", node.key].concat(), part);
                    }
                    b"locals" => _ = self.named.insert([b"local.", node.key].concat(), part),
                    b"resource" | b"data" => self.list_resources(tree, top_key, entry, file),
                    _ => {}
                }
            }
        }
    }

    fn list_resources(&mut self, tree: &Tree<'_>, top: &[u8], kind: Id, file: usize) {
        let Some(kind_key) = tree.node(kind).map(|node| node.key) else { return };
        let key = [top, b".", &normal(&String::from_utf8_lossy(kind_key))].concat();
        let spans = tree.children(kind).filter_map(|name| tree.node(name));
        let parts = spans.map(|node| Part { file, span: node.span.clone() });
        self.resources.entry(key).or_default().extend(parts);
    }

    fn list_assignments(&mut self, tree: &Tree<'_>, number: usize, file: &Neighbour) {
        let is_given = file.name == "terraform.tfvars" || file.name.ends_with(".auto.tfvars");
        for entry in tree.children(0).flat_map(|document| tree.children(document)) {
            let Some(node) = tree.node(entry) else { continue };
            let name = [b"var.", node.key].concat();
            let part = Part { file: number, span: node.span.clone() };
            if is_given {
                self.given.insert(name, part);
            } else {
                // Several environments: none of them is what everybody gets.
                let proposed = self.proposed.entry(name);
                proposed.and_modify(|part| *part = None).or_insert(Some(part));
            }
        }
    }

    /// Adds to `tree`, which the file `own` was read into, what the others say of the
    /// names in it, and their resources of `kinds`.
    pub(super) fn complete<'a>(&'a self, tree: &mut Tree<'a>, own: &str, kinds: &[Vec<u8>]) {
        let is_other = |part: &&Part| self.files.get(part.file).is_some_and(|f| f.name != own);
        let mut known = HashSet::new();
        let mut from = 0;
        for _ in 0..MAX_ROUNDS {
            let to = tree.len();
            for name in asked(tree, from..to, &mut known) {
                if let Some(part) = self.named.get(&name).filter(is_other) {
                    self.add(tree, block_of(&name), part);
                }
                if let Some(part) = self.assigned(&name) {
                    self.add(tree, Some(ASSIGNED), part);
                }
            }
            if from == 0 {
                let parts = kinds.iter().filter_map(|kind| self.resources.get(kind)).flatten();
                parts.filter(is_other).for_each(|part| self.add(tree, None, part));
            }
            if tree.len() == to {
                return;
            }
            from = to;
        }
    }

    /// What the variable `name` was given: for sure, or by the only environment if
    /// it has no default.
    fn assigned(&self, name: &[u8]) -> Option<&Part> {
        let proposed = || self.proposed.get(name).filter(|_| !self.named.contains_key(name));
        self.given.get(name).or_else(|| proposed()?.as_ref())
    }

    /// Adds all files that configure, as documents; where they begin.
    pub(super) fn add_all<'a>(&'a self, tree: &mut Tree<'a>) -> Id {
        let start = tree.len();
        for text in self.texts() {
            tree.begin_document(Value::Map);
            read::hcl_part(tree, text, 0..text.len());
            tree.end_document();
        }
        start
    }

    /// Adds `part` as a document, within `block` if it has lost its own.
    fn add<'a>(&'a self, tree: &mut Tree<'a>, block: Option<&'static [u8]>, part: &Part) {
        let Some(file) = self.files.get(part.file) else { return };
        tree.begin_document(Value::Map);
        if let Some(block) = block {
            tree.open(block, 0, Value::Map);
        }
        read::hcl_part(tree, &file.text, part.span.clone());
        tree.end_document();
    }
}

/// The names in `nodes` that are not `known` yet, in their order.
fn asked(tree: &Tree<'_>, nodes: Range<Id>, known: &mut HashSet<Vec<u8>>) -> Vec<Vec<u8>> {
    let texts = nodes.filter_map(|id| match tree.node(id)?.value {
        Value::Open(text) => Some(text),
        _ => None,
    });
    let mut names = Vec::new();
    for name in texts.flat_map(references) {
        if !known.contains(name) {
            known.insert(name.to_vec());
            names.push(name.to_vec());
        }
    }
    names
}

/// The block that a part called `name` stood in and that is no part of it.
fn block_of(name: &[u8]) -> Option<&'static [u8]> {
    name.starts_with(b"local.").then_some(b"locals")
}

/// The variables and locals that the expression `text` names.
fn references(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts = (0..text.len()).filter(|at| *at == 0 || !is_part(text[*at - 1]));
    starts.filter_map(|at| reference(&text[at..]))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
