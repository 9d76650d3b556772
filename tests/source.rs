//! The source room from outside: which files are visited, under which name,
//! with which text, and what becomes of everything that is no readable text.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use seamline::source::{Skip, Source, SourceError, SourceRequest, visit_all};
use tempfile::TempDir;

/// What a scan saw: texts by path, skips by path, and the count of exclusions.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    texts: BTreeMap<String, Vec<u8>>,
    skips: BTreeMap<String, String>,
    excluded: u64,
}

impl Seen {
    fn add(&mut self, item: Result<Source<'_>, Skip>) {
        match item {
            Ok(source) => {
                let before = self.texts.insert(source.path.to_string(), source.text.to_vec());
                assert!(before.is_none(), "{} is visited once", source.path);
            }
            Err(skip) => {
                self.skips.insert(skip.path.to_string(), skip.reason.into_owned());
            }
        }
    }

    fn merge(mut self, other: Seen) -> Seen {
        for (path, text) in other.texts {
            assert!(!self.texts.contains_key(&path), "{path} is visited once");
            self.texts.insert(path, text);
        }
        self.skips.extend(other.skips);
        self
    }

    fn names(&self) -> Vec<&str> {
        self.texts.keys().map(String::as_str).collect()
    }
}

fn scan(request: &SourceRequest) -> Result<Seen, SourceError> {
    let visited = visit_all(request, &Seen::default, &Seen::add)?;
    let seen = visited.workers.into_iter().fold(Seen::default(), Seen::merge);
    Ok(Seen { excluded: visited.excluded, ..seen })
}

/// A folder below the working directory, so that paths come out relative, that
/// is a git repository of its own.
struct Tree {
    dir: TempDir,
    /// The folder as reports name it.
    name: String,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Tree {
        let dir = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let cwd = std::env::current_dir().unwrap();
        let name = dir.path().strip_prefix(cwd).unwrap().to_str().unwrap().to_owned();
        let tree = Tree { dir, name };
        tree.write(".git/config", b"never read");
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn request(&self) -> SourceRequest {
        SourceRequest { paths: vec![self.dir.path().to_owned()], ..SourceRequest::default() }
    }

    /// Scans what `request` asks for; paths come back relative to the tree.
    fn scan(&self, request: &SourceRequest) -> Seen {
        let seen = scan(request).unwrap();
        let cut = |path: String| path[self.name.len() + 1..].to_owned();
        Seen {
            texts: seen.texts.into_iter().map(|(path, text)| (cut(path), text)).collect(),
            skips: seen.skips.into_iter().map(|(path, reason)| (cut(path), reason)).collect(),
            excluded: seen.excluded,
        }
    }

    fn scan_all(&self) -> Seen {
        self.scan(&self.request())
    }

    fn scan_named(&self, paths: &[&str]) -> Seen {
        let paths = paths.iter().map(|path| self.path(path)).collect();
        self.scan(&SourceRequest { paths, ..SourceRequest::default() })
    }
}

fn error_of(path: PathBuf) -> String {
    let request = SourceRequest { paths: vec![path], ..SourceRequest::default() };
    scan(&request).unwrap_err().to_string()
}

#[test]
fn hidden_files_are_scanned_and_version_control_is_not() {
    let tree = Tree::new(&[
        ("a.rs", ""),
        (".env", ""),
        (".github/x.yml", ""),
        (".gitmodules", ""),
        ("linked/.git", "gitdir: elsewhere"),
        (".hg/store", ""),
        ("sub/.svn/entries", ""),
    ]);
    assert_eq!(tree.scan_all().names(), [".env", ".github/x.yml", ".gitmodules", "a.rs"]);

    let hidden_off = SourceRequest { hidden: false, ..tree.request() };
    assert_eq!(tree.scan(&hidden_off).names(), ["a.rs"]);
}

#[test]
fn every_kind_of_ignore_file_is_respected_until_told_not_to() {
    let tree = Tree::new(&[
        (".gitignore", "by-git\n"),
        (".ignore", "by-ignore\n!kept\n"),
        (".seamlineignore", "by-us\n"),
        (".git/info/exclude", "by-exclude\nkept\n"),
        ("by-git", ""),
        ("by-ignore", ""),
        ("by-us", ""),
        ("by-exclude", ""),
        ("kept", ""),
    ]);
    assert_eq!(tree.scan_all().names(), [".gitignore", ".ignore", ".seamlineignore", "kept"]);

    let all = SourceRequest { respect_ignores: false, ..tree.request() };
    assert_eq!(tree.scan(&all).texts.len(), 8);
}

#[test]
fn gitignore_means_nothing_outside_a_repository() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join(".gitignore"), "kept\n").unwrap();
    fs::write(dir.path().join("kept"), "").unwrap();
    let request = SourceRequest { paths: vec![dir.path().to_owned()], ..Default::default() };
    assert_eq!(scan(&request).unwrap().texts.len(), 2);
}

