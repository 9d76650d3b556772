//! Where a file's secrets are, and what is shown in their place. Every text
//! that leaves the judge comes through here, so that no reporter can print
//! what it should not: it never has it.
//!
//! All candidates count, also those that are dropped, hidden or doubtful: a
//! finding that a gate hides must not show up as the neighbour of another.

use std::borrow::Cow;
use std::ops::Range;

use super::text::cleaned;
use super::values::{KEY, Value, ValueIndex};
use crate::finding::{HIDDEN, Secret, redact};

/// Bytes of a file that are never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    pub range: Range<usize>,
    /// The one value that the region stands for and the length of its public
    /// prefix; none where several values overlap, of which nothing is shown.
    shown: Option<(Range<usize>, usize)>,
}

/// A secret of the file.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub range: Range<usize>,
    /// Length of its public prefix in bytes.
    pub prefix: usize,
    /// The secret finding that won over those it overlaps: its redacted form is
    /// the one to show. No two such overlap.
    pub won: bool,
    /// What the bytes at `range` encode, if they do.
    pub decoded: Option<Secret>,
}

/// The secrets of one file.
pub(super) struct Mask<'t> {
    text: &'t [u8],
    values: ValueIndex<'t>,
    /// Disjoint, ascending.
    regions: Vec<Region>,
}

impl<'t> Mask<'t> {
    pub fn new(text: &'t [u8], mut known: Vec<Known>) -> Self {
        known.retain(|k| !k.range.is_empty());
        known.sort_unstable_by_key(|k| (k.range.start, k.range.end));
        let values = ValueIndex::new(known.iter().flat_map(|k| values_of(text, k)));
        let regions =
            join(known.into_iter().map(|k| Region {
                shown: k.won.then(|| (k.range.clone(), k.prefix)),
                range: k.range,
            }));
        Mask { text, values, regions }
    }

    /// The regions that have a part in `range`.
    pub fn within(&self, range: &Range<usize>) -> &[Region] {
        let from = self.regions.partition_point(|r| r.range.end <= range.start);
        let to = self.regions.partition_point(|r| r.range.start < range.end);
        self.regions.get(from..to).unwrap_or_default()
    }

    /// Also masks the other places where a known value stands, as far as they
    /// reach into `windows`. Each byte is looked at once however many windows
    /// share it, so this is never more than one pass over the file.
    pub fn extend(&mut self, windows: impl Iterator<Item = Range<usize>>) {
        let reach = self.values.longest();
        if reach == 0 {
            return;
        }
        let mut found: Vec<Region> = Vec::new();
        for range in widened(windows, reach, self.text.len()) {
            self.values.each_in(self.text, range, |at, value| {
                let end = self.text.len().min(at + value.bytes.len());
                let shown = Some((value.range.clone(), value.prefix));
                match found.last_mut() {
                    Some(last) if at < last.range.end => {
                        last.range.end = last.range.end.max(end);
                        last.shown = None;
                    }
                    _ => found.push(Region { range: at..end, shown }),
                }
            });
        }
        found.retain(|f| !self.within(&f.range).iter().any(|r| covers(&r.range, &f.range)));
        if found.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut self.regions);
        all.extend(found);
        all.sort_by_key(|r| (r.range.start, r.range.end));
        self.regions = join(all.into_iter());
    }

    /// What stands in the place of `region`.
    pub fn label(&self, region: &Region) -> String {
        region.shown.as_ref().map_or_else(
            || HIDDEN.to_owned(),
            |(range, prefix)| self.redacted(range.clone(), *prefix),
        )
    }

    /// The redacted form of a secret. Nothing of it is shown if what would be
    /// shown is itself a secret of the file.
    pub fn redacted(&self, range: Range<usize>, prefix: usize) -> String {
        self.redacted_value(&self.text[range], prefix)
    }

    /// The same for a value that the file holds encoded.
    pub fn redacted_value(&self, value: &[u8], prefix: usize) -> String {
        let form = redact(value, prefix);
        if self.values.is_in(&form) { HIDDEN.to_owned() } else { form }
    }

    /// True if some secret of the file is written out in `text`.
    pub fn is_in(&self, text: &str) -> bool {
        self.values.is_in(text)
    }

    /// `message` without any secret of the file and without control characters.
    pub fn scrub(&self, message: &str) -> String {
        cleaned(&self.values.replaced(message, HIDDEN))
    }
}

/// The value, what it encodes, and how the start of it reads in a message where
/// that is not valid UTF-8.
fn values_of<'t>(text: &'t [u8], known: &Known) -> impl Iterator<Item = Value<'t>> {
    let raw = &text[known.range.clone()];
    let decoded = known.decoded.as_ref().map(|value| Cow::Owned(value.bytes().to_vec()));
    let lossy = match String::from_utf8_lossy(&raw[..raw.len().min(KEY)]) {
        Cow::Borrowed(_) => None,
        Cow::Owned(lossy) => Some(Cow::Owned(lossy.into_bytes())),
    };
    let (range, prefix) = (known.range.clone(), known.prefix);
    [Some(Cow::Borrowed(raw)), lossy, decoded].into_iter().flatten().map(move |bytes| Value {
        bytes,
        range: range.clone(),
        prefix,
    })
}

/// Joins overlapping regions, given by start. What is shown of two is what is
/// shown of the only one that has something to show.
fn join(regions: impl Iterator<Item = Region>) -> Vec<Region> {
    let mut joined: Vec<(Region, bool)> = Vec::new();
    for region in regions {
        match joined.last_mut() {
            Some((last, mixed)) if region.range.start < last.range.end => {
                last.range.end = last.range.end.max(region.range.end);
                if last.shown.is_none() {
                    last.shown = region.shown;
                } else if region.shown.is_some() && region.shown != last.shown {
                    *mixed = true;
                }
            }
            _ => joined.push((region, false)),
        }
    }
    let pick = |(region, mixed): (Region, bool)| Region {
        shown: region.shown.filter(|_| !mixed),
        range: region.range,
    };
    joined.into_iter().map(pick).collect()
}

/// The union of `windows`, each widened by `reach` on both sides.
fn widened(
    windows: impl Iterator<Item = Range<usize>>,
    reach: usize,
    len: usize,
) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = windows
        .map(|w| w.start.saturating_sub(reach)..w.end.saturating_add(reach).min(len))
        .collect();
    all.sort_unstable_by_key(|r| r.start);
    let mut union: Vec<Range<usize>> = Vec::new();
    for range in all {
        match union.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => union.push(range),
        }
    }
    union
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
