//! Constants that a file takes from others: `from app.config import BASE_URL`.
//!
//! Only what such a name stands for is read of a neighbour, by no rule, and only
//! when a matcher asks: first its text tells whether the name may have a constant
//! value there ([`facts`]), then the file is parsed and its top level is run. All
//! of that is done once for a scan and shared by its threads. Of three files in
//! a row the third may still ask for a fourth one's constants, no further.
//!
//! ```text
//!  name ─► names (imports) ─► modules (path) ─► facts (text) ─► constants
//! ```

mod facts;
mod modules;
mod names;
mod paths;

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::engine::SyntaxEngine;
use super::flow::{Constant, Constants, Outside};
use super::language::Language;
use crate::source::Source;
use crate::source::display_path;
use crate::source::project::{Project, Spot};
use facts::Facts;
use modules::View;
use names::Names;
use paths::{LONGEST, each_path, is_likely};

/// Files in a row that are followed.
const MOST_STEPS: u8 = 3;
/// Different paths of a file that are looked up.
const MOST_PATHS: usize = 4_000;

/// What each thread looks up once for all.
struct Shared<K, V>(Mutex<HashMap<K, Arc<OnceLock<V>>>>);

impl<K: Hash + Eq, V> Default for Shared<K, V> {
    fn default() -> Self {
        Shared(Mutex::default())
    }
}

impl<K: Hash + Eq, V> Shared<K, V> {
    /// The value of `key`; others that ask for it meanwhile wait.
    fn get(&self, key: K, make: impl FnOnce() -> V) -> Arc<OnceLock<V>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(known.entry(key).or_default());
        drop(known);
        cell.get_or_init(make);
        cell
    }
}

/// What a scan knows of the files that others take constants from.
pub struct Neighbours {
    project: Arc<Project>,
    facts: Shared<PathBuf, Option<Facts>>,
    /// By how many steps it is away: what is further away sees less.
    constants: Shared<(PathBuf, u8), Constants>,
}

impl Neighbours {
    /// Those in `project`; none is read yet.
    pub fn new(project: Arc<Project>) -> Self {
        Neighbours { project, facts: Shared::default(), constants: Shared::default() }
    }

    fn facts(&self, file: &Path) -> Arc<OnceLock<Option<Facts>>> {
        self.facts.get(file.to_path_buf(), || {
            let text = self.project.read(file)?;
            Some(Facts::of(Language::of(&file.to_string_lossy(), &text)?, &text))
        })
    }
}

/// A file as its constants are looked up.
#[derive(Clone)]
pub(super) struct Here {
    pub(super) neighbours: Arc<Neighbours>,
    spot: Spot,
    file: PathBuf,
    /// What the file imports, once that was asked.
    names: Rc<OnceCell<Arc<Names>>>,
}

impl Here {
    /// None if nothing is known of what stands beside `source`.
    pub(super) fn of(neighbours: &Arc<Neighbours>, source: &Source<'_>) -> Option<Self> {
        let spot = neighbours.project.spot(source)?;
        let file = PathBuf::from(&*source.path);
        Some(Here { neighbours: Arc::clone(neighbours), spot, file, names: Rc::default() })
    }
}

/// What the names of one file stand for in others.
pub(super) struct Outer<'a> {
    engine: &'a SyntaxEngine,
    neighbours: &'a Neighbours,
    spot: Spot,
    file: PathBuf,
    language: Language,
    text: &'a [u8],
    /// Files that lead to this one.
    steps: u8,
    names: Rc<OnceCell<Arc<Names>>>,
    known: RefCell<HashMap<Box<str>, Option<Arc<Constant>>>>,
    named: OnceCell<Vec<Named>>,
}

/// A name that may be a constant of another file.
struct Named {
    path: Box<str>,
    /// The file that says what it is, and its name there.
    file: PathBuf,
    name: String,
}

