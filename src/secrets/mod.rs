//! Finds credentials in text: shape first, then context. Knows no grammar.
//!
//! One pass ([`kernel`]) yields runs of token characters and anchor words. A
//! run is tried against the providers' formats ([`vendor`]); an anchor leads to
//! an assignment ([`generic`]), a URL ([`urls`]) or a private key ([`keys`]).
//! Nothing is dropped for being in a test: the place lowers the confidence.

mod assessment;
mod assignment;
mod beside;
pub mod checksum;
mod claims;
mod commands;
mod connection;
mod der;
mod encoded;
mod encrypted;
mod files;
pub mod format;
mod generic;
mod headers;
mod inner;
mod invented;
mod jwk;
mod kernel;
mod keys;
mod literal;
mod logins;
mod look;
mod manifests;
mod name;
mod password;
mod pem;
pub mod randomness;
mod randomness_table;
mod reference;
mod service_account;
mod shapes;
mod sql;
mod standin;
mod tables;
mod tink;
mod urls;
mod value;
mod vendor;
mod words;

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::finding::{Candidate, RuleIndex};
use crate::rules::Catalogue;
use crate::source::Source;

use crate::source::place::Place;
use commands::CommandLine;
use encoded::{Budget, Decoder, Layer};
use files::FileRules;
use kernel::{Anchor, AnchorHit, Events, Run};
use manifests::ManifestRules;
use vendor::{Near, Vendors};

/// The compiled secret rules; shared by all threads.
pub struct SecretsEngine {
    vendors: Vendors,
    detectors: Detectors,
    files: FileRules,
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
    /// There were too many encoded pieces to decode them all; likewise.
    NotAllDecoded,
}

impl Scanned {
    /// What was left out, as the reason of a skip.
    pub fn shortfall(self) -> Option<Cow<'static, str>> {
        let reason = match self {
            Scanned::Whole => return None,
            Scanned::InPart => "too many candidates for secrets: only its first part was searched",
            Scanned::NotAllDecoded => {
                "too many encoded pieces: not all were decoded to search them for secrets"
            }
        };
        Some(reason.into())
    }
}

/// Buffers of one thread.
#[derive(Default)]
pub struct SecretsScratch {
    events: Events,
    layers: [Layer; encoded::DEPTH],
}

/// What every detector gets.
struct Input<'a> {
    text: &'a [u8],
    place: Place,
    vendors: &'a Vendors,
}

/// The names a rule may use in `detector`; the last ones read known files.
pub const DETECTORS: [&str; 28] = [
    "password-assignment", "key-assignment", "authorization-header", "url-credential",
    "database-url", "private-key", "jwt", "netrc", "pgpass", "password-hashes", "git-credentials",
    "key-file", "sql-hashes", "shell-exports", "command-line", "connection-string",
    "kubernetes-secret", "kubeconfig-client-key", "docker-auth", "json-web-key", "putty-key",
    "sql-password", "postman", "terraform-state", "service-account-key", "login-urls", "key-store",
    "tink-keyset",
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
    command: Option<RuleIndex>,
    connection: Option<RuleIndex>,
    service_account: Option<RuleIndex>,
    netrc: Option<RuleIndex>,
    json_web_key: Option<RuleIndex>,
    putty: Option<RuleIndex>,
    tink: Option<RuleIndex>,
    sql: Option<RuleIndex>,
    manifests: ManifestRules,
    /// The rule whose message names the account.
    aws_key_id: Option<RuleIndex>,
}

impl Detectors {
    fn new(catalogue: &Catalogue) -> Self {
        let named = |name: &str| {
            let found = |entry: &&crate::rules::SecretEntry| {
                entry.outline.detector.as_deref() == Some(name)
            };
            catalogue.secrets.iter().find(found).map(|entry| entry.index)
        };
        Detectors {
            password: named("password-assignment"),
            key: named("key-assignment"),
            authorization: named("authorization-header"),
            url: named("url-credential"),
            database_url: named("database-url"),
            private_key: named("private-key"),
            jwt: named("jwt"),
            command: named("command-line"),
            connection: named("connection-string"),
            service_account: named("service-account-key"),
            netrc: named("netrc"),
            json_web_key: named("json-web-key"),
            putty: named("putty-key"),
            tink: named("tink-keyset"),
            sql: named("sql-password"),
            aws_key_id: catalogue.find("aws-access-key-id"),
            manifests: ManifestRules {
                secret: named("kubernetes-secret"),
                client_key: named("kubeconfig-client-key"),
                registry: named("docker-auth"),
            },
        }
    }
}

