//! Random changes of an input, the same for the same number: a run can be
//! repeated, and one input of it alone.

/// Largest input that is made, in bytes: long enough for quadratic work to show.
const LARGEST: usize = 256 * 1024;

/// What a change may write: what the readers look for.
const WORDS: &[&[u8]] = &[
    b"password", b"secret", b"api_key", b"token", b"Authorization: Bearer ", b"-----BEGIN ",
    b"-----END ", b"PRIVATE KEY-----", b"://", b"http://", b"@", b":", b"=", b"\"", b"'", b"`",
    b"\\", b"\n", b"\r\n", b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x94\x91",
    b"\xc3", b"eyJ", b"AKIA", b"ghp_", b"${", b"{{", b"<!--", b"-->", b"/*", b"*/", b"# ", b"// ",
    b"seamline: ignore[", b"seamline: ignore-next-line[", b"seamline: ignore-file[", b"nosemgrep",
    b"gitleaks:allow", b"[[", b"]]", b"\"\"\"", b"(", b")", b"{", b"}", b"<", b">", b"$$$", b"$X",
    b"verify=False", b"requests", b"import ", b"0123456789abcdef",
];

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.number() % end as u64) as usize }
    }
}

/// Input number `number` of the run that starts from `seeds`.
pub fn input(seeds: &[Vec<u8>], run: u64, number: u64) -> Vec<u8> {
    let mut random = Random(run ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
    let mut bytes = pick(seeds, &mut random).to_vec();
    for _ in 0..=random.below(8) {
        change(&mut bytes, seeds, &mut random);
        bytes.truncate(LARGEST);
    }
    bytes
}

fn pick<'s>(seeds: &'s [Vec<u8>], random: &mut Random) -> &'s [u8] {
    seeds.get(random.below(seeds.len())).map_or(&[], Vec::as_slice)
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = at + random.below((bytes.len() - at).min(200) + 1);
    match random.below(9) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = random.number() as u8,
        2 => insert(bytes, at, WORDS[random.below(WORDS.len())]),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let copy = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            insert(bytes, to, &copy);
        }
        5 => bytes.truncate(at),
        6 => {
            let other = pick(seeds, random);
            let start = random.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[start..]);
        }
        7 if random.below(8) == 0 => {
            let piece = if at < end { bytes[at..end].to_vec() } else { pick_word(random).to_vec() };
            insert(bytes, at, &piece.repeat(1 + random.below(20_000 / piece.len())));
        }
        _ => insert(bytes, at, pick_word(random)),
    }
}

fn pick_word(random: &mut Random) -> &'static [u8] {
    WORDS[random.below(WORDS.len())]
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}
