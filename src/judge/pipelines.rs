//! The names that CI files take from a secret store. Where such a name has its
//! value written out in another file, the finding there can say that nobody
//! needs it: the pipeline already has it from a safe place.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::Position;
use crate::source::Source;
use crate::source::lines::Positions;

/// Names of one file that are read.
const MOST_IN_FILE: usize = 500;
/// Places of one name that are kept: the first ones.
const MOST_PLACES: usize = 3;
/// Bytes of a name.
const LONGEST: usize = 96;
const SHORTEST: usize = 6;

/// Files of pipelines by their own name.
const FILES: &[&str] = &[
    ".gitlab-ci.yml", "bitbucket-pipelines.yml", "azure-pipelines.yml", ".travis.yml",
    ".drone.yml", ".woodpecker.yml", "appveyor.yml", "cloudbuild.yaml", "buildspec.yml",
    "Jenkinsfile",
];
/// Folders whose files are pipelines.
const FOLDERS: &[&str] = &[".github/workflows/", ".circleci/", ".buildkite/", ".woodpecker/"];

/// What stands before a name that comes from a store: GitHub, Gitea and
/// Forgejo; Drone and Woodpecker; Jenkins.
const STORES: &[&[u8]] = &[b"secrets.", b"from_secret:", b"credentials('", b"credentials(\""];
/// What stands before the name of a variable, which in a pipeline without a
/// value of its own comes from the project's settings.
const VARIABLES: &[&[u8]] = &[b"${", b"$(", b"$"];
/// Words that say that a variable holds a credential.
const CREDENTIAL: &[&str] = &["TOKEN", "SECRET", "KEY", "PASSWORD", "PASSWD", "CREDENTIAL"];

/// A place: path and position.
pub(super) type At = (Arc<str>, Position);

/// Where each name is taken from a store, the first place of each file.
#[derive(Debug, Default)]
pub struct References {
    /// By name in upper case; sorted.
    places: BTreeMap<String, Vec<At>>,
}

impl References {
    /// Reads the references of `source`, if it is the file of a pipeline.
    pub fn read(&mut self, source: &Source<'_>) {
        if !is_pipeline(&source.path) {
            return;
        }
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for at in memchr::memchr2_iter(b'$', b's', source.text).chain(openings(source.text)) {
            if let Some(name) = name_at(source.text, at) {
                let first = found.entry(name).or_insert(at);
                *first = (*first).min(at);
            }
            if found.len() >= MOST_IN_FILE {
                break;
            }
        }
        let mut by_place: Vec<(usize, String)> = found.into_iter().map(|(n, at)| (at, n)).collect();
        by_place.sort();
        let mut positions = Positions::new(source.text);
        for (at, name) in by_place {
            let place = (Arc::clone(&source.path), positions.at(at));
            self.add(name, [place]);
        }
    }

    /// Which places are kept does not depend on the order in which they come.
    fn add(&mut self, name: String, places: impl IntoIterator<Item = At>) {
        let known = self.places.entry(name).or_default();
        known.extend(places);
        known.sort();
        known.truncate(MOST_PLACES);
    }

    /// Adds what another thread has read.
    pub fn merge(&mut self, other: References) {
        other.places.into_iter().for_each(|(name, places)| self.add(name, places));
    }

    /// The places that take `name` from a store, sorted.
    pub(super) fn of(&self, name: &str) -> &[At] {
        let key = name.replace('-', "_").to_ascii_uppercase();
        self.places.get(&key).map_or(&[], Vec::as_slice)
    }
}

fn is_pipeline(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let within = |folder: &str| {
        path.find(folder).is_some_and(|at| at == 0 || path.as_bytes()[at - 1] == b'/')
    };
    FILES.contains(&file) || FOLDERS.iter().any(|folder| within(folder))
}

/// Places of `from_secret:` and `credentials(`.
fn openings(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let all = [&b"from_secret:"[..], b"credentials("];
    all.into_iter().flat_map(|word| memchr::memmem::find_iter(text, word))
}

/// The name that a reference at `at` asks for.
fn name_at(text: &[u8], at: usize) -> Option<String> {
    let rest = &text[at..];
    let store = STORES.iter().find(|opening| rest.starts_with(opening));
    let opening = match store {
        Some(opening) => opening,
        None => VARIABLES.iter().find(|opening| rest.starts_with(opening))?,
    };
    let rest = rest[opening.len()..].trim_ascii_start();
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-');
    let length = rest.iter().take(LONGEST + 1).take_while(is_part).count();
    let name = std::str::from_utf8(&rest[..length]).ok()?.replace('-', "_").to_ascii_uppercase();
    let credential = || CREDENTIAL.iter().any(|word| name.contains(word));
    let fits = (SHORTEST..=LONGEST).contains(&length) && (store.is_some() || credential());
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str) -> Vec<String> {
        let mut references = References::default();
        references.read(&Source { path: Arc::from(path), text: text.as_bytes(), origin: None });
        references.places.into_keys().collect()
    }

    #[test]
    fn names_of_all_stores_are_read_in_pipelines_only() {
        let github = "env:\n  K: ${{ secrets.DEPLOY_KEY }}\n  V: ${{ vars.REGION }}\n";
        assert_eq!(names(".github/workflows/ci.yml", github), ["DEPLOY_KEY"]);
        assert_eq!(names("docs/ci.yml", github), [""; 0]);
        let gitlab = "script: curl -H \"X: $DEPLOY_TOKEN\" $CI_SERVER ${DB_PASSWORD} $HOME\n";
        assert_eq!(names("app/.gitlab-ci.yml", gitlab), ["DB_PASSWORD", "DEPLOY_TOKEN"]);
        assert_eq!(names(".drone.yml", "token:\n  from_secret: api-token\n"), ["API_TOKEN"]);
        assert_eq!(names("Jenkinsfile", "X = credentials('deploy-key')"), ["DEPLOY_KEY"]);
        assert_eq!(names("azure-pipelines.yml", "args: $(ApiSecret)"), ["APISECRET"]);
    }
}
