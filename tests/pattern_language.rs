//! The pattern language, construct by construct and language by language: the
//! promises of `docs/patterns.md`.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use seamline::finding::{Candidate, Confidence};
use seamline::rules::Catalogue;
use seamline::rules::model::PatternFile;
use seamline::source::Source;
use seamline::syntax::{Language, Parse, SyntaxEngine, SyntaxScratch, check};

const HEAD: &str = r#"
id = "sample"
title = "Sample"
topic = "weak-crypto"
severity = "low"
confidence = "low"
what = "w"
why = "w"
fix = "f"
cwe = []
[[match]]
"#;

fn rule(matcher: &str) -> PatternFile {
    toml::from_str(&format!("{HEAD}{matcher}")).unwrap()
}

fn run_rule(rule: PatternFile, language: &str, code: &str) -> Vec<Candidate> {
    let problems = check(&rule);
    assert!(problems.is_empty(), "{}", problems[0]);
    let mut catalogue = Catalogue::default();
    catalogue.add_pattern(rule);
    let engine = SyntaxEngine::new(&catalogue);
    let path = Language::from_key(language).unwrap().sample_path();
    let source = Source { path: Arc::from(path), text: code.as_bytes(), origin: None };
    let mut candidates = Vec::new();
    match engine.parse(&source, &mut SyntaxScratch::default()) {
        Parse::Parsed(file) => engine.run_rules(&file, &mut candidates),
        Parse::NotNeeded => {}
        Parse::Skipped(reason) => panic!("{reason}"),
    }
    candidates
}

/// Texts that the matcher reports in `code`.
fn found<'a>(language: &str, matcher: &str, code: &'a str) -> Vec<&'a str> {
    let rule = rule(&format!("languages = [\"{language}\"]\n{matcher}"));
    run_rule(rule, language, code).into_iter().map(|c| &code[c.span]).collect()
}

fn matches(language: &str, pattern: &str, code: &str) -> bool {
    !found(language, &format!("any = ['''{pattern}''']"), code).is_empty()
}

#[track_caller]
fn yes(language: &str, pattern: &str, codes: &[&str]) {
    for code in codes {
        assert!(matches(language, pattern, code), "`{pattern}` should match `{code}`");
    }
}

#[track_caller]
fn no(language: &str, pattern: &str, codes: &[&str]) {
    for code in codes {
        assert!(!matches(language, pattern, code), "`{pattern}` should not match `{code}`");
    }
}

#[test]
fn named_arguments_stand_in_any_order_among_others() {
    let pattern = "fetch_it($URL, verify=False)";
    yes(
        "python",
        pattern,
        &[
            "fetch_it(u, verify=False)",
            "fetch_it(u, timeout=3, verify=False, x=1)",
            "fetch_it(\n  u,\n  verify = (False),\n)",
            "x = [fetch_it(u, verify=False)]",
        ],
    );
    no(
        "python",
        pattern,
        &[
            "fetch_it(verify=False)", "fetch_it(u, v, verify=False)", "fetch_it(u, verify=True)",
            "fetch_it(u, False)", "other_it(u, verify=False)  # fetch_it",
        ],
    );
}

#[test]
fn a_list_that_names_nothing_matches_exactly() {
    yes("python", "connect_to()", &["connect_to( )"]);
    no("python", "connect_to()", &["connect_to(a)", "connect_to(timeout=1)"]);
    no("python", "connect_to($X)", &["connect_to(a, timeout=1)", "connect_to()"]);
    yes("python", "connect_to($X, $$$)", &["connect_to(a, timeout=1)", "connect_to(a, b, c)"]);
}

#[test]
fn three_dollars_are_any_number_of_nodes() {
    let pattern = "run_it($$$, 'x', $$$)";
    yes("javascript", pattern, &["run_it('x')", "run_it(a, 'x')", "run_it(a, 'x', 'x', b)"]);
    no("javascript", pattern, &["run_it()", "run_it(a, b)", "run_it('xy')"]);
    yes("python", "def handle_it($$$): $$$", &["def handle_it(a, *b) -> int:\n  x\n  y"]);
    yes("python", "def $F($$$):\n  $$$\n  stop_it()", &["def f():\n  a\n  b\n  stop_it()"]);
    no("python", "def $F($$$):\n  $$$\n  stop_it()", &["def f():\n  stop_it()\n  a"]);
}

