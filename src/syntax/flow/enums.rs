//! Enumerations that a file declares: a value of such a type is one of a few
//! words that the program itself has written.
//!
//! Apart from the operations, as the flow passes over declarations of types.

use crate::syntax::language::Language;

/// Enumerations of one file that are told apart.
const MOST: usize = 64;
/// Bytes in which the bases of a class are looked for.
const LONGEST_BASES: usize = 120;
/// Names of Python's classes of constants, https://docs.python.org/3/library/enum.html
const BASES: [&str; 4] = ["Enum)", "StrEnum)", "IntEnum)", "TextChoices)"];

/// The names of the enumerations that `text` declares, where a value that is none of
/// its words is refused when it is read. TypeScript's and Rust's are not among them: those
/// are forgotten at run time, these may hold more than a word.
pub(super) fn declared(language: Language, text: &[u8]) -> Vec<&str> {
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
            assert_eq!(declared(language, text), names);
        }
    }
}
