//! Inline ignores: ours in every comment style, the peers', and what is wrong
//! with them.

use crate::*;

/// Judges one secret and one pattern that stand on the line with `CODE` in
/// `text`, and returns what is left.
fn left(text: &str) -> Vec<String> {
    let text = text.replace("CODE", "get('s3cr3tv4lue', verify=False)");
    let candidates =
        vec![secret(GENERIC, &text, "s3cr3tv4lue"), pattern(TLS, &text, "verify=False")];
    let verdict = verdict(&text, candidates);
    let left: Vec<String> = verdict.findings.iter().map(|f| f.rule.id.clone()).collect();
    assert_eq!(verdict.hidden.suppressed_inline as usize, 2 - left.len());
    left
}

/// Warnings about `text`, in which a pattern stands at `CODE`.
fn warnings(text: &str, report_unused: bool) -> Vec<String> {
    let text = text.replace("CODE", "verify=False");
    let candidates = if text.contains("verify=False") {
        vec![pattern(TLS, &text, "verify=False")]
    } else {
        Vec::new()
    };
    let options = JudgeOptions { report_unused, ..JudgeOptions::default() };
    judge(options, "src/app.py", text.as_bytes(), candidates).warnings
}

#[test]
fn our_marker_counts_in_every_comment_style() {
    let comments = [
        "CODE # seamline: ignore[tls-verify-off] reason",
        "CODE // seamline: ignore[tls-verify-off]",
        "CODE; //seamline:ignore[tls-verify-off]: behind a tunnel",
        "CODE /* seamline: ignore[tls-verify-off] */ more",
        "CODE <!-- seamline: ignore[tls-verify-off] a reason -->",
        "CODE -- seamline: ignore[tls-verify-off]",
        "CODE --seamline: ignore[tls-verify-off]",
        "CODE ; seamline: ignore[tls-verify-off]",
        "CODE % seamline: ignore[tls-verify-off]",
        "CODE ' seamline: ignore[tls-verify-off]",
        "CODE REM seamline: ignore[tls-verify-off]",
        "CODE (* seamline: ignore[tls-verify-off] *)",
        "CODE # noqa: E501, seamline: ignore[ tls-verify-off ] reason",
        "CODE # seamline: ignore [plaintext-http, tls-verify-off] both\r\n",
        "* CODE seamline: ignore[tls-verify-off]",
        "rem CODE seamline: ignore[tls-verify-off]",
        "CODE # seamline: ignore[plaintext-http] seamline: ignore[tls-verify-off]",
    ];
    for text in comments {
        assert_eq!(left(text), ["generic-secret"], "{text}");
        assert_eq!(left(&format!("first\n{text}\nlast")), ["generic-secret"], "{text}");
    }
}

#[test]
fn what_is_no_ignore_hides_nothing() {
    for text in [
        "CODE seamline: ignore[tls-verify-off]",
        "CODE # seamline: ignore",
        "CODE # seamline: ignore[]",
        "CODE # seamline: ignore[tls-verify-off",
        "CODE # seamline: ignore-me[tls-verify-off]",
        "CODE # seamline: ignored[tls-verify-off]",
        "CODE # seamline ignore[tls-verify-off]",
        "CODE # myseamline: ignore[tls-verify-off]",
        "CODE # seamline: ignore[plaintext-http]",
        "# seamline: ignore[tls-verify-off]\nCODE",
        "CODE\n# seamline: ignore[tls-verify-off]",
        "# seamline: ignore-next-line[tls-verify-off]\n\nCODE",
        "CODE # seamline: ignore-next-line[tls-verify-off]",
        "CODE nosec",
        "CODE # nosecret",
        "CODE # pragma: once",
        "CODE # gitleaks:allowed",
    ] {
        assert_eq!(left(text).len(), 2, "{text}");
    }
}

#[test]
fn the_line_before_and_the_file_form() {
    for text in [
        "# seamline: ignore-next-line[tls-verify-off] reason\nCODE",
        "  <!--\n  seamline: ignore-next-line[tls-verify-off]\nCODE -->",
        "{\n\"//\": \"seamline: ignore-next-line[tls-verify-off]\",\r\nCODE",
        "#!/bin/sh\n# seamline: ignore-file[tls-verify-off] generated\n\n\n\n\n\nCODE",
        "\"\"\"\nseamline: ignore-file[tls-verify-off]\n\"\"\"\n\nCODE",
    ] {
        assert_eq!(left(text), ["generic-secret"], "{text}");
    }
    let far =
        |lines| format!("{}# seamline: ignore-file[tls-verify-off]\nCODE", "\n".repeat(lines));
    assert_eq!(left(&far(19)), ["generic-secret"]);
    assert_eq!(left(&far(20)).len(), 2);
}

#[test]
fn a_finding_over_several_lines_is_ignored_from_its_first_or_last() {
    let calls = [
        ("get(  # seamline: ignore[tls-verify-off]\n  verify=False,\n)", 0),
        ("get(\n  verify=False,\n)  # seamline: ignore[tls-verify-off]", 0),
        ("# seamline: ignore-next-line[tls-verify-off]\nget(\n  verify=False,\n)", 0),
        ("get(\n  verify=False,  # seamline: ignore[tls-verify-off]\n)", 1),
        ("get(\n  verify=False,  # seamline: ignore-next-line[tls-verify-off]\n)", 1),
    ];
    for (text, left) in calls {
        let start = text.find("get").unwrap();
        let end = text.rfind(')').unwrap() + 1;
        let verdict = verdict(text, vec![Candidate::new(TLS, start..end)]);
        assert_eq!(verdict.findings.len(), left, "{text}");
    }
}

