//! Pattern text to code that a grammar accepts: metavariables become
//! placeholders that are legal names (or numbers) of the language.

use std::ops::Range;

use crate::syntax::language::Language;

/// A metavariable as it stands in a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meta {
    /// `$NAME` (or `$_`, without a name): one node.
    One(Option<String>),
    /// `$$$NAME` (or `$$$`): any number of nodes.
    Many(Option<String>),
}

/// A form a placeholder can take. Not every form is legal in every place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `zqmv0z`
    Name,
    /// `Zqmv0z`, where a name must begin with a capital.
    Capital,
    /// `$zqmv0z`, a PHP variable; `$zqmv0z;` for any number of statements.
    Dollar,
    /// `917300`, where bare words are not values.
    Number,
    /// As a name, but `Zqmv0z zqmv0z` for any number of Java parameters.
    TypeFirst,
    /// As `TypeFirst`, but `zqmv0z();` for any number of C# statements: a name
    /// alone is no statement there.
    TypeFirstCalls,
    /// As a name, but `zqmv0z: Zqmv0z` for any number of Kotlin parameters.
    TypeLast,
    /// As a name, but `$zqmv0z` for any number of PHP parameters and
    /// `zqmv0z;` for any number of PHP statements.
    PhpFunction,
}

impl Style {
    /// Forms to try, the most widely legal first.
    pub(crate) fn of(language: Language) -> &'static [Style] {
        match language {
            Language::Php => &[Style::Dollar, Style::Name, Style::PhpFunction],
            Language::Json | Language::Toml => &[Style::Number],
            Language::Java => &[Style::Name, Style::TypeFirst],
            Language::CSharp => &[Style::Name, Style::TypeFirst, Style::TypeFirstCalls],
            Language::Kotlin | Language::Rust => &[Style::Name, Style::TypeLast],
            _ => &[Style::Name, Style::Capital],
        }
    }

    fn write(self, index: usize, parameters: bool) -> String {
        match self {
            Style::TypeFirst | Style::TypeFirstCalls if parameters => {
                format!("Zqmv{index}z zqmv{index}z")
            }
            Style::TypeLast if parameters => format!("zqmv{index}z: Zqmv{index}z"),
            Style::PhpFunction if parameters => format!("$zqmv{index}z"),
            Style::Name
            | Style::TypeFirst
            | Style::TypeFirstCalls
            | Style::TypeLast
            | Style::PhpFunction => format!("zqmv{index}z"),
            Style::Capital => format!("Zqmv{index}z"),
            Style::Dollar => format!("$zqmv{index}z"),
            Style::Number => format!("9173{:03}", index),
        }
    }
}

/// A pattern split into text and metavariables.
#[derive(Debug)]
pub(crate) struct Template {
    source: String,
    metas: Vec<(Range<usize>, Meta)>,
}

impl Template {
    /// Reads `pattern`; surrounding blank space and a final `;` do not count.
    pub(crate) fn new(pattern: &str) -> Self {
        let source = pattern.trim().trim_end_matches(';').trim_end().to_owned();
        let mut metas = Vec::new();
        let mut at = 0;
        while let Some(found) = source[at..].find('$') {
            let start = at + found;
            match meta_at(&source[start..]) {
                Some((len, meta)) => {
                    metas.push((start..start + len, meta));
                    at = start + len;
                }
                None => at = start + 1,
            }
        }
        Template { source, metas }
    }

    /// The pattern with placeholders of `style`.
    pub(crate) fn render(&self, style: Style) -> String {
        let mut code = String::with_capacity(self.source.len() + 8 * self.metas.len());
        let mut at = 0;
        for (index, (range, _)) in self.metas.iter().enumerate() {
            code.push_str(&self.source[at..range.start]);
            code.push_str(&self.placeholder(style, index));
            at = range.end;
        }
        code.push_str(&self.source[at..]);
        code
    }

    fn placeholder(&self, style: Style, index: usize) -> String {
        let (range, meta) = &self.metas[index];
        let before = self.source[..range.start].trim_end();
        let many = matches!(meta, Meta::Many(_));
        let listed = before.ends_with(['(', ',']) && !in_annotation(before);
        let mut text = style.write(index, many && listed);
        let statements = many && before.ends_with('{');
        match style {
            Style::Dollar | Style::PhpFunction if statements => text.push(';'),
            Style::TypeFirstCalls if many && before.ends_with(['{', ';']) => {
                let ended = self.source[range.end..].trim_start().starts_with(';');
                text.push_str(if ended { "()" } else { "();" });
            }
            _ => {}
        }
        text
    }

    /// The metavariable whose placeholder is exactly `text`.
    pub(crate) fn meta(&self, style: Style, text: &str) -> Option<&Meta> {
        let text = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
        let is = |index: &usize| self.placeholder(style, *index).trim_end_matches(';') == text;
        let index = (0..self.metas.len()).find(is)?;
        Some(&self.metas[index].1)
    }

    /// `text` with placeholders turned back into what the pattern says: for
    /// literals that merely contain a `$NAME`.
    pub(crate) fn restore(&self, style: Style, text: &str) -> String {
        let mut text = text.to_owned();
        for (index, (range, _)) in self.metas.iter().enumerate() {
            text = text.replace(&self.placeholder(style, index), &self.source[range.clone()]);
        }
        text
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Names of all metavariables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.metas.iter().filter_map(|(_, meta)| match meta {
            Meta::One(name) | Meta::Many(name) => name.as_deref(),
        })
    }

