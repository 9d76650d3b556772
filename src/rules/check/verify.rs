//! Checks of `[rule.verify]` and `[rule.pair]`. What passes here can be sent:
//! only to hosts that are written out, and with an answer that means something.

use std::collections::BTreeSet;

use crate::rules::model::{Answer, Choice, Method, Pair, SecretRule, Sign, Verify};

use super::Findings;

/// What may stand in a request for a value of the finding.
const PLACEHOLDERS: [&str; 3] = ["secret", "user", "choice"];
/// Set by the program itself.
const OWN_HEADERS: [&str; 5] =
    ["host", "content-length", "transfer-encoding", "connection", "user-agent"];
/// Hosts of one rule: each of them is shown the secret.
const MOST_HOSTS: usize = 8;

/// Checks what `rule` says about asking its provider.
pub(super) fn check(findings: &mut Findings<'_, '_>, at: &str, rule: &SecretRule) {
    if let Some(pair) = &rule.pair {
        check_pair(findings, &format!("{at}/pair"), pair);
    }
    let Some(verify) = &rule.verify else { return };
    let at = format!("{at}/verify");
    let more = (0..).zip(&verify.more_urls).map(|(i, url)| (format!("{at}/more_urls/{i}"), url));
    for (pointer, url) in [(format!("{at}/url"), &verify.url)].into_iter().chain(more) {
        check_url(findings, &pointer, url, verify.choice.as_ref());
    }
    if verify.more_urls.len() >= MOST_HOSTS {
        let message = format!("the secret would be sent to more than {MOST_HOSTS} hosts");
        findings.add(&format!("{at}/more_urls"), message, "leave out the least likely");
    }
    check_headers(findings, &at, verify);
    check_body(findings, &at, verify);
    check_values(findings, &at, rule, verify);
    if verify.live.is_empty() {
        let fix = "write `live = [{ status = [200] }]`";
        findings.add(&format!("{at}/live"), "nothing says that a credential is live", fix);
    }
    check_answers(findings, &format!("{at}/live"), &verify.live);
    check_answers(findings, &format!("{at}/dead"), &verify.dead);
    check_overlap(findings, &at, verify);
}

fn check_pair(findings: &mut Findings<'_, '_>, at: &str, pair: &Pair) {
    findings.not_empty(&format!("{at}/what"), "what", &pair.what);
    if pair.rules.is_empty() && pair.names.is_empty() {
        let fix = "add `rules` that find the other half, or `names` it is assigned to";
        findings.add(at, "the pair says nothing to look for", fix);
    }
    let short = |name: &&String| name.bytes().filter(u8::is_ascii_alphanumeric).count() < 2;
    if let Some(name) = pair.names.iter().find(short) {
        let message = format!("`{name}` is in too many names");
        findings.add(&format!("{at}/names"), message, "write at least two letters");
    }
}

fn check_url(findings: &mut Findings<'_, '_>, at: &str, url: &str, choice: Option<&Choice>) {
    let fix = "write `https://`, the host in full, and a path";
    let Some(rest) = url.strip_prefix("https://") else {
        return findings.add(at, format!("`{url}` is not sent over TLS"), fix);
    };
    let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let target = &rest[host.len()..];
    let literal = match (host.strip_prefix("{choice}."), choice) {
        (Some(rest), Some(_)) => rest,
        _ => host,
    };
    if literal.contains('{') {
        let fix = "write the host out; where it depends on the credential declare a `choice`, \
                   and begin the host with `{choice}.`";
        return findings.add(at, format!("the host `{host}` is not written out"), fix);
    }
    if !is_host(literal) {
        return findings.add(at, format!("`{host}` is no host"), fix);
    }
    if target.contains('#') || !target.bytes().all(|b| b.is_ascii_graphic()) {
        findings.add(at, "the path cannot be sent", "percent-encode it, without a `#`");
    }
    if !target.is_empty() && !target.starts_with('/') {
        findings.add(at, "the URL has no path", "write a `/` after the host");
    }
    check_placeholders(findings, at, target);
}

/// A name of at least two labels, maybe with a port.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').map_or((host, None), |(n, p)| (n, Some(p)));
    let label = |label: &str| {
        let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && !label.starts_with('-') && label.bytes().all(sign)
    };
    name.contains('.')
        && name.split('.').all(label)
        && port.is_none_or(|p| p.parse::<u16>().is_ok_and(|p| p > 0))
}

/// `{word}` must be one of the placeholders; other braces mean themselves.
fn check_placeholders(findings: &mut Findings<'_, '_>, at: &str, template: &str) {
    for piece in template.split('{').skip(1) {
        let Some((name, _)) = piece.split_once('}') else { continue };
        if name.bytes().all(|b| b.is_ascii_lowercase()) {
            findings.known(at, "placeholder", name, &PLACEHOLDERS);
        }
    }
}

fn check_headers(findings: &mut Findings<'_, '_>, at: &str, verify: &Verify) {
    for (name, value) in &verify.headers {
        let pointer = format!("{at}/headers/{name}");
        let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || !name.bytes().all(sign) {
            let fix = "write it in lower case, e.g. `x-api-key`";
            findings.add(&pointer, format!("`{name}` is no header"), fix);
        }
        if OWN_HEADERS.contains(&name.as_str()) {
            findings.add(&pointer, format!("the header `{name}` is set by itself"), "leave it out");
        }
        if !value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            findings.add(&pointer, format!("`{name}` cannot be sent"), "write printable ASCII");
        }
        check_placeholders(findings, &pointer, value);
    }
    if verify.sign.is_some()
        && (verify.basic.is_some() || verify.headers.contains_key("authorization"))
    {
        let message = "a signed request has its own header `authorization`";
        findings.add(&format!("{at}/sign"), message, "leave the other one out");
    }
    if let Some(basic) = &verify.basic {
        let pointer = format!("{at}/basic");
        check_placeholders(findings, &pointer, basic);
        if !basic.contains(':') {
            let fix = "write `{user}:{secret}` or `{secret}:`";
            findings.add(&pointer, "Basic authentication takes two parts", fix);
        }
        if verify.headers.contains_key("authorization") {
            let message = "`basic` and a header `authorization` are one too many";
            findings.add(&pointer, message, "leave one of them out");
        }
    }
}

