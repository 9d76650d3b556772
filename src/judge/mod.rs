//! Decides what becomes a finding: merging, inline ignores, config, gates,
//! baseline. The only room that drops anything, and it counts what it drops.
//! Also the last room that sees raw file text: what leaves it is redacted.
//!
//! A finding passes these in order, and is counted by the first that stops it:
//! the baseline file itself, inline ignores, config, gates, baseline. Ignores
//! come before the gates, so that an ignore is not called unused because a run
//! looks at high severities only.

mod baseline;
mod case;
mod context;
mod detect_secrets;
mod environment;
mod excerpt;
mod fingerprint;
mod ignores;
mod markers;
mod mask;
mod merge;
mod options;
mod pairs;
mod pipelines;
mod places;
mod relations;
mod text;
mod values;
mod weight;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use baseline::{BASELINE_FILE, Baseline, BaselineError};
pub use options::{JudgeOptions, RuleSettings, path_globs};
pub use pipelines::References;
pub use relations::SHARED;

use crate::finding::{Candidate, Category, Finding, RuleIndex, Suppression};
use crate::gitleaks::allow::Asked;
use crate::rules::Catalogue;
use crate::source::Source;
use case::{Case, Standing};
use fingerprint::Fingerprints;
use ignores::{Ignores, Terms};
use markers::Markers;
use mask::{Known, Mask};
use merge::{own_severity, secret_range};
use pairs::Pairs;

/// How many findings were hidden, and by what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    pub suppressed_inline: u64,
    pub suppressed_baseline: u64,
    /// By the config file: rules turned off, paths excluded per rule.
    pub hidden_by_config: u64,
    /// Below `--min-severity` or `--min-confidence`.
    pub below_gates: u64,
}

impl std::ops::AddAssign for Hidden {
    fn add_assign(&mut self, other: Self) {
        self.suppressed_inline += other.suppressed_inline;
        self.suppressed_baseline += other.suppressed_baseline;
        self.hidden_by_config += other.hidden_by_config;
        self.below_gates += other.below_gates;
    }
}

/// What the judge says about one file.
#[derive(Debug, Default)]
pub struct Verdict {
    pub findings: Vec<Finding>,
    /// What ignores and the baseline hide, if the options ask for it.
    pub suppressed: Vec<Finding>,
    pub hidden: Hidden,
    /// Bare, unknown or unused inline ignores, in a reader's words.
    pub warnings: Vec<String>,
}

/// Applies the same judgement to every file.
pub struct Judge {
    catalogue: Arc<Catalogue>,
    options: JudgeOptions,
    markers: Markers,
    /// What the user decided about single rules.
    settings: BTreeMap<RuleIndex, RuleSettings>,
    pairs: Pairs,
    /// The rule for shared credentials, where it is on.
    shared: Option<RuleIndex>,
}

impl Judge {
    /// A judge over the rules of `catalogue`.
    pub fn new(catalogue: Arc<Catalogue>, options: JudgeOptions) -> Self {
        let decided = options.rules.iter();
        let settings =
            decided.filter_map(|(id, settings)| Some((catalogue.find(id)?, settings.clone())));
        Judge {
            settings: settings.collect(),
            markers: Markers::new(Arc::clone(&catalogue)),
            pairs: Pairs::new(&catalogue),
            shared: relations::shared_rule(&catalogue),
            catalogue,
            options,
        }
    }

    /// True if a file without candidates is to be judged all the same, because
    /// unused ignores are to be reported.
    pub fn reads_every_file(&self) -> bool {
        self.options.inline_ignores && self.options.report_unused
    }

    /// True if the user's config sets the severity of `rule`.
    pub fn pins_severity(&self, rule: &str) -> bool {
        self.options.rules.get(rule).is_some_and(|settings| settings.severity.is_some())
    }

    /// Judges the candidates of one file. Spans that reach beyond the text or
    /// cut a character in two are put right first.
    pub fn file(&self, source: &Source<'_>, candidates: &mut [Candidate]) -> Verdict {
        candidates.iter_mut().for_each(|c| case::put_right(c, source.text));
        weight::weigh_place(source, candidates, &self.catalogue);
        let order = merge::winners(source.text, candidates, &self.catalogue);
        let mask = Mask::new(source.text, self.known(source.text, candidates, &order));
        let order = self.join_pairs(source, candidates, order);
        weight::weigh_repetition(source, candidates, &order, &self.catalogue);
        let mut kept: Vec<&Candidate> = order.iter().map(|&i| &candidates[i]).collect();
        let mut case = Case::new(source, mask, &kept, self.reads_every_file());
        let mut verdict = Verdict::default();
        let hidden = &mut verdict.hidden;

        hidden.suppressed_baseline += retain(&mut kept, |c| !case.is_baseline_entry(c));
        let mut ignored = Vec::new();
        if self.options.inline_ignores {
            (ignored, case.alone) = self.apply_ignores(&case, &mut kept, &mut verdict);
        }
        let mut standing = self.identify(&case, kept);
        self.apply_options(source, &mut standing, &mut verdict.hidden);
        let accepted = self.apply_baseline(source, &mut standing, &mut verdict.hidden);
        verdict.findings = self.findings(&mut case, &standing);
        if self.options.keep_suppressed {
            let mut ignored = self.identify(&case, ignored);
            self.apply_options(source, &mut ignored, &mut Hidden::default());
            verdict.suppressed = self.suppressed(&mut case, &ignored, Suppression::Inline);
            verdict.suppressed.extend(self.suppressed(&mut case, &accepted, Suppression::Baseline));
        }
        verdict
    }

