//! What an answer says of a credential: live, dead or unknown. Apart from
//! sending, so that every case can be tested without a network.

use crate::finding::{Verification, VerificationStatus};
use crate::rules::model::Answer;

use super::send::Reply;

/// What `reply` says by the conditions of a rule. Live is looked at first: a
/// credential is never called dead while a condition says that it works.
pub(super) fn read(host: &str, reply: &Reply, live: &[Answer], dead: &[Answer]) -> Verification {
    let (status, body) = match reply {
        Reply::Answered { status, body } => (*status, squeezed(body)),
        Reply::Failed(reason) => return unknown(format!("{host}: {reason}")),
    };
    let said = |answers: &[Answer]| answers.iter().any(|answer| holds(answer, status, &body));
    let (standing, what) = match () {
        () if said(live) => (VerificationStatus::Live, "accepted"),
        () if said(dead) => (VerificationStatus::Dead, "refused"),
        () => return unknown(format!("{host}: {}", neither(status))),
    };
    Verification { status: standing, reason: format!("{what} by {host} (HTTP status {status})") }
}

/// True if the answer may be about the host and not about the credential, so
/// that asking it again helps nobody.
pub(super) fn is_overload(reply: &Reply) -> bool {
    matches!(reply, Reply::Answered { status: 429, .. } | Reply::Failed(_))
}

fn holds(answer: &Answer, status: u16, body: &[u8]) -> bool {
    let has = |text: &String| memchr::memmem::find(body, &squeezed(text.as_bytes())).is_some();
    answer.status.contains(&status) && answer.has.iter().all(has) && !answer.has_not.iter().any(has)
}

/// Without white space: `"ok": true` and `"ok":true` say the same.
fn squeezed(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn neither(status: u16) -> String {
    match status {
        300..=399 => format!("HTTP status {status}, and redirects are not followed"),
        429 => "HTTP status 429, asked too often".to_owned(),
        500..=599 => format!("HTTP status {status}, the provider has a problem"),
        _ => format!("HTTP status {status} says neither"),
    }
}

fn unknown(reason: String) -> Verification {
    Verification { status: VerificationStatus::Unknown, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use VerificationStatus::{Dead, Live, Unknown};

    fn on(status: &[u16], has: &[&str], has_not: &[&str]) -> Answer {
        let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect();
        Answer { status: status.to_vec(), has: texts(has), has_not: texts(has_not) }
    }

    #[test]
    fn status_and_body_decide_together() {
        let live = [on(&[200], &["\"ok\": true"], &[])];
        let dead = [on(&[401], &[], &[]), on(&[200], &["invalid_auth"], &["maintenance"])];
        let cases: [(u16, &str, VerificationStatus); 7] = [
            (200, "{ \"ok\" :true\n}", Live),
            (200, "{\"ok\":false,\"error\":\"invalid_auth\"}", Dead),
            (200, "{\"error\":\"invalid_auth\", \"maintenance\":1}", Unknown),
            (200, "", Unknown),
            (401, "{\"ok\":true}", Dead),
            (302, "", Unknown),
            (503, "{\"ok\":true}", Unknown),
        ];
        for (status, body, expected) in cases {
            let reply = Reply::Answered { status, body: body.as_bytes().to_vec() };
            assert_eq!(read("h", &reply, &live, &dead).status, expected, "{status} {body}");
        }
        assert_eq!(read("h", &Reply::Failed("no answer in time"), &live, &dead).status, Unknown);
    }
}
