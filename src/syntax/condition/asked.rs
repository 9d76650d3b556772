//! All that the matchers of a language ask of a file: read off the built-in rules by
//! the build script, and off a user's rules when they are loaded.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::language::Language;
use super::prefilter::Sought;
use super::word_list::{Text, WordList};
use super::{Condition, Source, SourceWords, TriggerWord, condition};
use crate::rules::model::PatternMatch;

/// What matchers ask of a file, each thing once.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// One of each matcher.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) words: Vec<TriggerWord>,
    pub(crate) texts: Vec<Text>,
    pub(crate) needs: Vec<Sought>,
    pub(crate) sources: Vec<Source>,
    /// Names that patterns about functions say.
    pub(crate) said: BTreeSet<String>,
    /// Methods that change what they are called on or given.
    pub(crate) changing: Vec<String>,
}

impl Asked {
    /// Reads it off `matchers` of `language`, whose shared sets have the words `sets`.
    pub(crate) fn of<'a>(
        language: Language,
        matchers: impl Iterator<Item = &'a PatternMatch>,
        sets: &SourceWords,
    ) -> Self {
        let mut asked = Asked { changing: sets.changing.clone(), ..Asked::default() };
        asked.add(language, matchers, sets);
        asked
    }

    /// Adds what more matchers ask; their conditions come last.
    pub(crate) fn add<'a>(
        &mut self,
        language: Language,
        matchers: impl Iterator<Item = &'a PatternMatch>,
        sets: &SourceWords,
    ) {
        let (words, texts) = (std::mem::take(&mut self.words), std::mem::take(&mut self.texts));
        let first = (self.needs.len(), self.sources.len());
        let mut list = WordList::new(&sets.aliases, words, texts, first);
        for matcher in matchers {
            self.said.extend(said_by(matcher));
            self.conditions.push(condition(language, matcher, sets, &mut list));
        }
        self.needs.extend(list.needs.iter().map(|need| need.sought(language)));
        self.sources.append(&mut list.sources);
        (self.words, self.texts) = list.into_words();
    }
}

/// What the built-in matchers of a language ask, as the build script packs it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct BuiltIn {
    /// The index of the rule of each condition, ascending.
    pub(crate) rules: Vec<u32>,
    pub(crate) asked: Asked,
}

/// The names in those patterns of `matcher` that are about functions.
fn said_by(matcher: &PatternMatch) -> impl Iterator<Item = String> {
    let PatternMatch { any, also, not, inside, not_inside, has, not_has, .. } = matcher;
    let all = [any, also, not, inside, not_inside, has, not_has].into_iter().flatten();
    let of_functions = all.filter(|pattern| pattern.contains('{') || pattern.contains("def "));
    let words = of_functions.flat_map(|p| p.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}
