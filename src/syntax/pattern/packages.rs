//! Classes that are written with their package: `new java.io.File(…)` is
//! `new File(…)`, `System.IO.File.Delete(…)` is `File.Delete(…)`. A pattern says the
//! short form, as most files do.

use crate::syntax::language::Language;

/// Longer paths are no packages.
const LONGEST: usize = 120;
/// What packages of .NET begin with; a property may be written like one.
const NAMESPACES: &[&[u8]] =
    &[b"System", b"Microsoft", b"Newtonsoft", b"MySql", b"Npgsql", b"MongoDB", b"Amazon", b"Azure"];

/// Whether classes of the language may stand with their package.
pub(crate) fn has_packages(language: Language) -> bool {
    matches!(language, Language::Java | Language::Kotlin | Language::CSharp)
}

/// Whether `code` is the class `word` with its package in front.
pub(super) fn is_class(language: Language, word: &[u8], code: &[u8]) -> bool {
    if !word.first().is_some_and(u8::is_ascii_uppercase) || code.len() <= word.len() {
        return false;
    }
    let package = code.strip_suffix(word).and_then(|rest| rest.strip_suffix(b"."));
    let Some(package) = package.filter(|package| package.len() <= LONGEST) else { return false };
    match language {
        Language::Java | Language::Kotlin => is_java_package(package),
        Language::CSharp => is_namespace(package),
        _ => false,
    }
}

/// Whether `package.class` is a class with its package: the data flow knows
/// libraries' classes by their own names.
pub(crate) fn is_class_of(language: Language, package: &str, class: &str) -> bool {
    matches!(language, Language::Java | Language::Kotlin)
        && class.starts_with(|c: char| c.is_ascii_uppercase())
        && is_java_package(package.as_bytes())
}

/// `name` without its package, if it has one: `java.util.Map.Entry` is `Map.Entry`.
pub(crate) fn without_package(language: Language, name: &str) -> &str {
    let mut at = 0;
    for part in name.split('.') {
        let package = name[..at].trim_end_matches('.').as_bytes();
        let known = match language {
            Language::Java | Language::Kotlin => is_java_package(package),
            // Namespaces look like classes: the last name is the class.
            Language::CSharp => at + part.len() == name.len() && is_namespace(package),
            _ => false,
        };
        if known && part.starts_with(|c: char| c.is_ascii_uppercase()) {
            return &name[at..];
        }
        at += part.len() + 1;
    }
    name
}

/// Two lower-case names or more: `java.io`. Members are no classes.
fn is_java_package(path: &[u8]) -> bool {
    let is_name = |name: &[u8]| {
        name.first().is_some_and(u8::is_ascii_lowercase)
            && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
    };
    path.contains(&b'.') && path.split(|byte| *byte == b'.').all(is_name)
}

fn is_namespace(path: &[u8]) -> bool {
    let path = path.strip_prefix(b"global::").unwrap_or(path);
    let mut names = path.split(|byte| *byte == b'.');
    let known = names.next().is_some_and(|first| NAMESPACES.contains(&first));
    known && names.all(|name| !name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_may_stand_with_its_package_and_only_with_that() {
        let java = |code: &str| is_class(Language::Java, b"File", code.as_bytes());
        assert!(java("java.io.File"));
        assert!(!java("File"));
        assert!(!java("request.File"));
        assert!(!java("this.Upload.File"));
        assert!(!java("open().get().File"));
        assert!(!java("java.io.MyFile"));
        let net = |code: &str| is_class(Language::CSharp, b"File", code.as_bytes());
        assert!(net("System.IO.File"));
        assert!(net("global::System.IO.File"));
        assert!(!net("Request.File"));
        assert!(!net("System.Of().File"));
        assert!(!is_class(Language::Go, b"File", b"os.x.File"));
    }

    #[test]
    fn the_name_of_a_class_is_what_comes_after_its_package() {
        let java = |name| without_package(Language::Java, name);
        assert_eq!(java("java.sql.Statement"), "Statement");
        assert_eq!(java("java.util.Map.Entry"), "Map.Entry");
        assert_eq!(java("Statement"), "Statement");
        assert_eq!(java("a.b."), "a.b.");
        assert_eq!(java(""), "");
        assert_eq!(without_package(Language::CSharp, "System.Net.WebClient"), "WebClient");
        assert_eq!(without_package(Language::CSharp, "Shop.Order"), "Shop.Order");
        assert_eq!(without_package(Language::Go, "java.sql.Statement"), "java.sql.Statement");
    }
}
