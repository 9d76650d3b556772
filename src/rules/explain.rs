//! A rule in full, for people: what it finds, why it matters, how to fix it.

use std::fmt::Write as _;

use crate::finding::{RuleIndex, redact};

use super::model::{Answer, PatternExample, PatternMatch, SecretExample, SecretRule};
use super::{Catalogue, PatternRule, RuleMeta, examples, format};

/// The text of `seamline explain` for a rule, wrapped at `width` columns.
pub fn explain(catalogue: &Catalogue, index: RuleIndex, width: usize) -> String {
    let meta = catalogue.meta(index);
    let mut page = Page { out: String::new(), width };
    page.head(meta);
    page.section("What", &meta.texts.what);
    page.section("Why it matters", &meta.texts.why);
    page.section("How to fix it", &meta.texts.fix);
    if let Some(revoke) = &meta.texts.revoke {
        page.section("How to revoke it", revoke);
    }
    if let Some(entry) = catalogue.secrets.iter().find(|entry| entry.index == index) {
        page.secret(&entry.rule);
    }
    if let Some(entry) = catalogue.patterns.iter().find(|entry| entry.index == index) {
        page.pattern(&entry.rule);
    }
    page.list("References", &meta.texts.references);
    page.out
}

/// Spaces before text below a heading, and before code.
const TEXT: usize = 2;
const CODE: usize = 4;

struct Page {
    out: String,
    width: usize,
}

impl Page {
    fn head(&mut self, meta: &RuleMeta) {
        _ = writeln!(self.out, "{}: {}", meta.id, meta.title);
        let mut facts = vec![
            format!("severity {}", meta.severity.name()),
            format!("confidence {}", meta.confidence.name()),
            format!("topic {}", meta.topic),
        ];
        facts.extend(meta.texts.cwe.iter().chain(&meta.texts.owasp).cloned());
        self.paragraph(&facts.join(", "));
        if !meta.texts.languages.is_empty() {
            self.paragraph(&format!("reads {}", meta.texts.languages.join(", ")));
        }
    }

    fn section(&mut self, heading: &str, text: &str) {
        _ = writeln!(self.out, "\n{heading}");
        self.paragraph(text);
    }

    fn list(&mut self, heading: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        _ = writeln!(self.out, "\n{heading}");
        for item in items {
            self.code(item, TEXT);
        }
    }

    fn paragraph(&mut self, text: &str) {
        for line in wrap(text, self.width.saturating_sub(TEXT)) {
            _ = writeln!(self.out, "{:TEXT$}{line}", "");
        }
    }

    /// Text whose line breaks and spaces count.
    fn code(&mut self, text: &str, indent: usize) {
        for line in text.trim_end().lines() {
            _ = writeln!(self.out, "{}", format!("{:indent$}{line}", "").trim_end());
        }
    }

    fn secret(&mut self, rule: &SecretRule) {
        self.list("Token format", &format::readable(rule));
        if let Some(regex) = &rule.regex {
            self.list("Regex", std::slice::from_ref(regex));
        }
        self.context(rule);
        self.check(rule);
        let matching = rule.examples.iter().filter(|example| example.matches.is_some());
        let silent = rule.examples.iter().filter(|example| example.near_miss.is_some());
        let shown = |example: &SecretExample| masked(rule, example);
        self.list("Reported", &matching.filter_map(shown).collect::<Vec<_>>());
        self.list("Not reported", &silent.filter_map(shown).collect::<Vec<_>>());
    }

    fn context(&mut self, rule: &SecretRule) {
        let context = &rule.context;
        let mut conditions = Vec::new();
        if context.provider_near {
            conditions.push("a word of the provider is near".to_owned());
        }
        if !context.name.is_empty() {
            let names = context.name.join(", ");
            conditions.push(format!("its name holds one of: {names}"));
        }
        if context.min_randomness.is_some() {
            conditions.push("the value looks machine-made".to_owned());
        }
        if !conditions.is_empty() {
            self.section("Only where", &conditions.join("; "));
        }
    }

    fn check(&mut self, rule: &SecretRule) {
        if let Some(pair) = &rule.pair {
            let text =
                format!("the {} that belongs to it, joined into the same finding", pair.what);
            self.section("Goes with", &text);
        }
        let Some(verify) = &rule.verify else { return };
        let urls: Vec<String> = std::iter::once(&verify.url)
            .chain(&verify.more_urls)
            .map(|url| format!("{} {url}", verify.method.name()))
            .collect();
        self.list("With --verify, asks", &urls);
        for (what, answers) in [("live", &verify.live), ("dead", &verify.dead)] {
            let answers: Vec<String> = answers.iter().map(in_words).collect();
            if !answers.is_empty() {
                self.paragraph(&format!("{what}: {}", answers.join("; or ")));
            }
        }
    }

