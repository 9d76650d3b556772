//! Archives made to cost time, memory or the scanner's trust.

use crate::make::{
    bzip2, gzip, leak, seven_number, seven_zip, seven_zip_by, seven_zip_under, tar, xz, zip,
};
use crate::{places, reasons, scan_one};

/// All reasons of the skips of one file, in one text.
fn left_out(name: &str, bytes: &[u8]) -> String {
    reasons(&scan_one(name, bytes)).join("; ")
}

/// The places of a ZIP's own header and directory for `entries` entries that
/// all have the same content: the way of the bombs without nesting.
fn overlapping(content: &[u8], entries: usize) -> Vec<u8> {
    let one = zip(&[("a.txt", content)]);
    let directory = one.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    let end = one.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    let mut bomb = one[..directory].to_vec();
    (0..entries).for_each(|_| bomb.extend_from_slice(&one[directory..end]));
    let size = bomb.len() - directory;
    let mut record = one[end..].to_vec();
    record[8..10].copy_from_slice(&(entries as u16).to_le_bytes());
    record[10..12].copy_from_slice(&(entries as u16).to_le_bytes());
    record[12..16].copy_from_slice(&(size as u32).to_le_bytes());
    bomb.extend(record);
    bomb
}

#[test]
fn entries_that_share_their_content_are_not_read() {
    let bomb = overlapping(&vec![b'a'; 1 << 20], 5_000);
    assert!(left_out("bomb.zip", &bomb).contains("entries overlap"));
    let single = overlapping(leak(), 1);
    assert_eq!(places(&scan_one("a.zip", &single)).len(), 1);
}

#[test]
fn what_grows_by_far_too_much_is_left() {
    let big = vec![b'a'; 4 << 20];
    let files: Vec<(String, &[u8])> = (0..20).map(|i| (format!("{i}.txt"), &big[..])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    for (name, bytes) in [
        ("bomb.zip", zip(&files)),
        ("bomb.tgz", gzip(&tar(&files))),
        ("bomb.txz", xz(&tar(&files))),
        ("bomb.tbz", bzip2(&tar(&files))),
        ("bomb.7z", seven_zip(&files)),
    ] {
        let reasons = left_out(name, &bytes);
        assert!(reasons.contains("as a zip bomb does"), "{name}: {reasons}");
    }
}

/// Sixteen archives in each archive, four deep, as in `42.zip`.
#[test]
fn archives_full_of_archives_end_at_a_depth() {
    let mut inner = zip(&[("0.txt", &vec![b'0'; 1 << 20])]);
    for _ in 0..4 {
        let names: Vec<String> = (0..16).map(|i| format!("lib {i}.zip")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &inner[..])).collect();
        inner = zip(&files);
    }
    assert!(left_out("42.zip", &inner).contains("too deep in each other"));
}

#[test]
fn a_large_entry_is_left_and_the_next_is_read() {
    let large: Vec<u8> =
        (0..9_000_000u32).flat_map(|i| format!("{i:x}\n").into_bytes()).take(9 << 20).collect();
    let files: &[(&str, &[u8])] = &[("large.txt", &large), ("small.env", leak())];
    for (name, bytes) in [
        ("a.zip", zip(files)),
        ("a.tgz", gzip(&tar(files))),
        ("a.tbz", bzip2(&tar(files))),
        ("a.7z", seven_zip(files)),
    ] {
        let report = scan_one(name, &bytes);
        assert_eq!(places(&report).len(), 1, "{name}");
        let limit = "large.txt: larger than the limit of 8 MiB within archives";
        assert_eq!(reasons(&report), [limit], "{name}");
    }
}

#[test]
fn too_many_entries_are_not_all_read() {
    let names: Vec<String> = (0..20_100).map(|i| format!("{i}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    assert!(left_out("a.zip", &zip(&files)).contains("more than 20,000 entries"));
    assert!(left_out("a.tar", &tar(&files)).contains("more than 20,000 entries"));
    assert!(left_out("a.7z", &seven_zip(&files)).contains("more than 20,000 entries"));
}

#[test]
fn encrypted_entries_are_counted() {
    let mut bytes = zip(&[("a.env", leak()), ("b.env", leak())]);
    // The flag stands at 6 in a local header, at 8 in the directory.
    for (header, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let starts: Vec<usize> =
            (0..bytes.len() - 4).filter(|i| bytes[*i..*i + 4] == header[..]).collect();
        starts.iter().for_each(|start| bytes[start + flags] |= 1);
    }
    let report = scan_one("a.zip", &bytes);
    assert!(places(&report).is_empty());
    assert_eq!(reasons(&report), ["2 entries: encrypted (the first is a.env)"]);
}

#[test]
fn what_is_cut_off_is_damaged() {
    let files: &[(&str, &[u8])] = &[("a.env", leak())];
    let long = "nothing to see here\n".repeat(5_000);
    for (name, whole) in [
        ("a.zip", zip(files)),
        ("a.tgz", gzip(&tar(files))),
        ("a.tbz", bzip2(&tar(files))),
        ("a.txz", xz(&tar(files))),
        ("a.tar", tar(&[("long.txt", long.as_bytes())])),
        ("a.7z", seven_zip(files)),
    ] {
        let cut = &whole[..whole.len() / 2];
        let reasons = left_out(name, cut);
        assert!(reasons.contains("damaged"), "{name}: {reasons}");
    }
}

/// Every byte changed in turn: no crash, and never a report without a reason
/// for what is not read.
#[test]
fn broken_archives_do_no_harm() {
    let files: &[(&str, &[u8])] = &[("a.env", b"x=1\n"), ("b/c.env", b"y=2\n")];
    for (name, whole) in
        [("a.zip", zip(files)), ("a.tgz", gzip(&tar(files))), ("a.7z", seven_zip(files))]
    {
        for at in (0..whole.len()).step_by(whole.len() / 24) {
            let mut broken = whole.clone();
            broken[at] ^= 0xFF;
            scan_one(name, &broken);
        }
    }
}

/// A store of a few bytes may ask for a hundred thousand hashes: an archive of such
/// would be long work.
#[test]
fn key_stores_are_looked_into_up_to_a_number() {
    let names: Vec<String> = (0..120).map(|i| format!("{i}.jks")).collect();
    let store: &[u8] = b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\0";
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), store)).collect();
    files.push(("a.env", leak()));
    let report = scan_one("a.zip", &zip(&files));
    let expected =
        "20 entries: more than 100 key stores: the rest is not read (the first is 100.jks)";
    assert_eq!(reasons(&report), [expected]);
    assert_eq!(places(&report).len(), 1);
}

