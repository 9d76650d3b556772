//! Properties of decoding and of positions: they agree with the plainest
//! implementation on any text in any encoding, and hold for any bytes.

use proptest::prelude::*;
use seamline::finding::Position;
use seamline::source::decode::{Encoding, decode, sniff};
use seamline::source::lines::{Positions, char_start, count_chars, line_range, line_window};

/// Pieces that make line ends, long characters, cut characters and bytes that
/// are none; now and then more of one than a stride has.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"\n",
        b"\r\n",
        b"\r",
        b"word",
        "é".as_bytes(),
        "漢".as_bytes(),
        "😀".as_bytes(),
        b"\xE2\x82",
        b"\xF0\x9F\x98",
        b"\x80",
        b"\xFF",
    ];
    let times = prop_oneof![20 => 1usize..4, 1 => 5_000usize..20_000];
    prop::collection::vec((prop::sample::select(pieces), times), 0..40)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(piece, n)| piece.repeat(n)).collect())
}

/// Walks from the start, one character or one stray byte at a time.
fn naive(text: &[u8], offset: usize) -> Position {
    let (mut at, mut line, mut column) = (0, 1, 1);
    while at < text.len() {
        let width = (1..=4.min(text.len() - at))
            .find(|&width| std::str::from_utf8(&text[at..at + width]).is_ok())
            .unwrap_or(1);
        if offset < at + width {
            break;
        }
        (line, column) = if text[at] == b'\n' { (line + 1, 1) } else { (line, column + 1) };
        at += width;
    }
    Position { line, column }
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn utf32(text: &str, unit: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|char| unit(char.into())).collect()
}

proptest! {
    #[test]
    fn positions_agree_with_a_walk_from_the_start(
        text in bytes(),
        asked in prop::collection::vec(any::<prop::sample::Index>(), 1..12),
        sorted in any::<bool>(),
    ) {
        let mut offsets: Vec<usize> = asked.iter().map(|at| at.index(text.len() + 2)).collect();
        if sorted {
            offsets.sort_unstable();
        }
        let mut positions = Positions::new(&text);
        for offset in offsets {
            prop_assert_eq!(positions.at(offset), naive(&text, offset), "at {}", offset);
        }
    }

    #[test]
    fn a_line_is_what_lies_between_line_ends(text in bytes(), at in any::<prop::sample::Index>()) {
        let offset = at.index(text.len() + 1);
        let range = line_range(&text, offset);
        prop_assert!(!text[range.clone()].contains(&b'\n'));
        prop_assert!(range.start == 0 || text[range.start - 1] == b'\n');
        let rest = &text[range.end..];
        prop_assert!(rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n"));
        prop_assert!(range.start <= offset);
    }

    #[test]
    fn a_window_lies_in_its_line_and_in_reach(
        text in bytes(),
        at in any::<prop::sample::Index>(),
        reach in 0usize..200,
    ) {
        let offset = at.index(text.len() + 1);
        let (window, line) = (line_window(&text, offset, reach), line_range(&text, offset));
        prop_assert!(line.start <= window.start && window.end <= line.end);
        // An edge inside a character moves to its start.
        prop_assert!(offset.saturating_sub(window.start) <= reach + 3);
        prop_assert!(window.end.saturating_sub(offset) <= reach);
        prop_assert_eq!(char_start(&text, window.start), window.start);
    }

    #[test]
    fn marked_text_survives_every_encoding(text in "[^\0]\\PC{0,80}|") {
        let marked = format!("\u{feff}{text}");
        let files = [
            marked.clone().into_bytes(),
            utf16(&marked, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
            utf32(&marked, u32::to_le_bytes),
            utf32(&marked, u32::to_be_bytes),
        ];
        for file in files {
            let mut buffer = Vec::new();
            prop_assert_eq!(decode(&file, &mut buffer).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn unmarked_utf16_is_told_and_its_positions_are_those_of_the_text(
        text in "[ -~\t\n]{2}([ -~\t\n]{2}[ -~éß漢я–]){0,60}",
    ) {
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let file = utf16(&text, unit);
            let mut buffer = Vec::new();
            let decoded = decode(&file, &mut buffer).unwrap();
            prop_assert_eq!(decoded, text.as_bytes());
            let mut positions = Positions::new(decoded);
            let (mut line, mut column) = (1, 1);
            for (offset, char) in text.char_indices() {
                prop_assert_eq!(positions.at(offset), Position { line, column });
                (line, column) = if char == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
        }
    }

    #[test]
    fn eight_bit_text_stays_as_it_is(text in prop::collection::vec(b'\t'..=0xBF, 0..300)) {
        let mut buffer = Vec::new();
        prop_assert_eq!(sniff(&text), Ok(Encoding::Bytes { bom: 0 }));
        prop_assert_eq!(decode(&text, &mut buffer).unwrap(), &text[..]);
        prop_assert!(count_chars(&text) <= text.len());
    }

    #[test]
    fn any_bytes_are_text_or_binary_and_never_a_panic(
        start in prop::sample::select(vec![
            &b""[..], b"\xFF\xFE", b"\xFE\xFF", b"\xFF\xFE\0\0", b"\0\0\xFE\xFF", b"\xEF\xBB\xBF",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let file = [start, &rest].concat();
        let mut buffer = Vec::new();
        if let Ok(text) = decode(&file, &mut buffer) {
            prop_assert!(text.len() <= file.len() + file.len() / 2 + 3);
        }
    }
}

#[test]
fn machine_code_and_number_tables_are_no_utf16() {
    let numbers: Vec<u8> = (0u16..500).flat_map(u16::to_le_bytes).collect();
    let wide: Vec<u8> = (0u32..500).flat_map(|n| (n * 77).to_be_bytes()).collect();
    let padded = [b"name".as_slice(), &[0; 60], b"other", &[0; 59]].concat();
    for file in [&numbers, &wide, &padded] {
        assert!(sniff(file).is_err());
    }
}
