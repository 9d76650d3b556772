//! Which part every kind of node plays in the flow of data: the table behind
//! [`super::lower`]. Kind names are those of each grammar's `node-types.json`;
//! a name means the same in all languages unless said otherwise.

use super::super::dialect::{Dialect, NAME, NUMBER, STRING};
use super::super::language::Language;
use super::scopes::{has_blocks, is_block};

/// The part that a kind of node plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nothing that runs: types, imports, labels.
    Skip,
    /// Its children run in order; with one child it is that child.
    Plain,
    Text,
    /// Literals side by side.
    Texts,
    Literal,
    Name,
    Field,
    /// C#: `.x` after `a?`.
    Binding,
    /// C#: `a?.x`.
    Conditional,
    Index,
    Call,
    New,
    Command,
    Macro,
    Binary,
    Ternary,
    Unary,
    Update,
    Cast,
    Group,
    Entry,
    Lambda,
    Assign,
    /// Declares variables of one type.
    Declare,
    If,
    Unless,
    Loop,
    Each,
    Switch,
    Try,
    Assert,
    Return,
    Throw,
    Break,
    Function,
    Decorated,
    Class,
    Comprehension,
    With,
}

use Role::*;

/// Kinds by role, in all languages.
const TABLE: &[(Role, &str)] = &[
    (
        Skip,
        "comment line_comment block_comment import_statement import_from_statement \
         import_declaration import package_clause package_declaration package_header \
         using_directive use_declaration namespace_use_declaration type_annotation type \
         type_arguments type_parameters superclass super_interfaces base_list class_heritage \
         delegation_specifiers modifiers modifier attribute_list attribute_item marker_annotation \
         annotation decorator format_specifier type_conversion interpolation_brace \
         interpolation_start interpolation_alignment_clause interpolation_format_clause \
         escape_sequence string_start string_end string_content interface_declaration \
         type_alias_declaration type_declaration enum_declaration enum_item struct_item trait_item \
         global_statement nonlocal_statement global_declaration php_tag text switch_label \
         case_pattern constant_pattern match_pattern match_condition_list extglob_pattern \
         class_modifier visibility_modifier final_modifier static_modifier \
         primitive_type user_type nullable_type named_type type_list implicit_type \
         abstract_method_signature function_signature ambient_declaration regex_pattern \
         regex_flags heredoc_start heredoc_end pass_statement accessor_list delete_statement",
    ),
    (Texts, "concatenated_string chained_string heredoc nowdoc line_string_literal"),
    (
        Text,
        "heredoc_body nowdoc_body subshell shell_command_expression regex simple_symbol \
         hash_key_symbol regex_literal delimited_symbol",
    ),
    (
        Literal,
        "true false none null nil null_literal boolean_literal boolean undefined none_literal \
         char_literal character_literal unit_expression",
    ),
    (
        Name,
        "self this super shorthand_property_identifier shorthand_property_identifier_pattern \
         predefined_type relative_scope special_variable_name shorthand_field_identifier \
         this_expression super_expression base_expression base self_expression \
         dynamic_variable_name generic_type generic_name bare_word global_variable \
         instance_variable class_variable",
    ),
    (
        Field,
        "member_expression selector_expression field_access field_expression \
         navigation_expression member_access_expression nullsafe_member_access_expression \
         scoped_identifier class_constant_access_expression scoped_property_access_expression \
         method_reference scope_resolution qualified_type scoped_type_identifier",
    ),
    (Binding, "member_binding_expression"),
    (Conditional, "conditional_access_expression"),
    (
        Index,
        "subscript subscript_expression index_expression element_access_expression array_access \
         element_reference slice_expression element_binding_expression",
    ),
    (
        Call,
        "call call_expression invocation_expression method_invocation function_call_expression \
         member_call_expression nullsafe_member_call_expression scoped_call_expression \
         constructor_invocation explicit_constructor_invocation",
    ),
    (
        New,
        "new_expression object_creation_expression composite_literal struct_expression \
         implicit_object_creation_expression",
    ),
    (Command, "command"),
    (Macro, "macro_invocation"),
    (
        Binary,
        "binary_operator binary_expression boolean_operator comparison_operator binary \
         in_expression elvis_expression check_expression additive_expression \
         comparison_expression equality_expression conjunction_expression \
         disjunction_expression instanceof_expression is_expression is_pattern_expression \
         multiplicative_expression range_expression",
    ),
    (Ternary, "conditional_expression ternary_expression conditional"),
    (
        Unary,
        "not_operator unary_operator unary_expression prefix_unary_expression unary \
         unary_op_expression",
    ),
    (Update, "update_expression inc_statement dec_statement postfix_unary_expression"),
    (Cast, "cast_expression as_expression type_cast_expression type_assertion_expression"),
    (
        Group,
        "list tuple set dictionary array object hash array_creation_expression \
         array_initializer literal_value field_initializer_list initializer_expression \
         expression_list tuple_expression array_expression collection_literal list_literal \
         pattern_list tuple_pattern list_pattern array_pattern object_pattern \
         left_assignment_list multi_variable_declaration tuple_struct_pattern struct_pattern \
         anonymous_object_creation_expression string_array symbol_array \
         implicit_array_creation_expression collection_expression destructured_left_assignment \
         right_assignment_list captured_pattern array_literal",
    ),
    (
        Entry,
        "pair keyed_element keyword_argument array_element_initializer value_argument argument \
         field_initializer shorthand_field_initializer pair_pattern field_pattern \
         keyword_parameter attribute_argument named_argument",
    ),
    (
        Lambda,
        "lambda arrow_function function_expression anonymous_function func_literal \
         lambda_expression lambda_literal closure_expression do_block block_argument_block \
         anonymous_method_expression generator_function anonymous_function_creation_expression",
    ),
    (
        Assign,
        "assignment assignment_expression assignment_statement short_var_declaration \
         variable_declarator let_declaration const_item static_item const_spec var_spec \
         property_element const_element named_expression variable_assignment \
         augmented_assignment augmented_assignment_expression operator_assignment \
         compound_assignment_expr resource static_variable_declaration \
         public_field_definition field_definition let_condition reference_assignment_expression \
         receive_statement",
    ),
    (
        Declare,
        "local_variable_declaration field_declaration variable_declaration lexical_declaration",
    ),
    (
        If,
        "if_statement if_expression if elif_clause elsif else_if_clause if_modifier \
         guard_statement",
    ),
    (Unless, "unless unless_modifier"),
    (
        Loop,
        "while_statement while until do_statement while_expression loop_expression \
         while_modifier until_modifier do_while_statement c_style_for_statement",
    ),
    (
        Each,
        "for_statement for_in_statement enhanced_for_statement foreach_statement \
         for_expression for",
    ),
    (
        Switch,
        "switch_statement switch_expression expression_switch_statement when_expression \
         match_expression case match_statement case_statement type_switch_statement \
         select_statement case_match",
    ),
    (Try, "try_statement try_expression begin try_with_resources_statement body_statement"),
    (Assert, "assert_statement"),
    (Return, "return_statement return_expression return yield_statement"),
    (Throw, "raise_statement throw_statement throw_expression exit_statement throw"),
    (
        Break,
        "break_statement continue_statement break_expression continue_expression break next \
         continue",
    ),
    (
        Function,
        "function_definition function_declaration method_definition method_declaration method \
         singleton_method constructor_declaration function_item local_function_statement \
         generator_function_declaration anonymous_initializer secondary_constructor \
         compact_constructor_declaration",
    ),
    (Decorated, "decorated_definition"),
    (
        Class,
        "class_declaration class_definition class impl_item object_declaration \
         companion_object module singleton_class trait_declaration record_declaration \
         struct_declaration abstract_class_declaration class_expression",
    ),
    (
        Comprehension,
        "list_comprehension set_comprehension dictionary_comprehension generator_expression",
    ),
    (With, "with_statement with_item as_pattern"),
];

