//! Runs every rule over a tree.

use super::exceptions::{EXCEPTIONS_PATH, excuse};
use super::finding::Finding;
use super::manifest::Manifest;
use super::rules;
use super::source::SourceFile;
use super::test_code::is_test_path;
use super::tree::Tree;

type SourceRule = (&'static str, fn(&SourceFile) -> Vec<Finding>);
type ManifestRule = (&'static str, fn(&Manifest) -> Vec<Finding>);

/// Rules about one Rust file. Each rule reports under its own name only.
const SOURCE_RULES: &[SourceRule] = &[
    (rules::file_length::RULE, rules::file_length::check),
    (rules::file_name::RULE, rules::file_name::check),
    (rules::function_length::RULE, rules::function_length::check),
    (rules::header::RULE, rules::header::check),
    (rules::index_file::RULE, rules::index_file::check),
    (rules::line_length::RULE, rules::line_length::check),
    (rules::nesting::RULE, rules::nesting::check),
    (rules::parameters::RULE, rules::parameters::check),
    (rules::ignored_tests::RULE, rules::ignored_tests::check),
    (rules::test_names::RULE, rules::test_names::check),
    (rules::unfinished::RULE, rules::unfinished::check),
    (rules::error_display::RULE, rules::error_display::check),
    (rules::path_fences::RULE, rules::path_fences::check),
    (rules::pure_core::RULE, rules::pure_core::check),
    (rules::server_layers::RULE, rules::server_layers::check),
    (rules::store_imports::RULE, rules::store_imports::check),
    (rules::unsafe_code::RULE, rules::unsafe_code::check),
];

/// Rules about one Cargo.toml.
const MANIFEST_RULES: &[ManifestRule] = &[
    (rules::crate_arrows::RULE, rules::crate_arrows::check),
    (
        rules::dependency_fences::RULE,
        rules::dependency_fences::check,
    ),
];

/// Everything that is wrong in the tree and not excused, by path and line.
pub(crate) fn check_tree(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut sources = Vec::new();
    for (path, text) in tree.files() {
        if path.ends_with(".rs") {
            match SourceFile::parse(path, text) {
                Ok(source) => sources.push(source),
                Err(finding) => findings.push(finding),
            }
        } else if path.ends_with("Cargo.toml") {
            findings.extend(check_manifest(path, text));
        }
    }
    mark_test_modules(&mut sources);
    for source in &sources {
        findings.extend(SOURCE_RULES.iter().flat_map(|(_, rule)| rule(source)));
    }
    findings.extend(
        tree.text("Cargo.lock")
            .map(rules::one_copy::check)
            .unwrap_or_default(),
    );
    let exceptions = tree.text(EXCEPTIONS_PATH).unwrap_or_default();
    let mut findings = excuse(findings, exceptions, &rule_names());
    findings.sort();
    findings
}

fn check_manifest(path: &str, text: &str) -> Vec<Finding> {
    match Manifest::parse(path, text) {
        Ok(None) => Vec::new(),
        Ok(Some(manifest)) => MANIFEST_RULES
            .iter()
            .flat_map(|(_, rule)| rule(&manifest))
            .collect(),
        Err(finding) => vec![finding],
    }
}

/// A file that another one declares under `#[cfg(test)]` is test code, and so are its children.
fn mark_test_modules(sources: &mut [SourceFile]) {
    let stems: Vec<String> = sources
        .iter()
        .flat_map(|source| source.test_module_stems().to_vec())
        .collect();
    for source in sources {
        let declared = stems.iter().any(|stem| {
            source
                .path
                .strip_prefix(stem)
                .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
        source.is_test = declared || is_test_path(&source.path);
    }
}

/// The names that an exception may use.
fn rule_names() -> Vec<&'static str> {
    let sources = SOURCE_RULES.iter().map(|(name, _)| *name);
    let manifests = MANIFEST_RULES.iter().map(|(name, _)| *name);
    sources
        .chain(manifests)
        .chain([rules::one_copy::RULE])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).into(), (*text).into()))
            .collect();
        check_tree(&Tree::new(files))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_clean_tree_has_no_findings() {
        assert_eq!(
            findings(&[("crates/core/src/lib.rs", "//! Docs.\nmod a;\n")]),
            [""; 0]
        );
    }

    #[test]
    fn findings_name_path_line_rule_and_remedy() {
        let found = findings(&[("worker/src/x.rs", "//! Docs.\nuse openraft::Raft;\n")]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("worker/src/x.rs:2: path-fence: "),
            "{}",
            found[0]
        );
    }

    #[test]
    fn a_module_declared_for_tests_is_test_code() {
        let code = "//! Docs.\nuse std::collections::HashMap;\n";
        let parent = "//! Docs.\n#[cfg(test)]\nmod random;\n";
        let file = ("crates/core/src/random.rs", code);
        assert_eq!(
            findings(&[("crates/core/src/lib.rs", parent), file]),
            [""; 0]
        );
        assert_eq!(findings(&[file]).len(), 1);
    }

    #[test]
    fn exceptions_take_findings_away() {
        let files = [("a/src/x.rs", "fn a() {}\n")];
        assert_eq!(findings(&files).len(), 1);
        let text = "[[exception]]\npath = \"a/src/x.rs\"\nrule = \"header\"\nreason = \"why\"\n";
        assert_eq!(findings(&[files[0], (EXCEPTIONS_PATH, text)]), [""; 0]);
    }

    #[test]
    fn rule_names_are_unique() {
        let names = rule_names();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }
}
