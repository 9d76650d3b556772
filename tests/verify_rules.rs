//! `[rule.verify]` and `[rule.pair]` of a user's own rules: what is refused, and
//! that it is told with file, line and what to write instead.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use seamline::document::Problem;
use seamline::rules::{Catalogue, RuleError};

const HEAD: &str = "provider = \"acme\"\nname = \"Acme\"\n";
const EXAMPLES: &str = "[[rule.example]]\nmatch = \"k = '{token}'\"\n\
                        [[rule.example]]\nnear_miss = \"k = '{broken}'\"\n";

fn secret(id: &str, body: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\ntitle = \"T\"\nseverity = \"high\"\n{body}\n{EXAMPLES}")
}

/// Problems of a folder with these files, without the folder's own path.
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let root = format!("{}/", dir.path().display());
    match Catalogue::built_in().unwrap().add_folder(dir.path()) {
        Err(RuleError::Invalid(problems)) => {
            let plain = |p: &Problem| Problem { column: None, ..p.clone() }.to_string();
            problems.iter().map(|p| plain(p).replace(&root, "")).collect()
        }
        other => other.err().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn every_mistake_of_a_request_is_told_with_its_line() {
    let format = "formats = [[{ text = [\"acme_\"] }, { chars = \"a-z0-9\", len = 32 }]]";
    let told = |request: &str| {
        let body = format!("{format}\n[rule.verify]\n{request}");
        problems(&[("a.toml", &format!("{HEAD}{}", secret("acme-key", &body)))])
    };
    let rest = "headers = { a = \"{secret}\" }\nlive = [{ status = [200] }]\ndead = []";
    let good = format!("url = \"https://api.acme.example/me\"\n{rest}");
    assert_eq!(told(&good), [""; 0]);
    for (url, message) in [
        ("http://api.acme.example/", "`http://api.acme.example/` is not sent over TLS"),
        ("https://{secret}.acme.example/", "the host `{secret}.acme.example` is not written out"),
        ("https://{choice}.acme.example/", "the host `{choice}.acme.example` is not written out"),
        ("https://a@evil.example/", "`a@evil.example` is no host"),
        ("https://localhost/", "`localhost` is no host"),
        ("https://api.acme.example?x", "the URL has no path; write a `/` after the host"),
        ("https://api.acme.example/{secrt}", "unknown placeholder `secrt`; did you mean `secret`?"),
        ("https://api.acme.example/{user}", "the request needs `{user}`, and the rule has no pair"),
    ] {
        let told = told(&format!("url = \"{url}\"\n{rest}"));
        assert!(told.iter().any(|line| line.contains(message)), "{url}: {told:?}");
    }
    let url = "url = \"https://api.acme.example/me\"";
    for (request, message) in [
        (
            "live = [{ status = [200] }]\ndead = []",
            "a.toml:8: the request does not hold the credential",
        ),
        (
            "basic = \"{secret}:\"\nlive = [{ status = [200] }]\ndead = [{ status = [200] }]",
            "a.toml:12: status 200 is already said to be live; tell them apart by the body",
        ),
        ("basic = \"{secret}:\"\nlive = []\ndead = []", "nothing says that a credential is live"),
        (
            "basic = \"{secret}\"\nlive = [{ status = [200] }]\ndead = []",
            "Basic authentication takes two parts",
        ),
        ("body = \"{secret}\"\nlive = [{ status = [200] }]\ndead = []", "only a POST has a body"),
        (
            "method = \"POST\"\nbody = \"{secret}\"\nlive = [{ status = [200] }]\ndead = []",
            "nobody knows how to escape a value in this body",
        ),
        (
            "headers = { host = \"{secret}\" }\nlive = [{ status = [503] }]\ndead = []",
            "a.toml:10: the header `host` is set by itself; leave it out",
        ),
        (
            "sign = { region = \"us-east-1\", service = \"sts\" }\nlive = []\ndead = []",
            "a signed request names the key's id, and the rule has no pair",
        ),
        (
            "basic = \"{secret}:\"\nlive = [{ status = [301] }]\ndead = []",
            "status 301 says nothing",
        ),
        ("method = \"PUT\"\nlive = []\ndead = []", "unknown value `PUT`; "),
    ] {
        let told = told(&format!("{url}\n{request}"));
        assert!(told.iter().any(|line| line.contains(message)), "{request}: {told:?}");
    }
}

#[test]
fn a_pair_names_a_rule_that_there_is() {
    let format = "formats = [[{ text = [\"acme_\"] }, { chars = \"a-z0-9\", len = 32 }]]";
    let with = |id: &str| {
        let body = format!("{format}\n[rule.pair]\nwhat = \"id\"\nrules = [\"{id}\"]");
        problems(&[("a.toml", &format!("{HEAD}{}", secret("acme-key", &body)))])
    };
    assert_eq!(with("stripe-secret-key"), [""; 0]);
    assert_eq!(
        with("acme-kee"),
        ["a.toml:10: there is no rule `acme-kee` to be a pair with; did you mean `acme-key`?"]
    );
}
