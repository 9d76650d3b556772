//! Rules about configuration, through the public interface: what is found in
//! each format, what is left alone because it is not known, and that text
//! written to hurt neither panics nor runs away.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::rules::Catalogue;
use seamline::source::Source;
use seamline::structure::{Format, StructureEngine, StructureScratch, check};

/// A rule with `matcher`; it reads every format.
fn rule(matcher: &str) -> String {
    let keys = Format::ALL.map(|format| format!("\"{}\"", format.key())).join(", ");
    format!(
        "id = \"probe\"\ntitle = \"t\"\ntopic = \"iac-tls\"\nseverity = \"low\"\n\
         confidence = \"high\"\nwhat = \"w\"\nwhy = \"w\"\nfix = \"f\"\ncwe = []\n\
         [[match]]\nlanguages = [{keys}]\n{matcher}"
    )
}

fn engine(matcher: &str) -> StructureEngine {
    let mut catalogue = Catalogue::default();
    let rule = toml::from_str(&rule(matcher)).unwrap();
    assert_eq!(check(&rule), [], "the rule itself is right");
    catalogue.add_pattern(rule);
    StructureEngine::new(&catalogue)
}

/// The first lines of what `matcher` finds in `text`.
fn found<'t>(matcher: &str, path: &str, text: &'t str) -> Vec<&'t str> {
    let source = Source { path: Arc::from(path), text: text.as_bytes(), origin: None };
    let mut candidates = Vec::new();
    engine(matcher).scan(&source, &mut StructureScratch::default(), &mut candidates).unwrap();
    let line = |range: std::ops::Range<usize>| text[range].lines().next().unwrap_or_default();
    candidates.into_iter().map(|candidate| line(candidate.span)).collect()
}

#[test]
fn one_path_reads_every_notation() {
    let matcher = "at = [\"tls.minVersion\"]\nwhen = [\". ~ ^\\\\s*1.0\\\\s*$\"]";
    for (path, text) in [
        ("a.tf", "tls {\n  min_version = \"1.0\"\n}\n"),
        ("a.yaml", "---\ntls: # comment\n  min-version: \"1.0\" # old\n"),
        ("a.yaml", "tls: {minVersion: '1.0', other: [a, {b: c}]}\n"),
        ("a.json", "{\"a\": [1, {}], \"tls\": {\"minVersion\": \"1.0\",},}"),
        ("a.toml", "[tls]\nmin_version = \"1.0\"\n"),
        ("a.ini", "[other]\nx=1\n[tls]\nmin_version=1.0\n"),
        ("a.properties", "# c\ntls.min-version = 1.0\n"),
        ("a.xml", "<?xml?><!-- c --><tls minVersion=\"1.0\"/>"),
        ("a.xml", "<tls><minVersion>\n 1.0 </minVersion></tls>"),
        ("nginx.conf", "tls {\n  min_version 1.0;\n}\n"),
        ("httpd.conf", "<tls>\n  MinVersion 1.0\n</tls>\n"),
    ] {
        assert_eq!(found(matcher, path, text).len(), 1, "{path}: {text}");
    }
}

#[test]
fn what_is_not_known_is_no_finding() {
    let matcher = "resource = [\"a_b\", \"A::B\"]\nwhen = [\"!tls = true\"]";
    for (path, text, wanted) in [
        ("a.tf", "resource \"a_b\" \"x\" {}\n", 1),
        ("a.tf", "resource \"a_b\" \"x\" {\n  tls = null\n}\n", 1),
        ("a.tf", "resource \"a_b\" \"x\" {\n  tls = var.tls\n}\n", 0),
        ("a.tf", "resource \"a_b\" \"x\" {\n  tls = var.a ? true : false\n}\n", 0),
        (
            "a.tf",
            "variable \"tls\" {\n default = false\n}\nresource \"a_b\" \"x\" {\n tls = var.tls\n}\n",
            1,
        ),
        ("a.tf", "locals {\n t = true\n}\nresource \"a_b\" \"x\" {\n tls = \"${local.t}\"\n}\n", 0),
        ("a.yaml", "Resources:\n  X:\n    Type: A::B\n    Properties:\n      Tls: !Ref T\n", 0),
        (
            "a.yaml",
            "Parameters:\n  T:\n    Default: false\nResources:\n  X:\n    Type: A::B\n    Properties:\n      Tls: !Ref T\n",
            1,
        ),
        (
            "a.json",
            "{\"Resources\": {\"X\": {\"Type\": \"A::B\", \"Properties\": {\"Tls\": {\"Fn::If\": [1]}}}}}",
            0,
        ),
    ] {
        assert_eq!(found(matcher, path, text).len(), wanted, "{text}");
    }
}

