//! The shared sets of sources, sanitizers and the like of one language, as
//! `rules/flow/*.toml` gives them, ready to be asked about a symbol.

use std::collections::{BTreeSet, HashMap};

pub(crate) use super::super::condition::SOURCES;
use super::super::language::Language;
use super::value::PartKind;
use crate::rules::model::FlowFile;

/// All sets of sanitizers; one bit each.
pub(crate) const SANITIZERS: [&str; 22] = [
    "number", "boolean", "uuid", "allow-list", "type", "path", "prefix", "escape-html",
    "escape-shell", "escape-sql", "escape-url", "escape-regex", "escape-ldap", "escape-xml",
    "escape-log", "hash", "schema", "bind", "encrypt", "redact", "host", "bounded",
];

/// The sanitizers after which nothing can be injected any more.
pub(crate) const HARMLESS: [&str; 3] = ["number", "boolean", "uuid"];

/// The number of a set of sources.
pub(crate) fn source(name: &str) -> Option<u16> {
    SOURCES.iter().position(|known| *known == name).map(|at| at as u16)
}

/// The bit of a set of sanitizers.
pub(crate) fn sanitizer(name: &str) -> Option<u64> {
    SANITIZERS.iter().position(|known| *known == name).map(|at| 1 << at)
}

/// What a call does with what is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Effect {
    /// Nobody knows.
    #[default]
    Unknown,
    /// It returns it, more or less.
    Passes,
    /// It puts it into its receiver.
    Adds,
    /// It puts it, and what it is called on, into its arguments.
    Fills,
    /// It puts it into a text.
    Formats,
    /// What it returns has nothing to do with it.
    Neutral,
    /// It does not return.
    Stops,
}

/// What a symbol means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) source: Option<u16>,
    /// Sanitizers that it is.
    pub(crate) cleans: u64,
    /// Sanitizers that it is a test for.
    pub(crate) proves: u64,
    pub(crate) effect: Effect,
    /// What it is of what it is given, or asked of.
    pub(crate) part: Option<PartKind>,
}

/// The sets of one language.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    meanings: HashMap<String, Meaning>,
    aliases: HashMap<String, String>,
    /// Types that hold numbers only.
    numbers: BTreeSet<String>,
    /// Marks of functions whose parameters come from a source.
    handlers: Vec<(String, u16)>,
    /// Marks of such parameters.
    marks: HashMap<String, u16>,
    /// Types of such parameters.
    types: HashMap<String, u16>,
    /// Types and defaults of parameters of a handler that do not.
    given: BTreeSet<String>,
    /// Ends of such types.
    given_ends: Vec<String>,
    /// Last names of calls that take a function with such parameters.
    routes: HashMap<String, u16>,
    pub(crate) number: u64,
    pub(crate) allow_list: u64,
    pub(crate) path: u64,
    pub(crate) prefix: u64,
    pub(crate) host: u64,
    pub(crate) bounded: u64,
    /// All of [`HARMLESS`].
    pub(crate) harmless: u64,
}

impl Sets {
    /// What `files` say of `language`.
    pub(crate) fn of(language: Language, files: &[FlowFile]) -> Self {
        let bit = |name: &str| sanitizer(name).unwrap_or_default();
        let mut sets = Sets {
            number: bit("number"),
            allow_list: bit("allow-list"),
            path: bit("path"),
            prefix: bit("prefix"),
            host: bit("host"),
            bounded: bit("bounded"),
            harmless: HARMLESS.iter().map(|name| bit(name)).sum(),
            ..Sets::default()
        };
        let own = |file: &&FlowFile| file.languages.iter().any(|key| language.answers_to(key));
        files.iter().filter(own).for_each(|file| sets.add(file));
        sets
    }