    /// The literal parts, between metavariables; each with what comes after it.
    pub(crate) fn literal_parts(&self) -> impl Iterator<Item = (&str, &str)> {
        let ends = self.metas.iter().map(|(range, _)| range.start).chain([self.source.len()]);
        let starts = [0].into_iter().chain(self.metas.iter().map(|(range, _)| range.end));
        starts.zip(ends).map(|(start, end)| (&self.source[start..end], &self.source[end..]))
    }

    /// The name of the `$NAME` before each of the [`Self::literal_parts`].
    pub(crate) fn holes_before(&self) -> impl Iterator<Item = Option<&str>> {
        let names = self.metas.iter().map(|(_, meta)| match meta {
            Meta::One(name) => name.as_deref(),
            Meta::Many(_) => None,
        });
        [None].into_iter().chain(names)
    }

    /// Whether the pattern begins with a tag.
    pub(crate) fn starts_with_tag(&self) -> bool {
        self.source.starts_with('<')
    }

    /// Whether the pattern is a `rescue` clause of Ruby.
    pub(crate) fn starts_with_rescue(&self) -> bool {
        self.source.strip_prefix("rescue").is_some_and(|rest| rest.starts_with(char::is_whitespace))
    }

    /// Whether the pattern begins with an annotation, which Kotlin would
    /// otherwise tear from its arguments.
    pub(crate) fn starts_with_annotation(&self) -> bool {
        self.source.starts_with('@')
    }

    /// Whether the pattern begins with a key and a colon, which many languages
    /// would otherwise read as a label.
    pub(crate) fn starts_with_key(&self) -> bool {
        let key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '\'' | '-');
        let rest = self.source.trim_start_matches(key);
        let Some(after) = rest.trim_start().strip_prefix(':') else { return false };
        rest.len() < self.source.len() && !after.starts_with([':', '='])
    }
}

/// Whether what follows `before` is an argument of an annotation, or of a C#
/// attribute.
fn in_annotation(before: &str) -> bool {
    let mut closed = 0;
    let open = before.char_indices().rev().find(|(_, c)| {
        closed += i32::from(*c == ')') - i32::from(*c == '(');
        closed < 0
    });
    let name = open.map_or("", |(at, _)| before[..at].trim_end());
    name.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'))
        .ends_with(['@', '['])
}

/// The metavariable at the start of `text` and its length. `$_NAME` is none:
/// PHP's `$_GET` must stay what it is.
fn meta_at(text: &str) -> Option<(usize, Meta)> {
    let many = text.starts_with("$$$");
    let sigils = if many { 3 } else { 1 };
    let rest = &text[sigils..];
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let name = &rest[..word];
    if many && name.is_empty() {
        return Some((sigils, Meta::Many(None)));
    }
    if name == "_" {
        return (!many).then_some((sigils + 1, Meta::One(None)));
    }
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_uppercase()) || !name.chars().all(upper) {
        return None;
    }
    let length = sigils + name.len();
    let name = Some(name.to_owned());
    Some((length, if many { Meta::Many(name) } else { Meta::One(name) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metavariables_become_placeholders() {
        let template = Template::new("requests.get($URL, $$$, verify=$_);");
        assert_eq!(template.render(Style::Name), "requests.get(zqmv0z, zqmv1z, verify=zqmv2z)");
        assert_eq!(template.meta(Style::Name, "zqmv0z;"), Some(&Meta::One(Some("URL".into()))));
        assert_eq!(template.meta(Style::Name, "zqmv1z"), Some(&Meta::Many(None)));
        assert_eq!(template.meta(Style::Name, "other"), None);
        assert_eq!(template.names().collect::<Vec<_>>(), ["URL"]);
    }

    #[test]
    fn other_dollars_are_code() {
        let template = Template::new("foo($_GET['$x'], $lower, \"^a$\")");
        assert_eq!(template.render(Style::Dollar), "foo($_GET['$x'], $lower, \"^a$\")");
    }

    #[test]
    fn arguments_of_annotations_are_no_parameters() {
        let template = Template::new("@Get($$$) void f($$$, @Size(min = $N, $$$) int n)");
        let code = template.render(Style::TypeFirst);
        let expected = "@Get(zqmv0z) void f(Zqmv1z zqmv1z, @Size(min = zqmv2z, zqmv3z) int n)";
        assert_eq!(code, expected);
    }

    #[test]
    fn any_statements_of_csharp_are_calls() {
        let template = Template::new("$TYPE $NAME($$$) { $$$ }");
        let code = template.render(Style::TypeFirstCalls);
        assert_eq!(code, "zqmv0z zqmv1z(Zqmv2z zqmv2z) { zqmv3z(); }");
        assert_eq!(template.meta(Style::TypeFirstCalls, "zqmv3z();"), Some(&Meta::Many(None)));
    }

    #[test]
    fn text_inside_literals_is_restored() {
        let template = Template::new("curl \"http://$HOST/\"");
        let code = template.render(Style::Name);
        assert_eq!(template.restore(Style::Name, &code), "curl \"http://$HOST/\"");
    }

    #[test]
    fn keys_are_told_from_scopes_and_assignments() {
        assert!(Template::new("rejectUnauthorized: false").starts_with_key());
        assert!(Template::new("'a-b': $X").starts_with_key());
        assert!(!Template::new("a::b($X)").starts_with_key());
        assert!(!Template::new("a := b").starts_with_key());
        assert!(!Template::new("call(a)").starts_with_key());
    }
}
