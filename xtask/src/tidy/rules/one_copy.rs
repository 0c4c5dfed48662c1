//! One copy of each library whose types cross crates: two versions of arrow or tonic would not
//! fit together, and would be found late. Looks at Cargo.lock.

use std::collections::BTreeMap;

use crate::tidy::finding::Finding;

pub(crate) const RULE: &str = "one-copy";
const PATH: &str = "Cargo.lock";
const LIBRARIES: &[&str] = &[
    "arrow",
    "datafusion",
    "object_store",
    "openraft",
    "parquet",
    "prost",
    "roaring",
    "sqlparser",
    "tonic",
];

/// Takes the text of Cargo.lock.
pub(crate) fn check(text: &str) -> Vec<Finding> {
    let mut versions: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    let mut name = "";
    for (index, line) in text.lines().enumerate() {
        if let Some(value) = quoted(line, "name = ") {
            name = value;
        } else if let Some(version) = quoted(line, "version = ")
            && LIBRARIES.contains(&name)
        {
            versions.entry(name).or_default().push((version, index + 1));
        }
    }
    let mut found = Vec::new();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let all: Vec<&str> = versions.iter().map(|(version, _)| *version).collect();
        let all = all.join(" and ");
        let message = format!("`{name}` is here as {all}; align what depends on it");
        found.push(Finding::new(RULE, PATH, versions[1].1, *name, message));
    }
    found
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entry = |(name, version): &(&str, &str)| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
        };
        packages.iter().map(entry).collect()
    }

    #[test]
    fn two_versions_are_found() {
        let found = check(&lock(&[
            ("arrow", "58.0.0"),
            ("arrow", "59.3.0"),
            ("bytes", "1.0.0"),
        ]));
        assert_eq!((found.len(), found[0].line), (1, 6));
        assert!(
            found[0].message.contains("58.0.0 and 59.3.0"),
            "{}",
            found[0]
        );
    }

    #[test]
    fn one_version_and_other_libraries_pass() {
        let packages = [("arrow", "59.3.0"), ("syn", "2.0.0"), ("syn", "3.0.0")];
        assert_eq!(check(&lock(&packages)), []);
    }
}
