//! YAML with the line of everything, built from a parser's events. Aliases
//! share what they name; nesting and size are bounded, as the file is somebody
//! else's.

use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// Deeper files are refused: what reads them follows their nesting.
const MAX_DEPTH: usize = 64;
/// Values of a file, at most.
const MAX_VALUES: usize = 500_000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) value: Value,
    /// 1-based.
    pub(super) line: usize,
    /// How deep it nests, aliases included.
    height: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Rc<Node>>),
    /// Keys in the order of the file, each with its value.
    Map(Vec<(Rc<Node>, Rc<Node>)>),
}

/// Why a text is no YAML that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    /// 1-based.
    pub(super) line: usize,
    /// 1-based, in characters; `None` where a value as a whole is meant.
    pub(super) column: Option<usize>,
    pub(super) message: String,
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list.
    pub(super) fn items(&self) -> Option<&[Rc<Node>]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map with keys that are texts; nothing of other values.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Rc<Node>)> {
        let entries = match &self.value {
            Value::Map(entries) => &entries[..],
            _ => &[],
        };
        entries.iter().filter_map(|(key, value)| Some((key.text()?, value)))
    }

    /// The value at `key`.
    pub(super) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.entries().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The text at `key`.
    pub(super) fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// A text or a list of texts.
    pub(super) fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Text(text) => vec![text],
            Value::List(items) => items.iter().filter_map(|item| item.text()).collect(),
            Value::Map(_) => Vec::new(),
        }
    }
}

/// A list or map that is still being read.
struct Open {
    line: usize,
    anchor: usize,
    is_map: bool,
    values: Vec<Rc<Node>>,
}

/// The first document of `text`; an empty text is an empty text.
///
/// # Errors
/// The first place that is no YAML, or beyond the limits.
pub(super) fn parse(text: &str) -> Result<Rc<Node>, YamlError> {
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder { open: Vec::new(), anchors: Vec::new(), root: None, count: 0 };
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| YamlError {
            line: error.marker().line(),
            column: Some(1 + error.marker().col()),
            message: error.info().to_owned(),
        })?;
        if event == Event::DocumentEnd {
            break;
        }
        builder.take(event, &span)?;
    }
    let empty = || Rc::new(Node { value: Value::Text(String::new()), line: 1, height: 0 });
    Ok(builder.root.unwrap_or_else(empty))
}

struct Builder {
    open: Vec<Open>,
    /// Values by the number of their anchor.
    anchors: Vec<(usize, Rc<Node>)>,
    root: Option<Rc<Node>>,
    count: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), YamlError> {
        let line = span.start.line();
        let fail =
            |message: &str| Err(YamlError { line, column: None, message: message.to_owned() });
        self.count += 1;
        if self.count > MAX_VALUES {
            return fail("the file has too many values");
        }
        match event {
            Event::SequenceStart(anchor, _) => self.start(line, anchor, false),
            Event::MappingStart(anchor, _) => self.start(line, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Scalar(text, style, anchor, _) => {
                // `~` and nothing are the same.
                let empty = style == ScalarStyle::Plain && matches!(&*text, "~" | "null");
                let text = if empty { String::new() } else { text.into_owned() };
                self.add(Rc::new(Node { value: Value::Text(text), line, height: 0 }), anchor);
            }
            Event::Alias(anchor) => {
                let known = self.anchors.iter().rev().find(|(number, _)| *number == anchor);
                let Some((_, node)) = known else { return fail("an alias within its own value") };
                let node = Rc::clone(node);
                if self.open.len() + node.height > MAX_DEPTH {
                    return fail("it is nested too deeply");
                }
                self.add(node, 0);
            }
            _ => {}
        }
        if self.open.len() > MAX_DEPTH { fail("it is nested too deeply") } else { Ok(()) }
    }

    fn start(&mut self, line: usize, anchor: usize, is_map: bool) {
        self.open.push(Open { line, anchor, is_map, values: Vec::new() });
    }

    fn end(&mut self) {
        let Some(Open { line, anchor, is_map, values }) = self.open.pop() else { return };
        let height = 1 + values.iter().map(|value| value.height).max().unwrap_or(0);
        let value = if is_map {
            let pair = |pair: &[Rc<Node>]| match pair {
                [key, value] => Some((Rc::clone(key), Rc::clone(value))),
                _ => None,
            };
            Value::Map(values.chunks(2).filter_map(pair).collect())
        } else {
            Value::List(values)
        };
        self.add(Rc::new(Node { value, line, height }), anchor);
    }

    fn add(&mut self, node: Rc<Node>, anchor: usize) {
        if anchor > 0 {
            self.anchors.push((anchor, Rc::clone(&node)));
        }
        match self.open.last_mut() {
            Some(open) => open.values.push(node),
            None => self.root = Some(node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let text = "rules:\n- id: a\n  pattern: |\n    f(1)\n    g(2)\n- {id: 'b', n: ~}\n";
        let root = parse(text).unwrap();
        let rules = root.get("rules").and_then(|rules| rules.items()).unwrap();
        assert_eq!(rules[0].text_at("pattern"), Some("f(1)\ng(2)\n"));
        assert_eq!((rules[0].line, rules[1].get("id").map(|id| id.line)), (2, Some(6)));
        assert_eq!(rules[1].text_at("n"), Some(""));
    }

    #[test]
    fn an_alias_is_the_same_value() {
        let root = parse("a: &x [1, 2]\nb: *x\n").unwrap();
        assert!(Rc::ptr_eq(root.get("a").unwrap(), root.get("b").unwrap()));
        assert!(parse("a: &x [*x]\n").is_err());
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_line() {
        assert_eq!(parse("a: 1\nb: [\n").unwrap_err().line, 3);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(parse(&deep).unwrap_err().message, "it is nested too deeply");
        let step = |i: usize| format!("a{i}: &a{i} [*a{}]\n", i.wrapping_sub(1));
        let chain: String = (1..100).map(step).collect();
        let told = parse(&format!("a0: &a0 [1]\n{chain}")).unwrap_err();
        assert_eq!(told.message, "it is nested too deeply");
    }
}
