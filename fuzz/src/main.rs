//! Runs the fuzz targets on stable Rust: seeds, and random changes of them.
//!
//! ```text
//! cargo run -p seamline-fuzz --bin fuzz -- [TARGET…] [--seconds N] [--run N] [--only INPUT]
//! cargo run -p seamline-fuzz --bin fuzz -- --kind python [--corpus DIR] [--seconds N]
//! cargo run -p seamline-fuzz --bin fuzz -- --grow [--kind python]
//! cargo run -p seamline-fuzz --bin fuzz -- --write-seeds DIR [TARGET…]
//! ```
//!
//! `--kind` runs the target `kinds` with files of one language or configuration
//! format only; with `--corpus`, from the files of that kind below a folder too.
//! `--grow` repeats each seed of a kind and tells where time grows faster than size.
//!
//! The number of an input and of the run say what it holds, so a failure can be
//! looked at again with `--only`. The number of the current input stands in
//! `fuzz/artifacts/TARGET.current`, for failures that end the process.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use seamline_fuzz::targets::kinds;
use seamline_fuzz::{TARGETS, Target, grow, mutate};

/// An input that takes longer is a failure: all work is linear in the input,
/// and no input is longer than 256 KiB.
const SLOW: Duration = Duration::from_secs(10);

struct Options {
    targets: Vec<&'static Target>,
    seconds: u64,
    run: u64,
    only: Option<u64>,
    write_seeds: Option<PathBuf>,
    /// The first byte of every input.
    kind: Option<u8>,
    corpus: Option<PathBuf>,
    grow: bool,
}

impl Options {
    /// What the inputs of a run are made from.
    fn seeds(&self, target: &Target) -> Vec<Vec<u8>> {
        let mut seeds = (target.seeds)();
        if let Some(kind) = self.kind {
            seeds.retain(|seed| seed.first() == Some(&kind));
            seeds.extend(self.corpus.iter().flat_map(|folder| kinds::corpus(folder, kind)));
        }
        seeds
    }

    fn input(&self, seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
        let mut input = mutate::input(seeds, self.run, number);
        if let (Some(kind), Some(first)) = (self.kind, input.first_mut()) {
            *first = kind;
        }
        input
    }
}

fn main() -> ExitCode {
    let result = options().and_then(|options| {
        for target in &options.targets {
            match (&options.write_seeds, options.only) {
                (Some(folder), _) => write_seeds(target, folder)?,
                (None, None) if options.grow => grown(target, &options)?,
                (None, Some(number)) => look_at(target, &options, number),
                (None, None) => fuzz(target, &options)?,
            }
        }
        Ok(())
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("fuzz: {message}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        targets: Vec::new(),
        seconds: 10,
        run: 1,
        only: None,
        write_seeds: None,
        kind: None,
        corpus: None,
        grow: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} takes a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{text} is no number"));
        match arg.as_str() {
            "--seconds" => options.seconds = number(value()?)?,
            "--run" => options.run = number(value()?)?,
            "--only" => options.only = Some(number(value()?)?),
            "--kind" => {
                options.kind = Some(kind(&value()?)?);
                options.targets = vec![named("kinds")?];
            }
            "--grow" => {
                options.grow = true;
                options.targets = vec![named("kinds")?];
            }
            "--corpus" => options.corpus = Some(PathBuf::from(value()?)),
            "--write-seeds" => options.write_seeds = Some(PathBuf::from(value()?)),
            name => options.targets.push(named(name)?),
        }
    }
    if options.targets.is_empty() {
        options.targets = TARGETS.iter().collect();
    }
    Ok(options)
}

fn named(name: &str) -> Result<&'static Target, String> {
    let names = TARGETS.map(|target| target.name).join(", ");
    let found = TARGETS.iter().find(|target| target.name == name);
    found.ok_or_else(|| format!("no target {name}; there are {names}"))
}

fn kind(name: &str) -> Result<u8, String> {
    kinds::number(name)
        .ok_or_else(|| format!("no kind {name}; there are {}", kinds::names().join(", ")))
}

/// Runs every seed, then changed inputs until the time is over.
fn fuzz(target: &Target, options: &Options) -> Result<(), String> {
    let seeds = options.seeds(target);
    let mut current = Current::open(target)?;
    for seed in &seeds {
        attempt(target, seed, "a seed")?;
    }
    let (started, limit) = (Instant::now(), Duration::from_secs(options.seconds));
    let (mut number, mut bytes) = (0, 0);
    while started.elapsed() < limit {
        current.note(number)?;
        let input = options.input(&seeds, number);
        bytes += input.len();
        attempt(target, &input, &format!("input {number} of run {}", options.run))?;
        number += 1;
    }
    println!(
        "{:<12} {:>4} seeds {number:>9} inputs {:>7} MB, no failure",
        target.name,
        seeds.len(),
        bytes / 1_000_000
    );
    Ok(())
}

/// Repeats every seed, on one line and on many.
fn grown(target: &Target, options: &Options) -> Result<(), String> {
    let seeds = options.seeds(target);
    let folder = artifacts()?;
    let mut found = 0;
    for glue in [&b"\n"[..], b" "] {
        grow::grow(target, &seeds, glue, &mut |growth| {
            found += 1;
            let file = folder.join(format!("grow-{}-{}", growth.seed, glue[0]));
            let kept = std::fs::write(&file, &seeds[growth.seed]).is_ok();
            let place = if kept { file.display().to_string() } else { String::new() };
            println!("{:?} becomes {:?}: {place}", growth.short, growth.long);
        });
    }
    if found > 0 {
        return Err(format!("{}: {found} of {} seeds are not linear", target.name, seeds.len()));
    }
    println!("{:<12} {:>4} seeds grow linearly", target.name, seeds.len());
    Ok(())
}

/// Runs one input; a failing one is kept in `fuzz/artifacts`.
fn attempt(target: &Target, input: &[u8], what: &str) -> Result<(), String> {
    let started = Instant::now();
    let outcome = std::panic::catch_unwind(|| (target.run)(input));
    let took = started.elapsed();
    if outcome.is_ok() && took < SLOW {
        return Ok(());
    }
    let file = artifacts()?.join(format!("{}-{}", target.name, what.replace(' ', "-")));
    std::fs::write(&file, input).map_err(|error| format!("{}: {error}", file.display()))?;
    let why = if outcome.is_err() { "fails".to_owned() } else { format!("took {took:?}") };
    Err(format!("{}: {what} {why}; kept as {}", target.name, file.display()))
}

fn look_at(target: &Target, options: &Options, number: u64) {
    let input = options.input(&options.seeds(target), number);
    println!("{} bytes:\n{}", input.len(), input.escape_ascii());
    (target.run)(&input);
    println!("no failure");
}

fn write_seeds(target: &Target, folder: &Path) -> Result<(), String> {
    let folder = folder.join(target.name);
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(told)?;
    for (number, seed) in (target.seeds)().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), seed).map_err(told)?;
    }
    Ok(())
}

fn artifacts() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// The file that names the current input.
struct Current(File);

impl Current {
    fn open(target: &Target) -> Result<Self, String> {
        let path = artifacts()?.join(format!("{}.current", target.name));
        File::create(&path).map(Current).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn note(&mut self, number: u64) -> Result<(), String> {
        let file = &mut self.0;
        let noted = file.rewind().and_then(|()| write!(file, "{number:<20}"));
        noted.map_err(|error| format!("fuzz/artifacts: {error}"))
    }
}
