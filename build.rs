//! Packs the rule catalogue, so that the binary neither reads files nor parses
//! TOML when it starts, and reads of a rule only what it needs. A rule file with
//! an error stops the build with its name and line.

#[path = "src/rules"]
#[allow(dead_code, unused_imports)]
mod rules {
    pub mod describe;
    pub mod model;
    pub mod packed;
    pub mod topics;
}
/// What reads off a rule what it asks of a file.
#[path = "src/syntax"]
#[allow(dead_code, unused_imports)]
mod syntax {
    pub mod blocks;
    pub mod condition;
    pub mod language;
    pub mod pattern {
        mod packages;
        mod template;

        pub(crate) use packages::has_packages;
        pub(crate) use template::Template;
    }
}

use std::path::{Path, PathBuf};

use serde::Serialize;

use rules::describe;
use rules::model::{
    FlowFile, FrameworkFile, PatternFile, PatternMatch, PatternOutline, SecretFile, SecretOutline,
};
use rules::packed::{Flow, Index, Part, Pattern, Provider, Secret};
use syntax::condition::{Asked, BuiltIn, SourceWords};
use syntax::language::Language;

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=rules");
    for file in ["describe.rs", "model.rs", "model", "packed.rs", "topics.rs"] {
        println!("cargo::rerun-if-changed=src/rules/{file}");
    }
    for file in
        ["blocks.rs", "condition", "language.rs", "pattern/packages.rs", "pattern/template.rs"]
    {
        println!("cargo::rerun-if-changed=src/syntax/{file}");
    }
    let secrets: Vec<SecretFile> = read_all(Path::new("rules/secrets"))?;
    let patterns: Vec<PatternFile> = read_all(Path::new("rules/patterns"))?;
    let frameworks: Vec<FrameworkFile> = read_all(Path::new("rules/frameworks"))?;
    let flows: Vec<FlowFile> = read_all(Path::new("rules/flow"))?;
    let mut parts = Parts::default();
    let first = secrets.iter().map(|file| file.rules.len()).sum();
    let asked = Language::ALL.into_iter().map(|language| asked(language, &patterns, first, &flows));
    let index = Index {
        asked: asked.map(|asked| parts.add(&asked)).collect::<Result<_, _>>()?,
        providers: secrets.iter().map(|file| parts.provider(file)).collect::<Result<_, _>>()?,
        patterns: patterns.iter().map(|file| parts.pattern(file)).collect::<Result<_, _>>()?,
        frameworks: parts.add(&frameworks)?,
        flows: flows.iter().map(|file| parts.flow(file)).collect::<Result<_, _>>()?,
    };
    let index = postcard::to_stdvec(&index).map_err(|e| e.to_string())?;
    let out = std::env::var("OUT_DIR").map_err(|e| e.to_string())?;
    let write = |name: &str, bytes: &[u8]| std::fs::write(Path::new(&out).join(name), bytes);
    write("index.bin", &index).map_err(|e| e.to_string())?;
    write("parts.bin", &parts.0).map_err(|e| e.to_string())
}

/// What the index leads to, one after the other.
#[derive(Default)]
struct Parts(Vec<u8>);

impl Parts {
    fn add(&mut self, value: &impl Serialize) -> Result<Part, String> {
        let packed = postcard::to_stdvec(value).map_err(|e| e.to_string())?;
        let number = |n: usize| u32::try_from(n).map_err(|e| e.to_string());
        let part = Part(number(self.0.len())?, number(packed.len())?);
        self.0.extend(packed);
        Ok(part)
    }

    fn provider(&mut self, file: &SecretFile) -> Result<Provider, String> {
        let rule = |rule| {
            let (head, texts) = describe::of_secret(file, rule);
            let (texts, outline) = (self.add(&texts)?, SecretOutline::of(rule));
            Ok::<_, String>(Secret { head, outline, texts, rule: self.add(rule)? })
        };
        Ok(Provider {
            key: file.provider.clone(),
            name: file.name.clone(),
            words: file.words.clone(),
            rules: file.rules.iter().map(rule).collect::<Result<_, _>>()?,
        })
    }

    fn pattern(&mut self, file: &PatternFile) -> Result<Pattern, String> {
        let (head, texts) = describe::of_pattern(file);
        Ok(Pattern {
            head,
            outline: PatternOutline::of(&file.matchers),
            texts: self.add(&texts)?,
            matchers: self.add(&file.matchers)?,
            examples: self.add(&file.examples)?,
        })
    }

    fn flow(&mut self, file: &FlowFile) -> Result<Flow, String> {
        Ok(Flow { languages: file.languages.clone(), facts: self.add(file)? })
    }
}

/// What the code patterns of `language` ask of a file; `first` is the index of the first
/// rule of `patterns`.
fn asked(
    language: Language,
    patterns: &[PatternFile],
    first: usize,
    flows: &[FlowFile],
) -> BuiltIn {
    let is_own = |keys: &[String]| keys.iter().any(|key| language.answers_to(key));
    let sets = SourceWords::new(language, flows.iter().filter(|file| is_own(&file.languages)));
    let all = patterns.iter().enumerate().flat_map(|(number, file)| {
        let number = u32::try_from(first + number).unwrap_or(u32::MAX);
        file.matchers.iter().map(move |matcher| (number, matcher))
    });
    let own = all.filter(|(_, matcher)| !matcher.is_structural() && is_own(&matcher.languages));
    let (rules, matchers): (Vec<u32>, Vec<&PatternMatch>) = own.unzip();
    BuiltIn { rules, asked: Asked::of(language, matchers.into_iter(), &sets) }
}

/// All `.toml` files below `folder`, in the order of their paths, parsed.
fn read_all<T: serde::de::DeserializeOwned>(folder: &Path) -> Result<Vec<T>, String> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            paths.push(path);
        }
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}
