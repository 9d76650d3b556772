//! Any bytes as `seamline.toml`: refused with a reason, or read.

use seamline::config::{Config, TEMPLATE};

pub fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("seamline.toml");
    std::fs::write(&file, input).expect("a file");
    match Config::read(&file) {
        Err(error) => assert!(!error.to_string().is_empty(), "a refusal has a reason"),
        Ok(config) => {
            for glob in &config.settings.exclude {
                config.glob_here(glob);
            }
        }
    }
}

/// The template, as it is and with every setting on.
pub fn seeds() -> Vec<Vec<u8>> {
    let on = |line: &str| {
        line.strip_prefix("# ").filter(|rest| rest.contains(['=', '['])).map(str::to_owned)
    };
    let all: Vec<String> = TEMPLATE.lines().filter_map(on).collect();
    vec![TEMPLATE.as_bytes().to_vec(), all.join("\n").into_bytes()]
}
