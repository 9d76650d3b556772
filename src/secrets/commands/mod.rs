//! Passwords on command lines: `curl -u user:pass`, `mysql -psecret`,
//! `echo root:pass | chpasswd`, in scripts, Dockerfiles, CI files and strings.
//!
//! An option alone says nothing (`mkdir -p`): the program before it decides.

mod pipes;
mod shell;
mod tools;

use std::ops::Range;

use crate::finding::{Candidate, RuleIndex};

use super::Input;
use super::kernel::MIN_RUN;
use super::literal::{SPECIFICITY, given};
use super::randomness::randomness;
use tools::{Form, Kind, Named, Tool};

pub use pipes::at_name;

/// The command that was read last. Options come in the order of their places,
/// so that every byte of a command is read once however many it has.
#[derive(Default)]
pub struct CommandLine {
    read_to: usize,
    named: Named,
}

impl CommandLine {
    /// The tools that the command around `at` names before it.
    fn read(&mut self, text: &[u8], at: usize) -> Named {
        let segment = shell::before(text, at, self.read_to);
        if segment.start > self.read_to || self.read_to == 0 {
            self.named = Named::default();
        }
        shell::words(&text[segment]).for_each(|word| self.named.add(word));
        self.read_to = at;
        self.named
    }
}

/// Reads the option whose anchor is at `at`: the blank before it, the slash of
/// `/user:` or the dashes of `--user`.
pub fn at_flag(
    input: &Input<'_>,
    at: usize,
    line: &mut CommandLine,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let value = match text[at] {
        b'/' => net_use(text, at)?,
        first => {
            let at = if first == b'-' { at.checked_sub(1)? } else { at };
            let named = line.read(text, at);
            let (tool, value) = option_value(text, at, named)?;
            password_in(text, value, tool.kind)?
        }
    };
    push(input, value, rule, candidates)
}

fn push(
    input: &Input<'_>,
    value: Range<usize>,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let around = shell::around(input.text, &value);
    let opinion = given(input, value.clone(), around)?;
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// A program of the command that has this option, with the option's value.
fn option_value(text: &[u8], at: usize, named: Named) -> Option<(&'static Tool, Range<usize>)> {
    let option = text.get(at + 2..)?;
    named.tools().filter(|tool| option.starts_with(tool.flag.as_bytes())).find_map(|tool| {
        let value = value_of(text, at + 2 + tool.flag.len(), tool.form)?;
        Some((tool, value))
    })
}

fn value_of(text: &[u8], at: usize, form: Form) -> Option<Range<usize>> {
    let next = *text.get(at)?;
    let spaced = matches!(next, b' ' | b'\t' | b'=');
    // A list of arguments, as exec calls take it: `"-p", "secret"`.
    let listed = matches!(next, b'"' | b'\'') && text.get(at + 1) == Some(&b',');
    if spaced && form == Form::Glued || !spaced && form == Form::Spaced || listed {
        return None;
    }
    let value = shell::word(text, at + usize::from(next == b'='))?;
    (text[value.start] != b'-').then_some(value)
}

fn password_in(text: &[u8], value: Range<usize>, kind: Kind) -> Option<Range<usize>> {
    let Kind::Pair(between) = kind else { return Some(value) };
    let user = memchr::memchr(between, &text[value.clone()])?;
    let password = value.start + user + 1..value.end;
    let name = value.start..value.start + user;
    match password.len() {
        _ if user == 0 => None,
        // `-u token:` and `-u token:x`: the key stands in the user's place.
        0 | 1 => is_drawn(&text[name.clone()]).then_some(name),
        _ => Some(password),
    }
}

/// Whether no person has a name like this.
fn is_drawn(name: &[u8]) -> bool {
    name.len() >= MIN_RUN && name.iter().any(u8::is_ascii_digit) && randomness(name) > 0.8
}

/// `net use \\host\share secret /user:name`, or with the password behind.
fn net_use(text: &[u8], at: usize) -> Option<Range<usize>> {
    let segment = shell::before(text, at, 0);
    let mut words = shell::words(&text[segment.clone()]);
    words.by_ref().find(|word| word.eq_ignore_ascii_case(b"net"))?;
    words.next().filter(|word| word.eq_ignore_ascii_case(b"use"))?;
    let user = shell::word(text, at)?;
    let is_password = |word: &Range<usize>| {
        !matches!(text[word.start], b'/' | b'\\' | b'*') && text.get(word.start + 1) != Some(&b':')
    };
    let behind = shell::word(text, shell::after(text, &user)).filter(is_password);
    behind.or_else(|| {
        let before = text[segment.clone()].trim_ascii_end();
        let start = before.iter().rposition(u8::is_ascii_whitespace)? + 1;
        let word = segment.start + start..segment.start + before.len();
        let shared = before.windows(2).any(|pair| pair == b"\\\\");
        (shared && is_password(&word) && !text[word.clone()].eq_ignore_ascii_case(b"use"))
            .then_some(word)
    })
}
