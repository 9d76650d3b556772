//! Values that a template writes into a page as they are: `<%- name %>`,
//! `{{ name | safe }}`, `@Html.Raw(name)`.
//!
//! Apart from the patterns, because the grammar of HTML sees such places as text.
//! One look at the bytes for each way of writing, in files whose engine has it.

use std::ops::Range;

use crate::finding::{Candidate, Confidence};
use crate::source::Source;
use crate::syntax::ParsedFile;
use crate::syntax::message::shown;

/// What the detectors of this file are called in rule files.
pub(super) const DETECTOR: &str = "raw-output:template";
/// Longer expressions are not read.
const LONGEST: usize = 300;
/// Bytes before a value in which it is looked for where it was set.
const NEAR: usize = 16 << 10;
/// Places of one file that are told.
const MOST: usize = 200;
/// Places of one value that are told in full.
const TOLD: usize = 3;

/// One way of writing without escaping.
struct Form {
    open: &'static str,
    close: &'static str,
    /// Endings of the files in which it means that.
    files: &'static [&'static str],
    /// Whether what stands between the two is such an output.
    is_raw: fn(&str) -> bool,
}

const FORMS: &[Form] = &[
    // https://ejs.co/#docs
    Form { open: "<%-", close: "%>", files: &[".ejs"], is_raw: always },
    // https://api.rubyonrails.org/classes/ActionView/Helpers/OutputSafetyHelper.html
    Form { open: "<%==", close: "%>", files: &[".erb"], is_raw: always },
    Form { open: "<%=", close: "%>", files: &[".erb"], is_raw: is_ruby },
    // https://jakarta.ee/specifications/pages/3.1/jakarta-server-pages-spec-3.1#expressions
    Form { open: "<%=", close: "%>", files: &[".jsp", ".jspx"], is_raw: is_request },
    Form { open: "${param", close: "}", files: &[".jsp", ".jspx"], is_raw: always },
    // https://handlebarsjs.com/guide/expressions.html#html-escaping
    Form {
        open: "{{{",
        close: "}}}",
        files: &[".hbs", ".handlebars", ".mustache"],
        is_raw: always,
    },
    // https://jinja.palletsprojects.com/en/stable/templates/#jinja-filters.safe
    Form {
        open: "{{",
        close: "}}",
        files: &[".html", ".htm", ".jinja", ".jinja2", ".njk", ".twig"],
        is_raw: is_filtered,
    },
    // https://laravel.com/docs/12.x/blade#displaying-unescaped-data
    Form { open: "{!!", close: "!!}", files: &[".blade.php"], is_raw: always },
    // https://www.php.net/manual/en/language.basic-syntax.phptags.php
    Form { open: "<?=", close: "?>", files: &[".php", ".phtml", ".inc"], is_raw: is_superglobal },
    // https://learn.microsoft.com/aspnet/core/mvc/views/razor#expression-encoding
    Form { open: "Html.Raw(", close: ")", files: &[".cshtml", ".razor"], is_raw: always },
    Form { open: "new HtmlString(", close: ")", files: &[".cshtml", ".razor"], is_raw: always },
    Form { open: "WriteLiteral(", close: ")", files: &[".cshtml"], is_raw: always },
    // https://learn.microsoft.com/aspnet/core/blazor/components/#raw-html
    Form { open: "(MarkupString)", close: ")", files: &[".razor"], is_raw: always },
    // https://learn.microsoft.com/previous-versions/aspnet/6dwsdcf5(v=vs.100)
    Form { open: "<%=", close: "%>", files: &[".aspx", ".ascx", ".asp"], is_raw: is_asp_request },
    // https://www.thymeleaf.org/doc/tutorials/3.1/usingthymeleaf.html#unescaped-text
    Form { open: "th:utext=\"", close: "\"", files: &[".html", ".htm"], is_raw: always },
    // https://svelte.dev/docs/svelte/@html
    Form { open: "{@html", close: "}", files: &[".svelte"], is_raw: always },
];

/// Parts of what the engine or a helper makes, or what has been cleaned.
const HARMLESS: &[&str] = &[
    "include", "partial", "yield", "contentFor", "content_for", "csrf", "sanitiz", "Sanitiz",
    "purify", "Purif", "clean(", "clean_", "safe_", "escape", "encode", "Encode", "JSON.stringify",
    "Serialize", "to_json", "tojson", "json_encode", "Form::", "method_field", "links()", "render",
    "paginat", "translate", "Localizer", "trans(", "__(", "I18n", "t(", "t '", "t \"", "_('",
    "_(\"", "field(", "#{", "url_for", "route(", "asset", "stylesheet", "javascript_", "super(",
    "block(", "form_", "static(", "nonce", "@content", "@lang", "gettext(",
];

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

