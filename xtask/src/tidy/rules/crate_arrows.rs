//! Which crate of the workspace may depend on which. Coordinator and worker never import each
//! other: they meet in proto.

use crate::tidy::finding::Finding;
use crate::tidy::manifest::Manifest;

pub(crate) const RULE: &str = "crate-arrow";
const PREFIX: &str = "tagma-";
const OURS_WITHOUT_PREFIX: &[&str] = &["xtask"];

/// Crate, and what it may depend on; `*` is everything.
const ARROWS: &[(&str, &[&str])] = &[
    ("tagma-core", &[]),
    ("tagma-store", &[]),
    ("tagma-identity", &["tagma-core"]),
    ("tagma-proto", &["tagma-core"]),
    ("tagma-engine", &["tagma-core"]),
    ("tagma-sql", &["tagma-engine", "tagma-core"]),
    (
        "tagma-worker",
        &[
            "tagma-proto",
            "tagma-sql",
            "tagma-store",
            "tagma-core",
            "tagma-engine",
        ],
    ),
    (
        "tagma-coordinator",
        &[
            "tagma-proto",
            "tagma-sql",
            "tagma-store",
            "tagma-core",
            "tagma-identity",
        ],
    ),
    (
        "tagma-cli",
        &[
            "tagma-coordinator",
            "tagma-worker",
            "tagma-proto",
            "tagma-store",
            "tagma-core",
        ],
    ),
    ("tagma-tests", &["*"]),
    ("xtask", &[]),
];

pub(crate) fn check(manifest: &Manifest) -> Vec<Finding> {
    let package = manifest.package.as_str();
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package) else {
        let message = format!("`{package}` is in no arrow; add it to the table of {RULE} in xtask");
        return vec![Finding::new(RULE, &manifest.path, 1, package, message)];
    };
    let mut found = Vec::new();
    for dependency in &manifest.dependencies {
        let name = dependency.package.as_str();
        let ours = name.starts_with(PREFIX) || OURS_WITHOUT_PREFIX.contains(&name);
        if ours && !allowed.contains(&"*") && !allowed.contains(&name) {
            let message = format!("`{package}` must not depend on `{name}`; {}", may(allowed));
            found.push(Finding::new(
                RULE,
                &manifest.path,
                dependency.line,
                name,
                message,
            ));
        }
    }
    found
}

fn may(allowed: &[&str]) -> String {
    if allowed.is_empty() {
        return "it may use no other crate of ours".to_owned();
    }
    format!("it may use {}", allowed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(package: &str, dependencies: &[&str]) -> Vec<String> {
        let mut text = format!("[package]\nname = \"{package}\"\n[dependencies]\n");
        dependencies
            .iter()
            .for_each(|name| text.push_str(&format!("{name}.workspace = true\n")));
        let manifest = Manifest::parse("x/Cargo.toml", &text)
            .expect("TOML")
            .expect("a package");
        check(&manifest)
            .into_iter()
            .map(|finding| finding.item)
            .collect()
    }

    #[test]
    fn every_allowed_arrow_passes() {
        for (package, allowed) in ARROWS {
            let allowed: Vec<&str> = allowed
                .iter()
                .copied()
                .filter(|name| *name != "*")
                .collect();
            assert_eq!(items(package, &allowed), [""; 0], "{package}");
        }
        assert_eq!(
            items("tagma-tests", &["tagma-worker", "tagma-engine"]),
            [""; 0]
        );
    }

    #[test]
    fn every_other_arrow_is_found() {
        for (package, allowed) in ARROWS.iter().filter(|(_, allowed)| !allowed.contains(&"*")) {
            let others = ARROWS.iter().map(|(name, _)| *name);
            let others: Vec<&str> = others.filter(|name| !allowed.contains(name)).collect();
            let mut found = items(package, &others);
            found.sort_by_key(|name| others.iter().position(|other| other == name));
            assert_eq!(found, others, "{package}");
        }
    }

    #[test]
    fn dev_dependencies_are_arrows_too() {
        let text = "[package]\nname = \"tagma-core\"\n[dev-dependencies]\n\
            tagma-store.workspace = true\n";
        let manifest = Manifest::parse("x/Cargo.toml", text)
            .expect("TOML")
            .expect("a package");
        assert_eq!(check(&manifest).len(), 1);
    }

    #[test]
    fn a_crate_without_arrows_is_found() {
        assert_eq!(items("tagma-new", &[]), ["tagma-new"]);
    }
}
