//! The rules of each language, and what becomes of a file.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::memmem;
use tree_sitter::Tree;

use super::asking;
use super::development::Development;
use super::dialect::Dialect;
use super::elision;
use super::flow::{Constants, Grammar, Outside, Place, Ways};
use super::focus::Focus;
use super::language::Language;
use super::message;
use super::nodes::{StringContent, string_content};
use super::outer::{Here, Neighbours, Outer};
use super::parse;
use super::paths::PathFilter;
use super::rule::{Compiled, compile_matcher};
use super::scripts::Scripts;
use super::trigger::{Found, Target, Triggers};
use super::turn::{Turn, Turns};
use super::walk::{self, Hit, Input};
use crate::finding::{Candidate, Confidence, Related, RuleIndex};
use crate::rules::matchers::{Matcher, Matchers};
use crate::rules::model::FlowFile;
use crate::rules::{Catalogue, FlowEntry};
use crate::source::Source;

/// Code patterns know more of their match than a generic assignment does.
const SPECIFICITY: u8 = 20;

/// A matcher in one language; compiled when a file first triggers it.
struct Slot {
    matcher: Arc<Matcher>,
    files: PathFilter,
    compiled: OnceLock<Option<Arc<Compiled>>>,
}

/// The matchers of one language.
struct LanguageRules {
    dialect: Arc<Dialect>,
    grammar: Grammar,
    slots: Vec<Slot>,
    triggers: Triggers,
    /// What the data flow knows of libraries.
    flows: Vec<FlowFile>,
}

/// The pattern rules; compiled per language when the first file needs them.
pub struct SyntaxEngine {
    matchers: Matchers,
    /// What the data flow knows of libraries.
    flows: Vec<FlowEntry>,
    /// See [`Catalogue::asked`].
    asked: Vec<&'static [u8]>,
    languages: [OnceLock<Option<Arc<LanguageRules>>>; Language::ALL.len()],
    /// Nothing is left out of long files.
    whole: bool,
    turns: Turns,
}

/// The buffers of one thread.
#[derive(Default)]
pub struct SyntaxScratch {
    found: Found,
    /// Where constants of other files are looked up.
    neighbours: Option<Arc<Neighbours>>,
}

impl SyntaxScratch {
    /// That of a scan in which files may use constants of each other.
    pub fn among(neighbours: &Arc<Neighbours>) -> Self {
        SyntaxScratch { neighbours: Some(Arc::clone(neighbours)), ..SyntaxScratch::default() }
    }
}

/// A parsed file with the rules that its text can trigger.
pub struct ParsedFile<'a> {
    pub text: &'a [u8],
    pub tree: Tree,
    pub language: Language,
    rules: Arc<LanguageRules>,
    active: Vec<usize>,
    focus: Focus,
    here: Option<Here>,
    /// The data flow was too much to follow all of it.
    exhausted: Cell<bool>,
    /// Others wait until it is dropped, if this file is large.
    _turn: Option<Turn>,
}

