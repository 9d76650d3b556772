//! What a provider's name says of a token behind it: with an operator or without,
//! glued to a word for a credential, in prose. Samples are made up and put together
//! here, so that none stands in the file.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::{Arc, LazyLock};

use seamline::finding::{Confidence, Finding};
use seamline::judge::JudgeOptions;
use seamline::pipeline::Engine;
use seamline::rules::Catalogue;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::new(Arc::new(Catalogue::built_in().unwrap()), JudgeOptions::default())
});

fn findings(path: &str, text: &str) -> Vec<Finding> {
    let mut found = ENGINE.scan_text(path, text.as_bytes()).findings;
    found.retain(|finding| finding.confidence >= Confidence::Medium);
    found
}

/// Thirty-six letters and digits that no catalogued format has.
fn token() -> String {
    ["q7Zt4LxW2vNc8YbR", "5mJdK9sHf3Pg", "6TnBwE1u"].concat()
}

#[test]
fn a_name_and_a_word_for_a_credential_lead_up_to_a_token() {
    let token = token();
    for text in [
        format!("jenkins key {token}"),
        format!("jenkinsSECRET-{token}"),
        format!("jenkins-access-{token}"),
        format!("the Jenkins api token {token} is old"),
        format!("jenkins private access key\n{token}\n"),
        format!("jenkins,api_token,{token}"),
        format!("jenkins_private={token}"),
        format!("segment key {token}"),
        format!("jenkins token:\n  - {token}"),
    ] {
        assert_eq!(findings("notes.txt", &text).len(), 1, "{text}");
    }
}

#[test]
fn other_words_between_them_break_the_tie() {
    let token = token();
    for text in [
        format!("jenkins build {token}"),
        format!("jenkins key id {token}"),
        format!("the keyboard of jenkins {token}"),
        format!("jenkins key of another product {token}"),
        format!("jenkins token:\n\n  - {token}"),
        format!("segment {token}"),
    ] {
        assert!(findings("notes.txt", &text).is_empty(), "{text}");
    }
    let words = "jenkins token ThisIsTheNameOfSomeClassInTheCode2";
    assert!(findings("notes.txt", words).is_empty());
}

#[test]
fn a_providers_own_format_needs_less() {
    let hex = ["7d31e2b89c404f5a", "8e610b27d49a6c13"].concat();
    for text in [format!("assemblyai = {hex}"), format!("\"assemblyai\": \"{hex}\"")] {
        let found = findings("config.yml", &text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].rule.id, "assemblyai-api-key", "{text}");
    }
    let commit = ["7d31e2b89c404f5a8e61", "0b27d49a6c137d31e2b8"].concat();
    assert!(findings("versions.yml", &format!("parseur: {commit}")).is_empty());
}

#[test]
fn colours_and_attributes_stand_before_values() {
    let token = ["sk-", "5e19c7402bd64f38a0c1", "d7e25b93f864"].concat();
    assert_eq!(findings("build.log", &format!("key \u{1b}[1;93m{token}\u{1b}[0m")).len(), 1);
    let password = ["kzvW8", "qpt!x"].concat();
    let element = format!("<server><password encoding=\"plain\">{password}</password></server>");
    assert_eq!(findings("servers.xml", &element).len(), 1);
}

#[test]
fn a_token_without_the_signs_between_its_parts_is_none() {
    let (id, key) = ("8c41f0d27be94a53", ["QH5p5TU2BDwz", "Hu5_RCtvJXsj"].concat());
    let found =
        |joint: &str| findings("a.ini", &format!("ollama key = {id}{id}{joint}{key}")).len();
    assert_eq!((found("."), found("")), (1, 0));
}

#[test]
fn a_provider_in_the_name_outweighs_the_look_of_a_digest() {
    let uuid = ["df490bc6-ef6e-4f6a", "-99a0-b03d26cb56f9"].concat();
    assert_eq!(findings("app.py", &format!("jenkins_token = \"{uuid}\"")).len(), 1);
    assert!(findings("app.py", &format!("request_token = \"{uuid}\"")).is_empty());
}
