//! The `seamline` binary: parse, dispatch, exit code.

use std::process::ExitCode;

/// Syntax trees are made of many small parts, also in C: a fifth of the time of
/// parsing goes with the allocator of the system.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    seamline::cli::run()
}