fn check_body(findings: &mut Findings<'_, '_>, at: &str, verify: &Verify) {
    let pointer = format!("{at}/body");
    let kind = verify.headers.get("content-type").map(String::as_str).unwrap_or_default();
    let known = ["application/json", "application/x-www-form-urlencoded"];
    match (&verify.body, verify.method) {
        (None, Method::Get | Method::Head | Method::Post) => {}
        (Some(_), Method::Get | Method::Head) => {
            findings.add(&pointer, "only a POST has a body", "write `method = \"POST\"`");
        }
        (Some(_), Method::Post) if !known.iter().any(|known| kind.starts_with(known)) => {
            let fix = format!("add the header `content-type`: {}", known.join(" or "));
            findings.add(&pointer, "nobody knows how to escape a value in this body", fix);
        }
        (Some(_), Method::Post) => {}
    }
}

/// The secret is sent, and what else is sent is there.
fn check_values(findings: &mut Findings<'_, '_>, at: &str, rule: &SecretRule, verify: &Verify) {
    let parts = [Some(&verify.url), verify.basic.as_ref(), verify.body.as_ref()];
    let parts: Vec<&String> = parts
        .into_iter()
        .flatten()
        .chain(&verify.more_urls)
        .chain(verify.headers.values())
        .collect();
    let uses = |placeholder: &str| parts.iter().any(|part| part.contains(placeholder));
    if let Some(sign) = &verify.sign {
        check_sign(findings, &format!("{at}/sign"), rule, sign);
    } else if !uses("{secret}") {
        let fix = "put `{secret}` where the provider expects it";
        findings.add(at, "the request does not hold the credential", fix);
    }
    if uses("{user}") && rule.pair.is_none() {
        let fix = "add a `[rule.pair]` that says where it is found";
        findings.add(at, "the request needs `{user}`, and the rule has no pair", fix);
    }
    match &verify.choice {
        None if uses("{choice}") => {
            let fix = "add `choice = { after = \"-\", of = [\"…\"] }`";
            findings.add(at, "the request needs `{choice}`, and there is none", fix);
        }
        Some(choice) => check_choice(findings, &format!("{at}/choice"), choice),
        None => {}
    }
}

fn check_sign(findings: &mut Findings<'_, '_>, at: &str, rule: &SecretRule, sign: &Sign) {
    let word = |text: &str| {
        text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if sign.region.is_empty()
        || sign.service.is_empty()
        || !word(&sign.region)
        || !word(&sign.service)
    {
        let fix = "write them as in `region = \"us-east-1\", service = \"sts\"`";
        findings.add(at, "the region or the service is no name", fix);
    }
    if rule.pair.is_none() {
        let fix = "add a `[rule.pair]` that says where the key's id is found";
        findings.add(at, "a signed request names the key's id, and the rule has no pair", fix);
    }
}

fn check_choice(findings: &mut Findings<'_, '_>, at: &str, choice: &Choice) {
    if choice.after.is_empty() || choice.texts.is_empty() {
        let fix = "write `after = \"-\"` and `of = [\"us1\", …]`";
        findings.add(at, "the choice is empty", fix);
    }
    let label = |text: &&String| {
        text.is_empty() || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if let Some(text) = choice.texts.iter().find(label) {
        let message = format!("`{text}` cannot be a part of a host name");
        findings.add(&format!("{at}/of"), message, "write lower-case letters and digits");
    }
}

fn check_answers(findings: &mut Findings<'_, '_>, at: &str, answers: &[Answer]) {
    for (i, answer) in answers.iter().enumerate() {
        let pointer = format!("{at}/{i}");
        if answer.status.is_empty() {
            findings.add(&pointer, "the answer has no status", "add `status = [200]`");
        }
        let about_credential = |status: &u16| matches!(status, 200..=299 | 400..=428 | 430..=499);
        if let Some(status) = answer.status.iter().find(|status| !about_credential(status)) {
            let message = format!("status {status} says nothing about a credential");
            findings.add(&pointer, message, "use 2xx and 4xx, without 429");
        }
        if answer.has.iter().chain(&answer.has_not).any(String::is_empty) {
            findings.add(&pointer, "an empty text is in every body", "leave it out");
        }
    }
}

/// What is live without a look at the body can never be dead.
fn check_overlap(findings: &mut Findings<'_, '_>, at: &str, verify: &Verify) {
    let plain = verify.live.iter().filter(|live| live.has.is_empty() && live.has_not.is_empty());
    let live: BTreeSet<u16> = plain.flat_map(|answer| answer.status.iter().copied()).collect();
    for (i, dead) in verify.dead.iter().enumerate() {
        if let Some(status) = dead.status.iter().find(|status| live.contains(status)) {
            let message = format!("status {status} is already said to be live");
            findings.add(&format!("{at}/dead/{i}"), message, "tell them apart by the body");
        }
    }
}
