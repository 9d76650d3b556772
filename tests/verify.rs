//! `--verify`, through the program: a server on the loopback interface plays
//! the providers. What it was asked is looked at as much as what is reported.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

#[path = "verify/provider.rs"]
mod provider;
#[path = "verify/run.rs"]
mod run;

use provider::{Answer, Provider};
use run::{Project, acme, acme_token, stripe_key};
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

#[test]
fn a_live_credential_becomes_more_severe_and_a_dead_one_less() {
    let project =
        Project::new(&[("a.env", "ACME_KEY=acme_live\n"), ("b.env", "ACME_KEY=acme_dead\n")]);
    let provider = Provider::start(|request| match request.header("authorization") {
        Some(key) if key.contains("acmeQlive") => Answer::status(200),
        _ => Answer::status(401),
    });
    let report = project.verify(&provider, &[]);
    let found = report["findings"].as_array().unwrap();
    let facts: Vec<(&str, &str, &str, &str)> = found
        .iter()
        .map(|f| {
            let text = |v: &'static str| f[v].as_str().unwrap();
            let said = f["secret"]["verification"]["status"].as_str().unwrap();
            (text("path"), text("severity"), text("confidence"), said)
        })
        .collect();
    assert_eq!(facts, [("a.env", "critical", "high", "live"), ("b.env", "low", "medium", "dead")]);
    assert_eq!(
        found[0]["secret"]["verification"]["reason"],
        "accepted by api.acme.example (HTTP status 200)"
    );
    let reasons = found[0]["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|r| r == "the provider accepted the credential"), "{reasons:?}");
}

#[test]
fn only_who_is_asked_for_is_asked() {
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.json(&provider, &["--format", "json"], &[]);
    assert!(report["findings"][0]["secret"].get("verification").is_none(), "{report:#}");
    assert_eq!(provider.requests().len(), 0);
}

#[test]
fn the_request_is_the_one_of_the_rule() {
    let project = Project::new(&[(".env", "STRIPE=key\n")]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.verify(&provider, &[]);
    assert_eq!(verification(&report, "stripe-secret-key").0, "live");
    let asked = provider.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].method.as_str(), asked[0].target.as_str()), ("GET", "/v1/balance"));
    assert_eq!(asked[0].header("host"), Some("api.stripe.com"));
    assert!(asked[0].header("authorization").unwrap().starts_with("Basic "));
    assert!(asked[0].header("user-agent").unwrap().starts_with("seamline/"));
}

