//! The rules of each format, and what becomes of a file.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::call::{calls_of, may_call};
use super::file::{Active, File};
use super::format::Format;
use super::nearby::{Around, Nearby};
use super::nginx;
use super::resolve::resolve;
use super::rule::{Compiled, compile, triggers};
use crate::finding::Candidate;
use crate::rules::Catalogue;
use crate::rules::matchers::{Matcher, Matchers};
use crate::source::Source;
use crate::syntax::PathFilter;

/// Why a file is not wholly looked at.
pub(super) const EXHAUSTED: &str = "structure: too many parts that refer to each other";
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

/// Buffers of one thread, and what it may read besides the file that it scans.
#[derive(Debug, Default)]
pub struct StructureScratch {
    nearby: Option<Arc<Nearby>>,
    /// By word.
    seen: Vec<bool>,
    /// By matcher.
    active: Vec<bool>,
}

impl StructureScratch {
    /// Buffers of a thread that may ask what lies `nearby`.
    pub fn near(nearby: Arc<Nearby>) -> Self {
        StructureScratch { nearby: Some(nearby), ..StructureScratch::default() }
    }
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
        let active = rules.triggered(source.own_path(), source.text, &[], scratch);
        let calls = scratch.nearby.is_some() && format == Format::Hcl && may_call(source.text);
        if active.is_empty() && !calls {
            return Ok(());
        }
        if source.text.len() > MAX_BYTES {
            return Err("structure: larger than 2 MiB");
        }
        run(rules, &Work { source, format, active }, scratch, candidates)
    }

    fn rules(&self, format: Format) -> Option<&FormatRules> {
        let rules = || FormatRules::new(self.matchers.reading(|key| key == format.key()));
        self.formats[format as usize].get_or_init(rules).as_ref()
    }
}

/// A file, and the matchers that can match in it.
struct Work<'w> {
    source: &'w Source<'w>,
    format: Format,
    active: Vec<Active<'w>>,
}

/// Reads the file of `work`, with what lies near, and runs the rules on it.
fn run(
    rules: &FormatRules,
    work: &Work<'_>,
    scratch: &mut StructureScratch,
    candidates: &mut Vec<Candidate>,
) -> Result<(), &'static str> {
    let Work { source, format, active } = work;
    let nearby = scratch.nearby.clone();
    // What lies near outlives the tree that it becomes a part of.
    let (around, called, written);
    let mut tree = format.read(source.text);
    let own = 0..tree.len();
    around = Around::of(source, *format, nearby.as_deref(), &tree, active);
    let values = around.complete(&mut tree, source, &own);
    resolve(&mut tree, *format);
    written = match format {
        Format::Nginx => nginx::written(&tree),
        _ => around.written(&mut tree, &own, &values),
    };
    for text in &written {
        tree.set_computed(text.node, &text.text, text.node);
    }
    let with_values = around.chart().map(|chart| {
        // What the values say is written into the template.
        let more = rules.words_in(chart.texts(&tree, &values));
        rules.also_triggered(source.own_path(), &more, scratch)
    });
    let has_headers = matches!(format, Format::Hcl | Format::Bicep);
    let file = File::new(&tree, own.clone(), source.text, has_headers);
    for rule in with_values.as_ref().unwrap_or(active) {
        file.run(rule, candidates);
        if file.walker().is_exhausted() {
            return Err(EXHAUSTED);
        }
    }
    let mut looks = file.walker().looks();
    let calls = nearby.as_deref().filter(|_| *format == Format::Hcl);
    called = calls.map(|nearby| calls_of(&tree, own, source, nearby)).unwrap_or_default();
    for call in &called {
        let words = call.module.words(|module| rules.words_in(module.texts()));
        let active = rules.triggered(source.own_path(), b"", words, scratch);
        call.run(&mut tree, &active, &mut looks, candidates)?;
    }
    Ok(())
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

    /// The numbers of the words that are in `texts`.
    fn words_in<'t>(&self, texts: impl Iterator<Item = &'t [u8]>) -> Vec<u32> {
        let mut seen = vec![false; self.words.len()];
        for hit in texts.flat_map(|text| self.automaton.find_overlapping_iter(text)) {
            seen[hit.pattern().as_usize()] = true;
        }
        let numbers = seen.into_iter().enumerate().filter(|(_, seen)| *seen);
        numbers.map(|(number, _)| number as u32).collect()
    }

    /// The matchers that can match in a file at `path` with `text`, where `more`
    /// words stand elsewhere.
    fn triggered(
        &self,
        path: &str,
        text: &[u8],
        more: &[u32],
        scratch: &mut StructureScratch,
    ) -> Vec<Active<'_>> {
        let seen = &mut scratch.seen;
        seen.clear();
        seen.resize(self.words.len(), false);
        for hit in self.automaton.find_overlapping_iter(text) {
            seen[hit.pattern().as_usize()] = true;
        }
        self.also_triggered(path, more, scratch)
    }

    /// The matchers of the file that was asked about last, where `more` words stand elsewhere.
    fn also_triggered(
        &self,
        path: &str,
        more: &[u32],
        scratch: &mut StructureScratch,
    ) -> Vec<Active<'_>> {
        let StructureScratch { seen, active, .. } = scratch;
        active.clear();
        active.resize(self.slots.len(), false);
        for number in more {
            seen[*number as usize] = true;
        }
        let words = self.words.iter().zip(seen).filter(|(_, seen)| **seen);
        for index in words.flat_map(|(numbers, _)| numbers) {
            let index = *index as usize;
            active[index] |= self.slots[index].files.admits(path);
        }
        let slots = self.slots.iter().zip(active).filter(|(_, active)| **active);
        slots.filter_map(|(slot, _)| slot.active()).collect()
    }
}

impl Slot {
    /// None for a matcher that [`super::check`] refuses.
    fn active(&self) -> Option<Active<'_>> {
        let compiled = self.compiled.get_or_init(|| compile(&self.matcher.spec).ok());
        compiled.as_ref().map(|rule| Active { matcher: &self.matcher, rule })
    }
}