#[test]
fn a_metavariable_used_twice_is_the_same_text() {
    yes("go", "copy_to($A, $A)", &["package a\nfunc f() { copy_to(x.y, x.y) }"]);
    no("go", "copy_to($A, $A)", &["package a\nfunc f() { copy_to(x.y, x.z) }"]);
    yes("python", "swap_it($_, $_)", &["swap_it(a, b)"]);
}

#[test]
fn quotes_do_not_matter_and_contents_do() {
    yes("python", "open_it('a b')", &["open_it(\"a b\")", "open_it(b'a b')", "open_it('''a b''')"]);
    no("python", "open_it('a b')", &["open_it('a  b')", "open_it(a)"]);
    yes("javascript", "open_it(\"$X\")", &["open_it('x')", "open_it(`x${y}`)"]);
    no("javascript", "open_it(\"$X\")", &["open_it(x)"]);
    yes("go", "open_it(\"a\")", &["package a\nfunc f() { open_it(`a`) }"]);
    yes("rust", "open_it(\"a\")", &["fn f() { open_it(r#\"a\"#) }"]);
    yes("csharp", "open_it(\"a\")", &["class A { void F() { open_it(@\"a\"); } }"]);
    yes("php", "open_it(\"a\")", &["<?php open_it('a');"]);
    yes("ruby", "open_it('a')", &["open_it \"a\""]);
    // What a call is given to run counts only if the pattern has it.
    yes(
        "ruby",
        "open_it('a')",
        &["open_it('a') { |f| f.read }", "open_it 'a' do |f|\n  f.read\nend"],
    );
    no("ruby", "open_it('a') do |$F| $$$ end", &["open_it('a')"]);
    yes("kotlin", "open_it(\"a\")", &["fun f() { open_it(\"\"\"a\"\"\") }"]);
}

#[test]
fn object_keys_match_in_any_spelling_and_order() {
    let pattern = "{ strict: false, mode: $M }";
    yes("javascript", pattern, &["f({ a, mode: 1, ...b, 'strict': false, c() {} })"]);
    no("javascript", pattern, &["f({ strict: false })", "f({ strict: true, mode: 1 })"]);
    yes(
        "ruby",
        "set_it(verify: false)",
        &["set_it(a: 1, :verify => false)", "set_it verify: false"],
    );
    yes("php", "['verify_it' => false]", &["<?php f(['a' => 1, \"verify_it\" => false, 2]);"]);
    yes("go", "Conf{Strict: false}", &["package a\nvar c = &Conf{Name: n, Strict: false}"]);
    yes("rust", "Conf { strict: false }", &["fn f() { Conf { name, strict: false, ..d } }"]);
    yes(
        "csharp",
        "new Conf { Strict = false }",
        &["class A { void F() { var c = new Conf { Name = n, Strict = false }; } }"],
    );
    yes("python", "{'strict_it': False}", &["x = {**a, 'b': 1, \"strict_it\": False}"]);
}

#[test]
fn named_arguments_of_kotlin_php_and_csharp() {
    yes(
        "kotlin",
        "connect_it($U, tls = false)",
        &["fun f() { connect_it(u, a = 1, tls = false) }"],
    );
    no("kotlin", "connect_it($U, tls = false)", &["fun f() { connect_it(u, tls = true) }"]);
    yes("php", "connect_it($U, tls: false)", &["<?php connect_it($u, a: 1, tls: false);"]);
    yes(
        "csharp",
        "connect_it($U, tls: false)",
        &["class A { void F() { connect_it(u, a: 1, tls: false); } }"],
    );
}

