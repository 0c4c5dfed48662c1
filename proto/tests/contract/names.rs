//! How names are written.

/// `lower_snake_case`, as fields are.
pub(crate) fn is_lower_snake(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.bytes().all(plain)
        && !name.starts_with('_')
        && !name.ends_with('_')
        && !name.contains("__")
}

/// `PascalCase`, as messages are.
pub(crate) fn is_pascal(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `PascalCase` as `UPPER_SNAKE_CASE`, the start of an enum's values.
pub(crate) fn upper_snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

#[test]
fn names_are_recognised() {
    assert!(is_lower_snake("log_index") && is_lower_snake("a1"));
    for bad in ["logIndex", "log__index", "_log", "log_"] {
        assert!(!is_lower_snake(bad), "{bad}");
    }
    assert!(is_pascal("ReadAt") && !is_pascal("readAt") && !is_pascal("Read_At"));
    assert_eq!(upper_snake("CompareOperator"), "COMPARE_OPERATOR");
}
