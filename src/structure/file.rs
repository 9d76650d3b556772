//! A configuration file that rules are run on.

use std::ops::Range;

use super::condition::Condition;
use super::rule::Compiled;
use super::subjects::{Resources, Subject};
use super::tree::{Id, Tree};
use super::walk::Walker;
use crate::finding::Candidate;
use crate::rules::matchers::Matcher;

/// A rule that knows the resource knows more than one that knows a setting.
const SPECIFICITY: u8 = 25;

/// A matcher that can match in a file.
pub(super) struct Active<'r> {
    pub(super) matcher: &'r Matcher,
    pub(super) rule: &'r Compiled,
}

/// A file that rules are run on.
pub(super) struct File<'t, 'a> {
    walker: Walker<'t, 'a>,
    resources: Resources<'a>,
    /// The nodes that rules are about; the others are what they refer to.
    own: Range<Id>,
    text: &'a [u8],
    /// A resource begins with a line that names it.
    has_headers: bool,
}

impl<'t, 'a> File<'t, 'a> {
    /// The file whose nodes in `tree` are `own`, with spans in `text`.
    pub(super) fn new(
        tree: &'t Tree<'a>,
        own: Range<Id>,
        text: &'a [u8],
        has_headers: bool,
    ) -> Self {
        let resources = Resources::of(tree, &own);
        File { walker: Walker::new(tree), resources, own, text, has_headers }
    }

    /// The same where `looks` of the budget are used up.
    pub(super) fn after(mut self, looks: u32) -> Self {
        self.walker = self.walker.after(looks);
        self
    }

    /// The walker that answers questions about it.
    pub(super) fn walker(&self) -> &Walker<'t, 'a> {
        &self.walker
    }

    fn tree(&self) -> &Tree<'a> {
        self.walker.tree
    }

    /// Appends what `active` finds.
    pub(super) fn run(&self, active: &Active<'_>, candidates: &mut Vec<Candidate>) {
        for subject in self.matching(active.rule) {
            candidates.push(self.candidate(active.matcher, active.rule, &subject));
        }
    }

    /// What `rule` is about and holds for.
    pub(super) fn matching(&self, rule: &Compiled) -> Vec<Subject<'a>> {
        let mut subjects = self.subjects(rule);
        let holds = |condition: &Condition, subject: &Subject<'a>| {
            condition.holds(&self.walker, subject) == Some(true)
        };
        subjects.retain(|subject| rule.when.iter().all(|condition| holds(condition, subject)));
        subjects
    }

    /// What `rule` is about, in the order of the file.
    fn subjects(&self, rule: &Compiled) -> Vec<Subject<'a>> {
        let of_type = rule.resources.iter().flat_map(|kind| self.resources.of_type(kind));
        let mut all: Vec<Subject<'a>> = of_type.cloned().collect();
        for path in &rule.at {
            // What lies near is not asked: it is reported where it lies.
            let documents = self.tree().children(0).filter(|id| self.own.contains(id));
            let found = documents.flat_map(|id| self.walker.find(Some(id), path).nodes);
            let mut own: Vec<Id> = found.filter(|id| self.own.contains(id)).collect();
            own.dedup();
            all.extend(self.entries(&own));
        }
        let Some(each) = &rule.each else { return all };
        let within = all.iter().flat_map(|subject| {
            let found = self.walker.find(subject.base, each);
            let entries = self.entries(&found.nodes);
            let Subject { address, span, .. } = subject;
            entries.into_iter().map(move |entry| {
                // What stands in another file is shown where this one asks for it.
                let is_own = entry.base.is_some_and(|id| self.own.contains(&id));
                let span = if is_own { entry.span } else { span.clone() };
                Subject { address: *address, span, base: entry.base }
            })
        });
        within.collect()
    }

    fn entries(&self, nodes: &[Id]) -> Vec<Subject<'a>> {
        let elements = self.walker.elements(nodes);
        elements.into_iter().filter_map(|id| Subject::entry(self.tree(), id)).collect()
    }

    /// What `matcher` finds at `span`, with nothing said about it.
    pub(super) fn bare_candidate(matcher: &Matcher, span: Range<usize>) -> Candidate {
        let mut candidate = Candidate::new(matcher.rule, span);
        candidate.confidence = matcher.confidence();
        candidate.specificity = SPECIFICITY;
        candidate
    }

    fn candidate(&self, matcher: &Matcher, rule: &Compiled, subject: &Subject<'_>) -> Candidate {
        let mut candidate = File::bare_candidate(matcher, self.span(rule, subject));
        let label = crate::syntax::message::shown(subject.label().as_bytes());
        candidate.message = match &matcher.spec.message {
            Some(message) => Some(message.replace("$KEY", &label)),
            None if rule.resources.is_empty() || label.is_empty() => None,
            None => Some(format!("{}: {label}", matcher.meta.title)),
        };
        candidate
    }

    /// Where `id` stands in this file: itself, or the entry of `subject` that has
    /// its value from elsewhere.
    fn shown_at(&self, id: Id, subject: &Subject<'_>) -> Option<Range<usize>> {
        let span_of = |id: Id| self.tree().node(id).map(|node| node.span.clone());
        if self.own.contains(&id) {
            return span_of(id);
        }
        let asks = |at: &Id| {
            let target = self.tree().target(*at);
            target != *at && self.tree().within(target).contains(&id)
        };
        let mut entries = self.tree().within(subject.base?).filter(|at| self.own.contains(at));
        entries.find(asks).and_then(span_of)
    }

    fn span(&self, rule: &Compiled, subject: &Subject<'_>) -> Range<usize> {
        let span_of = |id: Id| self.shown_at(id, subject);
        let reported = rule.report.iter().find_map(|path| {
            let found = self.walker.find(subject.base, path);
            self.walker.elements(&found.nodes).first().copied().and_then(span_of)
        });
        if let Some(span) = reported {
            return span;
        }
        if !self.has_headers {
            let of_cloud = rule.resources.iter().any(|kind| !kind.starts_with(b"k8s/"));
            let mut conditions = rule.when.iter().rev().filter(|_| !of_cloud);
            let decided = conditions.find_map(|c| c.decided_by(&self.walker, subject));
            return decided.and_then(span_of).unwrap_or_else(|| subject.span.clone());
        }
        // From the head of the block to the last entry that decided.
        let said = rule.when.iter().flat_map(|condition| condition.said(&self.walker, subject));
        let ends = said.filter_map(span_of).map(|span| span.end);
        let end = ends.filter(|end| subject.span.contains(end)).max();
        let head = self.text.get(subject.span.clone()).unwrap_or_default();
        let line = memchr::memchr(b'\n', head).unwrap_or(head.len());
        subject.span.start..end.unwrap_or(0).max(subject.span.start + line)
    }
}
