//! What findings of different files say together: one credential in several
//! environments or for several services, and a credential that a pipeline takes
//! from a secret store by the same name. Runs once, when all files are judged,
//! on what is shown of them; memory grows with the findings only.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::{Environment, Services};
use super::pipelines::References;
use super::{Judge, Verdict, fingerprint, retain};
use crate::finding::{
    Category, Finding, Identity, Related, RuleIndex, Severity, Suppression, Traces,
};
use crate::rules::Catalogue;

/// The detector of the rule for shared credentials.
pub const SHARED: &str = "shared-credential";

/// Other places that a finding lists.
const MOST_RELATED: usize = 20;
/// The provider of rules that tell no provider.
const NOBODY: &str = "Unknown service";

/// One place of a credential.
#[derive(Clone)]
struct Member<'f> {
    environment: Option<Environment>,
    services: BTreeSet<&'f str>,
    /// An ignore asks not to relate this place to others.
    alone: bool,
    finding: &'f Finding,
}

impl Judge {
    /// Adds to `findings` (in the order of reports) what relates them, and returns
    /// the findings that are about several of them.
    pub fn relate(&self, findings: &mut [Finding], references: &References) -> Verdict {
        findings.iter_mut().for_each(|finding| point_to_store(finding, references));
        let mut verdict = Verdict::default();
        let Some(rule) = self.shared.filter(|_| findings.len() > 1) else { return verdict };
        let services = Services::new(&self.catalogue);
        let mut groups: BTreeMap<Identity, Vec<Member<'_>>> = BTreeMap::new();
        for finding in findings.iter() {
            if let Some(traces) = traces(finding) {
                groups.entry(traces.identity).or_default().push(member(finding, traces, &services));
            }
        }
        for members in groups.into_values() {
            let (alone, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| m.alone);
            let ignored = !alone.is_empty();
            match self.shared(rule, others.clone()) {
                Some(finding) => verdict.findings.push(finding),
                // Counted if a comment in one of the files is what hides it.
                None if ignored => {
                    let all = self.shared(rule, [others, alone].concat());
                    verdict.hidden.suppressed_inline += u64::from(all.is_some());
                }
                None => {}
            }
        }
        self.weigh_relations(rule, &mut verdict);
        verdict
    }

    /// The finding about `members`, which hold the same value, if they are for
    /// several environments or services.
    fn shared(&self, rule: RuleIndex, mut members: Vec<Member<'_>>) -> Option<Finding> {
        let environments: BTreeSet<Environment> =
            members.iter().filter_map(|m| m.environment).collect();
        let most = environments.first().copied();
        let in_several =
            environments.len() > 1 && most.is_some_and(|most| most <= Environment::Staging);
        let uses: Vec<&str> = if in_several {
            environments.iter().map(|e| e.name()).collect()
        } else {
            several_services(&members)?
        };
        // No environment sorts last, not first.
        members.sort_by_key(|m| (m.environment.is_none(), m.environment, place(m.finding)));
        let (first, others) = members.split_first()?;
        let meta = self.catalogue.meta(rule);
        let severe = in_several && most == Some(Environment::Production);
        let related = others.iter().take(MOST_RELATED).map(|other| Related {
            path: other.finding.path.clone(),
            start: other.finding.start,
            message: match other.environment {
                Some(environment) => format!("the same value, for {}", environment.name()),
                None => "the same value".to_owned(),
            },
        });
        Some(Finding {
            rule: meta.clone(),
            severity: if severe { Severity::High } else { meta.severity },
            confidence: members.iter().map(|m| m.finding.confidence).min()?,
            message: format!("The same credential is used for {}", listed(&uses)),
            fingerprint: identify(&meta.id, &members, &uses),
            related: related.collect(),
            way: false,
            reasons: vec![format!("the value stands in {} places", members.len()).into()],
            suppressed: None,
            traces: None,
            ..first.finding.clone()
        })
    }

