//! Packs the rule catalogue into one blob, so that the binary neither reads
//! files nor parses TOML when it starts. A rule file with an error stops the
//! build with its name and line.

#[path = "src/rules/model.rs"]
#[allow(dead_code, unused_imports)]
mod model;

use std::path::{Path, PathBuf};

use model::{FlowFile, FrameworkFile, PatternFile, SecretFile};

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rules/model.rs");
    println!("cargo::rerun-if-changed=src/rules/model/verify.rs");
    let secrets: Vec<SecretFile> = read_all(Path::new("rules/secrets"))?;
    let patterns: Vec<PatternFile> = read_all(Path::new("rules/patterns"))?;
    let frameworks: Vec<FrameworkFile> = read_all(Path::new("rules/frameworks"))?;
    let flows: Vec<FlowFile> = read_all(Path::new("rules/flow"))?;
    let packed =
        postcard::to_stdvec(&(secrets, patterns, frameworks, flows)).map_err(|e| e.to_string())?;
    let out = std::env::var("OUT_DIR").map_err(|e| e.to_string())?;
    std::fs::write(Path::new(&out).join("catalogue.bin"), packed).map_err(|e| e.to_string())
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
