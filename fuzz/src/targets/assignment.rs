//! Assignments in every notation: each byte of the input chooses a piece of one,
//! so that far more inputs come near an assignment than random bytes do.

use crate::check;

use super::secrets::scan;

const PATHS: [&str; 5] = ["app.py", "app.properties", "compose.yaml", "web.xml", "run.sh"];

const PIECES: [&str; 64] = [
    "password", "db_password", "API_KEY", "clientSecret", "token", "auth", "passphrase",
    "x-api-key", "key", "pwd", "=", ":", ":=", "=>", "==", "!=", " = ", ": ", "->", ", ", "(", ")",
    "[", "]", "{", "}", "<", "</", ">", "/>", "\"", "'", "`", "\"\"\"", "\\", "\\\"", "\n", "\r\n",
    "\t", " ", "  - ", "--", "#", "//", ";", "&", "?", "@", "://", "$", "${", "%s", "null",
    "changeme", "hunter2", "q7Rz", "9f86d081884c7d65", "Zx0", "value", "name=", "Bearer ",
    "Basic ", "é", "\0",
];

pub fn run(input: &[u8]) {
    let (path, choices) = check::choice(input, PATHS.len());
    let text: String =
        choices.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect();
    check::candidates(text.as_bytes(), &scan(PATHS[path], text.as_bytes()));
}

pub fn seeds() -> Vec<Vec<u8>> {
    // name, operator, quote, value, quote: `db_password = "q7Rz9f86d081884c7d65"`.
    let quoted = [1, 16, 30, 55, 56, 57, 30, 36];
    (0..PATHS.len() as u8).map(|path| [&[path][..], &quoted].concat()).collect()
}
