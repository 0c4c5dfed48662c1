//! A person as a flag: `type:value` or `oneid:N`.

use tagma_core::{id::OneId, schema::Name};

/// Checks the form; whether the person exists, the cluster knows.
///
/// # Errors
/// A sentence about what is wrong.
pub(crate) fn parse_person(text: &str) -> Result<String, String> {
    let Some((kind, value)) = text.split_once(':').filter(|(_, value)| !value.is_empty()) else {
        return Err("write TYPE:VALUE, e.g. phone:13800138000, or oneid:N".to_owned());
    };
    if kind == "oneid" {
        value.parse::<OneId>()?;
        return Ok(text.to_owned());
    }
    Name::new(kind).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_type_and_a_value() {
        for good in ["phone:13800138000", "oneid:4294967296", "crm_id:a:b"] {
            assert_eq!(parse_person(good).as_deref(), Ok(good));
        }
        for bad in [
            "13800138000",
            "phone:",
            ":1",
            "oneid:0",
            "oneid:x",
            "a b:1",
            "",
        ] {
            assert!(parse_person(bad).is_err(), "{bad}");
        }
    }
}