impl<'a> Outer<'a> {
    /// What `text`, the file of `here`, may ask for.
    pub(super) fn new(
        engine: &'a SyntaxEngine,
        here: &'a Here,
        language: Language,
        text: &'a [u8],
    ) -> Self {
        Outer {
            engine,
            neighbours: &here.neighbours,
            spot: here.spot.clone(),
            file: here.file.clone(),
            language,
            text,
            steps: 0,
            names: Rc::clone(&here.names),
            known: RefCell::default(),
            named: OnceCell::new(),
        }
    }

    /// Whether a constant of another file that this one names passes `fits`.
    pub(super) fn any(&self, fits: &dyn Fn(&[u8]) -> bool) -> bool {
        let named = self.named.get_or_init(|| self.named());
        named.iter().any(|one| {
            // Its text is looked at first: most neighbours need not be parsed.
            let likely = self.may_fit_in(&one.file, &one.name, fits);
            let constant = if likely { self.constant(&one.path) } else { None };
            constant.is_some_and(|found| found.texts.iter().any(|text| fits(text.as_bytes())))
        })
    }

    /// Whether the way in which the value of `path` is written lets it pass `fits`,
    /// or it is put together from other names.
    fn may_fit(&self, path: &str, fits: &dyn Fn(&[u8]) -> bool) -> bool {
        self.definer(path).is_some_and(|(file, name)| self.may_fit_in(&file, &name, fits))
    }

    /// The same of what is `name` in `file`.
    fn may_fit_in(&self, file: &Path, name: &str, fits: &dyn Fn(&[u8]) -> bool) -> bool {
        let facts = self.neighbours.facts(file);
        let Some(facts) = facts.get().and_then(Option::as_ref) else { return false };
        if !facts.may_define(name) {
            return self.steps + 1 < MOST_STEPS && self.next(file, facts, b"").may_fit(name, fits);
        }
        let Some(value) = facts.value(name) else { return false };
        let pieces = value.split(['"', '\'', '`']);
        pieces.chain([value]).any(|piece| fits(piece.as_bytes())) || is_composed(value)
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Arc::new(Names::of(self.language, self.text)))
    }

    /// The constants of other files that this one names.
    fn named(&self) -> Vec<Named> {
        let mut seen: HashSet<Box<str>> = HashSet::new();
        let mut found = Vec::new();
        each_path(self.text, |path| {
            let path = path.dotted();
            // `BASE.format(…)`: the constant is the beginning.
            let mut path = &*path;
            for _ in 0..3 {
                let is_new = is_likely(path.as_bytes())
                    && seen.len() < MOST_PATHS
                    && !seen.contains(path)
                    && seen.insert(path.into());
                if is_new && self.is_candidate(path) {
                    let definer = self.definer(path);
                    let named = definer.map(|(file, name)| Named { path: path.into(), file, name });
                    found.extend(named);
                }
                let Some((before, _)) = path.rsplit_once('.') else { break };
                path = before;
            }
        });
        found
    }

    /// Whether `path` may be a name of another file at all.
    fn is_candidate(&self, path: &str) -> bool {
        let names = self.names();
        let first = path.split('.').next().unwrap_or(path);
        let upper = || path.split('.').any(|part| part.starts_with(char::is_uppercase));
        match self.language {
            Language::Go => true,
            Language::Python | Language::JavaScript | Language::TypeScript | Language::Tsx => {
                !names.stars.is_empty()
                    || names
                        .bindings
                        .iter()
                        .any(|b| *b.local == *first || b.local.split('.').next() == Some(first))
            }
            Language::Php => !names.stars.is_empty() || upper(),
            _ => upper(),
        }
    }

    fn look_up(&self, path: &str) -> Option<Arc<Constant>> {
        let (file, name) = self.definer(path)?;
        self.in_file(&file, &name)
    }

    /// The file that says what `path` is, and its name there.
    fn definer(&self, path: &str) -> Option<(PathBuf, String)> {
        let view = View {
            project: &self.neighbours.project,
            spot: &self.spot,
            file: &self.file,
            language: self.language,
            names: self.names(),
        };
        view.lookups(path).iter().find_map(|lookup| {
            let defines = |file: &&PathBuf| {
                let facts = self.neighbours.facts(file);
                let facts = facts.get().and_then(Option::as_ref);
                facts.is_some_and(|facts| {
                    facts.may_define(&lookup.name)
                        || passes_on(self.language) && facts.may_have(&lookup.name)
                })
            };
            // What several files of a package assign to is no constant.
            let mut defining = lookup.files.iter().filter(defines);
            let (Some(file), None) = (defining.next(), defining.next()) else { return None };
            Some((file.clone(), lookup.name.clone()))
        })
    }

    /// The constant `name` of `file`, or that it takes from another one itself.
    fn in_file(&self, file: &Path, name: &str) -> Option<Arc<Constant>> {
        let steps = self.steps + 1;
        let facts = self.neighbours.facts(file);
        let facts = facts.get()?.as_ref()?;
        if facts.may_define(name) {
            if let Some((text, start)) = facts.literal(name) {
                return Some(Arc::new(Constant::literal(text, display_path(file), start)));
            }
            let key = (file.to_path_buf(), steps);
            let make = || self.constants_of(file, facts).unwrap_or_default();
            let constants = self.neighbours.constants.get(key, make);
            let found = constants.get()?.at(name);
            if found.is_some() || !passes_on(self.language) {
                return found;
            }
        }
        let next = self.next(file, facts, b"");
        (steps < MOST_STEPS).then(|| next.constant(name))?
    }

    /// All constants of `file`.
    fn constants_of(&self, file: &Path, facts: &Facts) -> Option<Constants> {
        let text = self.neighbours.project.read(file)?;
        let language = Language::of(&file.to_string_lossy(), &text)?;
        let next = self.next(file, facts, &text);
        let path = display_path(file);
        self.engine.constants(language, &path, &text, (next.steps < MOST_STEPS).then_some(&next))
    }

    /// The neighbour `file` as it looks up what it names itself.
    fn next<'n>(&self, file: &Path, facts: &Facts, text: &'n [u8]) -> Outer<'n>
    where
        'a: 'n,
    {
        Outer {
            engine: self.engine,
            neighbours: self.neighbours,
            spot: self.spot.at(file.parent().unwrap_or(Path::new(""))),
            file: file.to_path_buf(),
            language: Language::of(&file.to_string_lossy(), text).unwrap_or(self.language),
            text,
            steps: self.steps + 1,
            names: Rc::new(OnceCell::from(Arc::clone(&facts.names))),
            known: RefCell::default(),
            named: OnceCell::new(),
        }
    }
}

