//! The targets, one a file: `run` takes any bytes, `seeds` are to start from.

pub mod archive;
pub mod assignment;
pub mod baseline;
pub mod commands;
pub mod config;
pub mod decode;
pub mod encoded;
pub mod flow;
pub mod git_index;
pub mod gitleaks;
pub mod judge;
pub mod keystore;
pub mod kinds;
pub mod known_files;
pub mod neighbours;
pub mod rules;
pub mod secrets;
pub mod semgrep;
pub mod structure;
pub mod syntax;
pub mod token;
