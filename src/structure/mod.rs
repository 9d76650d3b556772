//! Understands configuration: every format becomes the same tree of keys and
//! values with places, and one kind of rule asks about it by path. Apart from
//! `syntax`, because configuration has no statements to match: what matters is
//! what is said where, what is left unsaid, and what another part of the file
//! says of it.
//!
//! ```text
//!  format ─► triggers ─► read ─► resolve ─► subjects ─► conditions ─► candidates
//!            (words)     (tree)  (variables,  (what a     (three-valued)
//!                                 anchors)     rule is about)
//! ```
//!
//! The readers are our own and never fail: a broken file is read as far as it
//! can be, and what a template or an expression leaves open is *not known*,
//! which no rule takes for a mistake.

mod azure;
mod call;
mod chart;
mod condition;
mod engine;
mod file;
mod format;
mod module;
mod nearby;
mod nginx;
mod path;
mod ports;
pub mod read;
mod resolve;
mod rule;
mod subjects;
mod tree;
mod walk;

pub use condition::ConditionError;
pub use engine::{StructureEngine, StructureScratch};
pub use format::Format;
pub use nearby::Nearby;
pub use rule::{Problem, check};
pub use tree::Tree;
