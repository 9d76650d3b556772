//! Understands code: language by file, one parse per file and only when a rule
//! asks for it, one pass of compiled rules per tree. Knows no secret.
//!
//! ```text
//!  language ─► trigger ─► parse ─► walk ─► candidates
//!              (words)             (rule: pattern, imports, focus)
//! ```

mod aim;
mod arena;
mod asking;
mod blocks;
mod checks;
mod condition;
mod development;
mod dialect;
mod elision;
mod engine;
mod finder;
pub(crate) mod flow;
mod focus;
mod grammar;
mod grams;
mod hazard;
pub(crate) mod imports;
mod kinds;
mod language;
mod lazy_regex;
mod lookup;
pub(crate) mod message;
mod mistakes;
pub mod nodes;
mod outer;
mod parse;
pub(crate) mod paths;
mod pattern;
pub mod plaintext;
mod reach;
mod remark;
mod rule;
mod scripts;
mod table;
mod trigger;
mod walk;

pub use engine::{Parse, ParsedFile, SyntaxEngine, SyntaxScratch};
pub use language::Language;
pub use mistakes::{Problem, ProblemKind, check};
pub use outer::Neighbours;
pub(crate) use paths::PathFilter;
pub use pattern::PatternError;