#[test]
fn named_paths_are_scanned_though_ignored_and_only_once() {
    let tree = Tree::new(&[
        (".gitignore", "*.log\nbuild\n"),
        ("a.log", ""),
        ("b.log", ""),
        ("build/x", ""),
        ("src/deep/y", ""),
    ]);
    let seen = tree.scan_named(&[
        "", "", "a.log", "./a.log", "build", "src", "src/deep", "src/deep/y", "src/../src",
    ]);
    assert_eq!(seen.names(), [".gitignore", "a.log", "build/x", "src/deep/y"]);
}

#[test]
fn names_are_relative_to_the_working_directory_however_they_are_given() {
    let tree = Tree::new(&[("src/a", "")]);
    let expected = format!("{}/src/a", tree.name);
    let spellings = [
        PathBuf::from(&tree.name),
        PathBuf::from(format!("./{}//src/", tree.name)),
        PathBuf::from(format!("{}/src/../src/./a", tree.name)),
        tree.path("src/a"),
    ];
    for path in spellings {
        let request = SourceRequest { paths: vec![path], ..Default::default() };
        assert_eq!(scan(&request).unwrap().names(), [&expected]);
    }
}

#[test]
fn excluded_paths_are_counted_and_named_ones_too() {
    let tree = Tree::new(&[
        ("a.lock", ""),
        ("sub/b.lock", ""),
        ("sub/keep.lock", ""),
        ("vendor/many/x", ""),
        ("vendor/y", ""),
        ("src/vendor", "a file"),
    ]);
    let exclude = ["*.lock", "!keep.lock", "vendor/"].map(str::to_owned).to_vec();
    let request = SourceRequest { exclude, ..tree.request() };
    let seen = tree.scan(&request);
    assert_eq!(seen.names(), ["src/vendor", "sub/keep.lock"]);
    assert_eq!((seen.excluded, seen.skips.len()), (3, 0));

    let paths = vec![tree.path("vendor/many/x"), tree.path("sub/keep.lock"), tree.path("a.lock")];
    let seen = tree.scan(&SourceRequest { paths, ..request });
    assert_eq!((seen.names(), seen.excluded), (vec!["sub/keep.lock"], 2));
}

#[test]
fn exclude_globs_start_at_the_working_directory() {
    let tree = Tree::new(&[("gen/x", ""), ("src/gen/x", "")]);
    for glob in [format!("/{}/gen", tree.name), format!("./{}/gen", tree.name)] {
        let request = SourceRequest { exclude: vec![glob], ..tree.request() };
        assert_eq!(tree.scan(&request).names(), ["src/gen/x"]);
    }
}

#[test]
fn a_path_or_glob_that_is_wrong_ends_the_run_before_it_starts() {
    let tree = Tree::new(&[("a", "")]);
    let paths = vec![tree.path("a"), tree.path("missing")];
    let missing = scan(&SourceRequest { paths, ..tree.request() }).unwrap_err().to_string();
    assert_eq!(
        missing,
        format!("{}/missing: no such file or directory", tree.dir.path().display())
    );

    let exclude = vec!["ok".to_owned(), "a{b".to_owned()];
    let glob = scan(&SourceRequest { exclude, ..tree.request() }).unwrap_err().to_string();
    assert!(glob.starts_with("bad glob `a{b`: "), "{glob}");
    assert!(!glob.contains('\n'), "{glob}");
}

#[test]
fn a_bad_ignore_pattern_is_a_skip_and_the_others_hold() {
    let tree = Tree::new(&[(".gitignore", "gone\nx{y\n"), ("gone", ""), ("kept", "")]);
    let seen = tree.scan_all();
    assert_eq!(seen.names(), [".gitignore", "kept"]);
    let reason = &seen.skips[".gitignore"];
    assert!(reason.starts_with("bad ignore pattern in line 2 has no effect"), "{reason}");
}

