//! Requests that prove the secret instead of sending it: AWS Signature Version 4
//! (docs.aws.amazon.com, "Create a signed AWS API request"). The provider
//! computes the same signature with the secret that it knows.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::request::Filled;
use crate::rules::model::Sign;

/// The headers that are signed; sorted, as the signature lists them.
const SIGNED: &str = "content-type;host;x-amz-date";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Adds the headers that sign `filled` for `key_id` with `secret`, at `now`
/// (seconds since 1970).
pub(super) fn aws4(filled: &mut Filled, sign: &Sign, key_id: &str, secret: &str, now: u64) {
    let moment = moment(now);
    let day = &moment[..8];
    let scope = format!("{day}/{}/{}/aws4_request", sign.region, sign.service);
    let request = hex(&Sha256::digest(canonical(filled, &moment)));
    let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{request}");
    let mut key = mac(format!("AWS4{secret}").as_bytes(), day.as_bytes());
    for part in [sign.region.as_str(), &sign.service, "aws4_request"] {
        key = mac(&key, part.as_bytes());
    }
    let signature = hex(&mac(&key, text.as_bytes()));
    let credential = format!("Credential={key_id}/{scope}");
    let value = format!("{ALGORITHM} {credential}, SignedHeaders={SIGNED}, Signature={signature}");
    filled.headers.push(("authorization".to_owned(), value));
    filled.headers.push(("x-amz-date".to_owned(), moment));
}

/// The request in the form that is signed.
fn canonical(filled: &Filled, moment: &str) -> String {
    let (path, query) = filled.target.split_once('?').unwrap_or((&filled.target, ""));
    let mut query: Vec<&str> = query.split('&').collect();
    query.sort_unstable();
    let of_type = |(name, _): &&(String, String)| name == "content-type";
    let kind = filled.headers.iter().find(of_type).map_or("", |(_, value)| value);
    let headers = format!("content-type:{kind}\nhost:{}\nx-amz-date:{moment}\n", filled.host);
    let body = hex(&Sha256::digest(&filled.body));
    let method = filled.method.name();
    format!("{method}\n{path}\n{}\n{headers}\n{SIGNED}\n{body}", query.join("&"))
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a `String` cannot fail.
        _ = write!(out, "{byte:02x}");
    }
    out
}

/// `20150830T123600Z`, in UTC.
fn moment(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Year, month and day of a day since 1970, in the Gregorian calendar. Counts
/// from the first of March of the year 0, so that leap days end a year.
fn date(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days / ERA, days % ERA);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::model::Method;

    #[test]
    fn dates() {
        assert_eq!(moment(0), "19700101T000000Z");
        assert_eq!(moment(1_440_938_160), "20150830T123600Z");
        assert_eq!(moment(1_709_164_799), "20240228T235959Z");
        assert_eq!(moment(1_709_164_800), "20240229T000000Z");
        assert_eq!(moment(4_107_542_400), "21000301T000000Z");
    }

    /// The example of the documentation, with its made-up key.
    #[test]
    fn the_documented_example() {
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        let mut filled = Filled {
            method: Method::Get,
            host: "iam.amazonaws.com".to_owned(),
            target: "/?Version=2010-05-08&Action=ListUsers".to_owned(),
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: String::new(),
        };
        let sign = Sign { region: "us-east-1".to_owned(), service: "iam".to_owned() };
        let secret = ["wJalrXUtnFEMI/K7MDENG", "+bPxRfiCYEXAMPLEKEY"].concat();
        aws4(&mut filled, &sign, "AKIDEXAMPLE", &secret, 1_440_938_160);
        let (_, value) = &filled.headers[1];
        assert_eq!(
            value,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }
}
