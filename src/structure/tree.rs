//! The one shape that all configuration formats are read into.
//!
//! Nodes lie in the order of the text, so everything within a node is a run of
//! numbers behind it: walking a part of the tree needs no recursion.

use std::ops::Range;

/// Number of a node in its [`Tree`].
pub(crate) type Id = u32;

/// No node.
pub(crate) const NONE: Id = u32::MAX;

/// Deeper nesting is read as siblings; nothing that people write is.
const MAX_DEPTH: usize = 200;

/// Aliases of aliases that are followed.
const MAX_HOPS: usize = 8;

/// Key of a node that stands for what a template puts there.
pub(crate) const TEMPLATE: &[u8] = b"{{";

/// What stands at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Entries with keys; a key may stand several times.
    Map,
    /// Elements without keys.
    List,
    /// A literal, without its quotes.
    Text(&'a [u8]),
    /// An expression, a reference, a template: the value is not known here.
    Open(&'a [u8]),
}

/// An entry of a map or an element of a list.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    /// Empty for an element of a list.
    pub(crate) key: &'a [u8],
    pub(crate) value: Value<'a>,
    /// The entry with its key, in bytes of the file.
    pub(crate) span: Range<usize>,
    pub(crate) parent: Id,
    /// Number of the first node that is no longer within this one.
    pub(crate) end: Id,
    /// The node whose value this one has.
    pub(crate) alias: Id,
    /// What its expression comes down to, and the node that decided it.
    pub(crate) computed: Option<(&'a [u8], Id)>,
    /// It stands there only for some inputs, as a `dynamic` block does.
    pub(crate) is_optional: bool,
}

/// A configuration file. The root is a list: of documents, or of the one map
/// that the file is.
#[derive(Debug)]
pub struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// Nodes that are still being read, outermost first.
    open: Vec<Id>,
    /// Nodes that a template writes under a condition, with the line that says it.
    parts: Vec<(Range<Id>, &'a [u8])>,
}

impl<'a> Tree<'a> {
    /// An empty tree over `length` bytes.
    pub(crate) fn new(length: usize) -> Self {
        let root = Node {
            key: b"",
            value: Value::List,
            span: 0..length,
            parent: NONE,
            end: 1,
            alias: NONE,
            computed: None,
            is_optional: false,
        };
        Tree { nodes: vec![root], open: vec![0], parts: Vec::new() }
    }

    /// Adds a node to the innermost open one.
    pub(crate) fn add(&mut self, key: &'a [u8], span: Range<usize>, value: Value<'a>) -> Id {
        let id = self.nodes.len() as Id;
        let parent = self.open.last().copied().unwrap_or(0);
        self.nodes.push(Node {
            key,
            value,
            span,
            parent,
            end: id + 1,
            alias: NONE,
            computed: None,
            is_optional: false,
        });
        id
    }

    /// Adds a map or list that takes what follows until it is closed. Beyond
    /// the greatest depth it takes nothing, and what follows stands beside it.
    pub(crate) fn open(&mut self, key: &'a [u8], start: usize, value: Value<'a>) -> Id {
        let id = self.add(key, start..start, value);
        if self.open.len() < MAX_DEPTH {
            self.open.push(id);
        }
        id
    }

    /// Ends `id` and everything that is open within it at the offset `end`.
    pub(crate) fn close(&mut self, id: Id, end: usize) {
        let last = self.nodes.len() as Id;
        while self.open.len() > 1 && self.open.last().is_some_and(|open| *open >= id) {
            if let Some(node) = self.open.pop().and_then(|open| self.nodes.get_mut(open as usize)) {
                node.end = last;
                node.span.end = end.max(node.span.start);
            }
        }
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.span.end = node.span.end.max(end);
        }
    }

    /// Ends everything at the end of the text.
    pub(crate) fn finish(&mut self, end: usize) {
        let last = self.nodes.len() as Id;
        for id in self.open.drain(..) {
            if let Some(node) = self.nodes.get_mut(id as usize) {
                node.end = last;
                node.span.end = end.max(node.span.start);
            }
        }
    }

    /// Begins another document, of another file, behind all others. Its spans are
    /// places in that file.
    pub(crate) fn begin_document(&mut self, value: Value<'a>) -> Id {
        self.reopen();
        self.open(b"", 0, value)
    }

    /// Opens the root again, for more documents.
    pub(crate) fn reopen(&mut self) {
        self.open.clear();
        self.open.push(0);
    }

    /// Ends what [`Tree::begin_document`] or [`Tree::reopen`] began.
    pub(crate) fn end_document(&mut self) {
        let last = self.nodes.len() as Id;
        for id in self.open.drain(..) {
            if let Some(node) = self.nodes.get_mut(id as usize) {
                node.end = last;
            }
        }
    }

    /// Takes the documents from node `end` on away again.
    pub(crate) fn truncate(&mut self, end: Id) {
        self.nodes.truncate(end.max(1) as usize);
        let last = self.nodes.len() as Id;
        if let Some(root) = self.nodes.first_mut() {
            root.end = last;
        }
    }

    /// The nodes that decide the value of `id`, itself first.
    pub(crate) fn chain(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let next = |at: &Id| {
            let node = self.node(*at)?;
            let decider = node.computed.map(|(_, decider)| decider);
            decider.or_else(|| Some(node.alias).filter(|to| *to != NONE))
        };
        std::iter::successors(Some(id), next).take(MAX_HOPS + 1)
    }

    /// Replaces what the value of `id` was taken for.
    pub(crate) fn set(&mut self, id: Id, value: Value<'a>) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.value = value;
        }
    }

    /// Says that `id` may not be there.
    pub(crate) fn set_optional(&mut self, id: Id) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.is_optional = true;
        }
    }

    /// Says that the nodes from `start` on are written under the condition `line`.
    pub(crate) fn set_condition(&mut self, start: Id, line: &'a [u8]) {
        self.parts.push((start..self.len(), line));
    }

    /// Nodes that a template writes under a condition, with the line that says it.
    pub(crate) fn parts(&self) -> &[(Range<Id>, &'a [u8])] {
        &self.parts
    }

    /// Says that `id` has the value of `target`.
    pub(crate) fn set_alias(&mut self, id: Id, target: Id) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.alias = target;
        }
    }

    pub(crate) fn node(&self, id: Id) -> Option<&Node<'a>> {
        self.nodes.get(id as usize)
    }

    /// Number of nodes, the root included.
    pub(crate) fn len(&self) -> Id {
        self.nodes.len() as Id
    }

    /// The node that has the value of `id`: itself, or where its alias leads.
    pub(crate) fn target(&self, id: Id) -> Id {
        let mut at = id;
        for _ in 0..MAX_HOPS {
            match self.node(at) {
                Some(node) if node.alias != NONE => at = node.alias,
                _ => break,
            }
        }
        at
    }

    /// Says that the expression at `id` comes down to `text` because of `decider`.
    pub(crate) fn set_computed(&mut self, id: Id, text: &'a [u8], decider: Id) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.computed = Some((text, decider));
        }
    }

    /// Forgets what the expressions in `nodes` were found to stand for.
    pub(crate) fn unlink(&mut self, nodes: Range<Id>) {
        for id in nodes {
            if let Some(node) = self.nodes.get_mut(id as usize) {
                node.alias = NONE;
                node.computed = None;
            }
        }
    }

    /// The value of `id`, through its alias.
    pub(crate) fn value(&self, id: Id) -> Value<'a> {
        let Some(node) = self.node(self.target(id)) else { return Value::Map };
        node.computed.map_or(node.value, |(text, _)| Value::Text(text))
    }

    /// The literal at `id`.
    pub(crate) fn text(&self, id: Id) -> Option<&'a [u8]> {
        match self.value(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries directly within `id` itself.
    pub(crate) fn children(&self, id: Id) -> Children<'_, 'a> {
        let end = self.node(id).map_or(0, |node| node.end);
        Children { tree: self, next: id.saturating_add(1), end }
    }

    /// The first entry of `id` called exactly `key`.
    pub(crate) fn child(&self, id: Id, key: &[u8]) -> Option<Id> {
        self.children(id).find(|child| self.node(*child).is_some_and(|node| node.key == key))
    }

    /// All nodes within `id`, itself first.
    pub(crate) fn within(&self, id: Id) -> Range<Id> {
        id..self.node(id).map_or(id, |node| node.end)
    }
}

/// Iterates over the entries of a node.
pub(crate) struct Children<'t, 'a> {
    tree: &'t Tree<'a>,
    next: Id,
    end: Id,
}

impl Iterator for Children<'_, '_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        let id = self.next;
        let node = self.tree.node(id).filter(|_| id < self.end)?;
        self.next = node.end.max(id + 1);
        Some(id)
    }
}
