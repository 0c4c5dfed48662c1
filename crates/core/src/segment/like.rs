//! LIKE: `%` any run, `_` one Unicode scalar value, `\` takes the next as it is.

/// A compiled pattern. Matching never backtracks over a `%` that was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikePattern {
    /// What stands between the `%` signs, at least one part; empty ones only at the ends.
    parts: Vec<Vec<Symbol>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Any,
    Exact(char),
}

impl LikePattern {
    /// Compiles a pattern; a `\` at the very end means itself.
    pub fn new(pattern: &str) -> Self {
        let mut parts = vec![Vec::new()];
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            let symbol = match letter {
                '%' => {
                    // A run of `%` is one.
                    if parts.len() == 1 || parts.last().is_some_and(|part| !part.is_empty()) {
                        parts.push(Vec::new());
                    }
                    continue;
                }
                '_' => Symbol::Any,
                '\\' => Symbol::Exact(letters.next().unwrap_or('\\')),
                other => Symbol::Exact(other),
            };
            if let Some(part) = parts.last_mut() {
                part.push(symbol);
            }
        }
        Self { parts }
    }

    /// The text that the pattern spells, if it has no wildcard.
    pub fn literal(&self) -> Option<String> {
        let [only] = self.parts.as_slice() else {
            return None;
        };
        let exact = |symbol: &Symbol| match symbol {
            Symbol::Exact(letter) => Some(*letter),
            Symbol::Any => None,
        };
        only.iter().map(exact).collect()
    }

    /// Whether the whole text fits: at most (length of text × length of pattern) steps.
    pub fn matches(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.parts.first(), self.parts.last()) else {
            return text.is_empty();
        };
        let Some(mut rest) = after(first, text) else {
            return false;
        };
        if self.parts.len() == 1 {
            return rest.is_empty();
        }
        for part in &self.parts[1..self.parts.len() - 1] {
            match find(part, rest) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        ends_with(last, rest)
    }
}

/// What follows the part at the start of the text.
fn after<'a>(part: &[Symbol], text: &'a str) -> Option<&'a str> {
    let mut letters = text.chars();
    for symbol in part {
        let letter = letters.next()?;
        if !fits(*symbol, letter) {
            return None;
        }
    }
    Some(letters.as_str())
}

/// What follows the part's leftmost place in the text.
fn find<'a>(part: &[Symbol], text: &'a str) -> Option<&'a str> {
    let mut rest = text;
    loop {
        if let Some(behind) = after(part, rest) {
            return Some(behind);
        }
        let mut letters = rest.chars();
        letters.next()?;
        rest = letters.as_str();
    }
}

fn ends_with(part: &[Symbol], text: &str) -> bool {
    let mut letters = text.chars().rev();
    part.iter()
        .rev()
        .all(|symbol| letters.next().is_some_and(|letter| fits(*symbol, letter)))
}

fn fits(symbol: Symbol, letter: char) -> bool {
    match symbol {
        Symbol::Any => true,
        Symbol::Exact(wanted) => wanted == letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(text: &str, pattern: &str) -> bool {
        LikePattern::new(pattern).matches(text)
    }

    #[test]
    fn wildcards_and_escapes() {
        for (text, pattern) in [
            ("", ""),
            ("", "%"),
            ("abc", "abc"),
            ("abc", "a%"),
            ("abc", "%c"),
            ("abc", "%b%"),
            ("abc", "a_c"),
            ("上海市", "上_市"),
            ("上海市", "___"),
            ("abab", "%ab"),
            ("50%", "50\\%"),
            ("a_b", "a\\_b"),
            ("a\\b", "a\\\\b"),
            ("a\\", "a\\"),
            ("aXbXc", "a%%b%c"),
            ("aab", "%a_"),
        ] {
            assert!(like(text, pattern), "{text} LIKE {pattern}");
        }
        for (text, pattern) in [
            ("a", ""),
            ("", "_"),
            ("abc", "ab"),
            ("abc", "b%"),
            ("ab", "a%b%b"),
            ("aba", "ab%ba"),
            ("500", "50\\%"),
            ("ABC", "abc"),
            ("é", "__"),
        ] {
            assert!(!like(text, pattern), "{text} LIKE {pattern}");
        }
    }

    #[test]
    fn hostile_patterns_stay_polynomial() {
        let text = "a".repeat(5_000);
        let pattern = format!("{}b", "%a".repeat(2_000));
        assert!(!like(&text, &pattern));
        assert!(like(&text, &"%a".repeat(2_000)));
    }

    #[test]
    fn patterns_without_wildcards_are_texts() {
        assert_eq!(LikePattern::new("a\\%").literal().as_deref(), Some("a%"));
        assert_eq!(LikePattern::new("a%").literal(), None);
        assert_eq!(LikePattern::new("a_").literal(), None);
        assert_eq!(LikePattern::new("").literal().as_deref(), Some(""));
    }

    /// Against the textbook recursion, over every short text and pattern.
    #[test]
    fn all_short_texts_and_patterns_agree_with_the_definition() {
        fn oracle(text: &[char], pattern: &[char]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some(('%', rest)) => (0..=text.len()).any(|cut| oracle(&text[cut..], rest)),
                Some(('_', rest)) => !text.is_empty() && oracle(&text[1..], rest),
                Some((c, rest)) => text.first() == Some(c) && oracle(&text[1..], rest),
            }
        }
        fn words(alphabet: &[char], length: usize) -> Vec<String> {
            let mut all = vec![String::new()];
            let mut last = all.clone();
            for _ in 0..length {
                let longer = |w: &String| {
                    alphabet
                        .iter()
                        .map(|c| format!("{w}{c}"))
                        .collect::<Vec<_>>()
                };
                last = last.iter().flat_map(longer).collect();
                all.extend(last.iter().cloned());
            }
            all
        }
        let texts = words(&['a', 'b'], 5);
        for pattern in words(&['a', 'b', '%', '_'], 5) {
            let compiled = LikePattern::new(&pattern);
            let letters: Vec<char> = pattern.chars().collect();
            for text in &texts {
                let expected = oracle(&text.chars().collect::<Vec<_>>(), &letters);
                assert_eq!(compiled.matches(text), expected, "{text} LIKE {pattern}");
            }
        }
    }
}
