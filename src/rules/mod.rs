//! The rule catalogue: what rules there are and what they say of themselves.
//! No matching happens here; `secrets` and `syntax` compile what they need.

pub mod check;
pub mod coverage;
mod describe;
pub mod examples;
pub mod explain;
mod files;
pub mod format;
mod generate;
pub mod index;
mod lazy;
pub mod list;
mod load;
pub mod matchers;
pub mod model;
pub mod names;
mod packed;
mod select;
pub mod topics;

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::document::Problem;
use crate::finding::RuleIndex;
use crate::gitleaks::engine::RegexRule;
use crate::semgrep::Note;
use model::{
    FlowFile, FrameworkFile, PatternExample, PatternFile, PatternMatch, PatternOutline, RuleHead,
    RuleTexts, SecretFile, SecretOutline, SecretRule,
};

pub use lazy::Lazy;
pub use select::UnknownRule;

/// The index of the built-in rules, packed by the build script.
static INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/index.bin"));

/// What the index leads to.
static PARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/parts.bin"));

/// Everything a rule says about itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleMeta {
    #[serde(flatten)]
    pub head: RuleHead,
    #[serde(flatten)]
    pub texts: Lazy<RuleTexts>,
}

impl Deref for RuleMeta {
    type Target = RuleHead;

    fn deref(&self) -> &RuleHead {
        &self.head
    }
}

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
    pub outline: Arc<SecretOutline>,
    pub rule: Arc<Lazy<SecretRule>>,
    /// False for rules that only the scanned project's config names: it must
    /// not be able to have secrets sent to a host of its choice.
    pub trusted: bool,
}

/// A pattern rule with its place in the catalogue.
#[derive(Debug, Clone)]
pub struct PatternEntry {
    pub index: RuleIndex,
    pub rule: Arc<PatternRule>,
}

/// What a pattern rule looks for; what it says of itself is its [`RuleMeta`].
#[derive(Debug)]
pub struct PatternRule {
    pub outline: PatternOutline,
    pub matchers: Lazy<Vec<PatternMatch>>,
    pub examples: Lazy<Vec<PatternExample>>,
}

/// What the data flow knows of some languages.
#[derive(Debug, Clone)]
pub struct FlowEntry {
    /// See [`FlowFile::languages`].
    pub languages: Vec<String>,
    pub facts: Arc<Lazy<FlowFile>>,
}

