//! The tree-sitter grammars that read the languages.

use super::language::Language::{
    self, Bash, CSharp, Dockerfile, Go, Hcl, Html, Java, JavaScript, Json, Kotlin, Php, Python,
    Ruby, Rust, Toml, Tsx, TypeScript, Xml, Yaml,
};

impl Language {
    /// The tree-sitter grammar.
    pub fn grammar(self) -> tree_sitter::Language {
        let grammar = match self {
            Python => tree_sitter_python::LANGUAGE,
            JavaScript => tree_sitter_javascript::LANGUAGE,
            TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
            Tsx => tree_sitter_typescript::LANGUAGE_TSX,
            Go => tree_sitter_go::LANGUAGE,
            Java => tree_sitter_java::LANGUAGE,
            Kotlin => tree_sitter_kotlin_ng::LANGUAGE,
            Ruby => tree_sitter_ruby::LANGUAGE,
            Php => tree_sitter_php::LANGUAGE_PHP,
            CSharp => tree_sitter_c_sharp::LANGUAGE,
            Rust => tree_sitter_rust::LANGUAGE,
            Bash => tree_sitter_bash::LANGUAGE,
            Yaml => tree_sitter_yaml::LANGUAGE,
            Json => tree_sitter_json::LANGUAGE,
            Toml => tree_sitter_toml_ng::LANGUAGE,
            Hcl => tree_sitter_hcl::LANGUAGE,
            Dockerfile => tree_sitter_containerfile::LANGUAGE,
            Xml => tree_sitter_xml::LANGUAGE_XML,
            Html => tree_sitter_html::LANGUAGE,
        };
        grammar.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grammar_is_accepted_by_the_parser() {
        for language in Language::ALL {
            let mut parser = crate::syntax::arena::parser();
            parser.set_language(&language.grammar()).unwrap();
            assert_eq!(Language::from_key(language.key()), Some(language));
        }
    }
}
