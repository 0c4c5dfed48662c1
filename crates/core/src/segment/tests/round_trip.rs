//! `parse(print(tree)) = tree`, for random trees and texts.

use super::generate::Random;
use crate::segment::{Expr, parse, print};

#[test]
fn normal_trees_survive_print_and_parse() {
    let mut kinds = 0;
    for seed in 0..20_000 {
        let tree = Random(seed).expr(5);
        let normal = tree.normalized();
        assert_eq!(
            normal.normalized(),
            normal,
            "normal form moves, seed {seed}"
        );
        if normal.check().is_err() {
            continue;
        }
        kinds += 1;
        let text = print(&normal);
        let back = parse(&text).unwrap_or_else(|error| panic!("seed {seed}: {text}\n{error}"));
        assert_eq!(back, normal, "seed {seed}: {text}");
        assert_eq!(print(&back), text, "seed {seed}");
    }
    assert!(kinds > 15_000, "only {kinds} trees were small enough");
}

#[test]
fn trees_that_are_not_normal_print_too() {
    for seed in 0..5_000 {
        let tree: Expr = Random(seed).expr(6);
        let _ = print(&tree);
        let _ = tree.to_string();
    }
}

/// What we print is SQL to the parser that tag SQL goes through, up to functions.
#[test]
fn printed_text_is_generic_sql() {
    use sqlparser::{dialect::GenericDialect, parser::Parser};
    for seed in 0..3_000 {
        let normal = Random(seed).expr(3).normalized();
        let text = print(&normal);
        let mut parser = Parser::new(&GenericDialect {})
            .with_recursion_limit(200)
            .try_with_sql(&text)
            .expect("tokens");
        let parsed = parser.parse_expr();
        assert!(parsed.is_ok(), "seed {seed}: {text}\n{parsed:?}");
        let rest = parser.peek_token().token;
        assert_eq!(
            rest,
            sqlparser::tokenizer::Token::EOF,
            "seed {seed}: {text}"
        );
    }
}

#[test]
fn no_text_panics_and_accepted_text_is_stable() {
    let mut accepted = 0;
    for seed in 0..60_000 {
        let text = Random(seed).soup();
        match parse(&text) {
            Ok(tree) => {
                accepted += 1;
                assert_eq!(
                    parse(&print(&tree)).as_ref(),
                    Ok(&tree),
                    "seed {seed}: {text}"
                );
            }
            Err(error) => assert!(!error.to_string().is_empty(), "seed {seed}"),
        }
    }
    assert!(accepted > 100, "only {accepted} texts were accepted");
}
