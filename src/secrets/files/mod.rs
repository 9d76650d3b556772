//! Files that exist to hold credentials (`.netrc`, `.pgpass`, `wp-config.php`, a
//! site list of FileZilla …): their names say so, and what stands at a known
//! place in them is a credential whatever it looks like.
//!
//! Which files and keys there are is data (`[rule.file]` of a rule); formats
//! without keys have a reader here, named by the rule's `detector`. A file whose
//! name no rule knows costs two look-ups.

mod dumps;
mod exports;
mod hashes;
mod keyed;
mod logins;
mod lookup;
mod stores;
mod value;
mod whole;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::finding::{Candidate, RuleIndex};
use crate::rules::model::{KnownFile, SecretRule};
use crate::rules::{Catalogue, Lazy};
use crate::source::place::Place;

pub use keyed::closing;
pub use logins::netrc_entry;
pub use value::{decoded_pair, stored};

use super::MAX_CANDIDATES;
use super::value::Opinion;
use lookup::Lookup;

/// Beats a generic assignment; any provider's format names the credential better.
const SPECIFICITY: u8 = 39;

/// Settings of a program hold many kinds of credentials: there whatever names the
/// provider speaks, and only a generic assignment is beaten.
const OF_SETTINGS: u8 = 30;

/// What a reader gets.
pub(super) struct KnownText<'a> {
    pub(super) text: &'a [u8],
    pub(super) place: Place,
    pub(super) rule: RuleIndex,
    /// See [`Candidate::specificity`].
    pub(super) specificity: u8,
}

impl KnownText<'_> {
    /// A credential at `range`. More than [`MAX_CANDIDATES`] are not kept; the
    /// caller sees from their number that there may be more.
    fn push(&self, range: Range<usize>, opinion: Opinion, candidates: &mut Vec<Candidate>) {
        if candidates.len() < MAX_CANDIDATES {
            candidates.push(Candidate::of_secret(self.rule, range, self.specificity, opinion));
        }
    }

    /// The same, with the opinion on a value that a file stores.
    fn push_stored(&self, range: Range<usize>, candidates: &mut Vec<Candidate>) {
        if let Some(opinion) = stored(&self.text[range.clone()], self.place.role) {
            self.push(range, opinion, candidates);
        }
    }
}

/// How a file is read.
enum Reader {
    /// Values of these keys.
    Keys(Vec<Box<[u8]>>),
    Named(fn(&KnownText<'_>, &mut Vec<Candidate>)),
    /// The same, for the settings of any program.
    Settings(fn(&KnownText<'_>, &mut Vec<Candidate>)),
}

impl Reader {
    fn of(detector: Option<&str>, file: &KnownFile) -> Option<Self> {
        let named = match detector {
            Some("netrc") => logins::netrc,
            Some("pgpass") => logins::pgpass,
            Some("git-credentials" | "login-urls") => logins::git_credentials,
            Some("password-hashes") => hashes::account_lines,
            Some("sql-hashes") => dumps::sql_rows,
            Some("shell-exports") => dumps::shell_exports,
            Some("postman") => exports::postman,
            Some("terraform-state") => exports::terraform_state,
            Some("key-file") => whole::hex_key,
            Some("key-store") => stores::key_store,
            _ if file.keys.is_empty() => return None,
            _ => {
                return Some(Reader::Keys(file.keys.iter().map(|k| k.as_bytes().into()).collect()));
            }
        };
        let settings = matches!(detector, Some("shell-exports" | "postman" | "terraform-state"));
        Some(if settings { Reader::Settings(named) } else { Reader::Named(named) })
    }

    fn specificity(&self) -> u8 {
        match self {
            Reader::Settings(_) => OF_SETTINGS,
            Reader::Keys(_) | Reader::Named(_) => SPECIFICITY,
        }
    }
}

/// A rule about files of known names; read when there is one.
struct FileRule {
    index: RuleIndex,
    rule: Arc<Lazy<SecretRule>>,
    reader: OnceLock<Option<Reader>>,
}

impl FileRule {
    /// How its files are read; None if it does not say so, which
    /// [`crate::rules::check`] refuses.
    fn reader(&self, file: &KnownFile) -> Option<&Reader> {
        let detector = self.rule.detector.as_deref();
        self.reader.get_or_init(|| Reader::of(detector, file)).as_ref()
    }
}

/// All rules about files of known names.
pub struct FileRules {
    rules: Vec<FileRule>,
    lookup: Lookup,
}

impl FileRules {
    /// Files the rules of `catalogue` that name files.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut file_rules = FileRules { rules: Vec::new(), lookup: Lookup::default() };
        for entry in &catalogue.secrets {
            if entry.outline.files.is_empty() {
                continue;
            }
            file_rules.lookup.add(&entry.outline.files, file_rules.rules.len());
            let (rule, reader) = (Arc::clone(&entry.rule), OnceLock::new());
            file_rules.rules.push(FileRule { index: entry.index, rule, reader });
        }
        file_rules
    }

    /// Appends what the file at `path` holds at its known places.
    pub fn scan(&self, path: &str, text: &[u8], place: Place, candidates: &mut Vec<Candidate>) {
        self.lookup.each(path, |number| {
            let rule = &self.rules[number];
            let Some(file) = &rule.rule.file else { return };
            let Some(reader) = rule.reader(file) else { return };
            let specificity = reader.specificity();
            let known = KnownText { text, place, rule: rule.index, specificity };
            let fits = |word: &String| memchr::memmem::find(text, word.as_bytes()).is_some();
            if !file.contains.is_empty() && !file.contains.iter().any(fits) {
                return;
            }
            match reader {
                Reader::Keys(keys) => keyed::scan(&known, keys, candidates),
                Reader::Named(read) | Reader::Settings(read) => read(&known, candidates),
            }
        });
    }
}
