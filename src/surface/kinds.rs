//! What nodes are called in the grammars that the adapters read.

use tree_sitter::Node;

/// More parts of one expression are not looked at one by one: the same list
/// may be named thousands of times.
const MAX_PARTS: usize = 256;

/// The first named children of an expression, without comments.
pub(crate) fn few(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let named = node.named_children(&mut cursor).take(MAX_PARTS);
    named.filter(|child| !child.is_extra()).collect()
}

/// The named children of `node`, without comments.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

pub(crate) fn is_function(kind: &str) -> bool {
    matches!(
        kind,
        "function_declaration"
            | "function_expression"
            | "arrow_function"
            | "generator_function_declaration"
            | "method_definition"
            | "function_definition"
            | "lambda"
            | "method_declaration"
            | "func_literal"
            | "anonymous_function"
    )
}

pub(crate) fn is_call(kind: &str) -> bool {
    matches!(kind, "call_expression" | "call" | "new_expression" | "function_call_expression")
}

pub(crate) fn is_string(kind: &str) -> bool {
    matches!(
        kind,
        "string"
            | "string_literal"
            | "interpreted_string_literal"
            | "raw_string_literal"
            | "template_string"
            | "encapsed_string"
    )
}

pub(crate) fn is_hole(kind: &str) -> bool {
    matches!(kind, "template_substitution" | "interpolation" | "variable_name")
}

pub(crate) fn is_condition(kind: &str) -> bool {
    matches!(
        kind,
        "if_statement"
            | "ternary_expression"
            | "conditional_expression"
            | "for_statement"
            | "for_in_statement"
            | "while_statement"
            | "switch_statement"
            | "expression_switch_statement"
            | "try_statement"
            | "match_statement"
    )
}
