//! Any bytes as an archive: looked into within the limits, the same way twice,
//! and never in silence.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use seamline::source::visit_container;

/// Most that may come out of a container, in bytes.
const MOST: usize = 256 << 20;

pub fn run(input: &[u8]) {
    let first = look(input);
    assert_eq!(first, look(input), "the same twice");
}

/// Inner paths with the length of their texts, and the reasons of skips.
type Seen = (Vec<(String, usize)>, Vec<String>);

fn look(input: &[u8]) -> Option<Seen> {
    let mut texts = Vec::new();
    let reasons = visit_container(input, &mut |path, text| {
        texts.push((path.to_owned(), text.len()));
    })?;
    let all: usize = texts.iter().map(|(_, len)| len).sum();
    assert!(all <= MOST, "{all} bytes came out");
    Some((texts, reasons.into_iter().map(|reason| reason.into_owned()).collect()))
}

pub fn seeds() -> Vec<Vec<u8>> {
    let text = b"password = \"q7Rz9f86d081884c7d65\"\n".as_slice();
    let stored = zip(&[("a/b.env", text), ("c.txt", b"nothing")]);
    let tarred = tar(&[("a/b.env", text), ("in.zip", &stored)]);
    let gzipped = |content: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).and_then(|()| encoder.finish()).expect("memory takes it")
    };
    vec![gzipped(&tarred), gzipped(text), zip(&[("in.tar", &tarred)]), stored, tarred]
}

/// A ZIP archive that stores its entries; nobody checks its checksums.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let (size, offset) = ((content.len() as u32).to_le_bytes(), archive.len() as u32);
        let length = (name.len() as u16).to_le_bytes();
        let common = [&[0; 14][..], &size, &size, &length, &[0; 2]].concat();
        archive.extend([&b"PK\x03\x04\x14\0"[..], &common[2..], name.as_bytes(), content].concat());
        let place = [&[0; 10][..], &offset.to_le_bytes()].concat();
        let header = [&b"PK\x01\x02\x14\0\x14\0"[..], &common[2..], &place, name.as_bytes()];
        directory.extend(header.concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let (size, offset) = (directory.len() as u32, archive.len() as u32);
    archive.extend(directory);
    archive.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count].concat());
    archive.extend([&size.to_le_bytes()[..], &offset.to_le_bytes(), &[0; 2]].concat());
    archive
}

/// A tar archive in the form of POSIX.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        let mut block = [0u8; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        block[148..156].fill(b' ');
        block[156] = b'0';
        block[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend(block);
        archive.extend(*content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_archives() {
        for seed in seeds() {
            let (texts, reasons) = look(&seed).expect("it is a container");
            assert!(!texts.is_empty() && reasons.is_empty(), "{texts:?} {reasons:?}");
        }
    }
}