#[test]
fn php_functions_and_methods() {
    let pattern = "function $F($$$) { $$$ }";
    let function = "<?php function sign_it(int $a, $b = 1): string { return f($a); }";
    yes("php", pattern, &[function, "<?php class A { private static function sign_it() { } }"]);
    yes("php", "function sign_it($$$) { return f($X); }", &[function]);
    yes("php", "protected $except = ['$P']", &["<?php class A { protected $except = ['a']; }"]);
    no("php", pattern, &["<?php sign_it($a);", "<?php $f = function ($a) { return 1; };"]);
}

#[test]
fn clauses_that_catch_errors() {
    let code = "def a\n  check_it\nrescue StandardError\n  true\nend";
    yes("ruby", "rescue StandardError then true", &[code]);
    no("ruby", "rescue StandardError then false", &[code]);
    let code = "<?php try { check_it(); } catch (Exception $e) { return true; }";
    yes("php", "catch (Exception $E) { return true; }", &[code]);
    no("php", "catch (Exception $E) { return false; }", &[code]);
    let code = "try:\n  check_it()\nexcept ValueError as e:\n  return True";
    yes("python", "except $_ as $_: return True", &[code]);
    no("python", "except $_: pass", &[code]);
}

#[test]
fn data_and_config_languages() {
    yes(
        "yaml",
        "hostNetwork: true",
        &["spec:\n  a: 1\n  hostNetwork: true\n", "{hostNetwork: 'true'}"],
    );
    yes("yaml", "spec:\n  privileged_it: true", &["spec:\n  b: 2\n  privileged_it: true\n"]);
    no("yaml", "hostNetwork: true", &["hostNetwork: false", "hostNetwork:\n  true_: 1"]);
    yes("json", "\"strictSSL\": false", &["{\"a\": {\"b\": 1, \"strictSSL\": false}}"]);
    yes(
        "json",
        "{\"Effect\": \"Allow\", \"Action\": $A}",
        &["{\"Action\": [\"*\"], \"Sid\": \"x\", \"Effect\": \"Allow\"}"],
    );
    yes("toml", "verify_ssl = false", &["[a]\nb = 1\nverify_ssl = false\n"]);
    yes(
        "hcl",
        "resource \"aws_lb\" $NAME { internal = false }",
        &["resource \"aws_lb\" \"main\" {\n  name = \"x\"\n  internal = false\n}\n"],
    );
    no(
        "hcl",
        "resource \"aws_lb\" $NAME { internal = false }",
        &["resource \"aws_lb\" \"main\" {\n  internal = true\n}\n"],
    );
    yes("bash", "curl $$$ -k $$$", &["curl -s -k https://a", "x=$(curl -k \"$url\")"]);
    no("bash", "curl $$$ -k $$$", &["curl -s https://a -o k"]);
    yes("dockerfile", "USER root", &["FROM a\nUSER root\n"]);
    yes("xml", "<permit-all enabled=\"true\"/>", &["<a><permit-all x='1' enabled='true'/></a>"]);
    yes("html", "target=\"_blank\"", &["<a href='x' target='_blank'>y</a>"]);
}

#[test]
fn what_a_pattern_does_not_say_of_types_and_modifiers_is_ignored() {
    yes(
        "java",
        "void trust_it($$$) { }",
        &["class A { @Override public void trust_it(X[] c, String a) throws E { } }"],
    );
    no("java", "void trust_it($$$) { }", &["class A { void trust_it(X c) { check(c); } }"]);
    yes(
        "typescript",
        "function load_it($$$) { $$$ }",
        &["async function load_it<T>(a: string): Promise<T> { return a; }"],
    );
    yes("javascript", "const $X = load_it()", &["let y = load_it();", "var y = load_it()"]);
    yes(
        "go",
        "func load_it($$$) { $$$ }",
        &["package a\nfunc load_it(a int) error { return nil }"],
    );
}

#[test]
fn operators_matter_and_parentheses_do_not() {
    yes("javascript", "$A === secret_it", &["if ((x) === (secret_it)) {}"]);
    no("javascript", "$A === secret_it", &["if (x == secret_it) {}"]);
    no("python", "$A == secret_it", &["x != secret_it"]);
    yes("javascript", "$X.load_it($$$)", &["a?.load_it(b)"]);
}