#[test]
fn templates_in_yaml_are_left_open() {
    let matcher = "at = [\"spec\"]\nwhen = [\"!tls\", \"!host = public\"]";
    for (text, wanted) in [
        ("spec:\n  port: 1\n", 1),
        ("spec:\n  port: 1\n  {{- toYaml .Values.extra | nindent 2 }}\n", 0),
        ("spec:\n  port: 1\n{{- include \"more\" . | nindent 2 }}\n", 0),
        ("spec:\n  {{- if .Values.tls }}\n  tls: x\n  {{- end }}\n", 0),
        ("spec:\n  host: {{ .Values.host }}\n", 0),
        ("{{- if .Values.on }}\nspec:\n  host: private\n{{- end }}\n", 1),
        ("spec:\n  {{- with .Values.h }}\n  host: private\n  {{- end }}\n", 0),
    ] {
        assert_eq!(found(matcher, "templates/a.yaml", text).len(), wanted, "{text}");
    }
}

#[test]
fn anchors_documents_and_lists_are_followed() {
    let matcher = "at = [\"jobs.*.image\"]\nwhen = [\". = old\"]";
    let text = "base: &base\n  image: old\n---\njobs:\n  a:\n    <<: *base\n  b:\n    image: new\n";
    // An anchor ends with its document, but reading on is no harm.
    assert_eq!(found(matcher, "a.yaml", text), ["image: old"]);
    let text = "jobs:\n  - name: a\n    image: old\n  -\n    image: old\n  - - image: old\n";
    let listed = "at = [\"jobs.image\"]\nwhen = [\". = old\"]";
    assert_eq!(found(listed, "a.yaml", text).len(), 3);
    // Within itself an alias leads nowhere.
    let text = "jobs: &j\n  a: *j\n  b:\n    image: old\n";
    assert_eq!(found(matcher, "a.yaml", text), ["image: old"]);
}

#[test]
fn what_another_part_says_counts() {
    let matcher = "resource = [\"bucket\"]\nwhen = [\"!/resource.lock.*.bucket refers\"]";
    let alone = "resource \"bucket\" \"x\" {}\n";
    let locked = "resource \"lock\" \"l\" {\n  bucket = bucket.x.id\n}\n";
    let other = "resource \"lock\" \"l\" {\n  bucket = bucket.xy.id\n}\n";
    let unknown = "resource \"lock\" \"l\" {\n  bucket = var.bucket\n}\n";
    assert_eq!(found(matcher, "a.tf", alone).len(), 1);
    assert_eq!(found(matcher, "a.tf", &format!("{alone}{locked}")).len(), 0);
    assert_eq!(found(matcher, "a.tf", &format!("{alone}{other}")).len(), 1);
    assert_eq!(found(matcher, "a.tf", &format!("{alone}{unknown}")).len(), 0);
}

#[test]
fn policies_within_texts_are_read() {
    let matcher = "resource = [\"policy\"]\neach = \"doc.Statement\"\nwhen = [\"Action = *\"]";
    for doc in [
        "<<EOF\n{\"Statement\": [{\"Action\": [\"*\"]}]}\nEOF\n",
        "jsonencode({\n Statement = [{\n  Action = \"*\"\n }]\n})\n",
    ] {
        let text = format!("resource \"policy\" \"x\" {{\n  doc = {doc}}}\n");
        assert_eq!(found(matcher, "a.tf", &text).len(), 1, "{text}");
    }
}

#[test]
fn azure_resources_have_the_type_of_what_they_stand_in() {
    let matcher = "resource = [\"Microsoft.Web/sites/config\"]\nwhen = [\"properties.tls = 1.0\"]";
    let inner = "{\"type\": \"config\", \"properties\": {\"tls\": \"1.0\"}}";
    for (path, text, wanted) in [
        ("a.json", format!("{{\"resources\": [{{\"type\": \"Microsoft.Web/sites\", \"resources\": [{inner}]}}]}}"), 1),
        ("a.json", format!("{{\"resources\": [{{\"type\": \"Microsoft.Web/plans\", \"resources\": [{inner}]}}, {{\"type\": \"Microsoft.Web/sites\"}}]}}"), 0),
        ("a.json", "{\"resources\": [{\"type\": \"microsoft.web/SITES/config/\", \"properties\": {\"tls\": \"1.0\"}}]}".to_owned(), 1),
        ("a.bicep", "resource a 'Microsoft.Web/sites@1' = {\n  resource b 'config@1' = {\n    properties: {\n      tls: '1.0'\n    }\n  }\n}\n".to_owned(), 1),
        ("a.bicep", "resource a 'Microsoft.Web/sites@1' existing = {\n  resource b 'config' = {\n    properties: {\n      tls: '1.0'\n    }\n  }\n}\n".to_owned(), 1),
        ("a.bicep", "resource a 'Microsoft.Web/sites@1' = {\n  resource b 'config' existing = {\n    properties: {\n      tls: '1.0'\n    }\n  }\n}\n".to_owned(), 0),
    ] {
        assert_eq!(found(matcher, path, &text).len(), wanted, "{text}");
    }
}

