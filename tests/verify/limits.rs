//! Who is not asked, how often others are, and what nobody gets to see.

use serde_json::Value;

use crate::provider::{Answer, Provider};
use crate::run::{Project, acme, acme_token};
use crate::{Making, verification};

#[test]
fn only_who_is_asked_for_is_asked() {
    let project = Project::new(&[("a.env", "ACME_KEY=acme_live\n")]);
    let provider = Provider::start(|_| Answer::status(200));
    let report = project.json(&provider, &["--format", "json"], &[]);
    assert!(report["findings"][0]["secret"].get("verification").is_none(), "{report:#}");
    assert_eq!(provider.requests().len(), 0);
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
fn a_host_is_asked_one_thing_at_a_time() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let text: String =
        (0..30).map(|n| format!("ACME_KEY={}\n", acme_token(&format!("n{n}")))).collect();
    let provider = Provider::start(|_| {
        MOST.fetch_max(OPEN.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::yield_now();
        OPEN.fetch_sub(1, Ordering::SeqCst);
        Answer::status(401)
    });
    Project::new(&[("a.env", &text)]).verify(&provider, &[]);
    assert_eq!((provider.requests().len(), MOST.load(Ordering::SeqCst)), (30, 1));
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
