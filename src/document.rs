//! TOML files that people write by hand: errors with a line and a suggestion,
//! as many as can be told at once. Shared by the config and rule files.

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::suggest;

/// One thing wrong with a file, and how to put it right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// As the user named it or would name it.
    pub file: String,
    /// 1-based; absent when the file as a whole is meant.
    pub line: Option<usize>,
    /// 1-based, in Unicode code points.
    pub column: Option<usize>,
    pub message: String,
    pub fix: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            self.column.map_or(Ok(()), |column| write!(f, ":{column}"))?;
        }
        write!(f, ": {}", self.message)?;
        match &self.fix {
            Some(fix) => write!(f, "; {fix}"),
            None => Ok(()),
        }
    }
}

/// Errors after which the rest of a file is no longer looked at.
const MOST_PROBLEMS: usize = 50;

/// A parsed TOML file that remembers where everything stands.
pub struct Document<'t> {
    file: String,
    text: &'t str,
    table: Spanned<DeTable<'t>>,
}

impl<'t> Document<'t> {
    /// Parses `text`, the content of `file`.
    ///
    /// # Errors
    /// Every place at which it is not TOML.
    pub fn parse(file: &str, text: &'t str) -> Result<Self, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let document = Document { file: file.to_owned(), text, table };
        if errors.is_empty() {
            return Ok(document);
        }
        let mut problems: Vec<Problem> = errors.iter().map(|e| document.translate(e)).collect();
        problems.truncate(MOST_PROBLEMS);
        Err(problems)
    }

    /// Whether the top level has `key`.
    pub fn has(&self, key: &str) -> bool {
        self.table.get_ref().contains_key(key)
    }

    /// Reads the file as a `T`. An unknown key, a wrong value or a broken item
    /// of a top-level list is a problem and is then left out, so that the rest
    /// can be looked at; with problems the value is good for further checks only.
    pub fn read<T: DeserializeOwned>(&mut self) -> (Option<T>, Vec<Problem>) {
        let mut problems = Vec::new();
        // Keys left out for a wrong value: that they are missing is no news.
        let mut dropped: Vec<String> = Vec::new();
        for _ in 0..MOST_PROBLEMS {
            let error = match T::deserialize(toml::Deserializer::from(self.table.clone())) {
                Ok(value) => return (Some(value), problems),
                Err(error) => error,
            };
            let missing = missing_field(error.message());
            if !missing.is_some_and(|key| dropped.iter().any(|known| known == key)) {
                problems.push(self.translate(&error));
            }
            let Some(span) = error.span() else { break };
            let forgotten = match missing {
                Some(_) => self.forget_item(&span),
                None => forget_key(self.table.get_mut(), &span).is_some_and(|key| {
                    dropped.push(key);
                    true
                }),
            };
            if !forgotten {
                break;
            }
        }
        (None, problems)
    }

    /// A problem at `pointer` (`rule/2/formats/0`); of a place that is not
    /// written in the file, the nearest one around it.
    pub fn problem(
        &self,
        pointer: &str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        let fix = Some(fix.into()).filter(|fix| !fix.is_empty());
        let span = self.locate(pointer);
        Problem {
            file: self.file.clone(),
            line: span.as_ref().map(|span| self.line_of(span)),
            column: span.as_ref().map(|span| self.column_of(span)),
            message: message.into(),
            fix,
        }
    }

    /// The lines at which the items of the top-level list `key` begin.
    pub fn lines_of(&self, key: &str) -> Vec<usize> {
        let list = self.table.get_ref().get(key).and_then(|value| value.get_ref().as_array());
        let items = list.into_iter().flat_map(|items| items.iter());
        items.map(|item| self.line_of(&item.span())).collect()
    }

    fn locate(&self, pointer: &str) -> Option<Range<usize>> {
        let mut table = Some(self.table.get_ref());
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        let mut span = None;
        for step in pointer.split('/') {
            let next = match (table, step.parse::<usize>()) {
                (Some(table), _) => table.get_key_value(step).map(|(key, value)| {
                    span = Some(key.span());
                    value
                }),
                (None, Ok(index)) => {
                    let item = value.and_then(|v| v.get_ref().as_array()?.get(index));
                    span = item.map(Spanned::span).or(span);
                    item
                }
                (None, Err(_)) => None,
            };
            let Some(next) = next else { break };
            table = next.get_ref().as_table();
            value = Some(next);
        }
        span
    }

