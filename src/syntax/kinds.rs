//! The tables behind [`super::dialect`]: kind names of the grammars, by what
//! they mean to the matcher. From each grammar's `node-types.json`.

use super::dialect::{
    CALL, CHAIN, CONTAINER, Facts, IMPLIED, INTERPOLATION, KEYED, MAP, MAYBE_KEYED, NAME, NUMBER,
    PAREN, STRING, UNSAID,
};
use super::language::Language;

const STRINGS: &[&str] = &[
    "string", "string_literal", "interpreted_string_literal", "raw_string_literal",
    "template_string", "verbatim_string_literal", "interpolated_string_expression",
    "encapsed_string", "nowdoc_string", "multiline_string_literal", "raw_string", "ansi_c_string",
    "translated_string", "string_lit", "quoted_template", "double_quote_scalar",
    "single_quote_scalar", "block_scalar", "double_quoted_string", "single_quoted_string",
    "json_string", "quoted_key", "quoted_attribute_value", "AttValue", "PseudoAttValue",
];

const INTERPOLATIONS: &[&str] = &[
    "interpolation", "template_substitution", "template_interpolation", "template_directive",
    "simple_expansion", "expansion", "command_substitution", "variable_name",
    "string_interpolation",
];

const CALLS: &[&str] = &[
    "call", "call_expression", "invocation_expression", "method_invocation", "new_expression",
    "object_creation_expression", "function_call_expression", "member_call_expression",
    "scoped_call_expression", "macro_invocation", "function_call", "command",
];

const CHAINS: &[&str] = &[
    "attribute", "member_expression", "selector_expression", "qualified_type", "nested_identifier",
    "nested_type_identifier", "dotted_name", "identifier", "type_identifier",
];

/// Kinds that hold named items in any order.
const MAPS: &[&str] = &[
    "object", "dictionary", "hash", "literal_value", "field_initializer_list",
    "initializer_expression", "array_creation_expression", "block_mapping", "flow_mapping", "body",
    "config_file", "table", "inline_table", "document", "start_tag", "self_closing_tag", "STag",
    "EmptyElemTag", "jsx_opening_element", "jsx_self_closing_element",
];

/// Anonymous tokens that say nothing beyond their parent's kind.
const IMPLIED_TOKENS: &[&str] = &[
    ",", ";", "(", ")", "[", "]", "{", "}", ".", "?.", ":", "::", "->", "?->", "=>", "=", "\"",
    "'", "`", "\n", "\r\n", "", "&.", "async", "const", "let", "var", "static", "final", "public",
    "private", "protected", "internal", "export", "readonly", "pub", "mut", "val", "@", "#[", "-",
    "<", ">", "/>", "</", "|", "do", "end", "then", "begin",
];

/// Kinds that mean the same to a reader of the pattern.
const SAME: &[(&str, &str)] = &[
    ("variable_declaration", "lexical_declaration"),
    ("nullsafe_member_call_expression", "member_call_expression"),
    ("nullsafe_member_access_expression", "member_access_expression"),
    ("flow_mapping", "block_mapping"),
    ("flow_pair", "block_mapping_pair"),
    ("flow_sequence", "block_sequence"),
    ("optional_chain", "member_expression"),
    ("conditional_access_expression", "member_access_expression"),
    ("do_block", "block"),
    // C#: a pattern of a method is read inside a method.
    ("local_function_statement", "method_declaration"),
    // PHP: one pattern for functions and methods.
    ("function_definition", "method_declaration"),
    // Java: so does a pattern of a variable.
    ("field_declaration", "local_variable_declaration"),
];

/// A grammar may have several ids of one name; the first named one stands for all.
pub(super) fn canonical(grammar: &tree_sitter::Language, id: u16) -> u16 {
    let named = grammar.node_kind_is_named(id);
    let Some(name) = grammar.node_kind_for_id(id) else { return id };
    if !named {
        return id;
    }
    let name = SAME.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| to);
    match grammar.id_for_node_kind(name, true) {
        0 => id,
        stands => stands,
    }
}

