//! Sizes as people write them: `20M`, `512K`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// A number of bytes. `K`, `M` and `G` are powers of 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

const UNITS: [(char, u32); 3] = [('G', 30), ('M', 20), ('K', 10)];

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let upper = written.trim().to_ascii_uppercase();
        let number = upper.trim_end_matches('B').trim_end_matches('I');
        let unit = UNITS.iter().find(|(letter, _)| number.ends_with(*letter));
        let (digits, shift) = match unit {
            Some((letter, shift)) => (number.trim_end_matches(*letter), *shift),
            None => (number, 0),
        };
        let bytes = digits.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(1 << shift));
        bytes.map(ByteSize).ok_or_else(|| format!("`{written}` is no size; write `20M` or `512K`"))
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |shift: u32| self.0 != 0 && self.0.trailing_zeros() >= shift;
        match UNITS.iter().find(|(_, shift)| whole(*shift)) {
            Some((letter, shift)) => write!(f, "{}{letter}", self.0 >> shift),
            None => write!(f, "{}", self.0),
        }
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a size is a number of bytes or a text such as \"20M\"")]
        enum Written {
            Bytes(u64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Bytes(bytes) => Ok(ByteSize(bytes)),
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_and_print() {
        for (written, bytes, shown) in [
            ("0", 0, "0"),
            ("1000", 1000, "1000"),
            ("512K", 512 << 10, "512K"),
            ("20M", 20 << 20, "20M"),
            ("20MiB", 20 << 20, "20M"),
            ("2048k", 2 << 20, "2M"),
            (" 1 G ", 1 << 30, "1G"),
        ] {
            let size: ByteSize = written.parse().unwrap();
            assert_eq!((size.0, size.to_string()), (bytes, shown.to_owned()), "{written}");
        }
        for wrong in ["", "M", "20X", "-1", "1.5M", "99999999999999G"] {
            assert!(wrong.parse::<ByteSize>().is_err(), "{wrong}");
        }
    }
}
