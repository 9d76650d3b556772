//! Files that git tracks are scanned although `.gitignore` lists them: they are
//! published with the rest. Everything else that keeps a file out stays in force.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A line in which a secret is found.
fn leak() -> String {
    ["db = \"postgres://app:", "kJ8x92mQz7Lw", "@db.acme.io/app\"\n"].concat()
}

/// An index of git, version 2, that lists `paths` as regular files.
fn index(paths: &[&str]) -> Vec<u8> {
    let count = (paths.len() as u32).to_be_bytes();
    let mut bytes = [&b"DIRC"[..], &2_u32.to_be_bytes(), &count].concat();
    for path in paths {
        let start = bytes.len();
        bytes.extend([0; 24]);
        bytes.extend(0o100_644_u32.to_be_bytes());
        bytes.extend([1; 32]);
        bytes.extend((path.len() as u16).to_be_bytes());
        bytes.extend(path.bytes());
        bytes.resize(bytes.len() + 8 - (bytes.len() - start) % 8, 0);
    }
    bytes.extend([0; 20]);
    bytes
}

struct Repository(TempDir);

impl Repository {
    /// Every file has a secret, if it is not an ignore file.
    fn new(ignores: &[(&str, &str)], files: &[&str], tracked: &[&str]) -> Self {
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.write(".git/index", &index(tracked));
        ignores.iter().for_each(|(path, text)| repository.write(path, text.as_bytes()));
        files.iter().for_each(|path| repository.write(path, leak().as_bytes()));
        repository
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn run(&self, folder: &str, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
        command.current_dir(self.0.path().join(folder));
        command.args(["--no-config", "--format", "json"]).args(args).output().unwrap()
    }

    fn report(&self, folder: &str, args: &[&str]) -> serde_json::Value {
        serde_json::from_slice(&self.run(folder, args).stdout).unwrap()
    }

    /// The files in which something is found.
    fn found(&self, folder: &str, args: &[&str]) -> Vec<String> {
        let report = self.report(folder, args);
        let findings = report["findings"].as_array().unwrap().iter();
        let mut paths: Vec<String> =
            findings.map(|finding| finding["path"].as_str().unwrap().to_owned()).collect();
        paths.dedup();
        paths
    }
}

fn sample() -> Repository {
    Repository::new(
        &[(".gitignore", "*.env\nbuild/\n"), (".git/info/exclude", "local.py\n")],
        &["a.py", "prod.env", "own.env", "build/deep/t.py", "build/u.py", "local.py"],
        &["a.py", "build/deep/t.py", "gone/away.env", "local.py", "prod.env"],
    )
}

#[test]
fn tracked_files_are_scanned_though_an_ignore_file_of_git_lists_them() {
    let all = ["a.py", "build/deep/t.py", "local.py", "prod.env"];
    assert_eq!(sample().found(".", &[]), all);
    assert_eq!(sample().report(".", &[])["summary"]["files"], 5, "each file once, .gitignore too");
    let nested =
        Repository::new(&[(".gitignore", "*.env\n")], &["app/a.env", "app/u.env"], &["app/a.env"]);
    assert_eq!(nested.found(".", &["app"]), ["app/a.env"]);
    assert_eq!(nested.found("app", &[]), ["a.env"]);
    assert_eq!(sample().found(".", &["--no-ignore"]).len(), 6);
}

#[test]
fn what_the_user_leaves_out_stays_out() {
    assert_eq!(sample().found(".", &["--exclude", "build"]), ["a.py", "local.py", "prod.env"]);
    for file in [".seamlineignore", ".ignore"] {
        let repository = sample();
        repository.write(file, b"prod.env\nbuild\n");
        assert_eq!(repository.found(".", &[]), ["a.py", "local.py"], "{file}");
    }
    let hidden = Repository::new(&[(".gitignore", "*.env\n")], &[".x.env"], &[".x.env"]);
    assert_eq!(hidden.found(".", &[]), [".x.env"]);
    assert!(hidden.found(".", &["--no-hidden"]).is_empty());
}

#[test]
fn repositories_within_the_tree_have_their_own_index() {
    let repository = sample();
    repository.write("nested/.git/index", &index(&["k.env"]));
    repository.write("linked/.git", b"gitdir: ../store\n");
    repository.write("store/index", &index(&["l.env"]));
    for path in ["nested/k.env", "nested/u.env", "linked/l.env"] {
        repository.write(path, leak().as_bytes());
    }
    repository.write("nested/.gitignore", b"*.env\n");
    repository.write("linked/.gitignore", b"*.env\n");
    let found = repository.found(".", &[]);
    assert!(found.contains(&"nested/k.env".to_owned()), "{found:?}");
    assert!(found.contains(&"linked/l.env".to_owned()), "{found:?}");
    assert!(!found.contains(&"nested/u.env".to_owned()), "{found:?}");
}

#[test]
fn an_index_picks_among_the_files_of_the_tree_only() {
    let repository = Repository::new(
        &[("app/.gitignore", "*.env\n")],
        &["app/a.env", "outside.env"],
        &["never"],
    );
    let paths =
        ["../outside.env", "/etc/passwd", ".git/config", "a.env/../../outside.env", "a.env"];
    repository.write("app/.git/index", &index(&paths));
    repository.write("app/.git/config", leak().as_bytes());
    assert_eq!(repository.found("app", &[]), ["a.env"]);
}

#[test]
fn an_index_that_cannot_be_read_is_told() {
    let repository = sample();
    repository.write(".git/index", b"DIRC\0\0\0\x02\0\0\0\x05 and no more");
    let report = repository.report(".", &[]);
    let reason = report["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("the git index is in a format that is not known"), "{reason}");
    assert_eq!(repository.run(".", &["--strict"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn links_are_listed_and_are_no_loss() {
    let repository = Repository::new(&[], &["a/b.txt"], &[]);
    repository.write("a/b.txt", b"nothing\n");
    std::os::unix::fs::symlink("a/b.txt", repository.0.path().join("link")).unwrap();
    assert_eq!(repository.report(".", &[])["skipped"][0]["path"], "link");
    assert_eq!(repository.run(".", &["--strict"]).status.code(), Some(0));
    repository.write("picture", b"\0\x01\x02");
    assert_eq!(repository.run(".", &["--strict"]).status.code(), Some(2));
}
