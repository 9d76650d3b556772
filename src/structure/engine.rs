//! The rules of each format, and what becomes of a file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::format::Format;
use super::resolve::resolve;
use super::rule::{Compiled, compile, triggers};
use super::subjects::{Resources, Subject};
use super::tree::{Id, Tree};
use super::walk::Walker;
use crate::finding::Candidate;
use crate::rules::Catalogue;
use crate::rules::matchers::{Matcher, Matchers};
use crate::source::Source;
use crate::syntax::PathFilter;

/// A rule that knows the resource knows more than one that knows a setting.
const SPECIFICITY: u8 = 25;
/// Larger files are data.
const MAX_BYTES: usize = 2 << 20;

/// A matcher in one format.
struct Slot {
    matcher: Arc<Matcher>,
    files: PathFilter,
    compiled: OnceLock<Option<Compiled>>,
}

/// The matchers of one format.
struct FormatRules {
    slots: Vec<Slot>,
    automaton: AhoCorasick,
    /// The matchers that each word can trigger.
    words: Vec<Vec<u32>>,
}

/// The rules about structure; what they need is built when first needed.
pub struct StructureEngine {
    matchers: Matchers,
    formats: [OnceLock<Option<FormatRules>>; Format::ALL.len()],
}

/// Buffers of one thread.
#[derive(Debug, Default)]
pub struct StructureScratch {
    /// By word.
    seen: Vec<bool>,
    /// By matcher.
    active: Vec<bool>,
}

impl StructureEngine {
    /// Prepares the rules of `catalogue` without compiling them.
    pub fn new(catalogue: &Catalogue) -> Self {
        StructureEngine {
            matchers: Matchers::of_structure(catalogue),
            formats: [const { OnceLock::new() }; Format::ALL.len()],
        }
    }

    /// Appends what the rules find in `source` to `candidates`.
    ///
    /// # Errors
    /// The reason why the file was not, or not wholly, looked at.
    pub fn scan(
        &self,
        source: &Source<'_>,
        scratch: &mut StructureScratch,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), &'static str> {
        let Some(format) = Format::of(source.own_path(), source.text) else { return Ok(()) };
        let Some(rules) = self.rules(format) else { return Ok(()) };
        if !rules.triggered(source, scratch) {
            return Ok(());
        }
        if source.text.len() > MAX_BYTES {
            return Err("structure: larger than 2 MiB");
        }
        let mut tree = format.read(source.text);
        resolve(&mut tree, format);
        let resources = Resources::of(&tree);
        let file = File {
            walker: Walker::new(&tree),
            resources,
            text: source.text,
            has_headers: matches!(format, Format::Hcl | Format::Bicep),
        };
        let active = rules.slots.iter().zip(&scratch.active).filter(|(_, active)| **active);
        for (slot, _) in active {
            if let Some(compiled) = slot.compiled() {
                file.run(&slot.matcher, compiled, candidates);
            }
            if file.walker.is_exhausted() {
                return Err("structure: too many parts that refer to each other");
            }
        }
        Ok(())
    }

    fn rules(&self, format: Format) -> Option<&FormatRules> {
        let rules = || FormatRules::new(self.matchers.reading(|key| key == format.key()));
        self.formats[format as usize].get_or_init(rules).as_ref()
    }
}

