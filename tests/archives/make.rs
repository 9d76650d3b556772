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

/// A 7z archive whose files lie in one block, packed by LZMA2, under a plain header.
pub fn seven_zip(files: Files<'_>) -> Vec<u8> {
    let content: Vec<u8> = files.iter().flat_map(|(_, content)| content.iter().copied()).collect();
    let mut writer =
        lzma_rust2::Lzma2Writer::new(Vec::new(), lzma_rust2::Lzma2Options::with_preset(6));
    writer.write_all(&content).unwrap();
    seven_zip_by(&[1, 0x21, 0x21, 1, 22], &writer.finish().unwrap(), files)
}

/// A 7z archive of `packed`, which `coders` describe (how many, then flags, method
/// and settings of each).
pub fn seven_zip_by(coders: &[u8], packed: &[u8], files: Files<'_>) -> Vec<u8> {
    let size = |content: &[u8]| seven_number(content.len() as u64);
    let all = files.iter().map(|(_, content)| content.len() as u64).sum();
    let count = seven_number(files.len() as u64);
    let sizes: Vec<u8> =
        files.iter().rev().skip(1).rev().flat_map(|(_, content)| size(content)).collect();
    let names: String = files.iter().map(|(name, _)| format!("{name}\0")).collect();
    let names: Vec<u8> = names.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let header = [
        &[1, 4, 6, 0, 1, 9][..],
        &size(packed),
        &[&[0, 7, 0x0B, 1, 0][..], coders, &[0x0C], &seven_number(all), &[0]].concat(),
        &[&[8, 0x0D][..], &count, &[9], &sizes, &[0, 0]].concat(),
        &[&[5][..], &count, &[0x11], &seven_number(names.len() as u64 + 1), &[0]].concat(),
        &names,
        &[0, 0],
    ]
    .concat();
    seven_zip_under(packed, &header)
}

/// A 7z archive of `packed` and a header.
pub fn seven_zip_under(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let place = [packed.len(), header.len()].map(|size| (size as u64).to_le_bytes()).concat();
    let start = [&b"7z\xBC\xAF\x27\x1C\0\x04\0\0\0\0"[..], &place, &[0; 4]].concat();
    [&start, packed, header].concat()
}

/// A number of a 7z header in its longest form.
pub fn seven_number(number: u64) -> Vec<u8> {
    [&[0xFF][..], &number.to_le_bytes()].concat()
}

/// What py7zr makes of [`leak`] as `conf/app.py`: LZMA2 behind a filter for
/// programs, and a packed header.
pub fn seven_zip_of_py7zr() -> Vec<u8> {
    let hex = concat!(
        "377abcaf271c00049e008f9be30000000000000014000000000000008451ebbce0006d006a5d0034",
        "9b4a67b8523c73f4f5f3ba04fe614d8ac18c8a44dff97ffe8e2bc040fbb6b19c177c513e9413cf02",
        "d07d35564300cb0aa63ffb25bd367c01ed3a5c23f66294f5938ca1fdedb0117309e1d856813f244e",
        "72004c541125a9a18d7cb235c66b13602265f2948473ad68a000e0007600695d0000813307ae0fd4",
        "78272d4210fa226bf9ba4c9a86ed94495edf979bfc0651ff8d8920d9cbc0686aa14665ecc73c7497",
        "86a0ed68b481c9eddd3a09ff081b12a057c3cd4ed6bfde7869812069b57ea6b377dfdfc55b90b983",
        "c5340a695b62cfc5c6cfb644be9a4f0000000017067201097100070b010001212101180c770000",
    );
    let digits = hex.as_bytes().chunks(2).map(|two| std::str::from_utf8(two).unwrap());
    digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect()
}