/// What a kind means in one language only.
const SPECIAL: &[(Language, &str, Role)] = &[
    (Language::Python, "attribute", Field),
    (Language::Python, "module", Plain),
    (Language::Python, "block", Plain),
    (Language::Python, "type", Skip),
    (Language::Python, "lambda", Lambda),
    (Language::Kotlin, "property_declaration", Assign),
    (Language::Kotlin, "variable_declaration", Plain),
    (Language::Kotlin, "user_type", Name),
    (Language::Kotlin, "companion_object", Plain),
    // Statements of a program without a class.
    (Language::CSharp, "global_statement", Plain),
    (Language::CSharp, "property_declaration", Assign),
    (Language::CSharp, "variable_declaration", Declare),
    (Language::CSharp, "using_statement", Plain),
    (Language::Php, "property_declaration", Plain),
    (Language::Ruby, "block", Lambda),
    (Language::Ruby, "lambda", Lambda),
    (Language::Ruby, "module", Class),
    (Language::Rust, "crate", Name),
    (Language::Rust, "try_expression", Plain),
    (Language::Rust, "type_identifier", Name),
    (Language::Rust, "generic_type", Name),
    (Language::Go, "type_identifier", Name),
    (Language::Bash, "binary_expression", Binary),
    (Language::Bash, "function_definition", Function),
    (Language::Bash, "array", Group),
    (Language::Bash, "word", Text),
    (Language::Java, "integral_type", Skip),
    (Language::Java, "field_declaration", Declare),
    (Language::Java, "interface_declaration", Class),
    (Language::Java, "constant_declaration", Declare),
];

