//! The grammar's boolean and arithmetic levels: OR < AND < NOT < predicate < `+ -` < `* /`.
//!
//! Recursive descent: every level below a parenthesis, NOT, sign, function or CASE first passes
//! [`Grammar::nested`], which bounds the stack.

use sqlparser::tokenizer::Token;

use super::{
    ast::{Ast, AstKind, Chain, too_deep},
    error::{Parsed, Problem},
};
use crate::{limits::SEGMENT_DEPTH_MAX, segment::tree::ArithmeticOp};

/// A level of a tree can cost two levels of text: `NOT (…)`.
const NESTING_MAX: usize = 2 * SEGMENT_DEPTH_MAX + 8;

/// A reader over the tokens.
pub(super) struct Grammar {
    tokens: Vec<(Token, usize)>,
    next: usize,
    end: usize,
    nesting: usize,
}

impl Grammar {
    pub(super) fn new(tokens: Vec<(Token, usize)>, end: usize) -> Self {
        Self {
            tokens,
            next: 0,
            end,
            nesting: 0,
        }
    }

    /// The whole text as one expression.
    pub(super) fn whole(mut self) -> Parsed<Ast> {
        if self.tokens.is_empty() {
            let problem = Problem::new("the expression is empty");
            return Err(problem.hint("`TRUE` means everybody").at(0));
        }
        let ast = self.disjunction()?;
        match self.peek() {
            None => Ok(ast),
            Some(_) => Err(self.unexpected("the end of the expression")),
        }
    }

    /// `e OR e …`
    pub(super) fn disjunction(&mut self) -> Parsed<Ast> {
        self.chain(Chain::Or, "or", Self::conjunction)
    }

    fn conjunction(&mut self) -> Parsed<Ast> {
        self.chain(Chain::And, "and", Self::negation)
    }

    fn chain(
        &mut self,
        chain: Chain,
        word: &str,
        item: fn(&mut Self) -> Parsed<Ast>,
    ) -> Parsed<Ast> {
        let first = item(self)?;
        if !self.at_word(word) {
            return Ok(first);
        }
        let at = first.at;
        let mut items = vec![first];
        while self.take_word(word) {
            items.push(item(self)?);
        }
        Ast::new(at, AstKind::Chain(chain, items))
    }

    fn negation(&mut self) -> Parsed<Ast> {
        let at = self.offset();
        if !self.take_word("not") {
            return self.predicate();
        }
        let inner = self.nested(at, Self::negation)?;
        Ast::new(at, AstKind::Not(Box::new(inner)))
    }

    /// `a + b - c …`
    pub(super) fn sum(&mut self) -> Parsed<Ast> {
        self.left_chain(Self::product, |token| match token {
            Token::Plus => Some(ArithmeticOp::Add),
            Token::Minus => Some(ArithmeticOp::Sub),
            _ => None,
        })
    }

    fn product(&mut self) -> Parsed<Ast> {
        self.left_chain(Self::signed, |token| match token {
            Token::Mul => Some(ArithmeticOp::Mul),
            Token::Div => Some(ArithmeticOp::Div),
            _ => None,
        })
    }

    fn left_chain(
        &mut self,
        item: fn(&mut Self) -> Parsed<Ast>,
        operator: fn(&Token) -> Option<ArithmeticOp>,
    ) -> Parsed<Ast> {
        let mut left = item(self)?;
        while let Some(op) = self.peek().and_then(operator) {
            self.next += 1;
            let right = item(self)?;
            let at = left.at;
            left = Ast::new(at, AstKind::Arithmetic(op, Box::new(left), Box::new(right)))?;
        }
        Ok(left)
    }

    fn signed(&mut self) -> Parsed<Ast> {
        let at = self.offset();
        match self.peek() {
            Some(Token::Minus) => {
                self.next += 1;
                let inner = self.nested(at, Self::signed)?;
                Ast::new(at, AstKind::Negative(Box::new(inner)))
            }
            Some(Token::Plus) => {
                self.next += 1;
                self.nested(at, Self::signed)
            }
            _ => self.primary(),
        }
    }

    /// Enters one level of nesting.
    pub(super) fn nested<T>(
        &mut self,
        at: usize,
        inner: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        if self.nesting >= NESTING_MAX {
            return Err(too_deep().at(at));
        }
        self.nesting += 1;
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.next + ahead).map(|(token, _)| token)
    }

    pub(super) fn offset(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(_, at)| *at)
    }

    pub(super) fn skip(&mut self) {
        self.next += 1;
    }

    /// The unquoted word that comes next, lower-cased.
    pub(super) fn word(&self) -> Option<String> {
        match self.peek() {
            Some(Token::Word(word)) if word.quote_style.is_none() => {
                Some(word.value.to_ascii_lowercase())
            }
            _ => None,
        }
    }

    pub(super) fn at_word(&self, wanted: &str) -> bool {
        self.at_word_ahead(0, wanted)
    }

    pub(super) fn at_word_ahead(&self, ahead: usize, wanted: &str) -> bool {
        matches!(self.peek_at(ahead), Some(Token::Word(word))
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
    }

    pub(super) fn take_word(&mut self, wanted: &str) -> bool {
        let found = self.at_word(wanted);
        self.next += usize::from(found);
        found
    }

    pub(super) fn take(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.next += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, wanted: &Token) -> Parsed<()> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{wanted}`")))
    }

    pub(super) fn expect_word(&mut self, wanted: &str) -> Parsed<()> {
        if self.take_word(wanted) {
            return Ok(());
        }
        Err(self.unexpected(&wanted.to_ascii_uppercase()))
    }

    /// The error for the next token where something else belongs.
    pub(super) fn unexpected(&self, wanted: &str) -> Box<super::error::Placed> {
        let problem = match self.peek() {
            None => Problem::new(format!("the text ends where {wanted} belongs")),
            Some(token) => {
                let shown: String = token.to_string().chars().take(40).collect();
                let problem = Problem::new(format!("`{shown}` stands where {wanted} belongs"));
                match advice(token) {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                }
            }
        };
        problem.at(self.offset())
    }
}

/// What to write instead of a token that the language does not have.
fn advice(token: &Token) -> Option<&'static str> {
    Some(match token {
        Token::DoubleEq => "equality is written `=`",
        Token::Ampersand | Token::Overlap => "write AND",
        Token::Pipe | Token::StringConcat => "write OR; text is not concatenated here",
        Token::ExclamationMark => "write NOT",
        Token::DoubleColon => "values are never cast: compare with a literal of the tag's type",
        Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => {
            "comparisons do not chain: join two with AND, or use parentheses"
        }
        Token::SemiColon => "a segment is one expression, without `;`",
        Token::Mod => "there is no remainder operator",
        Token::Char('，' | '（' | '）' | '＝' | '‘' | '’' | '“' | '”') => {
            "punctuation is written in its ASCII form"
        }
        _ => return None,
    })
}
