//! What is asked, and what the answers make of a finding.

use serde_json::Value;

use crate::provider::{self, Answer, Provider};
use crate::run::{self, Project, stripe_key};
use crate::{Making, verification};

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
fn a_pair_that_the_file_holds_encoded_is_sent_as_it_is() {
    use base64::Engine as _;
    let encoded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let text = format!(
        "TWILIO_ACCOUNT_SID_BASE64={}\nTWILIO_AUTH_TOKEN_BASE64={}\n",
        encoded(&run::twilio_sid()),
        encoded(&run::twilio_token())
    );
    let provider = Provider::start(|_| Answer::status(200));
    let report = Project::new(&[("prod.env", &text)]).verify(&provider, &[]);
    assert_eq!(verification(&report, "twilio-auth-token").0, "live");
    let asked = provider.requests();
    assert_eq!(asked[0].target, format!("/2010-04-01/Accounts/{}.json", run::twilio_sid()));
}

#[test]
fn a_signed_request_holds_no_secret() {
    let secret = ["k8Zt4LxW2vNc7YbR5mJd", "QpT9sHf3Gw6XcVbNm1Kj"].concat();
    let project = |kind: &str| {
        let id = [kind, "Q7WZ4TNB", "X3MHLC2E"].concat();
        Project::new(&[(
            "prod.env",
            &format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"),
        )])
    };
    let provider = Provider::start(|_| Answer::status(200));
    let report = project("AKIA").verify(&provider, &[]);
    assert_eq!(verification(&report, "aws-secret-access-key").0, "live");
    let asked = provider.requests();
    assert_eq!(
        (asked[0].method.as_str(), asked[0].header("host")),
        ("POST", Some("sts.amazonaws.com"))
    );
    let signature = asked[0].header("authorization").unwrap();
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIA"), "{signature}");
    assert!(asked[0].text.ends_with("Action=GetCallerIdentity&Version=2011-06-15"));
    assert!(!asked[0].text.contains(&secret));

    let (status, reason) =
        verification(&project("ASIA").verify(&provider, &[]), "aws-secret-access-key");
    assert_eq!(status, "not-checked");
    assert_eq!(reason, "the access key id that belongs to it is of another kind");
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
fn every_format_says_what_came_of_it() {
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let provider = Provider::start(|_| Answer::status(200));
    for (format, said) in [
        ("human", "providers say 1 live"),
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
fn the_report_fits_its_schema() {
    let schema = include_str!("../../schemas/seamline-report-v1.schema.json");
    let schema = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let provider = Provider::start(|_| Answer::status(200));
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n"), (".env", "STRIPE=key\n")]);
    let mut report = project.verify(&provider, &[]);
    assert!(schema.is_valid(&report));
    report["findings"][0]["secret"]["verification"]["status"] = "maybe".into();
    assert!(!schema.is_valid(&report));
}

#[test]
fn a_shared_credential_is_asked_about_where_it_stands() {
    let project = Project::new(&[
        (".env.dev", "ACME_KEY=acme_live\n"),
        (".env.prod", "ACME_KEY=acme_live\n"),
    ]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.verify(&provider, &[]);
    let found = report["findings"].as_array().unwrap();
    let said: Vec<(&str, Option<&str>)> = found
        .iter()
        .map(|f| (f["rule"].as_str().unwrap(), f["secret"]["verification"]["status"].as_str()))
        .collect();
    assert_eq!(
        said,
        [("acme-token", Some("live")), ("acme-token", Some("live")), ("shared-credential", None)]
    );
    assert_eq!(provider.requests().len(), 1);
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