/// What became of the syntax stage for a file.
pub enum Parse<'a> {
    /// No rule for this language can fire in this text.
    NotNeeded,
    Parsed(ParsedFile<'a>),
    /// Over the size or time budget; counted as a skip of this stage.
    Skipped(Cow<'static, str>),
}

impl SyntaxEngine {
    /// Prepares the pattern rules of `catalogue` without compiling them.
    pub fn new(catalogue: &Catalogue) -> Self {
        SyntaxEngine {
            matchers: Matchers::of_code(catalogue),
            flows: catalogue.flows.clone(),
            asked: catalogue.asked.clone(),
            languages: [const { OnceLock::new() }; Language::ALL.len()],
            whole: false,
            turns: Turns::default(),
        }
    }

    /// Parses long files as a whole too: slower, and what must be found is the same.
    #[must_use]
    pub fn of_whole_files(self) -> Self {
        SyntaxEngine { whole: true, ..self }
    }

    /// The constants of the top level of `text`, a file at `path`, as others take
    /// them up; `None` if it cannot be parsed, or no rule is about its language.
    pub(super) fn constants(
        &self,
        language: Language,
        path: &Arc<str>,
        text: &[u8],
        outside: Option<&dyn Outside>,
    ) -> Option<Constants> {
        let rules = self.rules(language)?;
        let dialect = &*rules.dialect;
        let kept = elision::top_level(language, text);
        let tree = parse::parse(language, &dialect.grammar, text, &kept).ok()?;
        let place = Place::new(dialect, text, tree.root_node(), &rules.grammar, &rules.flows);
        Some(place.seeing(outside).constants(path))
    }

    /// Parses `source` if some rule's trigger words are in its text.
    pub fn parse<'a>(&self, source: &Source<'a>, scratch: &mut SyntaxScratch) -> Parse<'a> {
        match Language::of(source.own_path(), source.text) {
            Some(language) => self.parse_as(language, &[], source, scratch),
            None => Parse::NotNeeded,
        }
    }

    /// Parses the scripts that stand in `source`, if it is a page or component
    /// and some rule's trigger words are in its text. Spans are those of the file.
    pub fn parse_scripts<'a>(&self, source: &Source<'a>, scratch: &mut SyntaxScratch) -> Parse<'a> {
        match Scripts::of(source.own_path(), source.text) {
            Some(scripts) => self.parse_as(scripts.language, &scripts.ranges, source, scratch),
            None => Parse::NotNeeded,
        }
    }

    fn parse_as<'a>(
        &self,
        language: Language,
        ranges: &[Range<usize>],
        source: &Source<'a>,
        scratch: &mut SyntaxScratch,
    ) -> Parse<'a> {
        let Some(rules) = self.rules(language) else { return Parse::NotNeeded };
        let neighbours = scratch.neighbours.as_ref();
        // Most files never ask where they are.
        let here = OnceCell::new();
        let place =
            || here.get_or_init(|| neighbours.and_then(|all| Here::of(all, source))).as_ref();
        let outer = OnceCell::new();
        let outer = |fits: &dyn Fn(&[u8]) -> bool| {
            let open = || place().map(|here| Outer::new(self, here, language, source.text));
            outer.get_or_init(open).as_ref().is_some_and(|outer| outer.any(fits))
        };
        let active = rules.triggers.active(source.text, &mut scratch.found, &outer, |index| {
            rules.slots[index].files.admits(source.own_path())
        });
        if active.is_empty() {
            return Parse::NotNeeded;
        }
        let here = place().cloned();
        // Detectors read the whole tree.
        let detects =
            active.iter().any(|index| rules.slots[*index].matcher.spec.detector.is_some());
        let whole = detects || self.whole || !ranges.is_empty();
        let aim = rules.triggers.aim(source.text, active, &scratch.found, whole);
        let Target { active, focus, kept } = aim;
        if active.is_empty() {
            return Parse::NotNeeded;
        }
        let kept = if whole { ranges } else { &kept };
        let turn = self.turns.wait(parse::extent(source.text, kept));
        match parse::parse(language, &rules.dialect.grammar, source.text, kept) {
            Ok(tree) => Parse::Parsed(ParsedFile {
                text: source.text,
                tree,
                language,
                rules: Arc::clone(rules),
                active,
                focus,
                here,
                exhausted: Cell::new(false),
                _turn: turn,
            }),
            Err(reason) => Parse::Skipped(reason),
        }
    }

    /// Appends the matches of all triggered rules to `candidates`.
    pub fn run_rules(&self, file: &ParsedFile<'_>, candidates: &mut Vec<Candidate>) {
        let slots: Vec<(&Slot, Arc<Compiled>)> = file
            .active
            .iter()
            .map(|index| &file.rules.slots[*index])
            .filter_map(|slot| Some((slot, slot.compiled(&file.rules.dialect)?)))
            .collect();
        let units: Vec<Arc<Compiled>> = slots.iter().map(|(_, unit)| Arc::clone(unit)).collect();
        if units.is_empty() {
            return;
        }
        let root = file.tree.root_node();
        let (dialect, text) = (&*file.rules.dialect, file.text);
        let place = Place::new(dialect, text, root, &file.rules.grammar, &file.rules.flows);
        let outer = file.here.as_ref();
        let outer = outer.map(|here| Outer::new(self, here, file.language, text));
        let place = place.seeing(outer.as_ref().map(|outer| outer as &dyn Outside));
        let input = Input { dialect, text, root, place: &place, focus: &file.focus };
        let walked = walk::run(&input, &units);
        let ways = Ways::new(&place, &units, &walked);
        let development = OnceCell::new();
        // Several patterns of a matcher can be reached in one place.
        let mut told = None;
        for hit in &walked.hits {
            let (slot, unit) = &slots[hit.unit];
            let Some(way) = ways.of(hit) else { continue };
            if told.replace((hit.unit, &hit.span)) == Some((hit.unit, &hit.span)) {
                continue;
            }
            let mut candidate = candidate(&slot.matcher, unit, hit, text);
            if unit.secret.is_some() {
                candidate.secret = credential(&place, unit, hit);
                if candidate.secret.is_none() {
                    continue;
                }
            }
            way.tell(&mut candidate);
            candidate.elsewhere = elsewhere(&place, hit);
            let development = development.get_or_init(|| Development::of(text, root));
            if development.holds(&candidate.span) {
                candidate.confidence = Confidence::Low;
                candidate.reasons.push("it runs in development only".into());
            }
            candidates.push(candidate);
        }
        file.exhausted.set(place.is_exhausted());
    }

    fn rules(&self, language: Language) -> Option<&Arc<LanguageRules>> {
        let rules = || LanguageRules::new(language, self).map(Arc::new);
        self.languages[language as usize].get_or_init(rules).as_ref()
    }
}

