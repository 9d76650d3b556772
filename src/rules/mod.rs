//! The rule catalogue: what rules there are and what they say of themselves.
//! No matching happens here; `secrets` and `syntax` compile what they need.

pub mod check;
pub mod coverage;
pub mod examples;
pub mod explain;
pub mod format;
mod generate;
pub mod index;
pub mod list;
mod load;
mod meta;
pub mod model;
pub mod names;
mod select;
pub mod topics;

use std::path::Path;
use std::sync::Arc;

use crate::document::Problem;
use crate::finding::RuleIndex;
use crate::gitleaks::engine::RegexRule;
use crate::semgrep::Note;
use model::{FlowFile, FrameworkFile, PatternFile, RuleMeta, SecretFile, SecretRule};

pub use select::UnknownRule;

/// Built-in rules, packed by the build script.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

/// What the build script packs.
type Packed = (Vec<SecretFile>, Vec<PatternFile>, Vec<FrameworkFile>, Vec<FlowFile>);

/// A provider as its rules share it.
#[derive(Debug, Clone)]
pub struct Provider {
    pub key: String,
    pub name: String,
    /// Lower-case words that show the provider is meant.
    pub words: Vec<String>,
}

/// A secret rule with its place in the catalogue.
#[derive(Debug, Clone)]
pub struct SecretEntry {
    pub index: RuleIndex,
    pub provider: Arc<Provider>,
    pub rule: SecretRule,
    /// False for rules that only the scanned project's config names: it must
    /// not be able to have secrets sent to a host of its choice.
    pub trusted: bool,
}

/// A pattern rule with its place in the catalogue.
#[derive(Debug, Clone)]
pub struct PatternEntry {
    pub index: RuleIndex,
    pub rule: PatternFile,
}

/// All rules of a run. `metas[index]` describes the rule with that index.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub metas: Vec<Arc<RuleMeta>>,
    pub secrets: Vec<SecretEntry>,
    pub patterns: Vec<PatternEntry>,
    /// What is known of web frameworks, for the API surface.
    pub frameworks: Vec<FrameworkFile>,
    /// What the data flow knows of languages and libraries.
    pub flows: Vec<FlowFile>,
    /// Rules brought along from gitleaks.
    pub regex_rules: Vec<RegexRule>,
    /// What of imported rules could not be carried over.
    pub notes: Vec<Note>,
}

/// Rules that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("the built-in rules cannot be read: {0}")]
    Packed(#[from] postcard::Error),
    /// Everything wrong with a folder, sorted by place; one line each.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

impl Catalogue {
    /// The rules compiled into the binary.
    pub fn built_in() -> Result<Self, RuleError> {
        let (secrets, patterns, frameworks, flows): Packed = postcard::from_bytes(PACKED)?;
        let mut catalogue = Catalogue { frameworks, flows, ..Catalogue::default() };
        secrets.into_iter().for_each(|file| catalogue.add_secrets(file));
        patterns.into_iter().for_each(|file| catalogue.add_pattern(file));
        Ok(catalogue)
    }

    /// Adds the rules of a user's folder: all `.toml` files below it, told
    /// apart by their keys (`provider`, `match`, `framework` or `languages`), and
    /// `.yaml` files of Semgrep rules. `folder` may be a single such file.
    ///
    /// # Errors
    /// All that is wrong with the files; then no rule has been added.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), RuleError> {
        let loaded = load::folder(folder, self)?;
        loaded.secrets.into_iter().for_each(|file| self.add_secrets(file));
        loaded.patterns.into_iter().for_each(|file| self.add_pattern(file));
        // The first facts of a framework are the ones that hold.
        self.frameworks.splice(0..0, loaded.frameworks);
        self.flows.extend(loaded.flows);
        for rule in loaded.imported.rules {
            self.add_imported(rule.file, rule.regexes);
        }
        self.notes.extend(loaded.imported.notes);
        Ok(())
    }

    /// As [`Catalogue::add_folder`], for rules that `--verify` must not follow.
    ///
    /// # Errors
    /// As [`Catalogue::add_folder`].
    pub fn add_untrusted_folder(&mut self, folder: &Path) -> Result<(), RuleError> {
        let before = self.secrets.len();
        self.add_folder(folder)?;
        self.secrets[before..].iter_mut().for_each(|entry| entry.trusted = false);
        Ok(())
    }

    /// The description of a rule.
    pub fn meta(&self, index: RuleIndex) -> &Arc<RuleMeta> {
        &self.metas[index.0 as usize]
    }

    /// Looks a rule up by its id.
    pub fn find(&self, id: &str) -> Option<RuleIndex> {
        self.metas.iter().position(|m| m.id == id).map(|i| RuleIndex(i as u32))
    }

    fn push(&mut self, meta: RuleMeta) -> RuleIndex {
        self.metas.push(Arc::new(meta));
        RuleIndex(self.metas.len() as u32 - 1)
    }

    fn add_secrets(&mut self, mut file: SecretFile) {
        let rules = std::mem::take(&mut file.rules);
        let provider = Arc::new(Provider {
            key: file.provider.clone(),
            name: file.name.clone(),
            words: std::mem::take(&mut file.words),
        });
        for rule in rules {
            let index = self.push(meta::of_secret(&file, &rule));
            self.secrets.push(SecretEntry {
                index,
                provider: Arc::clone(&provider),
                rule,
                trusted: true,
            });
        }
    }

    /// Adds a rule that is a regex.
    pub fn add_regex_rule(&mut self, meta: RuleMeta, rule: RegexRule) {
        let index = self.push(meta);
        self.regex_rules.push(RegexRule { index, ..rule });
    }

    /// Adds a rule with the regexes that are run for it over whole files.
    pub fn add_imported(&mut self, rule: PatternFile, regexes: Vec<RegexRule>) {
        self.add_pattern(rule);
        let index = RuleIndex(self.metas.len() as u32 - 1);
        self.regex_rules.extend(regexes.into_iter().map(|rule| RegexRule { index, ..rule }));
    }

    /// Adds one pattern rule.
    pub fn add_pattern(&mut self, rule: PatternFile) {
        let index = self.push(meta::of_pattern(&rule));
        self.patterns.push(PatternEntry { index, rule });
    }
}
