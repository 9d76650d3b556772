//! Code to put around a pattern so that the grammar accepts it: a Java call
//! stands in a method, an object entry in an object.

use super::template::Template;
use crate::syntax::language::Language;

/// Text before and after a pattern.
pub(crate) type Wrapper = (&'static str, &'static str);

const PLAIN: Wrapper = ("", "\n");

const SCRIPT: &[Wrapper] = &[
    PLAIN,
    ("zqw = {", "}\n"),
    ("class Zqw {", "\n}\n"),
    ("", "\nclass Zqw {}\n"),
    ("async function zqw() {\n", "\n}\n"),
    ("zqw = ", "\n"),
];
const PYTHON: &[Wrapper] =
    &[PLAIN, ("", "\ndef zqw(): pass\n"), ("zqw = {", "}\n"), ("try:\n  pass\n", "\n")];
const GO: &[Wrapper] = &[
    ("package zqw\nfunc zqw() {\n", "\n}\n"),
    ("package zqw\n", "\n"),
    ("package zqw\nvar zqw = zqw{", "}\n"),
    ("package zqw\nvar zqw = ", "\n"),
];
const JAVA: &[Wrapper] = &[
    ("class Zqw { void zqw() {\n", "\n;}}\n"),
    ("class Zqw { void zqw() {\n", "\n}}\n"),
    ("class Zqw {\n", "\n}\n"),
    ("", "\nclass Zqw {}\n"),
    PLAIN,
    ("class Zqw { Object zqw = ", ";}\n"),
    ("@Zqw(", ") class Zqw {}\n"),
];
const KOTLIN: &[Wrapper] = &[
    ("fun zqw() {\n", "\n}\n"),
    PLAIN,
    ("class Zqw {\n", "\n}\n"),
    ("", "\nclass Zqw {}\n"),
    ("", "\nfun zqw() {}\n"),
];
const CSHARP: &[Wrapper] = &[
    ("class Zqw { void zqw() {\n", "\n;}}\n"),
    ("class Zqw { void zqw() {\n", "\n}}\n"),
    ("class Zqw {\n", "\n}\n"),
    ("", "\nclass Zqw {}\n"),
    PLAIN,
    ("class Zqw { object zqw = ", ";}\n"),
];
const RUST: &[Wrapper] = &[
    ("fn zqw() {\n", "\n;}\n"),
    ("fn zqw() {\n", "\n}\n"),
    PLAIN,
    ("", "\nfn zqw() {}\n"),
    ("static ZQW: Zqw = Zqw {", "};\n"),
];
const RUBY: &[Wrapper] = &[PLAIN, ("zqw(", ")\n"), ("class Zqw\n", "\nend\n")];
const PHP: &[Wrapper] = &[
    ("<?php\n", "\n;"),
    ("<?php\n", "\n"),
    ("<?php\n$zqw = [", "];"),
    ("<?php\nclass Zqw {\n", "\n}"),
    ("<?php\nclass Zqw {\n", ";\n}"),
    ("<?php\ntry {} ", "\n"),
    ("<?php\n", "\nclass Zqw {}"),
];
const JSON: &[Wrapper] = &[PLAIN, ("{", "}\n")];
const HCL: &[Wrapper] = &[PLAIN, ("zqw = ", "\n")];
const CONTAINERFILE: &[Wrapper] = &[PLAIN, ("FROM zqw\n", "\n")];
const MARKUP: &[Wrapper] = &[("<zqw ", "/>\n"), ("<zqw>", "</zqw>\n")];
const ONLY_PLAIN: &[Wrapper] = &[PLAIN];

/// Wrappers to try in turn. In Go and JavaScript a pattern that begins with
/// `key:` would be a label on its own, in markup one without a tag mere text.
pub(crate) fn wrappers(language: Language, template: &Template) -> Vec<Wrapper> {
    use Language::*;
    let list = match language {
        JavaScript | TypeScript | Tsx => SCRIPT,
        Python => PYTHON,
        Go => GO,
        Java => JAVA,
        Kotlin => KOTLIN,
        CSharp => CSHARP,
        Rust => RUST,
        Ruby => RUBY,
        Php => PHP,
        Json => JSON,
        Hcl => HCL,
        Dockerfile => CONTAINERFILE,
        Xml | Html if template.starts_with_tag() => ONLY_PLAIN,
        Xml | Html => MARKUP,
        Bash | Yaml | Toml => ONLY_PLAIN,
    };
    let mut list = list.to_vec();
    let keys = matches!(language, JavaScript | TypeScript | Tsx | Go | Python | Rust);
    if keys && template.starts_with_key() {
        list.sort_by_key(|(before, _)| !before.ends_with('{') || before.starts_with("class"));
    }
    // Elsewhere Ruby takes it for the call of a method `rescue`.
    if language == Ruby && template.starts_with_rescue() {
        list.sort_by_key(|(before, _)| !before.starts_with("class"));
    }
    if language == Kotlin && template.starts_with_annotation() {
        list.sort_by_key(|(_, after)| !after.starts_with("\nclass"));
    }
    list
}
