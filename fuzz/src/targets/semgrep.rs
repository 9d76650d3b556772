//! Any bytes as a file of Semgrep rules: refused with a reason, or read, and its
//! rules run on code. Every rule becomes one of ours or is told as left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::rules::Catalogue;
use seamline::semgrep;

const PYTHON: &[u8] = b"import flask, os\n@app.route('/a')\ndef f(x):\n    y = src(x)\n    \
    os.system(y, shell=True)\n    requests.get('http://a', verify=False)\n    return g(\"a\" + y)\n";
const SCRIPT: &[u8] = b"const { exec } = require('child_process');\nfunction f(req, res) {\n  \
    res.redirect(req.query.a);\n  exec('ls ' + req.body.x, { shell: true });\n}\n";

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let import = match semgrep::read("rules.yaml", text, &|id| id == "taken") {
        Err(problem) => {
            assert!(problem.line.is_some() && !problem.message.is_empty(), "a refusal has a place");
            return;
        }
        Ok(import) => import,
    };
    let lines = text.lines().count() + 1;
    assert!(import.notes.iter().all(|note| note.line <= lines && !note.why.is_empty()));
    let ids: BTreeSet<&str> = import.rules.iter().map(|rule| rule.file.id.as_str()).collect();
    assert_eq!(ids.len(), import.rules.len(), "an id stands for one rule");
    assert!(!ids.contains("taken"), "an id that is taken is not used");
    let mut catalogue = Catalogue::default();
    for rule in import.rules {
        catalogue.add_imported(rule.file, rule.regexes);
    }
    let engine = Engine::new(Arc::new(catalogue), JudgeOptions::default());
    for (path, code) in [("a.py", PYTHON), ("a.js", SCRIPT), ("a.yaml", input)] {
        let report = engine.scan_text(path, code);
        assert!(report.findings.iter().all(|finding| finding.start <= finding.end));
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let files = [
        include_str!("../../../tests/semgrep/python.yml"),
        include_str!("../../../tests/semgrep/javascript.yml"),
        include_str!("../../../tests/semgrep/others.yml"),
        include_str!("../../../tests/cli/semgrep.in/rules.yaml"),
    ];
    // One rule is a seed of its own: what is changed in it matters.
    let rules = files.iter().flat_map(|file| {
        let body = file.strip_prefix("rules:\n").unwrap_or(file);
        body.split("\n- id:").map(|rule| {
            let rule = rule.strip_prefix("- id:").unwrap_or(rule);
            format!("rules:\n- id:{rule}\n").into_bytes()
        })
    });
    rules.chain(files.iter().map(|file| file.as_bytes().to_vec())).collect()
}
