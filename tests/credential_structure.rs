//! What Seamline reads out of a credential's structure: the kind of a key, the
//! account of a token, the user behind an encoded pair. Samples are made up and
//! put together here, so that none stands in the file.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use seamline::finding::{Confidence, Finding, Severity};
use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::rules::Catalogue;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::new(Arc::new(Catalogue::built_in().unwrap()), JudgeOptions::default())
});

fn findings(path: &str, text: &str) -> Vec<Finding> {
    ENGINE.scan_text(path, text.as_bytes()).findings
}

/// The one finding of rule `id`.
fn only(path: &str, text: &str, id: &str) -> Finding {
    let mut found = findings(path, text);
    found.retain(|finding| finding.rule.id == id);
    assert_eq!(found.len(), 1, "{id} in {path}: {text}");
    found.remove(0)
}

fn silent(path: &str, text: &str) {
    let found: Vec<_> = findings(path, text).into_iter().map(|f| f.rule.id.clone()).collect();
    assert!(found.is_empty(), "{found:?} in {path}: {text}");
}

/// A PEM file with `der` under `label`.
fn pem(label: &str, der: &[u8]) -> String {
    let dashes = "-".repeat(5);
    let body = STANDARD.encode(der);
    format!("{dashes}BEGIN {label}{dashes}\n{body}\n{dashes}END {label}{dashes}\n")
}

/// The head of a PKCS#1 key with a modulus of `bytes` bytes, and some more.
fn pkcs1(bytes: u16) -> Vec<u8> {
    let (length, whole) = (bytes.to_be_bytes(), (bytes + 12).to_be_bytes());
    let mut der = vec![0x30, 0x82, whole[0], whole[1], 0x02, 0x01, 0x00];
    der.extend([0x02, 0x82, length[0], length[1]]);
    der.extend((0..bytes).map(|i| (i % 251) as u8 | 1));
    der.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    der
}

/// A field of a message of protocol buffers, with fewer than 128 bytes.
fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    [&[tag << 3 | 2, bytes.len() as u8], bytes].concat()
}

/// The binary form of a Tink key set with one key of `kind`.
fn tink(kind: &str, material: u8) -> Vec<u8> {
    let kind = format!("type.googleapis.com/google.crypto.tink.{kind}");
    let value = field(3, &(0..32).map(|i: u8| i.wrapping_mul(37) ^ 0x5a).collect::<Vec<u8>>());
    let data = [field(1, kind.as_bytes()), field(2, &value), vec![3 << 3, material]].concat();
    let key = [field(1, &data), vec![2 << 3, 1, 3 << 3, 0xa2, 0xcb, 0x8b, 0x99, 7]].concat();
    [vec![1 << 3, 0xa2, 0xcb, 0x8b, 0x99, 7], field(2, &key)].concat()
}

#[test]
fn a_key_set_of_tink_is_read_from_base64() {
    let text = |set: &[u8]| format!("KEYS = \"{}\"\n", STANDARD.encode(set));
    for (kind, material) in [("AesGcmKey", 1), ("EcdsaPrivateKey", 2)] {
        let found = only("app/keys.py", &text(&tink(kind, material)), "tink-keyset");
        assert_eq!(found.confidence, Confidence::High);
        assert_eq!(found.severity, Severity::Critical);
    }
    silent("app/keys.py", &text(&tink("EcdsaPublicKey", 3)));
    silent("app/keys.py", &text(&tink("KmsAeadKey", 4)));
    // What is encrypted is the second field of a message of its own.
    silent("app/keys.py", &text(&field(2, &tink("AesGcmKey", 1)[..100])));
}

#[test]
fn a_key_set_of_tink_whose_first_number_splits_the_base64() {
    let mut set = tink("AesGcmKey", 1);
    set.splice(1..6, [0xff, 0xff, 0xfb, 0xef, 0x0f]);
    let encoded = STANDARD.encode(&set);
    assert!(encoded[..8].contains(['+', '/']), "{encoded}");
    only("app/keys.py", &format!("KEYS = \"{encoded}\"\n"), "tink-keyset");
}

