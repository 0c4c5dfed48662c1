//! Predicates: comparisons, IN, BETWEEN, LIKE, IS NULL.

use sqlparser::tokenizer::Token;

use super::{
    ast::{Ast, AstKind},
    error::{Parsed, Problem},
    grammar::Grammar,
};
use crate::segment::tree::CompareOp;

impl Grammar {
    /// One operand, or one predicate over it. Predicates do not chain without parentheses.
    pub(super) fn predicate(&mut self) -> Parsed<Ast> {
        let left = self.sum()?;
        if let Some(op) = self.peek().and_then(compare_op) {
            self.skip();
            let right = self.operand()?;
            let at = left.at;
            return Ast::new(at, AstKind::Compare(op, Box::new(left), Box::new(right)));
        }
        if self.take_word("is") {
            return self.is_null(left);
        }
        let negated = self.at_word("not") && self.predicate_word(1);
        if negated {
            self.skip();
        }
        if !self.predicate_word(0) {
            return Ok(left);
        }
        let word = self.word().unwrap_or_default();
        let at = self.offset();
        self.skip();
        match word.as_str() {
            "in" => self.in_list(left, negated),
            "between" => self.between(left, negated),
            "like" => self.like(left, negated),
            _ => Err(Problem::new(format!("there is no {}", word.to_uppercase()))
                .hint("write lower(x) LIKE '…', prefix(x, '…') or contains(x, '…')")
                .at(at)),
        }
    }

    fn predicate_word(&self, ahead: usize) -> bool {
        [
            "in", "between", "like", "ilike", "rlike", "regexp", "similar",
        ]
        .iter()
        .any(|word| self.at_word_ahead(ahead, word))
    }

    /// A side of a predicate: NOT and nested predicates need parentheses there.
    fn operand(&mut self) -> Parsed<Ast> {
        if self.at_word("not") {
            let problem = Problem::new("NOT stands inside an operand");
            return Err(problem
                .hint("put it in parentheses: (NOT …)")
                .at(self.offset()));
        }
        self.sum()
    }

    fn is_null(&mut self, value: Ast) -> Parsed<Ast> {
        let negated = self.take_word("not");
        if self.take_word("null") {
            let at = value.at;
            return Ast::new(at, AstKind::IsNull(Box::new(value), negated));
        }
        let problem = Problem::new("after IS only NULL and NOT NULL are known");
        Err(problem
            .hint("for a boolean write `x` or `x = false`")
            .at(self.offset()))
    }

    fn in_list(&mut self, value: Ast, negated: bool) -> Parsed<Ast> {
        self.expect(&Token::LParen)?;
        self.refuse_subquery()?;
        let mut list = Vec::new();
        loop {
            let item = self.sum()?;
            list.push(item);
            if !self.take(&Token::Comma) {
                break;
            }
        }
        self.expect(&Token::RParen)?;
        let at = value.at;
        Ast::new(at, AstKind::In(Box::new(value), list, negated))
    }

    fn between(&mut self, value: Ast, negated: bool) -> Parsed<Ast> {
        let low = self.operand()?;
        self.expect_word("and")?;
        let high = self.operand()?;
        let at = value.at;
        Ast::new(at, AstKind::Between(Box::new([value, low, high]), negated))
    }

    fn like(&mut self, value: Ast, negated: bool) -> Parsed<Ast> {
        let pattern = self.operand()?;
        if self.at_word("escape") {
            let problem = Problem::new("LIKE has no ESCAPE clause");
            return Err(problem
                .hint("`\\` escapes `%`, `_` and itself")
                .at(self.offset()));
        }
        let at = value.at;
        let kind = AstKind::Like(Box::new(value), Box::new(pattern), negated);
        Ast::new(at, kind)
    }
}

fn compare_op(token: &Token) -> Option<CompareOp> {
    Some(match token {
        Token::Eq => CompareOp::Eq,
        Token::Neq => CompareOp::NotEq,
        Token::Lt => CompareOp::Lt,
        Token::LtEq => CompareOp::LtEq,
        Token::Gt => CompareOp::Gt,
        Token::GtEq => CompareOp::GtEq,
        _ => return None,
    })
}
