//! The script elements of Vue and Svelte components and of HTML pages: found in
//! the text, so that they can be parsed as what they are, at their true places.
//!
//! Apart from the parser because a page is two languages in one file: its
//! markup is read as HTML, its scripts as JavaScript or TypeScript.

use std::ops::Range;

use memchr::memmem;

use super::language::Language;

/// More elements in one file are left out: each costs the parser a look.
const MAX_SCRIPTS: usize = 256;
/// Longer tags are no tags that people write.
const MAX_TAG: usize = 4096;
/// Files whose scripts are read, by extension.
const EXTENSIONS: &[&str] =
    &[".vue", ".svelte", ".html", ".htm", ".xhtml", ".cshtml", ".ejs", ".jsp"];
/// Values of `type` with which a browser runs the script, and `lang` in disguise.
const TYPES: &[&str] = &[
    "", "module", "text/javascript", "application/javascript", "text/ecmascript",
    "application/ecmascript", "text/babel", "text/jsx", "text/typescript", "ts",
];

/// The scripts of a file: one language, and where each of them stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scripts {
    pub(crate) language: Language,
    pub(crate) ranges: Vec<Range<usize>>,
}

impl Scripts {
    /// The scripts of the file `path`; none if it is no page or has none.
    pub(crate) fn of(path: &str, text: &[u8]) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let page = EXTENSIONS.iter().any(|extension| {
            let end = name.len().checked_sub(extension.len()).and_then(|at| name.get(at..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(extension))
        });
        if !page {
            return None;
        }
        let mut scripts = Scripts { language: Language::JavaScript, ranges: Vec::new() };
        scripts.search(text);
        (!scripts.ranges.is_empty()).then_some(scripts)
    }

    fn search(&mut self, text: &[u8]) {
        let mut at = 0;
        while self.ranges.len() < MAX_SCRIPTS {
            let Some(open) = next_open(text, at) else { return };
            let Some(tag) = tag_end(text, open) else {
                at = open + 1;
                continue;
            };
            let attributes = &text[open + b"<script".len()..tag];
            if attributes.ends_with(b"/") {
                at = tag + 1;
                continue;
            }
            let end = close(text, tag + 1);
            if end > tag + 1 && runs(attributes) {
                self.ranges.push(tag + 1..end);
                self.language = self.language_with(attributes);
            }
            at = end;
        }
    }

    /// TypeScript reads JavaScript too, so one script in it decides for all.
    fn language_with(&self, attributes: &[u8]) -> Language {
        let lang = attribute(attributes, b"lang").or_else(|| attribute(attributes, b"type"));
        match lang {
            Some(b"tsx") => Language::Tsx,
            Some(b"ts" | b"typescript" | b"text/typescript") => Language::TypeScript,
            _ => self.language,
        }
    }
}

/// The next `<script` from `at` that is in no comment.
fn next_open(text: &[u8], at: usize) -> Option<usize> {
    let mut from = at;
    loop {
        let open = from + memchr::memchr(b'<', text.get(from..)?)?;
        let rest = &text[open..];
        if rest.starts_with(b"<!--") {
            from = open + memmem::find(rest, b"-->")?;
        } else if starts_tag(rest, b"<script") {
            return Some(open);
        } else {
            from = open + 1;
        }
    }
}

fn starts_tag(rest: &[u8], tag: &[u8]) -> bool {
    let named = rest.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag));
    named
        && rest.get(tag.len()).is_some_and(|b| matches!(b, b'>' | b'/') || b.is_ascii_whitespace())
}

/// The `>` that ends the tag at `open`, outside quotes.
fn tag_end(text: &[u8], open: usize) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in text[open..].iter().enumerate().take(MAX_TAG) {
        match (quote, byte) {
            (None, b'>') => return Some(open + index),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Where the script that begins at `start` ends: at its `</script`, or the end.
fn close(text: &[u8], start: usize) -> usize {
    let body = &text[start..];
    let ends = memmem::find_iter(body, b"</").find(|at| starts_tag(&body[*at..], b"</script"));
    start + ends.unwrap_or(body.len())
}

/// Whether a script with these attributes is code: not data, not a template.
fn runs(attributes: &[u8]) -> bool {
    let kind = attribute(attributes, b"type").unwrap_or_default();
    TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known.as_bytes()))
}

/// The quoted value of the attribute `name`.
fn attribute<'a>(attributes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = memmem::find_iter(attributes, name).find(|at| {
        let apart = at.checked_sub(1).is_some_and(|i| attributes[i].is_ascii_whitespace());
        apart && attributes.get(at + name.len()) == Some(&b'=')
    })?;
    let value = &attributes[at + name.len() + 1..];
    let quote = *value.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let value = &value[1..];
    Some(&value[..memchr::memchr(quote, value)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(path: &str, text: &str) -> Option<(Language, Vec<String>)> {
        let scripts = Scripts::of(path, text.as_bytes())?;
        let parts = scripts.ranges.iter().map(|range| text[range.clone()].to_owned());
        Some((scripts.language, parts.collect()))
    }

    #[test]
    fn both_scripts_of_a_component_are_read_in_the_language_of_either() {
        let text = "<script>\na\n</script><script setup lang=\"ts\">b</script>";
        let found = scripts("src/App.vue", text);
        assert_eq!(found, Some((Language::TypeScript, vec!["\na\n".into(), "b".into()])));
    }

    #[test]
    fn data_templates_comments_and_other_files_hold_no_script() {
        for text in [
            "<script type=\"application/json\">{}</script>",
            "<script type='text/x-template'><b></b></script>",
            "<!-- <script>a</script> -->",
            "<script src=\"a.js\"></script><script src='b.js' />",
            "<scripts>a</scripts>",
            "<script a=\"",
        ] {
            assert_eq!(scripts("index.HTML", text), None, "{text}");
        }
        assert_eq!(scripts("notes.md", "<script>a</script>"), None);
    }

    #[test]
    fn quotes_in_a_tag_and_an_end_in_capitals_are_understood() {
        let text = "<SCRIPT data-a=\"1 > 0\">a</p></SCRIPT ><script>open";
        let found = scripts("x.svelte", text);
        assert_eq!(found, Some((Language::JavaScript, vec!["a</p>".into(), "open".into()])));
    }
}
