//! Our own check of what was made: patterns that are no code of their language
//! are taken out, and told.

use std::collections::BTreeSet;

use super::Parts;
use super::formula::Lost;
use super::scan::{Token, tokens};
use crate::rules::model::{PatternFile, PatternMatch};
use crate::syntax::{self, ProblemKind};

/// Takes out of `file` what cannot be compiled; `line` is that of the rule.
pub(super) fn check(file: &mut PatternFile, parts: &mut Parts, line: usize) {
    weed(file, parts, line);
    // Each round takes something away or puts something right.
    loop {
        let problems = syntax::check(file);
        if problems.is_empty() {
            return;
        }
        let mut dropped = Vec::new();
        for problem in &problems {
            let index = problem.matcher.saturating_sub(1);
            let Some(matcher) = file.matchers.get_mut(index) else { continue };
            let lost = repair(matcher, &problem.kind, parts, line);
            if !lost.is_done {
                dropped.push((index, problem.language.clone()));
            }
            lost.told.into_iter().for_each(|lost| parts.lose(lost));
        }
        for (index, language) in &dropped {
            if let Some(matcher) = file.matchers.get_mut(*index) {
                matcher.languages.retain(|key| key != language);
            }
        }
        file.matchers.retain(|matcher| !matcher.languages.is_empty());
    }
}

/// Takes out alternatives that are no code, all at once: the check tells only
/// the first of a matcher.
fn weed(file: &mut PatternFile, parts: &mut Parts, line: usize) {
    let mut tried: BTreeSet<(&str, &str)> = BTreeSet::new();
    for matcher in &file.matchers {
        let texts = matcher.any.iter().chain(&matcher.has).chain(&matcher.inside);
        for language in &matcher.languages {
            tried.extend(texts.clone().map(|text| (language.as_str(), text.as_str())));
        }
    }
    let single = |(language, text): &(&str, &str)| PatternMatch {
        languages: vec![(*language).to_owned()],
        any: vec![(*text).to_owned()],
        triggers: vec!["any".to_owned()],
        ..PatternMatch::default()
    };
    let matchers = tried.iter().map(single).collect();
    let alone = PatternFile { matchers, ..file.clone() };
    let bad: Vec<(String, String, ProblemKind)> = syntax::check(&alone)
        .into_iter()
        .filter_map(|problem| match &problem.kind {
            ProblemKind::Pattern { pattern, .. } => {
                Some((problem.language, pattern.clone(), problem.kind))
            }
            _ => None,
        })
        .collect();
    for (language, pattern, kind) in bad {
        let own = file.matchers.iter_mut().filter(|matcher| matcher.languages == [&*language]);
        for matcher in own {
            let lists = [&matcher.any, &matcher.has, &matcher.inside];
            let stands = lists.into_iter().any(|list| list.contains(&pattern));
            if stands {
                let repair = repair(matcher, &kind, parts, line);
                repair
                    .told
                    .filter(|_| repair.is_done)
                    .into_iter()
                    .for_each(|lost| parts.lose(lost));
            }
        }
    }
}

/// What became of a problem.
struct Repair {
    /// The matcher can be used without what was wrong.
    is_done: bool,
    told: Option<Lost>,
}

fn repair(matcher: &mut PatternMatch, kind: &ProblemKind, parts: &Parts, line: usize) -> Repair {
    match kind {
        ProblemKind::Pattern { pattern, error } => {
            let known = parts.lines.iter().find(|(text, _)| text == pattern);
            let line = known.map_or(line, |(_, line)| *line);
            let spare = parts.spare.contains(pattern);
            let lost = Lost::new(line, "pattern", format!("`{}`: {error}", short(pattern)));
            let told = (!spare).then_some(lost);
            let flow = matcher.flow.as_mut();
            let sources = flow.is_some_and(|flow| took(&mut flow.sources, pattern));
            let is_done = sources
                || took(&mut matcher.any, pattern)
                || took(&mut matcher.has, pattern)
                || took(&mut matcher.inside, pattern)
                || spare
                    && (took_last(&mut matcher.not, pattern)
                        || took_last(&mut matcher.not_inside, pattern));
            Repair { is_done, told }
        }
        ProblemKind::NoTrigger => match triggers(matcher) {
            Some(triggers) if matcher.triggers.is_empty() => {
                matcher.triggers = triggers;
                Repair { is_done: true, told: None }
            }
            _ => {
                Repair { is_done: false, told: Some(Lost::new(line, "pattern", kind.to_string())) }
            }
        },
        ProblemKind::UnknownName { place, .. }
            if place == "message" && matcher.message.is_some() =>
        {
            matcher.message = None;
            Repair { is_done: true, told: None }
        }
        _ => Repair { is_done: false, told: Some(Lost::new(line, "pattern", kind.to_string())) },
    }
}

/// Takes `pattern` out of `list` if others are left.
fn took(list: &mut Vec<String>, pattern: &str) -> bool {
    let others = list.iter().any(|text| text != pattern);
    others && took_last(list, pattern)
}

fn took_last(list: &mut Vec<String>, pattern: &str) -> bool {
    let before = list.len();
    list.retain(|text| text != pattern);
    list.len() < before
}

/// For patterns without a word: the longest sign in each.
fn triggers(matcher: &PatternMatch) -> Option<Vec<String>> {
    let longest = |text: &String| {
        let parts = text.split("$$$").flat_map(|part| tokens(part, ""));
        let code = parts.filter_map(|token| match token {
            Token::Code(code) => Some(code),
            _ => None,
        });
        let signs =
            code.flat_map(|code| code.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let telling = |sign: &String| sign.chars().any(|c| !matches!(c, '.' | ',' | ';' | '$'));
        signs.filter(telling).max_by_key(String::len)
    };
    matcher.any.iter().map(longest).collect()
}

fn short(pattern: &str) -> String {
    let line = pattern.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(60).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}
