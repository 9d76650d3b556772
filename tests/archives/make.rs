//! Archives as other programs write them.

use std::io::{Cursor, Write};
use std::sync::LazyLock;

/// Names and contents.
pub type Files<'a> = &'a [(&'a str, &'a [u8])];

/// A made-up personal access token of GitHub with the right checksum.
pub fn token() -> String {
    ["ghp_", "dGlMoiyrlfxX1rTnyFf3vA7NUtFOY6", "4WuYlz"].concat()
}

/// A secret in line 2, and an unsafe call in line 3 if it is Python.
pub fn leak() -> &'static [u8] {
    static LEAK: LazyLock<String> = LazyLock::new(|| {
        format!(
            "import requests\nTOKEN = \"{}\"\nrequests.get(url, timeout=5, verify=False)\n",
            token()
        )
    });
    LEAK.as_bytes()
}

pub fn zip(files: Files<'_>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn tar(files: Files<'_>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub fn xz(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(6);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

pub fn zstd(content: &[u8]) -> Vec<u8> {
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    ruzstd::encoding::compress_to_vec(content, level)
}