#[test]
fn texts_arrive_decoded_and_binaries_as_skips() {
    let tree = Tree::new(&[("empty", ""), ("utf8", "é\n"), ("bom", "\u{feff}é\n")]);
    let utf16: Vec<u8> = "key = 'é'\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    tree.write("utf16", &utf16);
    tree.write("latin1", b"caf\xe9\n");
    tree.write("nul", b"a\0\x01b");
    tree.write("late-nul", &[&[b'x'; 9_000][..], b"\0"].concat());
    tree.write("image.png", b"\x89PNG\r\n\x1a\n\0\0");
    let seen = tree.scan_all();
    assert_eq!(seen.texts["empty"], b"");
    assert_eq!(seen.texts["utf8"], "é\n".as_bytes());
    assert_eq!(seen.texts["bom"], "é\n".as_bytes());
    assert_eq!(seen.texts["utf16"], "key = 'é'\n".as_bytes());
    assert_eq!(seen.texts["latin1"], b"caf\xe9\n");
    assert_eq!(seen.texts["late-nul"].len(), 9_001);
    assert_eq!(seen.skips["nul"], "binary file");
    assert_eq!(seen.skips["image.png"], "binary file (PNG image)");
}

#[test]
fn a_text_of_any_size_up_to_the_limit_arrives_whole() {
    let tree = Tree::new(&[]);
    let text: Vec<u8> = (0..3_000_000).map(|at| b"0123456789abcdefghi"[at % 19]).collect();
    for size in [1, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 3_000_000] {
        tree.write("file", &text[..size]);
        let fits = SourceRequest { max_file_size: size as u64, ..tree.request() };
        assert!(tree.scan(&fits).texts["file"] == text[..size], "{size} bytes differ");

        let short = SourceRequest { max_file_size: size as u64 - 1, ..tree.request() };
        let reason = &tree.scan(&short).skips["file"];
        assert!(reason.starts_with("larger than the limit of "), "{reason}");
    }
}

#[test]
fn a_sparse_file_of_5_gb_is_too_large_and_not_read() {
    let tree = Tree::new(&[]);
    fs::File::create(tree.path("sparse")).unwrap().set_len(5 << 30).unwrap();
    assert_eq!(tree.scan_all().skips["sparse"], "larger than the limit of 20 MiB");
}

#[test]
fn files_that_vanish_during_the_scan_are_skips() {
    let tree = Tree::new(&[]);
    let names: Vec<String> = (0..200).map(|number| format!("file-{number}")).collect();
    for name in &names {
        tree.write(name, b"text");
    }
    let removed = OnceLock::new();
    let visited = visit_all(&tree.request(), &Seen::default, &|seen, item| {
        // The first visit deletes everything; visits of other threads wait for it.
        removed.get_or_init(|| {
            names.iter().for_each(|name| fs::remove_file(tree.path(name)).unwrap());
        });
        seen.add(item);
    });
    let seen = visited.unwrap().workers.into_iter().fold(Seen::default(), Seen::merge);
    assert_eq!(seen.texts.len() + seen.skips.len(), 200);
    assert!(seen.skips.len() >= 180, "{} vanished", seen.skips.len());
    assert!(seen.skips.values().all(|reason| reason == "vanished during the scan"));
}

