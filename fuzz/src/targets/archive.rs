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
    let sevens = [COPY, LZMA2, X86_LZMA2, AES].map(|coders| seven_zip(coders, text));
    let mut seeds =
        vec![gzipped(&tarred), gzipped(text), zip(&[("in.tar", &tarred)]), stored, tarred];
    seeds.extend(sevens);
    seeds
}

/// Coders of a 7z block, as its header describes them.
const COPY: &[u8] = &[1, 0x01, 0x00];
const LZMA2: &[u8] = &[1, 0x21, 0x21, 1, 24];
/// A filter behind the method, and the bond between the two.
const X86_LZMA2: &[u8] = &[2, 0x04, 3, 3, 1, 3, 0x21, 0x21, 1, 40, 0, 1];
const AES: &[u8] = &[1, 0x24, 6, 0xF1, 7, 1, 1, 0x13];

/// A 7z archive of two files in one block, behind each other in `text`.
fn seven_zip(coders: &[u8], text: &[u8]) -> Vec<u8> {
    let size = text.len() as u8;
    let raw = [&[1, 0, size - 1][..], text, &[0]].concat();
    let packed = if coders == COPY { text } else { &raw };
    let sizes: &[u8] = if coders == X86_LZMA2 { &[size, size] } else { &[size] };
    let wide: Vec<u8> = "a.env\0b/c.txt\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let header = [
        &[1, 4, 6, 0, 1, 9, packed.len() as u8, 0][..],
        &[&[7, 0x0B, 1, 0][..], coders, &[0x0C], sizes, &[0]].concat(),
        &[8, 0x0D, 2, 9, 8, 0, 0],
        &[&[5, 2, 0x11, wide.len() as u8 + 1, 0][..], &wide, &[0, 0]].concat(),
    ]
    .concat();
    let start = [&b"7z\xBC\xAF\x27\x1C\0\x04"[..], &[0; 4]].concat();
    let place = [(packed.len() as u64).to_le_bytes(), (header.len() as u64).to_le_bytes()];
    [&start[..], &place.concat(), &[0; 4], packed, &header].concat()
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
            let encrypted = reasons.iter().any(|reason| reason.contains("encrypted"));
            assert!(texts.is_empty() == encrypted, "{texts:?} {reasons:?}");
            assert!(encrypted || reasons.is_empty(), "{texts:?} {reasons:?}");
        }
    }
}
