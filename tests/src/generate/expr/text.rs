//! Draws texts, and tests of texts: LIKE, prefix, contains.

use rand::Rng;
use tagma_core::{Value, segment::Scalar};

use super::{Generator, value::Sort};

#[derive(Clone, Copy)]
enum Form {
    Tag,
    Lower,
    Case,
    Coalesce,
}

impl Generator<'_> {
    pub(super) fn text(&mut self, depth: usize) -> Scalar {
        if depth == 0 || self.rng.random_bool(0.2) {
            return self.tag(Sort::Text);
        }
        let forms = [
            ("tag category", Form::Tag),
            ("lower", Form::Lower),
            ("case", Form::Case),
            ("coalesce", Form::Coalesce),
        ];
        match self.choose(&forms) {
            Form::Tag => self.tag(Sort::Text),
            Form::Lower => Scalar::Lower(Box::new(self.text(depth - 1))),
            Form::Case => self.case(Sort::Text, depth),
            Form::Coalesce => self.coalesce(Sort::Text, depth),
        }
    }

    pub(super) fn like(&mut self, depth: usize, negated: bool) -> Scalar {
        let (value, text) = self.text_and_sample(depth);
        let pattern = self.pattern(&text);
        Scalar::Like {
            value,
            pattern,
            negated,
        }
    }

    pub(super) fn prefix(&mut self, depth: usize) -> Scalar {
        let (value, text) = self.text_and_sample(depth);
        let length = self.rng.random_range(0..=text.len().min(3));
        let start = text[..length].iter().collect();
        Scalar::Prefix { value, start }
    }

    pub(super) fn contains(&mut self, depth: usize) -> Scalar {
        let (value, text) = self.text_and_sample(depth);
        let from = self.rng.random_range(0..=text.len());
        let to = self.rng.random_range(from..=text.len());
        let part = text[from..to].iter().collect();
        Scalar::Contains { value, part }
    }

    fn text_and_sample(&mut self, depth: usize) -> (Box<Scalar>, Vec<char>) {
        let value = self.text(depth);
        let text = match self.sample(&value) {
            Value::Text(text) => text.chars().collect(),
            _ => vec!['a'],
        };
        (Box::new(value), text)
    }

    /// A pattern that the text matches: some characters as wildcards, special ones escaped.
    fn pattern(&mut self, text: &[char]) -> String {
        let mut pattern = String::new();
        if self.rng.random_bool(0.3) {
            pattern.push('%');
        }
        for c in text {
            match self.rng.random_range(0..6) {
                0 => pattern.push('_'),
                1 => pattern.push('%'),
                _ if matches!(c, '%' | '_' | '\\') => pattern.extend(['\\', *c]),
                _ => pattern.push(*c),
            }
        }
        if self.rng.random_bool(0.3) {
            pattern.push('%');
        }
        pattern
    }
}
