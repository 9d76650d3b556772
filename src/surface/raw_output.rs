//! Values that a template writes into a page as they are: `<%- name %>`,
//! `{{ name | safe }}`, `@Html.Raw(name)`.
//!
//! Apart from the patterns, because the grammar of HTML sees such places as text.
//! One look at the bytes for each way of writing, in files whose engine has it.

mod harmless;

use std::ops::Range;

use harmless::{of_source, of_template, of_value};

use crate::finding::{Candidate, Confidence};
use crate::source::Source;
use crate::syntax::ParsedFile;
use crate::syntax::message::shown;

/// What the detectors of this file are called in rule files.
pub(super) const DETECTOR: &str = "raw-output:template";
/// Longer expressions are not read.
const LONGEST: usize = 300;
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