impl LanguageRules {
    /// None if no rule is about `language`.
    fn new(language: Language, engine: &SyntaxEngine) -> Option<Self> {
        // `check` reports a bad glob; here the matcher is left out, not widened.
        let slot = |matcher: Arc<Matcher>| {
            let files = PathFilter::of(&matcher.spec).ok()?;
            Some(Slot { matcher, files, compiled: OnceLock::new() })
        };
        let matchers = engine.matchers.reading(|key| language.answers_to(key));
        let slots: Vec<Slot> = matchers.into_iter().filter_map(slot).collect();
        if slots.is_empty() {
            return None;
        }
        let own = |entry: &&FlowEntry| entry.languages.iter().any(|key| language.answers_to(key));
        let flows: Vec<&FlowEntry> = engine.flows.iter().filter(own).collect();
        let built_in = engine.asked.get(language as usize).copied().unwrap_or_default();
        let matchers: Vec<&Matcher> = slots.iter().map(|slot| &*slot.matcher).collect();
        let asked = asking::asked(language, &matchers, &flows, built_in);
        let triggers = Triggers::new(language, asked);
        let flows = flows.into_iter().map(|entry| entry.facts.copied()).collect();
        let (dialect, grammar) = (Dialect::of(language), Grammar::default());
        Some(LanguageRules { dialect, grammar, slots, triggers, flows })
    }
}

impl Slot {
    /// None for a detector, and for a matcher that [`super::check`] refuses.
    fn compiled(&self, dialect: &Dialect) -> Option<Arc<Compiled>> {
        let compile = || {
            let spec = &self.matcher.spec;
            spec.detector.is_none().then(|| compile_matcher(dialect, spec).ok().map(Arc::new))?
        };
        self.compiled.get_or_init(compile).clone()
    }
}

/// Where the credential that `hit` captured is written: in its place, or where
/// the constant that stands there gets its value. None if that cannot be told,
/// for then it could not be hidden.
fn credential(place: &Place<'_, '_>, unit: &Compiled, hit: &Hit<'_>) -> Option<Range<usize>> {
    let captured = hit.captures.get(unit.secret?)?;
    let node = captured.node?;
    if string_content(place.dialect, place.text, node).is_some() {
        return Some(captured.range.clone());
    }
    // What another file says is hidden there.
    let value = place.value(node).filter(|value| value.written.is_none())?;
    let [text] = &value.texts[..] else { return None };
    let start = memmem::find(place.text, text.as_bytes()).filter(|_| !text.is_empty())?;
    Some(start..start + text.len())
}

/// Where the constants are written that `hit` has from other files.
fn elsewhere(place: &Place<'_, '_>, hit: &Hit<'_>) -> Vec<Related> {
    let nodes = hit.captures.iter().filter_map(|captured| captured.node);
    let mut written: Vec<_> = nodes.filter_map(|node| place.written(node)).collect();
    written.dedup();
    let related = written.into_iter().map(|written| Related {
        path: Arc::clone(&written.path),
        start: written.start,
        message: "the value is written here".to_owned(),
    });
    related.collect()
}

fn candidate(matcher: &Matcher, unit: &Compiled, hit: &Hit<'_>, text: &[u8]) -> Candidate {
    let mut candidate = Candidate::new(matcher.rule, hit.span.clone());
    candidate.confidence = matcher.confidence();
    candidate.specificity = SPECIFICITY;
    let message = matcher.spec.message.as_deref();
    candidate.message =
        message.map(|message| message::fill(message, &unit.names, &hit.captures, text));
    candidate
}

impl ParsedFile<'_> {
    /// Why a part of the data flow was left out, if it was.
    pub fn skipped(&self) -> Option<Cow<'static, str>> {
        self.exhausted.get().then_some("syntax: too much data flow to follow all of it".into())
    }

    /// Detectors written in Rust whose triggers are in the text: the rule, the
    /// detector's name and the confidence to report with.
    pub fn detectors(&self) -> impl Iterator<Item = (RuleIndex, &str, Confidence)> {
        self.active.iter().filter_map(|index| {
            let matcher = &self.rules.slots[*index].matcher;
            let name = matcher.spec.detector.as_deref()?;
            Some((matcher.rule, name, matcher.confidence()))
        })
    }

    /// The content of `node` if it is a string literal.
    pub fn string_content(&self, node: tree_sitter::Node<'_>) -> Option<StringContent> {
        string_content(&self.rules.dialect, self.text, node)
    }
}