impl SecretsEngine {
    /// Compiles the secret rules of `catalogue`.
    pub fn new(catalogue: &Catalogue) -> Self {
        SecretsEngine {
            vendors: Vendors::new(catalogue),
            detectors: Detectors::new(catalogue),
            files: FileRules::new(catalogue),
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
        let SecretsScratch { events, layers } = scratch;
        let mut budget = Budget::of(source.text.len());
        let place = Place::of(&source.path);
        let known = candidates.len();
        self.files.scan(source.own_path(), source.text, place, candidates);
        let decoder = Decoder::new(self, (&source.path, place), layers, &mut budget);
        self.layer(source.text, decoder, events, candidates);
        self.describe(source.text, candidates);
        let all = candidates.len() < MAX_CANDIDATES;
        encrypted::remove(source, candidates, known);
        match all {
            false => Scanned::InPart,
            true if budget.exhausted => Scanned::NotAllDecoded,
            true => Scanned::Whole,
        }
    }

    /// Looks at `text`: a file, or what a piece of it decodes to.
    fn layer(
        &self,
        text: &[u8],
        decoder: Decoder<'_>,
        events: &mut Events,
        candidates: &mut Vec<Candidate>,
    ) {
        let mut file = FileScan {
            engine: self,
            input: Input { text, place: decoder.place, vendors: &self.vendors },
            near: Near::new(decoder.path, decoder.place),
            decoder,
            runs_done: 0,
            names_done: 0,
            tokens_done: 0,
            manifests_done: 0,
            keys_done: 0,
            command: CommandLine::default(),
        };
        kernel::scan(text, events, |events| {
            events.runs.iter().for_each(|run| file.run(*run, candidates));
            events.anchors.iter().for_each(|hit| file.anchor(*hit, candidates));
            if candidates.len() < MAX_CANDIDATES {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
    }

    /// Adds to messages what the credentials say of themselves.
    fn describe(&self, text: &[u8], candidates: &mut [Candidate]) {
        let Some(rule) = self.detectors.aws_key_id else { return };
        for candidate in candidates.iter_mut().filter(|candidate| candidate.rule == rule) {
            let written = &text[candidate.span.clone()];
            let id = candidate.decoded.as_ref().map_or(written, |decoded| decoded.value.bytes());
            let account = claims::aws_account(id);
            candidate.message =
                account.map(|account| format!("AWS access key ID of account {account}"));
        }
    }
}

/// How far the parts of one file have been looked at.
struct FileScan<'a> {
    engine: &'a SecretsEngine,
    input: Input<'a>,
    near: Near<'a>,
    decoder: Decoder<'a>,
    /// End of the last run whose whole neighbourhood was looked at.
    runs_done: usize,
    /// End of the last token.
    tokens_done: usize,
    /// End of the last name or assignment.
    names_done: usize,
    /// End of the last Kubernetes Secret.
    manifests_done: usize,
    /// End of the last JSON Web Key.
    keys_done: usize,
    command: CommandLine,
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
        if text[run.start..].starts_with(b"PuTTY-User-Key-File-") {
            keys::at_putty(&self.input, run, &self.engine.detectors, candidates);
        }
        if tink::may_begin(text, run)
            && let Some(rule) = self.engine.detectors.tink
            && let Some(end) = tink::at_base64(&self.input, run, rule, candidates)
        {
            self.tokens_done = end;
            return;
        }
        let found = self.engine.vendors.scan_run(text, run, done, &mut self.near, candidates);
        match found {
            Some(end) => self.tokens_done = self.tokens_done.max(end),
            None => self.decoder.at_run(text, run, candidates),
        }
    }

    /// What only a structure around the name can tell, then the assignment.
    fn name(&mut self, at: usize, candidates: &mut Vec<Candidate>) {
        let (input, detectors) = (&self.input, &self.engine.detectors);
        let manifests = &detectors.manifests;
        manifests::at_name(input, at, manifests, &mut self.manifests_done, candidates);
        if let Some(rule) = detectors.command {
            commands::at_name(input, at, rule, candidates);
        }
        if let Some(rule) = detectors.connection {
            connection::at_name(input, at, rule, candidates);
            logins::at_name(input, at, rule, candidates);
        }
        if let Some(rule) = detectors.tink {
            tink::at_key_data(input, at, rule, candidates);
        }
        if let Some(rule) = detectors.netrc {
            literal::at_netrc(input, at, rule, candidates);
        }
        if let Some(rule) = detectors.sql {
            sql::at_name(input, at, rule, candidates);
        }
        if at >= self.names_done {
            let near = &mut self.near;
            self.names_done = generic::at_name(input, at, detectors, near, candidates);
        }
    }

    fn flag(&mut self, at: usize, candidates: &mut Vec<Candidate>) -> Option<()> {
        let rule = self.engine.detectors.command?;
        commands::at_flag(&self.input, at, &mut self.command, rule, candidates)
    }

    fn anchor(&mut self, hit: AnchorHit, candidates: &mut Vec<Candidate>) {
        let (input, detectors) = (&self.input, &self.engine.detectors);
        match hit.anchor {
            Anchor::Name => self.name(hit.at, candidates),
            Anchor::Flag => {
                self.flag(hit.at, candidates);
            }
            Anchor::Connect => {
                if let Some(rule) = detectors.connection {
                    connection::at_connect(input, hit.at, rule, candidates);
                }
            }
            Anchor::Jwk => {
                if let Some(rule) = detectors.json_web_key {
                    jwk::at_kty(input, hit.at, rule, &mut self.keys_done, candidates);
                }
            }
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
            Anchor::Escape => self.decoder.at_escape(input.text, hit.at, candidates),
            Anchor::Sql => {
                if let Some(rule) = detectors.sql {
                    sql::at_identified(input, hit.at, rule, candidates);
                }
            }
        }
    }
}
