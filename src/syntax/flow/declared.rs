//! What a file declares of its types: enumerations, whose values are a few words that
//! the program itself has written, and fields that hold numbers.
//!
//! Apart from the operations, as the flow passes over declarations of types.

use super::run::Run;
use super::symbols::Sym;
use crate::syntax::language::Language;

/// Enumerations of one file that are told apart.
const MOST: usize = 64;
/// Fields of texts of one file that are told apart.
const MOST_TEXTS: usize = 256;
/// Bytes in which the bases of a class are looked for.
const LONGEST_BASES: usize = 120;
/// Names of Python's classes of constants, https://docs.python.org/3/library/enum.html
const BASES: [&str; 4] = ["Enum)", "StrEnum)", "IntEnum)", "TextChoices)"];

/// The names of the enumerations that `text` declares, where a value that is none of
/// its words is refused when it is read. TypeScript's and Rust's are not among them: those
/// are forgotten at run time, these may hold more than a word.
pub(super) fn enums(language: Language, text: &[u8]) -> Vec<&str> {
    match language {
        Language::Java | Language::Kotlin | Language::CSharp => {
            after(text, b"enum ").map(|(name, _)| name).take(MOST).collect()
        }
        Language::Python => {
            let names = after(text, b"\nclass ");
            names
                .filter(|(_, rest)| derives_from_enum(rest))
                .map(|(name, _)| name)
                .take(MOST)
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Annotations of parameters that a framework converts from one text to the declared type,
/// https://docs.spring.io/spring-framework/reference/web/webmvc/mvc-controller/ann-methods/typeconversion.html
/// and https://jakarta.ee/specifications/restful-ws/4.0/jakarta-restful-ws-spec-4.0#resource_field
const CONVERTED: [&str; 10] = [
    "PathVariable", "RequestParam", "RequestHeader", "CookieValue", "MatrixVariable", "PathParam",
    "QueryParam", "HeaderParam", "CookieParam", "RestQuery",
];
/// Types of such parameters that hold the text itself, or a file of the caller.
const TEXTUAL: [&str; 25] = [
    "String", "CharSequence", "Object", "Any", "Map", "MultiValueMap", "HttpHeaders", "List",
    "Set", "Collection", "Iterable", "Array", "Optional", "MultipartFile", "Part", "FilePart",
    "Path", "File", "URI", "URL", "Resource", "JsonNode", "PathSegment", "StringBuilder", "Uri",
];

impl Run<'_> {
    /// TypeScript, PHP: `constructor(private db: Db)` declares a field as well.
    pub(super) fn is_promoted(&self, (start, end): (u32, u32)) -> bool {
        let text = self.context.text.get(start as usize..end as usize).unwrap_or_default();
        ["private ", "public ", "protected ", "readonly "]
            .iter()
            .any(|word| text.starts_with(word.as_bytes()))
    }

    /// Whether a parameter of type `kind` with these annotations cannot hold a text of the
    /// caller's choice: a number, or a type of the program to which the framework converts,
    /// which fails for all but a few words.
    pub(super) fn is_harmless(&self, kind: &str, marks: &[Sym]) -> bool {
        let jvm = matches!(self.context.language, Language::Java | Language::Kotlin);
        let named = kind.starts_with(|c: char| c.is_ascii_uppercase())
            && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && kind.len() > 1
            && !TEXTUAL.contains(&kind);
        let converted = |mark: &Sym| CONVERTED.contains(&self.symbols.name(*mark));
        self.context.sets.is_number(kind)
            || self.is_enum(kind)
            || (jvm && named && marks.iter().any(converted))
    }

    /// Whether all fields of the file's types that are called `name` hold numbers: what is
    /// no number is refused when such an object is read from a request.
    pub(super) fn is_number_field(&self, name: Sym) -> bool {
        let sets = self.context.sets;
        let fields =
            || number_fields(self.context.language, self.context.text, |t| sets.is_number(t));
        self.number_fields.get_or_init(fields).contains(&self.symbols.name(name))
    }
}

/// Types of texts, in whose company a name says nothing.
const TEXTS: [&str; 8] =
    ["String", "string", "str", "Object", "object", "Cow", "PathBuf", "OsString"];

/// The names that `text` declares as numbers, and nowhere as texts: `id: i64`, `int Id`,
/// `ID int64`. Only of languages in which a declared type holds at run time.
fn number_fields(language: Language, text: &[u8], is_number: impl Fn(&str) -> bool) -> Vec<&str> {
    let type_first = matches!(language, Language::Java | Language::CSharp);
    let colon = matches!(language, Language::Rust | Language::Kotlin);
    if !(type_first || colon || language == Language::Go) {
        return Vec::new();
    }
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    let mut before: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some(skipped) = text.get(at..).and_then(|rest| rest.iter().position(&is_word)) {
        let start = at + skipped;
        let len = text[start..].iter().position(|b| !is_word(b)).unwrap_or(text.len() - start);
        at = start + len;
        let word = std::str::from_utf8(&text[start..at]).unwrap_or_default();
        if let Some((first, end)) = before {
            let gap = text[end..start].trim_ascii();
            let joined =
                if colon { gap == b":" || gap == b": &" } else { gap.is_empty() || gap == b"?" };
            let (kind, name) = if type_first { (first, word) } else { (word, first) };
            if joined && is_number(kind) && numbers.len() < MOST {
                numbers.push(name);
            } else if joined && TEXTS.contains(&kind) && texts.len() < MOST_TEXTS {
                texts.push(name);
            }
        }
        before = Some((word, at));
    }
    // With more texts than are told apart nothing is certain.
    let known = texts.len() < MOST_TEXTS;
    numbers.retain(|name| known && !texts.contains(name));
    numbers
}

/// The names that stand behind `keyword`, each with what follows it.
fn after<'t>(text: &'t [u8], keyword: &'static [u8]) -> impl Iterator<Item = (&'t str, &'t [u8])> {
    memchr::memmem::find_iter(text, keyword).filter_map(move |at| {
        let rest = text.get(at + keyword.len()..)?;
        let rest = rest.strip_prefix(b"class ").unwrap_or(rest);
        let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))?;
        let (name, rest) = rest.split_at(end);
        std::str::from_utf8(name).ok().filter(|name| !name.is_empty()).map(|name| (name, rest))
    })
}

