//! Builds reports the way the pipeline does, for the tests of every format.
//! The secrets in them are made up.

use std::borrow::Cow;
use std::sync::Arc;

use seamline::finding::{
    Category, Confidence, Excerpt, Finding, Position, RedactedSecret, Related, RuleMeta, Secret,
    Severity,
};
use seamline::judge::Hidden;
use seamline::report::{Format, Report, Style};
use seamline::rules::model::{RuleHead, RuleTexts};
use seamline::source::Skip;

/// The raw value of the sample's secret: must never be in any output.
pub fn raw_secret() -> String {
    ["AKIA", "Q7WZ4TNB", "X3MHLC2E"].concat()
}

pub fn aws_key() -> RuleMeta {
    RuleMeta { head: aws_head(), texts: aws_texts().into() }
}

fn aws_head() -> RuleHead {
    RuleHead {
        id: "aws-access-key".to_owned(),
        title: "AWS access key ID".to_owned(),
        category: Category::Secret,
        severity: Severity::Critical,
        confidence: Confidence::High,
        topic: "secret-hardcoded".to_owned(),
    }
}

fn aws_texts() -> RuleTexts {
    RuleTexts {
        what: "An AWS access key ID is written into this file.".to_owned(),
        why: "Anyone who reads the file can act in the account with the rights of the key, e.g. \
              start machines that you pay for."
            .to_owned(),
        fix: "Revoke the key, then let the code read the new one from the environment variable \
              `AWS_ACCESS_KEY_ID` or a secret manager. On AWS itself a role needs no key at all. \
              Rewriting the history of the repository does not replace the revocation, because \
              copies of it exist."
            .to_owned(),
        revoke: Some("In the IAM console, deactivate and delete the access key.".to_owned()),
        references: vec![
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
                .to_owned(),
        ],
        cwe: vec!["CWE-798".to_owned()],
        owasp: vec!["API2:2023".to_owned(), "API8:2023".to_owned()],
        languages: Vec::new(),
        provider: Some("Amazon Web Services".to_owned()),
    }
}

pub fn tls_off() -> RuleMeta {
    let head = RuleHead {
        id: "tls-verify-off".to_owned(),
        title: "TLS certificate verification is turned off".to_owned(),
        category: Category::Pattern,
        severity: Severity::High,
        topic: "tls-verification".to_owned(),
        ..aws_head()
    };
    RuleMeta { head, texts: tls_texts().into() }
}

pub fn tls_texts() -> RuleTexts {
    RuleTexts {
        what: "The certificate of the server is not checked.".to_owned(),
        why: "Anyone on the network path can pose as the server and read everything.".to_owned(),
        fix: "Remove `verify=False`. For a private authority pass its certificate: \
              `verify=\"/path/ca.pem\"`."
            .to_owned(),
        revoke: None,
        references: Vec::new(),
        cwe: vec!["CWE-295".to_owned(), "CWE-79".to_owned()],
        languages: vec!["python".to_owned()],
        provider: None,
        ..aws_texts()
    }
}

pub fn missing_auth() -> RuleMeta {
    let fix = "Put the authentication middleware before the handler, as its neighbours do.";
    let head = RuleHead {
        id: "route-without-auth".to_owned(),
        title: "Route without authentication".to_owned(),
        category: Category::Surface,
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        topic: "missing-authentication".to_owned(),
    };
    RuleMeta { head, texts: RuleTexts { fix: fix.to_owned(), ..tls_texts() }.into() }
}

pub fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

/// A finding of `rule` in `path` on the only line `code`, underlining `marked`.
pub fn finding(
    rule: &Arc<RuleMeta>,
    path: &str,
    start: Position,
    code: &str,
    marked: &str,
) -> Finding {
    let from = code.find(marked).unwrap();
    let width = marked.chars().count() as u32;
    Finding {
        rule: Arc::clone(rule),
        severity: rule.severity,
        confidence: rule.confidence,
        path: path.into(),
        start,
        end: at(start.line, start.column.saturating_add(width)),
        message: rule.title.clone(),
        fingerprint: format!("{:016x}{:08x}{:08x}", path.len(), start.line, start.column),
        secret: None,
        related: Vec::new(),
        way: false,
        reasons: Vec::new(),
        origin: None,
        excerpt: Some(Excerpt {
            first_line: start.line - code[..from].matches('\n').count() as u32,
            text: code.to_owned(),
            mark: from..from + marked.len(),
            cut: false,
        }),
        shown: None,
        traces: None,
        suppressed: None,
    }
}

