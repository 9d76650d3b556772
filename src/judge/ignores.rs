//! Applies inline ignores to the findings of a file, and says what is wrong
//! with them. Lines are read only around findings, and at the head of the
//! file; the whole file only where unused ignores are asked for.
//!
//! A finding over several lines is ignored from its first or last line.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::case::last_byte;
use super::markers::{Markers, Reach, SEAMLINE, Statement};
use super::mask::Mask;
use super::places::Places;
use super::text::cleaned;
use crate::finding::{Candidate, Category, HIDDEN, RuleIndex};
use crate::rules::Catalogue;
use crate::source::Source;

/// Lines at the head of a file in which the file form counts.
const HEAD_LINES: u32 = 20;
/// Warnings of one file; more are counted, not told.
const MOST_WARNINGS: usize = 20;
/// Characters of an unknown id that are repeated in a warning.
const LONGEST_ID: usize = 60;
/// Edits (Damerau-Levenshtein) up to which an id is taken for a slip.
const MOST_EDITS: usize = 3;

/// What stands in the file, by what it covers. Covered line 0 is the file.
#[derive(Default)]
pub(super) struct Ignores {
    rules: HashMap<(Reach, u32, RuleIndex), Granted>,
    kinds: HashMap<(Reach, u32), Kinds>,
    complaints: Vec<(u32, Complaint)>,
}

/// Where a rule's ignore is written and whether it hid something.
struct Granted {
    line: u32,
    ours: bool,
    used: bool,
}

#[derive(Default)]
struct Kinds {
    secrets: bool,
    patterns: bool,
}

enum Complaint {
    Bare(&'static str),
    Unknown(String),
    Form(String),
    LateFile,
}

/// Offsets of all our markers, for a run that reports unused ones.
pub(super) fn marker_offsets(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(text, SEAMLINE)
}

impl Ignores {
    /// Reads the lines of `places`, the ones before them and the file's head.
    pub fn read(markers: &Markers, text: &[u8], places: &Places) -> Self {
        let mut lines: BTreeMap<u32, Range<usize>> = head(text);
        for line in places.lines() {
            lines.insert(line.number, line.range.clone());
            if let Some(before) = &line.before {
                lines.insert(line.number.saturating_sub(1), before.clone());
            }
        }
        let mut ignores = Ignores::default();
        for (number, range) in lines {
            markers.read(&text[range], &mut |statement| ignores.add(number, statement));
        }
        ignores
    }

    /// True if something in the file asks to ignore `candidate`.
    pub fn covers(&mut self, candidate: &Candidate, category: Category, places: &Places) -> bool {
        let (first, last) = lines_of(candidate, places);
        let spots =
            [(Reach::Line, first), (Reach::Line, last), (Reach::NextLine, first), (Reach::File, 0)];
        let mut covered = false;
        for (reach, line) in spots {
            if let Some(granted) = self.rules.get_mut(&(reach, line, candidate.rule)) {
                granted.used = true;
                covered = true;
            }
            covered |= self.kinds.get(&(reach, line)).is_some_and(|kinds| match category {
                Category::Secret => kinds.secrets,
                Category::Pattern | Category::Surface => kinds.patterns,
            });
        }
        covered
    }

    /// What to tell the user, as `path:line: …`; with `unused` also of ignores
    /// that hid nothing.
    pub fn warnings(self, source: &Source<'_>, unused: bool, terms: &Terms<'_>) -> Vec<String> {
        let mut found = self.complaints;
        found.sort_by_key(|(line, _)| *line);
        let mut told: Vec<(u32, String)> = Vec::new();
        for (line, complaint) in found.iter().take(MOST_WARNINGS) {
            told.push((*line, terms.explain(*line, complaint)));
        }
        let mut idle: Vec<(u32, RuleIndex)> = self
            .rules
            .iter()
            .filter(|(_, granted)| unused && granted.ours && !granted.used)
            .map(|((_, _, rule), granted)| (granted.line, *rule))
            .collect();
        idle.sort_unstable();
        let room = MOST_WARNINGS.saturating_sub(told.len());
        for (line, rule) in idle.iter().take(room) {
            let id = &terms.catalogue.meta(*rule).id;
            told.push((*line, format!("unused inline ignore: `{id}` finds nothing here")));
        }
        told.sort();
        let path = cleaned(&source.path);
        let untold = (found.len() + idle.len()).saturating_sub(MOST_WARNINGS);
        let more =
            (untold > 0).then(|| format!("{path}: {untold} more warnings about inline ignores"));
        told.into_iter().map(|(line, text)| format!("{path}:{line}: {text}")).chain(more).collect()
    }

