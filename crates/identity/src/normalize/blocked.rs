//! Values that identify nobody whatever their type: place-holders and masked values.

/// Words that stand for "no value", compared without case.
const WORDS: [&str; 5] = ["null", "unknown", "anonymous", "none", "n/a"];

/// Stars in a row that make a value a masked one: `138****1234`.
const MASK: &str = "***";

/// Why `value` identifies nobody, if so.
///
/// `0+`, `-1`, the words above (any case), and values with three or more `*` in a row.
pub(super) fn general(value: &str) -> Option<&'static str> {
    let value = value.trim();
    if value.bytes().all(|byte| byte == b'0') && !value.is_empty() {
        return Some("zeros");
    }
    if value == "-1" {
        return Some("minus one");
    }
    if value.len() <= 9 && WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)) {
        return Some("place-holder word");
    }
    if value.contains(MASK) {
        return Some("masked value");
    }
    None
}
