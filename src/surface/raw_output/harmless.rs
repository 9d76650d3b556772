//! Why what a template writes as it is does no harm, or is likely to do none: it makes
//! no page, the engine or the program made the value, its name says what it is.

use super::{LONGEST, MOST};

/// Bytes before a value in which it is looked for where it was set.
const NEAR: usize = 16 << 10;

/// Calls by which a template makes HTML.
const MADE: &[&str] = &[
    "form_", "block(", "include(", "render", "parent(", "csrf_", "json_encode", "|e(", "|escape",
    "|sanitize", "|trans", "|markdown",
];

/// Parts of names of values that are HTML by design.
const MARKUP: &[&str] = &[
    "html", "markdown", "rendered", "svg", "icon", "json", "embed", "widget", "toc", "highlight",
    "snippet", "layout", "template", "meta", "body", "markup", "script", "style", "css", "head",
    "foot", "captcha", "help", "hint", "iframe", "qrcode", "qr_code", "attributes", "policy",
    "impressum", "imprint", "conduct", "license", "formatted", "announcement", "protection",
    "legal",
];

/// Parts of names of functions that hand on what they are given, or what was sent.
const HANDS_ON: &[&str] = &[
    "raw", "decode", "unescape", "nl2br", "marked", "trim", "replace", "format", "printf", "join",
    "implode", "concat", "lower", "upper", "tostr", "to_s", "strval", "request", "input", "query",
    "param", "cookie", "session", "safe", "print", "default",
];

/// Helpers of Rails that escape what they are given.
const HELPERS: &[&str] = &["_tag ", "_tag(", "tag.", "link_to", "l(:"];

/// Parts of what texts of the program come from.
const CATALOGUES: &[&str] = &["i18n", "translat", "locale", "localiz", "language", "messages"];

/// Words in the paths of templates of mails.
const MAIL: &[&str] = &["email", "emails", "mail", "mailer", "mailers", "mails"];

/// Words in the paths of pages whose texts are part of the program.
const FIXED: &[&str] = &["faq", "imprint", "privacy", "terms"];

/// Why nothing that this template writes is likely to run in somebody's browser.
pub(super) fn of_template(text: &[u8], path: &str) -> Option<&'static str> {
    if path.split(['/', '_', '-', '.']).any(|word| MAIL.contains(&word)) {
        Some("it goes into a mail, where no script runs")
    } else {
        is_plain(text).then_some("the template writes no HTML")
    }
}

/// Why `expression` is likely harmless as it is, with the text before it.
pub(super) fn of_value(expression: &str, before: &[u8], path: &str) -> Option<&'static str> {
    let name = expression.split('|').next().unwrap_or(expression).trim();
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let handlebars = [".hbs", ".handlebars"].iter().any(|end| path.ends_with(end));
    if bare && is_set_here(name, before) {
        Some("the template itself has made it")
    } else if is_markup(expression) {
        Some("by its name it is meant to hold HTML")
    } else if handlebars && name.contains(char::is_whitespace) {
        Some("a helper makes it")
    } else if is_number(name) {
        Some("by its name it is a number")
    } else if bare && ends_as_address(name) && before.ends_with(b"=\"") {
        Some("by its name it is an address that the application made")
    } else {
        let fixed = bare && path.split(['/', '_', '-', '.']).any(|word| FIXED.contains(&word));
        fixed.then_some("the page holds fixed texts")
    }
}

/// Why what `expression` of a file with `text` is made from is the program's.
pub(super) fn of_source(expression: &str, text: &[u8]) -> Option<&'static str> {
    let root = expression.split(['.', '[', '?']).next().unwrap_or_default();
    if root.len() < expression.len() && is_catalogue(root, text) {
        Some("it is a text of the program")
    } else if HELPERS.iter().any(|helper| expression.contains(helper)) {
        Some("a helper makes it")
    } else {
        is_made(expression).then_some("a function of the program makes it")
    }
}