impl Outside for Outer<'_> {
    fn constant(&self, path: &str) -> Option<Arc<Constant>> {
        if path.len() > LONGEST {
            return None;
        }
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let found = self.look_up(path);
        self.known.borrow_mut().insert(path.into(), found.clone());
        found
    }
}

impl Facts {
    /// Whether `name` may be one that the file has from another.
    fn may_have(&self, name: &str) -> bool {
        !self.names.stars.is_empty() || self.names.bound(name).next().is_some()
    }
}

/// Whether a value may be put together from others, or is a part of more.
fn is_composed(value: &str) -> bool {
    let line = value.trim_start().lines().next().unwrap_or_default();
    let first = line.trim_start_matches(['(', 'f', '$', '@']);
    let text = first.starts_with(['"', '\'', '`']);
    let word = first.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let known = ["true", "false", "True", "False", "None", "null", "nil", "process", "os"];
    match text {
        true => line.contains(['{', '+', '#', '%']),
        false => word.starts_with(char::is_alphabetic) && !known.contains(&word),
    }
}

/// Whether what a file imports can be imported from it in turn.
fn passes_on(language: Language) -> bool {
    use Language::{JavaScript, Php, Python, Ruby, Tsx, TypeScript};
    matches!(language, Python | JavaScript | TypeScript | Tsx | Php | Ruby)
}
