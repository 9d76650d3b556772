//! What a literal is worth that a command or a call gives as the password.

use crate::finding::Confidence;
use crate::source::place::Role;

use super::files::stored;
use super::password::unnamed;
use super::value::{Opinion, at_place};

/// An opinion on a value in the place of a password; `None` for what is looked
/// up elsewhere or too short to be one.
pub fn given(value: &[u8], role: Role) -> Option<Opinion> {
    if value.len() < 4 || is_looked_up(value) {
        return None;
    }
    // What is no value in a file that stores passwords is none here either.
    stored(value, role)?;
    let assessment = at_place(unnamed(value, role)?, role);
    let reason = match assessment.confidence {
        Confidence::Low => assessment.reasons.first().copied()?,
        _ => "a literal stands where the password is given",
    };
    Some((assessment.confidence, reason))
}

/// Variables of shells and of batch files, and format strings.
fn is_looked_up(value: &[u8]) -> bool {
    let variable = |pair: &[u8]| {
        pair[0] == b'$' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], b'_' | b'{' | b'('))
    };
    let first = value.first().copied().unwrap_or_default();
    let percents = value.iter().filter(|b| **b == b'%').count();
    value.windows(2).any(variable)
        || matches!(first, b'$' | b'`' | b'<' | b'[' | b'{' | b'-' | b'@' | b'&')
        || percents > 1 && first == b'%'
        || value.contains(&b'`')
}
