//! Which environment and which service a credential is for, as far as names,
//! headings and paths tell. Apart from the relations that use it, because what
//! people call an environment is a table of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Traces;
use crate::rules::Catalogue;

/// Where a program runs. What matters more comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Environment {
    Production,
    Staging,
    Development,
    Testing,
}

impl Environment {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Staging => "staging",
            Environment::Development => "development",
            Environment::Testing => "test",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        match word {
            "prod" | "production" | "prd" => Some(Environment::Production),
            "staging" | "stage" | "stg" | "preprod" | "uat" | "qa" => Some(Environment::Staging),
            "dev" | "devel" | "develop" | "development" | "local" => Some(Environment::Development),
            "test" | "testing" => Some(Environment::Testing),
            _ => None,
        }
    }

    /// The environment that a value is for: by its own name, by the headings
    /// over it (`production:`), by the name of its file, by its folders. The
    /// nearest of them decides.
    pub fn of(traces: &Traces, path: &str) -> Option<Self> {
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let near = std::iter::once(traces.name.as_str())
            .chain(traces.sections.iter().map(String::as_str))
            .chain([file]);
        let found = near.flat_map(words).find_map(|word| Environment::of_word(&word));
        // A folder of tests is no environment.
        let folder = || {
            let words = folders.rsplit('/').flat_map(words);
            words
                .filter_map(|word| Environment::of_word(&word))
                .find(|e| *e != Environment::Testing)
        };
        found.or_else(folder)
    }
}

/// Words of names that tell a service, and the service: those of all providers
/// and some that everybody runs.
pub(super) struct Services(BTreeMap<String, String>);

/// Services without a provider; the last of each row is what it is called.
const OWN: &[&[&str]] = &[
    &[
        "db", "database", "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "pg",
        "database",
    ],
    &["redis", "cache", "redis"],
    &["rabbitmq", "amqp", "rabbitmq"],
    &["jwt", "jwt"],
    &["session", "session"],
    &["csrf", "csrf"],
    &["encryption", "encryption"],
    &["admin", "admin"],
];

impl Services {
    pub fn new(catalogue: &Catalogue) -> Self {
        let providers = catalogue.secrets.iter().flat_map(|entry| {
            let single = entry.provider.words.iter().filter(|word| words(word).count() == 1);
            single.map(|word| (word.clone(), entry.provider.key.clone()))
        });
        let mut services: BTreeMap<String, String> = providers.collect();
        for row in OWN {
            let Some((name, words)) = row.split_last() else { continue };
            services.extend(words.iter().map(|word| ((*word).to_owned(), (*name).to_owned())));
        }
        Services(services)
    }

    /// The services that `name` speaks of.
    pub fn of(&self, name: &str) -> BTreeSet<&str> {
        words(name).filter_map(|word| self.0.get(&word).map(String::as_str)).collect()
    }
}

/// The words of a name in lower case: `prodDbPassword`, `PROD_DB_PASSWORD` and
/// `.env.prod-db` have `prod` and `db`.
fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(humps)
}

/// The parts of `prodDbPassword`.
fn humps(word: &str) -> Vec<String> {
    let bytes = word.as_bytes();
    let starts = (1..bytes.len())
        .filter(|&at| bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase());
    let mut parts = Vec::new();
    let mut from = 0;
    for at in starts.chain([bytes.len()]) {
        let part = word.get(from..at).unwrap_or_default();
        if !part.is_empty() {
            parts.push(part.to_ascii_lowercase());
        }
        from = at;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Secret;

    fn environment(name: &str, sections: &[&str], path: &str) -> Option<&'static str> {
        let traces = Traces {
            identity: Secret::new(b"x").identity(),
            name: name.to_owned(),
            sections: sections.iter().map(|s| (*s).to_owned()).collect(),
            alone: false,
            secret: None,
            partner: None,
        };
        Environment::of(&traces, path).map(Environment::name)
    }

    #[test]
    fn the_nearest_word_tells_the_environment() {
        for (name, sections, path, expected) in [
            ("DB_PASSWORD", &[][..], ".env.production", Some("production")),
            ("DB_PASSWORD", &[], "deploy/values-stg.yaml", Some("staging")),
            ("DB_PASSWORD", &[], "appsettings.Development.json", Some("development")),
            ("password", &["db", "production"], "config/database.yml", Some("production")),
            ("prodApiKey", &["staging"], "dev/x.yml", Some("production")),
            ("key", &[], "terraform/prod/main.tf", Some("production")),
            ("key", &[], "k8s/overlays/staging/app/secret.yaml", Some("staging")),
            ("key", &[], "tests/test/data.json", None),
            ("key", &[], ".env.test", Some("test")),
            ("key", &[], "src/product/device.py", None),
        ] {
            assert_eq!(environment(name, sections, path), expected, "{name} {path}");
        }
    }

    #[test]
    fn services_are_told_by_name() {
        let services = Services::new(&Catalogue::built_in().unwrap());
        let of = |name: &str| services.of(name).into_iter().collect::<Vec<_>>();
        assert_eq!(of("GITHUB_WEBHOOK_SECRET"), ["github"]);
        assert_eq!(of("postgresPassword"), of("DB_PASSWORD"));
        assert_eq!(of("APP_KEY"), [""; 0]);
    }
}
