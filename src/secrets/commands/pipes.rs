//! Commands whose own name holds the word: `htpasswd -b`, `chpasswd`,
//! `passwd --stdin`, `docker login --password-stdin`, `openssl -passin pass:`.

use std::ops::Range;

use crate::finding::{Candidate, RuleIndex};
use crate::secrets::Input;

use super::{push, shell};

/// Most arguments that are read behind a command.
const MAX_WORDS: usize = 8;

/// Reads the command around a name anchor at `at`, if it is one of these.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let rest = text.get(at..)?;
    if !rest.starts_with(b"pass") {
        return None;
    }
    let value = if rest.starts_with(b"pass:") {
        openssl(text, at)?
    } else if text[..at].ends_with(b"ht") && rest.starts_with(b"passwd ") {
        htpasswd(text, at + b"passwd".len())?
    } else if text[..at].ends_with(b"ch") && rest.starts_with(b"passwd") {
        chpasswd(text, at)?
    } else if text[..at].ends_with(b"rabbitmqctl change_") && rest.starts_with(b"password ") {
        let user = shell::word(text, at + b"password".len())?;
        shell::word(text, shell::after(text, &user))?
    } else if rest.starts_with(b"passwd --stdin") || rest.starts_with(b"password-stdin") {
        echoed(text, at)?
    } else {
        return None;
    };
    push(input, value, rule, candidates)
}

/// `-passin pass:secret`, `-passout pass:secret`, `-pass pass:secret`.
fn openssl(text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = text[..at].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    let option = [&b"-passin"[..], b"-passout", b"-pass"];
    if !option.iter().any(|option| before.trim_ascii_end().ends_with(option)) {
        return None;
    }
    shell::word(text, at + b"pass:".len()).filter(|word| word.start == at + b"pass:".len())
}

/// `htpasswd -b FILE USER PASSWORD`, with `-n` without the file.
fn htpasswd(text: &[u8], at: usize) -> Option<Range<usize>> {
    let (mut from, mut batch, mut to_stdout) = (at, false, false);
    let mut arguments = Vec::with_capacity(MAX_WORDS);
    for _ in 0..MAX_WORDS {
        let Some(word) = shell::word(text, from) else { break };
        from = shell::after(text, &word);
        match text[word.clone()].strip_prefix(b"-") {
            Some(flags) => {
                batch |= flags.contains(&b'b');
                to_stdout |= flags.contains(&b'n');
            }
            None => arguments.push(word),
        }
    }
    let place = if to_stdout { 1 } else { 2 };
    arguments.into_iter().nth(place).filter(|_| batch)
}

/// `echo 'user:secret' | chpasswd`, `chpasswd <<< 'user:secret'`.
fn chpasswd(text: &[u8], at: usize) -> Option<Range<usize>> {
    let here = text[at..].get(..64).unwrap_or(&text[at..]);
    let here = memchr::memmem::find(here, b"<<<").and_then(|i| shell::word(text, at + i + 3));
    let pair = here.or_else(|| echoed(text, at))?;
    let user = memchr::memchr(b':', &text[pair.clone()])?;
    Some(pair.start + user + 1..pair.end)
}

/// What `echo` or `printf` gives to the pipe before `at`.
fn echoed(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = shell::line_start(text, at);
    let pipe = start + memchr::memrchr(b'|', &text[start..at])?;
    let producer = shell::before(text, pipe, 0);
    let part = &text[producer.clone()];
    let (found, command) = [&b"echo "[..], b"printf ", b"Write-Output "]
        .into_iter()
        .find_map(|command| Some((memchr::memmem::rfind(part, command)?, command)))?;
    let mut from = producer.start + found + command.len() - 1;
    for _ in 0..3 {
        let word = shell::word(text, from).filter(|word| word.end <= pipe)?;
        if text[word.start] != b'-' && &text[word.clone()] != b"%s" {
            let value = &text[word.clone()];
            let escape = value.ends_with(b"\\n");
            return Some(word.start..word.end - if escape { 2 } else { 0 });
        }
        from = shell::after(text, &word);
    }
    None
}
