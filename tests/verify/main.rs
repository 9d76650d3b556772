//! `--verify`, through the program: a server on the loopback interface plays
//! the providers. What it was asked is looked at as much as what is reported.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod answers;
mod limits;
mod provider;
mod run;

use provider::Answer;
use serde_json::Value;

/// Makes an answer each time that one is needed.
type Making = fn() -> Answer;

/// Status and reason of the only finding of `rule` in `report`.
fn verification(report: &Value, rule: &str) -> (String, String) {
    let all = report["findings"].as_array().unwrap();
    let found: Vec<&Value> = all.iter().filter(|f| f["rule"] == rule).collect();
    assert_eq!(found.len(), 1, "{rule}: {report:#}");
    let said = &found[0]["secret"]["verification"];
    let text = |key: &str| said[key].as_str().unwrap().to_owned();
    (text("status"), text("reason"))
}
