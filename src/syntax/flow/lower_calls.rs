//! Calls, operators and strings as operations.

use tree_sitter::Node;

use super::ir::{Id, Op, Test};
use super::lower::{Kid, Kids, Lowerer};
use super::roles::Role;
use super::symbols::NONE;
use crate::syntax::dialect::{Dialect, STRING};
use crate::syntax::language::Language;
use crate::syntax::nodes::{node_text, string_content};

/// What an operator does with its sides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Concat,
    Append,
    Format,
    /// A path in a folder.
    Inside,
    Either,
    And,
    Or,
    Test(Test),
    Number,
}

impl<'t> Lowerer<'_, 't> {
    pub(super) fn call(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let Some(callee) = kids.field(&["function"]).or_else(|| first_callee(&kids)) else {
            return self.method(node, &kids);
        };
        // Kotlin's grammar reads `!f(x)` as a call of `!f`.
        let negated = callee.role == Role::Unary && self.bytes(callee.node).starts_with(b"!");
        let function = match callee.node.named_child(0) {
            Some(inner) if negated => inner,
            _ => callee.node,
        };
        let function = self.lower(function);
        let args = kids.named.iter().copied().filter(|kid| kid.node.id() != callee.node.id());
        let call = self.finish_call(node, function, args.collect());
        if negated { self.push(Op::Not(call), node) } else { call }
    }

    /// A call whose receiver and name are fields of their own.
    fn method(&mut self, node: Node<'t>, kids: &Kids<'t>) -> Id {
        let receiver = kids.field(&["object", "receiver", "scope"]);
        let Some(name) = kids.field(&["name", "method", "constructor"]) else {
            let parts = self.all(kids.running());
            let parts = self.ir.list(&parts);
            return self.push(Op::Unknown(parts), node);
        };
        let symbol = self.symbol(name.node);
        let end = name.node.end_byte() as u32;
        let callee = match receiver {
            Some(receiver) => {
                let base = self.lower(receiver.node);
                self.ir.push(Op::Field(base, symbol), (node.start_byte() as u32, end))
            }
            None => self.ir.push(Op::Name(symbol), (name.node.start_byte() as u32, end)),
        };
        let taken = |kid: &Kid<'t>| {
            kid.node.id() == name.node.id()
                || receiver.is_some_and(|r| r.node.id() == kid.node.id())
        };
        let args: Vec<Kid<'t>> = kids.named.iter().copied().filter(|kid| !taken(kid)).collect();
        // Ruby: `a.b` reads what `a` calls `b`.
        if self.is(Language::Ruby) && args.is_empty() && receiver.is_some() {
            self.calls.push(symbol);
            return callee;
        }
        self.finish_call(node, callee, args)
    }

    /// The call of `callee` with the arguments that `lists` hold.
    fn finish_call(&mut self, node: Node<'t>, callee: Id, lists: Vec<Kid<'t>>) -> Id {
        let mut args = Vec::new();
        for list in lists {
            if is_arguments(list.node.kind()) {
                let kids = self.kids(list.node);
                args.extend(self.items(kids.running()));
            } else if list.role != Role::Skip {
                args.push(self.lower(list.node));
            }
        }
        self.calls.extend(self.ir.last_name(callee));
        let args = self.ir.list(&args);
        self.push(Op::Call(callee, args), node)
    }

    pub(super) fn construct(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let class = kids.field(&["constructor", "type", "name"]);
        let class =
            class.or_else(|| kids.named.iter().copied().find(|k| !is_arguments(k.node.kind())));
        let Some(class) = class else { return self.group(node) };
        let name = self.type_name(class.node);
        let callee = self.push(Op::Name(name), class.node);
        let mut args = Vec::new();
        for list in kids.named.iter().filter(|kid| kid.node.id() != class.node.id()) {
            if is_arguments(list.node.kind()) {
                let inner = self.kids(list.node);
                args.extend(self.items(inner.running()));
            } else if list.role != Role::Skip {
                args.push(self.lower(list.node));
            }
        }
        let args = self.ir.list(&args);
        self.push(Op::New(callee, args), node)
    }

    /// A shell command: the first word is what is called.
    pub(super) fn command(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let Some(name) = kids.field(&["name"]) else { return self.unknown(node) };
        let symbol = self.symbol(name.node);
        self.calls.push(symbol);
        let callee = self.push(Op::Name(symbol), name.node);
        let args = kids.running().filter(|kid| kid.node.id() != name.node.id());
        let args = self.all(args);
        let args = self.ir.list(&args);
        self.push(Op::Call(callee, args), node)
    }

    /// Rust: the arguments of a macro are bare tokens.
    pub(super) fn macro_call(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let Some(name) = kids.field(&["macro"]) else { return self.unknown(node) };
        let callee = self.lower(name.node);
        let mut args = Vec::new();
        if let Some(tree) = kids.named.iter().find(|kid| kid.node.kind() == "token_tree") {
            self.token_arguments(tree.node, &mut args);
        }
        let args = self.ir.list(&args);
        let call = matches!(self.bytes(name.node), b"format" | b"format_args" | b"concat");
        let op = if call { Op::Format(args) } else { Op::Call(callee, args) };
        self.push(op, node)
    }

    /// Arguments between commas; `a.b` in one is a field.
    fn token_arguments(&mut self, tree: Node<'t>, args: &mut Vec<Id>) {
        let mut cursor = tree.walk();
        let mut current: Option<Id> = None;
        let mut more = cursor.goto_first_child();
        while more {
            let token = cursor.node();
            more = cursor.goto_next_sibling();
            if !token.is_named() {
                if self.bytes(token) == b"," {
                    args.extend(current.take());
                }
                continue;
            }
            let id = match (current, token.kind()) {
                (Some(base), "identifier") => {
                    let name = self.symbol(token);
                    self.push(Op::Field(base, name), token)
                }
                (Some(base), _) => {
                    let inner = self.lower(token);
                    let list = self.ir.list(&[base, inner]);
                    self.push(Op::Either(list), token)
                }
                (None, _) => self.lower(token),
            };
            current = Some(id);
        }
        args.extend(current);
        self.inline_arguments(tree, args);
    }

    /// `{name}` in a format string is an argument too.
    fn inline_arguments(&mut self, tree: Node<'t>, args: &mut Vec<Id>) {
        let Some(Op::Text(start, end)) = args.first().map(|first| self.ir.op(*first)) else {
            return;
        };
        let content = self.text.get(start as usize..end as usize).unwrap_or_default();
        let mut at = 0;
        while let Some(open) = memchr::memchr(b'{', content.get(at..).unwrap_or_default()) {
            let from = at + open + 1;
            let rest = &content[from..];
            let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            if len > 0 && !rest[0].is_ascii_digit() {
                let name = self.symbols.of_bytes(&rest[..len]);
                args.push(self.push(Op::Name(name), tree));
            }
            at = from;
        }
    }

    pub(super) fn binary(&mut self, node: Node<'t>) -> Id {
        let mut parts = Vec::new();
        let mut at = node;
        let operator = loop {
            let kids = self.kids(at);
            let operator = self.operator(&kids);
            let mut running = kids.named.iter().copied();
            let (Some(left), right) = (running.next(), kids.named.last().copied()) else {
                return self.unknown(node);
            };
            let chain = operator == Operator::Concat
                && left.role == Role::Binary
                && self.is_concat(left.node);
            if !chain {
                let ids = self.all(kids.named.iter().copied());
                parts.extend(ids.into_iter().rev());
                break operator;
            }
            parts.extend(right.map(|right| self.lower(right.node)));
            at = left.node;
        };
        parts.reverse();
        self.combined(node, operator, &parts)
    }

    fn is_concat(&mut self, node: Node<'t>) -> bool {
        let kids = self.kids(node);
        self.operator(&kids) == Operator::Concat
    }

    fn combined(&mut self, node: Node<'t>, operator: Operator, parts: &[Id]) -> Id {
        let list = self.ir.list(parts);
        let op = match (operator, parts) {
            (Operator::Append, [target, value, ..]) => {
                Op::Assign(super::ir::Assign::Append, *target, *value, NONE)
            }
            // Python: `folder / name`
            (Operator::Inside, [folder, name, ..]) => {
                let join = self.symbols.of("joinpath");
                let callee = self.push(Op::Field(*folder, join), node);
                let name = self.ir.list(&[*name]);
                Op::Call(callee, name)
            }
            (Operator::Inside, _) => Op::Number(list),
            // PHP has another sign for texts: `$id + 0`
            (Operator::Concat, ids) if self.adds_number(ids) => Op::Number(list),
            (Operator::Concat | Operator::Append, _) => Op::Join(list),
            (Operator::Format, _) => Op::Format(list),
            (Operator::Either, _) => Op::Either(list),
            (Operator::And, _) => Op::And(list),
            (Operator::Or, _) => Op::Or(list),
            (Operator::Test(test), _) => Op::Test(test, list),
            (Operator::Number, _) => Op::Number(list),
        };
        self.push(op, node)
    }

    fn operator(&self, kids: &Kids<'t>) -> Operator {
        let tokens = kids.tokens.iter().map(|token| self.bytes(*token));
        let token = tokens.filter(|token| !matches!(*token, b"(" | b")")).collect::<Vec<_>>();
        let language = self.dialect.language;
        match token[..] {
            [b"+"] | [b".."] => Operator::Concat,
            [b"."] if language == Language::Php => Operator::Concat,
            [b"<<"] if language == Language::Ruby => Operator::Append,
            [b"%"] if matches!(language, Language::Ruby | Language::Python) => Operator::Format,
            [b"/"] if language == Language::Python => Operator::Inside,
            [b"??" | b"?:"] => Operator::Either,
            [b"||" | b"or"] => Operator::Or,
            [b"&&" | b"and"] => Operator::And,
            [b"==" | b"===" | b"eq" | b"is"] => Operator::Test(Test::Equal),
            [b"="] if language == Language::Bash => Operator::Test(Test::Equal),
            [b"!=" | b"!==" | b"<>" | b"is not"] => Operator::Test(Test::NotEqual),
            [b"in"] => Operator::Test(Test::In),
            [b"not in" | b"!in"] | [b"not", b"in"] | [b"!", b"in"] => Operator::Test(Test::NotIn),
            [b"=~"] => Operator::Test(Test::Matches),
            [b"<" | b"<=", ..] => Operator::Test(Test::Below),
            [b">" | b">=", ..] => Operator::Test(Test::Above),
            [b"instanceof" | b"!~" | b"is", ..] => Operator::Test(Test::Other),
            _ => Operator::Number,
        }
    }

    pub(super) fn ternary(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let parts: Vec<Kid<'t>> = kids.running().collect();
        let condition = kids.field(&["condition"]);
        let (condition, then, other) = match (condition, &parts[..]) {
            (Some(condition), [_, then, other]) => (condition, *then, *other),
            (Some(condition), [_, other]) => (condition, condition, *other),
            (None, [then, condition, other]) => (*condition, *then, *other),
            _ => return self.number(node),
        };
        let ids = [condition, then, other].map(|kid| self.lower(kid.node));
        self.push(Op::If(ids[0], ids[1], Some(ids[2])), node)
    }

    pub(super) fn unary(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let token = kids.tokens.first().map_or(&b""[..], |token| self.bytes(*token));
        let Some(operand) = kids.running().next() else { return self.unknown(node) };
        match token {
            b"!" | b"not" => {
                let inner = self.lower(operand.node);
                self.push(Op::Not(inner), node)
            }
            b"-" | b"+" if operand.role == Role::Literal => self.push(Op::Literal, node),
            b"&" | b"*" | b"" | b"!!" | b"<-" | b"await" => self.lower(operand.node),
            _ => self.number(node),
        }
    }

    pub(super) fn string(&mut self, node: Node<'t>) -> Id {
        let content = string_content(self.dialect, self.text, node);
        let content = content.map_or(node.byte_range(), |content| content.range);
        let colon = content.len() > 1 && self.text.get(content.start) == Some(&b':');
        let start = content.start + usize::from(colon && node.kind() == "simple_symbol");
        let mut pieces = Vec::new();
        let mut at = start;
        let kids = self.kids(node);
        for kid in kids.named.iter().filter(|kid| is_code(kid)) {
            self.gap(at, kid.node.start_byte(), &mut pieces);
            pieces.push(self.lower(kid.node));
            at = kid.node.end_byte();
        }
        self.gap(at, content.end, &mut pieces);
        match pieces[..] {
            [] => self.push(Op::Text(start as u32, start as u32), node),
            [only] => only,
            _ => {
                let pieces = self.ir.list(&pieces);
                self.push(Op::Join(pieces), node)
            }
        }
    }

    /// The text between two pieces of code; Kotlin writes `$name` in it.
    fn gap(&mut self, start: usize, end: usize, pieces: &mut Vec<Id>) {
        let Some(gap) = self.text.get(start..end) else { return };
        let mut from = 0;
        if self.is(Language::Kotlin) {
            for dollar in memchr::memchr_iter(b'$', gap) {
                let name = gap.get(dollar + 1..).unwrap_or_default();
                let is_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
                let len = name.iter().take_while(is_name).count();
                let escaped = dollar > 0 && gap[dollar - 1] == b'\\';
                if len == 0 || name[0].is_ascii_digit() || escaped || dollar < from {
                    continue;
                }
                self.piece(start + from, start + dollar, pieces);
                let symbol = self.symbols.of_bytes(&name[..len]);
                let span = ((start + dollar) as u32, (start + dollar + 1 + len) as u32);
                pieces.push(self.ir.push(Op::Name(symbol), span));
                from = dollar + 1 + len;
            }
        }
        self.piece(start + from, end, pieces);
    }

    fn piece(&mut self, start: usize, end: usize, pieces: &mut Vec<Id>) {
        if start < end {
            let span = (start as u32, end as u32);
            pieces.push(self.ir.push(Op::Text(span.0, span.1), span));
        }
    }
}