#[test]
fn decorators_annotations_and_members() {
    yes("python", "@app.route($$$)", &["@app.route('/x', methods=['POST'])\ndef f(): pass"]);
    yes(
        "java",
        "@CrossOrigin(origins = \"*\")",
        &["@CrossOrigin(maxAge = 1, origins = \"*\") class A {}"],
    );
    yes("java", "@PermitAll", &["class A { @PermitAll void f() {} }"]);
    yes("csharp", "[AllowAnonymous]", &["class A { [AllowAnonymous] void F() {} }"]);
    yes("kotlin", "@CrossOrigin($$$)", &["@CrossOrigin(\"*\") class A"]);
    yes("rust", "#[allow_it]", &["#[allow_it]\nfn f() {}"]);
}

/// The `@` belongs to the decorator, not to the name behind it.
#[test]
fn what_a_decorator_is_of_can_be_constrained() {
    let matcher = "any = [\"@$R.route($$$)\"]\nwhere.R = { regex = \"^(app|bp)$\" }";
    let code =
        "x = 1\n\n@app.route('/a')\ndef f():\n    pass\n\n@other.route('/b')\ndef g():\n    pass\n";
    assert_eq!(found("python", matcher, code), ["@app.route('/a')"]);
    let matcher = "any = [\"@$R.route($$$)\"]\nwhere.R = { not_regex = \"^app$\" }";
    assert_eq!(found("python", matcher, code), ["@other.route('/b')"]);
}

#[test]
fn relations_look_around_and_within() {
    let inside =
        "any = ['send_it($X)']\ninside = ['def $F($$$): $$$']\nnot_inside = ['class $C: $$$']";
    let code = "send_it(a)\ndef f():\n  send_it(b)\nclass C:\n  def g(self):\n    send_it(c)\n";
    assert_eq!(found("python", inside, code), ["send_it(b)"]);

    let has = "any = ['wrap_it($$$)']\nhas = ['inner($X)']\nnot_has = ['safe($$$)']";
    let code = "wrap_it(a, inner(b))\nwrap_it(inner(c), safe())\nwrap_it(d)\ninner(e)\n";
    assert_eq!(found("python", has, code), ["wrap_it(a, inner(b))"]);

    let not = "any = ['get_it($$$)']\nnot = ['get_it($$$, timeout=$_)']";
    assert_eq!(found("python", not, "get_it(a)\nget_it(a, timeout=1)"), ["get_it(a)"]);
}

#[test]
fn relations_share_metavariables() {
    let matcher = "any = ['use_it($X)']\ninside = ['with lock_it($X): $$$']";
    let code = "with lock_it(a):\n  use_it(a)\n  use_it(b)\n";
    assert_eq!(found("python", matcher, code), ["use_it(a)"]);
    let matcher = "any = ['def $F($X): $$$']\nreport = 'X'\nnot_has = ['check_it($X)']";
    let code = "def f(a):\n  check_it(a)\ndef g(b):\n  check_it(c)\n";
    assert_eq!(found("python", matcher, code), ["b"]);
}

#[test]
fn what_lies_within_can_be_what_is_reported() {
    let matcher = "any = ['def $F($$$): $$$']\nhas = ['read_it($X)']\n\
                   not_has = ['check_it($X)']\nreport = 'X'\ntriggers = ['read_it']";
    let code = "def f():\n  read_it(a)\n  def g():\n    read_it(b)\n    read_it(a)\n\
                def h():\n  read_it(c)\n  check_it(c)\n";
    assert_eq!(found("python", matcher, code), ["a", "b", "a"]);
}

#[test]
fn constraints_and_what_is_reported() {
    let matcher = "any = ['set_it($A, $B)']\nreport = 'B'\n\
                   where.A = { is = 'literal' }\nwhere.B = { regex = '^x', not_regex = 'y$' }";
    let code = "set_it('a', 'xa')\nset_it(b, 'xb')\nset_it(1, 'xy')\nset_it(2, 'ax')";
    assert_eq!(found("python", matcher, code), ["'xa'"]);
    let call = "any = ['set_it($A)']\nwhere.A = { is = 'call' }";
    assert_eq!(
        found("go", call, "package a\nfunc f() { set_it(g()); set_it(h) }"),
        ["set_it(g())"]
    );
}

