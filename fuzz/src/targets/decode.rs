//! Any bytes as a file: is it text, in which encoding, and where is what.

use seamline::source::decode::decode;
use seamline::source::lines::{Positions, char_start, line_range, line_window};

/// Positions are compared at this many offsets at most: finding one anew
/// reads the text from its start.
const OFFSETS: usize = 512;

pub fn run(input: &[u8]) {
    let mut buffer = Vec::new();
    let Ok(text) = decode(input, &mut buffer) else { return };
    let step = text.len() / OFFSETS + 1;
    let (mut sorted, mut last) = (Positions::new(text), None);
    for offset in (0..=text.len()).step_by(step) {
        let position = sorted.at(offset);
        assert!(last <= Some(position), "positions never go back");
        assert_eq!(Positions::new(text).at(offset), position, "at {offset}");
        last = Some(position);
        assert!(char_start(text, offset) <= offset);
        let (window, line) = (line_window(text, offset, 16), line_range(text, offset));
        assert!(line.start <= window.start && window.end <= line.end);
        assert!(!text[line].contains(&b'\n'), "a line holds no line end");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let text = "key = \"välue 🔑\"\r\nnext\rline\n\tlast";
    let units =
        |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
    let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    vec![
        text.as_bytes().to_vec(),
        // Key stores: one entry of a JKS, a bag of PKCS#12.
        b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x03key\0\0\0\0\0\0\0\0\0\0\0\x01k"
            .to_vec(),
        b"\x30\x82\x01\0\x02\x01\x03\x30\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02"
            .to_vec(),
        marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
        marked(b"\xff\xfe", units(u16::to_le_bytes)),
        marked(b"\xfe\xff", units(u16::to_be_bytes)),
        units(u16::to_le_bytes),
        units(u16::to_be_bytes),
        marked(b"\xff\xfe\0\0", wide),
        b"caf\xe9 = \xa3\n".to_vec(),
        b"\x89PNG\r\n\x1a\n".to_vec(),
    ]
}