    fn pattern(&mut self, rule: &PatternRule) {
        if rule.matchers.iter().any(PatternMatch::is_structural) {
            _ = writeln!(self.out, "\nSettings that are looked at");
            rule.matchers.iter().for_each(|matcher| self.structure(matcher));
        }
        if rule.matchers.iter().any(|matcher| !matcher.any.is_empty()) {
            _ = writeln!(self.out, "\nCode that is looked for");
        }
        for matcher in rule.matchers.iter() {
            self.matcher(matcher);
        }
        let reported = |example: &&PatternExample| example.matches.is_some();
        let (reported, silent): (Vec<_>, Vec<_>) = rule.examples.iter().partition(reported);
        self.code_examples("Reported", &reported);
        self.code_examples("Not reported", &silent);
    }

    fn structure(&mut self, matcher: &PatternMatch) {
        if !matcher.is_structural() {
            return;
        }
        let about = matcher.resource.iter().chain(&matcher.at);
        let about: Vec<&str> = about.map(String::as_str).collect();
        self.paragraph(&format!("in {}: {}", matcher.languages.join(", "), about.join(", ")));
        if let Some(each) = &matcher.each {
            self.paragraph(&format!("each `{each}` of it"));
        }
        if !matcher.when.is_empty() {
            self.paragraph("when");
        }
        matcher.when.iter().for_each(|condition| self.code(condition, CODE));
    }

    fn matcher(&mut self, matcher: &PatternMatch) {
        if matcher.any.is_empty() {
            return;
        }
        self.paragraph(&format!("in {}", matcher.languages.join(", ")));
        let groups = [
            ("", &matcher.any),
            ("but not", &matcher.not),
            ("inside", &matcher.inside),
            ("not inside", &matcher.not_inside),
            ("with, somewhere in it", &matcher.has),
            ("without, anywhere in it", &matcher.not_has),
        ];
        for (heading, patterns) in groups {
            if !heading.is_empty() && !patterns.is_empty() {
                self.paragraph(heading);
            }
            patterns.iter().for_each(|pattern| self.code(pattern, CODE));
        }
    }

    fn code_examples(&mut self, heading: &str, examples: &[&PatternExample]) {
        for example in examples {
            if let Some(text) = example.matches.as_ref().or(example.near_miss.as_ref()) {
                _ = writeln!(self.out, "\n{heading} ({})", example.language);
                self.code(text, CODE);
            }
        }
    }
}

/// `HTTP 200 with "ok":true`.
fn in_words(answer: &Answer) -> String {
    let status: Vec<String> = answer.status.iter().map(u16::to_string).collect();
    let mut words = format!("HTTP {}", status.join(" or "));
    let parts = [("with", &answer.has), ("without", &answer.has_not)];
    for (word, texts) in parts.into_iter().filter(|(_, texts)| !texts.is_empty()) {
        let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
        _ = write!(words, " {word} {}", texts.join(" and "));
    }
    words
}

/// An example with its token reduced to what may be shown.
fn masked(rule: &SecretRule, example: &SecretExample) -> Option<String> {
    let text = example.matches.as_ref().or(example.near_miss.as_ref())?;
    let prefix = rule.formats.first().and_then(|format| format.first());
    let prefix = prefix.and_then(|segment| segment.text.first()).cloned().unwrap_or_default();
    let hidden: Vec<Vec<String>> =
        example.join.iter().map(|parts| vec![redact(parts.concat().as_bytes(), 4)]).collect();
    let text = examples::joined(text, &hidden);
    let text = text.replace("{token}", &format!("{prefix}****"));
    Some(text.replace("{broken}", &format!("{prefix}**** (broken)")))
}

/// Breaks `text` at spaces into lines of at most `width` characters; longer
/// words stand alone. Paragraphs stay apart.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim().split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_whitespace() {
            let len = word.chars().count();
            if used > 0 && used + 1 + len > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += len;
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_shows_the_secret_of_an_example() {
        let catalogue = Catalogue::built_in().unwrap();
        for entry in &catalogue.secrets {
            let page = explain(&catalogue, entry.index, 80);
            // A near miss may show the same text where it is no secret.
            let page = page.split("\nNot reported").next().unwrap();
            for parts in entry.rule.examples.iter().flat_map(|example| &example.join) {
                let whole = parts.concat();
                assert!(whole.len() < 8 || !page.contains(&whole), "{}", entry.rule.id);
            }
        }
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a verylongword b", 4), ["a", "verylongword", "b"]);
        assert_eq!(wrap("one\ntwo", 20), ["one", "two"]);
        assert_eq!(wrap("", 20), [""]);
    }
}
