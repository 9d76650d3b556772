//! `--verify`: asks the provider whether a credential that was found works.
//!
//! The only room that uses the network, and only when asked to. It runs after
//! the judge, on findings that are shown. A secret goes to the hosts that its
//! rule writes out and to nobody else: redirects are not followed, TLS is not
//! optional, and no answer, no error and no log line shows any part of it.
//!
//! | file | what it does |
//! |---|---|
//! | `request.rs` | the rule's request with the secret in it |
//! | `sign.rs` | requests that prove the secret instead of sending it |
//! | `send.rs` | one request over the wire, within limits |
//! | `answer.rs` | live, dead or unknown |
//! | `queue.rs` | who is asked when: once per secret, slowly per host, in bounds |

mod answer;
mod queue;
mod request;
mod send;
mod sign;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::finding::{
    Confidence, Finding, Secret, Severity, Traces, Verification, VerificationStatus,
};
use crate::rules::Catalogue;
use crate::rules::model::{Pair, Verify};
use queue::Job;
use send::Client;

/// Names the address that plays all providers in tests. Only a loopback address
/// is taken, so that a stray variable cannot send a secret off the machine.
pub const LOOPBACK_VARIABLE: &str = "SEAMLINE_VERIFY_LOOPBACK";

/// How providers are asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// For one request, from the look-up of the name to the last byte.
    pub timeout: Duration,
    /// Where all requests go instead; see [`LOOPBACK_VARIABLE`].
    pub loopback: Option<SocketAddr>,
}

/// Reads the value of [`LOOPBACK_VARIABLE`].
///
/// # Errors
/// Anything but the address and port of this machine's loopback interface.
pub fn loopback(written: &str) -> Result<SocketAddr, String> {
    let address = written.parse::<SocketAddr>().ok().filter(|a| a.ip().is_loopback());
    address.ok_or_else(|| {
        format!("`{LOOPBACK_VARIABLE}` takes a loopback address and a port, e.g. 127.0.0.1:8080")
    })
}

/// What is known of how to check the credentials of one rule.
struct Known<'c> {
    verify: &'c Verify,
    pair: Option<&'c Pair>,
    trusted: bool,
}

/// Asks the providers about `findings` and writes down what they say. A finding
/// of a live credential becomes more severe, one of a dead credential less, but
/// for rules in whose severity `is_pinned` says the user has decided.
pub fn check(
    catalogue: &Catalogue,
    findings: &mut [Finding],
    options: &Options,
    is_pinned: impl Fn(&str) -> bool,
) {
    let known = known(catalogue);
    let mut jobs = queue::Jobs::default();
    let tickets: Vec<_> = findings.iter().map(|f| ticket(f, &known, &mut jobs)).collect();
    let answers = jobs.run(&Client::new(options));
    for (finding, ticket) in findings.iter_mut().zip(tickets) {
        let Some(ticket) = ticket else { continue };
        let verification = match ticket {
            Ok(job) => answers.of(job),
            Err(reason) => not_checked(reason),
        };
        weigh(finding, verification.status, is_pinned(&finding.rule.id));
        if let Some(secret) = &mut finding.secret {
            secret.verification = Some(verification);
        }
    }
}

fn known(catalogue: &Catalogue) -> HashMap<&str, Known<'_>> {
    let known = catalogue.secrets.iter().filter_map(|entry| {
        let verify = entry.rule.verify.as_ref()?;
        let pair = entry.rule.pair.as_ref();
        Some((entry.rule.id.as_str(), Known { verify, pair, trusted: entry.trusted }))
    });
    known.collect()
}

/// The job that answers for `finding`, or why there is none; `None` for what is
/// no secret or only relates findings of others.
fn ticket(
    finding: &Finding,
    known: &HashMap<&str, Known<'_>>,
    jobs: &mut queue::Jobs,
) -> Option<Result<usize, String>> {
    let Traces { secret, partner, identity, .. } = finding.traces.as_ref()?;
    let Some(how) = known.get(finding.rule.id.as_str()) else {
        return Some(Err("no check is known for this kind of credential".to_owned()));
    };
    let Some(secret) = secret else { return Some(Err("the value was not kept".to_owned())) };
    let key = (finding.rule.id.clone(), *identity, partner.as_ref().map(Secret::identity));
    Some(jobs.ticket(key, || job(how, secret, partner.as_ref())))
}

fn job(how: &Known<'_>, secret: &Secret, partner: Option<&Secret>) -> Result<Job, String> {
    if !how.trusted {
        return Err("the rule was named by a config file; name its folder with `--rules`".into());
    }
    let values = request::Values { secret, user: partner };
    let requests = request::build(how.verify, &values, how.pair)?;
    Ok(Job { requests, live: how.verify.live.clone(), dead: how.verify.dead.clone() })
}

/// What an answer changes about a finding.
fn weigh(finding: &mut Finding, status: VerificationStatus, pinned: bool) {
    match status {
        VerificationStatus::Live => {
            finding.confidence = Confidence::High;
            finding.reasons.push("the provider accepted the credential".into());
            if !pinned {
                finding.severity = raised(finding.severity);
            }
        }
        VerificationStatus::Dead => {
            finding.confidence = finding.confidence.lowered();
            finding.reasons.push("the provider refused the credential".into());
            if !pinned {
                finding.severity = finding.severity.min(Severity::Low);
            }
        }
        VerificationStatus::Unknown | VerificationStatus::NotChecked => {}
    }
}

fn raised(severity: Severity) -> Severity {
    match severity {
        Severity::Info => Severity::Low,
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}

fn not_checked(reason: String) -> Verification {
    Verification { status: VerificationStatus::NotChecked, reason }
}
