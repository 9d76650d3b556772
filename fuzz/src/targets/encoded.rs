//! Any bytes in an encoded form: what is proposed lies in the encoded text, and
//! the decoder survives whatever it is given.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::check;
use crate::seeds;

use super::secrets::scan;

const FORMS: usize = 6;
const BEFORE: &str = "data: \"";

pub fn run(input: &[u8]) {
    let (form, text) = check::choice(input, FORMS);
    let encoded = match form {
        0 => STANDARD.encode(text),
        1 => URL_SAFE_NO_PAD.encode(text),
        2 => STANDARD.encode(STANDARD.encode(text)),
        3 => text.iter().map(|byte| format!("{byte:02x}")).collect(),
        4 => text.iter().map(|byte| format!("\\x{byte:02x}")).collect(),
        _ => wrapped(&STANDARD.encode(text)),
    };
    let file = format!("{BEFORE}{encoded}\"\n");
    let candidates = scan("deploy/app.yaml", file.as_bytes());
    check::candidates(file.as_bytes(), &candidates);
    let inside = BEFORE.len()..BEFORE.len() + encoded.len();
    for candidate in candidates.iter().filter(|candidate| candidate.decoded.is_some()) {
        let Some(secret) = &candidate.secret else { panic!("a decoded value has a place") };
        assert!(inside.start <= secret.start && secret.end <= inside.end, "{secret:?}");
        assert!(!secret.is_empty(), "a decoded value has a place");
    }
}

fn wrapped(encoded: &str) -> String {
    let lines = encoded.as_bytes().chunks(76).map(String::from_utf8_lossy);
    lines.collect::<Vec<_>>().join("\n  ")
}

pub fn seeds() -> Vec<Vec<u8>> {
    let with = |form: usize, text: Vec<u8>| [&[form as u8][..], &text].concat();
    let examples = seeds::rule_examples().into_iter().enumerate();
    examples.map(|(i, text)| with(i % FORMS, text)).collect()
}
