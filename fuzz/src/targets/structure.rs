//! Any bytes as configuration of each format: read, and all rules run over it.

use std::sync::LazyLock;

use seamline::rules::examples;
use seamline::structure::{Format, StructureEngine, StructureScratch};

use crate::check::{self, CATALOGUE};

static ENGINE: LazyLock<StructureEngine> = LazyLock::new(|| StructureEngine::new(&CATALOGUE));

/// Put behind the text, so that it is read: words that rules ask for.
const TRIGGERS: &[u8] =
    b"\n# aws_s3_bucket AWS::S3::Bucket containers FROM http:// openapi listen uses DEBUG\n";

pub fn run(input: &[u8]) {
    let (format, text) = check::choice(input, Format::ALL.len());
    let text = [text, TRIGGERS].concat();
    let source = check::source(Format::ALL[format].sample_path(), &text);
    let mut found = Vec::new();
    // A file may refer to itself more often than is followed: a skip, told.
    _ = ENGINE.scan(&source, &mut StructureScratch::default(), &mut found);
    check::candidates(&text, &found);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |case: examples::Case| {
        let format = Format::of(&case.file, case.text.as_bytes())?;
        let number = Format::ALL.iter().position(|known| *known == format)? as u8;
        Some([&[number], case.text.as_bytes()].concat())
    };
    examples::cases(&CATALOGUE).into_iter().filter_map(seed).collect()
}
