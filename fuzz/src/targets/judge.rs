//! Any bytes through the whole pipeline and every report: ignore comments in
//! any state, the same output twice, and no secret in it.

use std::sync::{Arc, LazyLock};

use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::report::{self, Format, Report, Style};

use crate::check::{self, CATALOGUE};
use crate::seeds;

use super::secrets::scan;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let options = JudgeOptions { report_unused: true, excerpts: true, ..JudgeOptions::default() };
    Engine::new(Arc::clone(&CATALOGUE), options)
});

const PATHS: [&str; 6] = [
    "src/app.py", ".env", "compose.yaml", "README.md", "web/index.js", ".github/workflows/prod.yml",
];
/// Shorter values may stand in a report by chance.
const SECRET_LENGTH: usize = 16;

pub fn run(input: &[u8]) {
    let (path, text) = check::choice(input, PATHS.len());
    let path = PATHS[path];
    let report = ENGINE.scan_text(path, text);
    let again = ENGINE.scan_text(path, text);
    let lines = text.iter().filter(|byte| **byte == b'\n').count()
        + text.iter().filter(|byte| **byte == b'\r').count();
    for finding in &report.findings {
        assert!(finding.start <= finding.end, "a finding does not run backwards");
        assert!(finding.end.line as usize <= lines + 1, "a finding is in the file");
    }
    let secrets: Vec<&[u8]> = scan(path, text)
        .into_iter()
        .filter_map(|candidate| candidate.secret)
        .map(|range| &text[range])
        .filter(|secret| secret.len() >= SECRET_LENGTH && secret.iter().any(u8::is_ascii_digit))
        .collect();
    for format in Format::ALL {
        let bytes = written(format, &report);
        assert_eq!(bytes, written(format, &again), "{} is the same twice", format.name());
        for secret in &secrets {
            let leaked = bytes.windows(secret.len()).any(|window| window == *secret);
            assert!(!leaked, "{} shows a secret", format.name());
        }
        if matches!(format, Format::Json | Format::Sarif) {
            serde_json::from_slice::<serde_json::Value>(&bytes).expect("the report is JSON");
        }
    }
}

fn written(format: Format, report: &Report) -> Vec<u8> {
    let mut bytes = Vec::new();
    report::write(format, report, &mut bytes, &Style::default()).expect("a report can be written");
    bytes
}

pub fn seeds() -> Vec<Vec<u8>> {
    let ignores = [
        "password = \"q7Rz9f86d081884c7d65\" # seamline: ignore[hardcoded-password] a reason\n",
        "# seamline: ignore-next-line[hardcoded-password]\npassword = \"q7Rz9f86d081884c7d65\"\n",
        "# seamline: ignore-file[hardcoded-password]\n\npassword = 'q7Rz9f86d081884c7d65'\n",
        "secret: q7Rz9f86d081884c7d65 # gitleaks:allow nosemgrep: some.rule nosec B105\n",
        "{\"//\": \"seamline: ignore-next-line[hardcoded-key]\",\n\"api_key\": \"q7Rz9f86d081884c7d65\"}",
    ];
    let mut all = seeds::with_choice(&ignores, PATHS.len() as u8);
    all.extend(seeds::rule_examples().into_iter().map(|text| [&[0][..], &text].concat()));
    all
}
