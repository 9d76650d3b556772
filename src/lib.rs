//! Seamline reads a codebase and reports hard-coded secrets and insecure
//! integration patterns.
//!
//! The flow is the one `pipeline` shows: `source` yields files, `secrets`,
//! `syntax` and `surface` propose candidates, `judge` decides which become
//! findings, `verify` asks providers about them if told to, `report` prints them.

pub mod cli;
pub mod config;
pub mod document;
pub mod finding;
pub mod gitleaks;
pub mod judge;
pub mod pipeline;
pub mod report;
pub mod rules;
pub mod secrets;
pub mod semgrep;
pub mod source;
pub mod structure;
pub mod suggest;
pub mod surface;
pub mod syntax;
pub mod verify;
