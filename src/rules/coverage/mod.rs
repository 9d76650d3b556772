//! What the rules cover: topic × language × library, read off the rules.

mod libraries;
mod show;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::PatternMatch;
use super::{Catalogue, names, topics};
use libraries::{Libraries, Shown};

pub use show::{json, markdown, table};

/// Language of rules that read every file.
pub const EVERY_FILE: &str = "any";

/// The rules on one library in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub topic: &'static str,
    /// A language key, or [`EVERY_FILE`].
    pub language: &'static str,
    /// Of a credential its issuer. Without one the rule is about the language
    /// itself, its standard library, or code of any kind.
    pub library: Option<String>,
    /// How many rules there are.
    pub count: usize,
    /// Their ids, sorted.
    pub rules: Vec<String>,
}

/// What to leave out; all that is set must hold.
#[derive(Debug, Default)]
pub struct Filter {
    pub topic: Option<String>,
    pub language: Option<String>,
}

/// What the rules in force cover, in the order of the topics, languages and
/// names of libraries.
///
/// # Errors
/// The table of libraries cannot be read.
pub fn entries(catalogue: &Catalogue, filter: &Filter) -> Result<Vec<Entry>, toml::de::Error> {
    let libraries = Libraries::built_in()?;
    let languages = names::languages();
    let mut cells: BTreeMap<(usize, usize, Option<String>), BTreeSet<&str>> = BTreeMap::new();
    let mut add = |topic: &str, language: Option<&str>, library: Option<String>, id| {
        let topic = topics::slugs().position(|slug| slug == topic).unwrap_or(usize::MAX);
        let place = languages.iter().position(|key| Some(*key) == language);
        let language = place.map_or(0, |place| place + 1);
        cells.entry((topic, language, library)).or_default().insert(id);
    };
    for entry in &catalogue.patterns {
        let meta = catalogue.meta(entry.index);
        for (language, library) in entry.rule.matchers.iter().flat_map(|m| of(&libraries, m)) {
            add(&meta.topic, Some(language), library, &meta.id);
        }
    }
    let secrets = catalogue.secrets.iter().map(|entry| entry.index);
    for index in secrets.chain(catalogue.regex_rules.iter().map(|rule| rule.index)) {
        let meta = catalogue.meta(index);
        add(&meta.topic, None, meta.texts.provider.clone(), &meta.id);
    }
    let entry = |((topic, language, library), ids): (_, BTreeSet<&str>)| Entry {
        topic: topics::TOPICS.get::<usize>(topic).map_or(topics::OTHER, |topic| topic.slug),
        language: if language == 0 { EVERY_FILE } else { languages[language - 1] },
        library,
        count: ids.len(),
        rules: ids.into_iter().map(str::to_owned).collect(),
    };
    let wanted = |entry: &Entry| {
        filter.topic.as_ref().is_none_or(|topic| entry.topic == topic)
            && filter.language.as_ref().is_none_or(|language| entry.language == language)
    };
    Ok(cells.into_iter().map(entry).filter(wanted).collect())
}

/// The languages and libraries that a matcher is about.
fn of<'m>(
    libraries: &Libraries,
    matcher: &'m PatternMatch,
) -> impl Iterator<Item = (&'m str, Option<String>)> {
    let pairs = matcher.languages.iter().map(|language| {
        let shown = libraries.of(language, matcher);
        (language.as_str(), shown)
    });
    let all: Vec<_> = pairs.collect();
    // A type of resource belongs to one of the languages only.
    let any = all.iter().any(|(_, shown)| !shown.libraries.is_empty());
    let skipped = move |shown: &Shown| !matcher.resource.is_empty() && any && shown.is_empty();
    all.into_iter().filter(move |(_, shown)| !skipped(shown)).flat_map(|(language, shown)| {
        let none = (shown.standard || shown.libraries.is_empty()).then_some(None);
        let named = shown.libraries.into_iter().map(Some);
        none.into_iter().chain(named).map(move |library| (language, library))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(text: &str) -> PatternMatch {
        toml::from_str(text).unwrap()
    }

    fn shown(text: &str) -> Vec<String> {
        let libraries = Libraries::built_in().unwrap();
        let matcher = matcher(text);
        let pairs = of(&libraries, &matcher);
        pairs.map(|(l, library)| format!("{l}: {}", library.unwrap_or_default())).collect()
    }

    #[test]
    fn modules_go_by_their_name_or_the_one_people_know() {
        let python = r#"languages = ["python"]
            imports = ["urllib", "httpx", "yaml", "rest_framework.serializers"]"#;
        assert_eq!(
            shown(python),
            ["python: ", "python: Django REST framework", "python: PyYAML", "python: httpx"]
        );
        let go = r#"languages = ["go"]
            imports = ["crypto/tls", "github.com/golang-jwt/jwt/v5", "github.com/acme/frob/v2"]"#;
        assert_eq!(shown(go), ["go: ", "go: github.com/acme/frob", "go: golang-jwt"]);
        let script = r#"languages = ["javascript"]
            imports = ["node:fs", "hash.js as crypto", "jose.JWT as JWT", "@koa/cors as cors"]"#;
        let expected =
            ["javascript: ", "javascript: Koa", "javascript: hash.js", "javascript: jose"];
        assert_eq!(shown(script), expected);
    }

    #[test]
    fn without_imports_the_words_of_patterns_tell() {
        let ruby = r#"languages = ["ruby"]
            any = ["Faraday.new($$$)", "Net::HTTP.get($$$)"]"#;
        assert_eq!(shown(ruby), ["ruby: Faraday"]);
        assert_eq!(shown("languages = [\"ruby\"]\nany = [\"open($X)\"]"), ["ruby: "]);
        let java = r#"languages = ["java", "kotlin"]
            any = ["$X.exchange($$$)"]
            where.X.type = ["RestTemplate()"]"#;
        assert_eq!(shown(java), ["java: Spring RestTemplate", "kotlin: Spring RestTemplate"]);
    }

    #[test]
    fn types_of_resources_tell_the_provider_and_the_language() {
        let text = r#"languages = ["hcl", "yaml", "json"]
            resource = ["aws_lb", "data.aws_lb", "k8s/Pod"]"#;
        assert_eq!(shown(text), ["hcl: AWS", "yaml: Kubernetes", "json: Kubernetes"]);
        let text = "languages = [\"hcl\", \"yaml\"]\nresource = [\"aws_lb\"]";
        assert_eq!(shown(text), ["hcl: AWS"]);
    }

    #[test]
    fn every_rule_is_counted_somewhere() {
        let catalogue = Catalogue::built_in().unwrap();
        let entries = entries(&catalogue, &Filter::default()).unwrap();
        let told: BTreeSet<&str> =
            entries.iter().flat_map(|e| &e.rules).map(String::as_str).collect();
        let all: BTreeSet<&str> = catalogue.metas.iter().map(|meta| meta.id.as_str()).collect();
        assert_eq!(told, all);
    }
}