#[test]
fn a_pair_is_one_finding_and_asked_about_together() {
    let (sid, token) = (run::twilio_sid(), run::twilio_token());
    let text = format!("TWILIO_ACCOUNT_SID={sid}\nTWILIO_AUTH_TOKEN={token}\n");
    let project = Project::new(&[("prod.env", &text)]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.verify(&provider, &["--min-severity", "info"]);
    assert_eq!(verification(&report, "twilio-auth-token").0, "live");
    let found = report["findings"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{report:#}");
    assert_eq!(found[0]["related"][0]["start"]["line"], 1);
    assert_eq!(found[0]["related"][0]["message"], "the account SID that belongs to it");
    let asked = provider.requests();
    assert_eq!(asked[0].target, format!("/2010-04-01/Accounts/{sid}.json"));

    let alone = Project::new(&[("prod.env", &format!("TWILIO_AUTH_TOKEN={token}\n"))]);
    let (status, reason) = verification(&alone.verify(&provider, &[]), "twilio-auth-token");
    assert_eq!(status, "not-checked");
    assert_eq!(reason, "the account SID that belongs to it was not found near");
}

#[test]
fn the_host_follows_the_credential_only_as_the_rule_lists_it() {
    let key = |end: &str| format!("MAILCHIMP_API_KEY={}-{end}\n", run::hex(32, 7));
    let project = Project::new(&[("a.env", &key("us7")), ("b.env", &key("us99"))]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.verify(&provider, &[]);
    let said: Vec<&Value> = report["findings"].as_array().unwrap().iter().collect();
    assert_eq!(said[0]["secret"]["verification"]["status"], "live");
    assert_eq!(said[1]["secret"]["verification"]["status"], "not-checked");
    let hosts: Vec<Option<String>> =
        provider.requests().iter().map(|r| r.header("host").map(str::to_owned)).collect();
    assert_eq!(hosts, [Some("us7.api.mailchimp.com".to_owned())]);
}

#[test]
fn regions_are_asked_until_one_accepts() {
    let project = Project::new(&[("a.env", "REGIONAL=key\n")]);
    let accepting = |host: &'static str| {
        move |request: &provider::Request| {
            let known = request.header("host") == Some(host);
            Answer::status(if known { 200 } else { 401 })
        }
    };
    let provider = Provider::start(accepting("eu.region.example"));
    let report = project.verify(&provider, &[]);
    assert_eq!(verification(&report, "regional-token").0, "live");
    assert_eq!(provider.requests().len(), 2);
    let nobody = Provider::start(accepting("elsewhere.example"));
    assert_eq!(verification(&project.verify(&nobody, &[]), "regional-token").0, "dead");
}

#[test]
fn what_says_neither_is_unknown() {
    let cases: [(Making, &str); 6] = [
        (|| Answer::status(418), "HTTP status 418 says neither"),
        (|| Answer::status(503), "HTTP status 503, the provider has a problem"),
        (|| Answer::status(429), "HTTP status 429, asked too often"),
        (|| Answer::raw("no HTTP at all\r\n\r\n"), "the answer could not be read"),
        (|| Answer::raw(""), "no connection to the provider"),
        (Answer::silence, "no answer in time"),
    ];
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    for (answer, reason) in cases {
        let provider = Provider::start(move |_| answer());
        let said =
            verification(&project.verify(&provider, &["--verify-timeout", "1"]), "acme-token");
        assert_eq!(said, ("unknown".to_owned(), format!("api.acme.example: {reason}")));
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Provider::start(|_| Answer::status(200));
    let to = format!("http://{}/steal", elsewhere.address());
    let provider = Provider::start(move |_| Answer::redirect(&to));
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let (status, reason) = verification(&project.verify(&provider, &[]), "acme-token");
    assert_eq!(status, "unknown");
    assert!(reason.contains("redirects are not followed"), "{reason}");
    assert_eq!((provider.requests().len(), elsewhere.requests().len()), (1, 0));
}

#[test]
fn an_endless_body_ends() {
    let provider = Provider::start(|_| Answer::endless(200));
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    assert_eq!(verification(&project.verify(&provider, &[]), "acme-token").0, "live");
}

#[test]
fn the_same_credential_is_asked_about_once() {
    let files: Vec<(String, &str)> =
        (0..20).map(|n| (format!("{n}.env"), "ACME_KEY=acme_live\n")).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let provider = Provider::start(|_| Answer::status(200));
    let report = Project::new(&files).verify(&provider, &[]);
    let found = report["findings"].as_array().unwrap();
    let live = found.iter().filter(|f| f["secret"]["verification"]["status"] == "live").count();
    assert_eq!((live, provider.requests().len()), (20, 1));
}

#[test]
fn who_is_asked_too_often_is_left_alone() {
    let text: String =
        (0..9).map(|n| format!("ACME_KEY={}\n", acme_token(&format!("n{n}")))).collect();
    let project = Project::new(&[("a.env", &text)]);
    let provider = Provider::start(|_| Answer::status(429));
    let report = project.verify(&provider, &[]);
    let found = report["findings"].as_array().unwrap();
    let of = |status: &str| {
        found.iter().filter(|f| f["secret"]["verification"]["status"] == status).count()
    };
    assert_eq!((of("unknown"), of("not-checked"), provider.requests().len()), (2, 7, 2));
}

#[test]
fn no_more_than_a_bounded_number_is_asked() {
    let text: String =
        (0..520).map(|n| format!("ACME_KEY={}\n", acme_token(&format!("n{n}")))).collect();
    let project = Project::new(&[("a.env", &text)]);
    let provider = Provider::start(|_| Answer::status(401));
    let report = project.verify(&provider, &[]);
    let found = report["findings"].as_array().unwrap();
    assert_eq!((found.len(), provider.requests().len()), (520, 500));
    assert_eq!(
        found[519]["secret"]["verification"]["reason"],
        "more than 500 credentials in one run"
    );
}

#[test]
fn no_format_and_no_error_shows_the_secret_or_the_answer() {
    let secret = acme_token("live");
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let answers: [Making; 4] = [
        || Answer::body(200, &format!("you sent {}", acme_token("live"))),
        || Answer::redirect(&format!("https://evil.example/{}", acme_token("live"))),
        || Answer::raw(&format!("HTTP/1.1 {}\r\n\r\n", acme_token("live"))),
        || Answer::raw(&format!("HTTP/1.1 200 OK\r\nx {}\r\n\r\n", acme_token("live"))),
    ];
    for answer in answers {
        let provider = Provider::start(move |_| answer());
        for format in ["human", "concise", "json", "jsonl", "sarif"] {
            let (out, err) = project.run(
                &provider,
                &["--verify", "-v", "--format", format],
                &[("RUST_LOG", "trace")],
            );
            assert!(!out.contains(&secret) && !err.contains(&secret), "{format}: {out}{err}");
            assert!(!out.contains("you sent"), "{format}: {out}");
        }
    }
}

#[test]
fn every_format_says_what_came_of_it() {
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let provider = Provider::start(|_| Answer::status(200));
    for (format, said) in [
        ("human", "check: live: accepted by api.acme.example (HTTP status 200)"),
        ("concise", "critical[acme-token] Acme token (live)"),
        ("json", "\"verification\":{\"status\":\"live\",\"reason\":\"accepted by"),
        ("jsonl", "\"verification\":{\"status\":\"live\",\"reason\":\"accepted by"),
        ("sarif", "\"verification\":{\"reason\":\"accepted by"),
    ] {
        let (out, _) = project.run(&provider, &["--verify", "--format", format], &[]);
        assert!(out.contains(said), "{format}: {out}");
    }
}

#[test]
fn the_user_may_forbid_it_for_good() {
    let provider = Provider::start(|_| Answer::status(200));
    let project = Project::new(&[
        ("a.env", "ACME_KEY=acme_live\n"),
        ("seamline.toml", "min-severity = \"low\"\noffline = true\n"),
    ]);
    let by_config = "seamline: `--verify` is forbidden by seamline.toml:2: `offline = true`\n";
    for flags in
        [&["--verify"][..], &["--verify", "--no-config"], &["--verify", "--config", "x.toml"]]
    {
        let (code, out, err) = project.code(&provider, flags, &[]);
        assert_eq!((code, out.as_str(), err.as_str()), (2, "", by_config), "{flags:?}");
    }
    let free = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let (code, _, err) = free.code(&provider, &["--verify", "--offline"], &[]);
    assert!(code == 2 && err.contains("'--offline'"), "{code} {err}");
    let (code, _, err) = free.code(&provider, &["--verify"], &[("SEAMLINE_OFFLINE", "1")]);
    assert!(code == 2 && err.contains("SEAMLINE_OFFLINE"), "{code} {err}");
    assert_eq!(free.code(&provider, &["--offline"], &[]).0, 1);
    assert_eq!(provider.requests().len(), 0);
}

#[test]
fn rules_that_the_scanned_project_names_are_not_followed() {
    let provider = Provider::start(|_| Answer::status(200));
    let project = Project::new(&[
        ("a.env", "ACME_KEY=acme_live\n"),
        ("own/acme.toml", acme()),
        ("seamline.toml", "rules-dirs = [\"own\"]\n"),
    ]);
    let (out, err) = project.without_rules(&provider, &["--verify", "--format", "json", "a.env"]);
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let (status, reason) = verification(&report, "acme-token");
    assert_eq!(status, "not-checked");
    assert!(reason.contains("--rules"), "{reason}");
    assert_eq!(provider.requests().len(), 0);
}

#[test]
fn the_test_server_must_be_on_this_machine() {
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let provider = Provider::start(|_| Answer::status(200));
    for elsewhere in ["192.0.2.1:80", "evil.example:80", "0.0.0.0:80", "127.0.0.1"] {
        let variable = [("SEAMLINE_VERIFY_LOOPBACK", elsewhere)];
        let (code, _, err) = project.code(&provider, &["--verify"], &variable);
        assert!(code == 2 && err.contains("loopback address"), "{elsewhere}: {code} {err}");
    }
}

#[test]
fn a_proxy_sees_the_host_and_nothing_else() {
    let proxy = Provider::start(|_| Answer::status(403));
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let address = format!("http://{}", proxy.address());
    let variables = [
        ("SEAMLINE_VERIFY_LOOPBACK", ""),
        ("HTTPS_PROXY", address.as_str()),
        ("ALL_PROXY", address.as_str()),
        ("NO_PROXY", ""),
    ];
    let (out, _) = project.run(&proxy, &["--verify", "--format", "json"], &variables);
    let (status, reason) = verification(&serde_json::from_str(&out).unwrap(), "acme-token");
    assert_eq!((status.as_str(), reason.contains("proxy")), ("unknown", true), "{reason}");
    let asked = proxy.requests();
    assert_eq!(asked[0].method, "CONNECT");
    assert_eq!(asked[0].target, "api.acme.example:443");
    assert!(asked.iter().all(|request| !request.text.contains(&acme_token("live"))));
}

#[test]
fn a_severity_that_the_user_wrote_down_stays() {
    let project = Project::new(&[
        (".env", "STRIPE=key\n"),
        ("seamline.toml", "[rules.stripe-secret-key]\nseverity = \"medium\"\n"),
    ]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.verify(&provider, &[]);
    assert_eq!(verification(&report, "stripe-secret-key").0, "live");
    assert_eq!(report["findings"][0]["severity"], "medium");
    assert!(!report.to_string().contains(&stripe_key()));
}
