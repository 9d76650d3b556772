//! Reads the rule files of a user's folder, checks them together and tells
//! everything that is wrong with them at once. A rule in which something is wrong
//! takes no other with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::files::{read, rule_files};
use super::model::{FlowFile, FrameworkFile, PatternFile, SecretFile};
use super::{Catalogue, RuleError, check};
use crate::document::{Document, Problem};
use crate::semgrep::{self, Import};
use crate::suggest;

/// Rule files that passed every check, in the order of their paths.
#[derive(Debug, Default)]
pub struct Loaded {
    pub secrets: Vec<SecretFile>,
    pub patterns: Vec<PatternFile>,
    pub frameworks: Vec<FrameworkFile>,
    pub flows: Vec<FlowFile>,
    /// From files of Semgrep rules.
    pub imported: Import,
    /// Ids of the rules in which something is wrong.
    pub left_out: BTreeSet<String>,
}

/// The rules below `folder`, or of the file that it is, checked by themselves
/// and against `existing`.
///
/// # Errors
/// Everything wrong with the folder and its files.
pub fn folder(folder: &Path, existing: &Catalogue) -> Result<Loaded, RuleError> {
    let (loaded, problems) = sound(folder, existing)?;
    if problems.is_empty() { Ok(loaded) } else { Err(RuleError::Invalid(problems)) }
}

/// As [`folder`], but with what is wrong next to all rules in which nothing is.
///
/// # Errors
/// The folder cannot be used at all.
pub fn sound(folder: &Path, existing: &Catalogue) -> Result<(Loaded, Vec<Problem>), RuleError> {
    let whole = |message: &str, fix: &str| {
        let problem = Problem {
            file: shown(folder),
            line: None,
            column: None,
            message: message.to_owned(),
            fix: Some(fix.to_owned()).filter(|fix| !fix.is_empty()),
        };
        RuleError::Invalid(vec![problem])
    };
    if !folder.exists() {
        let fix = "`--rules` takes a folder of `.toml` files, or a file of Semgrep rules";
        return Err(whole("no such folder of rules", fix));
    }
    let named = !folder.is_dir();
    let paths = rule_files(folder).map_err(|error| whole(&error, ""))?;
    if paths.is_empty() {
        let what = if named { "the file has no rules" } else { "the folder has no rules" };
        return Err(whole(what, "rules stand in `.toml` files, those of Semgrep in `.yaml` files"));
    }
    let mut reader = Reader::new(existing);
    paths.iter().for_each(|path| reader.file(path));
    reader.partners();
    reader.problems.sort();
    reader.loaded.left_out = reader.left_out();
    Ok((reader.loaded, reader.problems))
}

/// What has been read of a folder so far.
struct Reader<'c> {
    existing: &'c Catalogue,
    loaded: Loaded,
    problems: Vec<Problem>,
    /// Where each id of the folder was first seen.
    ids: BTreeMap<String, String>,
    /// Rules that name another to be a pair with, that one, and where.
    partners: Vec<(String, String, Problem)>,
}

impl<'c> Reader<'c> {
    fn new(existing: &'c Catalogue) -> Self {
        Reader {
            existing,
            loaded: Loaded::default(),
            problems: Vec::new(),
            ids: BTreeMap::new(),
            partners: Vec::new(),
        }
    }

