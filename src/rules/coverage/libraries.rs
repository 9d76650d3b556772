//! Which libraries a matcher is about: by the modules that it imports, and else
//! by telling words. The words are data, `rules/libraries.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::rules::model::PatternMatch;

static TABLE: &str = include_str!("../../../rules/libraries.toml");

/// What is known of libraries, by language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Libraries {
    #[serde(rename = "group")]
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    languages: Vec<String>,
    /// Modules that come with the language.
    #[serde(default)]
    standard: Vec<String>,
    /// Words by the name of the library that they show; `aws_*` is a beginning.
    libraries: BTreeMap<String, Vec<String>>,
}

/// What a matcher shows to be about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) libraries: BTreeSet<String>,
    /// It is about the standard library as well.
    pub(super) standard: bool,
}

impl Shown {
    pub(super) fn is_empty(&self) -> bool {
        self.libraries.is_empty() && !self.standard
    }
}

impl Libraries {
    /// The table that is compiled in.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(TABLE)
    }

    /// The libraries that `matcher` is about in `language`.
    pub(super) fn of(&self, language: &str, matcher: &PatternMatch) -> Shown {
        let knows = |group: &&Group| group.languages.iter().any(|key| key == language);
        let group = self.groups.iter().find(knows);
        let mut shown = Shown::default();
        let by_name = matches!(language, "python" | "javascript" | "go");
        if by_name && !matcher.imports.is_empty() {
            let modules = matcher.imports.iter().map(|import| module(language, import));
            modules.for_each(|module| shown.module(language, group, module));
            return shown;
        }
        if let Some((_, framework)) = matcher.detector.as_ref().and_then(|d| d.split_once(':')) {
            shown.libraries.insert(framework.to_owned());
        }
        let is_shown = |words: &[String]| words.iter().any(|word| stands_in(matcher, word));
        let libraries = group.iter().flat_map(|group| &group.libraries);
        let names = libraries.filter(|(_, words)| is_shown(words)).map(|(name, _)| name.clone());
        shown.libraries.extend(names);
        shown
    }
}

impl Shown {
    fn module(&mut self, language: &str, group: Option<&Group>, module: &str) {
        let within = |word: &String| {
            let rest = module.strip_prefix(word.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        let mut known = group.iter().flat_map(|group| &group.libraries);
        if let Some((name, _)) = known.find(|(_, words)| words.iter().any(within)) {
            self.libraries.insert(name.clone());
            return;
        }
        let name = if language == "python" { module.split('.').next() } else { Some(module) };
        let name = name.unwrap_or_default();
        // Modules of others begin with a host in Go.
        let host = module.split('/').next().unwrap_or_default();
        let ships = group.is_some_and(|group| group.standard.iter().any(|known| known == name));
        if ships || language == "go" && !host.contains('.') {
            self.standard = true;
        } else {
            self.libraries.insert(name.to_owned());
        }
    }
}

/// The module of `github.com/a/b/v4`, `node:fs`, `md5 as hash` or `jose.JWT`.
fn module<'i>(language: &str, import: &'i str) -> &'i str {
    let module = import.split(" as ").next().unwrap_or_default().trim();
    let module = module.strip_prefix("node:").unwrap_or(module);
    match (language, module.rsplit_once('/'), module.rsplit_once('.')) {
        ("go", Some((before, version)), _) if is_version(version) => before,
        ("javascript", _, Some((before, member))) if member.starts_with(char::is_uppercase) => {
            before
        }
        _ => module,
    }
}

fn is_version(part: &str) -> bool {
    let digits = part.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether `word` stands somewhere in what `matcher` asks for.
fn stands_in(matcher: &PatternMatch, word: &str) -> bool {
    if let Some(beginning) = word.strip_suffix('*').filter(|word| !word.contains('*')) {
        let mut resources = matcher.resource.iter().map(|r| r.strip_prefix("data.").unwrap_or(r));
        return resources.any(|resource| resource.starts_with(beginning));
    }
    if matcher.files.iter().any(|file| file == word) {
        return true;
    }
    let types = matcher.constraints.values().flat_map(|constraint| &constraint.types);
    let patterns = matcher.any.iter().chain(&matcher.imports).chain(&matcher.triggers);
    let mut texts = patterns.chain(types).chain(&matcher.at);
    texts.any(|text| is_named_in(text, word))
}

/// Whether `text` has `word` as a name of its own, not as the end of a path.
fn is_named_in(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|c| part(c) || matches!(c, ':' | '\\')) && !after.is_some_and(part)
    })
}