/// Appends what the template at hand writes as it is to `candidates`.
pub(super) fn scan(source: &Source<'_>, file: &ParsedFile<'_>, candidates: &mut Vec<Candidate>) {
    for (rule, detector, confidence) in file.detectors() {
        if detector != DETECTOR {
            continue;
        }
        let path = source.path.to_ascii_lowercase();
        let place = of_template(file.text, &path);
        let mut told: Vec<&str> = Vec::new();
        for (span, expression) in outputs(file.text, &path) {
            let before = file.text.get(..span.start).unwrap_or_default();
            let mut candidate = Candidate::new(rule, span);
            candidate.confidence = confidence;
            let times = told.iter().filter(|known| **known == expression).count();
            let again = (times >= TOLD).then_some("the same value is told above");
            told.push(expression);
            let of_value = || of_value(expression, before, &path).or(again);
            let of_source = || of_source(expression, file.text);
            if let Some(reason) = place.or_else(of_value).or_else(of_source) {
                candidate.confidence = confidence.min(Confidence::Low);
                candidate.reasons.push(reason.into());
            }
            let expression = shown(expression.as_bytes());
            candidate.message = Some(format!("`{expression}` is written into the page as it is"));
            candidates.push(candidate);
        }
    }
}

/// The outputs in `text`, a file called `path`: the bytes, and the expression.
fn outputs<'t>(text: &'t [u8], path: &str) -> Vec<(Range<usize>, &'t str)> {
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    let own = FORMS.iter().filter(|form| form.files.iter().any(|end| path.ends_with(end)));
    for form in own {
        for start in memchr::memmem::find_iter(text, form.open) {
            let inner = start + form.open.len();
            let rest = text.get(inner..text.len().min(inner + LONGEST)).unwrap_or_default();
            let Some(len) = end_of(rest, form.close) else { continue };
            let Ok(expression) = std::str::from_utf8(&rest[..len]) else { continue };
            let expression = expression.trim_matches(|c: char| c.is_whitespace() || c == '-');
            let value = if form.open == "<?=" { chosen(expression).trim() } else { expression };
            let read = form.open == "${param" && is_in_action(&text[..start]);
            if (form.is_raw)(expression) && is_value(value) && !read {
                found.push((start..inner + len + form.close.len(), expression));
            }
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}

/// Where `close` ends what `rest` begins with: a parenthesis only where those opened in
/// between are closed.
fn end_of(rest: &[u8], close: &str) -> Option<usize> {
    if close != ")" {
        return memchr::memmem::find(rest, close.as_bytes());
    }
    let mut open = 0usize;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return Some(at),
            b')' => open -= 1,
            _ => {}
        }
    }
    None
}

/// Whether `before` ends within an action of a tag library, which reads its attributes and
/// does not write them: `<c:if test="${param.x}">`.
/// https://jakarta.ee/specifications/pages/3.1/jakarta-server-pages-spec-3.1#actions
fn is_in_action(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(LONGEST)..];
    let Some(open) = memchr::memrchr2(b'<', b'>', before) else { return false };
    let tag = &before[open..];
    let name = tag.iter().skip(1).take_while(|b| b.is_ascii_alphanumeric() || **b == b':');
    tag.starts_with(b"<")
        && name.clone().any(|&b| b == b':')
        && memchr::memmem::find(tag, b"escapeXml=\"false").is_none()
}

/// Whether it is a value that can hold what somebody else wrote.
fn is_value(expression: &str) -> bool {
    let literal = expression.starts_with(['"', '\'', '`']) && !expression.contains(['+', '#', '$'])
        || chooses_literal(expression);
    expression.contains(|c: char| c.is_ascii_alphabetic())
        && !literal
        && !HARMLESS.iter().any(|part| holds(expression, part))
}

/// Whether `part` stands in `expression`. `t(` translates, and ends many names of helpers;
/// a format makes nothing harmless.
fn holds(expression: &str, part: &str) -> bool {
    let of_format = |at: usize| part == "t(" && expression[..at].ends_with("Forma");
    expression.match_indices(part).any(|(at, _)| !of_format(at))
}