/// All rules of a run. `metas[index]` describes the rule with that index.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub metas: Vec<Arc<RuleMeta>>,
    /// By rising index, as are the patterns.
    pub secrets: Vec<SecretEntry>,
    pub patterns: Vec<PatternEntry>,
    /// What is known of web frameworks, for the API surface.
    pub frameworks: Lazy<Vec<FrameworkFile>>,
    /// What the data flow knows of languages and libraries.
    pub flows: Vec<FlowEntry>,
    /// What the built-in code patterns ask of a file, packed, by number of language.
    pub asked: Vec<&'static [u8]>,
    /// Rules brought along from gitleaks.
    pub regex_rules: Vec<RegexRule>,
    /// What of imported rules could not be carried over.
    pub notes: Vec<Note>,
    /// Ids of a user's rules in which something is wrong: they may be named, and
    /// stand for nothing.
    pub left_out: BTreeSet<String>,
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
    ///
    /// # Errors
    /// None in practice: the build script wrote what is read.
    pub fn built_in() -> Result<Self, RuleError> {
        let index: packed::Index = postcard::from_bytes(INDEX)?;
        let mut catalogue =
            Catalogue { frameworks: part(index.frameworks), ..Catalogue::default() };
        index.providers.into_iter().for_each(|provider| catalogue.unpack_provider(provider));
        index.patterns.into_iter().for_each(|pattern| catalogue.unpack_pattern(pattern));
        let flow = |flow: packed::Flow| FlowEntry {
            languages: flow.languages,
            facts: Arc::new(part(flow.facts)),
        };
        catalogue.flows = index.flows.into_iter().map(flow).collect();
        catalogue.asked = index.asked.into_iter().map(packed).collect();
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
        self.add_loaded(loaded);
        Ok(())
    }

    /// As [`Catalogue::add_folder`], but adds the rules in which nothing is wrong,
    /// whatever is wrong with others, and returns that.
    ///
    /// # Errors
    /// The folder cannot be used at all.
    pub fn add_sound(&mut self, folder: &Path) -> Result<Vec<Problem>, RuleError> {
        let (loaded, problems) = load::sound(folder, self)?;
        self.add_loaded(loaded);
        Ok(problems)
    }

    fn add_loaded(&mut self, loaded: load::Loaded) {
        loaded.secrets.into_iter().for_each(|file| self.add_secrets(file));
        loaded.patterns.into_iter().for_each(|file| self.add_pattern(file));
        if !loaded.frameworks.is_empty() {
            // The first facts of a framework are the ones that hold.
            let all = loaded.frameworks.into_iter().chain(self.frameworks.copied());
            self.frameworks = all.collect::<Vec<_>>().into();
        }
        loaded.flows.into_iter().for_each(|file| self.add_flow(file));
        for rule in loaded.imported.rules {
            self.add_imported(rule.file, rule.regexes);
        }
        self.notes.extend(loaded.imported.notes);
        self.left_out.extend(loaded.left_out);
    }

    /// As [`Catalogue::add_sound`], for rules that `--verify` must not follow.
    ///
    /// # Errors
    /// As [`Catalogue::add_sound`].
    pub fn add_untrusted(&mut self, folder: &Path) -> Result<Vec<Problem>, RuleError> {
        let before = self.secrets.len();
        let problems = self.add_sound(folder)?;
        self.secrets[before..].iter_mut().for_each(|entry| entry.trusted = false);
        Ok(problems)
    }

    /// The description of a rule.
    pub fn meta(&self, index: RuleIndex) -> &Arc<RuleMeta> {
        &self.metas[index.0 as usize]
    }

    /// Looks a rule up by its id.
    pub fn find(&self, id: &str) -> Option<RuleIndex> {
        self.metas.iter().position(|m| m.id == id).map(|i| RuleIndex(i as u32))
    }

    /// The secret rule with this index, if it is one and in force.
    pub fn secret(&self, index: RuleIndex) -> Option<&SecretEntry> {
        let at = self.secrets.binary_search_by_key(&index, |entry| entry.index).ok()?;
        self.secrets.get(at)
    }

    fn push(&mut self, head: RuleHead, texts: Lazy<RuleTexts>) -> RuleIndex {
        self.push_meta(RuleMeta { head, texts })
    }

    fn push_meta(&mut self, meta: RuleMeta) -> RuleIndex {
        self.metas.push(Arc::new(meta));
        RuleIndex(self.metas.len() as u32 - 1)
    }

    fn unpack_provider(&mut self, packed: packed::Provider) {
        let packed::Provider { key, name, words, rules } = packed;
        let provider = Arc::new(Provider { key, name, words });
        for rule in rules {
            let index = self.push(rule.head, part(rule.texts));
            self.secrets.push(SecretEntry {
                index,
                provider: Arc::clone(&provider),
                outline: Arc::new(rule.outline),
                rule: Arc::new(part(rule.rule)),
                trusted: true,
            });
        }
    }

    fn unpack_pattern(&mut self, packed: packed::Pattern) {
        let index = self.push(packed.head, part(packed.texts));
        let (matchers, examples) = (part(packed.matchers), part(packed.examples));
        let rule = PatternRule { outline: packed.outline, matchers, examples };
        self.patterns.push(PatternEntry { index, rule: Arc::new(rule) });
    }

    fn add_secrets(&mut self, mut file: SecretFile) {
        let rules = std::mem::take(&mut file.rules);
        let provider = Arc::new(Provider {
            key: file.provider.clone(),
            name: file.name.clone(),
            words: std::mem::take(&mut file.words),
        });
        for rule in rules {
            let (head, texts) = describe::of_secret(&file, &rule);
            let index = self.push(head, texts.into());
            self.secrets.push(SecretEntry::new(index, Arc::clone(&provider), rule));
        }
    }

    fn add_flow(&mut self, file: FlowFile) {
        let languages = file.languages.clone();
        self.flows.push(FlowEntry { languages, facts: Arc::new(file.into()) });
    }

    /// Adds a rule that is a regex.
    pub fn add_regex_rule(&mut self, meta: RuleMeta, rule: RegexRule) {
        let index = self.push_meta(meta);
        self.regex_rules.push(RegexRule { index, ..rule });
    }

    /// Adds a rule with the regexes that are run for it over whole files.
    pub fn add_imported(&mut self, rule: PatternFile, regexes: Vec<RegexRule>) {
        self.add_pattern(rule);
        let index = RuleIndex(self.metas.len() as u32 - 1);
        self.regex_rules.extend(regexes.into_iter().map(|rule| RegexRule { index, ..rule }));
    }

    /// Adds one pattern rule.
    pub fn add_pattern(&mut self, file: PatternFile) {
        let (head, texts) = describe::of_pattern(&file);
        let index = self.push(head, texts.into());
        let rule = PatternRule {
            outline: PatternOutline::of(&file.matchers),
            matchers: file.matchers.into(),
            examples: file.examples.into(),
        };
        self.patterns.push(PatternEntry { index, rule: Arc::new(rule) });
    }
}

