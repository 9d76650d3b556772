//! What a token says of itself, in words for the message: the claims of a JSON Web
//! Token, the account behind an AWS access key id.

use serde_json::Value;

/// Longest issuer that is repeated, in bytes.
const MAX_ISSUER: usize = 80;

/// `JSON Web Token of shop.example (HS256), expires 2030-01-01`.
pub fn token_title(algorithm: &str, payload: &Value) -> String {
    let algorithm = if is_plain(algorithm, 16) { algorithm } else { "unknown algorithm" };
    let issuer = payload.get("iss").and_then(Value::as_str).filter(|i| is_plain(i, MAX_ISSUER));
    let issuer = issuer.map_or(String::new(), |issuer| format!(" of {issuer}"));
    let expiry = match payload.get("exp").and_then(Value::as_f64) {
        Some(seconds) => date(seconds).map_or(String::new(), |date| format!(", expires {date}")),
        None => ", never expires".to_owned(),
    };
    format!("JSON Web Token{issuer} ({algorithm}){expiry}")
}

/// Letters, digits and the signs of host names and URLs.
fn is_plain(text: &str, longest: usize) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_/:@".contains(c);
    !text.is_empty() && text.len() <= longest && text.chars().all(fits)
}

/// The day of a time in seconds since 1970, in UTC (Howard Hinnant's
/// `civil_from_days`). `None` outside the years 1970 to 9999.
fn date(seconds: f64) -> Option<String> {
    if !(0.0..253_402_300_800.0).contains(&seconds) {
        return None;
    }
    let days = seconds as u64 / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// The twelve digits of the account that an access key id belongs to: 40 bits
/// of its base 32, from the second on. Ids issued before 2019 (their fifth
/// character is I or J) do not hold it.
pub fn aws_account(key_id: &[u8]) -> Option<String> {
    let body = key_id.get(4..12)?;
    if key_id.len() != 20 || matches!(body[0], b'I' | b'J') {
        return None;
    }
    let digit = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    };
    let value = body.iter().try_fold(0u64, |sum, byte| Some(sum << 5 | digit(byte)?))?;
    let next = body.len() + 4;
    let rest = key_id.get(next..next + 2)?;
    let value = rest.iter().try_fold(value, |sum, byte| Some(sum << 5 | digit(byte)?))?;
    // Fifty bits are read; the first six bytes hold the account in bits 1 to 40.
    let account = (value >> 2 & 0x7fff_ffff_ff80) >> 7;
    (account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        for (seconds, day) in [
            (0.0, "1970-01-01"),
            (951_782_400.0, "2000-02-29"),
            (1_700_000_000.0, "2023-11-14"),
            (253_402_300_799.0, "9999-12-31"),
        ] {
            assert_eq!(date(seconds).as_deref(), Some(day));
        }
        assert_eq!(date(-1.0), None);
        assert_eq!(date(f64::NAN), None);
    }

    #[test]
    fn a_title_repeats_no_odd_text() {
        let payload =
            serde_json::json!({"iss": "https://auth.shop.example/", "exp": 1_893_456_000});
        let title = token_title("RS256", &payload);
        assert_eq!(
            title,
            "JSON Web Token of https://auth.shop.example/ (RS256), expires 2030-01-01"
        );
        let payload = serde_json::json!({"iss": "a\u{1b}[31m"});
        assert_eq!(
            token_title("x y", &payload),
            "JSON Web Token (unknown algorithm), never expires"
        );
    }

    #[test]
    fn the_account_is_in_the_key_id() {
        let id = ["ASIA", "QNZGKIQY56JQ7WML"].concat();
        assert_eq!(aws_account(id.as_bytes()).as_deref(), Some("029608264753"));
        let old = ["AKIA", "IOSFODNN7ABCDEFG"].concat();
        assert_eq!(aws_account(old.as_bytes()), None);
    }
}