    /// Config, gates and baseline, as for all other findings.
    fn weigh_relations(&self, rule: RuleIndex, verdict: &mut Verdict) {
        let settings = self.settings.get(&rule).cloned().unwrap_or_default();
        let Verdict { findings, hidden, suppressed, .. } = verdict;
        if let Some(severity) = settings.severity {
            findings.iter_mut().for_each(|finding| finding.severity = severity);
        }
        hidden.hidden_by_config += retain(findings, |finding| {
            settings.enabled && !settings.exclude.is_match(&*finding.path)
        });
        let options = &self.options;
        hidden.below_gates += retain(findings, |finding| {
            options.min_severity.is_none_or(|min| finding.severity >= min)
                && options.min_confidence.is_none_or(|min| finding.confidence >= min)
        });
        let Some(baseline) = &options.baseline else { return };
        let accepted = findings.extract_if(.., |finding| {
            baseline.contains(&finding.rule.id, &finding.path, &finding.fingerprint)
        });
        let accepted: Vec<Finding> = accepted.collect();
        hidden.suppressed_baseline += accepted.len() as u64;
        if options.keep_suppressed {
            let mark = |finding| Finding { suppressed: Some(Suppression::Baseline), ..finding };
            suppressed.extend(accepted.into_iter().map(mark));
        }
    }
}

/// The rule for shared credentials in `catalogue`.
pub(super) fn shared_rule(catalogue: &Catalogue) -> Option<RuleIndex> {
    let mut entries = catalogue.secrets.iter();
    let ours = entries.find(|entry| entry.outline.detector.as_deref() == Some(SHARED));
    ours.map(|entry| entry.index)
}

/// What is known of a finding that can be a part of a relation: a credential
/// that matters, in the files as they are now.
fn traces(finding: &Finding) -> Option<&Traces> {
    let past = finding.origin.as_ref().is_some_and(|origin| origin.commit.is_some());
    let matters = finding.severity >= Severity::Medium && !past;
    finding.traces.as_ref().filter(|_| matters && finding.rule.category == Category::Secret)
}

fn member<'f>(finding: &'f Finding, traces: &Traces, services: &'f Services) -> Member<'f> {
    // What a provider's format tells belongs to that provider, whatever it is called.
    let open = finding.rule.texts.provider.as_deref() == Some(NOBODY);
    Member {
        environment: Environment::of(traces, &finding.path),
        services: if open { services.of(&traces.name) } else { BTreeSet::new() },
        alone: traces.alone,
        finding,
    }
}

/// The services of `members`, if two of them have none in common.
fn several_services<'f>(members: &[Member<'f>]) -> Option<Vec<&'f str>> {
    let named: Vec<&BTreeSet<&str>> =
        members.iter().map(|m| &m.services).filter(|services| !services.is_empty()).collect();
    let first = named.first()?;
    named.iter().any(|other| first.is_disjoint(other)).then(|| {
        let all: BTreeSet<&'f str> =
            members.iter().flat_map(|m| m.services.iter().copied()).collect();
        all.into_iter().collect()
    })
}

fn place(finding: &Finding) -> (std::sync::Arc<str>, crate::finding::Position) {
    (finding.path.clone(), finding.start)
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Of the fingerprints of the members, which tell nothing of the value.
fn identify<'r>(rule: &'r str, members: &'r [Member<'_>], uses: &'r [&str]) -> String {
    let mut parts: BTreeSet<&str> =
        members.iter().map(|m| m.finding.fingerprint.as_str()).collect();
    parts.extend(uses);
    fingerprint::of_relation(rule, parts.into_iter())
}

/// The value is written out here, and a pipeline gets it from a safe place.
fn point_to_store(finding: &mut Finding, references: &References) {
    let Some(name) = traces(finding).map(|traces| &traces.name) else { return };
    let related: Vec<Related> = references
        .of(name)
        .iter()
        .filter(|(path, _)| *path != finding.path)
        .map(|(path, start)| Related {
            path: path.clone(),
            start: *start,
            message: "here the value of this name comes from a secret store".to_owned(),
        })
        .collect();
    finding.related.extend(related);
}
