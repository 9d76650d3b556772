//! Any bytes as the index of a git work tree: what is read are paths in it.

use seamline::source::tracked;

pub fn run(input: &[u8]) {
    let mut read = 0;
    // An index that ends too soon is told; what was read until then is used.
    _ = tracked::files(input, &mut |path| {
        assert!(!path.contains(&0), "a path ends at its zero");
        read += 1;
    });
    assert!(read * 63 <= input.len(), "every entry takes bytes");
}

/// An index of each version: three files, a link and a submodule.
pub fn seeds() -> Vec<Vec<u8>> {
    (2..=4).flat_map(|version| [20, 32].map(|hash| index(version, hash))).collect()
}

fn index(version: u32, hash: usize) -> Vec<u8> {
    let entries: [(u32, &str); 5] = [
        (0o100_644, "a"),
        (0o100_755, "dir/b.txt"),
        (0o100_644, "dir/c"),
        (0o120_000, "link"),
        (0o160_000, "module"),
    ];
    let mut bytes = [&b"DIRC"[..], &version.to_be_bytes(), &5_u32.to_be_bytes()].concat();
    let mut before = 0;
    for (mode, path) in entries {
        let start = bytes.len();
        bytes.extend([0; 24]);
        bytes.extend(mode.to_be_bytes());
        bytes.extend(vec![7; 12 + hash]);
        bytes.extend((path.len() as u16).to_be_bytes());
        if version == 4 {
            bytes.push(before);
            before = path.len() as u8;
        }
        bytes.extend(path.bytes());
        bytes.push(0);
        while version < 4 && (bytes.len() - start) % 8 != 0 {
            bytes.push(0);
        }
    }
    bytes.extend(vec![0; hash]);
    bytes
}