#[test]
fn messages_show_captured_code_but_no_secret() {
    let matcher = "languages = ['python']\nany = ['dial_it($URL, $K)']\nmessage = 'to $URL: $K'";
    let code = "dial_it('http://bob:hunter2@acme.io/x?k=1', key('hunter2'))";
    let messages: Vec<_> =
        run_rule(rule(matcher), "python", code).into_iter().map(|c| c.message).collect();
    assert_eq!(messages, [Some("to http://acme.io/…: key('…')".to_owned())]);
}

#[test]
fn names_are_resolved_through_imports() {
    let matcher =
        |module: &str, pattern: &str| format!("imports = ['{module}']\nany = ['{pattern}']");
    let python = matcher("acme.net", "acme.net.dial($$$)");
    for code in [
        "import acme.net\nacme.net.dial(1)", "import acme.net as n\nn.dial(1)",
        "from acme import net\nnet.dial(1)", "from acme.net import dial as d\nd(1)",
    ] {
        assert_eq!(found("python", &python, code).len(), 1, "{code}");
    }
    for code in
        ["acme.net.dial(1)", "import acme.net2\nacme.net2.dial(1)", "from . import dial\ndial(1)"]
    {
        assert!(found("python", &python, code).is_empty(), "{code}");
    }
    let script = matcher("acme-net as net", "new net.Agent($$$)");
    for code in [
        "import n from 'acme-net'; new n.Agent(1)",
        "import * as n from 'acme-net'; new n.Agent(1)",
        "import { Agent } from 'acme-net'; new Agent(1)",
        "import { Agent as A } from 'acme-net'; new A(1)",
        "const n = require('acme-net'); new n.Agent(1)",
        "const { Agent } = require('acme-net'); new Agent(1)",
        "const { Agent: A } = require('acme-net'); new A(1)",
        "const A = require('acme-net').Agent; new A(1)",
    ] {
        assert_eq!(found("javascript", &script, code).len(), 1, "{code}");
    }
    assert!(
        found("javascript", &script, "import n from 'other'; 'acme-net'; new net.Agent(1)")
            .is_empty()
    );
    let go = matcher("acme.io/net/v2", "net.Dial($$$)");
    let code = |import: &str, name: &str| {
        format!("package a\nimport {import} \"acme.io/net/v2\"\nfunc f() {{ {name}.Dial(1) }}")
    };
    assert_eq!(found("go", &go, &code("", "net")).len(), 1);
    assert_eq!(found("go", &go, &code("n", "n")).len(), 1);
    assert!(found("go", &go, &code("n", "net")).is_empty());
}

#[test]
fn only_files_of_a_given_name_are_read() {
    let rule = rule("languages = ['json']\nfiles = ['package.json']\nany = ['\"strict\": false']");
    assert!(run_rule(rule, "json", "{\"strict\": false}").is_empty());
}

#[test]
fn mistakes_in_a_rule_are_named() {
    let problem = |matcher: &str| check(&rule(matcher))[0].to_string();
    assert!(
        problem("languages = ['python']\nany = ['foo(((']").contains("`foo(((` cannot be used")
    );
    assert!(problem("languages = ['cobol']\nany = ['x_y()']").contains("no language `cobol`"));
    assert!(problem("languages = ['go']\nany = ['$F($X)']").contains("triggers"));
    assert!(problem("languages = ['go']\nany = ['abc($X)']\nwhere.Y = {}").contains("`$Y`"));
    assert!(problem("languages = ['go']\nany = ['abc($X)']\nreport = 'Z'").contains("`$Z`"));
    assert!(
        problem("languages = ['go']\nany = ['abc($X)']\nwhere.X.regex = '('").contains("regex")
    );
    assert!(
        problem("languages = ['go']\nany = ['abc($X)']\nwhere.X.test = 't'")
            .contains("plaintext-url")
    );
    assert!(problem("languages = ['go']\ndetector = 'x:y'").contains("triggers"));
    assert!(check(&rule("languages = ['go']\nany = ['abc($X)']")).is_empty());
}

