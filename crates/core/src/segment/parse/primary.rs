//! Primaries: literals, names, calls, CASE, parentheses.

use sqlparser::tokenizer::Token;

use super::{
    ast::{Ast, AstKind, Moment},
    error::{Parsed, Problem},
    grammar::Grammar,
};
use crate::segment::reserved::{clock, is_reserved};

impl Grammar {
    pub(super) fn primary(&mut self) -> Parsed<Ast> {
        let at = self.offset();
        match self.peek() {
            Some(Token::Number(digits, long)) => {
                let digits = if *long {
                    format!("{digits}L")
                } else {
                    digits.clone()
                };
                self.skip();
                Ast::new(at, AstKind::Number(digits))
            }
            Some(Token::SingleQuotedString(text)) => {
                let text = text.clone();
                self.skip();
                Ast::new(at, AstKind::Text(text))
            }
            Some(Token::LParen) => self.parenthesis(at),
            Some(Token::Word(_)) => self.named(at),
            _ => Err(self.unexpected("a tag, a literal or `(`")),
        }
    }

    fn parenthesis(&mut self, at: usize) -> Parsed<Ast> {
        self.skip();
        self.refuse_subquery()?;
        let inner = self.nested(at, Self::disjunction)?;
        if self.peek() == Some(&Token::Comma) {
            let problem = Problem::new("a list stands where one value belongs");
            return Err(problem.hint("lists follow IN").at(at));
        }
        self.expect(&Token::RParen)?;
        Ok(inner)
    }

    pub(super) fn refuse_subquery(&mut self) -> Parsed<()> {
        if !self.at_word("select") && !self.at_word("with") {
            return Ok(());
        }
        let problem = Problem::new("subqueries are not supported yet in segment text");
        let hint = "compute the value as a tag and name the tag here";
        Err(problem.hint(hint).at(self.offset()))
    }

    /// Everything that begins with a word.
    fn named(&mut self, at: usize) -> Parsed<Ast> {
        let Some(word) = self.word() else {
            return self.quoted(at);
        };
        let text_follows = matches!(self.peek_at(1), Some(Token::SingleQuotedString(_)));
        match word.as_str() {
            "true" | "false" => self.constant(at, AstKind::Bool(word == "true")),
            "null" => self.constant(at, AstKind::Null),
            "case" => {
                self.skip();
                self.nested(at, |grammar| grammar.case(at))
            }
            "date" if text_follows => self.moment(at, Moment::Date),
            "timestamp" if text_follows => self.moment(at, Moment::Timestamp),
            "interval" => {
                self.skip();
                let interval = self.interval(at)?;
                Ast::new(at, AstKind::Interval(interval))
            }
            _ if self.peek_at(1) == Some(&Token::LParen) => self.call(at, &word),
            "date" | "timestamp" => self.name(at),
            _ if is_reserved(&word) => Err(self.reserved(&word)),
            _ => self.name(at),
        }
    }

    fn constant(&mut self, at: usize, kind: AstKind) -> Parsed<Ast> {
        self.skip();
        Ast::new(at, kind)
    }

    fn moment(&mut self, at: usize, moment: Moment) -> Parsed<Ast> {
        self.skip();
        let text = match self.peek() {
            Some(Token::SingleQuotedString(text)) => text.clone(),
            _ => return Err(self.unexpected("text in single quotes")),
        };
        self.skip();
        Ast::new(at, AstKind::Moment(moment, text))
    }

    fn reserved(&self, word: &str) -> Box<super::error::Placed> {
        if let Some(instead) = clock(word) {
            let problem = Problem::new(format!("{} is not known", word.to_uppercase()));
            return problem.hint(format!("write {instead}")).at(self.offset());
        }
        if word == "select" || word == "exists" || word == "with" {
            let problem = Problem::new("subqueries are not supported yet in segment text");
            let hint = "compute the value as a tag and name the tag here";
            return problem.hint(hint).at(self.offset());
        }
        self.unexpected("a tag, a literal or `(`")
    }

    /// `"name"` or an unquoted one.
    fn name(&mut self, at: usize) -> Parsed<Ast> {
        let Some(Token::Word(word)) = self.peek() else {
            return Err(self.unexpected("a name"));
        };
        let name = word.value.clone();
        self.skip();
        if self.peek() == Some(&Token::Period) {
            let problem = Problem::new("names have one part");
            return Err(problem.hint("write the tag's name alone").at(at));
        }
        Ast::new(at, AstKind::Name(name))
    }

    fn quoted(&mut self, at: usize) -> Parsed<Ast> {
        let name = self.name(at)?;
        if self.peek() == Some(&Token::LParen) {
            return Err(Problem::new("function names are not quoted").at(at));
        }
        Ok(name)
    }

    fn call(&mut self, at: usize, word: &str) -> Parsed<Ast> {
        if word == "cast" || word == "try_cast" || word == "convert" {
            let problem = Problem::new("values are never cast");
            let hint = "compare with a literal of the tag's type";
            return Err(problem.hint(hint).at(at));
        }
        if is_reserved(word) {
            return Err(self.reserved(word));
        }
        self.skip();
        self.skip();
        let arguments = self.nested(at, Self::arguments)?;
        Ast::new(at, AstKind::Call(word.to_owned(), arguments))
    }

    fn arguments(&mut self) -> Parsed<Vec<Ast>> {
        let mut list = Vec::new();
        if self.take(&Token::RParen) {
            return Ok(list);
        }
        self.refuse_subquery()?;
        loop {
            list.push(self.disjunction()?);
            if !self.take(&Token::Comma) {
                break;
            }
        }
        self.expect(&Token::RParen)?;
        Ok(list)
    }

    fn case(&mut self, at: usize) -> Parsed<Ast> {
        let operand = match self.at_word("when") {
            true => None,
            false => Some(Box::new(self.disjunction()?)),
        };
        let mut branches = Vec::new();
        while self.take_word("when") {
            let condition = self.disjunction()?;
            self.expect_word("then")?;
            branches.push((condition, self.disjunction()?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("WHEN"));
        }
        let otherwise = match self.take_word("else") {
            true => Some(Box::new(self.disjunction()?)),
            false => None,
        };
        self.expect_word("end")?;
        let kind = AstKind::Case {
            operand,
            branches,
            otherwise,
        };
        Ast::new(at, kind)
    }
}
