//! Versions as a table.

use tagma_core::time::print_timestamp;
use tagma_proto::pb::tag::v1::Version;

use crate::output::Grid;

const HEADING: [&str; 9] = [
    "tag", "version", "index", "as of", "people", "coverage", "least", "greatest", "took",
];

/// A row per version.
pub(super) fn grid(versions: &[Version]) -> Grid {
    let mut grid = Grid::new(&HEADING);
    for version in versions {
        let number = match version.rolled_back_to {
            0 => version.version.to_string(),
            old => format!("{} (= {old})", version.version),
        };
        grid.row([
            version.tag.clone(),
            number,
            version.log_index.to_string(),
            print_timestamp(version.as_of_unix_us),
            version.rows.to_string(),
            percent(version.rows, version.population),
            version.min.clone(),
            version.max.clone(),
            format!("{} ms", version.duration_ms),
        ]);
    }
    grid
}

/// `part` of `whole` with one digit after the point; empty where `whole` is 0.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let thousandths = (u128::from(part) * 2_000 / u128::from(whole)).div_ceil(2);
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_to_a_tenth() {
        let cases = [
            (1, 3, "33.3%"),
            (2, 3, "66.7%"),
            (5, 5, "100.0%"),
            (0, 7, "0.0%"),
        ];
        for (part, whole, expected) in cases {
            assert_eq!(percent(part, whole), expected);
        }
        assert_eq!(percent(0, 0), "");
    }
}