#[test]
fn broken_code_still_yields_what_can_be_read() {
    let code = "function f() {\n  const = ;\n  send_it(a);\n}\nsend_it(b, ;\nsend_it(b);\n";
    let found = found("javascript", "any = ['send_it($X)']", code);
    assert!(found.contains(&"send_it(b)"), "{found:?}");
}

#[test]
fn what_runs_in_development_only_is_less_sure() {
    let sure = |language: &str, code: &str| -> Vec<Confidence> {
        let matcher = format!(
            "languages = [\"{language}\"]\nconfidence = \"high\"\nany = [\"insecure($$$)\"]"
        );
        run_rule(rule(&matcher), language, code).into_iter().map(|c| c.confidence).collect()
    };
    let (high, low) = (Confidence::High, Confidence::Low);
    let python =
        "if settings.DEBUG:\n  insecure(1)\nelse:\n  insecure(2)\nif debug or x:\n  insecure(3)";
    assert_eq!(sure("python", python), [low, high, high]);
    let script = "if (process.env.NODE_ENV === 'production') { insecure(1) } else { insecure(2) }\n\
                  const a = isDev ? insecure(3) : insecure(4);";
    assert_eq!(sure("javascript", script), [high, low, low, high]);
    let ruby = "insecure(1) unless Rails.env.production?\nunless DEBUG\n  insecure(2)\nend";
    assert_eq!(sure("ruby", ruby), [low, high]);
    assert_eq!(
        sure("csharp", "void F() {\n#if DEBUG\ninsecure(1);\n#endif\ninsecure(2);\n}"),
        [low, high]
    );
    let cases = "switch (env) { case 'development': insecure(1); break; default: insecure(2); }";
    assert_eq!(sure("javascript", cases), [low, high]);
    let rust = "fn f() {\n#[cfg(feature = \"test_mode\")]\n// Why.\nlet a = insecure(1);\n\
                insecure(2);\n#[cfg(not(test))]\ninsecure(3);\n}\n\
                #[cfg(test)]\nmod tests { fn g() { insecure(4); insecure(5) } }";
    assert_eq!(sure("rust", rust), [low, high, high, low, low]);
}

#[test]
fn a_type_or_the_spelling_tells_what_something_is() {
    let matcher =
        "any = [\"$C.run($X)\"]\nwhere.C = { type = [\"lib.Client()\"], regex = \"(?i)client\" }";
    let code = "import lib\na = lib.Client()\na.run(1)\nb = lib.Other()\nb.run(2)\n\
                def f(client, c, d: lib.Client):\n  client.run(3)\n  c.run(4)\n  d.run(5)";
    assert_eq!(found("python", matcher, code), ["a.run(1)", "client.run(3)", "d.run(5)"]);
}

#[test]
fn a_rule_may_bring_its_own_sources_and_sanitizers() {
    let matcher = "any = [\"sink($SINK)\"]\n\
                   flow = { sources = [\"untrusted($$$)\"], sanitizers = [\"washed($X)\"] }";
    let code = "a = untrusted(1)\nsink(a)\nsink(washed(a))\nsink(trusted(1))";
    assert_eq!(found("python", matcher, code), ["sink(a)"]);
    for (flow, problem) in [
        ("{ sources = [\"reqest\"] }", "not known in `sources`"),
        ("{ sources = [\"request\"], sanitizers = [\"soap\"] }", "not known in `sanitizers`"),
    ] {
        let matcher = format!("languages = [\"python\"]\nany = [\"sink($SINK)\"]\nflow = {flow}");
        assert!(check(&rule(&matcher))[0].to_string().contains(problem), "{flow}");
    }
    let without =
        "languages = [\"python\"]\nany = [\"sink($X)\"]\nflow = { sources = [\"request\"] }";
    assert!(check(&rule(without))[0].to_string().contains("$SINK"));
}
