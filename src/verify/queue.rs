//! Who is asked when. Each credential once, each host by one request at a time
//! and with a pause, a few hosts side by side, and an end to all of it: neither
//! a file with ten thousand tokens nor a host that does not answer may keep a
//! run going, nor may a run look like an attack on a provider.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::finding::{Identity, Verification, VerificationStatus};
use crate::rules::model::Answer;

use super::answer;
use super::request::Filled;
use super::send::Client;

/// Credentials that are asked about in one run; the first in the report's order.
const MOST_JOBS: usize = 500;
/// Hosts that are asked side by side.
const THREADS: usize = 8;
/// Answers of a host about itself (overload, no connection) in a row, after
/// which the rest of its credentials is left.
const PATIENCE: u32 = 2;

/// Rule, value and the value that belongs to it: the same question.
type Key = (String, Identity, Option<Identity>);

/// One credential to ask about.
pub(super) struct Job {
    /// One for each host, asked in this order until one accepts.
    pub requests: Vec<Filled>,
    pub live: Vec<Answer>,
    pub dead: Vec<Answer>,
}

/// What is to be asked.
#[derive(Default)]
pub(super) struct Jobs {
    jobs: Vec<Job>,
    /// The answer to each question that came up: a job, or why there is none.
    known: HashMap<Key, Result<usize, String>>,
}

/// What was answered, by job.
pub(super) struct Answers(Vec<Option<Verification>>);

impl Answers {
    /// The answer to `job`.
    pub fn of(&self, job: usize) -> Verification {
        self.0.get(job).cloned().flatten().unwrap_or_else(|| Verification {
            status: VerificationStatus::NotChecked,
            reason: "the check did not take place".to_owned(),
        })
    }
}

impl Jobs {
    /// The number of the job for `key`, made by `make` when first asked for.
    pub fn ticket(
        &mut self,
        key: Key,
        make: impl FnOnce() -> Result<Job, String>,
    ) -> Result<usize, String> {
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let made = if self.jobs.len() < MOST_JOBS {
            make().map(|job| {
                self.jobs.push(job);
                self.jobs.len() - 1
            })
        } else {
            Err(format!("more than {MOST_JOBS} credentials in one run"))
        };
        self.known.insert(key, made.clone());
        made
    }

    /// Asks for all of them and waits for the answers.
    pub fn run(self, client: &Client) -> Answers {
        // Jobs of one first host are one queue, so that no host is asked twice at once.
        let mut hosts: BTreeMap<String, Vec<(usize, Job)>> = BTreeMap::new();
        let count = self.jobs.len();
        for (number, job) in self.jobs.into_iter().enumerate() {
            let host = job.requests.first().map(|r| r.host.clone()).unwrap_or_default();
            hosts.entry(host).or_default().push((number, job));
        }
        let threads = hosts.len().min(THREADS);
        let queues = Mutex::new(hosts.into_values().collect::<VecDeque<_>>());
        let answers = Mutex::new(vec![None; count]);
        // A function, so that the lock is not held while a host is asked.
        let next = || lock(&queues).pop_front();
        let work = || {
            while let Some(queue) = next() {
                ask_host(queue, client, &mut |number, verification| {
                    if let Some(slot) = lock(&answers).get_mut(number) {
                        *slot = Some(verification);
                    }
                });
            }
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
        Answers(answers.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks about all jobs of one host, slowly, until it seems to have had enough.
fn ask_host(queue: Vec<(usize, Job)>, client: &Client, done: &mut dyn FnMut(usize, Verification)) {
    let mut troubles = 0;
    for (at, (number, job)) in queue.into_iter().enumerate() {
        if troubles >= PATIENCE {
            let reason = "the provider stopped answering earlier in this run".to_owned();
            done(number, Verification { status: VerificationStatus::NotChecked, reason });
            continue;
        }
        if at > 0 {
            thread::sleep(client.pause);
        }
        let (verification, overload) = ask(&job, client);
        troubles = if overload { troubles + 1 } else { 0 };
        done(number, verification);
    }
}

/// The answer to one job, and whether it was only about the host. Dead is said
/// if every host refuses; live, if one accepts.
fn ask(job: &Job, client: &Client) -> (Verification, bool) {
    let mut said: Option<(Verification, bool)> = None;
    for request in &job.requests {
        let reply = client.send(request);
        let verification = answer::read(&request.host, &reply, &job.live, &job.dead);
        let overload = answer::is_overload(&reply);
        match verification.status {
            VerificationStatus::Live => return (verification, false),
            VerificationStatus::Dead if said.is_some() => {}
            _ => said = Some((verification, overload)),
        }
    }
    said.unwrap_or_else(|| {
        let reason = "the rule names no host".to_owned();
        (Verification { status: VerificationStatus::NotChecked, reason }, false)
    })
}
