//! What the rules of a run ask of the files of a language: what the built-in rules ask
//! is in the binary, what a user's ask is read off them.

use super::condition::{Asked, BuiltIn, Condition, SourceWords};
use super::language::Language;
use crate::rules::FlowEntry;
use crate::rules::matchers::Matcher;

/// Where less than this part of the built-in matchers is in force, what they ask is
/// read off them: unpacking what all ask takes longer, and so does looking for it.
const SHARE: usize = 4;

/// What `matchers` of `language` ask, one condition for each of them, where data flows
/// by `flows`. `packed` is the [`BuiltIn`] of the language. Matchers come in the order
/// of their rules.
pub(super) fn asked(
    language: Language,
    matchers: &[&Matcher],
    flows: &[&FlowEntry],
    packed: &[u8],
) -> Asked {
    let sets = || SourceWords::new(language, flows.iter().map(|entry| &**entry.facts));
    let known = flows.iter().all(|entry| entry.facts.is_built_in());
    let packed = if known { packed } else { &[] };
    let BuiltIn { rules, mut asked } = postcard::from_bytes(packed).unwrap_or_default();
    let places = places(matchers, &rules);
    if places.iter().flatten().count() * SHARE <= rules.len() {
        return Asked::of(language, matchers.iter().map(|matcher| &matcher.spec), &sets());
    }
    let new = matchers.iter().zip(&places).filter(|(_, place)| place.is_none());
    let mut new = new.map(|(matcher, _)| &matcher.spec).peekable();
    if new.peek().is_some() {
        asked.add(language, new, &sets());
    }
    let mut next = rules.len()..;
    let mut all: Vec<Option<Condition>> = asked.conditions.into_iter().map(Some).collect();
    let places = places.into_iter().filter_map(|place| place.or_else(|| next.next()));
    let conditions = places.filter_map(|place| all.get_mut(place)?.take()).collect();
    Asked { conditions, ..asked }
}

/// Which of the conditions of `rules` is that of each matcher; `None` for a user's.
fn places(matchers: &[&Matcher], rules: &[u32]) -> Vec<Option<usize>> {
    let mut at = 0;
    let place = |matcher: &&Matcher| {
        at += rules[at..].iter().take_while(|rule| **rule < matcher.rule.0).count();
        let is_known = rules.get(at) == Some(&matcher.rule.0);
        at += usize::from(is_known);
        is_known.then(|| at - 1)
    };
    matchers.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Catalogue;
    use crate::rules::matchers::Matchers;
    use crate::rules::model::{PatternFile, PatternMatch};

    fn asked_by(catalogue: &Catalogue, language: Language, packed: &[u8]) -> (Asked, usize) {
        let matchers = Matchers::of_code(catalogue).reading(|key| language.answers_to(key));
        let matchers: Vec<&Matcher> = matchers.iter().map(|matcher| &**matcher).collect();
        let own = |entry: &&FlowEntry| entry.languages.iter().any(|key| language.answers_to(key));
        let flows: Vec<&FlowEntry> = catalogue.flows.iter().filter(own).collect();
        (asked(language, &matchers, &flows, packed), matchers.len())
    }

    #[test]
    fn the_build_script_packs_what_would_be_read() {
        let catalogue = Catalogue::built_in().unwrap();
        for language in Language::ALL {
            let packed = catalogue.asked[language as usize];
            let built_in: BuiltIn = postcard::from_bytes(packed).unwrap();
            let (read, matchers) = asked_by(&catalogue, language, &[]);
            assert_eq!(built_in.rules.len(), matchers, "{language:?}");
            assert!(built_in.asked == read, "{language:?}");
            assert!(asked_by(&catalogue, language, packed).0 == read, "{language:?}");
        }
    }

    #[test]
    fn what_a_users_rule_asks_comes_with_it() {
        let (languages, any) = (vec!["python".to_owned()], vec!["zqx.run($X)".to_owned()]);
        let matcher = PatternMatch { languages, any, ..PatternMatch::default() };
        let rule = PatternFile { matchers: vec![matcher], ..PatternFile::default() };
        let mut catalogue = Catalogue::built_in().unwrap();
        catalogue.patterns.remove(3);
        catalogue.add_pattern(rule);
        let packed = catalogue.asked[Language::Python as usize];
        let (asked, matchers) = asked_by(&catalogue, Language::Python, packed);
        assert_eq!(asked.conditions.len(), matchers);
        let text_of = |word: &usize| asked.words[*word].text.as_str();
        let mut last: Vec<&str> =
            asked.conditions[matchers - 1].words.iter().map(text_of).collect();
        last.sort_unstable();
        assert_eq!(last, ["run", "zqx"]);
    }
}
