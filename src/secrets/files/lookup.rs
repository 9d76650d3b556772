//! From a path to the rules about files of its name.

use std::collections::HashMap;

/// Longest file name that a rule may know, in bytes.
const MAX_NAME: usize = 64;

/// What people append to a name when they keep the old file.
const BACKUPS: [&[u8]; 8] =
    [b".bak", b".old", b".orig", b".save", b".backup", b"~", b".swp", b".tmp"];

/// A rule, and the folders that its file must lie in, if it names any.
struct Entry {
    folders: Box<[u8]>,
    rule: usize,
}

/// File names, and endings as `*.ppk`, in lower case.
#[derive(Default)]
pub(super) struct Lookup {
    by_name: HashMap<Box<[u8]>, Vec<Entry>>,
}

impl Lookup {
    /// Files `rule` under each of `names`.
    pub(super) fn add(&mut self, names: &[String], rule: usize) {
        for name in names {
            let (folders, base) = name.rsplit_once('/').unwrap_or(("", name));
            let entry = Entry { folders: folders.as_bytes().into(), rule };
            self.by_name.entry(base.as_bytes().into()).or_default().push(entry);
        }
    }

    /// Calls `visit` with the rules about a file called as `path` is.
    pub(super) fn each(&self, path: &str, mut visit: impl FnMut(usize)) {
        let path = path.as_bytes();
        let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
        let name = without_backup(&path[start..]);
        let folders = path[..start].strip_suffix(b"/").unwrap_or_default();
        // One byte is kept free, for the `*` of an ending.
        let mut buffer = [0u8; MAX_NAME + 1];
        if name.is_empty() || name.len() > MAX_NAME {
            return;
        }
        let lower = &mut buffer[..=name.len()];
        lower[1..].copy_from_slice(name);
        lower.make_ascii_lowercase();
        self.at(&lower[1..], folders, &mut visit);
        // The longest ending first; each overwrites the byte before its dot.
        let mut from = 1;
        while let Some(dot) = memchr::memchr(b'.', &lower[from..]).map(|i| from + i) {
            lower[dot - 1] = b'*';
            self.at(&lower[dot - 1..], folders, &mut visit);
            from = dot + 1;
        }
    }

    fn at(&self, name: &[u8], folders: &[u8], visit: &mut impl FnMut(usize)) {
        let entries = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        entries.iter().filter(|entry| ends_in(folders, &entry.folders)).for_each(|e| visit(e.rule));
    }
}

fn without_backup(name: &[u8]) -> &[u8] {
    let cut = |ending: &&[u8]| name.strip_suffix(*ending).filter(|stem| stem.len() > 1);
    BACKUPS.iter().find_map(cut).unwrap_or(name)
}

/// Whether the last folders of a path are `wanted`.
fn ends_in(folders: &[u8], wanted: &[u8]) -> bool {
    let Some(rest) = folders.len().checked_sub(wanted.len()) else { return false };
    let whole = wanted.is_empty() || rest == 0 || folders[rest - 1] == b'/';
    whole && folders[rest..].eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Vec<usize> {
        let mut lookup = Lookup::default();
        let names = [".netrc", "*.ppk", ".docker/config.json", "*.shop.json"];
        for (rule, name) in names.iter().enumerate() {
            lookup.add(&[(*name).to_owned()], rule);
        }
        let mut rules = Vec::new();
        lookup.each(path, |rule| rules.push(rule));
        rules
    }

    #[test]
    fn names_endings_folders_and_backups() {
        for (path, rules) in [
            ("home/ann/.netrc", &[0][..]),
            (".NETRC.bak", &[0]),
            ("keys/My.Key.PPK", &[1]),
            (".docker/config.json", &[2]),
            ("a/.docker/config.json~", &[2]),
            ("a/x.docker/config.json", &[]),
            ("a.b.shop.json", &[3]),
            ("config.json", &[]),
            ("netrc", &[]),
            ("", &[]),
            ("~", &[]),
        ] {
            assert_eq!(found(path), rules, "{path}");
        }
    }
}
