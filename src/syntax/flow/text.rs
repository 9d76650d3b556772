//! Format strings: what they say when the arguments are put in.

use std::rc::Rc;

use super::value::{HOLE, Made, Val, Value};

/// A format string and what is put in, as one value.
pub(super) fn formatted(parts: &[Val]) -> Value {
    let Some((format, args)) = parts.split_first() else { return Value::joined(parts) };
    let text = match &format.texts[..] {
        [text] if format.made == Made::Constant => Some(text),
        _ => None,
    };
    let mut whole = match text {
        Some(text) => Value::joined(&typed(parts, text)),
        None => Value::joined(parts),
    };
    whole.texts.clear();
    whole.texts.extend(text.map(|text| Rc::from(filled(text, args))));
    whole
}

/// `parts` of the format string `format`, with what can only be put in as a
/// number (`%d`) taken for one: whatever it is, no text gets in there.
fn typed(parts: &[Val], format: &str) -> Vec<Val> {
    let mut parts = parts.to_vec();
    let mut rest = format;
    let mut next = 1;
    while let Some(at) = rest.find(['%', '{']) {
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("%%") {
            rest = after;
            continue;
        }
        let len = placeholder(rest).unwrap_or(0);
        if is_number(&rest[..len])
            && let Some(part) = parts.get_mut(next)
        {
            *part = Rc::new(Value::plain());
        }
        next += usize::from(len > 0);
        rest = &rest[len.max(1)..];
    }
    parts
}

/// Whether a placeholder takes the next argument as a number or truth value.
fn is_number(placeholder: &str) -> bool {
    placeholder.starts_with('%')
        && !placeholder.contains(['(', '$', '*', '['])
        && placeholder.ends_with(['d', 'i', 'u', 'f', 'F', 'e', 'g', 't'])
}

/// `format` with its placeholders replaced, in order, by constants or holes.
fn filled(format: &str, args: &[Val]) -> String {
    let mut args = args.iter();
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(at) = rest.find(['%', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match placeholder(rest) {
            Some(len) => {
                let text = args.next().and_then(|arg| match &arg.texts[..] {
                    [only] => Some(&**only),
                    _ => None,
                });
                out.push_str(text.unwrap_or(HOLE));
                rest = &rest[len..];
            }
            None => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
        if out.len() > 4_000 {
            break;
        }
    }
    out.push_str(rest);
    out
}

/// The length of the placeholder that `text` begins with: `%s`, `%(name)s`,
/// `%-10.2f`, `{}`, `{0}`, `{name!r:>3}`.
fn placeholder(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'{') {
        let end = text.find('}')?;
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_!:.<>,-#?[]".contains(b);
        return bytes[1..end].iter().all(plain).then_some(end + 1);
    }
    let mut at = 1;
    if bytes.get(at) == Some(&b'(') {
        at = text.find(')')? + 1;
    }
    while bytes.get(at).is_some_and(|b| b.is_ascii_digit() || b"-+#. $*".contains(b)) {
        at += 1;
    }
    bytes.get(at).is_some_and(u8::is_ascii_alphabetic).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_order() {
        let args = [Rc::new(Value::text("a")), Rc::new(Value::default())];
        for (format, filled_in) in [
            ("x %s y %d", "x a y {}"),
            ("{}/{0}", "a/{}"),
            ("%(name)s %-10.2f %", "a {} %"),
            ("100%", "100%"),
            ("{a: {}}", "{a: a}"),
            ("{", "{"),
        ] {
            assert_eq!(filled(format, &args), filled_in, "{format}");
        }
    }
}
