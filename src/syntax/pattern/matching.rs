//! Compares a compiled pattern with a node of a file.
//!
//! Recursion follows the pattern, never the file; `$$$` backtracks to the
//! nearest one only, so that a list costs its length times the pattern's.

use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::compile::{inner, is_keyed, leaf_text};
use super::{NodePat, Pat, Step, Var, packages};
use crate::syntax::dialect::{CHAIN, Dialect, IMPLIED, NAME, UNSAID};
use crate::syntax::flow::Place;
use crate::syntax::imports::Imports;
use crate::syntax::nodes::{node_text, string_content};
use crate::syntax::rule::{Check, Compiled};

/// Wrappers around one node that are looked through.
const MAX_WRAPPERS: usize = 32;

/// What a metavariable stands for.
#[derive(Debug, Clone)]
pub(crate) struct Captured<'t> {
    pub(crate) range: Range<usize>,
    /// None for `$$$NAME`.
    pub(crate) node: Option<Node<'t>>,
}

/// The metavariables of a match; what a failed attempt set is taken back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captures<'t> {
    slots: Vec<Option<Captured<'t>>>,
    trail: Vec<Var>,
}

impl<'t> Captures<'t> {
    /// Forgets everything and makes room for `count` variables.
    pub(crate) fn clear(&mut self, count: usize) {
        self.slots.clear();
        self.slots.resize(count, None);
        self.trail.clear();
    }

    /// What `var` stands for.
    pub(crate) fn get(&self, var: Var) -> Option<&Captured<'t>> {
        self.slots.get(usize::from(var))?.as_ref()
    }

    /// All that is captured.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Captured<'t>> {
        self.slots.iter().flatten()
    }

    /// Whether no variable has two different values in `self` and `other`.
    pub(crate) fn agrees(&self, other: &Captures<'_>, text: &[u8]) -> bool {
        self.slots.iter().zip(&other.slots).all(|(one, two)| match (one, two) {
            (Some(one), Some(two)) => text.get(one.range.clone()) == text.get(two.range.clone()),
            _ => true,
        })
    }

    /// What is captured in either; in both, that of `self`.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        let either =
            self.slots.iter().zip(&other.slots).map(|(one, two)| one.as_ref().or(two.as_ref()));
        Captures { slots: either.map(Option::<&_>::cloned).collect(), trail: Vec::new() }
    }

    fn set(&mut self, var: Var, captured: Captured<'t>) {
        if let Some(slot) = self.slots.get_mut(usize::from(var)) {
            *slot = Some(captured);
            self.trail.push(var);
        }
    }

    fn unwind(&mut self, mark: usize) {
        for var in self.trail.drain(mark..) {
            self.slots[usize::from(var)] = None;
        }
    }
}

/// Children of a node being compared.
#[derive(Clone, Copy)]
struct Bounds {
    plain: (usize, usize),
    keyed: (usize, usize),
}

/// Matches patterns in one file. Its buffers are reused from node to node.
pub(crate) struct Matcher<'a, 't> {
    dialect: &'a Dialect,
    text: &'a [u8],
    place: &'a Place<'a, 't>,
    imports: &'a Imports,
    cursor: TreeCursor<'t>,
    plain: Vec<Node<'t>>,
    keyed: Vec<Node<'t>>,
    /// Constraints of the rule whose pattern is being matched.
    checks: &'a [Check],
    pub(crate) captures: Captures<'t>,
}

impl<'a, 't> Matcher<'a, 't> {
    /// A matcher for the file `place`.
    pub(crate) fn new(place: &'a Place<'a, 't>, imports: &'a Imports) -> Self {
        Matcher {
            dialect: place.dialect,
            text: place.text,
            place,
            imports,
            cursor: place.root.walk(),
            plain: Vec::new(),
            keyed: Vec::new(),
            checks: &[],
            captures: Captures::default(),
        }
    }

    /// Gets ready for a pattern of `rule`: nothing is captured, and its
    /// constraints are looked at as soon as something is.
    pub(crate) fn begin(&mut self, rule: &'a Compiled) {
        self.captures.clear(rule.names.len());
        self.checks = &rule.checks;
    }

    /// Whether `node` itself is what `pat` says. Captures that are already set
    /// must agree; a failed match leaves none behind.
    pub(crate) fn matches(&mut self, pat: &Pat, node: Node<'t>) -> bool {
        let mark = self.captures.trail.len();
        let fits = self.here(pat, node);
        if !fits {
            self.captures.unwind(mark);
        }
        fits
    }

    /// As [`Self::matches`], looking through wrappers around the node.
    fn through(&mut self, pat: &Pat, node: Node<'t>) -> bool {
        let mut at = node;
        for _ in 0..MAX_WRAPPERS {
            if self.matches(pat, at) {
                return true;
            }
            let Some(next) = inner(self.dialect, at) else { return false };
            at = next;
        }
        false
    }

    fn here(&mut self, pat: &Pat, node: Node<'t>) -> bool {
        match pat {
            Pat::Any(var) => node.is_named() && self.bind(*var, node.byte_range(), Some(node)),
            Pat::AnyString(var) => match self.content(node) {
                Some(range) => self.bind(*var, range, Some(node)),
                None => false,
            },
            Pat::Text(content) => {
                self.content(node).is_some_and(|range| self.text.get(range) == Some(content))
            }
            Pat::Word(word) => self.is_word(word, node),
            Pat::Key(key) => self.is_key(key, node),
            Pat::Path(path) => {
                self.dialect.is(node.kind_id(), CHAIN | NAME)
                    && path
                        .dotted
                        .iter()
                        .any(|dotted| self.imports.means(node_text(self.text, node), dotted))
            }
            Pat::Node(pat) => {
                self.dialect.canonical(node.kind_id()) == pat.kind && self.node(pat, node)
            }
        }
    }