/// Whether `(str, Enum):` follows the name of a class.
fn derives_from_enum(rest: &[u8]) -> bool {
    let head = rest.get(..rest.len().min(LONGEST_BASES)).unwrap_or_default();
    let bases = head.split(|b| *b == b':').next().unwrap_or_default();
    bases.starts_with(b"(") && BASES.iter().any(|base| bases.ends_with(base.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_numbers_are_found_by_their_types() {
        let is_number = |kind: &str| matches!(kind, "i64" | "int" | "Int");
        for (language, text, names) in [
            (Language::Rust, &b"struct Q { id: i64, name: String, age: &str }"[..], vec!["id"]),
            (Language::Rust, b"struct Q { id: i64 } fn f(id: &str) {}", vec![]),
            (
                Language::CSharp,
                b"class Q { public int Page { get; set; } string Name; }",
                vec!["Page"],
            ),
            (Language::Go, b"type Q struct {\n\tID int\n\tName string\n}", vec!["ID"]),
            (Language::Kotlin, b"data class Q(val id: Int, val name: String)", vec!["id"]),
            (Language::Python, b"id: int", vec![]),
        ] {
            assert_eq!(number_fields(language, text, is_number), names);
        }
    }

    #[test]
    fn enumerations_are_found_by_their_names() {
        let python =
            b"import enum\nclass Sort(str, Enum):\n    A = 1\nclass Order(Base):\n    pass\n";
        for (language, text, names) in [
            (Language::Java, &b"class A { enum Kind { A, B } }"[..], vec!["Kind"]),
            (Language::Kotlin, b"enum class Sort { NAME }", vec!["Sort"]),
            (Language::CSharp, b"public enum Sort { Name }\nenum ", vec!["Sort"]),
            (Language::Python, python, vec!["Sort"]),
            (Language::Rust, b"enum Sort { Other(String) }", vec![]),
        ] {
            assert_eq!(enums(language, text), names);
        }
    }
}
