//! Format strings: what they say when the arguments are put in.

use std::rc::Rc;

use super::value::{HOLE, Made, Val, Value};

/// A format string and what is put in, as one value.
pub(super) fn formatted(parts: &[Val]) -> Value {
    let mut whole = Value::joined(parts);
    let Some((format, args)) = parts.split_first() else { return whole };
    whole.texts.clear();
    if format.made == Made::Constant
        && let [format] = &format.texts[..]
    {
        whole.texts.push(Rc::from(filled(format, args)));
    }
    whole
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
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_!:.<>,-#?".contains(b);
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
