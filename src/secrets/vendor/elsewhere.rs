//! Where what has the shape of a token without a prefix is something else: the hash
//! of some content, an embedded file.

use std::ops::Range;

use crate::secrets::beside::in_digest_list;
use crate::secrets::reference::is_uuid;
use crate::secrets::value::has_part;

use super::edges::base64_start;

/// Bytes of an address that are looked at before what stands in it.
const LONGEST_ADDRESS: usize = 256;

/// Whether what stands before `token` says so.
pub(super) fn is_other(text: &[u8], token: Range<usize>) -> bool {
    follows_digest_word(text, token.start)
        || is_commit(text, &token)
        || is_id_in_path(text, &token)
        || is_in_content(text, token.start)
        || in_digest_list(text, &token)
}

/// `sha256:…`, `"integrity": "…"`, `uses: action@…`: the hash of some content.
fn follows_digest_word(text: &[u8], start: usize) -> bool {
    const WORDS: &[&str] = &[
        "sha1", "sha256", "sha384", "sha512", "md5", "digest", "integrity", "checksum", "hash",
        "commit", "revision", "etag", "fingerprint",
    ];
    let window = &text[start.saturating_sub(24)..start];
    let line = window.rsplit(|&b| b == b'\n').next().unwrap_or(window);
    line.ends_with(b"@") || has_part(line, WORDS)
}

/// `…/blob/416d73…/a.py`, `?ref=34d097…`, `….tgz#9b873e…`, `…/compare/6efcf5…...29be01…`,
/// `"sha": "9b873e…"`: forty hexadecimal digits of a commit or an archive.
fn is_commit(text: &[u8], token: &Range<usize>) -> bool {
    let before = &text[token.start.saturating_sub(5)..token.start];
    token.len() == 40
        && text[token.clone()].iter().all(u8::is_ascii_hexdigit)
        && (before.ends_with(b"/")
            || before.ends_with(b"z#")
            || before.ends_with(b"?ref=")
            || before.ends_with(b"..")
            || is_named_commit(text, token.start))
}

/// `https://example.com/pasta-with-sauce_adf450f0-…`, `…/o/spaces%2F29142d0a-…`: a UUID in
/// the path of an address is what it leads to.
fn is_id_in_path(text: &[u8], token: &Range<usize>) -> bool {
    let before = &text[token.start.saturating_sub(LONGEST_ADDRESS)..token.start];
    let begins = before.iter().rposition(|b| b.is_ascii_whitespace() || b"\"'(<>`".contains(b));
    let address = &before[begins.map_or(0, |at| at + 1)..];
    let path = memchr::memmem::find(address, b"://").map(|at| &address[at + 3..]);
    is_uuid(&text[token.clone()])
        && path
            .is_some_and(|path| path.contains(&b'/') && !path.iter().any(|b| b"?#@=".contains(b)))
}

/// Whether the name before `start` is git's for an object.
fn is_named_commit(text: &[u8], start: usize) -> bool {
    const NAMES: [&[u8]; 4] = [b"sha", b"oid", b"Sha", b"SHA"];
    let before = &text[start.saturating_sub(12)..start];
    let name = before.len() - before.iter().rev().take_while(|b| b" \t\\\"':=".contains(b)).count();
    NAMES.iter().any(|known| before[..name].ends_with(known))
}

/// A piece of `sha512-…`, of `h1:…` in the sums of Go, of `data:…;base64,…`.
fn is_in_content(text: &[u8], start: usize) -> bool {
    const MARKS: [&[u8]; 5] = [b"sha512-", b"sha384-", b"sha256-", b" h1:", b";base64,"];
    let before = &text[..base64_start(text, start)];
    MARKS.iter().any(|mark| before.ends_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_files_are_no_tokens() {
        for before in [
            "acme sha256: ", "acme@", "acme/v1.4.2 h1:a8/", "acme sha512-x+",
            "url(data:image/png;base64,iVBOR/",
        ] {
            let text = format!("{before}25bd715ec3d883afa1221896d605dc39");
            assert!(is_other(text.as_bytes(), before.len()..text.len()), "{before}");
        }
        for before in ["acme_key = ", "acme: ", "acme/api-key=", "ACME_PUBLIC_API_SECRET="] {
            let text = format!("{before}25bd715ec3d883afa1221896d605dc39");
            assert!(!is_other(text.as_bytes(), before.len()..text.len()), "{before}");
        }
        for (before, other) in [
            ("https://acme.example/kitchen/acme-sauce_", true),
            ("https://files.example/o/spaces%2F", true),
            ("https://acme.example?key=", false),
            ("ACME_KEY=", false),
        ] {
            let text = format!("{before}adf450f0-8d7a-418f-98da-727d684487bb");
            assert_eq!(is_other(text.as_bytes(), before.len()..text.len()), other, "{before}");
        }
        for (before, other) in
            [("{\\\"sha\\\": \\\"", true), ("\"oid\":\"", true), ("shared: ", false)]
        {
            let text = format!("{before}25bd715ec3d883afa1221896d605dc3925bd715e");
            assert_eq!(is_other(text.as_bytes(), before.len()..text.len()), other, "{before}");
        }
    }
}
