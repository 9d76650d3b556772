//! One walk per tree, for all rules at once.
//!
//! A table from node kind to the patterns that can start there says what to
//! try. What is *around* a match is known from the walk's own stack, what is
//! *within* it from the matches recorded by the end: neither needs a second
//! look at the tree, so the cost stays linear however deep or wide it is.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use tree_sitter::Node;

use super::dialect::Dialect;
use super::flow::Place;
use super::focus::{Focus, Reader};
use super::imports::{Imports, is_within};
use super::pattern::{Captures, Matcher, Pat};
use super::rule::{Check, Compiled};
use super::table::{Entry, Role, Table, add_entries, marks_in};

/// Inner or outer matches looked at where they must agree on metavariables.
const MAX_RELATED: usize = 64;

/// A match of a relation's pattern, around or within others.
struct Related<'t> {
    /// Number of the node in walking order.
    order: u32,
    captures: Captures<'t>,
}

/// A match that waits for what is within it.
struct Pending<'t> {
    unit: usize,
    order: u32,
    /// Number of the first node after it.
    end: u32,
    hit: Hit<'t>,
}

/// What one matcher met, by role: apart, so that looking for one kind of
/// relation never wades through another.
#[derive(Default)]
struct Unit<'t> {
    inside: Vec<Related<'t>>,
    not_inside: Vec<Related<'t>>,
    has: Vec<Related<'t>>,
    not_has: Vec<Related<'t>>,
}

impl<'t> Unit<'t> {
    fn list(&mut self, role: Role) -> Option<&mut Vec<Related<'t>>> {
        match role {
            Role::Subject | Role::Source | Role::Sanitizer => None,
            Role::Inside => Some(&mut self.inside),
            Role::NotInside => Some(&mut self.not_inside),
            Role::Has => Some(&mut self.has),
            Role::NotHas => Some(&mut self.not_has),
        }
    }
}

/// A match that all conditions hold for.
pub(crate) struct Hit<'t> {
    /// Index among the matchers given to [`run`].
    pub(crate) unit: usize,
    pub(crate) span: Range<usize>,
    pub(crate) captures: Captures<'t>,
}

/// Where a matcher's own source or sanitizer stands.
pub(crate) struct Marked {
    pub(crate) unit: usize,
    pub(crate) source: bool,
    pub(crate) span: Range<usize>,
}

/// What a walk found.
pub(crate) struct Walked<'t> {
    pub(crate) hits: Vec<Hit<'t>>,
    pub(crate) marked: Vec<Marked>,
}

/// A file as the walk reads it.
pub(crate) struct Input<'a, 't> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) text: &'a [u8],
    pub(crate) root: Node<'t>,
    pub(crate) place: &'a Place<'a, 't>,
    /// Where the matchers can match.
    pub(crate) focus: &'a Focus,
}

/// Runs `units` over the tree in one walk.
pub(crate) fn run<'t>(input: &Input<'_, 't>, units: &[Arc<Compiled>]) -> Walked<'t> {
    let needs_imports = units.iter().any(|unit| !unit.imports.is_empty());
    let imports = if needs_imports {
        Imports::of(input.dialect.language, input.text, input.root)
    } else {
        Imports::default()
    };
    let mut focus = Cow::Borrowed(input.focus);
    if focus.names {
        let imported = |name: &str| {
            let all = units.iter().flat_map(|unit| &unit.imports);
            // `google` in `google.cloud.storage` leads to the module too.
            all.map(|import| import.module.as_str())
                .any(|module| is_within(name, module) || is_within(module, name))
        };
        focus.to_mut().add(input.text, imports.names_of(imported));
    }
    let mut walk = Walk::new(input, units, &imports);
    walk.tree(focus.reader());
    walk.finish()
}

struct Walk<'a, 't> {
    input: &'a Input<'a, 't>,
    units: &'a [Arc<Compiled>],
    entries: Vec<Entry<'a>>,
    table: Table,
    matcher: Matcher<'a, 't>,
    met: Vec<Unit<'t>>,
    /// Depth, unit and role of every relation that is around the current node.
    open_around: Vec<(u32, usize, Role)>,
    /// Depth and number of every pending match that is not left yet.
    open_pending: Vec<(u32, usize)>,
    pending: Vec<Pending<'t>>,
    hits: Vec<Hit<'t>>,
    marked: Vec<Marked>,
    /// The entries to try on the current node.
    candidates: Vec<usize>,
    order: u32,
}

impl<'a, 't> Walk<'a, 't> {
    fn new(input: &'a Input<'a, 't>, units: &'a [Arc<Compiled>], imports: &'a Imports) -> Self {
        let mut entries = Vec::new();
        for (unit, compiled) in units.iter().enumerate() {
            let imported = compiled.imports.is_empty()
                || compiled
                    .imports
                    .iter()
                    .any(|import| imports.has(input.dialect, input.text, &import.module));
            if imported {
                add_entries(&mut entries, unit, compiled, input.focus);
            }
        }
        Walk {
            input,
            units,
            table: Table::new(&entries),
            entries,
            matcher: Matcher::new(input.place, imports),
            met: units.iter().map(|_| Unit::default()).collect(),
            open_around: Vec::new(),
            open_pending: Vec::new(),
            pending: Vec::new(),
            hits: Vec::new(),
            marked: Vec::new(),
            candidates: Vec::new(),
            order: 0,
        }
    }

    /// Visits the nodes that hold a place of the focus.
    fn tree(&mut self, mut focus: Reader<'_>) {
        if self.entries.is_empty() {
            return;
        }
        let mut cursor = self.input.root.walk();
        let mut depth = 0;
        loop {
            let node = cursor.node();
            if focus.touches(&node.byte_range()) {
                self.enter(node, depth);
                self.order += 1;
                if cursor.goto_first_child() {
                    depth += 1;
                    continue;
                }
                self.leave(depth);
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                depth -= 1;
                self.leave(depth);
            }
        }
    }