    fn line_of(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    fn column_of(&self, span: &Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or_default();
        1 + before.chars().rev().take_while(|c| *c != '\n').count()
    }

    fn translate(&self, error: &toml::de::Error) -> Problem {
        let (message, fix) = explain(error.message());
        Problem {
            file: self.file.clone(),
            line: error.span().map(|span| self.line_of(&span)),
            column: error.span().map(|span| self.column_of(&span)),
            message,
            fix,
        }
    }

    /// Drops the item of a top-level list (`[[rule]]`) that holds `span`.
    fn forget_item(&mut self, span: &Range<usize>) -> bool {
        for (_, value) in self.table.get_mut().iter_mut() {
            let DeValue::Array(items) = value.get_mut() else { continue };
            let before = items.len();
            let kept = std::mem::replace(items, DeArray::new())
                .into_iter()
                .filter(|item| !holds(item, span));
            *items = kept.collect();
            if items.len() < before {
                return true;
            }
        }
        false
    }
}

/// Whether `span` lies in `value` or in something below it: the span of a
/// `[[header]]` table ends with its header.
fn holds(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    let place = value.span();
    (place.start <= span.start && span.end <= place.end)
        || match value.get_ref() {
            DeValue::Table(table) => {
                table.iter().any(|(key, value)| key.span() == *span || holds(value, span))
            }
            DeValue::Array(items) => items.iter().any(|item| holds(item, span)),
            _ => false,
        }
}

/// Removes the innermost key that `span` is, or whose value `span` is or lies
/// in, somewhere below `table`; returns its name.
fn forget_key(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<String> {
    for (_, value) in table.iter_mut() {
        if let Some(key) = forget_in(value.get_mut(), span) {
            return Some(key);
        }
    }
    let meant = |key: &Spanned<_>, value: &Spanned<DeValue<'_>>| {
        let place = value.span();
        key.span() == *span || (place.start <= span.start && span.end <= place.end)
    };
    let found = table.iter().find(|(key, value)| meant(key, value));
    let key = found.map(|(key, _)| key.get_ref().to_string())?;
    table.remove(key.as_str()).map(|_| key)
}

/// Depth is bounded by the TOML parser's own limit on nesting.
fn forget_in(value: &mut DeValue<'_>, span: &Range<usize>) -> Option<String> {
    match value {
        DeValue::Table(table) => forget_key(table, span),
        DeValue::Array(items) => items.iter_mut().find_map(|item| forget_in(item.get_mut(), span)),
        _ => None,
    }
}

fn missing_field(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// What is wrong with a regex, on one line: the last line of the message says
/// it, the others draw it.
pub fn regex_reason(error: &regex::Error) -> String {
    let told = error.to_string();
    let last = told.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// Rewords serde's message and looks for the name that was meant.
fn explain(message: &str) -> (String, Option<String>) {
    let mut names = message.split('`').skip(1).step_by(2);
    let wrong = names.next().unwrap_or_default();
    let known: Vec<&str> = names.collect();
    let list = || format!("known are {}", known.join(", "));
    let guess = || suggest::question(suggest::closest(wrong, known.iter().copied()).as_slice());
    if message.starts_with("unknown field") {
        (format!("unknown key `{wrong}`"), Some(guess().unwrap_or_else(list)))
    } else if message.starts_with("unknown variant") {
        (format!("unknown value `{wrong}`"), Some(guess().unwrap_or_else(list)))
    } else if message.starts_with("missing field") {
        (format!("`{wrong}` is missing"), Some(format!("add `{wrong} = …`")))
    } else {
        (message.trim().replace('\n', " "), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::model::SecretFile;

    fn problems(text: &str) -> Vec<String> {
        let mut document = match Document::parse("a.toml", text) {
            Ok(document) => document,
            Err(problems) => return problems.iter().map(Problem::to_string).collect(),
        };
        let (_, problems) = document.read::<SecretFile>();
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn every_unknown_key_and_broken_item_is_named_with_its_line() {
        let text = "provider = \"acme\"\nname = \"Acme\"\nwrods = []\n\
                    [[rule]]\nid = \"a\"\ntitle = \"A\"\nseverity = \"hihg\"\ncwe = 5\n\
                    [[rule]]\nid = \"b\"\nseverity = \"low\"\n\
                    [[rule]]\nid = \"c\"\ntitle = \"C\"\nseverity = \"low\"\ndetctor = \"jwt\"\n";
        let mut told = problems(text);
        told.sort();
        assert_eq!(
            told,
            [
                "a.toml:16:1: unknown key `detctor`; did you mean `detector`?",
                "a.toml:3:1: unknown key `wrods`; did you mean `words`?",
                "a.toml:7:12: unknown value `hihg`; did you mean `high`?",
                "a.toml:8:7: invalid type: integer `5`, expected a sequence",
                "a.toml:9:1: `title` is missing; add `title = …`",
            ]
        );
    }

    #[test]
    fn text_that_is_not_toml_is_told_with_its_line() {
        let told = problems("provider = \"acme\"\nname = \n");
        assert!(told[0].starts_with("a.toml:2:"), "{told:?}");
    }

    #[test]
    fn pointers_find_lines_and_fall_back_to_what_is_around() {
        let text = "a = 1\n[[rule]]\nid = \"x\"\n[[rule]]\nid = \"y\"\nformats = [\n[],\n[{ chars = \"z\" }]]\n";
        let document = Document::parse("a.toml", text).unwrap();
        let line = |pointer| document.problem(pointer, "", "").line;
        assert_eq!(line("a"), Some(1));
        assert_eq!(line("rule/1/id"), Some(5));
        assert_eq!(line("rule/1/formats/1/0/chars"), Some(8));
        assert_eq!(line("rule/1/checksum"), Some(4));
        assert_eq!(line("nowhere"), None);
    }
}