#[test]
fn the_markers_of_peers_mean_what_they_mean_there() {
    let secrets_only = [
        "CODE # gitleaks:allow",
        "CODE // trufflehog:ignore",
        "CODE # pragma: allowlist secret",
        "CODE <!-- pragma: whitelist secret -->",
        "CODE #pragma:allowlist-secret",
        "# pragma: allowlist nextline secret\nCODE",
        "CODE # nosec B105",
        "CODE // #nosec G101 -- not a real one",
        "CODE # nosemgrep: generic.secrets.security.detected-token",
        "CODE # nosemgrep: generic-secret",
    ];
    for text in secrets_only {
        assert_eq!(left(text), ["tls-verify-off"], "{text}");
    }
    let patterns_only = [
        "CODE # nosec B501",
        "CODE # nosec: B501,B113 reason",
        "CODE # nosemgrep: python.requests.disabled-cert-validation",
        "CODE # nosem: x.y.tls-verify-off",
    ];
    for text in patterns_only {
        assert_eq!(left(text), ["generic-secret"], "{text}");
    }
    let both = [
        "CODE # nosec", "CODE # nosec the key is fake", "CODE # nosec B105, B501",
        "CODE // nosemgrep", "// nosemgrep\nCODE", "  # nosem\nCODE",
        "\t// #nosec -- a fake\nCODE", "/* #nosec */\nCODE", "CODE //gosec:disable -- a fake",
        "//gosec:disable\nCODE",
    ];
    for text in both {
        assert!(left(text).is_empty(), "{text}");
    }
    assert_eq!(left("other() # nosemgrep\nCODE").len(), 2);
    // Bandit's stands in the line itself; gosec's may stand above it.
    assert_eq!(left("# nosec\nCODE").len(), 2);
    assert_eq!(left("// #nosec\n\nCODE").len(), 2);
    assert_eq!(left("other() // #nosec\nCODE").len(), 2);
}

#[test]
fn ignores_can_be_switched_off() {
    let text = "verify=False # nosec seamline: ignore[nothing-such] seamline: ignore";
    let options =
        JudgeOptions { inline_ignores: false, report_unused: true, ..JudgeOptions::default() };
    let verdict = judge(options, "a.py", text.as_bytes(), vec![pattern(TLS, text, "verify=False")]);
    assert_eq!((verdict.findings.len(), verdict.warnings.len()), (1, 0));
}

#[test]
fn a_bare_ignore_is_told_how_to_name_the_rule() {
    assert_eq!(
        warnings("a\nCODE # seamline: ignore please", false),
        ["src/app.py:2: `seamline: ignore` without a rule ignores nothing; \
          write `seamline: ignore[tls-verify-off]`"]
    );
    assert_eq!(
        warnings("# seamline: ignore-next-line\nCODE", false),
        ["src/app.py:1: `seamline: ignore-next-line` without a rule ignores nothing; \
          write `seamline: ignore-next-line[tls-verify-off]`"]
    );
}

#[test]
fn an_unknown_rule_or_form_is_a_warning_with_a_suggestion() {
    assert_eq!(
        warnings("CODE # seamline: ignore[tls-verfy-off, no-such-thing-at-all]", false),
        [
            "src/app.py:1: inline ignore of an unknown rule `no-such-thing-at-all`",
            "src/app.py:1: inline ignore of an unknown rule `tls-verfy-off`; \
             did you mean `tls-verify-off`?",
        ]
    );
    let form = warnings("CODE # seamline: ignore-line[tls-verify-off]", false);
    assert!(form[0].contains("unknown inline ignore `ignore-line`"), "{form:?}");
    let late = format!("{}# seamline: ignore-file[tls-verify-off]\nCODE", "\n".repeat(30));
    assert!(warnings(&late, false)[0].starts_with("src/app.py:31: "), "{late}");
}

#[test]
fn unused_ignores_are_found_anywhere_when_asked_for() {
    let text = "CODE # seamline: ignore[tls-verify-off, plaintext-http]\n\n\n\
                far() # seamline: ignore[tls-verify-off]\n\
                # nosec\n";
    assert!(warnings(text, false).is_empty());
    assert_eq!(
        warnings(text, true),
        [
            "src/app.py:1: unused inline ignore: `plaintext-http` finds nothing here",
            "src/app.py:4: unused inline ignore: `tls-verify-off` finds nothing here",
        ]
    );
    let without = "\n# seamline: ignore[tls-verify-off]\n";
    assert_eq!(warnings(without, true).len(), 1);
    let hidden = "CODE # seamline: ignore[tls-verify-off]";
    assert!(warnings(hidden, true).is_empty());
}

#[test]
fn warnings_are_few_harmless_and_without_secrets() {
    let value = token(1);
    let text = format!("k = '{value}' # seamline: ignore[\u{1b}[2J{value}]");
    let verdict = verdict(&text, vec![secret(ACME, &text, &value)]);
    assert_eq!(verdict.warnings.len(), 1);
    assert!(!verdict.warnings[0].contains(&value) && !verdict.warnings[0].contains('\u{1b}'));

    let flood = format!("CODE #{}", " seamline: ignore[x]".repeat(5000));
    let told = warnings(&flood, false);
    assert_eq!(told.len(), 21);
    assert_eq!(told[20], "src/app.py: 4980 more warnings about inline ignores");
}
