//! What a rule says of itself: texts, severity, classes, paths.

use super::yaml::Node;
use crate::rules::model::{Confidence, PatternFile, Severity};
use crate::rules::topics;

/// Characters of a title, at most; the whole message is `what`.
const TITLE: usize = 120;

/// Topics by the numbers of weaknesses.
const TOPICS: &[(&[u32], &str)] = &[
    (&[89, 564], "sqli"),
    (&[77, 78, 88], "cmdi"),
    (&[94, 95, 96, 1336, 470], "code-injection"),
    (&[79, 80, 116], "xss"),
    (&[90, 643, 91], "ldap-xpath-injection"),
    (&[943], "nosqli"),
    (&[611, 776, 827], "xxe"),
    (&[918], "ssrf"),
    (&[502], "deserialization"),
    (&[942, 346, 1385], "cors"),
    (&[352], "csrf"),
    (&[330, 331, 335, 336, 337, 338, 340], "weak-token"),
    (&[345, 347, 290], "jwt-verify"),
    (&[613], "token-lifetime"),
    (&[532, 117], "log-secret"),
    (&[598], "secret-in-url"),
    (&[209, 537], "stack-trace"),
    (&[489, 215, 11], "debug-on"),
    (&[319, 523, 311], "plaintext-http"),
    (&[295, 297, 298, 599], "tls-verify-off"),
    (&[326, 327, 328, 916, 759, 760, 329, 323], "weak-crypto"),
    (&[614, 1004, 1275], "cookie-flags"),
    (&[22, 23, 36, 73, 98], "path-traversal"),
    (&[601], "open-redirect"),
    (&[259, 321, 522, 798], topics::SECRETS),
    (&[287, 306], "missing-auth"),
    (&[285, 862, 863], "bfla"),
    (&[639], "bola"),
    (&[915], "mass-assignment"),
    (&[400, 770, 1333], "resource-limit"),
    (&[250, 269, 276, 732], "overbroad-scope"),
    (&[353, 494, 829, 1357], "supply-chain"),
    (&[605], "bind-all"),
    (&[548], "dir-listing"),
    (&[200, 201, 359], "data-exposure"),
];

/// The rule `node` without its matchers, under the id `id`.
pub(super) fn head(node: &Node, id: String) -> PatternFile {
    let metadata = node.get("metadata");
    let texts = |key: &str| {
        let found = metadata.and_then(|metadata| metadata.get(key));
        found
            .map(|value| value.texts().iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let weaknesses = texts("cwe");
    let cwe: Vec<String> = weaknesses.iter().filter_map(|text| cwe_id(text)).collect();
    let message = one_line(node.text_at("message").unwrap_or_default());
    let mut references = [texts("references"), texts("source-rule-url"), texts("source")].concat();
    references.retain(|link| link.starts_with("https://") || link.starts_with("http://"));
    let why =
        weaknesses.first().map_or("Its author asks for it not to be there.".to_owned(), |text| {
            format!("It is an instance of {}.", text.trim_end_matches('.'))
        });
    let fix = match node.text_at("fix") {
        Some(fix) if !fix.trim().is_empty() => format!("Write `{}` instead.", one_line(fix)),
        _ => "The message and the references of the rule say how.".to_owned(),
    };
    PatternFile {
        title: title(&message).unwrap_or_else(|| id.clone()),
        topic: topic(&cwe).to_owned(),
        severity: severity(node.text_at("severity").unwrap_or_default()),
        confidence: confidence(texts("confidence").first().map_or("", String::as_str)),
        what: if message.is_empty() { id.clone() } else { message },
        why,
        fix,
        references,
        owasp: texts("owasp").iter().filter_map(|text| owasp_class(text)).collect(),
        cwe,
        matchers: Vec::new(),
        examples: Vec::new(),
        id,
    }
}

/// `CWE-89: …` or `89`.
fn cwe_id(text: &str) -> Option<String> {
    let rest = text.trim().to_ascii_uppercase();
    let rest = rest.strip_prefix("CWE-").unwrap_or(&rest);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| format!("CWE-{digits}"))
}

/// `A01:2021 - …` or `API8:2023`.
fn owasp_class(text: &str) -> Option<String> {
    let class = text.split_whitespace().next()?.trim_end_matches(['-', ':', ',']);
    let (number, year) = class.split_once(':')?;
    let digits = number.strip_prefix("API").or_else(|| number.strip_prefix('A'))?;
    let number_fits = digits.parse::<u32>().is_ok_and(|number| (1..=10).contains(&number));
    let year_fits = year.len() == 4 && year.starts_with("20") && year.parse::<u32>().is_ok();
    (number_fits && year_fits).then(|| class.to_owned())
}

fn topic(cwe: &[String]) -> &'static str {
    let numbers = cwe.iter().filter_map(|id| id.strip_prefix("CWE-")?.parse::<u32>().ok());
    let found =
        numbers.filter_map(|number| TOPICS.iter().find(|(known, _)| known.contains(&number)));
    found.map(|(_, topic)| *topic).next().unwrap_or(topics::OTHER)
}