impl FormatRules {
    /// None if there are no `matchers`.
    fn new(matchers: Vec<Arc<Matcher>>) -> Option<Self> {
        // `check` reports a bad glob; here the matcher is left out, not widened.
        let slot = |matcher: Arc<Matcher>| {
            let files = PathFilter::of(&matcher.spec).ok()?;
            Some(Slot { matcher, files, compiled: OnceLock::new() })
        };
        let slots: Vec<Slot> = matchers.into_iter().filter_map(slot).collect();
        let mut numbers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (index, Slot { matcher, .. }) in slots.iter().enumerate() {
            for word in triggers(&matcher.spec) {
                numbers.entry(word.to_ascii_lowercase()).or_default().push(index as u32);
            }
        }
        let (words, numbers): (Vec<String>, Vec<Vec<u32>>) = numbers.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&words)
            .ok()?;
        (!slots.is_empty()).then_some(FormatRules { slots, automaton, words: numbers })
    }

    /// Marks the matchers that `source` can match; false if there are none.
    fn triggered(&self, source: &Source<'_>, scratch: &mut StructureScratch) -> bool {
        let StructureScratch { seen, active } = scratch;
        active.clear();
        active.resize(self.slots.len(), false);
        seen.clear();
        seen.resize(self.words.len(), false);
        for hit in self.automaton.find_overlapping_iter(source.text) {
            seen[hit.pattern().as_usize()] = true;
        }
        let words = self.words.iter().zip(seen).filter(|(_, seen)| **seen);
        for index in words.flat_map(|(numbers, _)| numbers) {
            let index = *index as usize;
            active[index] |= self.slots[index].files.admits(source.own_path());
        }
        active.contains(&true)
    }
}

impl Slot {
    /// None for a matcher that [`super::check`] refuses.
    fn compiled(&self) -> Option<&Compiled> {
        self.compiled.get_or_init(|| compile(&self.matcher.spec).ok()).as_ref()
    }
}

/// A file that rules are run on.
struct File<'t, 'a> {
    walker: Walker<'t, 'a>,
    resources: Resources<'a>,
    text: &'a [u8],
    /// A resource begins with a line that names it.
    has_headers: bool,
}

impl<'a> File<'_, 'a> {
    fn tree(&self) -> &Tree<'a> {
        self.walker.tree
    }

    fn run(&self, matcher: &Matcher, rule: &Compiled, candidates: &mut Vec<Candidate>) {
        for subject in self.subjects(rule) {
            let holds = |condition: &super::condition::Condition| {
                condition.holds(&self.walker, &subject) == Some(true)
            };
            if rule.when.iter().all(holds) {
                candidates.push(self.candidate(matcher, rule, &subject));
            }
        }
    }

    /// What `rule` is about, in the order of the file.
    fn subjects(&self, rule: &Compiled) -> Vec<Subject<'a>> {
        let of_type = rule.resources.iter().flat_map(|kind| self.resources.of_type(kind));
        let mut all: Vec<Subject<'a>> = of_type.cloned().collect();
        for path in &rule.at {
            let found = self.walker.find(Some(0), path);
            all.extend(self.entries(&found.nodes));
        }
        let Some(each) = &rule.each else { return all };
        let within = all.iter().flat_map(|subject| {
            let found = self.walker.find(subject.base, each);
            let entries = self.entries(&found.nodes);
            let address = subject.address;
            entries.into_iter().map(move |entry| Subject { address, ..entry })
        });
        within.collect()
    }

    fn entries(&self, nodes: &[Id]) -> Vec<Subject<'a>> {
        let elements = self.walker.elements(nodes);
        elements.into_iter().filter_map(|id| Subject::entry(self.tree(), id)).collect()
    }

    fn candidate(&self, matcher: &Matcher, rule: &Compiled, subject: &Subject<'_>) -> Candidate {
        let mut candidate = Candidate::new(matcher.rule, self.span(rule, subject));
        candidate.confidence = matcher.confidence();
        candidate.specificity = SPECIFICITY;
        let label = crate::syntax::message::shown(subject.label().as_bytes());
        candidate.message = match &matcher.spec.message {
            Some(message) => Some(message.replace("$KEY", &label)),
            None if rule.resources.is_empty() || label.is_empty() => None,
            None => Some(format!("{}: {label}", matcher.meta.title)),
        };
        candidate
    }

    fn span(&self, rule: &Compiled, subject: &Subject<'_>) -> Range<usize> {
        let span_of = |id: Id| self.tree().node(id).map(|node| node.span.clone());
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
