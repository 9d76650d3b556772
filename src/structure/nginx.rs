//! What variables of nginx stand for: `set $to http://$1/` and the captures of a
//! location's regex, put in where they are used. Apart from [`super::resolve`],
//! because a value stands in the middle of a text and belongs to a block.
//!
//! A capture is written by its number, whatever its name (`$1`), with `%0A` behind
//! it if it may hold a line break, which nginx has decoded by then; one that
//! can only be one of some words is written as the first of them.
//! Source: <https://nginx.org/en/docs/http/ngx_http_rewrite_module.html>.

use std::collections::HashMap;

use super::chart::Written;
use super::tree::{Id, NONE, Tree};

/// Blocks around a directive that are asked for a name.
const MAX_BLOCKS: usize = 16;
/// Bytes of one directive with its values put in.
const MAX_TEXT: usize = 4 << 10;
/// The same for all directives and values of a file.
const MAX_WRITTEN: usize = 1 << 20;

/// The texts of the directives of `tree` that use variables which it sets itself.
pub(super) fn written(tree: &Tree<'_>) -> Vec<Written> {
    let mut names = Names { tree, known: HashMap::new() };
    let mut written = Vec::new();
    let mut left = MAX_WRITTEN;
    for id in 0..tree.len() {
        let (Some(node), Some(text)) = (tree.node(id), tree.text(id)) else { continue };
        if node.key == b"args" {
            names.captures(node.parent, text);
            continue;
        }
        if memchr::memchr(b'$', text).is_none() {
            continue;
        }
        let Some(full) = names.expand(id, text).filter(|full| full.len() <= left) else { continue };
        if node.key == b"set" {
            left -= full.len();
            names.set(node.parent, &full);
        } else if full != text {
            left -= full.len();
            written.push(Written { node: id, text: full });
        }
    }
    written
}

/// Values by the block that they belong to, and their names.
struct Names<'t, 'a> {
    tree: &'t Tree<'a>,
    known: HashMap<(Id, Vec<u8>), Vec<u8>>,
}

impl Names<'_, '_> {
    /// Keeps `$name value` for the block.
    fn set(&mut self, block: Id, assignment: &[u8]) {
        let end = assignment.iter().position(u8::is_ascii_whitespace).unwrap_or(assignment.len());
        let (name, value) = assignment.split_at(end);
        let value = value.trim_ascii();
        let quote = value.first().copied().filter(|byte| matches!(byte, b'"' | b'\''));
        let inner = quote.and_then(|q| value.strip_prefix(&[q])?.strip_suffix(&[q]));
        if let Some(name) = name.strip_prefix(b"$") {
            self.known.insert((block, name.to_vec()), inner.unwrap_or(value).to_vec());
        }
    }

    /// Keeps the captures of the regex in the arguments of a block, if it is one.
    fn captures(&mut self, block: Id, args: &[u8]) {
        if memchr::memchr(b'~', args).is_none() {
            return;
        }
        for (number, group) in groups(args).into_iter().take(9).enumerate() {
            let number = [b'1' + number as u8];
            let value = match group.words() {
                Some(word) => word.iter().copied().filter(|byte| *byte != b'?').collect(),
                None if group.may_break_line() => [b"$", number.as_slice(), b"%0A"].concat(),
                None => [b"$", number.as_slice()].concat(),
            };
            if !group.name.is_empty() {
                self.known.insert((block, group.name.to_vec()), value.clone());
            }
            self.known.insert((block, number.to_vec()), value);
        }
    }

    /// `text` of the directive `id` with the values put in that are known.
    fn expand(&self, id: Id, text: &[u8]) -> Option<Vec<u8>> {
        // What `rewrite` calls `$1` is a capture of its own regex.
        let has_own = self.tree.node(id).is_some_and(|node| node.key == b"rewrite");
        // The name that is set is no use of it.
        let is_set = self.tree.node(id).is_some_and(|node| node.key == b"set");
        let mut full = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'$', rest) {
            let (before, from) = rest.split_at(at);
            full.extend_from_slice(before);
            let (name, length) = variable(from);
            let is_target = is_set && full.is_empty();
            let is_own = has_own && name.first().is_some_and(u8::is_ascii_digit);
            let value = self.value(id, name).filter(|_| !is_target && !is_own);
            full.extend_from_slice(value.unwrap_or(&from[..length]));
            rest = &from[length..];
            if full.len() > MAX_TEXT {
                return None;
            }
        }
        full.extend_from_slice(rest);
        Some(full)
    }

    /// What `name` stands for at the directive `id`.
    fn value(&self, id: Id, name: &[u8]) -> Option<&[u8]> {
        let mut at = id;
        for _ in 0..MAX_BLOCKS {
            at = self.tree.node(at)?.parent;
            if at == NONE {
                return None;
            }
            if let Some(value) = self.known.get(&(at, name.to_vec())) {
                return Some(value);
            }
        }
        None
    }
}

