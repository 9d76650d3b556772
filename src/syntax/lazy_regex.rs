//! Regexes of rules: compiled when a text first asks, and about bytes.
//!
//! With the tables of Unicode a `\w` takes a millisecond and a hundred
//! kilobytes to compile, and a `\b` is slow in any text beyond ASCII; names in
//! code are ASCII nearly always.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, OnceLock};

use regex_automata::hybrid::dfa::{self, Cache, DFA};
use regex_automata::meta::{Config, Regex};
use regex_automata::nfa::thompson::{self, Compiler, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};

/// Bytes that each thread keeps of what a regex has worked out, at most: there
/// are a thousand regexes.
const CACHE: usize = 256 << 10;

/// Bytes of a compiled regex, at most: what the `regex` crate allows.
const MAX_SIZE: usize = 10 << 20;

/// A regex of a rule about what was captured.
#[derive(Debug)]
pub(crate) struct LazyRegex {
    pattern: String,
    compiled: OnceLock<Option<Tester>>,
}

impl LazyRegex {
    pub(crate) fn new(pattern: String) -> Self {
        LazyRegex { pattern, compiled: OnceLock::new() }
    }

    /// Whether it is found in `text`; never, if it is not valid, which
    /// [`super::check`] refuses.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        let regex = self.compiled.get_or_init(|| Tester::new(&self.pattern, Texts::Short));
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// What a regex is looked for in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Texts {
    /// What was captured.
    Short,
    /// Whole files: what a match begins with is looked for first.
    Long,
}

type Caches = Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>;

/// Tells whether a regex is found: half as large as what tells where, and compiled
/// in less time.
#[derive(Debug)]
pub(crate) enum Tester {
    Automaton(Arc<DFA>, Caches),
    /// It asks for more than an automaton can tell.
    Other(Regex),
}

impl Tester {
    /// `None` if `pattern` is not valid.
    pub(crate) fn new(pattern: &str, texts: Texts) -> Option<Self> {
        match automaton(pattern, texts) {
            Some(dfa) => {
                let dfa = Arc::new(dfa);
                let kept = Arc::clone(&dfa);
                let caches = Pool::new(Box::new(move || kept.create_cache()) as _);
                Some(Tester::Automaton(dfa, caches))
            }
            None => compile(pattern).map(Tester::Other),
        }
    }

    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        match self {
            Tester::Automaton(dfa, caches) => {
                let input = Input::new(text).earliest(true);
                // It never gives up: it is not told to, and asks for no Unicode.
                dfa.try_search_fwd(&mut caches.get(), &input).is_ok_and(|end| end.is_some())
            }
            Tester::Other(regex) => regex.is_match(text),
        }
    }
}

fn automaton(pattern: &str, texts: Texts) -> Option<DFA> {
    let regex = syntax::parse_with(pattern, &syntax(false)).ok()?;
    let beginning = match texts {
        Texts::Short => None,
        Texts::Long => Prefilter::from_hir_prefix(MatchKind::LeftmostFirst, &regex),
    };
    let beginning = beginning.filter(Prefilter::is_fast);
    let states = thompson::Config::new().utf8(false).which_captures(WhichCaptures::None);
    let states = states.nfa_size_limit(Some(MAX_SIZE));
    let states = Compiler::new().configure(states).build_from_hir(&regex).ok()?;
    let config = dfa::Config::new().cache_capacity(CACHE).skip_cache_capacity_check(true);
    DFA::builder().configure(config.prefilter(beginning)).build_from_nfa(states).ok()
}

fn syntax(unicode: bool) -> syntax::Config {
    syntax::Config::new().utf8(false).unicode(unicode)
}

/// Compiles `pattern`: of letters and digits of ASCII, unless it names others. `None`
/// if it is not valid.
pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    let config = Config::new()
        .utf8_empty(false)
        .which_captures(WhichCaptures::Implicit)
        .nfa_size_limit(Some(MAX_SIZE))
        .onepass(false)
        .backtrack(false)
        .hybrid_cache_capacity(CACHE);
    let build = |unicode| {
        let mut builder = Regex::builder();
        builder.configure(config.clone()).syntax(syntax(unicode)).build(pattern).ok()
    };
    build(false).or_else(|| build(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_ascii_unless_others_are_named() {
        let found = |pattern: &str, text: &str| compile(pattern).unwrap().is_match(text.as_bytes());
        assert!(found(r"(?i)^api_?key\b", "API_KEY é"));
        assert!(!found(r"^\w$", "é") && found(r"^\p{L}$", "é") && found("^é$", "é"));
        assert!(compile("(").is_none());
    }

    #[test]
    fn what_tells_agrees_with_what_shows() {
        let regexes =
            [r"(?i)^api_?key\b", "pass(word)?$", r"\$\{[^}]*\}", "é", r"\p{L}+\b", "", "a{3}"];
        let texts = ["API_KEY é", "a password", "x ${y} z", "é", "", "aaab", "\u{ff}"];
        for (regex, text) in regexes.iter().flat_map(|r| texts.iter().map(move |t| (r, t))) {
            let shown = compile(regex).unwrap().is_match(text.as_bytes());
            for texts in [Texts::Short, Texts::Long] {
                let told = Tester::new(regex, texts).unwrap().is_match(text.as_bytes());
                assert_eq!(told, shown, "{regex} {text} {texts:?}");
            }
        }
    }

    #[test]
    fn a_regex_that_would_fill_the_memory_is_refused() {
        assert!(compile(r"(\w{100}){100}{1000}").is_none());
        assert!(Tester::new(r"(\w{100}){100}{1000}", Texts::Short).is_none());
    }
}
