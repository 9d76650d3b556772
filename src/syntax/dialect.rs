//! What the matcher must know of a grammar beyond its tree: which kinds are
//! string literals, named items, wrappers without meaning, and so on.
//!
//! The facts are tables of kind names (from each grammar's `node-types.json`),
//! turned once per language into a byte or two per kind id.

use std::sync::{Arc, OnceLock};

use super::kinds::{canonical, facts_of};
use super::language::Language;

/// A set of facts about one kind of node.
pub(crate) type Facts = u16;

/// A string literal.
pub(crate) const STRING: Facts = 1;
/// A list with a meaning of its own: never confused with its only item.
pub(crate) const CONTAINER: Facts = 1 << 1;
/// An item with a name: a keyword argument, a key with its value, an attribute.
pub(crate) const KEYED: Facts = 1 << 2;
/// A named item when it has a name: one child is a plain argument, two are not.
pub(crate) const MAYBE_KEYED: Facts = 1 << 3;
/// Parentheses around an expression.
pub(crate) const PAREN: Facts = 1 << 4;
/// What a pattern may leave unsaid: types, modifiers, annotations.
pub(crate) const UNSAID: Facts = 1 << 5;
/// A token that its parent's kind implies: punctuation, `const`, `async`.
pub(crate) const IMPLIED: Facts = 1 << 6;
/// A call of any kind.
pub(crate) const CALL: Facts = 1 << 7;
/// A list of named items, where unnamed ones are spreads, methods and the like.
pub(crate) const MAP: Facts = 1 << 8;
/// A dotted name: `a.b`.
pub(crate) const CHAIN: Facts = 1 << 9;
/// A name.
pub(crate) const NAME: Facts = 1 << 10;
/// A number.
pub(crate) const NUMBER: Facts = 1 << 11;
/// A piece of code inside a string literal.
pub(crate) const INTERPOLATION: Facts = 1 << 12;

/// Fields that a pattern may leave unsaid.
const UNSAID_FIELDS: &[&str] = &["return_type", "result", "type_parameters"];

/// The facts of one language.
pub(crate) struct Dialect {
    pub(crate) language: Language,
    pub(crate) grammar: tree_sitter::Language,
    facts: Vec<Facts>,
    same: Vec<u16>,
    unsaid_fields: Vec<u16>,
    /// Quotes carry no meaning: a bare word equals a quoted one.
    pub(crate) loose: bool,
    /// A key may be written bare, quoted or as a symbol.
    pub(crate) loose_keys: bool,
}

impl Dialect {
    /// The dialect of `language`, made on first use.
    pub(crate) fn of(language: Language) -> Arc<Dialect> {
        static DIALECTS: [OnceLock<Arc<Dialect>>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        Arc::clone(DIALECTS[language as usize].get_or_init(|| Arc::new(Dialect::new(language))))
    }

    fn new(language: Language) -> Self {
        use Language::*;
        let grammar = language.grammar();
        let kinds = u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX);
        let facts = (0..kinds).map(|id| facts_of(language, &grammar, id)).collect();
        let same = (0..kinds).map(|id| canonical(&grammar, id)).collect();
        let field = |name: &&str| grammar.field_id_for_name(name).map(u16::from);
        Dialect {
            language,
            unsaid_fields: UNSAID_FIELDS.iter().filter_map(field).collect(),
            grammar,
            facts,
            same,
            loose: matches!(language, Yaml | Bash | Dockerfile | Html),
            loose_keys: matches!(
                language,
                JavaScript | TypeScript | Tsx | Ruby | Json | Toml | Hcl | Yaml
            ),
        }
    }

    /// Whether kind `id` has one of `facts`.
    pub(crate) fn is(&self, id: u16, facts: Facts) -> bool {
        self.facts.get(usize::from(id)).is_some_and(|known| known & facts != 0)
    }

    /// The kind that stands for `id` and all kinds that mean the same.
    pub(crate) fn canonical(&self, id: u16) -> u16 {
        self.same.get(usize::from(id)).copied().unwrap_or(id)
    }

    /// Whether a pattern need not mention the child in this field.
    pub(crate) fn is_unsaid_field(&self, id: u16) -> bool {
        self.unsaid_fields.contains(&id)
    }

    /// All kind ids.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = u16> {
        0..u16::try_from(self.facts.len()).unwrap_or(u16::MAX)
    }
}
