//! Follows paths through a tree, within a budget, without recursion.

use std::cell::Cell;

use super::path::{From, Path, Step, answered};
use super::tree::{Id, NONE, TEMPLATE, Tree, Value};

/// Entries looked at for one file; far more than any file that people wrote
/// needs, and what keeps rules that compare parts of a file linear.
pub(super) const MAX_LOOKS: u32 = 4_000_000;

/// Where a path leads.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order of the file.
    pub(super) nodes: Vec<Id>,
    /// More may be where an expression or a template stands.
    pub(super) open: bool,
    /// Some of them may not be there.
    pub(super) is_optional: bool,
}

/// A tree that is being asked.
pub(super) struct Walker<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    looks: Cell<u32>,
}

impl<'t, 'a> Walker<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>) -> Self {
        Walker { tree, looks: Cell::new(0) }
    }

    /// The same where `looks` of the budget are used up.
    pub(super) fn after(self, looks: u32) -> Self {
        self.looks.set(looks);
        self
    }

    /// What of the budget is used up.
    pub(super) fn looks(&self) -> u32 {
        self.looks.get()
    }

    /// Whether the budget is used up, so that no answer can be relied on.
    pub(super) fn is_exhausted(&self) -> bool {
        self.looks.get() >= MAX_LOOKS
    }

    fn look(&self) -> bool {
        self.looks.set(self.looks.get().saturating_add(1));
        !self.is_exhausted()
    }

    /// Where `path` leads from `subject`; a subject without entries has none.
    pub(super) fn find(&self, subject: Option<Id>, path: &Path) -> Found {
        let start = match path.from {
            From::Subject => subject,
            From::Around(ups) => subject.and_then(|id| self.around(id, ups)),
            From::Document => subject.map(|id| self.document(id)),
            From::Root => Some(0),
        };
        let mut found = Found::default();
        if let Some(start) = start {
            self.follow(start, &path.steps, &mut found);
        }
        found.nodes.sort_unstable();
        found.nodes.dedup();
        if path.is_last {
            let last = found.nodes.pop();
            found.nodes = last.into_iter().collect();
        }
        found
    }

    fn follow(&self, start: Id, steps: &[Step], found: &mut Found) {
        let mut work = vec![(start, 0)];
        while let Some((id, at)) = work.pop() {
            if !self.look() {
                found.open = true;
                return;
            }
            let Some(step) = steps.get(at) else {
                found.nodes.push(id);
                continue;
            };
            let target = self.tree.target(id);
            if *step == Step::Deep {
                self.deep(target, steps, at + 1, &mut work, found);
                continue;
            }
            match self.tree.value(target) {
                Value::List => work.extend(self.tree.children(target).map(|child| (child, at))),
                Value::Map => self.entries(target, &steps[at..], at, &mut work, found),
                Value::Open(_) => found.open = true,
                Value::Text(_) => {}
            }
        }
    }

    /// Goes on from everything within `target`.
    fn deep(
        &self,
        target: Id,
        steps: &[Step],
        at: usize,
        work: &mut Vec<(Id, usize)>,
        found: &mut Found,
    ) {
        let is_named = matches!(steps.get(at), Some(Step::Named(_)));
        for id in self.tree.within(target) {
            let Some(node) = self.tree.node(id).filter(|_| self.look()) else {
                found.open = true;
                return;
            };
            if !is_named || node.alias != NONE {
                let is_list = self.tree.value(id) == Value::List && id != target;
                work.extend((!is_list).then_some((id, at)));
            }
            if !is_named {
                continue;
            }
            // Most entries have another name, and are not worth a place in the work.
            found.open |= matches!(self.tree.value(id), Value::Open(_));
            let around = self.tree.node(node.parent).map(|around| (around.value, around.alias));
            let is_entry = id != target && around == Some((Value::Map, NONE));
            let count = steps.get(at..).filter(|_| is_entry);
            let count = count.map_or(0, |steps| answered(steps, node.key));
            if count > 0 {
                found.is_optional |= node.is_optional;
                work.push((id, at + count));
            }
        }
    }

    fn entries(
        &self,
        map: Id,
        steps: &[Step],
        at: usize,
        work: &mut Vec<(Id, usize)>,
        found: &mut Found,
    ) {
        for child in self.tree.children(map) {
            let Some(node) = self.tree.node(child) else { continue };
            self.look();
            if node.key == TEMPLATE {
                // What a template writes is known if the values of its chart say it.
                if matches!(self.tree.value(child), Value::Open(_)) {
                    found.open = true;
                } else {
                    work.push((child, at));
                }
            } else if node.key == b"<<" {
                work.push((child, at));
            } else {
                let count = answered(steps, node.key);
                if count > 0 {
                    found.is_optional |= node.is_optional;
                    work.push((child, at + count));
                }
            }
        }
    }

    /// The entry `ups` levels around `id`; lists do not count.
    fn around(&self, id: Id, ups: u8) -> Option<Id> {
        let mut at = id;
        for _ in 0..ups {
            loop {
                at = self.tree.node(at)?.parent;
                if at == NONE {
                    return None;
                }
                if self.tree.value(at) != Value::List {
                    break;
                }
            }
        }
        Some(at)
    }

    /// The document that `id` is in.
    fn document(&self, id: Id) -> Id {
        let mut at = id;
        while let Some(node) = self.tree.node(at) {
            if node.parent == 0 || node.parent == NONE || !self.look() {
                break;
            }
            at = node.parent;
        }
        at
    }

    /// `ids`, with the elements of lists in place of the lists.
    pub(super) fn elements(&self, ids: &[Id]) -> Vec<Id> {
        let mut work: Vec<Id> = ids.iter().rev().copied().collect();
        let mut all = Vec::with_capacity(work.len());
        while let Some(id) = work.pop() {
            let target = self.tree.target(id);
            if self.look() && self.tree.value(target) == Value::List {
                let from = work.len();
                work.extend(self.tree.children(target));
                work[from..].reverse();
            } else {
                all.push(id);
            }
        }
        all
    }
}