/// A finding that carries a secret, as the judge makes it for `--show-secrets`.
pub fn secret_finding(rule: &Arc<RuleMeta>, path: &str, start: Position) -> Finding {
    let secret = Secret::new(raw_secret().as_bytes());
    let redacted = secret.redacted(4);
    let code = format!("# settings\nAWS_KEY = \"{redacted}\"\nREGION = \"eu-central-1\"");
    Finding {
        secret: Some(RedactedSecret {
            provider: "Amazon Web Services".to_owned(),
            redacted: redacted.clone(),
            verification: None,
        }),
        reasons: vec![Cow::Borrowed("fixed format"), Cow::Borrowed("assigned to AWS_KEY")],
        shown: Some(secret),
        suppressed: None,
        ..finding(rule, path, start, &code, &redacted)
    }
}

pub fn skip(path: &str, reason: &'static str) -> Skip {
    Skip { path: path.into(), reason: Cow::Borrowed(reason) }
}

/// A small report with something of everything.
pub fn report() -> Report {
    let (aws, tls, auth) = (Arc::new(aws_key()), Arc::new(tls_off()), Arc::new(missing_auth()));
    let route = Finding {
        related: vec![Related {
            path: "server/app.js".into(),
            start: at(3, 1),
            message: "the router is mounted here without a guard".to_owned(),
        }],
        ..finding(
            &auth,
            "server/orders.js",
            at(21, 1),
            "\nrouter.delete(\"/orders/:id\", (req, res) => {\n  db.remove(req.params.id);",
            "router.delete(\"/orders/:id\"",
        )
    };
    let call = "response = requests.post(\n    URL,\n    json=order,\n    verify=False,\n)";
    Report {
        findings: vec![
            secret_finding(&aws, "app/settings.py", at(12, 12)),
            finding(&tls, "app/settings.py", at(31, 5), call, "verify=False"),
            route,
        ],
        skipped: vec![skip("docs/logo.png", "binary"), skip("secrets.pem", "permission denied")],
        warnings: vec!["app/old.py:3: unknown rule `tls-of` in an ignore".to_owned()],
        files: 1_204,
        bytes: 9_876_543,
        suppressed: Vec::new(),
        excluded: 0,
        hidden: Hidden {
            suppressed_inline: 1,
            suppressed_baseline: 1,
            hidden_by_config: 2,
            below_gates: 0,
        },
        elapsed_ms: 215,
        rules: vec![aws, tls, auth],
        config: Some("seamline.toml".to_owned()),
        repo_prefix: None,
    }
}

/// `count` findings over as many files, of all severities.
pub fn many(count: u32) -> Report {
    let rules: Vec<Arc<RuleMeta>> = Severity::ALL
        .iter()
        .map(|severity| {
            let id = format!("rule-{}", severity.name());
            let RuleMeta { head, texts } = tls_off();
            let head = RuleHead { id, severity: *severity, ..head };
            Arc::new(RuleMeta { head, texts })
        })
        .collect();
    let one = |i: u32| {
        let rule = &rules[i as usize % rules.len()];
        finding(
            rule,
            &format!("src/{:06}.py", i / 3),
            at(1 + i % 3, 1),
            "get(verify=False)",
            "verify=False",
        )
    };
    Report {
        findings: (0..count).map(one).collect(),
        files: u64::from(count),
        rules: rules.clone(),
        ..Report::default()
    }
}

/// `report` written in `format`, as text.
pub fn written(format: Format, report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    seamline::report::write(format, report, &mut out, style).unwrap();
    String::from_utf8(out).unwrap()
}

/// `text` without the version of the tool, for snapshots that outlive it.
pub fn unversioned(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "[version]")
}
