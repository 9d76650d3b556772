//! Mistakes in rule files, each with the line that is told.

use super::*;

/// Problems of a folder with these files, without the folder's own path.
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let root = format!("{}/", dir.path().display());
    match folder(dir.path(), &Catalogue::built_in().unwrap()) {
        Ok(_) => Vec::new(),
        Err(RuleError::Invalid(problems)) => {
            let plain = |p: &Problem| Problem { column: None, ..p.clone() }.to_string();
            problems.iter().map(|p| plain(p).replace(&root, "")).collect()
        }
        Err(error) => vec![error.to_string()],
    }
}

const HEAD: &str = "provider = \"acme\"\nname = \"Acme\"\n";
const EXAMPLES: &str = "[[rule.example]]\nmatch = \"k = '{token}'\"\n\
                        [[rule.example]]\nnear_miss = \"k = '{broken}'\"\n";

fn secret(id: &str, body: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\ntitle = \"T\"\nseverity = \"high\"\n{body}\n{EXAMPLES}")
}

#[test]
fn the_built_in_rules_pass_every_check() {
    for rules in ["rules/secrets", "rules/patterns", "rules/flow", "rules/frameworks"] {
        let told = match folder(Path::new(rules), &Catalogue::default()) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert_eq!(told, "");
    }
}

#[test]
fn a_good_folder_has_no_problems() {
    let format = "formats = [[{ text = [\"acme_\"] }, { chars = \"a-z0-9\", len = 32 }]]";
    let pattern = "id = \"no-frob\"\ntitle = \"T\"\ntopic = \"cors\"\nseverity = \"low\"\n\
                   confidence = \"low\"\nwhat = \"a\"\nwhy = \"b\"\nfix = \"c\"\n\
                   cwe = [\"CWE-942\"]\n[[match]]\nlanguages = [\"python\"]\n\
                   any = [\"frob($X)\"]\n[[example]]\nlanguage = \"python\"\n\
                   match = \"frob(1)\"\n[[example]]\nlanguage = \"python\"\n\
                   near_miss = \"grob(1)\"\n";
    let secrets = format!("{HEAD}{}", secret("acme-key", format));
    let files = [("secrets/acme.toml", secrets.as_str()), ("flat.toml", pattern)];
    assert_eq!(problems(&files), [""; 0]);
}

#[test]
fn every_mistake_of_a_secret_rule_is_told_with_its_line() {
    let cases = [
        (
            "",
            "rule `acme-key` says nothing to look for; add `formats`, or a `regex` with `anchors`",
            3,
        ),
        (
            "regex = \"(\"\nanchors = [\"acme\"]",
            "the regex does not compile: unclosed group; write it as in https://docs.rs/regex",
            7,
        ),
        (
            "regex = \"acme\"",
            "the regex of `acme-key` has no anchors; add `anchors`: literals of which one is in every match",
            7,
        ),
        ("detector = \"jwtt\"", "unknown detector `jwtt`; did you mean `jwt`?", 7),
        (
            "formats = [[{ text = [\"acme_\"] }, { chars = \"z-a\", len = 3 }]]",
            "the alphabet `z-a` cannot be read; write rising ranges of printable ASCII, e.g. `A-Za-z0-9_-`",
            7,
        ),
        (
            "formats = [[{ text = [\"acme_\"] }, { chars = \"a-z\", len = [9, 3] }]]",
            "the length range [9, 3] is empty; write the smaller number first",
            7,
        ),
        (
            "formats = [[{ text = [\"acme_\"] }, { chars = \"a-z\" }]]",
            "the run of characters has no length; add `len = 36` or `len = [20, 40]`",
            7,
        ),
        (
            "formats = [[{ text = [\"acme_\"] }, { chars = \"a-z\", len = 20 }]]\nchecksum = \"githb\"",
            "unknown checksum `githb`; did you mean `github`?",
            8,
        ),
        ("detector = \"jwt\"\ncwe = [\"798\"]", "`798` is not a CWE id; write it as `CWE-798`", 8),
    ];
    for (body, message, line) in cases {
        let text = format!("{HEAD}{}", secret("acme-key", body));
        let told = problems(&[("a.toml", &text)]);
        let expected = format!("a.toml:{line}: {message}");
        assert!(told.contains(&expected), "{body}: {told:#?}");
    }
}

#[test]
fn ids_are_kebab_case_and_stand_for_one_rule() {
    let body = "detector = \"jwt\"";
    let rules = [secret("Acme_Key", body), secret("github-pat", body), secret("twice", body)];
    let first = format!("{HEAD}{}", rules.concat());
    let second = format!("{HEAD}{}", secret("twice", body));
    let told = problems(&[("a.toml", &first), ("b.toml", &second)]).join("\n");
    assert!(told.contains("a.toml:4: id `Acme_Key` is not kebab-case"), "{told}");
    assert!(told.contains("there is already a rule `github-pat`"), "{told}");
    assert!(told.contains("b.toml:4: the id `twice` is already used in a.toml:22"), "{told}");
}

#[test]
fn a_rule_without_examples_is_refused() {
    let text = format!(
        "{HEAD}[[rule]]\nid = \"a\"\ntitle = \"T\"\nseverity = \"low\"\ndetector = \"jwt\"\n"
    );
    let told = problems(&[("a.toml", &text)]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("no example that matches") && told[1].contains("no near miss"));
}

#[test]
fn every_mistake_of_a_pattern_rule_is_told_with_its_line() {
    let text = "id = \"a\"\ntitle = \"T\"\ntopic = \"corss\"\nseverity = \"low\"\n\
                confidence = \"low\"\nwhat = \"a\"\nwhy = \"b\"\nfix = \"\"\n\
                cwe = [\"CWE-942\"]\n[[match]]\nlanguages = [\"pyhton\"]\nany = [\"frob($X)\"]\n\
                [[match]]\nlanguages = [\"python\"]\nany = [\n\"frob($X)\",\n\"frob(\",\n]\n\
                [[example]]\nlanguage = \"go\"\nmatch = \"frob(1)\"\n";
    let told = problems(&[("a.toml", text)]).join("\n");
    for expected in [
        "a.toml:3: unknown topic `corss`; did you mean `cors`?",
        "a.toml:8: `fix` is empty; say it in a sentence",
        "a.toml:11: there is no language `pyhton`",
        "did you mean `python`?",
        "a.toml:17: pattern `frob(` cannot be used",
        "a.toml:1: rule `a` has no near miss",
        "a.toml:20: no matcher of the rule reads `go`; use one of the rule's languages",
    ] {
        assert!(told.contains(expected), "{expected} not in\n{told}");
    }
}

#[test]
fn a_folder_without_rules_is_a_mistake() {
    assert!(problems(&[])[0].contains("the folder has no rules"));
    let told = problems(&[("a.toml", "x = 1\n")]);
    assert!(told[0].starts_with("a.toml:1: neither a secret rule"), "{told:?}");
}