    fn file(&mut self, path: &Path) {
        let name = shown(path);
        let is_toml = path.extension().is_some_and(|extension| extension == "toml");
        match read(path) {
            Ok(text) if !is_toml => self.semgrep(&name, &text),
            Ok(text) => self.text(&name, &text),
            Err(message) => {
                let (line, column, fix) = (None, None, None);
                self.problems.push(Problem { file: name, line, column, message, fix });
            }
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        let mut document = match Document::parse(name, text) {
            Ok(document) => document,
            Err(problems) => return self.problems.extend(problems),
        };
        if document.has("provider") || document.has("rule") {
            self.secrets(&mut document);
        } else if document.has("match") || document.has("id") {
            self.pattern(&mut document);
        } else if document.has("framework") {
            self.framework(&mut document);
        } else if document.has("languages") {
            self.flow(&mut document);
        } else {
            let message = "neither a secret rule (`provider`) nor a pattern rule (`match`)";
            let fix = "see `seamline explain` for what a rule says";
            let start =
                Problem { line: Some(1), column: Some(1), ..document.problem("", message, fix) };
            self.problems.push(start);
        }
    }

    fn semgrep(&mut self, name: &str, text: &str) {
        let taken = |id: &str| self.existing.find(id).is_some() || self.ids.contains_key(id);
        match semgrep::read(name, text, &taken) {
            Ok(import) => {
                let ids = import.rules.iter().map(|rule| rule.file.id.clone());
                self.ids.extend(ids.map(|id| (id, name.to_owned())));
                self.loaded.imported.rules.extend(import.rules);
                self.loaded.imported.notes.extend(import.notes);
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    fn secrets(&mut self, document: &mut Document<'_>) {
        let starts = document.lines_of("rule");
        let (file, mut problems) = document.read::<SecretFile>();
        let shaped = problems.is_empty();
        let Some(mut file) = file else { return self.problems.extend(problems) };
        // With broken rules left out, "no rule" would be told of a full file.
        let told = check::secret_file(document, &file);
        problems.extend(told.into_iter().filter(|_| shaped || !file.rules.is_empty()));
        for (i, rule) in file.rules.iter().enumerate() {
            problems.extend(self.claim(document, &format!("rule/{i}/id"), &rule.id));
            for (j, id) in rule.pair.iter().flat_map(|pair| &pair.rules).enumerate() {
                let place = document.problem(&format!("rule/{i}/pair/rules/{j}"), "", "");
                self.partners.push((rule.id.clone(), id.clone(), place));
            }
        }
        let lines = document.lines_of("rule");
        let mut bad = of_items(&starts, &problems);
        if bad.remove(&None) {
            bad.extend(starts.iter().map(|line| Some(*line)));
        }
        let mut lines = lines.into_iter();
        file.rules.retain(|_| !lines.next().is_none_or(|line| bad.contains(&Some(line))));
        self.problems.extend(problems);
        if !file.rules.is_empty() {
            self.loaded.secrets.push(file);
        }
    }

    fn pattern(&mut self, document: &mut Document<'_>) {
        let (file, mut problems) = document.read::<PatternFile>();
        let shaped = problems.is_empty();
        if let Some(file) = file {
            let told = check::pattern_file(document, &file);
            problems.extend(told.into_iter().filter(|_| shaped || !file.matchers.is_empty()));
            problems.extend(self.claim(document, "id", &file.id));
            self.loaded.patterns.extend(problems.is_empty().then_some(file));
        }
        self.problems.extend(problems);
    }

    fn framework(&mut self, document: &mut Document<'_>) {
        let (file, mut problems) = document.read::<FrameworkFile>();
        if let Some(file) = file {
            problems.extend(check::framework_file(document, &file));
            self.loaded.frameworks.extend(problems.is_empty().then_some(file));
        }
        self.problems.extend(problems);
    }

    fn flow(&mut self, document: &mut Document<'_>) {
        let (file, mut problems) = document.read::<FlowFile>();
        if let Some(file) = file {
            problems.extend(check::flow_file(document, &file));
            self.loaded.flows.extend(problems.is_empty().then_some(file));
        }
        self.problems.extend(problems);
    }

    /// The other half of a pair may stand in another file.
    fn partners(&mut self) {
        for (rule, id, place) in std::mem::take(&mut self.partners) {
            if self.existing.find(&id).is_none() && !self.ids.contains_key(&id) {
                let guess = suggest::closest(&id, self.ids.keys().map(String::as_str));
                let fix = suggest::question(guess.as_slice());
                let fix = fix.or_else(|| Some("name a rule of these files".to_owned()));
                let message = format!("there is no rule `{id}` to be a pair with");
                self.problems.push(Problem { message, fix, ..place });
                for file in &mut self.loaded.secrets {
                    file.rules.retain(|loaded| loaded.id != rule);
                }
            }
        }
        self.loaded.secrets.retain(|file| !file.rules.is_empty());
    }

    /// An id stands for one rule only.
    fn claim(&mut self, document: &Document<'_>, pointer: &str, id: &str) -> Option<Problem> {
        if self.existing.find(id).is_some() {
            let fix = "choose another id; to change the other rule write `[rules.…]` in the \
                       config, to turn it off use `--disable`";
            let message = format!("there is already a rule `{id}`");
            return Some(document.problem(pointer, message, fix));
        }
        if let Some(first) = self.ids.get(id) {
            let message = format!("the id `{id}` is already used in {first}");
            return Some(document.problem(pointer, message, "choose another id"));
        }
        let place = document.problem(pointer, "", "");
        let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
        self.ids.insert(id.to_owned(), format!("{}{line}", place.file));
        None
    }

    /// The ids that were read and are of no loaded rule.
    fn left_out(&self) -> BTreeSet<String> {
        let secrets = self.loaded.secrets.iter().flat_map(|file| &file.rules);
        let patterns = self.loaded.patterns.iter();
        let imported = self.loaded.imported.rules.iter();
        let loaded: BTreeSet<&str> = secrets
            .map(|rule| rule.id.as_str())
            .chain(patterns.map(|file| file.id.as_str()))
            .chain(imported.map(|rule| rule.file.id.as_str()))
            .collect();
        let ids = self.ids.keys().filter(|id| !loaded.contains(id.as_str()));
        ids.cloned().collect()
    }
}

/// The lines in `starts` (of the items of a list, rising) whose item one of
/// `problems` is in; `None` if one is before all of them.
fn of_items(starts: &[usize], problems: &[Problem]) -> BTreeSet<Option<usize>> {
    let item = |problem: &Problem| {
        let line = problem.line?;
        starts.iter().rev().find(|start| **start <= line).copied()
    };
    problems.iter().map(item).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;
