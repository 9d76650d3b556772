//! Which patterns are tried on a node: by its kind, and by the words that stand
//! in it.

use std::ops::Range;

use foldhash::HashMap;

use super::focus::Focus;
use super::pattern::Pat;
use super::rule::{Compiled, Rooted};

/// Part that a pattern plays in its matcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Subject,
    Inside,
    NotInside,
    Has,
    NotHas,
    /// A source or sanitizer of the matcher's `flow`.
    Source,
    Sanitizer,
}

/// A pattern in the table.
pub(super) struct Entry<'r> {
    pub(super) unit: usize,
    pub(super) role: Role,
    pub(super) pat: &'r Pat,
    kinds: &'r [u16],
    /// Number of a word that stands in every match, where its places are known.
    word: Option<u32>,
}

/// Numbers of entries by the kind of node they can match.
pub(super) struct Table {
    /// One more than the number of the kind's list; 0 for none.
    heads: Vec<u16>,
    lists: Vec<Entries>,
}

/// The entries of one kind of node.
#[derive(Default)]
struct Entries {
    all: Vec<usize>,
    /// Those that no word tells.
    wordless: Vec<usize>,
    /// The others, by their word.
    by_word: HashMap<u32, Vec<usize>>,
}

/// Places of words in a node up to which its entries are looked up by word.
const FEW_MARKS: usize = 64;

impl Table {
    pub(super) fn new(entries: &[Entry<'_>]) -> Self {
        let mut table = Table { heads: Vec::new(), lists: Vec::new() };
        for (index, entry) in entries.iter().enumerate() {
            for kind in entry.kinds {
                let entries = table.list(usize::from(*kind));
                entries.all.push(index);
                match entry.word {
                    Some(word) => entries.by_word.entry(word).or_default().push(index),
                    None => entries.wordless.push(index),
                }
            }
        }
        table
    }

    fn list(&mut self, kind: usize) -> &mut Entries {
        if self.heads.len() <= kind {
            self.heads.resize(kind + 1, 0);
        }
        if self.heads[kind] == 0 {
            self.lists.push(Entries::default());
            self.heads[kind] = self.lists.len() as u16;
        }
        &mut self.lists[usize::from(self.heads[kind]) - 1]
    }

    /// The entries that can match a node of `kind` in which `marks` stand, in
    /// their order.
    pub(super) fn of(&self, kind: u16, marks: &[(usize, u32)], found: &mut Vec<usize>) {
        found.clear();
        let Some(entries) = self.heads.get(usize::from(kind)).filter(|head| **head != 0) else {
            return;
        };
        let entries = &self.lists[usize::from(*entries) - 1];
        if marks.len() > FEW_MARKS {
            return found.extend_from_slice(&entries.all);
        }
        found.extend_from_slice(&entries.wordless);
        if !entries.by_word.is_empty() {
            let told = marks.iter().filter_map(|(_, word)| entries.by_word.get(word));
            told.for_each(|list| found.extend_from_slice(list));
            found.sort_unstable();
            found.dedup();
        }
    }
}

/// The marks that lie in `range`.
pub(super) fn marks_in<'m>(marks: &'m [(usize, u32)], range: &Range<usize>) -> &'m [(usize, u32)] {
    let from = marks.partition_point(|(at, _)| *at < range.start);
    let length = marks[from..].partition_point(|(at, _)| *at < range.end);
    &marks[from..from + length]
}

pub(super) fn add_entries<'r>(
    entries: &mut Vec<Entry<'r>>,
    unit: usize,
    compiled: &'r Compiled,
    focus: &Focus,
) {
    let lists = [
        (Role::Subject, &compiled.any),
        (Role::Inside, &compiled.inside),
        (Role::NotInside, &compiled.not_inside),
        (Role::Has, &compiled.has),
        (Role::NotHas, &compiled.not_has),
    ];
    let flow = compiled.flow.iter();
    let own = flow.flat_map(|f| [(Role::Source, &f.sources), (Role::Sanitizer, &f.sanitizers)]);
    for (role, pats) in lists.into_iter().chain(own) {
        entries.extend(pats.iter().map(|Rooted { pat, kinds, word }| {
            let word = word.as_ref().and_then(|word| focus.marked.get(word).copied());
            Entry { unit, role, pat, kinds, word }
        }));
    }
}