#[test]
fn many_findings_in_one_very_long_line_have_their_columns() {
    use seamline::source::lines::Positions;
    let tree = Tree::new(&[]);
    tree.write("long", "é_".repeat(8_000_000).as_bytes());
    let request = SourceRequest { max_file_size: 1 << 30, ..tree.request() };
    let wrong = visit_all(&request, &Vec::new, &|wrong: &mut Vec<usize>, item| {
        let Ok(source) = item else { return wrong.push(usize::MAX) };
        assert_eq!(source.text.len(), 24_000_000);
        let mut positions = Positions::new(source.text);
        // From the end to the start: the order that costs most.
        for unit in (0..8_000_000).rev().step_by(800) {
            let position = positions.at(unit * 3 + 2);
            if (position.line, position.column as usize) != (1, unit * 2 + 2) {
                wrong.push(unit);
            }
        }
    });
    assert_eq!(wrong.unwrap().workers, [Vec::<usize>::new()]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::Path;
    use std::process::Command;

    fn make_pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn pipes_sockets_and_links_are_skips_that_never_block() {
        let tree = Tree::new(&[("real/file", "x")]);
        make_pipe(&tree.path("pipe"));
        // Relative, because a socket's path may have 107 bytes only.
        let _socket = UnixListener::bind(Path::new(&tree.name).join("socket")).unwrap();
        symlink(".", tree.path("loop")).unwrap();
        symlink("real", tree.path("to-folder")).unwrap();
        symlink("real/file", tree.path("to-file")).unwrap();
        symlink("nowhere", tree.path("broken")).unwrap();
        let seen = tree.scan_all();
        assert_eq!(seen.names(), ["real/file"]);
        assert_eq!(seen.skips["pipe"], "named pipe");
        assert_eq!(seen.skips["socket"], "socket");
        for link in ["loop", "to-folder", "to-file", "broken"] {
            assert_eq!(seen.skips[link], "symbolic link, not followed");
        }
        assert_eq!(seen.skips.len(), 6);
    }

    #[test]
    fn named_links_are_followed_and_keep_their_names() {
        let tree = Tree::new(&[("real/file", "x"), ("real/other", "y")]);
        let elsewhere = Tree::new(&[("file", "z")]);
        symlink("real/file", tree.path("to-file")).unwrap();
        symlink(elsewhere.dir.path(), tree.path("to-folder")).unwrap();
        let seen = tree.scan_named(&["to-file", "to-folder"]);
        assert_eq!(seen.names(), ["to-file", "to-folder/file"]);
    }

    #[test]
    fn named_pipes_and_devices_are_skips_and_broken_links_are_errors() {
        let tree = Tree::new(&[]);
        make_pipe(&tree.path("pipe"));
        symlink("nowhere", tree.path("broken")).unwrap();
        symlink("round", tree.path("round")).unwrap();
        assert_eq!(tree.scan_named(&["pipe"]).skips["pipe"], "named pipe");
        let device = SourceRequest { paths: vec!["/dev/zero".into()], ..Default::default() };
        assert_eq!(scan(&device).unwrap().skips["/dev/zero"], "device");
        let broken = error_of(tree.path("broken"));
        assert!(broken.ends_with("broken: no such file or directory"), "{broken}");
        let round = error_of(tree.path("round"));
        assert!(round.ends_with("round: too many levels of symbolic links"), "{round}");
    }

    #[test]
    fn names_that_are_no_text_are_shown_without_harm() {
        let tree = Tree::new(&[]);
        tree.write("red\u{1b}[31m\nline", b"1");
        fs::write(tree.dir.path().join(OsStr::from_bytes(b"latin-\xe9")), "2").unwrap();
        let names = ["latin-\u{fffd}", "red\u{fffd}[31m\u{fffd}line"];
        assert_eq!(tree.scan_all().names(), names);
    }

    #[test]
    fn a_tree_deeper_than_paths_are_long_is_scanned_as_far_as_they_reach() {
        let tree = Tree::new(&[("top", "")]);
        // Too deep for a path to its bottom, so its two halves are put together.
        // More levels change nothing: a path of 4,096 bytes has no more than these.
        let below = |name: &str| format!("{name}{}", "/d".repeat(1_050));
        for name in ["a", "b"] {
            fs::create_dir_all(tree.path(&below(name))).unwrap();
            tree.write(&format!("{name}/file"), b"");
        }
        let joint = tree.path(&below("a")).join("b");
        fs::rename(tree.path("b"), &joint).unwrap();
        let seen = tree.scan_all();
        // Taken apart again: the folder's own clean-up holds a handle per level.
        fs::rename(&joint, tree.path("b")).unwrap();
        for name in ["a", "b"] {
            fs::remove_file(tree.path(name).join("file")).unwrap();
            let bottom = tree.path(&below(name));
            bottom.ancestors().take(1_051).for_each(|folder| fs::remove_dir(folder).unwrap());
        }
        // No equality of whole names: a failure would print them.
        let lengths: Vec<usize> = seen.names().iter().map(|name| name.len()).collect();
        assert_eq!(lengths, [below("a").len() + "/b/file".len(), "a/file".len(), "top".len()]);
        assert_eq!(seen.skips.into_values().collect::<Vec<_>>(), ["path too long"]);
    }

    #[test]
    fn what_may_not_be_read_is_a_skip_and_when_named_an_error() {
        let tree = Tree::new(&[("file", ""), ("folder/x", ""), ("open", "")]);
        let allow = |path: &str, mode: u32| {
            fs::set_permissions(tree.path(path), fs::Permissions::from_mode(mode)).unwrap();
        };
        allow("file", 0);
        allow("folder", 0);
        // The superuser may read everything: then all of it has to be scanned.
        let superuser = fs::File::open(tree.path("file")).is_ok();
        let seen = tree.scan_all();
        let request = SourceRequest { paths: vec![tree.path("folder")], ..Default::default() };
        let named = scan(&request).map_err(|err| err.to_string());
        allow("folder", 0o700);
        if superuser {
            assert_eq!(seen.names(), ["file", "folder/x", "open"]);
            return;
        }
        assert_eq!(seen.names(), ["open"]);
        assert_eq!(seen.skips["file"], "permission denied");
        assert_eq!(seen.skips["folder"], "permission denied");
        assert!(named.unwrap_err().ends_with("folder: permission denied"));
    }
}
