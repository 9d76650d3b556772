//! Passwords in URLs: `scheme://user:password@host` (RFC 3986, 3.2.1).

use std::ops::Range;

use crate::finding::{Candidate, Confidence};
use crate::source::place::Role;

use super::inner::percent_decoded;
use super::randomness::is_sequence_or_repeat;
use super::reference::is_template;
use super::standin::{is_disguised, is_doubtful, is_made_up_word, is_placeholder, is_stand_in};
use super::value::{Assessment, at_place, has_part};
use super::words::Wording;
use super::{Detectors, Input};

const SPECIFICITY: u8 = 35;
/// Longest authority that is looked at, in bytes.
const MAX_AUTHORITY: usize = 512;

/// Schemes of databases, brokers, caches and directories.
const DATABASE_SCHEMES: &[&str] = &[
    "postgres", "postgresql", "mysql", "mysql2", "mariadb", "mongodb", "mongodb+srv", "redis",
    "rediss", "amqp", "amqps", "mssql", "sqlserver", "oracle", "cockroachdb", "clickhouse",
    "cassandra", "couchdb", "couchbase", "neo4j", "bolt", "influxdb", "elasticsearch", "ldap",
    "ldaps", "mqtt", "mqtts", "nats", "kafka", "snowflake", "db2", "firebird", "sqlanywhere",
    "postgis", "valkey", "memcached", "timescaledb", "redshift",
];

/// Reads the URL whose `://` is at `at`.
pub fn at_url(
    input: &Input<'_>,
    at: usize,
    detectors: &Detectors,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let user_info = user_info(input.text, at)?;
    let scheme = scheme(input.text, at);
    let database = DATABASE_SCHEMES.iter().any(|s| scheme_is(scheme, s));
    let rule = if database { detectors.database_url? } else { detectors.url? };
    let password = &input.text[user_info.password.clone()];
    let opinion = weigh(input, password, &user_info)?;
    candidates.push(opinion.candidate(rule, user_info.password, SPECIFICITY));
    Some(())
}

struct UserInfo {
    user: Range<usize>,
    password: Range<usize>,
    host: Range<usize>,
}

fn user_info(text: &[u8], at: usize) -> Option<UserInfo> {
    let start = at + 3;
    let window = text.get(start..text.len().min(start + MAX_AUTHORITY))?;
    let stop = |b: u8| b <= b' ' || b"\"'`<>\\|^,;()".contains(&b);
    let end = window.iter().position(|&b| stop(b)).unwrap_or(window.len());
    let authority = &window[..end];
    let slash = authority.iter().position(|b| b"/?#".contains(b)).unwrap_or(end);
    // A password may hold an unescaped `/` or `#`; then the `@` comes later.
    let sign = authority[..slash].iter().rposition(|&b| b == b'@')?;
    let colon = authority[..sign].iter().position(|&b| b == b':')?;
    if sign - colon < 2 {
        return None;
    }
    Some(UserInfo {
        user: start..start + colon,
        password: start + colon + 1..start + sign,
        host: start + sign + 1..start + slash,
    })
}

fn scheme(text: &[u8], at: usize) -> &[u8] {
    &text[scheme_start(text, at)..at]
}

/// Where the scheme before the `://` at `at` begins.
pub fn scheme_start(text: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(24);
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"+.-".contains(&b);
    let length = text[floor..at].iter().rev().take_while(|&&b| is_part(b)).count();
    at - length
}

/// `postgresql+psycopg2` is `postgresql` with a driver.
fn scheme_is(scheme: &[u8], name: &str) -> bool {
    let base = scheme.split(|&b| b == b'+').next().unwrap_or(scheme);
    scheme.eq_ignore_ascii_case(name.as_bytes()) || base.eq_ignore_ascii_case(name.as_bytes())
}

fn weigh(input: &Input<'_>, password: &[u8], info: &UserInfo) -> Option<Assessment> {
    let (user, host) = (&input.text[info.user.clone()], &input.text[info.host.clone()]);
    let decoded = percent_decoded(password);
    let (written, password) = (password, decoded.as_ref());
    let masked = password.iter().all(|b| matches!(b, b'*' | b'x' | b'X' | b'.' | b'-'))
        || password.iter().all(|b| *b == password[0])
        || password.iter().all(u8::is_ascii_punctuation);
    let optional = user.contains(&b'[') || user.contains(&b'{') || user.contains(&b'$');
    let filled_in = is_template(written) || is_template(host) || host.starts_with(b"%");
    if filled_in || masked || optional || host.is_empty() {
        return None;
    }
    let chosen = password.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    if password.len() < 4 || chosen < 3 {
        return Some(Assessment::new(Confidence::Low, "the password is too short to be one"));
    }
    if is_placeholder(password)
        || std::str::from_utf8(password).is_ok_and(|own| has_part(user, &[own]))
        || is_stand_in(password)
    {
        return Some(Assessment::new(Confidence::Low, "the password is one that examples use"));
    }
    if is_disguised(password) {
        let in_use = input.place.role == Role::Production && !is_local(host);
        let confidence = if in_use { Confidence::Medium } else { Confidence::Low };
        let reason = "the password is a word that tutorials use, in disguise";
        return Some(Assessment::new(confidence, reason));
    }
    if input.place.role != Role::Production && is_made_up_word(password) {
        return Some(Assessment::new(Confidence::Low, "a word in a test or example"));
    }
    Some(at_place(at_host(by_look(password), host), input.place.role))
}

/// What the password itself says.
fn by_look(password: &[u8]) -> Assessment {
    let digits = password.iter().filter(|b| b.is_ascii_digit()).count();
    let text = Wording::of(password).is_text();
    let sequence = is_sequence_or_repeat(password) || digits == password.len() && digits < 6;
    if sequence || is_doubtful(password) {
        return Assessment::new(Confidence::Low, "the password looks like a placeholder");
    }
    match (text, digits > 0) {
        (true, false) => Assessment::new(Confidence::Low, "the password is a plain word"),
        (true, true) => Assessment::new(Confidence::Medium, "the password is words and digits"),
        (false, _) if password.len() >= 8 && !password.iter().all(u8::is_ascii_lowercase) => {
            Assessment::new(Confidence::High, "the password is no word")
        }
        (false, _) => Assessment::new(Confidence::Medium, "the password is no word, but short"),
    }
    .and("a URL carries a user and a password")
}

/// `host`, `hostname:5432`: a host in a manual.
fn is_any_host(host: &[u8]) -> bool {
    let name = host.split(|b| *b == b':').next().unwrap_or(host);
    [&b"host"[..], b"hostname", b"server", b"domain", b"myhost", b"somehost"].contains(&name)
}

/// A password for this machine or for a reserved name opens less.
fn at_host(opinion: Assessment, host: &[u8]) -> Assessment {
    match is_local(host) {
        true => opinion.at_most(Confidence::Medium, "the host is local"),
        false => opinion,
    }
}

fn is_local(host: &[u8]) -> bool {
    const LOCAL: &[&str] =
        &["localhost", "127.0.0.1", "example.", ".example", "0.0.0.0", ".test", "[::1]"];
    has_part(host, LOCAL) || is_any_host(host)
}
