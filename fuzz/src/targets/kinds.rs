//! Any bytes as a file of each language and configuration format, through all
//! stages of a scan at once: what one stage proposes, the next has to bear.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::rules::examples;
use seamline::rules::model::Confidence;
use seamline::structure::Format;
use seamline::syntax::Language;

use crate::check::{self, CATALOGUE};

/// Longer files of a corpus are left out: an input is then mostly unchanged.
const LARGEST_SEED: u64 = 48 * 1024;
/// Files of a corpus that are read.
const MOST_SEEDS: usize = 2_000;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let options = JudgeOptions {
        excerpts: true,
        min_confidence: Some(Confidence::Low),
        ..JudgeOptions::default()
    };
    Engine::new(Arc::clone(&CATALOGUE), options)
});

/// A name for each kind of file, and one that is of this kind.
static KINDS: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let languages = Language::ALL.into_iter().map(|kind| (kind.key(), kind.sample_path()));
    let formats = Format::ALL.into_iter().map(|kind| (kind.key(), kind.sample_path().to_owned()));
    let mut kinds: Vec<(&str, String)> = languages.collect();
    for (name, path) in formats {
        if kinds.iter().all(|(known, _)| *known != name) {
            kinds.push((name, path));
        }
    }
    kinds
});

pub fn run(input: &[u8]) {
    let (kind, text) = check::choice(input, KINDS.len());
    let report = ENGINE.scan_text(&KINDS[kind].1, text);
    let lines = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    for finding in &report.findings {
        assert!(finding.start <= finding.end, "a finding does not run backwards");
        assert!(finding.end.line as usize <= lines + 1, "a finding is in the file");
    }
}

/// The first byte of inputs that are of the kind called `name`.
pub fn number(name: &str) -> Option<u8> {
    let found = KINDS.iter().position(|(known, _)| *known == name)?;
    u8::try_from(found).ok()
}

/// The names of all kinds.
pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|(name, _)| *name).collect()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |case: examples::Case| {
        let number = of_file(&case.file, case.text.as_bytes())?;
        Some([&[number], case.text.as_bytes()].concat())
    };
    examples::cases(&CATALOGUE).into_iter().filter_map(seed).collect()
}

/// The files below `folder` that are of kind `number`, as seeds; the same for
/// the same folder.
pub fn corpus(folder: &Path, number: u8) -> Vec<Vec<u8>> {
    let (mut seeds, mut open) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            let Ok(meta) = path.symlink_metadata() else { continue };
            if meta.is_dir() {
                open.push(path);
            } else if meta.is_file() && meta.len() <= LARGEST_SEED {
                let name = path.to_string_lossy();
                if of_file(&name, b"") != Some(number) {
                    continue;
                }
                let text = std::fs::read(&path).unwrap_or_default();
                seeds.push([&[number], &text[..]].concat());
            }
        }
        if seeds.len() >= MOST_SEEDS {
            break;
        }
    }
    seeds
}

/// The number of the kind of the file at `path` that holds `text`.
fn of_file(path: &str, text: &[u8]) -> Option<u8> {
    let language = Language::of(path, text).map(Language::key);
    let format = Format::of(path, text).map(Format::key);
    number(language.or(format)?)
}
