//! Turning rules on and off by id, category or topic.

use std::sync::Arc;

use super::model::Category;
use super::{Catalogue, RuleMeta, topics};
use crate::finding::RuleIndex;
use crate::suggest;

/// A name that stands for no rule, category or topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown rule `{name}`{}", hint(.suggestions))]
pub struct UnknownRule {
    pub name: String,
    pub suggestions: Vec<String>,
}

fn hint(suggestions: &[String]) -> String {
    let names: Vec<&str> = suggestions.iter().map(String::as_str).collect();
    let otherwise = || "`seamline rules list` lists all".to_owned();
    format!("; {}", suggest::question(&names).unwrap_or_else(otherwise))
}

/// Names of whole categories, as flags take them.
const CATEGORIES: [(&str, Category); 3] = [
    ("secrets", Category::Secret),
    ("patterns", Category::Pattern),
    ("surface", Category::Surface),
];

impl Catalogue {
    /// Leaves in force what `enable` names (all rules if it is empty) without
    /// what `disable` names. A name is a rule id, `secrets`, `patterns`,
    /// `surface` or a topic. Rules keep their index and description.
    ///
    /// # Errors
    /// The first name that stands for nothing.
    pub fn select(&mut self, enable: &[String], disable: &[String]) -> Result<(), UnknownRule> {
        let mut on = vec![enable.is_empty(); self.metas.len()];
        for (names, state) in [(enable, true), (disable, false)] {
            for name in names {
                for index in self.named(name)? {
                    on[index] = state;
                }
            }
        }
        self.secrets.retain(|entry| on[entry.index.0 as usize]);
        self.patterns.retain(|entry| on[entry.index.0 as usize]);
        self.regex_rules.retain(|rule| on[rule.index.0 as usize]);
        Ok(())
    }

    /// Puts one rule out of force.
    ///
    /// # Errors
    /// No rule has this id.
    pub fn disable(&mut self, id: &str) -> Result<(), UnknownRule> {
        let index = self.require(id)?;
        self.secrets.retain(|entry| entry.index != index);
        self.patterns.retain(|entry| entry.index != index);
        self.regex_rules.retain(|rule| rule.index != index);
        Ok(())
    }

    /// A catalogue in which only one rule is in force, under its own index.
    pub fn only(&self, rule: RuleIndex) -> Catalogue {
        let secrets = self.secrets.iter().filter(|entry| entry.index == rule).cloned().collect();
        let patterns = self.patterns.iter().filter(|entry| entry.index == rule).cloned().collect();
        Catalogue {
            metas: self.metas.clone(),
            secrets,
            patterns,
            frameworks: self.frameworks.clone(),
            flows: self.flows.clone(),
            asked: self.asked.clone(),
            regex_rules: self.regex_rules.iter().filter(|r| r.index == rule).cloned().collect(),
            notes: Vec::new(),
            left_out: self.left_out.clone(),
        }
    }

    /// The rules in force: those that a run can report.
    pub fn active(&self) -> Vec<Arc<RuleMeta>> {
        let secrets = self.secrets.iter().map(|entry| entry.index);
        let patterns = self.patterns.iter().map(|entry| entry.index);
        let regexes = self.regex_rules.iter().map(|rule| rule.index);
        let mut indexes: Vec<RuleIndex> = secrets.chain(patterns).chain(regexes).collect();
        indexes.sort();
        // A rule may have patterns of code and a regex.
        indexes.dedup();
        indexes.into_iter().map(|index| Arc::clone(self.meta(index))).collect()
    }

    /// The rule called `id`, or what may have been meant.
    ///
    /// # Errors
    /// The name with up to three similar ids.
    pub fn require(&self, id: &str) -> Result<RuleIndex, UnknownRule> {
        self.find(id).ok_or_else(|| unknown(id, self.ids()))
    }

    fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.metas.iter().map(|meta| meta.id.as_str())
    }

    fn named(&self, name: &str) -> Result<Vec<usize>, UnknownRule> {
        let category = CATEGORIES.iter().find(|(word, _)| *word == name).map(|(_, c)| *c);
        let topic = topics::find(name).map(|topic| topic.slug);
        let indexes: Vec<usize> = (0..self.metas.len())
            .filter(|index| {
                let meta = &self.metas[*index];
                meta.id == name || Some(meta.category) == category || Some(&*meta.topic) == topic
            })
            .collect();
        let known = category.is_some() || topic.is_some() || self.left_out.contains(name);
        if indexes.is_empty() && !known {
            let mut known: Vec<&str> = CATEGORIES.map(|(word, _)| word).to_vec();
            known.extend(topics::TOPICS.iter().map(|topic| topic.slug));
            known.extend(self.ids());
            return Err(unknown(name, known.into_iter()));
        }
        Ok(indexes)
    }
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> UnknownRule {
    let suggestions = suggest::candidates(name, known, 3);
    UnknownRule {
        name: name.to_owned(),
        suggestions: suggestions.into_iter().map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn active(enable: &[&str], disable: &[&str]) -> Vec<Arc<RuleMeta>> {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let mut catalogue = Catalogue::built_in().unwrap();
        catalogue.select(&owned(enable), &owned(disable)).unwrap();
        catalogue.active()
    }

    #[test]
    fn rules_are_chosen_by_id_category_and_topic() {
        let all = active(&[], &[]).len();
        let secrets = active(&["secrets"], &[]);
        assert!(secrets.iter().all(|meta| meta.category == Category::Secret));
        // Keys that sign tokens are found as patterns of code, under the same topic.
        let topic = active(&[topics::SECRETS], &[]);
        assert!(topic.iter().all(|meta| meta.topic == topics::SECRETS));
        assert!(secrets.iter().all(|meta| topic.contains(meta)));
        assert_eq!(active(&[], &["secrets"]).len(), all - secrets.len());
        assert_eq!(active(&[], &["github-pat"]).len(), all - 1);
        let two =
            active(&["github-pat", "json-web-token", "npm-access-token"], &["json-web-token"]);
        assert_eq!(
            two.iter().map(|m| &m.id).collect::<Vec<_>>(),
            ["github-pat", "npm-access-token"]
        );
        assert_eq!(active(&["patterns"], &["patterns"]).len(), 0);
    }

    #[test]
    fn rules_keep_their_index() {
        let mut catalogue = Catalogue::built_in().unwrap();
        let before = catalogue.find("npm-access-token").unwrap();
        catalogue.select(&["npm-access-token".to_owned()], &[]).unwrap();
        assert_eq!(catalogue.find("npm-access-token"), Some(before));
        assert_eq!(catalogue.secrets[0].index, before);
    }
}