fn severity(written: &str) -> Severity {
    match written.to_ascii_uppercase().as_str() {
        "CRITICAL" => Severity::Critical,
        "ERROR" | "HIGH" => Severity::High,
        "LOW" => Severity::Low,
        "INFO" | "INVENTORY" | "EXPERIMENT" => Severity::Info,
        _ => Severity::Medium,
    }
}

/// Who says nothing is sure of it.
fn confidence(written: &str) -> Confidence {
    match written.to_ascii_uppercase().as_str() {
        "LOW" => Confidence::Low,
        "MEDIUM" => Confidence::Medium,
        _ => Confidence::High,
    }
}

/// The first sentence.
fn title(message: &str) -> Option<String> {
    let sentence = message.split_inclusive(". ").next()?.trim().trim_end_matches('.');
    if sentence.is_empty() {
        return None;
    }
    let cut: String = sentence.chars().take(TITLE).collect();
    let shorter = cut.len() < sentence.len();
    Some(if shorter { format!("{}…", cut.trim_end()) } else { cut })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Our globs for a path of theirs, which stands for a file or a whole folder.
pub(super) fn globs(path: &str) -> Vec<String> {
    let path = path.trim().trim_start_matches("./");
    let bare = path.trim_end_matches('/');
    match bare.strip_prefix('/') {
        Some(rooted) => vec![rooted.to_owned(), format!("{rooted}/**")],
        None if bare.starts_with("**/") => vec![bare.to_owned(), format!("{bare}/**")],
        None => vec![format!("**/{bare}"), format!("**/{bare}/**")],
    }
}

/// An id of ours: lower-case words joined by hyphens.
pub(super) fn id(written: &str) -> String {
    let lower = written.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id = words.collect::<Vec<_>>().join("-");
    if id.bytes().any(|b| b.is_ascii_lowercase()) { id } else { format!("semgrep-{id}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semgrep::yaml;

    #[test]
    fn what_a_rule_says_of_itself_is_kept() {
        let text = "message: >-\n  Do not frob $X. It is\n  bad.\nseverity: ERROR\nmetadata:\n  cwe: ['CWE-89: SQL Injection']\n  owasp: A03:2021 - Injection\n  confidence: LOW\n  references: [https://a.example/x]\n";
        let head = head(&yaml::parse(text).unwrap(), "a".to_owned());
        assert_eq!(
            (head.title.as_str(), head.what.as_str()),
            ("Do not frob $X", "Do not frob $X. It is bad.")
        );
        assert_eq!(
            (head.topic.as_str(), head.severity, head.confidence),
            ("sqli", Severity::High, Confidence::Low)
        );
        assert_eq!(
            (head.cwe, head.owasp),
            (vec!["CWE-89".to_owned()], vec!["A03:2021".to_owned()])
        );
        assert_eq!(head.references, ["https://a.example/x"]);
    }

    #[test]
    fn ids_and_paths_are_written_our_way() {
        assert_eq!(id("python.Flask.no_debug"), "python-flask-no-debug");
        assert_eq!(id("42"), "semgrep-42");
        assert_eq!(globs("tests/"), ["**/tests", "**/tests/**"]);
        assert_eq!(globs("/src/*.py"), ["src/*.py", "src/*.py/**"]);
    }
}