/// LZMA2 without compression: one chunk and its end.
fn chunk(content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u16 - 1).to_be_bytes();
    [&[1][..], &size, content, &[0]].concat()
}

/// A window of 4 GiB, and one of 4 GiB less one, are named and not made.
#[test]
fn the_window_that_a_header_names_is_not_made() {
    let files: &[(&str, &[u8])] = &[("a.env", leak())];
    let lzma2 = seven_zip_by(&[1, 0x21, 0x21, 1, 40], &chunk(leak()), files);
    assert_eq!(places(&scan_one("a.7z", &lzma2)).len(), 1);
    for settings in [[93, 0xFF, 0xFF, 0xFF, 0xFF], [224, 0xFF, 0xFF, 0xFF, 0xFF]] {
        let coder = [&[1, 0x23, 3, 1, 1, 5][..], &settings].concat();
        let lzma = seven_zip_by(&coder, &[0; 64], files);
        assert!(left_out("a.7z", &lzma).contains("a.env"), "{settings:?}");
    }
}

/// A chunk of LZMA2 whose settings cannot be, with more of it behind: nobody reads on
/// after an error.
#[test]
fn reading_ends_at_the_first_error() {
    let files: &[(&str, &[u8])] = &[("a.env", leak()), ("b.env", leak())];
    let packed = [&[0xE5, 0, 0x21, 0x70, 0x61, 0x73][..], &[0x73; 64]].concat();
    let bytes = seven_zip_by(&[1, 0x21, 0x21, 1, 24], &packed, files);
    assert!(left_out("a.7z", &bytes).starts_with("2 entries: cannot be unpacked"));
}

#[test]
fn an_encrypted_7z_is_counted() {
    let files: &[(&str, &[u8])] = &[("a.env", leak()), ("b.env", leak())];
    let bytes = seven_zip_by(&[1, 0x24, 6, 0xF1, 7, 1, 1, 0x13], &[7; 64], files);
    let report = scan_one("a.7z", &bytes);
    assert!(places(&report).is_empty());
    assert_eq!(reasons(&report), ["2 entries: encrypted (the first is a.env)"]);
    // The header too: a packed one, whose coder is encryption.
    let header = [&[0x17, 6, 0, 1, 9, 8, 0, 7, 0x0B, 1, 0][..], &[1, 4, 6, 0xF1, 7, 1]].concat();
    let header = [&header[..], &[0x0C, 8, 0, 0]].concat();
    assert_eq!(reasons(&scan_one("a.7z", &seven_zip_under(&[7; 8], &header))), ["encrypted"]);
}

/// Files, blocks, streams and sizes without number, in a header of a few bytes;
/// and headers that unpack to themselves.
#[test]
fn what_a_7z_header_counts_is_not_believed() {
    let many = seven_number(1 << 60);
    let streams = [&[1, 4, 6, 0][..], &many, &[9, 1, 0, 0]].concat();
    let blocks = [&[1, 4, 7, 0x0B][..], &many, &[0, 1, 1, 0]].concat();
    let files = [&[1, 5][..], &many, &[0x0E], &many, &[0]].concat();
    let sizes = [&[1, 4, 7, 0x0B, 1, 0, 1, 1, 0, 0x0C, 9, 0, 8, 0x0D][..], &many, &[9]].concat();
    let header = [&[0x17, 6, 0, 1, 9][..], &many, &[0, 7, 0x0B, 1, 0, 1, 1, 0, 0x0C]].concat();
    let header = [&header[..], &many, &[0, 0]].concat();
    let itself = [0x17, 6, 0, 1, 9, 19, 0, 7, 0x0B, 1, 0, 1, 1, 0, 0x0C, 19, 0, 0, 0];
    for header in [streams, blocks, files, sizes, header, itself.to_vec()] {
        let reasons = left_out("a.7z", &seven_zip_under(&itself, &header));
        assert!(reasons.contains("damaged") || reasons.contains("too large"), "{reasons}");
    }
}
