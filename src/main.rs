//! The `seamline` binary: parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    seamline::cli::run()
}
