//! The `seamline` binary: parse, dispatch, exit code.

use std::process::ExitCode;

/// A scan keeps what it has compiled among what it needs for one file only. This
/// allocator keeps the two apart better than the system's, and gives back what is
/// free: a third of the memory on large trees.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long it keeps what is free, in milliseconds. It looks for its options under
/// this name; they end with a null byte.
#[cfg(unix)]
#[allow(unsafe_code)]
// SAFETY: no other part of the program has this name.
#[unsafe(export_name = "_rjem_malloc_conf")]
#[used]
static OPTIONS: &[u8] = b"dirty_decay_ms:100,muzzy_decay_ms:0\0";

fn main() -> ExitCode {
    seamline::cli::run()
}
