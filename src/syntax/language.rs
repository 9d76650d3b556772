//! Which language a file is written in.
//!
//! Decided by name, then extension, then `#!` line; never by guessing at the
//! content, so that the answer is the same for every run and every editor.

use serde::{Deserialize, Serialize};

/// A language that Seamline parses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    Python,
    JavaScript,
    TypeScript,
    Tsx,
    Go,
    Java,
    Kotlin,
    Ruby,
    Php,
    CSharp,
    Rust,
    Bash,
    Yaml,
    Json,
    Toml,
    Hcl,
    Dockerfile,
    Xml,
    Html,
}

use Language::{
    Bash, CSharp, Dockerfile, Go, Hcl, Html, Java, JavaScript, Json, Kotlin, Php, Python, Ruby,
    Rust, Toml, Tsx, TypeScript, Xml, Yaml,
};

/// File extensions, lower case. Components and pages are markup here; their
/// scripts are found by `scripts.rs`.
const EXTENSIONS: &[(&str, Language)] = &[
    ("py", Python),
    ("pyi", Python),
    ("pyw", Python),
    ("js", JavaScript),
    ("jsx", JavaScript),
    ("mjs", JavaScript),
    ("cjs", JavaScript),
    ("ts", TypeScript),
    ("mts", TypeScript),
    ("cts", TypeScript),
    ("tsx", Tsx),
    ("go", Go),
    ("java", Java),
    ("kt", Kotlin),
    ("kts", Kotlin),
    ("rb", Ruby),
    ("rake", Ruby),
    ("gemspec", Ruby),
    ("ru", Ruby),
    ("php", Php),
    ("phtml", Php),
    ("inc", Php),
    ("cs", CSharp),
    ("csx", CSharp),
    ("rs", Rust),
    ("sh", Bash),
    ("bash", Bash),
    ("zsh", Bash),
    ("ksh", Bash),
    ("bats", Bash),
    ("yaml", Yaml),
    ("yml", Yaml),
    ("json", Json),
    ("jsonc", Json),
    ("json5", Json),
    ("tfstate", Json),
    ("toml", Toml),
    ("tf", Hcl),
    ("hcl", Hcl),
    ("tfvars", Hcl),
    ("nomad", Hcl),
    ("dockerfile", Dockerfile),
    ("containerfile", Dockerfile),
    ("xml", Xml),
    ("xsd", Xml),
    ("wsdl", Xml),
    ("config", Xml),
    ("csproj", Xml),
    ("props", Xml),
    ("targets", Xml),
    ("plist", Xml),
    ("html", Html),
    ("htm", Html),
    ("xhtml", Html),
    ("vue", Html),
    ("svelte", Html),
    // Templates of pages.
    ("ejs", Html),
    ("erb", Html),
    ("cshtml", Html),
    ("razor", Html),
    ("hbs", Html),
    ("handlebars", Html),
    ("mustache", Html),
    ("njk", Html),
    ("jinja", Html),
    ("jinja2", Html),
    ("twig", Html),
    ("jsp", Html),
    ("jspx", Html),
    ("aspx", Html),
    ("ascx", Html),
    ("asp", Html),
];

/// Whole file names, lower case.
const NAMES: &[(&str, Language)] = &[
    ("dockerfile", Dockerfile),
    ("containerfile", Dockerfile),
    ("gemfile", Ruby),
    ("rakefile", Ruby),
    ("vagrantfile", Ruby),
    ("podfile", Ruby),
    ("fastfile", Ruby),
    (".bashrc", Bash),
    (".bash_profile", Bash),
    (".profile", Bash),
    (".zshrc", Bash),
    (".babelrc", Json),
    (".eslintrc", Json),
    ("pipfile", Toml),
    ("poetry.lock", Toml),
    ("cargo.lock", Toml),
];

/// Program names after `#!`.
const INTERPRETERS: &[(&str, Language)] = &[
    ("python", Python),
    ("node", JavaScript),
    ("deno", TypeScript),
    ("bun", TypeScript),
    ("ruby", Ruby),
    ("php", Php),
    ("bash", Bash),
    ("zsh", Bash),
    ("ksh", Bash),
    ("dash", Bash),
    ("sh", Bash),
];

