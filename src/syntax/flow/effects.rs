//! What known calls do with what they are given.

use std::rc::Rc;

use super::calls::{Called, joined_taints};
use super::guards::is_quote;
use super::ir::{Id, Op};
use super::run::Run;
use super::sets::sanitizer;
use super::symbols::Sym;
use super::trace::StepKind;
use super::value::{Made, Val, Value, add_taints};
use crate::syntax::language::Language;

/// Methods that return what the function they are given returns.
const MAPS: [&str; 9] =
    ["map", "flatMap", "then", "let", "run", "Select", "SelectMany", "collect", "mapNotNull"];

/// Functions that replace all that a regex matches, in lower case.
const REPLACES: [&str; 7] =
    ["replace", "replaceall", "replace_all", "sub", "gsub", "gsub!", "preg_replace"];

/// Methods that take a value out of a map by its key.
const LOOKS_UP: [&str; 4] = ["get", "fetch", "getOrDefault", "GetValueOrDefault"];

/// What is known of the path of a route.
const ROUTE: &str = "/{}";

impl Run<'_> {
    /// What is left where all but letters and digits is replaced:
    /// `re.sub("[^a-z]", "", text)`.
    pub(super) fn stripped(&self, call: &Called<'_>) -> Option<Val> {
        let name = self.symbols.name(call.name).to_ascii_lowercase();
        let once = match self.context.language {
            Language::Ruby => name == "sub",
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                name == "replace" && !call.args.first().is_some_and(|arg| self.is_global(*arg))
            }
            _ => false,
        };
        let mut patterns = call.values.iter().take(2).flat_map(|value| &value.texts);
        let strips = REPLACES.contains(&name.as_str()) && !once;
        let strips = strips && patterns.any(|pattern| is_all_but_words(pattern));
        if strips {
            return Some(self.cleaned(call, self.context.sets.allow_list));
        }
        if REPLACES.contains(&name.as_str()) && !once && self.drops_dots(call) {
            return Some(self.cleaned(call, self.context.sets.path));
        }
        let says = |place: usize, known: fn(&str) -> bool| {
            call.values.get(place).is_some_and(|v| v.texts.iter().any(|text| known(text)))
        };
        let quote = says(0, is_quote) && says(1, |text| text.starts_with('&'));
        if quote && REPLACES.contains(&name.as_str()) && !once {
            return Some(self.cleaned(call, sanitizer("escape-xml").unwrap_or_default()));
        }
        // `replace(/[.*+?^${}()|[\]\\]/g, "\\$&")`
        let signs = call.values.iter().flat_map(|v| &v.texts).any(|text| text.contains(".*+?"));
        let code = call.args.last().and_then(|id| self.context.text.get(self.ir.span(*id)));
        let kept = code.is_some_and(|code| memchr::memmem::find(code, b"\\$&").is_some());
        let escapes = REPLACES.contains(&name.as_str()) && !once && signs && kept;
        escapes.then(|| self.cleaned(call, sanitizer("escape-regex").unwrap_or_default()))
    }

    /// `strings.ReplaceAll(path, "..", "")`: nothing leads upwards any more.
    fn drops_dots(&self, call: &Called<'_>) -> bool {
        let mut last = call.values.iter().rev().map(|value| &value.texts[..]);
        let is = |texts: Option<&[Rc<str>]>, text: &str| matches!(texts, Some([only]) if **only == *text);
        is(last.next(), "") && is(last.next(), "..")
    }

    /// Go: `filepath.Clean("/" + path)` leads nowhere above the root.
    pub(super) fn rooted(&self, call: &Called<'_>) -> Option<Val> {
        let [whole] = &call.values[..] else { return None };
        let clean = self.symbols.name(call.name) == "Clean" && self.is_go();
        let rooted = whole.texts.iter().any(|text| text.starts_with("/{}"));
        (clean && rooted).then(|| self.cleaned(call, self.context.sets.path))
    }

    /// Whether `id` is a regex with the flag for all matches: `/x/g`.
    fn is_global(&self, id: Id) -> bool {
        let code = self.context.text.get(self.ir.span(id)).unwrap_or_default();
        let flags = code.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        code.starts_with(b"/") && flags.contains(&b'g')
    }

    /// `table.get("name")`
    pub(super) fn looked_up(&mut self, call: &Called<'_>) -> Option<Val> {
        let ((_, whole), [key, ..]) = (call.receiver.as_ref()?, &call.values[..]) else {
            return None;
        };
        let known = match &key.texts[..] {
            [only] if call.values.len() == 1 => whole.field(self.symbols.of(only)).cloned(),
            [section] if call.values.len() == 2 => {
                let entry = call.values.get(1).and_then(|name| self.entry(section, name));
                entry.and_then(|entry| whole.field(entry).cloned())
            }
            _ => None,
        };
        known.or_else(|| self.is_table(call, whole).then(|| Rc::new(Value::plain())))
    }

    /// The name of entry `name` of `section`, as a parser of settings has them:
    /// `config.set("section", "name", value)`.
    fn entry(&mut self, section: &str, name: &Value) -> Option<Sym> {
        let [name] = &name.texts[..] else { return None };
        Some(self.symbols.of(&format!("{section}\n{name}")))
    }

    /// `ORDERS.get(key, "id")`: whatever the key, one of the constants comes out.
    fn is_table(&self, call: &Called<'_>, whole: &Value) -> bool {
        let asks = LOOKS_UP.contains(&self.symbols.name(call.name));
        let defaults = call.values.get(1..).unwrap_or_default();
        asks && whole.made == Made::Constant
            && !whole.fields.is_empty()
            && defaults.iter().all(|value| value.made <= Made::Plain)
    }

    pub(super) fn cleaned(&self, call: &Called<'_>, bits: u64) -> Val {
        let receiver = call.receiver.iter().map(|(_, value)| value);
        let parts: Vec<Val> = receiver.chain(&call.values).cloned().collect();
        let mut value = joined_taints(&parts).cleaned(bits);
        if bits & self.context.sets.harmless != 0 {
            value.made = Made::Plain;
        }
        // The path of a route: what is appended to it changes no host.
        if bits & self.context.sets.prefix != 0 {
            value.texts = vec![Rc::from(ROUTE)];
        }
        value.symbol = call.symbol;
        Rc::new(value)
    }

    /// The receiver, or without one the arguments, as they were.
    pub(super) fn passes(&self, call: &Called<'_>) -> Val {
        let receiver = call.receiver.as_ref().map(|(_, value)| value);
        let useful = receiver.filter(|v| v.made != Made::Unknown || !v.taints.is_empty());
        match (useful, &call.values[..]) {
            (Some(_), _) if self.mapped(call).is_some() => self.mapped(call).unwrap_or_default(),
            (Some(value), args) => {
                let mut value = Value::clone(value);
                // `replace` and the like: it is no longer known what it says.
                if !args.is_empty() {
                    value.texts.clear();
                }
                args.iter().for_each(|arg| add_taints(&mut value.taints, &arg.taints));
                Rc::new(value)
            }
            // `Path(text)` is the text, and a path.
            (None, [only]) if self.symbols.name(call.name).starts_with(char::is_uppercase) => {
                Rc::new(Value { symbol: call.symbol, ..Value::clone(only) })
            }
            (None, []) => Rc::new(Value { symbol: call.symbol, ..Value::joined(&[]) }),
            (None, [only]) => Rc::clone(only),
            (None, args) => Rc::new(Value { texts: Vec::new(), ..Value::joined(args) }),
        }
    }

    /// What a lambda makes of what a method like `map` gives it.
    pub(super) fn mapped(&self, call: &Called<'_>) -> Option<Val> {
        if !MAPS.contains(&self.symbols.name(call.name)) {
            return None;
        }
        let Op::Lambda(function) = self.ir.op(*call.args.first()?) else { return None };
        let result = self.returns.get(function as usize)?.as_ref()?;
        Some(Rc::new(Value { texts: Vec::new(), ..Value::clone(result) }))
    }

    /// The receiver with the arguments in it: a list, a builder, a map.
    pub(super) fn adds(&mut self, call: &Called<'_>) -> Val {
        let Some((base, old)) = &call.receiver else { return self.unknown.clone() };
        if self.is_query(*base) {
            return Rc::clone(old);
        }
        let key = call.args.first().map(|key| self.ir.op(*key));
        let new = match (key, &call.values[..]) {
            (Some(Op::Text(..)), [name, value]) => match &name.texts[..] {
                [name] => {
                    let name = self.symbols.of(name);
                    old.with_field(name, Rc::clone(value))
                }
                _ => Value::clone(old),
            },
            (Some(Op::Text(..)), [section, name, value]) => match &section.texts[..] {
                [section] => match self.entry(section, name) {
                    Some(entry) => old.with_field(entry, Rc::clone(value)),
                    None => joined_taints(&[Rc::clone(old), Rc::clone(value)]),
                },
                _ => Value::clone(old),
            },
            (_, args) => {
                let mut parts = vec![Rc::clone(old)];
                parts.extend_from_slice(args);
                let all = Value::joined(&parts);
                // A table is no text, whatever texts are in it.
                let most = if old.fields.is_empty() { Made::Built } else { Made::Unknown };
                let made = all.made.min(most);
                Value { fields: Rc::clone(&old.fields), symbol: old.symbol, made, ..all }
            }
        };
        let new = Rc::new(new);
        if let Some(root) = self.root_of(*base) {
            self.bind(root, Rc::clone(&new));
        }
        new
    }

    /// JavaScript: `url.searchParams`, in which nothing changes where the URL leads.
    fn is_query(&self, id: Id) -> bool {
        matches!(self.ir.op(id), Op::Field(_, name) if self.symbols.name(name) == "searchParams")
    }

    /// Puts what it is called on, what it is given and what it is a source of
    /// into its arguments: `decoder.Decode(&x)`, `c.Bind(&x)`.
    pub(super) fn fills(&mut self, call: &Called<'_>) -> Val {
        let receiver = call.receiver.iter().map(|(_, value)| value);
        let parts: Vec<Val> = receiver.chain(&call.values).cloned().collect();
        let whole = Value { symbol: call.symbol, ..joined_taints(&parts) };
        let whole = self.symbol_value(call.id, whole);
        let whole = self.of_call(call, whole);
        let whole = self.step(whole, self.ir.span(call.id), StepKind::Assigned);
        for (arg, old) in call.args.iter().zip(&call.values) {
            if let Some(root) = self.root_of(*arg) {
                let (taints, parts) = (whole.taints.clone(), whole.parts.clone());
                let filled = Value { taints, parts, ..Value::clone(old) };
                self.bind(root, Rc::new(filled));
            }
        }
        self.unknown.clone()
    }

    /// The variable that a chain of calls begins with.
    pub(super) fn root_of(&self, id: Id) -> Option<Id> {
        let mut at = id;
        for _ in 0..200 {
            match self.ir.op(at) {
                Op::Name(_) | Op::Field(..) => return Some(at),
                Op::Call(callee, _) => match self.ir.op(callee) {
                    Op::Field(base, _) => at = base,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }
}

/// Whether a regex is one class, of all that is no letter, digit, `_`, `-` or space.
fn is_all_but_words(regex: &str) -> bool {
    let regex = regex.trim_start_matches(['/', '#', '~']);
    let Some((class, rest)) = regex.strip_prefix("[^").and_then(|class| class.split_once(']'))
    else {
        return false;
    };
    let mut escaped = false;
    let is_word = |c: char| {
        let known = match std::mem::take(&mut escaped) {
            true => matches!(c, 'w' | 'd' | 's' | '-' | '_'),
            false => c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '\\'),
        };
        escaped = known && c == '\\';
        known
    };
    let flags = rest.trim_start_matches(['+', '*']);
    class.chars().all(is_word) && flags.chars().all(|c| c.is_alphabetic() || "/#~".contains(c))
}
