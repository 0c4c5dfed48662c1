//! Phone numbers → E.164 (`+` and 7 to 15 digits), version 1.
//!
//! 1. NFKC (full-width digits), a leading `tel:` away, separators away: white space, `-` and
//!    dashes, `.`, `/`, brackets and invisible format characters. Any `*` makes it a masked value.
//! 2. `+` or the region's international prefix (`00` always): the rest is international. A known
//!    calling code checks the length and drops one trunk prefix (`+44 (0)20 …`).
//! 3. Else the default region decides. CN: eleven digits from 1 are a mobile, `0` and an area code
//!    a land line, `86` before either is the calling code. Elsewhere: one trunk prefix away,
//!    length as in the region table; or the calling code without `+`.
//! 4. Without a known default region only international numbers are numbers.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::Normalized;
use super::region::Region;

const NOT_A_NUMBER: &str = "a phone number has digits, separators and at most one leading `+`";
const WRONG_LENGTH: &str = "no phone number of its region has this many digits";
const NO_REGION: &str = "without a default region a phone number starts with `+`";

/// Digits after `+` in E.164; seven is the shortest number in use.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

pub(super) fn normalize<'a>(region: Option<&str>, raw: &'a str) -> Normalized<'a> {
    let stripped = match strip(raw) {
        Ok(stripped) => stripped,
        Err(refusal) => return refusal,
    };
    let home = region.and_then(Region::named);
    let number = match international(&stripped, home) {
        Some(digits) => from_international(digits),
        None => from_national(&stripped, home),
    };
    match number {
        Ok(number) if number == raw => Normalized::Value(Cow::Borrowed(raw)),
        Ok(number) => Normalized::Value(Cow::Owned(number)),
        Err(reason) => Normalized::Invalid(reason),
    }
}

/// Digits with at most a leading `+`.
fn strip(raw: &str) -> Result<String, Normalized<'static>> {
    let composed: Cow<'_, str> = if raw.is_ascii() {
        Cow::Borrowed(raw.trim())
    } else {
        Cow::Owned(raw.nfkc().collect::<String>().trim().to_owned())
    };
    let bare = match composed.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &composed[4..],
        _ => &composed,
    };
    let mut stripped = String::with_capacity(bare.len());
    for c in bare.chars() {
        match c {
            '0'..='9' => stripped.push(c),
            '+' if stripped.is_empty() => stripped.push(c),
            '*' => return Err(Normalized::Blocked("masked value")),
            _ if is_separator(c) => {}
            _ => return Err(Normalized::Invalid(NOT_A_NUMBER)),
        }
    }
    let digits = stripped.trim_start_matches('+');
    match digits.len() {
        0 => Err(Normalized::Invalid(NOT_A_NUMBER)),
        _ if digits.bytes().all(|digit| digit == b'0') => Err(Normalized::Blocked("zeros")),
        _ => Ok(stripped),
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '(' | ')' | '[' | ']' | '·')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// The digits after `+` or an international prefix.
fn international<'s>(stripped: &'s str, home: Option<&Region>) -> Option<&'s str> {
    if let Some(digits) = stripped.strip_prefix('+') {
        return Some(digits);
    }
    home.and_then(|region| stripped.strip_prefix(region.international))
        .or_else(|| stripped.strip_prefix("00"))
        .filter(|digits| !digits.starts_with('0') && home_allows(stripped, digits, home))
}

/// A prefix such as Japan's `010` is one only where what follows is long enough for a number
/// with a known calling code; in China `010` stays the area code of Beijing.
fn home_allows(stripped: &str, digits: &str, home: Option<&Region>) -> bool {
    if stripped.starts_with("00") {
        return true;
    }
    let national = home.is_some_and(|region| {
        let bare = stripped.strip_prefix(region.trunk).unwrap_or(stripped);
        region.fits(bare)
    });
    !national && Region::of_international(digits).is_some()
}

fn from_international(digits: &str) -> Result<String, &'static str> {
    if digits.starts_with('0') || !E164_DIGITS.contains(&digits.len()) {
        return Err(WRONG_LENGTH);
    }
    let Some(region) = Region::of_international(digits) else {
        return Ok(format!("+{digits}"));
    };
    let national = &digits[region.code.len()..];
    in_region(region, without_trunk(region, national)).ok_or(WRONG_LENGTH)
}

fn from_national(digits: &str, home: Option<&Region>) -> Result<String, &'static str> {
    let region = home.ok_or(NO_REGION)?;
    let dialled = without_trunk(region, digits);
    let is_land_line = dialled.len() < digits.len();
    // In China only mobiles are dialled without the trunk prefix.
    if (region.name != "CN" || is_land_line || is_chinese_mobile(digits))
        && let Some(number) = in_region(region, dialled)
    {
        return Ok(number);
    }
    digits
        .strip_prefix(region.code)
        .and_then(|rest| in_region(region, without_trunk(region, rest)))
        .ok_or(WRONG_LENGTH)
}

fn is_chinese_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1')
}

/// One trunk prefix away where what is left can be a number and the whole can not, or where
/// national numbers never start so.
fn without_trunk<'d>(region: &Region, national: &'d str) -> &'d str {
    match national.strip_prefix(region.trunk) {
        Some(rest) if region.trunk == "0" => rest,
        Some(rest) if !region.fits(national) => rest,
        _ => national,
    }
}

fn in_region(region: &Region, national: &str) -> Option<String> {
    let starts_well = region.trunk != "0" || !national.starts_with('0');
    let is_right = region.fits(national) && starts_well;
    let chinese = region.name != "CN" || !national.starts_with('1') || national.len() <= 11;
    (is_right && chinese).then(|| format!("+{}{national}", region.code))
}