impl Language {
    /// Every language, in the order of their numbers.
    pub const ALL: [Language; 19] = [
        Python, JavaScript, TypeScript, Tsx, Go, Java, Kotlin, Ruby, Php, CSharp, Rust, Bash, Yaml,
        Json, Toml, Hcl, Dockerfile, Xml, Html,
    ];

    /// The language of the file `path` that begins with `text`.
    pub fn of(path: &str, text: &[u8]) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        let by_name = NAMES.iter().find(|(known, _)| *known == name).map(|(_, language)| *language);
        by_name.or_else(|| by_prefix(&name)).or_else(|| by_extension(&name)).or_else(|| {
            let plain = !name.contains('.');
            plain.then(|| by_interpreter(text)).flatten()
        })
    }

    /// The language with this key, as rule files write it.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.key() == key)
    }

    /// The key used in rule files.
    pub fn key(self) -> &'static str {
        match self {
            Python => "python",
            JavaScript => "javascript",
            TypeScript => "typescript",
            Tsx => "tsx",
            Go => "go",
            Java => "java",
            Kotlin => "kotlin",
            Ruby => "ruby",
            Php => "php",
            CSharp => "csharp",
            Rust => "rust",
            Bash => "bash",
            Yaml => "yaml",
            Json => "json",
            Toml => "toml",
            Hcl => "hcl",
            Dockerfile => "dockerfile",
            Xml => "xml",
            Html => "html",
        }
    }

    /// A file name for a piece of code in this language that has none.
    pub fn sample_path(self) -> String {
        let extension = EXTENSIONS.iter().find(|(_, language)| *language == self);
        format!("example.{}", extension.map_or(self.key(), |(extension, _)| extension))
    }

    /// Whether a rule that lists `key` also reads this language: TypeScript
    /// and TSX files are read by JavaScript rules too.
    pub fn answers_to(self, key: &str) -> bool {
        match self {
            TypeScript => matches!(key, "typescript" | "javascript"),
            Tsx => matches!(key, "tsx" | "typescript" | "javascript"),
            _ => self.key() == key,
        }
    }
}

/// `Dockerfile.prod`, `Containerfile.dev`.
fn by_prefix(name: &str) -> Option<Language> {
    (name.starts_with("dockerfile.") || name.starts_with("containerfile.")).then_some(Dockerfile)
}

fn by_extension(name: &str) -> Option<Language> {
    let (_, extension) = name.rsplit_once('.')?;
    EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, language)| *language)
}

/// `#!/usr/bin/env -S python3 -u` and the like.
fn by_interpreter(text: &[u8]) -> Option<Language> {
    let line = text.strip_prefix(b"#!")?;
    let line = &line[..line.len().min(128)];
    let line = line.split(|b| *b == b'\n').next().unwrap_or(line);
    let line = std::str::from_utf8(line).ok()?;
    let program = line
        .split_ascii_whitespace()
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
    let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.iter().find(|(known, _)| *known == program).map(|(_, language)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_extension_and_shebang() {
        let of = |path: &str| Language::of(path, b"");
        assert_eq!(of("src/App.TSX"), Some(Tsx));
        assert_eq!(of("deploy/Dockerfile.prod"), Some(Dockerfile));
        assert_eq!(of("Gemfile"), Some(Ruby));
        assert_eq!(of("notes.txt"), None);
        assert_eq!(Language::of("bin/run", b"#!/usr/bin/env -S python3.12 -u\n"), Some(Python));
        assert_eq!(Language::of("bin/run", b"#!/bin/sh"), Some(Bash));
        assert_eq!(Language::of("bin/run.txt", b"#!/bin/sh"), None);
        assert_eq!(Language::of("bin/run", b"#!"), None);
    }

    #[test]
    fn javascript_rules_read_typescript() {
        assert!(Tsx.answers_to("javascript") && TypeScript.answers_to("javascript"));
        assert!(!JavaScript.answers_to("typescript"));
    }
}
