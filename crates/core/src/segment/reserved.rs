//! Words that cannot be names without quotes, and the functions that exist.

/// Words with a meaning of their own: as names they are written in double quotes.
const WORDS: [&str; 24] = [
    "and",
    "or",
    "not",
    "in",
    "between",
    "like",
    "ilike",
    "is",
    "null",
    "true",
    "false",
    "case",
    "when",
    "then",
    "else",
    "end",
    "interval",
    "date",
    "timestamp",
    "select",
    "exists",
    "cast",
    "escape",
    "with",
];

/// Words of other dialects that mean `now()` or `today()`, with what to write.
const CLOCKS: [(&str, &str); 5] = [
    ("current_date", "today()"),
    ("current_timestamp", "now()"),
    ("current_time", "now()"),
    ("localtimestamp", "now()"),
    ("localtime", "now()"),
];

/// Functions of the language.
pub(super) const FUNCTIONS: [&str; 9] = [
    "segment",
    "now",
    "today",
    "date_trunc",
    "days_between",
    "lower",
    "prefix",
    "contains",
    "coalesce",
];

/// Whether the lower-cased word needs quotes to be a name.
pub(super) fn is_reserved(word: &str) -> bool {
    WORDS.contains(&word) || clock(word).is_some()
}

/// What to write instead of another dialect's clock.
pub(super) fn clock(word: &str) -> Option<&'static str> {
    let found = CLOCKS.iter().find(|(name, _)| *name == word);
    found.map(|(_, instead)| *instead)
}
