//! What kind of place a file is, by its path: source code, where a bare word
//! is a variable, or configuration, where it is a value; production, test or
//! example. The place changes how sure a finding is, never whether a file is read.

use super::archive::SEPARATOR;

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
    /// Holds the texts of a user interface in some language.
    pub is_translation: bool,
}

/// Bytes of the longest word below, and no less.
const LONGEST: usize = 16;

const CODE: &[&str] = &[
    "c", "cc", "cjs", "clj", "cljs", "coffee", "cpp", "cs", "cshtml", "css", "cts", "cxx", "dart",
    "ejs", "elm", "erb", "erl", "ex", "exs", "fs", "go", "gradle", "graphql", "groovy", "h", "hpp",
    "hs", "java", "jl", "js", "jsp", "jsx", "kt", "kts", "less", "lua", "m", "mjs", "ml", "mli",
    "mm", "mts", "nim", "php", "pl", "pm", "proto", "ps1", "psm1", "py", "pyi", "r", "razor", "rb",
    "rs", "scala", "scss", "sql", "svelte", "swift", "ts", "tsx", "vb", "vue", "zig",
];

const CONFIG: &[&str] = &[
    "bash", "bat", "cfg", "cmd", "cnf", "conf", "config", "desktop", "dockerfile", "env", "envrc",
    "fish", "ini", "mk", "netrc", "npmrc", "pgpass", "prefs", "properties", "pypirc", "rc",
    "service", "settings", "sh", "tfvars", "toml", "yaml", "yml", "zsh",
];

const PROSE: &[&str] = &["adoc", "asciidoc", "htm", "html", "md", "mdx", "rst", "tex", "xhtml"];

const TEST_WORDS: &[&str] = &[
    "benches", "benchmarks", "cassettes", "conftest", "cypress", "dummy", "e2e", "fakes",
    "fixture", "fixtures", "integrationtest", "mock", "mocks", "phpunit", "playwright",
    "snapshots", "spec", "specs", "stub", "stubs", "test", "testbed", "testcase", "testcases",
    "testcerts", "testdata", "testenv", "testfiles", "testhelper", "testhelpers", "testing",
    "testlib", "tests", "testserver", "testsetup", "testsuite", "testsuites", "testutil",
    "testutils", "unittest", "unittests",
];

const EXAMPLE_WORDS: &[&str] = &[
    "changelog", "demo", "demos", "dist", "doc", "docs", "documentation", "example", "examples",
    "guides", "quickstart", "readme", "sample", "samples", "template", "templates", "tutorial",
    "tutorials",
];

const TRANSLATION_WORDS: &[&str] = &[
    "arb", "i18n", "intl", "l10n", "lang", "langs", "languages", "locale", "locales",
    "localisation", "localization", "lproj", "po", "pot", "resx", "translation", "translations",
    "xlf", "xliff",
];

/// Folders of steps that change a database once, and of what fills an empty one.
const ONE_TIME_FOLDERS: &[&str] =
    &["factories", "migrate", "migration", "migrations", "seed", "seeders", "seeds", "upgrades"];

/// Whether the file is run by hand, once: nobody outside gives it a value.
pub fn is_one_time(path: &str) -> bool {
    let mut parts = path.split(['/', SEPARATOR]);
    parts.next_back();
    parts.any(|folder| has_word(folder, ONE_TIME_FOLDERS))
}

/// Folders of code that others wrote.
const VENDOR_FOLDERS: &[&str] = &[
    ".yarn", "bower_components", "node_modules", "pods", "site-packages", "third-party",
    "third_party", "thirdparty", "vendor", "vendored", "vendors",
];

/// Endings of file names that packers give.
const PACKED_ENDINGS: &[&str] =
    &[".bundle.js", ".min.css", ".min.js", ".min.mjs", ".pack.js", "-min.js"];

/// Words of names of files, and folders, that only those use who write the program.
const DEVELOPMENT_WORDS: &[&str] = &["dev", "devel", "development"];
const DEVELOPMENT_FOLDERS: &[&str] = &[".ddev", ".devcontainer", "devcontainer"];

