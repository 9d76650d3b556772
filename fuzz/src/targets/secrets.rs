//! Any bytes as a text in which secrets are looked for.

use std::sync::LazyLock;

use seamline::finding::Candidate;
use seamline::secrets::{SecretsEngine, SecretsScratch};

use crate::check::{self, CATALOGUE};

static ENGINE: LazyLock<SecretsEngine> = LazyLock::new(|| SecretsEngine::new(&CATALOGUE));

/// The place changes how a value is read; one path of each kind.
const PATHS: [&str; 6] = [
    "src/app.py", ".env", "deploy/values-production.yaml", "README.md", "tests/test_app.js", "data",
];

pub fn run(input: &[u8]) {
    let (path, text) = check::choice(input, PATHS.len());
    check::candidates(text, &scan(PATHS[path], text));
}

/// What the engine proposes for `text`, looked at twice: a used scratch
/// makes no difference.
pub fn scan(path: &str, text: &[u8]) -> Vec<Candidate> {
    let (source, mut scratch) = (check::source(path, text), SecretsScratch::default());
    let (mut first, mut second) = (Vec::new(), Vec::new());
    _ = ENGINE.scan(&source, &mut scratch, &mut first);
    _ = ENGINE.scan(&source, &mut scratch, &mut second);
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "the scratch is clean");
    first
}
