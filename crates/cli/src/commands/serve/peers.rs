//! Voters on the command line: `1=http://a:7700,2=http://b:7700`.

use std::collections::BTreeMap;

/// Reads numbers and addresses.
///
/// # Errors
/// A sentence about what is wrong.
pub(super) fn parse_peers(text: &str) -> Result<BTreeMap<u64, String>, String> {
    let mut peers = BTreeMap::new();
    for part in text.split(',') {
        let wrong = || format!("`{part}` is not NUMBER=URL, such as 1=http://10.0.0.1:7700");
        let (number, address) = part.trim().split_once('=').ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        if number == 0 || !address.starts_with("http://") {
            return Err(wrong());
        }
        if peers.insert(number, address.to_owned()).is_some() {
            return Err(format!("the number {number} is there twice"));
        }
    }
    Ok(peers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_read() {
        let peers = parse_peers("1=http://a:1, 2=http://b:2").expect("right");
        assert_eq!(peers.get(&2).map(String::as_str), Some("http://b:2"));
        for bad in [
            "",
            "1",
            "0=http://a:1",
            "1=a:1",
            "1=http://a:1,1=http://b:1",
            "x=http://a:1",
        ] {
            assert!(parse_peers(bad).is_err(), "{bad}");
        }
    }
}
