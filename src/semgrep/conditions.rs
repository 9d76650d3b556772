//! Conditions on metavariables.

use super::formula::{Condition, Lost, Test};
use super::subject::names;
use super::translate::{own_name, type_symbols};
use crate::rules::model::{Constraint, PatternMatch};

/// Adds the conditions on metavariables.
pub(super) fn test(matcher: &mut PatternMatch, conditions: &[Condition]) -> Result<(), Lost> {
    let names = captures(matcher);
    for Condition { name, line, test } in conditions {
        let key = own_name(name);
        if !names.contains(&key) {
            let why = format!("no pattern captures `${name}`");
            return Err(Lost::new(*line, "metavariable-regex", why));
        }
        let patterns = matcher.any.iter().chain(&matcher.also).chain(&matcher.inside);
        let marks = [format!("\"${key}\""), format!("'${key}'")];
        let inner = patterns.clone().any(|text| marks.iter().any(|mark| text.contains(mark)));
        let constraint = matcher.constraints.entry(key).or_default();
        let quoted = inner || constraint.is.is_some();
        match test {
            Test::Type(types) => {
                constraint.types.extend(types.iter().flat_map(|of| type_symbols(of)));
            }
            Test::Regex(regex) => regex_test(constraint, regex, quoted, true, *line)?,
            Test::Search(regex) => regex_test(constraint, regex, quoted, false, *line)?,
        }
        let texts = constraint.regex.is_some() || constraint.written.is_some();
        if texts && !constraint.types.is_empty() {
            let why = format!("a type and a regex for `${name}`");
            return Err(Lost::new(*line, "metavariable-regex", why));
        }
    }
    Ok(())
}

/// Adds a regex on the text of a metavariable: of the content where the pattern
/// has it in quotes, and else of the code as it is written.
fn regex_test(
    constraint: &mut Constraint,
    regex: &str,
    quoted: bool,
    anchored: bool,
    line: usize,
) -> Result<(), Lost> {
    let feature = "metavariable-regex";
    let (wanted, regex) = match unwanted(regex) {
        Some(inner) => (false, inner),
        None => (true, regex),
    };
    let regex = if anchored { format!("^(?:{regex})") } else { regex.to_owned() };
    if let Err(error) = regex::bytes::Regex::new(&regex) {
        let why = super::reason(&error);
        return Err(Lost::new(line, feature, format!("the regex is not read: {why}")));
    }
    // Numbers are left out there already, by what is written.
    let slot = match (wanted, quoted) {
        (true, true) => &mut constraint.regex,
        (true, false) => &mut constraint.written,
        (false, true) => &mut constraint.not_regex,
        (false, false) => &mut constraint.not_written,
    };
    match slot {
        Some(_) => Err(Lost::new(line, feature, "two regexes for one metavariable")),
        None => {
            *slot = Some(regex);
            Ok(())
        }
    }
}

/// What must not match, of a regex that is nothing but a negative look-ahead.
fn unwanted(regex: &str) -> Option<&str> {
    let rest = regex.strip_prefix('^').unwrap_or(regex).strip_prefix("(?!")?;
    let rest = [".*$", ".+$", ".*", ".+", "$", ""]
        .iter()
        .find_map(|end| rest.strip_suffix(end)?.strip_suffix(')'))?;
    // The parenthesis that closes is the one that was opened.
    let mut depth = 0i32;
    let balanced = rest.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    });
    (balanced && depth == 0).then_some(rest)
}

/// The metavariables that the patterns of `matcher` capture.
pub(super) fn captures(matcher: &PatternMatch) -> Vec<String> {
    let lists = [
        &matcher.any, &matcher.also, &matcher.inside, &matcher.has, &matcher.not,
        &matcher.not_inside,
    ];
    lists.into_iter().flatten().flat_map(|text| captured(text)).collect()
}

/// The names in a pattern of ours.
fn captured(text: &str) -> Vec<String> {
    let parts = text.split("$$$").enumerate().map(|(at, part)| {
        // `$$$ARGS` captures too.
        let named = at > 0 && part.starts_with(|c: char| c.is_ascii_uppercase());
        if named { format!("${part}") } else { part.to_owned() }
    });
    parts.flat_map(|part| names(&part)).collect()
}