    fn suppressed(
        &self,
        case: &mut Case<'_, '_>,
        standing: &[Standing<'_>],
        by: Suppression,
    ) -> Vec<Finding> {
        let mut findings = self.findings(case, standing);
        findings.iter_mut().for_each(|finding| finding.suppressed = Some(by));
        findings
    }

    /// Pairs become one finding, unless the config hides one half of them only.
    fn join_pairs(
        &self,
        source: &Source<'_>,
        candidates: &mut [Candidate],
        order: Vec<usize>,
    ) -> Vec<usize> {
        let shows = |rule: RuleIndex| {
            let settings = self.settings.get(&rule);
            settings.is_none_or(|r| r.enabled && !r.exclude.is_match(&*source.path))
        };
        let may_join = |a, b| shows(a) == shows(b);
        self.pairs.join(source, candidates, order, &self.catalogue, may_join)
    }

    /// All secrets of the file, dropped and doubtful ones too.
    fn known(&self, text: &[u8], candidates: &[Candidate], winners: &[usize]) -> Vec<Known> {
        let mut won = vec![false; candidates.len()];
        winners.iter().for_each(|&i| won[i] = true);
        let known = |(candidate, won): (&Candidate, bool)| {
            let is_secret = self.category(candidate) == Category::Secret;
            let range = secret_range(candidate).clone();
            (is_secret || candidate.secret.is_some()).then(|| Known {
                prefix: self.public_prefix(candidate.rule, &text[range.clone()]),
                range,
                won: won && is_secret,
                decoded: candidate.decoded.as_ref().map(|decoded| decoded.value.clone()),
            })
        };
        candidates.iter().zip(won).filter_map(known).collect()
    }

    /// Takes what inline ignores cover out of `kept`, and returns it; also where
    /// what stays is not to be related to the same value elsewhere.
    fn apply_ignores<'c>(
        &self,
        case: &Case<'_, '_>,
        kept: &mut Vec<&'c Candidate>,
        verdict: &mut Verdict,
    ) -> (Vec<&'c Candidate>, BTreeSet<usize>) {
        let mut ignores = Ignores::read(&self.markers, case.source.text, &case.places);
        let before = kept.clone();
        let covers = |c: &mut &Candidate| ignores.covers(c, self.category(c), &case.places);
        let ignored: Vec<&Candidate> = kept.extract_if(.., covers).collect();
        verdict.hidden.suppressed_inline += ignored.len() as u64;
        let mut alone = BTreeSet::new();
        for candidate in kept.iter().filter(|c| self.category(c) == Category::Secret) {
            let related = self.shared.map(|rule| Candidate::new(rule, candidate.span.clone()));
            if related.is_some_and(|r| ignores.covers(&r, Category::Secret, &case.places)) {
                alone.insert(candidate.span.start);
            }
        }
        let terms = Terms {
            catalogue: &self.catalogue,
            mask: &case.mask,
            candidates: &before,
            places: &case.places,
        };
        verdict.warnings = ignores.warnings(case.source, self.options.report_unused, &terms);
        (ignored, alone)
    }

