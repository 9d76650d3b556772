//! A `.gitleaks.toml` as it is: its rules are run, its allowlists hide, and what
//! cannot be carried over is told.
//!
//! Our own rules stay in force whatever it extends; a default rule of gitleaks
//! that it turns off is turned off where we have one of the same id.

pub mod allow;
pub mod engine;
mod file;

use std::path::Path;

use regex::bytes::{Regex, RegexBuilder};

use crate::config::describe;
use crate::finding::RuleIndex;
use crate::rules::Catalogue;
use crate::rules::RuleMeta;
use crate::rules::model::{Category, Confidence, RuleHead, RuleTexts, Severity};
use crate::rules::topics;
use allow::{Allowlist, Target};
use engine::RegexRule;

/// The name that gitleaks looks for.
pub const FILE_NAME: &str = ".gitleaks.toml";

/// Files that extend each other, as many as gitleaks follows.
const DEPTH: usize = 2;
const LARGEST_FILE: u64 = 1 << 20;
/// Memory that one compiled regex may take, in bytes.
const REGEX_SIZE: usize = 4 << 20;

/// A file that cannot be used at all; one line, ready to show.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct GitleaksError {
    pub path: String,
    pub message: String,
}

/// What a file says, in our terms.
#[derive(Debug, Default)]
pub struct Gitleaks {
    /// The file's path as reports show it.
    pub shown: String,
    rules: Vec<(RuleMeta, RegexRule)>,
    /// How many rules are run.
    carried: usize,
    pub allowlists: Vec<Allowlist>,
    /// Rules that it turns off.
    pub disabled: Vec<String>,
    /// What could not be carried over, each in a sentence.
    pub notes: Vec<String>,
}

impl Gitleaks {
    /// Reads the file at `path` and those that it extends, for use with the
    /// rules of `catalogue`.
    ///
    /// # Errors
    /// A file that cannot be read or is no TOML of the expected shape.
    pub fn read(path: &Path, catalogue: &Catalogue) -> Result<Self, GitleaksError> {
        let shown = path.display().to_string();
        let mut gitleaks = Gitleaks { shown, ..Gitleaks::default() };
        let mut next = Some(path.to_owned());
        for _ in 0..DEPTH {
            let Some(path) = next.take() else { break };
            let file = parse(&path)?;
            let folder = path.parent().unwrap_or(Path::new(""));
            next = file.extend.path.as_ref().map(|extended| folder.join(extended));
            gitleaks.take(file, catalogue);
        }
        if next.is_some() {
            gitleaks.note("the file extends others too deeply; the last is not read");
        }
        Ok(gitleaks)
    }

    /// Adds the rules to `catalogue` and turns off in it what the file turns off.
    pub fn add_to(&mut self, catalogue: &mut Catalogue) {
        self.carried += self.rules.len();
        for (meta, rule) in self.rules.drain(..) {
            catalogue.add_regex_rule(meta, rule);
        }
        for id in &self.disabled {
            if catalogue.disable(id).is_err() {
                let note = format!("rule `{id}` is turned off, but there is none of that id here");
                self.notes.push(note);
            }
        }
    }

    /// One line for reports if something could not be carried over.
    pub fn warning(&self) -> Option<String> {
        let count = self.notes.len();
        let things = if count == 1 { "1 setting".to_owned() } else { format!("{count} settings") };
        let told = "could not be carried over; `seamline config check` lists what";
        (count > 0).then(|| format!("{}: {things} {told}", self.shown))
    }

    /// What was carried over and what was not, for people.
    pub fn summary(&self) -> String {
        let (rules, lists) = (self.carried, self.allowlists.len());
        let mut text = format!("{}: {rules} rules and {lists} allowlists are used\n", self.shown);
        self.notes.iter().for_each(|note| text.push_str(&format!("  not carried over: {note}\n")));
        text
    }

    fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    fn take(&mut self, file: file::File, catalogue: &Catalogue) {
        self.note_unknown("the file", &file.other);
        if file.extend.url.is_some() {
            self.note("`extend.url`: nothing is fetched");
        }
        self.disabled.extend(file.extend.disabled_rules);
        for list in file.allowlist.into_iter().chain(file.allowlists) {
            let rules = list.target_rules.clone();
            self.allow(list, rules, "an allowlist");
        }
        for rule in file.rules {
            self.rule(rule, catalogue);
        }
    }