/// The callee where it is no field: the first child.
fn first_callee<'t>(kids: &Kids<'t>) -> Option<Kid<'t>> {
    let fielded = kids.field(&["name", "method", "constructor", "receiver", "object"]);
    let first = kids.named.first().copied().filter(|kid| kid.field.is_empty());
    first.filter(|_| fielded.is_none())
}

fn is_arguments(kind: &str) -> bool {
    matches!(
        kind,
        "argument_list"
            | "arguments"
            | "value_arguments"
            | "bracketed_argument_list"
            | "call_suffix"
    )
}

/// Whether a child of a string literal is code.
fn is_code(kid: &Kid<'_>) -> bool {
    kid.role != Role::Skip && !is_text(kid.node.kind())
}

/// Whether a child of this kind of a string literal is text.
fn is_text(kind: &str) -> bool {
    const TEXT: [&str; 6] = ["content", "fragment", "sequence", "start", "end", "string_literal"];
    TEXT.iter().any(|part| kind.ends_with(part))
}

/// Whether the string literal `node` holds code.
pub(super) fn is_template(dialect: &Dialect, text: &[u8], node: Node<'_>) -> bool {
    if !dialect.is(node.kind_id(), STRING) {
        return false;
    }
    let mut cursor = node.walk();
    let kotlin = dialect.language == Language::Kotlin;
    kotlin && node_text(text, node).contains(&b'$')
        || node.named_children(&mut cursor).any(|kid| !is_text(kid.kind()))
}