/// The name of the variable that `text` begins with, and how long it is written.
fn variable(text: &[u8]) -> (&[u8], usize) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let in_braces = text.get(1) == Some(&b'{');
    let from = 1 + usize::from(in_braces);
    let inner = text.get(from..).unwrap_or_default();
    // A capture has one digit.
    let most = if inner.first().is_some_and(u8::is_ascii_digit) { 1 } else { inner.len() };
    let length = inner.iter().take(most).take_while(|byte| is_word(byte)).count();
    let close = usize::from(in_braces && inner.get(length) == Some(&b'}'));
    (&inner[..length], from.min(text.len()) + length + close)
}

/// A group of a regex that captures.
struct Group<'a> {
    name: &'a [u8],
    content: &'a [u8],
}

impl<'a> Group<'a> {
    /// The first of the words that it can be, if it is one of some words.
    fn words(&self) -> Option<&'a [u8]> {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"|_-?".contains(byte);
        let first = self.content.split(|byte| *byte == b'|').next()?;
        self.content.iter().all(is_plain).then_some(first)
    }

    /// Whether a line break fits: a class of all but some, or of what is no word.
    fn may_break_line(&self) -> bool {
        let mut rest = self.content;
        while let Some(at) = memchr::memmem::find(rest, b"[^") {
            let (before, class) = rest.split_at(at);
            let end = class.iter().position(|byte| *byte == b']').unwrap_or(class.len());
            let (class, behind) = class.split_at(end);
            let excludes = [b"\\s".as_slice(), b"\\n", b"\\r"];
            if is_wide(before) || !excludes.iter().any(|escape| contains(class, escape)) {
                return true;
            }
            rest = behind;
        }
        is_wide(rest)
    }
}

/// Whether a part of a regex has an escape that a line break fits.
fn is_wide(part: &[u8]) -> bool {
    [b"\\W".as_slice(), b"\\D", b"\\s"].iter().any(|escape| contains(part, escape))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// The groups of the regex `text` that capture, in the order of their numbers.
fn groups(text: &[u8]) -> Vec<Group<'_>> {
    // Where each group begins, and its place in `groups` if it captures.
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut in_class = false;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class => {
                let (name, skipped, captures) = head(&text[at..]);
                let index = captures.then_some(groups.len());
                if captures {
                    groups.push(Group { name, content: b"" });
                }
                open.push((at + skipped, index));
            }
            b')' if !in_class => {
                if let Some((from, Some(index))) = open.pop()
                    && let Some(group) = groups.get_mut(index)
                {
                    group.content = text.get(from..at).unwrap_or_default();
                }
            }
            _ => {}
        }
        at += 1;
    }
    groups
}

/// The name of the group that `text` begins with, the length of what introduces it, and
/// whether it captures.
fn head(text: &[u8]) -> (&[u8], usize, bool) {
    for (intro, end) in [(b"(?<".as_slice(), b'>'), (b"(?P<", b'>'), (b"(?'", b'\'')] {
        let Some(inner) = text.strip_prefix(intro) else { continue };
        // `(?<=` and `(?<!` look behind.
        if inner.first().is_some_and(u8::is_ascii_alphabetic) {
            let length = inner.iter().take(64).position(|byte| *byte == end).unwrap_or(0);
            return (&inner[..length], intro.len() + length + 1, true);
        }
    }
    (b"", 1, !text.starts_with(b"(?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::read;

    fn expanded(text: &str) -> Vec<String> {
        let tree = read::braces(text.as_bytes());
        let texts = written(&tree).into_iter();
        texts.map(|written| String::from_utf8_lossy(&written.text).into_owned()).collect()
    }

    #[test]
    fn what_a_block_sets_and_captures_is_put_in() {
        let text =
            "location ~ ^/(?<part>.*)/(a|b)$ {\n set $to http://$part;\n proxy_pass $to/$2;\n}";
        assert_eq!(expanded(text), ["http://$1/a"]);
        let text = "location ~ ^/([^/]+)/ {\n proxy_pass http://app/$1;\n}";
        assert_eq!(expanded(text), ["http://app/$1%0A"]);
        let text = "location ~ ^/([^/\\s]+)/(?:x) {\n proxy_pass http://app/$1;\n}";
        assert_eq!(expanded(text), Vec::<String>::new());
    }

    #[test]
    fn a_name_belongs_to_its_block_and_a_rewrite_has_captures_of_its_own() {
        let text = "location /a {\n set $to x;\n}\nlocation /b {\n proxy_pass $to;\n}";
        assert_eq!(expanded(text), Vec::<String>::new());
        let text = "location ~ ^/([^/]+)/ {\n rewrite ^/(.*)$ /x/$1 last;\n}";
        assert_eq!(expanded(text), Vec::<String>::new());
    }

    #[test]
    fn values_that_hold_themselves_stay_small() {
        let text = format!("set $a x$a$a;\n{}", "set $a $a$a;\n".repeat(40));
        assert_eq!(expanded(&text), Vec::<String>::new());
        let many: String = (0..2_000).map(|number| format!("set $b{number} $a;\n")).collect();
        let long = format!("set $a {};\n{many}proxy_pass http://$a;\n", "x".repeat(4_000));
        assert_eq!(expanded(&long), Vec::<String>::new());
    }
}