    fn enter(&mut self, node: Node<'t>, depth: u32) {
        let marks = marks_in(&self.input.focus.marks, &node.byte_range());
        let mut candidates = std::mem::take(&mut self.candidates);
        self.table.of(node.kind_id(), marks, &mut candidates);
        let mut done = None;
        for index in &candidates {
            let Entry { unit, role, pat, .. } = self.entries[*index];
            match role {
                Role::Subject if done == Some(unit) || node.has_error() => {}
                Role::Subject => {
                    // Another pattern may capture the argument that a value flows to.
                    let found = self.subject(unit, pat, node, depth);
                    done = Some(unit).filter(|_| found && self.units[unit].flow.is_none());
                }
                _ => self.relation(unit, role, pat, node, depth),
            }
        }
        self.candidates = candidates;
    }

    /// Takes back what was open at `depth`.
    fn leave(&mut self, depth: u32) {
        while let Some((_, unit, role)) = self.open_around.pop_if(|(at, ..)| *at >= depth) {
            self.met[unit].list(role).map(Vec::pop);
        }
        while let Some((_, index)) = self.open_pending.pop_if(|(at, _)| *at >= depth) {
            self.pending[index].end = self.order;
        }
    }

    fn relation(&mut self, unit: usize, role: Role, pat: &Pat, node: Node<'t>, depth: u32) {
        self.matcher.begin(&self.units[unit]);
        if !self.matcher.matches(pat, node) {
            return;
        }
        let related = Related { order: self.order, captures: self.matcher.captures.clone() };
        if matches!(role, Role::Inside | Role::NotInside) {
            self.open_around.push((depth, unit, role));
        }
        if let Some(list) = self.met[unit].list(role) {
            list.push(related);
        } else {
            let source = role == Role::Source;
            self.marked.push(Marked { unit, source, span: node.byte_range() });
        }
    }

    /// Whether `node` is a match of `unit`, as far as can be told on the way in.
    fn subject(&mut self, unit: usize, pat: &Pat, node: Node<'t>, depth: u32) -> bool {
        let compiled = &self.units[unit];
        self.matcher.begin(compiled);
        let fits = self.matcher.matches(pat, node)
            && compiled.checks.iter().all(|check| self.passes(check))
            && compiled.also.iter().all(|also| self.matcher.matches(&also.pat, node))
            && !compiled.not.iter().any(|not| self.matcher.matches(&not.pat, node))
            && self.is_around(unit, compiled);
        if !fits {
            return false;
        }
        let captures = self.matcher.captures.clone();
        let reported = compiled.report.and_then(|var| captures.get(var));
        let span = reported.map_or(node.byte_range(), |captured| captured.range.clone());
        let hit = Hit { unit, span, captures };
        if compiled.has.is_empty() && compiled.not_has.is_empty() {
            self.hits.push(hit);
        } else {
            self.open_pending.push((depth, self.pending.len()));
            self.pending.push(Pending { unit, order: self.order, end: u32::MAX, hit });
        }
        true
    }

    fn is_around(&self, unit: usize, compiled: &Compiled) -> bool {
        let agrees = |around: &[Related<'t>]| {
            // A node is not around itself.
            let others = around.iter().rev().filter(|related| related.order < self.order);
            let captures = &self.matcher.captures;
            others
                .take(MAX_RELATED)
                .any(|related| related.captures.agrees(captures, self.input.text))
        };
        let met = &self.met[unit];
        (compiled.inside.is_empty() || agrees(&met.inside)) && !agrees(&met.not_inside)
    }

    /// A constraint on a metavariable that this pattern does not have holds.
    fn passes(&self, check: &Check) -> bool {
        let captured = self.matcher.captures.get(check.var);
        captured.is_none_or(|captured| check.passes(self.input.place, captured))
    }

    /// Decides the matches that waited for what is within them.
    fn finish(mut self) -> Walked<'t> {
        let mut told = HashSet::new();
        for pending in std::mem::take(&mut self.pending) {
            let compiled = &self.units[pending.unit];
            let met = &self.met[pending.unit];
            let has = compiled.has.is_empty() || self.within(&pending, &met.has).next().is_some();
            if !has || self.within(&pending, &met.not_has).next().is_some() {
                continue;
            }
            match compiled.report.filter(|var| pending.hit.captures.get(*var).is_none()) {
                None => self.hits.push(pending.hit),
                // What is reported was captured within: by each that does.
                Some(var) => {
                    let Hit { unit, captures, .. } = &pending.hit;
                    let captured = |inner: &Related<'t>| {
                        let span = inner.captures.get(var)?.range.clone();
                        let captures = captures.joined(&inner.captures);
                        Some(Hit { unit: *unit, span, captures })
                    };
                    let hits: Vec<_> =
                        self.within(&pending, &met.has).filter_map(captured).collect();
                    // Functions stand in functions.
                    let new = hits.into_iter().filter(|hit| told.insert((*unit, hit.span.start)));
                    self.hits.extend(new);
                }
            }
        }
        Walked { hits: self.hits, marked: self.marked }
    }

    /// What of `list` lies within `pending` and agrees with it.
    fn within<'l>(
        &'l self,
        pending: &'l Pending<'t>,
        list: &'l [Related<'t>],
    ) -> impl Iterator<Item = &'l Related<'t>> {
        let first = list.partition_point(|related| related.order <= pending.order);
        let within = list[first..].iter().take_while(|other| other.order < pending.end);
        within
            .take(MAX_RELATED)
            .filter(|other| other.captures.agrees(&pending.hit.captures, self.input.text))
    }
}
