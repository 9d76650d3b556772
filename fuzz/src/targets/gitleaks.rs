//! Any bytes as a `.gitleaks.toml`: refused with a reason, or read, and its
//! rules and lists used on a text.

use std::sync::Arc;

use seamline::gitleaks::Gitleaks;
use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::rules::Catalogue;

const TEXT: &[u8] = b"password = \"q7Rz9f86d081884c7d65\"\nticket = \"abcd-1x2y3z4w\"\n";

pub fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(".gitleaks.toml");
    std::fs::write(&file, input).expect("a file");
    let mut catalogue = Catalogue::default();
    let mut gitleaks = match Gitleaks::read(&file, &catalogue) {
        Err(error) => return assert!(!error.to_string().is_empty(), "a refusal has a reason"),
        Ok(gitleaks) => gitleaks,
    };
    gitleaks.add_to(&mut catalogue);
    assert!(!gitleaks.summary().is_empty());
    let options = JudgeOptions { allowlists: gitleaks.allowlists, ..JudgeOptions::default() };
    let report = Engine::new(Arc::new(catalogue), options).scan_text("a.py", TEXT);
    assert!(report.findings.iter().all(|finding| finding.start.line <= 3));
}

pub fn seeds() -> Vec<Vec<u8>> {
    let text = r#"
[extend]
useDefault = true
disabledRules = ["github-pat"]
[[rules]]
id = "ticket"
description = "Ticket"
regex = '''(?i)ticket\s*=\s*"([a-z]{4}-[0-9a-z]{8})"'''
secretGroup = 1
entropy = 2.5
keywords = ["ticket"]
[[rules.allowlists]]
regexTarget = "line"
regexes = ["sample"]
[[allowlists]]
condition = "AND"
paths = ["vendor/"]
stopwords = ["demo"]
commits = ["0f0f"]
targetRules = ["ticket"]
"#;
    vec![text.as_bytes().to_vec()]
}
