//! Positions, redaction and the lines around a finding.

use seamline::finding::Excerpt;

use crate::*;

fn findings(text: &str, candidates: Vec<Candidate>) -> Vec<Finding> {
    let options = JudgeOptions { excerpts: true, ..JudgeOptions::default() };
    judge(options, "a.py", text.as_bytes(), candidates).findings
}

fn excerpt(text: &str, candidate: Candidate) -> Excerpt {
    findings(text, vec![candidate]).remove(0).excerpt.unwrap()
}

fn marked(excerpt: &Excerpt) -> &str {
    &excerpt.text[excerpt.mark.clone()]
}

#[test]
fn a_window_shows_the_lines_around_with_the_secret_overwritten() {
    let text = format!("one\ntwo\r\nkey = '{}' # é\nfour\nfive\n", token(1));
    let finding = findings(&text, vec![secret(ACME, &text, &token(1))]).remove(0);
    let redacted = "acme_****0Zk8";
    let redacted = redacted.replace("0Zk8", &token(1)[token(1).len() - 3..]);
    assert_eq!(finding.secret.unwrap().redacted, redacted);
    let excerpt = finding.excerpt.unwrap();
    assert_eq!(excerpt.text, format!("two\nkey = '{redacted}' # é\nfour"));
    assert_eq!((excerpt.first_line, excerpt.cut), (2, false));
    assert_eq!(marked(&excerpt), redacted);
    assert_eq!((finding.start.line, finding.start.column), (3, 8));
    assert_eq!(finding.end.column as usize, 8 + token(1).len());
}

#[test]
fn neighbours_and_copies_are_overwritten_too() {
    let (a, b) = (token(1), token(2));
    let text = format!("other = '{b}'\nkey = '{a}' or get('x={a}y', 'hunter2')\nlog({a})");
    let candidates = vec![
        secret(GENERIC, &text, "hunter2"),
        Candidate { message: Some(format!("{a} and {b}")), ..secret(ACME, &text, &a) },
        secret(ACME, &text, &b),
    ];
    for finding in findings(&text, candidates) {
        let shown = format!("{finding:?}");
        assert!(![a.as_str(), b.as_str(), "hunter2"].iter().any(|s| shown.contains(s)), "{shown}");
        assert!(finding.excerpt.unwrap().text.contains("****"));
    }
}

#[test]
fn copies_that_reach_over_the_edge_of_a_window_leave_no_piece() {
    let value = token(7);
    for gap in 90..200 {
        let text = format!(
            "{}{value} {} key='{value}' {}{value}",
            "-".repeat(300),
            "-".repeat(gap),
            "+".repeat(gap)
        );
        let at = nth(&text, &value, 1);
        let excerpt = excerpt(&text, secret_at(ACME, at));
        assert!(excerpt.cut);
        for piece in value.as_bytes()[5..].windows(6) {
            let piece = std::str::from_utf8(piece).unwrap();
            assert!(!excerpt.text.contains(piece), "{gap}: {}", excerpt.text);
        }
    }
}

#[test]
fn long_lines_are_cut_around_the_mark_at_whole_characters() {
    let text = format!("{}verify=False{}", "é".repeat(5000), "€".repeat(5000));
    let finding = findings(&text, vec![pattern(TLS, &text, "verify=False")]).remove(0);
    assert_eq!((finding.start.column, finding.end.column), (5001, 5013));
    let excerpt = finding.excerpt.unwrap();
    assert_eq!(marked(&excerpt), "verify=False");
    assert_eq!(excerpt.text.chars().count(), 160);
    assert!(excerpt.cut && !excerpt.text.contains('\u{fffd}'));
}

#[test]
fn of_a_private_key_only_the_header_is_shown() {
    let header = concat!("-----BEGIN RSA ", "PRIVATE KEY-----");
    let body = format!("{}\n", "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn").repeat(20);
    let text = format!("a = 1\nkey = '''{header}\n{body}'''\nb = 2\n");
    let range = text.find(header).unwrap()..text.rfind("\n'''").unwrap();
    let finding = findings(&text, vec![secret_at(KEY, range)]).remove(0);
    let excerpt = finding.excerpt.unwrap();
    assert_eq!(excerpt.text, format!("a = 1\nkey = '''{header}****"));
    assert_eq!(marked(&excerpt), format!("{header}****"));
    let next = secret_at(GENERIC, nth(&text, "b = 2", 0));
    let shown =
        findings(&text, vec![secret_at(KEY, text.find(header).unwrap()..text.len() - 10), next]);
    assert!(shown.iter().all(|f| !f.excerpt.as_ref().unwrap().text.contains("MIIE")));
}

#[test]
fn a_mark_over_many_lines_shows_four() {
    let text = "a\nb(\n1,\n2,\n3,\n4,\n5)\nc\n";
    let excerpt_of = |code: &str| excerpt(text, Candidate::new(TLS, nth(text, code, 0)));
    let long = excerpt_of("b(\n1,\n2,\n3,\n4,\n5)");
    assert_eq!(long.text, "a\nb(\n1,\n2,\n3,");
    assert_eq!(marked(&long), "b(\n1,\n2,\n3,");
    let short = excerpt_of("b(\n1,");
    assert_eq!((short.text.as_str(), marked(&short)), ("a\nb(\n1,\n2,", "b(\n1,"));
}

#[test]
fn control_characters_do_not_reach_the_reader() {
    let text = "x = '\u{1b}[31m\u{202e}\u{9d}'\t+ verify=False\u{0}\u{7f}";
    let excerpt = excerpt(text, pattern(TLS, text, "verify=False"));
    assert_eq!(excerpt.text, "x = '\u{fffd}[31m\u{fffd}\u{fffd}'\t+ verify=False\u{fffd}\u{fffd}");
    assert_eq!(marked(&excerpt), "verify=False");
    let bytes = b"a \xff\xe2\x82 verify=False \xc3";
    let options = JudgeOptions { excerpts: true, ..JudgeOptions::default() };
    let mut findings = judge(options, "a", bytes, vec![Candidate::new(TLS, 6..18)]).findings;
    let finding = findings.remove(0);
    assert_eq!(finding.start.column, 7);
    assert_eq!(finding.excerpt.unwrap().text, "a \u{fffd}\u{fffd}\u{fffd} verify=False \u{fffd}");
}

#[test]
fn raw_secrets_are_handed_out_only_on_request() {
    let text = token(1);
    let shown = |show_secrets| {
        let options = JudgeOptions { show_secrets, ..JudgeOptions::default() };
        judge(options, "a", text.as_bytes(), vec![secret(ACME, &text, &text)]).findings.remove(0)
    };
    assert!(shown(false).shown.is_none() && shown(false).excerpt.is_none());
    assert_eq!(shown(true).shown.unwrap().reveal(), token(1));
    assert!(!format!("{:?}", shown(true)).contains(&token(1)));
}
