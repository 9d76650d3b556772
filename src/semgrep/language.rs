//! Names of languages: theirs, and ours for the same.

/// What a rule of one of their languages is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Patterns of code in this language (a key of `syntax/language.rs`).
    Code(&'static str),
    /// Regexes over files of any kind.
    Text,
}

/// Their names, with our key.
const NAMES: &[(&str, &[&str])] = &[
    ("python", &["python", "py", "python2", "python3"]),
    ("javascript", &["javascript", "js"]),
    ("typescript", &["typescript", "ts"]),
    ("go", &["go", "golang"]),
    ("java", &["java"]),
    ("kotlin", &["kotlin", "kt"]),
    ("csharp", &["csharp", "c#", "C#"]),
    ("php", &["php"]),
    ("ruby", &["ruby", "rb"]),
    ("rust", &["rust", "rs"]),
    ("bash", &["bash", "sh"]),
    ("yaml", &["yaml"]),
    ("json", &["json"]),
    ("hcl", &["terraform", "tf", "hcl"]),
    ("dockerfile", &["dockerfile", "docker"]),
    ("html", &["html"]),
    ("xml", &["xml"]),
];

/// Names of theirs for files of any kind.
const TEXT: &[&str] = &["regex", "generic", "none", "spacegrep", "aliengrep"];

/// What a rule for the language `name` is run on; `None` if we do not read it.
pub(super) fn target(name: &str) -> Option<Target> {
    if TEXT.contains(&name) {
        return Some(Target::Text);
    }
    let known = NAMES.iter().find(|(_, names)| names.contains(&name));
    known.map(|(key, _)| Target::Code(key))
}

/// Ends of the names of files in the language `key`, for regexes over them.
pub(super) fn endings(key: &str) -> &'static [&'static str] {
    match key {
        "python" => &["*.py", "*.pyi"],
        "javascript" => &["*.js", "*.jsx", "*.mjs", "*.cjs"],
        "typescript" => &["*.ts", "*.tsx", "*.mts", "*.cts"],
        "go" => &["*.go"],
        "java" => &["*.java"],
        "kotlin" => &["*.kt", "*.kts"],
        "csharp" => &["*.cs"],
        "php" => &["*.php", "*.phtml"],
        "ruby" => &["*.rb"],
        "rust" => &["*.rs"],
        "bash" => &["*.sh", "*.bash"],
        "yaml" => &["*.yml", "*.yaml"],
        "json" => &["*.json"],
        "hcl" => &["*.tf", "*.hcl", "*.tfvars"],
        "dockerfile" => &["Dockerfile", "*.dockerfile", "Dockerfile.*"],
        "html" => &["*.html", "*.htm"],
        _ => &["*.xml"],
    }
}

/// Whether a text that stands for a constant counts as the text: in the
/// languages of programs, not in those of settings.
pub(super) fn is_program(key: &str) -> bool {
    !matches!(key, "bash" | "yaml" | "json" | "hcl" | "dockerfile" | "html" | "xml")
}

/// Languages in which names are followed through the file's imports.
pub(super) fn follows_imports(key: &str) -> bool {
    matches!(key, "python" | "javascript" | "typescript")
}
