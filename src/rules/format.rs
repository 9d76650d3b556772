//! Token formats for a reader; `secrets::format` is the same for the machine.

use std::fmt::Write as _;

use super::model::{SecretRule, Segment};

/// The formats of `rule` for a reader, one line each:
/// ``"ghp_" + 36 × [A-Za-z0-9], checksum github``.
pub fn readable(rule: &SecretRule) -> Vec<String> {
    let checksum = match &rule.checksum {
        Some(name) => format!(", checksum {name}"),
        None => String::new(),
    };
    let written = |format: &Vec<Segment>| {
        let parts: Vec<String> = format.iter().map(readable_segment).collect();
        parts.join(" + ")
    };
    let own = rule.formats.iter().map(|format| format!("{}{checksum}", written(format)));
    let others = rule.other_formats.iter().map(|format| format!("{} (less sure)", written(format)));
    own.chain(others).collect()
}

fn readable_segment(segment: &Segment) -> String {
    let mut out = String::new();
    if let Some(chars) = &segment.chars {
        match segment.len {
            Some(len) if len.min == len.max => _ = write!(out, "{} × ", len.min),
            Some(len) => _ = write!(out, "{} to {} × ", len.min, len.max),
            None => {}
        }
        _ = write!(out, "[{chars}]");
    } else {
        let quoted: Vec<String> = segment.text.iter().map(|text| format!("\"{text}\"")).collect();
        out = quoted.join(" | ");
        if quoted.len() > 1 {
            out = format!("({out})");
        }
    }
    if segment.optional { format!("optional {out}") } else { out }
}