/// Whether the file gives `root` the texts of a language: `const ta = useI18nAdmin();`
fn is_catalogue(root: &str, text: &[u8]) -> bool {
    let named = !root.is_empty() && root.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    named
        && memchr::memmem::find_iter(text, root).take(MOST).any(|at| {
            let alone = at.checked_sub(1).is_none_or(|i| text[i].is_ascii_whitespace());
            let rest = &text[at + root.len()..text.len().min(at + root.len() + LONGEST)];
            let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
            let line = String::from_utf8_lossy(line).to_ascii_lowercase();
            let given = line.trim_start().strip_prefix(['=', ':']);
            let given = given.filter(|value| !value.starts_with('='));
            let is = |value: &str| CATALOGUES.iter().any(|part| value.contains(part));
            alone && given.is_some_and(is)
        })
}

/// Whether `expression` is the call of one function that makes HTML of its own:
/// `shareLinks($link)`, `$record->badge()`.
fn is_made(expression: &str) -> bool {
    let Some((callee, _)) = expression.split_once('(') else { return false };
    let name = callee.rsplit(['.', '>', ':', '\\']).next().unwrap_or(callee);
    let word = |b: u8| b.is_ascii_alphanumeric() || b"_$.>-:\\".contains(&b);
    let lower = name.to_ascii_lowercase();
    expression.ends_with(')')
        && !name.is_empty()
        && callee.bytes().all(word)
        && !matches!(&*lower, "old" | "get" | "str" | "string" | "value" | "env")
        && !HANDS_ON.iter().any(|part| lower.contains(part))
        && !["request", "$_", "input("].iter().any(|sent| expression.contains(sent))
}

/// Whether `name` was last set by what the engine or a helper makes, or is a piece of the
/// template: `{% set row = form_widget(f) %}`, `{% set row %}…{% endset %}`, `{row: block('r')}`.
/// https://twig.symfony.com/doc/3.x/tags/set.html
fn is_set_here(name: &str, before: &[u8]) -> bool {
    let before = String::from_utf8_lossy(&before[before.len().saturating_sub(NEAR)..]);
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let set = before.rmatch_indices(name).find_map(|(at, _)| {
        let rest = &before[at + name.len()..];
        let given = rest.trim_start();
        let tag = before[..at].trim_end();
        let set = tag.ends_with("set") || tag.ends_with('{') || tag.ends_with(',');
        (is_end(rest) && set && given.starts_with(['=', ':', '%', '-'])).then_some(given)
    });
    set.is_some_and(|given| match given.strip_prefix(['=', ':']) {
        Some(value) => {
            let value = value.split(['%', ',', '}']).next().unwrap_or_default();
            MADE.iter().any(|part| value.contains(part))
        }
        None => true,
    })
}

/// `info.left_pct`, `rowCount`; not `account`.
fn is_number(name: &str) -> bool {
    const ENDS: [(&str, &str); 6] = [
        ("pct", "Pct"),
        ("percent", "Percent"),
        ("percentage", "Percentage"),
        ("count", "Count"),
        ("width", "Width"),
        ("height", "Height"),
    ];
    let last = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name);
    ENDS.iter().any(|(word, capital)| last == *word || last.ends_with(capital))
}

fn ends_as_address(name: &str) -> bool {
    ["url", "uri", "href"].iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

/// Whether a template makes no HTML: no element is in it, and none around it.
fn is_plain(text: &[u8]) -> bool {
    // `Promise<Item>` opens nothing: elements are closed, but for a few.
    const VOID: [&[u8]; 5] = [b"br", b"hr", b"img", b"input", b"meta"];
    let element = |at: usize| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let closed = rest.strip_prefix(b"/").and_then(|rest| rest.first());
        closed.is_some_and(u8::is_ascii_alphabetic)
            || VOID.iter().any(|name| rest.starts_with(name))
    };
    // `class A extends B` inherits no page.
    let framed = [
        "% extends", "%- extends", "@extends", "% block", "%- block", "@section", "layout", "{{#>",
        "{{<",
    ];
    !memchr::memchr_iter(b'<', text).any(element)
        && !framed.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
}

fn is_markup(expression: &str) -> bool {
    let lower = expression.to_ascii_lowercase();
    // The methods that say so are not the name.
    let lower = lower.replace("html_safe", "");
    MARKUP.iter().any(|part| lower.contains(part))
}
