//! Runs rules that are a regex over a whole file. Slower than our own, and only
//! there for who brings such rules along: a keyword is looked for first, in one
//! pass for all rules.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Captures, Regex};

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::rules::Catalogue;
use crate::source::Source;
use crate::syntax::PathFilter;

/// Above generic rules, below a provider's own format.
const SPECIFICITY: u8 = 60;
/// Matches of one rule in one file; no file has as many secrets.
const MOST: usize = 1_000;

/// A rule of the user's, in force.
#[derive(Debug, Clone)]
pub struct RegexRule {
    pub index: RuleIndex,
    pub regex: Regex,
    /// Paths that the rule looks at; all without one.
    pub path: Option<Regex>,
    /// The group that is the secret; 0 for the first that took part.
    pub secret_group: usize,
    /// Least Shannon entropy of the secret, in bits a character.
    pub entropy: f64,
    /// Lower case; one must be in the file, if there are any.
    pub keywords: Vec<String>,
    /// Files that the rule looks at, by globs: all must admit them.
    pub(crate) files: Vec<PathFilter>,
    /// What a match must not hold.
    pub not: Vec<Regex>,
    /// None for a rule about secrets; else how sure the rule is of a match,
    /// which is then shown as it is.
    pub plain: Option<Confidence>,
}

/// The rules of a run, with an automaton of their keywords.
pub struct RegexEngine {
    rules: Vec<RegexRule>,
    keywords: Option<AhoCorasick>,
    /// The rule of each keyword.
    owners: Vec<usize>,
}

impl RegexEngine {
    /// Compiles the keywords of the rules of `catalogue`.
    pub fn new(catalogue: &Catalogue) -> Self {
        let rules = catalogue.regex_rules.clone();
        let with_owner = |(i, rule): (usize, &RegexRule)| {
            rule.keywords.iter().map(|word| (i, word.clone())).collect::<Vec<_>>()
        };
        let (owners, words): (Vec<usize>, Vec<String>) =
            rules.iter().enumerate().flat_map(with_owner).unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&words);
        RegexEngine { rules, keywords: automaton.ok(), owners }
    }

    /// Appends what the rules match in `source` to `candidates`.
    pub fn scan(&self, source: &Source<'_>, candidates: &mut Vec<Candidate>) {
        if self.rules.is_empty() {
            return;
        }
        let mut wanted: Vec<bool> =
            self.rules.iter().map(|rule| rule.keywords.is_empty()).collect();
        if let Some(keywords) = &self.keywords {
            for found in keywords.find_overlapping_iter(source.text) {
                wanted[self.owners[found.pattern().as_usize()]] = true;
            }
        }
        for (rule, _) in self.rules.iter().zip(wanted).filter(|(_, wanted)| *wanted) {
            let elsewhere = |path: &Regex| !path.is_match(source.path.as_bytes());
            let own = rule.files.iter().all(|files| files.admits(source.own_path()));
            if own && !rule.path.as_ref().is_some_and(elsewhere) {
                let found = rule.regex.captures_iter(source.text).take(MOST);
                candidates.extend(found.filter_map(|captures| rule.candidate(&captures)));
            }
        }
    }
}

impl RegexRule {
    fn candidate(&self, captures: &Captures<'_>) -> Option<Candidate> {
        let whole = captures.get(0)?;
        if self.not.iter().any(|not| not.is_match(whole.as_bytes())) {
            return None;
        }
        if let Some(confidence) = self.plain {
            let found = Candidate::new(self.index, whole.range());
            return (!whole.is_empty()).then_some(Candidate { confidence, ..found });
        }
        let group = match self.secret_group {
            0 => captures.iter().skip(1).flatten().find(|group| !group.is_empty()),
            group => captures.get(group),
        };
        let secret = group.unwrap_or(whole);
        if secret.is_empty() || self.entropy > 0.0 && entropy(secret.as_bytes()) <= self.entropy {
            return None;
        }
        let opinion = (Confidence::Medium, "a rule of yours matches");
        let found = Candidate::of_secret(self.index, secret.range(), SPECIFICITY, opinion);
        Some(Candidate { span: whole.range(), ..found })
    }
}

/// Shannon entropy in bits a character.
fn entropy(value: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(value);
    let mut counts = std::collections::BTreeMap::new();
    text.chars().for_each(|char| *counts.entry(char).or_insert(0u32) += 1);
    let total: u32 = counts.values().sum();
    let share = |count: &u32| f64::from(*count) / f64::from(total.max(1));
    counts.values().map(share).map(|p| -p * p.log2()).sum()
}