#[test]
fn a_signature_has_its_algorithms_length() {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let token = |algorithm: &str, bytes: usize| {
        let header = part(&format!("{{\"alg\":\"{algorithm}\"}}"));
        let signature: Vec<u8> = (0..bytes).map(|i| (i * 89 % 251) as u8 ^ 0x33).collect();
        let claims = part("{\"iss\":\"orders\",\"sub\":\"svc-84\"}");
        format!("token = '{header}.{claims}.{}'\n", URL_SAFE_NO_PAD.encode(signature))
    };
    for (algorithm, bytes) in [("HS256", 32), ("ES384", 96), ("RS256", 256), ("EdDSA", 64)] {
        let confidence =
            |bytes| only("app/client.py", &token(algorithm, bytes), "json-web-token").confidence;
        assert_eq!(confidence(bytes), Confidence::High, "{algorithm}");
        assert_eq!(confidence(bytes / 4 + 1), Confidence::Low, "{algorithm}");
    }
}

#[test]
fn a_table_says_what_its_cells_are() {
    let (password, key) = (["kx8Zq4", "wTn2vL"].concat(), ["kx8Zq4wTn2", "vLb7yRmJdq9"].concat());
    let csv = format!("url,username,password\nhttps://a.example/,ops,{password}\n");
    only("logins.csv", &csv, "hardcoded-password");
    let keys = format!("\"Access key ID\",\"Secret access key\"\n\"x\",\"{key}\"\n");
    only("accessKeys.csv", &keys, "hardcoded-key");
    let page = format!("# Logins\n\n| user | password |\n|---|---|\n| ops | `{password}` |\n");
    only("notes/logins.md", &page, "hardcoded-password");
    silent("data.csv", "id,token\n1,ab12\n2,n't\n");
    silent("notes/keys.md", "| Key | What |\n|---|---|\n| `ctrl-k` | cuts a line |\n");
}

#[test]
fn a_private_key_says_its_kind_and_size() {
    let key = only("server.key", &pem("RSA PRIVATE KEY", &pkcs1(256)), "private-key");
    assert_eq!(key.message, "RSA private key of 2048 bits");
    assert_eq!(key.confidence, Confidence::High);
    let mut openssh = b"openssh-key-v1\0\0\0\0\x0aaes256-ctr".to_vec();
    openssh.extend([7; 120]);
    let key = only("id_rsa", &pem("OPENSSH PRIVATE KEY", &openssh), "private-key");
    assert_eq!(key.message, "OpenSSH private key, protected by a passphrase");
    assert_eq!((key.confidence, key.severity), (Confidence::High, Severity::Medium));
}

