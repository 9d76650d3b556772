//! Finds credentials in text: shape first, then context. Knows no grammar.
//!
//! One pass ([`kernel`]) yields runs of token characters and anchor words. A
//! run is tried against the providers' formats ([`vendor`]); an anchor leads to
//! an assignment ([`generic`]), a URL ([`urls`]) or a private key ([`keys`]).
//! Nothing is dropped for being in a test: the place lowers the confidence.

mod assignment;
pub mod checksum;
pub mod format;
mod generic;
mod headers;
mod kernel;
mod keys;
mod literal;
mod name;
pub mod randomness;
mod randomness_table;
mod standin;
mod urls;
mod value;
mod vendor;
mod words;

use std::ops::ControlFlow;

use crate::finding::{Candidate, RuleIndex};
use crate::rules::Catalogue;
use crate::source::Source;

use crate::source::place::Place;
use kernel::{Anchor, AnchorHit, Events, Run};
use vendor::{Near, Vendors};

/// The compiled secret rules; shared by all threads.
pub struct SecretsEngine {
    vendors: Vendors,
    detectors: Detectors,
    empty: bool,
}

/// Candidates in one file after which the rest of it is left: no source file has
/// as many, and memory must not grow with what an attacker repeats.
pub const MAX_CANDIDATES: usize = 10_000;

/// How much of a file was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Scanned {
    Whole,
    /// There were too many candidates; the caller reports a skip.
    InPart,
}

/// Buffers of one thread.
#[derive(Default)]
pub struct SecretsScratch {
    events: Events,
}

/// What every detector gets.
struct Input<'a> {
    text: &'a [u8],
    place: Place,
    vendors: &'a Vendors,
}

/// The names a rule may use in `detector`.
pub const DETECTORS: [&str; 7] = [
    "password-assignment", "key-assignment", "authorization-header", "url-credential",
    "database-url", "private-key", "jwt",
];

/// The rules behind the detectors, where they are turned on.
struct Detectors {
    password: Option<RuleIndex>,
    key: Option<RuleIndex>,
    authorization: Option<RuleIndex>,
    url: Option<RuleIndex>,
    database_url: Option<RuleIndex>,
    private_key: Option<RuleIndex>,
    jwt: Option<RuleIndex>,
}

impl Detectors {
    fn new(catalogue: &Catalogue) -> Self {
        let named = |name: &str| {
            let found =
                |entry: &&crate::rules::SecretEntry| entry.rule.detector.as_deref() == Some(name);
            catalogue.secrets.iter().find(found).map(|entry| entry.index)
        };
        let [password, key, authorization, url, database_url, private_key, jwt] =
            DETECTORS.map(named);
        Detectors { password, key, authorization, url, database_url, private_key, jwt }
    }
}

impl SecretsEngine {
    /// Compiles the secret rules of `catalogue`.
    pub fn new(catalogue: &Catalogue) -> Self {
        SecretsEngine {
            vendors: Vendors::new(catalogue),
            detectors: Detectors::new(catalogue),
            empty: catalogue.secrets.is_empty(),
        }
    }

    /// Appends what looks like a secret in `source` to `candidates`. Linear in
    /// the length of the text. After [`MAX_CANDIDATES`] it gives up on the file.
    pub fn scan(
        &self,
        source: &Source<'_>,
        scratch: &mut SecretsScratch,
        candidates: &mut Vec<Candidate>,
    ) -> Scanned {
        if self.empty {
            return Scanned::Whole;
        }
        let place = Place::of(&source.path);
        let mut file = FileScan {
            engine: self,
            input: Input { text: source.text, place, vendors: &self.vendors },
            near: Near::new(&source.path, place),
            runs_done: 0,
            names_done: 0,
            tokens_done: 0,
        };
        kernel::scan(source.text, &mut scratch.events, |events| {
            events.runs.iter().for_each(|run| file.run(*run, candidates));
            events.anchors.iter().for_each(|hit| file.anchor(*hit, candidates));
            if candidates.len() < MAX_CANDIDATES {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        if candidates.len() < MAX_CANDIDATES { Scanned::Whole } else { Scanned::InPart }
    }
}

/// How far the parts of one file have been looked at.
struct FileScan<'a> {
    engine: &'a SecretsEngine,
    input: Input<'a>,
    near: Near<'a>,
    /// End of the last run whose whole neighbourhood was looked at.
    runs_done: usize,
    /// End of the last token.
    tokens_done: usize,
    /// End of the last name or assignment.
    names_done: usize,
}

impl FileScan<'_> {
    fn run(&mut self, run: Run, candidates: &mut Vec<Candidate>) {
        let done = self.runs_done;
        if run.has_digit {
            self.runs_done = run.end;
        }
        if run.end <= self.tokens_done {
            return;
        }
        let text = self.input.text;
        if text[run.start..run.start + 3] == *b"eyJ"
            && let Some(end) = keys::at_jwt(&self.input, run, &self.engine.detectors, candidates)
        {
            self.tokens_done = end;
            return;
        }
        let found = self.engine.vendors.scan_run(text, run, done, &mut self.near, candidates);
        self.tokens_done = self.tokens_done.max(found.unwrap_or(0));
    }

    fn anchor(&mut self, hit: AnchorHit, candidates: &mut Vec<Candidate>) {
        let (input, detectors) = (&self.input, &self.engine.detectors);
        match hit.anchor {
            Anchor::Name if hit.at >= self.names_done => {
                let near = &mut self.near;
                self.names_done = generic::at_name(input, hit.at, detectors, near, candidates);
            }
            Anchor::Name => {}
            Anchor::Url => {
                urls::at_url(input, hit.at, detectors, candidates);
                let (start, vendors) = (urls::scheme_start(input.text, hit.at), input.vendors);
                vendors.try_prefixes(input.text, start, &mut self.near, candidates);
            }
            Anchor::Pem => {
                keys::at_pem(input, hit.at, detectors, candidates);
            }
            Anchor::Scheme => {
                headers::at_scheme(input, hit.at, detectors, candidates);
            }
            Anchor::Sql => {
                generic::at_sql(input, hit.at, detectors, candidates);
            }
        }
    }
}
