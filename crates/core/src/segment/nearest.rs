//! The nearest known name, for error messages.

/// Names longer than this are not compared: a typing error is not what is wrong with them.
const LONGEST: usize = 64;

/// The known name with the fewest edits from `name` (at most a third of its length, at least one),
/// without regard to case; the first of equals.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = folded(name)?;
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let Some(letters) = folded(candidate) else {
            continue;
        };
        let allowed = best.map_or((wanted.len() / 3).max(1), |(edits, _)| {
            edits.saturating_sub(1)
        });
        if wanted.len().abs_diff(letters.len()) > allowed {
            continue;
        }
        let edits = distance(&wanted, &letters);
        if edits <= allowed && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = name.to_lowercase().chars().take(LONGEST + 1).collect();
    (1..=LONGEST).contains(&letters.len()).then_some(letters)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(x != y);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["city", "gender", "last_order", "城市"];
        assert_eq!(nearest("ctiy", known), Some("city"));
        assert_eq!(nearest("CITY", known), Some("city"));
        assert_eq!(nearest("last_oder", known), Some("last_order"));
        assert_eq!(nearest("城", known), Some("城市"));
        assert_eq!(nearest("interests", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
    }
}
