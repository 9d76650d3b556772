//! Any bytes as a rule file of a user: refused with a reason, or usable.

use std::sync::Arc;

use seamline::rules::Catalogue;
use seamline::secrets::{SecretsEngine, SecretsScratch};
use seamline::syntax::{Parse, SyntaxEngine, SyntaxScratch};

use crate::check::source;

pub fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rule.toml"), input).expect("a file");
    let mut catalogue = Catalogue::default();
    if let Err(error) = catalogue.add_folder(folder.path()) {
        assert!(!error.to_string().is_empty(), "a refusal has a reason");
        assert!(catalogue.metas.is_empty(), "a bad folder adds no rule");
        return;
    }
    use_rules(&Arc::new(catalogue));
}

/// A file that was accepted compiles and can be run and explained.
fn use_rules(catalogue: &Arc<Catalogue>) {
    let text =
        b"import requests\nrequests.get(url, verify=False)\nkey = \"ab_0123456789abcdef0123\"\n";
    let (source, mut found) = (source("example.py", text), Vec::new());
    _ = SecretsEngine::new(catalogue).scan(&source, &mut SecretsScratch::default(), &mut found);
    let engine = SyntaxEngine::new(catalogue);
    if let Parse::Parsed(file) = engine.parse(&source, &mut SyntaxScratch::default()) {
        engine.run_rules(&file, &mut found);
    }
    assert!(found.iter().all(|candidate| candidate.span.end <= text.len()));
}