/// What is known of kind `id`.
pub(super) fn facts_of(language: Language, grammar: &tree_sitter::Language, id: u16) -> Facts {
    let Some(name) = grammar.node_kind_for_id(id) else { return 0 };
    if !grammar.node_kind_is_named(id) {
        return if is_implied(language, name) { IMPLIED } else { 0 };
    }
    let mut facts = keyed(language, name);
    let mut add = |holds: bool, fact: Facts| facts |= if holds { fact } else { 0 };
    add(STRINGS.contains(&name), STRING);
    add(INTERPOLATIONS.contains(&name), INTERPOLATION);
    add(CALLS.contains(&name), CALL);
    add(CHAINS.contains(&name), CHAIN);
    add(MAPS.contains(&name), MAP | CONTAINER);
    // Else `modifiers` with one annotation would be taken for the annotation.
    let modifiers = matches!(language, Language::Java | Language::Kotlin)
        && matches!(name, "modifiers" | "parameter_modifiers");
    add(is_container(name) || modifiers, CONTAINER);
    // Rust writes the types of a call between the name and the arguments.
    // C#: the name behind `?.` has its dot with it.
    let wraps = [
        "parenthesized_expression", "parenthesized_statements", "generic_function",
        "member_binding_expression",
    ];
    add(wraps.contains(&name), PAREN);
    // What a Ruby method is given to run says nothing of the call itself.
    let given = language == Language::Ruby && matches!(name, "block" | "do_block");
    let typed = language == Language::Kotlin && is_kotlin_type(name);
    add(is_unsaid(name) || given || typed, UNSAID);
    add(is_name(name), NAME);
    add(is_number(name), NUMBER);
    facts
}

/// `-` is an operator in all languages but YAML, where it begins an item; the
/// angle brackets are tags only in markup; C# writes `?.` as two tokens.
fn is_implied(language: Language, token: &str) -> bool {
    let markup = matches!(language, Language::Xml | Language::Html);
    match token {
        "-" => language == Language::Yaml,
        "?" => language == Language::CSharp,
        "<" | ">" => markup,
        "|" => matches!(language, Language::Ruby | Language::Yaml),
        _ => IMPLIED_TOKENS.contains(&token),
    }
}

fn keyed(language: Language, name: &str) -> Facts {
    use Language::*;
    let keyed = match language {
        Python => matches!(name, "keyword_argument" | "pair"),
        JavaScript | TypeScript | Tsx => matches!(name, "pair" | "jsx_attribute"),
        Go => name == "keyed_element",
        // Annotations stand in any order, beside others; attributes of C# too.
        Java => matches!(name, "element_value_pair" | "annotation" | "marker_annotation"),
        Ruby | Json => name == "pair",
        Php => name == "pair",
        Rust => name == "field_initializer",
        Yaml => matches!(name, "block_mapping_pair" | "flow_pair"),
        Toml => matches!(name, "pair" | "table" | "table_array_element"),
        Hcl => matches!(name, "attribute" | "block" | "object_elem"),
        Dockerfile => matches!(name, "arg_pair" | "env_pair" | "label_pair" | "param"),
        Xml => name == "Attribute",
        Html => name == "attribute",
        Kotlin => name == "annotation",
        CSharp => name == "attribute_list",
        Bash => false,
    };
    let maybe = matches!(
        name,
        "argument" | "value_argument" | "array_element_initializer" | "attribute_argument"
    );
    (if keyed { KEYED } else { 0 }) | if maybe { MAYBE_KEYED } else { 0 }
}

fn is_container(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "argument_list", "arguments", "parameters", "parameter_list", "block", "body",
        "statements", "sequence", "array", "list", "program", "module", "source_file",
        "compilation_unit", "document", "stream", "content", "element",
    ];
    ENDS.iter().any(|end| name.ends_with(end))
}

fn is_unsaid(name: &str) -> bool {
    matches!(
        name,
        "type_annotation"
            | "type_arguments"
            | "type_argument_list"
            | "type_parameters"
            | "throws"
            | "decorator"
            | "annotation"
            | "marker_annotation"
            | "attribute_list"
            | "attribute_item"
            | "optional_chain"
            | "where_clause"
            | "superclass"
            | "super_interfaces"
    ) || name.ends_with("modifier")
        || name.ends_with("modifiers")
}

/// Kotlin's grammar has no field for the types of variables and results.
fn is_kotlin_type(name: &str) -> bool {
    matches!(name, "user_type" | "nullable_type" | "function_type" | "non_nullable_type")
}

fn is_name(name: &str) -> bool {
    name.ends_with("identifier")
        || matches!(
            name,
            "name"
                | "constant"
                | "variable_name"
                | "word"
                | "dotted_name"
                | "instance_variable"
                | "class_variable"
                | "global_variable"
                | "hash_key_symbol"
                | "Name"
                | "tag_name"
                | "attribute_name"
                | "bare_key"
        )
}

fn is_number(name: &str) -> bool {
    ["integer", "float", "number", "numeric", "int_literal", "real_literal", "integer_literal"]
        .iter()
        .any(|part| name.contains(part))
}