    /// The content of a literal; where quotes carry no meaning, of any leaf.
    fn content(&self, node: Node<'t>) -> Option<Range<usize>> {
        let literal = string_content(self.dialect, self.text, node).map(|content| content.range);
        literal.or_else(|| {
            let bare = self.dialect.loose && leaf_text(self.dialect, self.text, node).is_some();
            bare.then(|| node.byte_range())
        })
    }

    fn is_word(&self, word: &[u8], node: Node<'t>) -> bool {
        if leaf_text(self.dialect, self.text, node) == Some(word) {
            return true;
        }
        if self.dialect.loose {
            return self.content(node).is_some_and(|range| self.text.get(range) == Some(word));
        }
        packages::is_class(self.dialect.language, word, node_text(self.text, node))
    }

    fn is_key(&self, key: &[u8], node: Node<'t>) -> bool {
        if let Some(content) = string_content(self.dialect, self.text, node) {
            return self.text.get(content.range) == Some(key);
        }
        let Some(text) = leaf_text(self.dialect, self.text, node) else { return false };
        let text = text.strip_prefix(b":").unwrap_or(text);
        text.strip_suffix(b":").unwrap_or(text) == key
    }

    fn bind(&mut self, var: Option<Var>, range: Range<usize>, node: Option<Node<'t>>) -> bool {
        let Some(var) = var else { return true };
        if let Some(known) = self.captures.get(var) {
            return self.text.get(known.range.clone()) == self.text.get(range);
        }
        let captured = Captured { range, node };
        // What `$$$` stands for is only known in the end, and checked then.
        let mut checks = self.checks.iter().filter(|check| check.var == var && node.is_some());
        if !checks.all(|check| check.passes(self.place, &captured)) {
            return false;
        }
        self.captures.set(var, captured);
        true
    }

    fn node(&mut self, pat: &NodePat, node: Node<'t>) -> bool {
        let bounds = self.collect(pat, node);
        let fits = self.keyed(pat, bounds) && self.steps(pat, node, bounds);
        self.plain.truncate(bounds.plain.0);
        self.keyed.truncate(bounds.keyed.0);
        fits
    }

    /// Puts the children that are compared at the end of the buffers.
    fn collect(&mut self, pat: &NodePat, node: Node<'t>) -> Bounds {
        let (plain, keyed) = (self.plain.len(), self.keyed.len());
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            let field = self.cursor.field_id().map_or(0, u16::from);
            more = self.cursor.goto_next_sibling();
            let kind = child.kind_id();
            let unsaid = (self.dialect.is(kind, UNSAID)
                && !pat.said.contains(&self.dialect.canonical(kind)))
                || (self.dialect.is_unsaid_field(field) && !pat.said_fields.contains(&field));
            if child.is_extra() || self.dialect.is(kind, IMPLIED) || unsaid {
                continue;
            }
            if is_keyed(self.dialect, child, Some(node)) {
                self.keyed.push(child);
            } else {
                self.plain.push(child);
            }
        }
        Bounds { plain: (plain, self.plain.len()), keyed: (keyed, self.keyed.len()) }
    }

    /// Every named item of the pattern is there, in any order.
    fn keyed(&mut self, pat: &NodePat, bounds: Bounds) -> bool {
        let (start, end) = bounds.keyed;
        if pat.keyed.is_empty() {
            return start == end || pat.steps.iter().any(|step| matches!(step, Step::Many(_)));
        }
        pat.keyed.iter().all(|wanted| {
            (start..end).any(|at| {
                let child = self.keyed[at];
                self.through(wanted, child)
            })
        })
    }

    /// The steps of the pattern cover the other children, in order.
    fn steps(&mut self, pat: &NodePat, node: Node<'t>, bounds: Bounds) -> bool {
        let (start, end) = bounds.plain;
        let (mut step, mut at) = (0, start);
        // The latest `$$$`: its step, where it began, where it ends for now.
        let mut many: Option<Many> = None;
        loop {
            match pat.steps.get(step) {
                None if at == end => break,
                Some(Step::Many(var)) => {
                    self.close(many, node);
                    let mark = self.captures.trail.len();
                    many = Some(Many { step, var: *var, start: at, end: at, mark });
                    step += 1;
                    continue;
                }
                Some(wanted) if at < end && self.step(wanted, self.plain[at]) => {
                    (step, at) = (step + 1, at + 1);
                    continue;
                }
                _ => {}
            }
            let Some(last) = many.as_mut().filter(|last| last.end < end) else { return false };
            last.end += 1;
            (step, at) = (last.step + 1, last.end);
            self.captures.unwind(last.mark);
        }
        self.close(many, node);
        true
    }

    fn step(&mut self, step: &Step, node: Node<'t>) -> bool {
        match step {
            Step::One(pat) => self.through(pat, node),
            Step::Token(kind) => node.kind_id() == *kind,
            Step::Many(_) => false,
        }
    }

    /// Captures what a `$$$NAME` came to stand for.
    fn close(&mut self, many: Option<Many>, node: Node<'t>) {
        let Some(Many { var: Some(var), start, end, .. }) = many else { return };
        let range = match (self.plain.get(start), self.plain.get(end.wrapping_sub(1))) {
            (Some(first), Some(last)) if start < end => first.start_byte()..last.end_byte(),
            _ => node.end_byte()..node.end_byte(),
        };
        self.bind(Some(var), range, None);
    }
}

/// A `$$$` on its way through a list.
#[derive(Clone, Copy)]
struct Many {
    step: usize,
    var: Option<Var>,
    start: usize,
    end: usize,
    mark: usize,
}
