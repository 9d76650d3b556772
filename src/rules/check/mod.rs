//! What a rule file must hold to the rest of Seamline beyond its shape: ids,
//! topics, formats that can match, regexes that compile, examples. All that
//! is wrong is told at once, each with its line and the fix.

mod facts;
mod pattern;
mod secret;
mod verify;

use regex::bytes::RegexBuilder;

use crate::document::{Document, Problem, regex_reason};
use crate::suggest;

use super::topics;

pub use facts::{flow_file, framework_file};
pub use pattern::pattern_file;
pub use secret::secret_file;

/// Where problems of one file gather.
struct Findings<'d, 't> {
    document: &'d Document<'t>,
    problems: Vec<Problem>,
}

impl Findings<'_, '_> {
    fn add(&mut self, pointer: &str, message: impl Into<String>, fix: impl Into<String>) {
        self.problems.push(self.document.problem(pointer, message, fix));
    }

    /// Lower-case words and digits joined by single hyphens.
    fn kebab(&mut self, pointer: &str, what: &str, name: &str) {
        let word = |w: &str| {
            !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let word_in_it = name.bytes().any(|b| b.is_ascii_lowercase());
        if !word_in_it || !name.split('-').all(word) {
            let fix = "write lower-case words joined by `-`, e.g. `acme-api-key`";
            self.add(pointer, format!("{what} `{name}` is not kebab-case"), fix);
        }
    }

    fn not_empty(&mut self, pointer: &str, key: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(pointer, format!("`{key}` is empty"), "say it in a sentence");
        }
    }

    /// Ids of weaknesses and classes, as reports carry them.
    fn classes(&mut self, pointer: &str, cwe: &[String], owasp: &[String]) {
        for (i, id) in cwe.iter().enumerate() {
            let number = id.strip_prefix("CWE-").unwrap_or_default();
            if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                let at = join(pointer, &format!("cwe/{i}"));
                self.add(&at, format!("`{id}` is not a CWE id"), "write it as `CWE-798`");
            }
        }
        for (i, id) in owasp.iter().enumerate() {
            if !owasp_form(id) {
                let at = join(pointer, &format!("owasp/{i}"));
                let fix = "write it as `API2:2023`, `A07:2021` or `CICD-SEC-3`";
                self.add(&at, format!("`{id}` is not an OWASP class"), fix);
            }
        }
    }

    fn references(&mut self, pointer: &str, links: &[String]) {
        for (i, link) in links.iter().enumerate() {
            if !link.starts_with("https://") && !link.starts_with("http://") {
                let at = join(pointer, &format!("references/{i}"));
                self.add(&at, format!("reference `{link}` is not a link"), "write the whole URL");
            }
        }
    }

    fn topic(&mut self, pointer: &str, slug: &str) {
        if topics::find(slug).is_none() {
            let all: Vec<&str> = topics::slugs().collect();
            let fix = suggest::question(&suggest::candidates(slug, topics::slugs(), 3))
                .unwrap_or_else(|| format!("topics are {}", all.join(", ")));
            self.add(pointer, format!("unknown topic `{slug}`"), fix);
        }
    }

    fn regex(&mut self, pointer: &str, regex: &str) {
        if let Err(error) = RegexBuilder::new(regex).size_limit(REGEX_LIMIT).build() {
            let message = format!("the regex does not compile: {}", regex_reason(&error));
            self.add(pointer, message, "write it as in https://docs.rs/regex");
        }
    }

    /// A name of something written in Rust.
    fn known(&mut self, pointer: &str, what: &str, name: &str, names: &[&str]) {
        if !names.contains(&name) {
            let fix = suggest::question(suggest::closest(name, names.iter().copied()).as_slice())
                .unwrap_or_else(|| format!("known are {}", names.join(", ")));
            self.add(pointer, format!("unknown {what} `{name}`"), fix);
        }
    }
}

/// Bytes a compiled regex of a rule may take.
const REGEX_LIMIT: usize = 4 << 20;

fn owasp_form(id: &str) -> bool {
    let within = |text: &str, most: u32| text.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n));
    let year = |text: &str| text.len() == 4 && text.starts_with("20") && within(text, 2099);
    if let Some(number) = id.strip_prefix("CICD-SEC-") {
        return within(number, 10);
    }
    let Some((class, edition)) = id.split_once(':') else { return false };
    let number = class.strip_prefix("API").or_else(|| class.strip_prefix('A'));
    number.is_some_and(|number| within(number, 10)) && year(edition)
}

fn join(pointer: &str, rest: &str) -> String {
    if pointer.is_empty() { rest.to_owned() } else { format!("{pointer}/{rest}") }
}