impl SecretEntry {
    /// A rule that the user named, and so trusts.
    pub fn new(index: RuleIndex, provider: Arc<Provider>, rule: SecretRule) -> Self {
        let outline = Arc::new(SecretOutline::of(&rule));
        SecretEntry { index, provider, outline, rule: Arc::new(rule.into()), trusted: true }
    }
}

/// What lies at `place` of the packed catalogue.
fn part<T>(place: packed::Part) -> Lazy<T> {
    Lazy::packed(packed(place))
}

fn packed(packed::Part(start, len): packed::Part) -> &'static [u8] {
    let (start, len) = (start as usize, len as usize);
    PARTS.get(start..start + len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacks<T: serde::de::DeserializeOwned>(place: packed::Part) -> T {
        let packed::Part(start, len) = place;
        postcard::from_bytes(&PARTS[start as usize..][..len as usize]).unwrap()
    }

    #[test]
    fn all_that_the_build_script_packs_is_unpacked() {
        let index: packed::Index = postcard::from_bytes(INDEX).unwrap();
        let rules = index.providers.iter().flat_map(|provider| &provider.rules);
        for rule in rules {
            let unpacked: SecretRule = unpacks(rule.rule);
            assert_eq!(unpacked.id, rule.head.id);
            assert_eq!(SecretOutline::of(&unpacked), rule.outline, "{}", unpacked.id);
            assert!(!unpacks::<RuleTexts>(rule.texts).what.is_empty(), "{}", unpacked.id);
        }
        for rule in &index.patterns {
            let matchers: Vec<PatternMatch> = unpacks(rule.matchers);
            assert_eq!(PatternOutline::of(&matchers), rule.outline, "{}", rule.head.id);
            assert!(!unpacks::<Vec<PatternExample>>(rule.examples).is_empty(), "{}", rule.head.id);
            assert!(!unpacks::<RuleTexts>(rule.texts).why.is_empty(), "{}", rule.head.id);
        }
        for flow in &index.flows {
            assert_eq!(unpacks::<FlowFile>(flow.facts).languages, flow.languages);
        }
        assert!(!unpacks::<Vec<FrameworkFile>>(index.frameworks).is_empty());
    }

    #[test]
    fn a_secret_rule_is_found_by_its_index() {
        let catalogue = Catalogue::built_in().unwrap();
        let index = catalogue.find("github-pat").unwrap();
        assert_eq!(catalogue.secret(index).unwrap().rule.id, "github-pat");
        let pattern = catalogue.patterns[0].index;
        assert!(catalogue.secret(pattern).is_none());
    }
}
