//! Scripts in components and pages: read as code, at their true places.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::rules::Catalogue;

/// Line, column and rule of what is found in `text`.
fn found(path: &str, text: &str) -> Vec<(u32, u32, String)> {
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let engine = Engine::new(catalogue, JudgeOptions::default());
    let report = engine.scan_text(path, text.as_bytes());
    report.findings.iter().map(|f| (f.start.line, f.start.column, f.rule.id.clone())).collect()
}

#[test]
fn a_finding_in_the_second_script_stands_where_it_is_in_the_file() {
    let text = "<template><p>ü a < b</p></template>\n<script lang=\"ts\">\nlet a: number\n</script>\n\
        é <script setup lang=\"ts\">new https.Agent({ rejectUnauthorized: false as boolean, x: 1 })\n\
        const b = { rejectUnauthorized: false }</script>\n";
    let expected = (6, 13, "node-reject-unauthorized-off".to_owned());
    assert_eq!(found("src/App.vue", text), [expected]);
}

#[test]
fn markup_outside_of_scripts_is_no_code() {
    let text = "<p>{ rejectUnauthorized: false }</p><script type=\"text/x-template\">\
        f({ rejectUnauthorized: false })</script>";
    assert_eq!(found("index.html", text), []);
}
