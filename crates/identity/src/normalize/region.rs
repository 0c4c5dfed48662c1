//! Calling codes: what a national phone number looks like in each region that is known.
//!
//! Lengths are of the national significant number (without trunk prefix), the loosest that the
//! national plans allow (ITU-T E.164 list of codes, national numbering plans). A change here is a
//! change of `NORMALIZE_VERSION`.

/// A region's part of the numbering plan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Region {
    /// ISO 3166 alpha-2, upper case.
    pub(super) name: &'static str,
    /// Country calling code.
    pub(super) code: &'static str,
    /// Fewest and most digits of a national number.
    pub(super) digits: (usize, usize),
    /// Prefix of a number dialled inside the region, not part of it; empty if there is none.
    pub(super) trunk: &'static str,
    /// Prefix of a number dialled to another region.
    pub(super) international: &'static str,
}

const fn region(
    name: &'static str,
    code: &'static str,
    digits: (usize, usize),
    trunk: &'static str,
    international: &'static str,
) -> Region {
    Region {
        name,
        code,
        digits,
        trunk,
        international,
    }
}

const REGIONS: [Region; 45] = [
    region("CN", "86", (9, 12), "0", "00"),
    region("HK", "852", (8, 9), "", "001"),
    region("MO", "853", (8, 8), "", "00"),
    region("TW", "886", (8, 9), "0", "002"),
    region("JP", "81", (9, 10), "0", "010"),
    region("KR", "82", (8, 11), "0", "00"),
    region("SG", "65", (8, 8), "", "001"),
    region("MY", "60", (8, 10), "0", "00"),
    region("TH", "66", (8, 9), "0", "001"),
    region("VN", "84", (9, 10), "0", "00"),
    region("PH", "63", (8, 10), "0", "00"),
    region("ID", "62", (8, 12), "0", "00"),
    region("IN", "91", (10, 10), "0", "00"),
    region("PK", "92", (9, 10), "0", "00"),
    region("BD", "880", (8, 10), "0", "00"),
    region("AE", "971", (8, 9), "0", "00"),
    region("SA", "966", (8, 9), "0", "00"),
    region("TR", "90", (10, 10), "0", "00"),
    region("IL", "972", (8, 9), "0", "00"),
    region("US", "1", (10, 10), "1", "011"),
    region("CA", "1", (10, 10), "1", "011"),
    region("MX", "52", (10, 10), "", "00"),
    region("BR", "55", (10, 11), "0", "00"),
    region("AR", "54", (10, 11), "0", "00"),
    region("CL", "56", (9, 9), "", "00"),
    region("CO", "57", (8, 10), "", "00"),
    region("PE", "51", (8, 9), "0", "00"),
    region("GB", "44", (9, 10), "0", "00"),
    region("IE", "353", (7, 9), "0", "00"),
    region("FR", "33", (9, 9), "0", "00"),
    region("DE", "49", (6, 11), "0", "00"),
    region("NL", "31", (9, 9), "0", "00"),
    region("BE", "32", (8, 9), "0", "00"),
    region("CH", "41", (9, 9), "0", "00"),
    region("AT", "43", (7, 12), "0", "00"),
    region("IT", "39", (6, 11), "", "00"),
    region("ES", "34", (9, 9), "", "00"),
    region("PT", "351", (9, 9), "", "00"),
    region("SE", "46", (7, 10), "0", "00"),
    region("PL", "48", (9, 9), "", "00"),
    region("UA", "380", (9, 9), "0", "00"),
    region("RU", "7", (10, 10), "8", "810"),
    region("AU", "61", (9, 9), "0", "0011"),
    region("NZ", "64", (8, 10), "0", "00"),
    region("ZA", "27", (9, 9), "0", "00"),
];

impl Region {
    /// The region of an ISO 3166 alpha-2 name, any case.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        REGIONS
            .iter()
            .find(|region| region.name.eq_ignore_ascii_case(name))
    }

    /// The first region whose calling code starts `digits` (codes are prefix-free), if known.
    pub(super) fn of_international(digits: &str) -> Option<&'static Self> {
        REGIONS
            .iter()
            .find(|region| digits.starts_with(region.code))
    }

    /// Whether a national number of `digits` digits can exist.
    pub(super) fn fits(&self, national: &str) -> bool {
        let (fewest, most) = self.digits;
        (fewest..=most).contains(&national.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_prefix_free_and_names_unique() {
        for (i, a) in REGIONS.iter().enumerate() {
            for b in &REGIONS[i + 1..] {
                assert_ne!(a.name, b.name);
                let apart =
                    a.code == b.code || !(a.code.starts_with(b.code) || b.code.starts_with(a.code));
                assert!(apart, "{} {}", a.name, b.name);
            }
            assert!(a.digits.0 <= a.digits.1 && a.code.len() + a.digits.1 <= 15);
        }
    }
}