/// Whether the file is about the machines of those who write the program, by its name:
/// `settings/development.py`, `compose.dev.yml`, `.devcontainer/Dockerfile`.
pub fn is_for_development(path: &str) -> bool {
    let mut parts = path.split(['/', SEPARATOR]);
    let name = parts.next_back().unwrap_or(path).to_ascii_lowercase();
    // `dev_server.go` is a part of the program, `settings_dev.py` is not.
    let mut words = name.split(['.', '-']).map(|word| word.rsplit('_').next().unwrap_or(word));
    words.any(|word| DEVELOPMENT_WORDS.contains(&word))
        || parts.any(|folder| DEVELOPMENT_FOLDERS.contains(&folder))
}

/// Whether the file is code of a test: in a folder for tests, or a test by its
/// name. Of settings the name says nothing: `workflows/tests.yml` runs them, and
/// `compose.test.yaml` is another environment.
pub fn is_test_code(path: &str) -> bool {
    let named = notation(path) == Notation::Code;
    let folders = path.rfind(['/', SEPARATOR]).map_or("", |end| &path[..end]);
    role(if named { path } else { folders }) == Role::Test
}

/// Whether the file is code of others that was copied into the project.
pub fn is_vendored(path: &str) -> bool {
    let mut parts = path.split(['/', SEPARATOR]);
    let name = parts.next_back().unwrap_or(path);
    parts.any(|folder| has_word(folder, VENDOR_FOLDERS) || is_release(folder, name))
        || PACKED_ENDINGS.iter().any(|ending| name.ends_with(ending))
        || is_served_library(path)
}

/// Folders that a web server hands out as they are.
const SERVED_FOLDERS: &[&str] = &["public", "static", "wwwroot"];

/// `wwwroot/lib/alpinejs/dist/alpine.js`, `static/js/libs/reader/reader.js`: where the
/// libraries of a page are put, each in a folder of its own
/// (<https://learn.microsoft.com/aspnet/core/client-side/libman/libman-cli>).
fn is_served_library(path: &str) -> bool {
    let mut parts = path.split(['/', SEPARATOR]);
    let of_browser = [".js", ".mjs", ".css"].iter().any(|ending| path.ends_with(ending));
    of_browser
        && parts.any(|folder| has_word(folder, SERVED_FOLDERS))
        && parts.any(|folder| has_word(folder, &["lib", "libs"]))
        && parts.count() > 1
}

