//! SARIF: what GitHub code scanning asks for. `.ci/validate-sarif` runs the
//! official validator on top.

use std::sync::Arc;

use seamline::finding::{Finding, RuleMeta, Severity, Suppression};
use seamline::report::{Format, Report, Style};
use seamline::rules::model::{RuleHead, RuleTexts};
use serde_json::Value;

use crate::sample::{
    at, aws_key, finding, many, missing_auth, report, tls_off, tls_texts, unversioned, written,
};

/// The only run of `report` in SARIF.
fn run(report: &Report) -> Value {
    let log: Value = serde_json::from_str(&written(Format::Sarif, report, &Style::PLAIN)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    log["runs"][0].clone()
}

/// A report with one finding of `rule`.
fn one(rule: RuleMeta) -> Report {
    let rule = Arc::new(rule);
    let findings = vec![finding(&rule, "a.py", at(1, 1), "x", "x")];
    Report { findings, rules: vec![rule], files: 1, ..Report::default() }
}

fn uri(location: &Value) -> &Value {
    &location["physicalLocation"]["artifactLocation"]["uri"]
}

#[test]
fn sarif_looks_like_this() {
    let text = written(Format::Sarif, &report(), &Style::PLAIN);
    let log: Value = serde_json::from_str(&text).unwrap();
    insta::assert_snapshot!(unversioned(&serde_json::to_string_pretty(&log).unwrap()));
}

#[test]
fn results_point_at_their_rule() {
    let run = run(&report());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn a_rule_is_listed_once_even_if_the_run_did_not_name_it() {
    let report = Report { rules: vec![Arc::new(aws_key()), Arc::new(aws_key())], ..one(tls_off()) };
    let run = run(&report);
    let ids: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| &r["id"]).collect();
    assert_eq!(ids, ["aws-access-key", "tls-verify-off"]);
    assert_eq!(run["results"][0]["ruleIndex"], 1);
}

#[test]
fn severity_becomes_level_and_score() {
    let expected = [
        (Severity::Info, "note", "0.0"),
        (Severity::Low, "note", "3.0"),
        (Severity::Medium, "warning", "5.5"),
        (Severity::High, "error", "8.0"),
        (Severity::Critical, "error", "9.5"),
    ];
    for (severity, level, score) in expected {
        let RuleMeta { head, texts } = tls_off();
        let run = run(&one(RuleMeta { head: RuleHead { severity, ..head }, texts }));
        let rule = &run["tool"]["driver"]["rules"][0];
        assert_eq!(rule["properties"]["security-severity"], score);
        assert_eq!(rule["defaultConfiguration"]["level"], level);
        assert_eq!(run["results"][0]["level"], level);
    }
}

#[test]
fn a_rule_stays_within_the_limits_of_code_scanning() {
    let texts = RuleTexts {
        why: "Très long. ".repeat(500),
        cwe: (1..30).map(|n| format!("CWE-{n}")).collect(),
        references: Vec::new(),
        ..tls_texts()
    };
    let rule = RuleMeta { texts: texts.into(), ..tls_off() };
    let run = run(&one(rule));
    let rule = &run["tool"]["driver"]["rules"][0];
    assert!(rule["fullDescription"]["text"].as_str().unwrap().len() <= 1_024);
    let tags = rule["properties"]["tags"].as_array().unwrap();
    assert_eq!(tags.len(), 10);
    assert_eq!([&tags[0], &tags[2]], ["security", "external/cwe/cwe-001"]);
    assert_eq!(rule["helpUri"], "https://cwe.mitre.org/data/definitions/1.html");
}

#[test]
fn paths_start_at_the_repository_root() {
    let report = Report { repo_prefix: Some("services/a b".to_owned()), ..report() };
    let run = run(&report);
    let result = &run["results"][2];
    assert_eq!(*uri(&result["locations"][0]), "services/a%20b/server/orders.js");
    assert_eq!(*uri(&result["relatedLocations"][0]), "services/a%20b/server/app.js");
    let notices = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(*uri(&notices[1]["locations"][0]), "services/a%20b/docs/logo.png");
    let base = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"];
    assert!(run["originalUriBaseIds"][base.as_str().unwrap()].is_object());
}

#[test]
fn a_message_links_to_what_is_related_and_to_nothing_else() {
    let mut report = report();
    report.findings[2].message = "Route [x](https://evil.example) is open".to_owned();
    let run = run(&report);
    assert_eq!(
        run["results"][2]["message"]["text"],
        "Route \\[x\\](https://evil.example) is open. \
         See [the router is mounted here without a guard](1)."
    );
    assert_eq!(run["results"][2]["relatedLocations"][0]["id"], 1);
}

#[test]
fn the_way_of_a_value_is_a_code_flow_that_ends_at_the_finding() {
    let mut report = report();
    report.findings[2].way = true;
    let run = run(&report);
    let steps = &run["results"][2]["codeFlows"][0]["threadFlows"][0]["locations"];
    let uris: Vec<&Value> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["location"]["physicalLocation"]["artifactLocation"]["uri"])
        .collect();
    assert_eq!(
        uris,
        [
            &run["results"][2]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            uri(&run["results"][2]["locations"][0])
        ]
    );
    assert!(run["results"][0]["codeFlows"].is_null());
}

#[test]
fn no_more_results_than_github_takes_the_most_severe_and_it_is_said() {
    let run = run(&many(26_000));
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    let criticals = results.iter().filter(|r| r["properties"]["severity"] == "critical").count();
    let infos = results.iter().filter(|r| r["properties"]["severity"] == "info").count();
    assert_eq!((criticals, infos), (5_200, 4_200));
    let uris: Vec<&str> =
        results.iter().map(|r| uri(&r["locations"][0]).as_str().unwrap()).collect();
    assert!(uris.is_sorted());
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        notice["message"]["text"],
        "1,000 of 26,000 findings are not in this file, the least severe ones."
    );
}

#[test]
fn the_severity_of_a_finding_wins_over_its_rule() {
    let rule = Arc::new(missing_auth());
    let found = Finding { severity: Severity::Info, ..finding(&rule, "a", at(1, 1), "x", "x") };
    let run = run(&Report { findings: vec![found], rules: vec![rule], ..Report::default() });
    assert_eq!(run["results"][0]["level"], "note");
    assert_eq!(run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"], "warning");
}

#[test]
fn what_is_suppressed_says_by_what_and_does_not_count_as_a_finding() {
    let rule = Arc::new(tls_off());
    let hidden = |by| Finding {
        suppressed: Some(by),
        ..finding(&rule, "a.py", at(2, 1), "verify=False", "verify=False")
    };
    let suppressed = vec![hidden(Suppression::Inline), hidden(Suppression::Baseline)];
    let report = Report { suppressed, ..one(tls_off()) };
    let results = run(&report)["results"].clone();
    assert!(results[0].get("suppressions").is_none());
    assert_eq!(results[1]["suppressions"][0]["kind"], "inSource");
    assert_eq!(results[2]["suppressions"][0]["kind"], "external");
    let json: Value = serde_json::from_str(&written(Format::Json, &report, &Style::PLAIN)).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
    assert_eq!(json["suppressed"][1]["suppressed"], "baseline");
    assert_eq!(json["summary"]["findings_by_severity"]["high"], 1);
}
