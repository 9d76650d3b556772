//! Fuzz targets: one for everything in Seamline that reads hostile input.
//!
//! A target takes any bytes and panics when something that must hold does
//! not. Two programs run them: cargo-fuzz (coverage-guided, nightly; see
//! `fuzz_targets/`) and `main.rs` (seeds and random changes, stable, in CI).

pub mod check;
pub mod grow;
pub mod mutate;
pub mod seeds;
pub mod targets;

/// Something that reads hostile input.
pub struct Target {
    pub name: &'static str,
    /// Panics when an invariant is broken.
    pub run: fn(&[u8]),
    /// Inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets, in the order in which they are run.
pub const TARGETS: [Target; 21] = [
    Target { name: "decode", run: targets::decode::run, seeds: targets::decode::seeds },
    Target { name: "secrets", run: targets::secrets::run, seeds: seeds::rule_examples },
    Target { name: "archive", run: targets::archive::run, seeds: targets::archive::seeds },
    Target { name: "keystore", run: targets::keystore::run, seeds: targets::keystore::seeds },
    Target { name: "encoded", run: targets::encoded::run, seeds: targets::encoded::seeds },
    Target { name: "assignment", run: targets::assignment::run, seeds: targets::assignment::seeds },
    Target {
        name: "known_files",
        run: targets::known_files::run,
        seeds: targets::known_files::seeds,
    },
    Target { name: "commands", run: targets::commands::run, seeds: targets::commands::seeds },
    Target { name: "token", run: targets::token::run, seeds: targets::token::seeds },
    Target { name: "flow", run: targets::flow::run, seeds: targets::flow::seeds },
    Target { name: "syntax", run: targets::syntax::run, seeds: targets::syntax::seeds },
    Target { name: "structure", run: targets::structure::run, seeds: targets::structure::seeds },
    Target { name: "neighbours", run: targets::neighbours::run, seeds: targets::neighbours::seeds },
    Target { name: "rules", run: targets::rules::run, seeds: seeds::rule_files },
    Target { name: "config", run: targets::config::run, seeds: targets::config::seeds },
    Target { name: "baseline", run: targets::baseline::run, seeds: targets::baseline::seeds },
    Target { name: "git_index", run: targets::git_index::run, seeds: targets::git_index::seeds },
    Target { name: "gitleaks", run: targets::gitleaks::run, seeds: targets::gitleaks::seeds },
    Target { name: "semgrep", run: targets::semgrep::run, seeds: targets::semgrep::seeds },
    Target { name: "kinds", run: targets::kinds::run, seeds: targets::kinds::seeds },
    Target { name: "judge", run: targets::judge::run, seeds: targets::judge::seeds },
];