/// `pdfjs-5.2.133/build/pdf.mjs`: scripts and styles that were unpacked as released.
fn is_release(folder: &str, file: &str) -> bool {
    let of_browser = [".js", ".mjs", ".css"].iter().any(|ending| file.ends_with(ending));
    let version = folder.rsplit_once('-').map_or("", |(_, version)| version);
    let numbers = version.strip_prefix('v').unwrap_or(version).split('.');
    of_browser
        && numbers.clone().count() > 1
        && numbers.clone().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

impl Place {
    /// Reads the path of a file, with forward slashes.
    pub fn of(path: &str) -> Self {
        Place { notation: notation(path), role: role(path), is_translation: is_translation(path) }
    }
}

fn notation(path: &str) -> Notation {
    let name = path.rsplit(['/', SEPARATOR]).next().unwrap_or(path);
    let extension = name.rsplit('.').next().unwrap_or(name);
    let is = |list| has_word(extension, list);
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
    // https://cucumber.io/docs/cucumber/api/#step-organization
    if path.contains("step_definitions/") || path.contains("features/support/") {
        return Role::Test;
    }
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

fn is_translation(path: &str) -> bool {
    let name = path.rsplit(['/', SEPARATOR]).next().unwrap_or(path);
    // The bundles of Java: `messages_fr.properties`.
    let bundle = name.ends_with(".properties") && name.starts_with("messages");
    bundle
        || path
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| has_word(word, TRANSLATION_WORDS))
        || is_of_a_language(path)
}

/// `public/language/pt-BR/user.json`, `client/strings/da.json`: a folder called `language`
/// may hold a parser; one with a folder or file of a language's tag in it (BCP 47) holds texts.
fn is_of_a_language(path: &str) -> bool {
    let mut parts = path.split(['/', SEPARATOR]);
    let folder = parts.any(|part| has_word(part, &["language", "messages", "strings"]));
    folder && parts.next().is_some_and(is_language_tag)
}

/// `cs`, `pt-BR`, `zh_Hant`, `en-x-pirate`, with or without an ending.
fn is_language_tag(name: &str) -> bool {
    let tag = name.split('.').next().unwrap_or(name);
    let mut parts = tag.split(['-', '_', '@']);
    let language = parts.next().unwrap_or(tag);
    matches!(language.len(), 2 | 3)
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| part.len() <= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether `word`, in any case, is in `list`, which is sorted and in lower case.
fn has_word(word: &str, list: &[&str]) -> bool {
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    list.binary_search_by(|other| other.as_bytes().cmp(lower)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        for list in [
            CODE, CONFIG, PROSE, TEST_WORDS, EXAMPLE_WORDS, TRANSLATION_WORDS, VENDOR_FOLDERS,
            ONE_TIME_FOLDERS,
        ] {
            assert!(list.is_sorted() && list.iter().all(|word| word.len() <= LONGEST));
            assert!(list.iter().all(|word| has_word(&word.to_ascii_uppercase(), list)));
        }
    }

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
            let place = Place { notation, role, is_translation: false };
            assert_eq!(Place::of(path), place, "{path}");
        }
    }

    #[test]
    fn tests_are_told_by_folders_and_code_by_its_name() {
        for path in ["src/test/x.yml", "pkg/auth_test.go", "app/LoginTest.java", "spec/a_spec.rb"] {
            assert!(is_test_code(path), "{path}");
        }
        for path in [".github/workflows/tests.yml", "compose.test.yaml", "src/contest.py"] {
            assert!(!is_test_code(path), "{path}");
        }
    }

    #[test]
    fn files_for_development_are_told_by_their_names() {
        for path in [
            "shop/settings/development.py", "config/environments/development.rb",
            "compose.dev.yml", "docker-compose-dev.yml", ".env.development",
            ".devcontainer/Dockerfile", "settings_dev.py", "appsettings.Development.json",
        ] {
            assert!(is_for_development(path), "{path}");
        }
        for path in ["dev_server.go", "devices.py", "dev/main.tf", "src/developer.rb", "Dockerfile"]
        {
            assert!(!is_for_development(path), "{path}");
        }
    }

    #[test]
    fn libraries_of_a_page_lie_in_folders_of_their_own() {
        for path in [
            "src/Web/wwwroot/lib/alpinejs/dist/alpine.js",
            "app/static/js/libs/reader/reader.js",
            "public/lib/fonts/all.css",
        ] {
            assert!(is_vendored(path), "{path}");
        }
        for path in [
            "src/lib/net/client.js", "public/lib/main.js", "static/app.js",
            "static/lib/tools/serve.py",
        ] {
            assert!(!is_vendored(path), "{path}");
        }
    }

    #[test]
    fn translations_are_told_by_their_folder_or_ending() {
        for path in [
            "config/locales/de.yml", "src/i18n/fr.json", "po/sv.po", "App/nl.lproj/x.strings",
            "messages_fr.properties", "public/language/pt-BR/user.json", "language/cs.json",
            "client/strings/pt-br.json", "src/messages/de.ts",
        ] {
            assert!(Place::of(path).is_translation, "{path}");
        }
        for path in [
            "config/database.yml", "src/language_server.rs", "pool/main.go",
            "src/language/parser.rs", "src/language/config/database.yml", "src/strings/parser.rs",
        ] {
            assert!(!Place::of(path).is_translation, "{path}");
        }
    }
}
