//! Code patterns: their compiled form and how it is made and matched.
//!
//! A pattern is parsed by the grammar of its language and turned into a small
//! tree of [`Pat`]. Matching compares that tree with a node of a file; what is
//! and what is not compared is the rule of `docs/patterns.md`.

mod compile;
mod matching;
mod packages;
mod template;
mod wrap;

pub use compile::PatternError;
pub(crate) use compile::{Names, compile, inner};
pub(crate) use matching::{Captured, Captures, Matcher};
pub(crate) use packages::{has_packages, is_class_of, without_package};
pub(crate) use template::Template;

/// Number of a metavariable within one matcher of a rule.
pub(crate) type Var = u16;

/// The compiled form of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pat {
    /// `$NAME`, `$_`: any one node.
    Any(Option<Var>),
    /// `"$NAME"`: any string literal; its content is captured.
    AnyString(Option<Var>),
    /// A string literal with this content, in whatever quotes.
    Text(Box<[u8]>),
    /// A leaf with this text.
    Word(Box<[u8]>),
    /// A key, bare or quoted or a symbol.
    Key(Box<[u8]>),
    /// A dotted name that may be reached through an import under another name.
    Path(Path),
    Node(NodePat),
}

/// A dotted name as the library's own documentation would write it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    /// The module, then the member: `requests.get`, `crypto/tls.Config`; one for
    /// each module that goes by the name.
    pub(crate) dotted: Vec<String>,
}

/// A node with a kind and items.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodePat {
    /// Canonical kind.
    pub(crate) kind: u16,
    /// What must be there in this order.
    pub(crate) steps: Vec<Step>,
    /// Named items: anywhere, among others.
    pub(crate) keyed: Vec<Pat>,
    /// Kinds that may be left unsaid but are said here.
    pub(crate) said: Vec<u16>,
    /// Fields that may be left unsaid but are said here.
    pub(crate) said_fields: Vec<u16>,
}

/// One item in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    One(Pat),
    /// `$$$NAME`: any number of nodes.
    Many(Option<Var>),
    /// A token that matters, e.g. `==`, by its kind.
    Token(u16),
}
