//! Paths: which entries of a tree are meant.
//!
//! `a.b` is entry `b` of entry `a`; lists are looked through, so `b` may be in
//! any element of `a`. `*` is any entry, `**` any depth, `a|b` either. A path
//! begins at what the rule is about, or with `^` at the entry around it, `%` at
//! its document, `/` at the root of the file. `@key` at the end is the key
//! itself, `[-1]` the last of several.
//!
//! Keys are compared without case, `-` and `_`: `storage_encrypted`,
//! `storageEncrypted` and `StorageEncrypted` are one name in three notations.

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Subject,
    /// As many entries around the subject.
    Around(u8),
    Document,
    Root,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// An entry with one of these names.
    Named(Vec<Vec<u8>>),
    Any,
    /// Any number of entries deep.
    Deep,
}

/// A compiled path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) from: From,
    pub(super) steps: Vec<Step>,
    /// It means the keys of what it leads to.
    pub(super) is_key: bool,
    /// Of several entries it means the last.
    pub(super) is_last: bool,
}

impl Path {
    /// Reads a path; `.` is the place where it begins.
    pub(super) fn parse(written: &str) -> Self {
        let (from, rest) = start(written);
        let (rest, is_last) = match rest.strip_suffix("[-1]") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let mut is_key = false;
        let mut steps = Vec::new();
        for word in rest.split('.').filter(|word| !word.is_empty()) {
            match word {
                "*" => steps.push(Step::Any),
                "**" => steps.push(Step::Deep),
                "@key" => is_key = true,
                names => steps.push(Step::Named(names.split('|').map(normal).collect())),
            }
        }
        Path { from, steps, is_key, is_last }
    }

    /// The names of the step that tells most about the file: the longest.
    pub(super) fn telling(written: &str) -> Vec<String> {
        let (_, rest) = start(written);
        let words = rest.trim_end_matches("[-1]").split('.');
        let named = words.filter(|word| word.len() > 2 && !matches!(*word, "*" | "**" | "@key"));
        let best = named.max_by_key(|word| word.split('|').map(str::len).min());
        best.map(|word| word.split('|').map(telling_part).collect()).unwrap_or_default()
    }
}

/// The longest part of `name` that every notation of it holds: `encrypted` of
/// `storage_encrypted` and `storageEncrypted`.
fn telling_part(name: &str) -> String {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if matches!(c, '-' | '_') || was_lower && c.is_ascii_uppercase() {
            parts.push(String::new());
        }
        if let (Some(part), false) = (parts.last_mut(), matches!(c, '-' | '_')) {
            part.push(c);
        }
        was_lower = c.is_ascii_lowercase();
    }
    parts.into_iter().max_by_key(String::len).unwrap_or_default()
}

fn start(written: &str) -> (From, &str) {
    let ups = written.bytes().take_while(|byte| *byte == b'^').count();
    if ups > 0 {
        return (From::Around(ups.min(9) as u8), &written[ups..]);
    }
    match (written.strip_prefix('/'), written.strip_prefix('%')) {
        (Some(rest), _) => (From::Root, rest),
        (_, Some(rest)) => (From::Document, rest),
        _ => (From::Subject, written),
    }
}

/// `name` as paths compare it: lower case, without `-` and `_`.
pub(super) fn normal(name: &str) -> Vec<u8> {
    name.bytes().filter(|b| !is_filler(*b)).map(|b| b.to_ascii_lowercase()).collect()
}

fn is_filler(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

/// Whether `key` is `name`, which is normal already.
fn is_same(key: &[u8], name: &[u8]) -> bool {
    let mut written = key.iter().filter(|byte| !is_filler(**byte)).map(u8::to_ascii_lowercase);
    name.iter().all(|byte| written.next() == Some(*byte)) && written.next().is_none()
}

/// Whether `key` begins with the letter that `name` begins with: what most do not.
fn begins_alike(key: &[u8], name: &[u8]) -> bool {
    let first = key.iter().find(|byte| !is_filler(**byte)).map(u8::to_ascii_lowercase);
    name.is_empty() || first == name.first().copied()
}

/// How many of `steps` the entry `key` answers: more than one if it is itself
/// a path, as in properties files.
pub(super) fn answered(steps: &[Step], key: &[u8]) -> usize {
    if let Some(Step::Named(names)) = steps.first()
        && !names.iter().any(|name| begins_alike(key, name))
    {
        return 0;
    }
    let named = |step: Option<&Step>, part: &[u8]| match step {
        Some(Step::Named(names)) => names.iter().any(|name| is_same(part, name)),
        Some(Step::Any) => true,
        _ => false,
    };
    if memchr::memchr(b'.', key).is_none() {
        return usize::from(named(steps.first(), key));
    }
    let mut count = 0;
    for part in key.split(|byte| *byte == b'.') {
        // `servers[0]` is an element of `servers`.
        let part = part.split(|byte| *byte == b'[').next().unwrap_or(part);
        if !named(steps.get(count), part) {
            return usize::from(steps.first() == Some(&Step::Any));
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_every_notation() {
        let answers = |path: &str, key: &str| answered(&Path::parse(path).steps, key.as_bytes());
        assert_eq!(answers("storage_encrypted", "StorageEncrypted"), 1);
        assert_eq!(answers("storage_encrypted", "StorageEncryptedAt"), 0);
        assert_eq!(answers("a.b.c", "a.b"), 2);
        assert_eq!(answers("a.b", "a.b.c"), 0);
        assert_eq!(answers("a|b.c", "b"), 1);
        assert_eq!(answers("servers.url", "servers[0].url"), 2);
    }

    #[test]
    fn a_path_says_where_it_begins() {
        assert_eq!(Path::parse("^^x").from, From::Around(2));
        assert_eq!(Path::parse("/x").from, From::Root);
        assert!(Path::parse("USER[-1]").is_last);
        assert!(Path::parse("**.@key").is_key);
        assert_eq!(
            Path::telling("**.spec.containers|initContainers"),
            ["containers", "Containers"]
        );
    }
}
