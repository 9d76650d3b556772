//! Which variable a name is, where a block declares one that is called as another
//! outside of it: it gets a name of its own. In Python, Ruby, PHP and the shell a
//! function has one variable of a name.

use super::lower::Lowerer;
use super::numbers::NumberMap;
use super::symbols::{Sym, Symbols};
use crate::syntax::language::Language;

/// Stands between the number of a variable and its name; in no name of a program.
const MARK: char = '\u{1}';

/// Kinds of nodes in which what is declared ends with them.
const BLOCKS: &str = "block statement_block if_statement for_statement for_in_statement \
    enhanced_for_statement foreach_statement for_expression expression_case default_case type_case \
    communication_case expression_switch_statement type_switch_statement switch_body switch_block \
    switch_section match_arm func_literal function_declaration method_declaration \
    function_expression arrow_function generator_function generator_function_declaration \
    method_definition constructor_declaration lambda_expression closure_expression function_item \
    local_function_statement anonymous_method_expression catch_clause class_body declaration_list \
    try_with_resources_statement using_statement";

/// The variables that can be seen at a place.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    /// What each name stands for, and in how many blocks it was declared.
    seen: NumberMap<Sym, (Sym, u32)>,
    /// What was seen before, to take declarations back.
    log: Vec<(Sym, Option<(Sym, u32)>)>,
    depth: u32,
    count: u32,
}

impl Scopes {
    /// Goes into a block; what is given back goes to [`Self::close`].
    pub(super) fn open(&mut self) -> usize {
        self.depth += 1;
        self.log.len()
    }

    /// Leaves a block.
    pub(super) fn close(&mut self, mark: usize) {
        self.depth -= 1;
        for (name, before) in self.log.drain(mark..).rev() {
            match before {
                Some(before) => self.seen.insert(name, before),
                None => self.seen.remove(&name),
            };
        }
    }

    /// The variable that `name` is.
    pub(super) fn of(&self, name: Sym) -> Sym {
        self.seen.get(&name).map_or(name, |(variable, _)| *variable)
    }

    /// The variable that is declared as `name`: another one than that of a block
    /// around this one, if `apart`.
    pub(super) fn declare(&mut self, name: Sym, apart: bool, symbols: &mut Symbols) -> Sym {
        let known = self.seen.get(&name).copied();
        let variable = match known {
            Some((variable, depth)) if depth == self.depth => return variable,
            Some(_) if apart => {
                self.count += 1;
                let own = format!("{}{MARK}{}", self.count, symbols.name(name));
                symbols.of(&own)
            }
            _ => name,
        };
        self.log.push((name, known));
        self.seen.insert(name, (variable, self.depth));
        variable
    }
}

/// The name of a variable as the program has it.
pub(super) fn bare(name: &str) -> &str {
    name.rsplit(MARK).next().unwrap_or(name)
}

/// Whether blocks of a language have variables of their own.
pub(super) fn has_blocks(language: Language) -> bool {
    use Language::{CSharp, Go, Java, JavaScript, Rust, Tsx, TypeScript};
    matches!(language, Go | JavaScript | TypeScript | Tsx | Java | CSharp | Rust)
}

/// Whether a node of this kind is a block.
pub(super) fn is_block(kind: &str) -> bool {
    BLOCKS.split_ascii_whitespace().any(|block| block == kind)
}

impl Lowerer<'_, '_> {
    /// The variable `name`, which is declared here if something is being declared.
    pub(super) fn variable(&mut self, name: Sym) -> Sym {
        match self.declaring {
            // Fields go by their names.
            true => {
                let apart = self.functions > self.class_functions;
                self.scopes.declare(name, apart, self.symbols)
            }
            false => self.scopes.of(name),
        }
    }

    /// The name that the program gives the variable `name`.
    pub(super) fn bare(&mut self, name: Sym) -> Sym {
        let text = self.symbols.name(name);
        match text.rsplit_once(MARK) {
            Some((_, bare)) => {
                let bare = bare.to_owned();
                self.symbols.of(&bare)
            }
            None => name,
        }
    }

    /// Whether an assignment of this kind declares what it assigns to.
    pub(super) fn declares(&self, kind: &str) -> bool {
        has_blocks(self.dialect.language)
            && match kind {
                "variable_declarator" => !self.hoisted,
                "short_var_declaration" | "var_spec" | "const_spec" | "let_declaration" => true,
                _ => false,
            }
    }

    /// Whether a loop whose head begins as `head` declares what runs through it.
    pub(super) fn declares_each(&self, head: &[u8]) -> bool {
        let has = |word: &[u8]| memchr::memmem::find(head, word).is_some();
        match self.dialect.language {
            Language::Go => has(b":="),
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                has(b"const ") || has(b"let ")
            }
            other => has_blocks(other),
        }
    }
}
