//! One Cargo.toml of a workspace member, prepared for the rules about dependencies.

use super::finding::Finding;

/// A member crate and everything that it depends on.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// The name of the package.
    pub(crate) package: String,
    /// Its dependencies of all sections and targets.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a dependencies section.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The package that is meant, a rename undone.
    pub(crate) package: String,
    /// The line where it stands, from 1.
    pub(crate) line: usize,
    /// Whether only tests use it.
    pub(crate) is_dev: bool,
}

impl Manifest {
    /// Parses a manifest; `None` if it describes no package (the workspace itself).
    pub(crate) fn parse(path: &str, text: &str) -> Result<Option<Self>, Finding> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let message = format!("not valid TOML ({}); mend it", error.message());
            Finding::new("parse", path, 1, "", message)
        })?;
        let package = table.get("package").and_then(|package| package.get("name"));
        let Some(package) = package.and_then(toml::Value::as_str) else {
            return Ok(None);
        };
        let mut dependencies = dependencies_of(&table, text);
        let targets = table.get("target").and_then(toml::Value::as_table);
        for target in targets.into_iter().flat_map(|targets| targets.values()) {
            if let Some(target) = target.as_table() {
                dependencies.extend(dependencies_of(target, text));
            }
        }
        Ok(Some(Self {
            path: path.to_owned(),
            package: package.to_owned(),
            dependencies,
        }))
    }
}

fn dependencies_of(table: &toml::Table, text: &str) -> Vec<Dependency> {
    let sections = ["dependencies", "build-dependencies", "dev-dependencies"];
    let mut found = Vec::new();
    for section in sections {
        let entries = table.get(section).and_then(toml::Value::as_table);
        for (name, value) in entries.into_iter().flatten() {
            let renamed = value.get("package").and_then(toml::Value::as_str);
            found.push(Dependency {
                package: renamed.unwrap_or(name).to_owned(),
                line: line_of(text, name),
                is_dev: section == "dev-dependencies",
            });
        }
    }
    found
}

/// The first line that declares `name`.
fn line_of(text: &str, name: &str) -> usize {
    let declares = |line: &str| {
        let rest = line.trim_start().trim_start_matches('"').strip_prefix(name);
        rest.is_some_and(|rest| rest.trim_start_matches('"').starts_with([' ', '.', '=']))
            || line.trim_end().ends_with(&format!("dependencies.{name}]"))
    };
    text.lines().position(declares).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[package]\nname = \"p\"\n[dependencies]\na.workspace = true\n\
        b = { package = \"c\", version = \"1\" }\n[dev-dependencies]\nd = \"1\"\n\
        [target.'cfg(unix)'.dependencies]\ne = \"1\"\n";

    #[test]
    fn all_sections_are_read() {
        let manifest = Manifest::parse("p/Cargo.toml", TEXT)
            .expect("TOML")
            .expect("a package");
        let found: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|dependency| {
                (
                    dependency.package.as_str(),
                    dependency.line,
                    dependency.is_dev,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("a", 4, false),
                ("c", 5, false),
                ("d", 7, true),
                ("e", 9, false)
            ]
        );
    }

    #[test]
    fn a_workspace_without_package_is_passed_over() {
        assert!(
            Manifest::parse("Cargo.toml", "[workspace]")
                .expect("TOML")
                .is_none()
        );
        assert_eq!(
            Manifest::parse("Cargo.toml", "[").expect_err("broken").rule,
            "parse"
        );
    }
}
