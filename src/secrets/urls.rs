//! Passwords in URLs: `scheme://user:password@host` (RFC 3986, 3.2.1).

use std::ops::Range;

use crate::finding::{Candidate, Confidence};

use super::value::{has_part, is_placeholder, is_template};
use super::{Detectors, Input};
use crate::source::place::Role;

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

/// Passwords of URLs in every tutorial.
const TUTORIAL: &[&str] = &[
    "password", "pass", "passwd", "pwd", "secret", "user", "username", "root", "admin", "postgres",
    "mysql", "guest", "test", "mongo", "redis", "example", "foo", "bar", "baz", "pw", "p", "xxx",
    "token", "postgresql", "changeme", "mypassword", "userpass", "userpassword", "dbpass",
];

/// Whether every tutorial uses `password` as a password.
pub fn is_tutorial(password: &[u8]) -> bool {
    TUTORIAL.iter().any(|word| password.eq_ignore_ascii_case(word.as_bytes()))
}

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
    candidates.push(Candidate::of_secret(rule, user_info.password, SPECIFICITY, opinion));
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

fn weigh(
    input: &Input<'_>,
    password: &[u8],
    info: &UserInfo,
) -> Option<(Confidence, &'static str)> {
    let (user, host) = (&input.text[info.user.clone()], &input.text[info.host.clone()]);
    let masked = password.iter().all(|b| matches!(b, b'*' | b'x' | b'X' | b'.' | b'-'))
        || password.iter().all(|b| *b == password[0]);
    let optional = user.contains(&b'[') || user.contains(&b'{') || user.contains(&b'$');
    if is_template(password) || is_template(host) || masked || optional || host.is_empty() {
        return None;
    }
    let tutorial = is_tutorial(password);
    if password.len() < 4 {
        return Some((Confidence::Low, "the password is too short to be one"));
    }
    let local =
        has_part(host, &["localhost", "127.0.0.1", "example.", "0.0.0.0", ".test", "[::1]"]);
    if is_placeholder(password) || password.eq_ignore_ascii_case(user) || tutorial {
        return Some((Confidence::Low, "the password is one that examples use"));
    }
    if local || input.place.role != Role::Production {
        return Some((Confidence::Low, "the host is local or the file is a test or example"));
    }
    if password.len() >= 8 && !password.iter().all(u8::is_ascii_lowercase) {
        return Some((Confidence::High, "a URL carries a user and a password"));
    }
    Some((Confidence::Medium, "a URL carries a user and a short or plain password"))
}
