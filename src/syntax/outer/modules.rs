//! In which file a name of another one is written: what an import, a package or
//! a class means as a path, for each language. Where two files would do, none does.

use std::path::{Path, PathBuf};

use super::names::{Binding, Names};
use crate::source::project::{Project, Spot};
use crate::syntax::language::Language;

/// Files of a package that are looked at.
const MOST_FILES: usize = 64;
/// Extensions of scripts, in the order in which they are tried.
const SCRIPTS: [&str; 8] = ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts"];

/// Files of which one may say what a name stands for, and what it is called there.
pub(super) struct Lookup {
    pub(super) files: Vec<PathBuf>,
    pub(super) name: String,
}

/// A file that names something.
pub(super) struct View<'a> {
    pub(super) project: &'a Project,
    pub(super) spot: &'a Spot,
    pub(super) file: &'a Path,
    pub(super) language: Language,
    pub(super) names: &'a Names,
}

impl View<'_> {
    /// Where what the file calls `path` (names with dots between them) may be
    /// written, the likeliest first.
    pub(super) fn lookups(&self, path: &str) -> Vec<Lookup> {
        let found = match self.language {
            Language::Python => self.python(path),
            Language::JavaScript | Language::TypeScript | Language::Tsx => self.script(path),
            Language::Go => self.go(path),
            Language::Java | Language::Kotlin => self.java(path),
            Language::CSharp => self.csharp(path),
            Language::Php => self.php(path),
            Language::Ruby => self.stars(path, &["rb"]),
            Language::Rust => self.rust(path),
            _ => Vec::new(),
        };
        let known = |lookup: &Lookup| !lookup.name.is_empty() && !lookup.files.is_empty();
        found.into_iter().filter(known).collect()
    }

    fn is_file(&self, path: &Path) -> bool {
        path != self.file && self.project.has_file(&self.spot.root, path)
    }

    /// The only one of `paths` that there is.
    fn only(&self, paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = paths.filter(|path| self.is_file(path)).collect();
        files.dedup();
        if files.len() == 1 { files } else { Vec::new() }
    }

    /// The first one of `paths` that there is.
    fn first(&self, mut paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
        paths.find(|path| self.is_file(path)).into_iter().collect()
    }

    fn python(&self, path: &str) -> Vec<Lookup> {
        let mut found = Vec::new();
        for (binding, rest) in self.names.bound(path) {
            let member = binding.member.as_deref();
            let mut tail: Vec<&str> = member.into_iter().collect();
            tail.extend(rest.split('.').filter(|part| !part.is_empty()));
            let mut module = binding.module.to_string();
            for depth in 0..tail.len().min(3) {
                let name = tail[depth..].join(".");
                found.push(Lookup { files: self.python_module(&module), name });
                if !module.ends_with('.') {
                    module.push('.');
                }
                module.push_str(tail[depth]);
            }
        }
        self.or_starred(found, path, Self::python_module)
    }

    /// `found`, or if that is nothing `path` in all modules that are imported whole, in
    /// the files that `files` knows for them.
    fn or_starred(
        &self,
        found: Vec<Lookup>,
        path: &str,
        files: impl Fn(&Self, &str) -> Vec<PathBuf>,
    ) -> Vec<Lookup> {
        if !found.is_empty() {
            return found;
        }
        let lookup = |module| Lookup { files: files(self, module), name: path.to_owned() };
        self.names.stars.iter().map(|module| lookup(module)).collect()
    }

    fn python_module(&self, module: &str) -> Vec<PathBuf> {
        let bare = module.trim_start_matches('.');
        let dots = module.len() - bare.len();
        let inner = bare.replace('.', "/");
        let forms = |base: PathBuf| {
            let package = base.join("__init__.py");
            [base.with_added("py"), package]
        };
        if dots > 0 {
            let up = "../".repeat(dots.min(20) - 1);
            let base = self.spot.join(&format!("{up}{inner}"));
            return self.first(base.into_iter().flat_map(forms));
        }
        let bases = self.spot.around().map(|folder| folder.join(&inner));
        self.only(bases.flat_map(forms))
    }

    fn script(&self, path: &str) -> Vec<Lookup> {
        let mut found = Vec::new();
        for (binding, rest) in self.names.bound(path) {
            let files = self.script_module(&binding.module);
            let names = match binding.member.as_deref() {
                // What Babel makes of a module without a default.
                Some("default") => vec![joined("default", rest), rest.to_owned()],
                Some(member) => vec![joined(member, rest)],
                None if rest.is_empty() => Vec::new(),
                None => vec![rest.to_owned(), joined("default", rest)],
            };
            found.extend(names.into_iter().map(|name| Lookup { files: files.clone(), name }));
        }
        self.or_starred(found, path, Self::script_module)
    }

    fn script_module(&self, module: &str) -> Vec<PathBuf> {
        let Some(base) = self.spot.join(module) else { return Vec::new() };
        // TypeScript names the file that it will become: `./config.js`.
        let stem = SCRIPTS.iter().find_map(|ending| module.strip_suffix(&format!(".{ending}")));
        let stem = stem.and_then(|stem| self.spot.join(stem));
        let forms = stem
            .iter()
            .chain([&base])
            .flat_map(|base| SCRIPTS.iter().map(|ending| base.with_added(ending)));
        let index = SCRIPTS.iter().map(|ending| base.join(format!("index.{ending}")));
        self.first(std::iter::once(base.clone()).chain(forms).chain(index))
    }

    fn go(&self, path: &str) -> Vec<Lookup> {
        let Some((first, rest)) = path.split_once('.') else {
            return vec![Lookup { files: self.files_of(&self.spot.folder), name: path.to_owned() }];
        };
        let bound = self.names.bindings.iter().find(|binding| *binding.local == *first);
        let folder = bound.and_then(|binding| self.go_package(binding));
        let files = folder.map(|folder| self.files_of(&folder)).unwrap_or_default();
        vec![Lookup { files, name: rest.to_owned() }]
    }

    /// The folder of a package of this module.
    fn go_package(&self, binding: &Binding) -> Option<PathBuf> {
        let top = self.spot.around().find(|folder| self.is_file(&folder.join("go.mod")))?;
        let text = self.project.read(&top.join("go.mod"))?;
        let text = String::from_utf8_lossy(&text);
        let name = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
        let name = name.split("//").next()?.trim().trim_matches('"');
        let inner = binding.module.strip_prefix(name)?.strip_prefix('/')?;
        self.spot.at(top).join(inner)
    }

    /// The files of this language in `folder`, without the tests.
    fn files_of(&self, folder: &Path) -> Vec<PathBuf> {
        let listed = self.project.folder(&self.spot.root, folder);
        let ending = match self.language {
            Language::Go => ".go",
            _ => ".kt",
        };
        let is_own = |name: &&str| name.ends_with(ending) && !name.ends_with("_test.go");
        let all = listed.files.iter().map(|name| &**name);
        let mut names: Vec<&str> = all.filter(is_own).collect();
        if names.len() > MOST_FILES {
            return Vec::new();
        }
        names.sort_unstable();
        let paths = names.into_iter().map(|name| folder.join(name));
        paths.filter(|path| self.is_file(path)).collect()
    }

    fn java(&self, path: &str) -> Vec<Lookup> {
        let bound = self.names.bindings.iter();
        let first = path.split('.').next().unwrap_or(path);
        let bound = bound
            .filter(|binding| *binding.local == *first)
            .map(|binding| joined(&binding.module, path[first.len()..].trim_start_matches('.')));
        let package = &self.names.package;
        let mut full: Vec<String> = bound.collect();
        let own = full.is_empty().then(|| joined(package, path));
        full.extend(own);
        full.extend(self.names.stars.iter().map(|star| joined(star, path)));
        let mut found: Vec<Lookup> = full.iter().flat_map(|full| self.java_name(full)).collect();
        if self.language == Language::Kotlin {
            found.extend(full.iter().filter_map(|full| self.kotlin_name(full)));
        }
        found
    }

    /// `a.b.Class.NAME` under the same source root.
    fn java_name(&self, full: &str) -> Option<Lookup> {
        let parts: Vec<&str> = full.split('.').collect();
        let class = parts.iter().position(|part| part.starts_with(char::is_uppercase))?;
        let name = parts[class..].join(".");
        let folder = self.package_folder(&parts[..class].join("."))?;
        let file = |ending: &&str| folder.join(parts[class]).with_added(ending);
        let files = self.first(["java", "kt"].iter().map(file));
        (class + 1 < parts.len()).then_some(Lookup { files, name })
    }

    /// `a.b.NAME`, which any file of the package may have.
    fn kotlin_name(&self, full: &str) -> Option<Lookup> {
        let (package, name) = full.rsplit_once('.')?;
        let folder = self.package_folder(package)?;
        Some(Lookup { files: self.files_of(&folder), name: name.to_owned() })
    }

    /// The folder of a package, seen from that of the file's own package.
    fn package_folder(&self, package: &str) -> Option<PathBuf> {
        let own: Vec<&str> = self.names.package.split('.').filter(|p| !p.is_empty()).collect();
        let wanted: Vec<&str> = package.split('.').filter(|p| !p.is_empty()).collect();
        let same = own.iter().zip(&wanted).take_while(|(one, two)| one == two).count();
        let mut folder = self.spot.folder.clone();
        for part in own[same..].iter().rev() {
            if !folder.ends_with(part) || !folder.pop() {
                return None;
            }
        }
        wanted[same..].iter().for_each(|part| folder.push(part));
        folder.starts_with(&*self.spot.root).then_some(folder)
    }

    fn csharp(&self, path: &str) -> Vec<Lookup> {
        let bound = self.names.bound(path).next();
        let full = bound.map_or(path.to_owned(), |(binding, rest)| joined(&binding.module, rest));
        let parts: Vec<&str> = full.split('.').collect();
        let [.., class, _] = parts[..] else { return Vec::new() };
        let file = Path::new(class).with_added("cs");
        let ends = |star: &str| {
            let parts: Vec<&str> = star.split('.').collect();
            let from = parts.len().saturating_sub(2);
            [parts[from..].join("/"), parts[parts.len() - 1..].join("/")]
        };
        let mut folders: Vec<String> = self.names.stars.iter().flat_map(|s| ends(s)).collect();
        folders.push(String::new());
        let around: Vec<&Path> = self.spot.around().collect();
        let paths = around
            .iter()
            .flat_map(|folder| folders.iter().map(|inner| folder.join(inner).join(&file)));
        let mut paths: Vec<PathBuf> = paths.collect();
        paths.sort_unstable();
        let name = parts[parts.len() - 2..].join(".");
        vec![Lookup { files: self.only(paths.into_iter()), name }]
    }

    fn php(&self, path: &str) -> Vec<Lookup> {
        let mut found = self.stars(path, &[]);
        let Some((class, name)) = path.rsplit_once('.') else { return found };
        let full = match self.names.bound(class).next() {
            Some((binding, rest)) => joined(&binding.module, rest),
            None => class.to_owned(),
        };
        let parts: Vec<&str> = full.split(['.', '\\']).filter(|part| !part.is_empty()).collect();
        let Some(last) = parts.last() else { return found };
        let bases = self.spot.around().flat_map(|folder| {
            (0..parts.len()).map(|from| folder.join(parts[from..].join("/")).with_added("php"))
        });
        let mut bases: Vec<PathBuf> = bases.collect();
        bases.sort_unstable();
        found.push(Lookup { files: self.only(bases.into_iter()), name: format!("{last}.{name}") });
        found
    }

    /// Files that are read in whole: `require`, `require_relative`.
    fn stars(&self, path: &str, endings: &[&str]) -> Vec<Lookup> {
        let of = |module: &str| {
            let base = self.spot.join(module)?;
            let forms = endings.iter().map(|ending| base.with_added(ending));
            let files = self.first(std::iter::once(base.clone()).chain(forms));
            Some(Lookup { files, name: path.to_owned() })
        };
        self.names.stars.iter().filter_map(|module| of(module)).collect()
    }

    fn rust(&self, path: &str) -> Vec<Lookup> {
        let bound = self.names.bound(path).map(|(binding, rest)| {
            let module = joined(&binding.module, binding.member.as_deref().unwrap_or(""));
            joined(&module, rest)
        });
        let mut full: Vec<String> = bound.collect();
        if full.is_empty() {
            full.push(path.to_owned());
        }
        full.iter().filter_map(|full| self.rust_name(full)).collect()
    }

    fn rust_name(&self, full: &str) -> Option<Lookup> {
        let is_top = |folder: &&Path| {
            let has = |name: &str| self.project.has_file(&self.spot.root, &folder.join(name));
            has("lib.rs") || has("main.rs")
        };
        let top = self.spot.around().find(is_top)?;
        let own = self.file.strip_prefix(top).ok()?.with_extension("");
        let own = own.to_str()?.replace('\\', "/");
        let own = own.strip_suffix("/mod").unwrap_or(&own);
        let mut module: Vec<&str> =
            own.split('/').filter(|part| !matches!(*part, "lib" | "main" | "mod")).collect();
        let (inner, name) = full.rsplit_once('.')?;
        for part in inner.split('.') {
            match part {
                "crate" => module.clear(),
                "self" => {}
                "super" => _ = module.pop()?,
                name => module.push(name),
            }
        }
        let base = self.spot.at(top).join(&module.join("/"))?;
        let files = self.first([base.with_added("rs"), base.join("mod.rs")].into_iter());
        Some(Lookup { files, name: name.to_owned() })
    }
}

/// Two dotted names, of which one may be empty.
fn joined(one: &str, two: &str) -> String {
    match (one, two) {
        ("", other) | (other, "") => other.to_owned(),
        _ => format!("{one}.{two}"),
    }
}

/// A path with an extension more.
trait Added {
    fn with_added(&self, extension: &str) -> PathBuf;
}

impl Added for Path {
    fn with_added(&self, extension: &str) -> PathBuf {
        let mut path = self.as_os_str().to_owned();
        path.push(".");
        path.push(extension);
        path.into()
    }
}
