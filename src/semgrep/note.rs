//! What could not be carried over, said so that its author finds it again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One thing of a rule file that Seamline does not do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file as the user named it.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// Id of the rule, as its author wrote it.
    pub rule: String,
    /// The key or construct.
    pub feature: String,
    /// Why it is not done.
    pub why: String,
    pub weight: Weight,
}

/// What a note means for the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The rule is not run.
    Rule,
    /// A part of what it looks for is not.
    Part,
    /// It finds the same, or nearly; something else about it is left out.
    Detail,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.weight {
            Weight::Rule => "not run",
            Weight::Part => "a part is not run",
            Weight::Detail => "left out",
        };
        let Note { file, line, rule, feature, why, .. } = self;
        write!(f, "{file}:{line}: {rule}: {feature}: {what}: {why}")
    }
}

/// One line for each file of which a rule, or a part of one, is not run.
pub fn warnings(notes: &[Note]) -> Vec<String> {
    let mut files: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
    for note in notes {
        let (rules, parts) = files.entry(&note.file).or_default();
        match note.weight {
            Weight::Rule => _ = rules.insert(&note.rule),
            Weight::Part => *parts += 1,
            Weight::Detail => {}
        }
    }
    let told = files.into_iter().map(|(file, (rules, parts))| (file, (rules.len(), parts)));
    let told = told.filter(|(_, counts)| *counts != (0, 0));
    told.map(|(file, (rules, parts))| {
        let counted = |count: usize, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            _ => Some(format!("{count} {noun}s")),
        };
        let what = [counted(rules, "rule"), counted(parts, "part")];
        let what = what.into_iter().flatten().collect::<Vec<_>>().join(" and ");
        format!("{file}: {what} could not be carried over; `seamline rules test {file}` lists what")
    })
    .collect()
}

/// Everything that `notes` say, a line for each.
pub fn report(notes: &[Note]) -> String {
    notes.iter().map(|note| format!("{note}\n")).collect()
}