/// The fields whose names matter.
const FIELDS: &[&str] = &[
    "left", "name", "pattern", "property", "variable", "right", "value", "default_value", "type",
    "body", "condition", "alternative", "initializer", "init", "initialize", "subject",
    "parameters", "parameter", "receiver", "object", "scope", "method", "constructor", "function",
    "macro", "operand", "definition", "conditional_expressions",
];

/// The tables of a language.
pub(crate) struct Tables {
    /// By kind id.
    pub(crate) roles: Vec<Role>,
    /// By field id; empty for those that do not matter.
    pub(crate) fields: Vec<&'static str>,
    /// By kind id: whether what is declared in it ends with it.
    pub(crate) blocks: Vec<bool>,
}

impl Tables {
    /// Reads them off the grammar of `dialect`.
    pub(crate) fn new(dialect: &Dialect) -> Self {
        let count = u16::try_from(dialect.grammar.field_count()).unwrap_or(u16::MAX);
        let known = |name: &str| FIELDS.iter().find(|known| **known == name).copied();
        let field = |id| dialect.grammar.field_name_for_id(id).and_then(known).unwrap_or_default();
        let is_block = |id: u16| {
            let name = dialect.grammar.node_kind_for_id(id).unwrap_or_default();
            has_blocks(dialect.language) && is_block(name)
        };
        let blocks = dialect.kinds().map(is_block).collect();
        Tables { roles: roles(dialect), fields: (0..=count).map(field).collect(), blocks }
    }
}

/// The roles of all kinds of a language.
fn roles(dialect: &Dialect) -> Vec<Role> {
    let of = |id: u16| {
        let named = dialect.grammar.node_kind_is_named(id);
        let name = dialect.grammar.node_kind_for_id(id).unwrap_or_default();
        if named { role(dialect, id, name) } else { Skip }
    };
    dialect.kinds().map(of).collect()
}

fn role(dialect: &Dialect, id: u16, name: &str) -> Role {
    let special = |(language, kind, _): &&(Language, &str, Role)| {
        *language == dialect.language && *kind == name
    };
    if let Some((_, _, role)) = SPECIAL.iter().find(special) {
        return *role;
    }
    if dialect.is(id, STRING) {
        return Text;
    }
    let listed = |(_, kinds): &&(Role, &str)| kinds.split_ascii_whitespace().any(|k| k == name);
    if let Some((role, _)) = TABLE.iter().find(listed) {
        return *role;
    }
    if dialect.is(id, NUMBER) {
        return Literal;
    }
    if dialect.is(id, NAME) { Name } else { Plain }
}
