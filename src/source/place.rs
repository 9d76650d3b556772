//! What kind of place a file is, by its path: source code, where a bare word
//! is a variable, or configuration, where it is a value; production, test or
//! example. The place changes how sure a finding is, never whether a file is read.

/// How bare words read in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Bare words are names: `password = other`.
    Code,
    /// Bare words are values: `.env`, YAML, INI, properties, shell.
    Config,
    /// Sentences: Markdown, plain text.
    Prose,
    /// Unknown: bare values must look like credentials by themselves.
    Unknown,
}

/// What a file is for, as far as its path tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Production,
    /// Tests, fixtures, mocks.
    Test,
    /// Documentation, examples, samples, templates.
    Example,
}

/// Facts about the file that hold for all its candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub notation: Notation,
    pub role: Role,
}

const CODE: &[&str] = &[
    "py", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go", "java", "kt", "kts",
    "rb", "php", "cs", "rs", "c", "h", "cc", "cpp", "cxx", "hpp", "m", "mm", "swift", "scala",
    "groovy", "gradle", "dart", "lua", "pl", "pm", "ex", "exs", "erl", "hs", "clj", "cljs", "fs",
    "vb", "r", "jl", "vue", "svelte", "sql", "ps1", "psm1", "nim", "zig", "elm", "ml", "mli",
    "coffee", "erb", "jsp", "ejs", "proto", "graphql", "css", "scss", "less", "cshtml", "razor",
];

const CONFIG: &[&str] = &[
    "env", "yaml", "yml", "ini", "cfg", "conf", "config", "properties", "toml", "sh", "bash",
    "zsh", "fish", "bat", "cmd", "envrc", "tfvars", "service", "cnf", "dockerfile", "mk", "prefs",
    "netrc", "pgpass", "npmrc", "pypirc", "desktop", "rc", "settings",
];

const PROSE: &[&str] = &["md", "mdx", "rst", "adoc", "html", "htm", "tex", "asciidoc", "xhtml"];

const TEST_WORDS: &[&str] = &[
    "test", "tests", "testing", "spec", "specs", "fixtures", "fixture", "testdata", "mock",
    "mocks", "stub", "stubs", "cassettes", "e2e", "conftest", "fakes", "dummy", "unittest",
    "integrationtest", "benches", "benchmarks", "testutil", "testutils", "snapshots",
];

const EXAMPLE_WORDS: &[&str] = &[
    "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation",
    "tutorial", "tutorials", "template", "templates", "dist", "quickstart", "guides", "changelog",
    "readme",
];

impl Place {
    /// Reads the path of a file, with forward slashes.
    pub fn of(path: &str) -> Self {
        Place { notation: notation(path), role: role(path) }
    }
}

fn notation(path: &str) -> Notation {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit('.').next().unwrap_or(name);
    let is = |list: &[&str]| list.iter().any(|e| extension.eq_ignore_ascii_case(e));
    if name.starts_with(".env") || name.starts_with("Dockerfile") || is(CONFIG) {
        Notation::Config
    } else if is(CODE) {
        Notation::Code
    } else if is(PROSE) {
        Notation::Prose
    } else {
        Notation::Unknown
    }
}

fn role(path: &str) -> Role {
    let mut role = Role::Production;
    for word in path.split(|c: char| !c.is_ascii_alphanumeric()) {
        if has_word(word, TEST_WORDS) || word.ends_with("Test") || word.ends_with("Tests") {
            return Role::Test;
        }
        if has_word(word, EXAMPLE_WORDS) {
            role = Role::Example;
        }
    }
    role
}

fn has_word(word: &str, list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_and_role_of_paths() {
        for (path, notation, role) in [
            ("src/app.py", Notation::Code, Role::Production),
            (".env.production", Notation::Config, Role::Production),
            ("deploy/Dockerfile", Notation::Config, Role::Production),
            ("src/test/java/LoginTest.java", Notation::Code, Role::Test),
            ("pkg/auth_test.go", Notation::Code, Role::Test),
            ("docs/setup.md", Notation::Prose, Role::Example),
            (".env.example", Notation::Config, Role::Example),
            ("config.txt", Notation::Unknown, Role::Production),
        ] {
            assert_eq!(Place::of(path), Place { notation, role }, "{path}");
        }
    }
}