/// A signed token with `claims` as its payload.
fn jwt(claims: &str) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let signature = "q8Zt4LxW2vNc7YbR5mJdK1sHfTgPzEaU9oCiQ6lBwX0";
    [part(r#"{"alg":"HS256"}"#), part(claims), signature.to_owned()].join(".")
}

#[test]
fn a_token_that_expired_long_ago_is_for_information() {
    let severity = |claims: &str| {
        let text = format!("token = \"{}\"", jwt(claims));
        let found = only("app.py", &text, "json-web-token");
        (found.severity, found.confidence)
    };
    let past = severity(r#"{"sub":"ann","exp":1500000000}"#);
    assert_eq!(past, (Severity::Info, Confidence::Medium));
    let future = severity(r#"{"sub":"ann","exp":4000000000}"#);
    assert!(future.0 > Severity::Info);
    let never = severity(r#"{"sub":"ann"}"#);
    assert!(never.0 > Severity::Info && never.1 == Confidence::High);
}

#[test]
fn values_of_tests_that_are_no_credentials_are_never_sure() {
    for text in [
        "headers: {\"Sec-WebSocket-Key\": \"4Dm1n4rphuFgawxuzY/bEg==\"}",
        "session.resume(session, 'password', 'r=ab,s=abcd,i=4096')",
        "CookieSecret: \"ZXhhbXBsZS1jb29raWUtc2VjcmV0\"",
        "db = \"mysql://scott:tiger@localhost/foo\"",
        "password := \"rhubarb\"",
        "\"http://user:pass%3fword@%HOST:%PORT/\"",
        "#include <pwd.h>\n#ifdef __AMIGA__",
        "const ERR_INVALID_PASSWORD = \"28P01x\"",
    ] {
        let sure = |finding: &Finding| finding.confidence > Confidence::Low;
        assert!(!findings("tests/login_test.go", text).iter().any(sure), "{text}");
    }
}

#[test]
fn public_keys_and_certificates_are_silent() {
    for label in ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE REQUEST"] {
        silent("server.pem", &pem(label, &pkcs1(256)));
    }
    silent(
        "jwks.json",
        r#"{"keys": [{"kty": "RSA", "n": "0vx7agoebGcQSuuPiLJXZpt", "e": "AQAB"}]}"#,
    );
}

#[test]
fn a_service_account_is_named() {
    let key = pem("PRIVATE KEY", &pkcs1(128)).replace('\n', "\\n");
    let json = format!(
        r#"{{"type": "service_account", "private_key": "{key}", "client_email": "ann@shop.iam.gserviceaccount.com"}}"#
    );
    let finding = only("key.json", &json, "google-service-account-key");
    assert!(finding.message.ends_with("ann@shop.iam.gserviceaccount.com"), "{}", finding.message);
}

#[test]
fn the_user_of_an_encoded_pair_is_named_and_the_password_is_not() {
    let pair = STANDARD.encode(["ann:", "s7Kd", "9Qw2x"].concat());
    let config = format!(r#"{{"auths": {{"r.shop.internal": {{"auth": "{pair}"}}}}}}"#);
    let finding = only(".docker/config.json", &config, "docker-registry-auth");
    assert!(finding.message.contains("`ann`") && !finding.message.contains("s7Kd"));
}

#[test]
fn an_access_key_id_names_its_account() {
    let id = ["ASIA", "QNZGKIQY56JQ7WML"].concat();
    let finding = only("deploy.env", &format!("AWS_ACCESS_KEY_ID={id}\n"), "aws-access-key-id");
    assert!(finding.message.contains("029608264753"), "{}", finding.message);
}

#[test]
fn a_wrong_checksum_is_never_sure() {
    for token in [
        ["gh", "p_", "abcdefghijklmnopqrstuvwxyz0123456789"].concat(),
        ["np", "m_", "q8Zt4LxW2vNc7YbR5mJdXyq8Zt4LxW2vNc7Y"].concat(),
        ["AGE-SECRET", "-KEY-1", &"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2)[..58]].concat(),
    ] {
        for finding in findings("token.txt", &format!("value {token}\n")) {
            assert_eq!(finding.confidence, Confidence::Low, "{}", finding.rule.id);
        }
    }
}

#[test]
fn a_backup_of_a_known_file_is_known() {
    let password = ["s7Kd", "9Qw2x"].concat();
    let line = format!("machine git.shop.internal login ann password {password}\n");
    for path in [".netrc", "home/ann/.netrc.bak", "_netrc~"] {
        assert_eq!(only(path, &line, "netrc-password").confidence, Confidence::High);
    }
}

#[test]
fn options_of_other_programs_are_no_passwords() {
    for line in [
        "mkdir -p s7Kd9Qw2x", "docker run -p 8080:80 -u 1000:1000 web", "ssh -p 2222 ann@shop",
        "psql -p 5432 -U ann", "cp -a s7Kd9Qw2x/ b", "ps -u ann:x1y2", "grep -w s7Kd9Qw2x file",
    ] {
        silent("run.sh", &format!("{line}\n"));
    }
}