#[test]
fn expressions_of_arm_are_no_texts() {
    let matcher = "resource = [\"Microsoft.A/b\"]\nwhen = [\"!x = true\"]";
    let template = |said: &str, x: &str| {
        format!("{{{said}, \"resources\": [{{\"type\": \"Microsoft.A/b\", \"x\": \"{x}\"}}]}}")
    };
    let open = "\"parameters\": {\"X\": {\"type\": \"bool\"}}";
    let on = "\"parameters\": {\"X\": {\"defaultValue\": true}}";
    let off = "\"variables\": {\"x\": \"[parameters('y')]\"}, \"parameters\": {\"y\": {\"defaultValue\": false}}";
    let round = "\"variables\": {\"x\": \"[variables('y')]\", \"y\": \"[variables('x')]\"}";
    for (said, x, wanted) in [
        (open, "[parameters('x')]", 0),
        (on, "[parameters('x')]", 0),
        (off, "[variables('x')]", 1),
        (round, "[variables('x')]", 0),
        (open, "[if(equals(1, 2), 'true', 'false')]", 0),
        (open, "[[no expression]", 1),
    ] {
        assert_eq!(found(matcher, "a.json", &template(said, x)).len(), wanted, "{said} {x}");
    }
    let plain = "{\"resources\": [{\"type\": \"Other/b\", \"x\": \"[a]\"}]}";
    let other = "resource = [\"Other/b\"]\nwhen = [\"!x = true\"]";
    assert_eq!(found(other, "a.json", plain).len(), 1, "no template");
}

#[test]
fn a_rule_that_cannot_be_used_says_why() {
    for (matcher, part) in [
        ("at = [\"a\"]\nwhen = [\"x ~ (\"]", "regex"),
        ("at = [\"a\"]\nwhen = [\"x < many\"]", "number"),
        ("at = [\"a\"]\nwhen = [\"x near y\"]", "operator"),
        ("at = [\"a\"]\nwhen = [\"x is odd\"]", "test"),
        ("at = [\"**\"]", "triggers"),
    ] {
        let problems = check(&toml::from_str(&rule(matcher)).unwrap());
        let says =
            |p: &seamline::structure::Problem| p.message.contains(part) || p.fix.contains(part);
        assert!(problems.iter().any(says), "{matcher}: {problems:?}");
    }
}

const BOMBS: [&str; 12] = [
    "{", "[", "(", "{\"a\":", "[{", "- ", "a:\n ", "<a>", "a {\n", "\"${", "<<E\n",
    "x = jsonencode({",
];

#[test]
fn nesting_without_end_is_survived_in_every_format() {
    let engine = engine(
        "at = [\"**.a\", \"a.*\"]\nwhen = [\"!/b.a same ^^a\", \". ~~ x\"]\ntriggers = [\"a\"]",
    );
    for format in Format::ALL {
        for bomb in BOMBS {
            let text = format!("a\n{}", bomb.repeat(5_000));
            let source = Source {
                path: Arc::from(format.sample_path()),
                text: text.as_bytes(),
                origin: None,
            };
            let mut found = Vec::new();
            // Beyond the budget it is a skip with a reason.
            _ = engine.scan(&source, &mut StructureScratch::default(), &mut found);
            assert!(found.iter().all(|c| text.get(c.span.clone()).is_some()));
        }
    }
}

#[test]
fn parts_that_refer_to_each_other_have_a_budget() {
    let mut text = String::new();
    for i in 0..20_000 {
        text += &format!("resource \"bucket\" \"b{i}\" {{}}\n");
    }
    let source = Source { path: Arc::from("a.tf"), text: text.as_bytes(), origin: None };
    let engine = engine("resource = [\"bucket\"]\nwhen = [\"!/resource.bucket.*.lock refers\"]");
    let scanned = engine.scan(&source, &mut StructureScratch::default(), &mut Vec::new());
    assert!(scanned.is_err(), "the skip is told");
}

#[test]
fn terraform_in_json_is_terraform() {
    let matcher = "resource = [\"aws_db_instance\"]\nwhen = [\"storage_encrypted = false\"]";
    let text = r#"{"resource": {"aws_db_instance": {"a": {"storage_encrypted": false},
        "b": {"storage_encrypted": "${var.unknown}"}, "c": {"storage_encrypted": "${var.no}"}}},
        "variable": {"no": {"default": false}}}"#;
    assert_eq!(found(matcher, "main.tf.json", text).len(), 2);
    let lists = r#"{"resource": [{"aws_db_instance": [{"a": [{"storage_encrypted": false}]}]}]}"#;
    assert_eq!(found(matcher, "main.tf.json", lists).len(), 1);
}

#[test]
fn ports_are_compared_as_numbers() {
    let matcher = "at = [\"rules\"]\nwhen = [\"ports covers 22|3389\"]";
    for (ports, is_meant) in [("22", true), ("20-25", true), ("443,3389", true), ("2222", false)] {
        let text = format!("rules:\n  - ports: \"{ports}\"\n");
        assert_eq!(!found(matcher, "a.yaml", &text).is_empty(), is_meant, "{ports}");
    }
}

#[test]
fn variables_of_nginx_are_followed_within_their_block() {
    let matcher = "at = [\"**.proxy_pass\"]\nwhen = [\". ~ ^http://[$]arg_to\"]";
    let text = "location /a {\n  set $x $arg_to;\n  proxy_pass http://$x;\n}\n\
                location /b {\n  proxy_pass http://$x;\n}\n";
    assert_eq!(found(matcher, "nginx.conf", text).len(), 1);
}