    fn rule(&mut self, rule: file::Rule, catalogue: &Catalogue) {
        let what = format!("rule `{}`", rule.id);
        self.note_unknown(&what, &rule.other);
        let ours = catalogue.find(&rule.id).is_some();
        // An id of ours keeps its meaning; what extends it applies to both.
        let id = match (&rule.regex, ours) {
            (Some(_), true) => format!("gitleaks-{}", rule.id),
            _ => rule.id.clone(),
        };
        for list in rule.allowlist.into_iter().chain(rule.allowlists) {
            self.allow(list, vec![rule.id.clone(), id.clone()], &what);
        }
        let Some(regex) = rule.regex else {
            if rule.path.is_some() {
                self.note(format!("{what} is about the names of files only; it is not run"));
            } else if !ours {
                self.note(format!("{what} has no regex, and there is none of that id here"));
            }
            return;
        };
        let path = rule.path.map(|path| compile(&path)).transpose();
        match (compile(&regex), path) {
            (Ok(regex), Ok(path)) if rule.secret_group < regex.captures_len() => {
                let keywords = rule.keywords.iter().map(|word| word.to_lowercase()).collect();
                let (secret_group, entropy) = (rule.secret_group, rule.entropy);
                let index = RuleIndex(0);
                let (files, not, plain) = (Vec::new(), Vec::new(), None);
                #[rustfmt::skip]
                let compiled = RegexRule {
                    index, regex, path, secret_group, entropy, keywords, files, not, plain,
                };
                self.rules.push((meta(id, rule.description), compiled));
            }
            (Ok(_), Ok(_)) => self.note(format!("{what} has no group {}", rule.secret_group)),
            (Err(error), _) | (_, Err(error)) => self.note(format!("{what}: {error}")),
        }
    }

    fn allow(&mut self, list: file::Allowlist, rules: Vec<String>, what: &str) {
        self.note_unknown(what, &list.other);
        let target = match list.regex_target.as_deref() {
            None | Some("" | "secret") => Target::Secret,
            Some("match") => Target::Match,
            Some("line") => Target::Line,
            Some(other) => {
                self.note(format!("{what}: unknown regexTarget `{other}`; the list is not used"));
                return;
            }
        };
        let condition = list.condition.unwrap_or_default().to_lowercase();
        let all = matches!(condition.as_str(), "and" | "&&");
        let before = self.notes.len();
        let mut compiled = |regexes: &[String]| -> Vec<Regex> {
            let compile = |text: &String| match compile(text) {
                Ok(regex) => Some(regex),
                Err(error) => {
                    self.notes.push(format!("{what}: {error}"));
                    None
                }
            };
            regexes.iter().filter_map(compile).collect()
        };
        let (paths, regexes) = (compiled(&list.paths), compiled(&list.regexes));
        // With a check missing, a list that wants all of them would hide more.
        if all && self.notes.len() > before {
            return;
        }
        let stopwords = list.stopwords.iter().map(|word| word.to_lowercase()).collect();
        let commits = list.commits;
        self.allowlists.push(Allowlist { rules, all, commits, paths, regexes, target, stopwords });
    }

    fn note_unknown(
        &mut self,
        what: &str,
        other: &std::collections::BTreeMap<String, toml::Value>,
    ) {
        for key in other.keys().filter(|key| !file::HARMLESS.contains(&key.as_str())) {
            self.note(format!("{what}: `{key}` is not understood"));
        }
    }
}

fn parse(path: &Path) -> Result<file::File, GitleaksError> {
    let fail = |message: String| GitleaksError { path: path.display().to_string(), message };
    let length = std::fs::metadata(path).map_err(|error| fail(describe(&error)))?.len();
    if length > LARGEST_FILE {
        return Err(fail(format!("has {length} bytes; such a file has at most {LARGEST_FILE}")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fail(describe(&error)))?;
    toml::from_str(&text).map_err(|error| fail(error.message().to_owned()))
}

fn compile(regex: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(regex).size_limit(REGEX_SIZE).build();
    built.map_err(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!("the regex is not read: {last}")
    })
}

fn meta(id: String, description: String) -> RuleMeta {
    let title = if description.is_empty() { id.clone() } else { description };
    let head = RuleHead {
        id,
        title: title.clone(),
        category: Category::Secret,
        severity: Severity::High,
        confidence: Confidence::Medium,
        topic: topics::SECRETS.to_owned(),
    };
    RuleMeta { head, texts: texts(title).into() }
}

fn texts(what: String) -> RuleTexts {
    let text = |text: &str| text.to_owned();
    RuleTexts {
        what,
        why: text("Whoever can read the file can use the secret."),
        fix: text("Read the secret at run time from the environment or a secret manager."),
        revoke: None,
        references: Vec::new(),
        cwe: vec![text("CWE-798")],
        owasp: vec![text("API2:2023"), text("API8:2023")],
        languages: Vec::new(),
        provider: None,
    }
}
