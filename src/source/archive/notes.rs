//! What was left out of a container, counted by reason: a jar has thousands of
//! classes, and each is one too many for a list.

use std::collections::BTreeMap;

use crate::source::read::Reason;

/// Different reasons that are kept apart; sizes and methods make few.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub struct Notes {
    /// Reason to how often, and where first.
    left_out: BTreeMap<Reason, (u64, String)>,
}

impl Notes {
    /// Notes that the entry at `path` was left out.
    pub fn add(&mut self, path: &str, reason: Reason) {
        let full = self.left_out.len() >= MOST && !self.left_out.contains_key(&reason);
        let reason = if full { Reason::Borrowed("left out") } else { reason };
        let entry = self.left_out.entry(reason).or_insert_with(|| (0, path.to_owned()));
        entry.0 += 1;
    }

    /// One line a reason. `outermost` is the path that every skip has anyway.
    pub fn reasons(self, outermost: &str) -> Vec<Reason> {
        let line = |(reason, (count, first)): (Reason, (u64, String))| match count {
            1 if first == outermost => reason,
            1 => format!("{first}: {reason}").into(),
            _ => format!("{count} entries: {reason} (the first is {first})").into(),
        };
        self.left_out.into_iter().map(line).collect()
    }
}