    fn add(&mut self, line: u32, statement: Statement) {
        let covered = |reach| match reach {
            Reach::Line => line,
            Reach::NextLine => line.saturating_add(1),
            Reach::File => 0,
        };
        match statement {
            Statement::Rule { reach: Reach::File, .. } if line > HEAD_LINES => {
                self.complaints.push((line, Complaint::LateFile));
            }
            Statement::Rule { reach, rule, ours } => {
                let granted = Granted { line, ours, used: false };
                self.rules.entry((reach, covered(reach), rule)).or_insert(granted);
            }
            Statement::Kind { reach, secrets, patterns } => {
                let kinds = self.kinds.entry((reach, covered(reach))).or_default();
                kinds.secrets |= secrets;
                kinds.patterns |= patterns;
            }
            Statement::Bare { form } => self.complaints.push((line, Complaint::Bare(form))),
            Statement::Unknown { id } => self.complaints.push((line, Complaint::Unknown(id))),
            Statement::Form { word } => self.complaints.push((line, Complaint::Form(word))),
        }
    }
}

/// What warnings are worded with.
pub(super) struct Terms<'a> {
    pub catalogue: &'a Catalogue,
    pub mask: &'a Mask<'a>,
    /// The findings before any was ignored, to name the rule a bare ignore means.
    pub candidates: &'a [&'a Candidate],
    pub places: &'a Places,
}

impl Terms<'_> {
    fn explain(&self, line: u32, complaint: &Complaint) -> String {
        match complaint {
            Complaint::Bare(form) => {
                let id = self.rule_on(line, form).unwrap_or("rule-id");
                format!(
                    "`seamline: {form}` without a rule ignores nothing; write `seamline: {form}[{id}]`"
                )
            }
            Complaint::Unknown(id) => {
                let hint =
                    self.nearest(id).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                format!("inline ignore of an unknown rule `{}`{hint}", self.shown(id))
            }
            Complaint::Form(word) => format!(
                "unknown inline ignore `ignore{}`; there are `ignore`, `ignore-next-line` and `ignore-file`",
                self.shown(word)
            ),
            Complaint::LateFile => {
                format!("`seamline: ignore-file` counts only in the first {HEAD_LINES} lines")
            }
        }
    }

    /// The rule that a bare ignore on `line` most likely means.
    fn rule_on(&self, line: u32, form: &str) -> Option<&str> {
        let target = if form == "ignore-next-line" { line.saturating_add(1) } else { line };
        let on_it = |c: &&&Candidate| {
            let (first, last) = lines_of(c, self.places);
            form == "ignore-file" || first == target || last == target
        };
        let candidate = self.candidates.iter().find(on_it)?;
        Some(&self.catalogue.meta(candidate.rule).id)
    }

    fn nearest(&self, id: &str) -> Option<&str> {
        let id: String = id.chars().take(LONGEST_ID).collect();
        let distance = |known: &str| strsim::damerau_levenshtein(&id, known);
        let ids = self.catalogue.metas.iter().map(|m| m.id.as_str());
        let (edits, known) = ids.map(|known| (distance(known), known)).min()?;
        (edits <= MOST_EDITS && edits < known.len().div_ceil(2)).then_some(known)
    }

    /// File text in a warning: short, harmless, without a secret.
    fn shown(&self, text: &str) -> String {
        let clean = self.mask.scrub(text);
        match clean.char_indices().nth(LONGEST_ID) {
            Some((at, _)) => format!("{}{HIDDEN}", &clean[..at]),
            None => clean,
        }
    }
}

/// Numbers of the first and last line of a finding.
fn lines_of(candidate: &Candidate, places: &Places) -> (u32, u32) {
    let number = |offset| places.line(offset).map_or(0, |l| l.number);
    (number(candidate.span.start), number(last_byte(&candidate.span)))
}

/// The first lines of the file, as far as they may hold a marker.
fn head(text: &[u8]) -> BTreeMap<u32, Range<usize>> {
    let mut lines = BTreeMap::new();
    let mut start = 0;
    for number in 1..=HEAD_LINES {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |i| start + i);
        lines.insert(number, start..end);
        if end == text.len() {
            break;
        }
        start = end + 1;
    }
    lines
}
