//! The targets, one a file: `run` takes any bytes, `seeds` are to start from.

pub mod assignment;
pub mod baseline;
pub mod config;
pub mod decode;
pub mod encoded;
pub mod flow;
pub mod judge;
pub mod rules;
pub mod secrets;
pub mod syntax;
pub mod token;
