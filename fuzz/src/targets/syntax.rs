//! Any bytes as code in each language: parsed, and all rules and detectors run over it.

use std::sync::LazyLock;

use seamline::rules::examples;
use seamline::surface::Surface;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch};

use crate::check::{self, CATALOGUE};

static ENGINE: LazyLock<SyntaxEngine> = LazyLock::new(|| SyntaxEngine::new(&CATALOGUE));
static SURFACE: LazyLock<Surface> = LazyLock::new(|| Surface::new(&CATALOGUE));

/// Put behind the code, so that it is parsed: words that rules ask for.
const TRIGGERS: &[u8] =
    b"\n# http://api.example.org verify InsecureSkipVerify rejectUnauthorized requests\n";

pub fn run(input: &[u8]) {
    let (language, code) = check::choice(input, Language::ALL.len());
    let text = [code, TRIGGERS].concat();
    let source = check::source(&Language::ALL[language].sample_path(), &text);
    let mut found = Vec::new();
    let scratch = &mut SyntaxScratch::default();
    for parse in [ENGINE.parse(&source, scratch), ENGINE.parse_scripts(&source, scratch)] {
        if let Parse::Parsed(file) = parse {
            ENGINE.run_rules(&file, &mut found);
            SURFACE.scan(&source, &file, &mut found);
        }
    }
    check::candidates(&text, &found);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let cases = examples::cases(&CATALOGUE);
    let number = |path: &str, text: &str| {
        let language = Language::of(path, text.as_bytes())?;
        Language::ALL.iter().position(|known| *known == language)
    };
    let seed = |case: examples::Case| {
        let number = number(&case.file, &case.text)? as u8;
        Some([&[number], case.text.as_bytes()].concat())
    };
    cases.into_iter().filter_map(seed).collect()
}