/// `$active ? 'checked' : ''`: whatever the condition says, the author wrote it.
fn chooses_literal(expression: &str) -> bool {
    let literal = |part: &str| {
        let part = part.trim();
        let inner = part.get(1..part.len().saturating_sub(1)).unwrap_or_default();
        // Only between double quotes code may stand in a text.
        let quoted = |quote: char, code: &[char]| {
            part.len() > 1
                && part.starts_with(quote)
                && part.ends_with(quote)
                && !inner.contains(quote)
                && !inner.contains(code)
        };
        part == "null" || quoted('\'', &[]) || quoted('"', &['$', '{'])
    };
    let choice = expression.rsplit_once('?').and_then(|(_, rest)| rest.split_once(':'));
    choice.is_some_and(|(this, that)| literal(this) && literal(that))
}

/// Why nothing that this template writes is likely to run in somebody's browser.
fn of_template(text: &[u8], path: &str) -> Option<&'static str> {
    if path.split(['/', '_', '-', '.']).any(|word| MAIL.contains(&word)) {
        Some("it goes into a mail, where no script runs")
    } else {
        is_plain(text).then_some("the template writes no HTML")
    }
}

/// Why `expression` is likely harmless as it is, with the text before it.
fn of_value(expression: &str, before: &[u8], path: &str) -> Option<&'static str> {
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
fn of_source(expression: &str, text: &[u8]) -> Option<&'static str> {
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

fn always(_: &str) -> bool {
    true
}

/// `raw name`, `name.html_safe`
fn is_ruby(expression: &str) -> bool {
    let raw = expression.strip_prefix("raw").is_some_and(|rest| rest.starts_with([' ', '(']));
    raw || expression.ends_with(".html_safe")
}

/// What comes from the request is written at once.
fn is_request(expression: &str) -> bool {
    ["getParameter(", "getHeader(", "getQueryString(", "getRequestURI("]
        .iter()
        .any(|call| expression.contains(call))
}

/// The same in ASP.NET and ASP: `Request["name"]`, `Request.QueryString("name")`.
fn is_asp_request(expression: &str) -> bool {
    const SENT: [&str; 7] = [
        "Request[", "Request(", "Request.QueryString", "Request.Form", "Request.Params",
        "Request.Cookies", "Request.Headers",
    ];
    SENT.iter().any(|source| expression.contains(source))
}

/// `$_GET['name']`, also with another value for where it is missing; not what is only compared,
/// asked for, or made harmless.
fn is_superglobal(expression: &str) -> bool {
    const SENT: [&str; 4] = ["$_GET[", "$_POST[", "$_REQUEST[", "$_COOKIE["];
    const SERVER: [&str; 5] =
        ["PHP_SELF", "HTTP_HOST", "REQUEST_URI", "QUERY_STRING", "HTTP_REFERER"];
    const CHECKED: [&str; 20] = [
        "==", "!=", "&&", "||", " in ", "isset(", "empty(", "special", "entities", "strip_tags",
        "intval", "(int)", "(float)", "esc_", "filter_", "count(", "strlen(", "number_format",
        "in_array", "md5(",
    ];
    let value = chosen(expression);
    let sent = SENT.iter().any(|name| value.contains(name))
        || value.contains("$_SERVER[") && SERVER.iter().any(|key| value.contains(key));
    sent && !CHECKED.iter().any(|part| value.contains(part))
}

/// What `condition ? this : that` may come to; anything else as it is.
fn chosen(expression: &str) -> &str {
    let mut at = expression.match_indices('?').filter(|(at, _)| {
        let around = |b: Option<&u8>| matches!(b, Some(b'?' | b':' | b'-'));
        let bytes = expression.as_bytes();
        !around(bytes.get(at + 1)) && !around(at.checked_sub(1).and_then(|at| bytes.get(at)))
    });
    at.next().map_or(expression, |(at, _)| expression.get(at + 1..).unwrap_or_default())
}

/// `name | safe`, `name|raw`
fn is_filtered(expression: &str) -> bool {
    let mut filters = expression.split('|').skip(1).map(str::trim);
    // What was escaped before is as harmless as it looks.
    let escapes =
        |filter: &&str| matches!(*filter, "e" | "escape" | "striptags") || filter.starts_with("e(");
    let raw = filters.clone().any(|filter| matches!(filter, "safe" | "raw"));
    raw && !filters.any(|filter| escapes(&filter))
}