    fn add(&mut self, file: &FlowFile) {
        for (name, set) in &file.sources {
            let Some(number) = source(name) else { continue };
            set.symbols.iter().for_each(|symbol| self.meaning(symbol).source = Some(number));
            self.handlers.extend(set.handlers.iter().map(|mark| (mark.clone(), number)));
            self.marks.extend(set.marks.iter().map(|mark| (mark.clone(), number)));
            self.types.extend(set.types.iter().map(|kind| (kind.clone(), number)));
            self.given.extend(set.given.iter().cloned());
            let ends = set.given.iter().filter_map(|kind| kind.strip_prefix('*'));
            self.given_ends.extend(ends.map(str::to_owned));
            self.routes.extend(set.routes.iter().map(|name| (name.clone(), number)));
        }
        for (name, symbols) in &file.sanitizers {
            let bit = sanitizer(name).unwrap_or_default();
            symbols.iter().for_each(|symbol| self.meaning(symbol).cleans |= bit);
        }
        for (name, symbols) in &file.guards {
            let bit = sanitizer(name).unwrap_or_default();
            symbols.iter().for_each(|symbol| self.meaning(symbol).proves |= bit);
        }
        let effects = [
            (&file.passes, Effect::Passes),
            (&file.adds, Effect::Adds),
            (&file.fills, Effect::Fills),
            (&file.formats, Effect::Formats),
            (&file.neutral, Effect::Neutral),
            (&file.stops, Effect::Stops),
        ];
        for (symbols, effect) in effects {
            symbols.iter().for_each(|symbol| self.meaning(symbol).effect = effect);
        }
        let parts = [
            (&file.forms, PartKind::Form),
            (&file.hosts, PartKind::Host),
            (&file.positions, PartKind::Position),
        ];
        for (symbols, part) in parts {
            symbols.iter().for_each(|symbol| self.meaning(symbol).part = Some(part));
        }
        for (stands, others) in &file.aliases {
            self.aliases.extend(others.iter().map(|other| (other.clone(), stands.clone())));
        }
        self.numbers.extend(file.numbers.iter().cloned());
    }

    fn meaning(&mut self, symbol: &str) -> &mut Meaning {
        self.meanings.entry(symbol.to_owned()).or_default()
    }

    /// What `symbol` means: what is said of itself and of each `*.end` of it,
    /// the longer ones first.
    pub(crate) fn of_symbol(&self, symbol: &str) -> Meaning {
        let mut all = self.meanings.get(symbol).copied().unwrap_or_default();
        for end in ends(symbol).filter_map(|end| self.meanings.get(&end)) {
            all.source = all.source.or(end.source);
            all.cleans |= end.cleans;
            all.proves |= end.proves;
            all.part = all.part.or(end.part);
            if all.effect == Effect::Unknown {
                all.effect = end.effect;
            }
        }
        all
    }

    /// What goes by the name `symbol` is known as.
    pub(crate) fn alias(&self, symbol: &str) -> Option<&str> {
        let direct = self.aliases.get(symbol);
        direct.or_else(|| ends(symbol).find_map(|end| self.aliases.get(&end))).map(String::as_str)
    }

    /// Whether values of type `kind` are numbers.
    pub(crate) fn is_number(&self, kind: &str) -> bool {
        self.numbers.contains(kind)
    }

    /// The source that the parameters of a function marked `mark` come from.
    pub(crate) fn handler(&self, mark: &str) -> Option<u16> {
        let fits = |known: &str| match known.strip_prefix('*') {
            Some(end) => mark.ends_with(end),
            None => mark == known,
        };
        self.handlers.iter().find(|(known, _)| fits(known)).map(|(_, number)| *number)
    }

    /// The source that a parameter marked `mark` comes from.
    pub(crate) fn mark(&self, mark: &str) -> Option<u16> {
        self.marks.get(mark).copied()
    }

    /// The source that a parameter of type `kind` comes from.
    pub(crate) fn kind(&self, kind: &str) -> Option<u16> {
        self.types.get(kind).copied()
    }

    /// Whether a handler gets a parameter of this type or default from elsewhere.
    pub(crate) fn is_given(&self, kind: &str) -> bool {
        self.given.contains(kind) || self.given_ends.iter().any(|end| kind.ends_with(end))
    }

    /// The source that the parameters of functions given to a call of `name` come from.
    pub(crate) fn route(&self, name: &str) -> Option<u16> {
        self.routes.get(name).copied()
    }

    /// Whether any call is known to take such functions.
    pub(crate) fn has_routes(&self) -> bool {
        !self.routes.is_empty()
    }
}

/// `*.b.c` and `*.c` of `a.b.c`.
fn ends(symbol: &str) -> impl Iterator<Item = String> {
    let dots: Vec<usize> = symbol.match_indices('.').map(|(at, _)| at).collect();
    let dots = dots.into_iter().rev().take(4).rev();
    dots.map(|at| format!("*{}", &symbol[at..]))
}