    /// Gives each finding its fingerprint, in the order of the file. Before
    /// the gates, so that the number of a copy does not depend on them.
    fn identify<'c>(&self, case: &Case<'_, '_>, kept: Vec<&'c Candidate>) -> Vec<Standing<'c>> {
        let mut fingerprints = Fingerprints::default();
        let identify = |candidate: &'c Candidate| {
            let meta = self.catalogue.meta(candidate.rule);
            let wanted = self.settings(candidate).and_then(|s| s.severity);
            let fingerprint = match meta.category {
                Category::Secret => {
                    let text = case.source.text;
                    let place = secret_range(candidate);
                    let plain = candidate.decoded.as_ref().map(|decoded| decoded.value.bytes());
                    let value = plain.unwrap_or(&text[place.clone()]);
                    fingerprints.secret(&meta.id, value, (text, place), &case.mask)
                }
                Category::Pattern | Category::Surface => {
                    fingerprints.pattern(&meta.id, case.source.text, &candidate.span, &case.mask)
                }
            };
            let severity = wanted.unwrap_or_else(|| own_severity(candidate, &self.catalogue));
            Standing { candidate, severity, fingerprint }
        };
        kept.into_iter().map(identify).collect()
    }

    /// Whether an allowlist says that a secret is none.
    fn is_allowed(&self, source: &Source<'_>, candidate: &Candidate) -> bool {
        let lists = &self.options.allowlists;
        if lists.is_empty() || self.category(candidate) != Category::Secret {
            return false;
        }
        let asked = self.asked(source, candidate);
        lists.iter().any(|list| list.covers(&asked))
    }

    /// A candidate as other scanners' lists look at it.
    fn asked<'a>(&'a self, source: &'a Source<'_>, candidate: &'a Candidate) -> Asked<'a> {
        let written = &source.text[secret_range(candidate).clone()];
        Asked {
            rule: &self.catalogue.meta(candidate.rule).id,
            path: &source.path,
            commit: source.origin.as_ref().and_then(|origin| origin.commit.as_deref()),
            secret: candidate.decoded.as_ref().map_or(written, |decoded| decoded.value.bytes()),
            text: source.text,
            span: (candidate.span.start, candidate.span.end),
        }
    }

    /// What config and gates hide, in this order.
    fn apply_options(
        &self,
        source: &Source<'_>,
        standing: &mut Vec<Standing<'_>>,
        hidden: &mut Hidden,
    ) {
        hidden.hidden_by_config += retain(standing, |s| {
            self.settings(s.candidate)
                .is_none_or(|r| r.enabled && !r.exclude.is_match(&*source.path))
                && !self.is_allowed(source, s.candidate)
        });
        let JudgeOptions { min_severity, min_confidence, .. } = &self.options;
        hidden.below_gates += retain(standing, |s| {
            min_severity.is_none_or(|min| s.severity >= min)
                && min_confidence.is_none_or(|min| s.candidate.confidence >= min)
        });
    }

    /// Takes what the baseline accepts out of `standing`, and returns it.
    fn apply_baseline<'c>(
        &self,
        source: &Source<'_>,
        standing: &mut Vec<Standing<'c>>,
        hidden: &mut Hidden,
    ) -> Vec<Standing<'c>> {
        let Some(baseline) = &self.options.baseline else { return Vec::new() };
        let is_accepted = |s: &mut Standing<'_>| {
            let id = &self.catalogue.meta(s.candidate.rule).id;
            baseline.contains(id, &source.path, &s.fingerprint)
                || self.category(s.candidate) == Category::Secret
                    && baseline.knows(|| self.asked(source, s.candidate))
        };
        let accepted: Vec<Standing<'_>> = standing.extract_if(.., is_accepted).collect();
        hidden.suppressed_baseline += accepted.len() as u64;
        accepted
    }

    fn findings(&self, case: &mut Case<'_, '_>, standing: &[Standing<'_>]) -> Vec<Finding> {
        let mut excerpts = match self.options.excerpts {
            true => case.excerpts(standing),
            false => Vec::new(),
        }
        .into_iter();
        let finding = |s: &Standing<'_>| {
            let meta = self.catalogue.meta(s.candidate.rule);
            let prefix = |raw: &[u8]| self.public_prefix(s.candidate.rule, raw);
            let mut finding = case.finding(meta, s, prefix);
            finding.excerpt = excerpts.next().flatten();
            if !self.options.show_secrets {
                finding.shown = None;
            }
            if let (false, Some(traces)) = (self.options.keep_secrets, &mut finding.traces) {
                (traces.secret, traces.partner) = (None, None);
            }
            finding
        };
        standing.iter().map(finding).collect()
    }

    fn category(&self, candidate: &Candidate) -> Category {
        self.catalogue.meta(candidate.rule).category
    }

    fn settings(&self, candidate: &Candidate) -> Option<&RuleSettings> {
        self.settings.get(&candidate.rule)
    }

    /// Length of what every credential of this kind starts with.
    fn public_prefix(&self, rule: RuleIndex, raw: &[u8]) -> usize {
        let formats = self.catalogue.secret(rule).into_iter().flat_map(|e| &e.rule.formats);
        let prefixes = formats.filter_map(|format| format.first()).flat_map(|first| &first.text);
        let fitting = prefixes.filter(|p| raw.starts_with(p.as_bytes()));
        fitting.map(String::len).max().unwrap_or(0)
    }
}

/// Keeps what `stays` and returns how many did not.
fn retain<T>(list: &mut Vec<T>, stays: impl FnMut(&T) -> bool) -> u64 {
    let before = list.len();
    list.retain(stays);
    (before - list.len()) as u64
}
