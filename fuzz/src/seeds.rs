//! Inputs to start from: what the repository's own rules show.

use std::path::Path;

use seamline::rules::examples;

use crate::check::CATALOGUE;

/// The text of every rule's examples.
pub fn rule_examples() -> Vec<Vec<u8>> {
    examples::cases(&CATALOGUE).into_iter().map(|case| case.text.into_bytes()).collect()
}

/// Every rule file.
pub fn rule_files() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    read_all(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../rules")), &mut files);
    files.sort();
    files
}

fn read_all(folder: &Path, files: &mut Vec<Vec<u8>>) {
    let entries = std::fs::read_dir(folder).expect("the folder of rules is there");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.push(std::fs::read(&path).expect("a rule file"));
        }
    }
}

/// Each of `texts` behind each choice from 0 to `many`.
pub fn with_choice(texts: &[&str], many: u8) -> Vec<Vec<u8>> {
    let with = |choice: u8| texts.iter().map(move |text| [&[choice], text.as_bytes()].concat());
    (0..many).flat_map(with).collect()
}
