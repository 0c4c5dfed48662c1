//! Which crate of the workspace may use a fenced library at all, by its Cargo.toml.

use crate::tidy::finding::Finding;
use crate::tidy::manifest::Manifest;

pub(crate) const RULE: &str = "dependency-fence";

/// A library (with its family: `datafusion` fences `datafusion-common` too) and who may use it.
struct Library {
    name: &'static str,
    users: &'static [&'static str],
    /// Whether the tests of any crate may use it.
    free_in_tests: bool,
}

const LIBRARIES: &[Library] = &[
    Library {
        name: "roaring",
        users: &["tagma-engine"],
        free_in_tests: false,
    },
    Library {
        name: "datafusion",
        users: &["tagma-sql"],
        free_in_tests: false,
    },
    Library {
        name: "openraft",
        users: &["tagma-coordinator"],
        free_in_tests: false,
    },
    Library {
        name: "redb",
        users: &["tagma-coordinator"],
        free_in_tests: false,
    },
    Library {
        name: "object_store",
        users: &["tagma-store", "tagma-sql"],
        free_in_tests: false,
    },
    Library {
        name: "clap",
        users: &["tagma-cli", "xtask"],
        free_in_tests: false,
    },
    Library {
        name: "anyhow",
        users: &["tagma-cli", "tagma-tests", "xtask"],
        free_in_tests: true,
    },
];

pub(crate) fn check(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    for dependency in &manifest.dependencies {
        let package = dependency.package.as_str();
        let Some(library) = LIBRARIES
            .iter()
            .find(|library| is_of(package, library.name))
        else {
            continue;
        };
        let free = library.free_in_tests && dependency.is_dev;
        if !free && !library.users.contains(&manifest.package.as_str()) {
            let (crate_name, users) = (&manifest.package, library.users.join(", "));
            let message =
                format!("`{crate_name}` must not use `{package}`; only {users} may: go through it");
            found.push(Finding::new(
                RULE,
                &manifest.path,
                dependency.line,
                package,
                message,
            ));
        }
    }
    found
}

/// Whether a package is the library or one of its family.
fn is_of(package: &str, library: &str) -> bool {
    package
        .strip_prefix(library)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(package: &str, section: &str, dependency: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"{package}\"\n[{section}]\n{dependency} = \"1\"\n");
        let manifest = Manifest::parse("x/Cargo.toml", &text)
            .expect("TOML")
            .expect("a package");
        check(&manifest)
            .into_iter()
            .map(|finding| finding.item)
            .collect()
    }

    #[test]
    fn each_library_is_for_its_users() {
        for library in LIBRARIES {
            for user in library.users {
                assert_eq!(items(user, "dependencies", library.name), [""; 0]);
            }
            assert_eq!(
                items("tagma-core", "dependencies", library.name),
                [library.name]
            );
        }
    }

    #[test]
    fn families_are_fenced_with_their_head() {
        assert_eq!(
            items("tagma-core", "dependencies", "clap_complete"),
            ["clap_complete"]
        );
        assert_eq!(
            items("worker", "dependencies", "datafusion-common"),
            ["datafusion-common"]
        );
        assert_eq!(items("worker", "dependencies", "roarings"), [""; 0]);
    }

    #[test]
    fn anyhow_is_free_in_tests_only() {
        assert_eq!(items("tagma-core", "dev-dependencies", "anyhow"), [""; 0]);
        assert_eq!(
            items("tagma-core", "build-dependencies", "anyhow"),
            ["anyhow"]
        );
        assert_eq!(
            items("tagma-core", "dev-dependencies", "roaring"),
            ["roaring"]
        );
    }
}
