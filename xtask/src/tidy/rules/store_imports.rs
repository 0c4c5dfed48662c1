//! The store knows nothing of Tagma but the kinds of errors, so that its bytes mean the same
//! whatever is built above.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "store-imports";
const FOLDER: &str = "crates/store/";
const ALLOWED: &str = "ErrorKind";

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    if !file.path.starts_with(FOLDER) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for mention in file
        .mentions
        .iter()
        .filter(|mention| file.is_production(mention.line))
    {
        let ours = mention
            .path
            .first()
            .is_some_and(|first| first.starts_with("tagma_core"));
        if ours && !mention.path.iter().any(|segment| segment == ALLOWED) {
            let path = mention.path.join("::");
            let message = format!(
                "`{path}` here: the store takes only `{ALLOWED}` from core; pass plain values"
            );
            found.push(Finding::new(RULE, &file.path, mention.line, path, message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn the_store_takes_only_error_kinds() {
        let text = "use tagma_core::ErrorKind;\nfn a() { ErrorKind::Corrupt; }\n";
        assert_eq!(lines(check, "crates/store/src/x.rs", text), [0; 0]);
        assert_eq!(
            lines(check, "crates/store/src/x.rs", "use tagma_core::OneId;"),
            [1]
        );
        assert_eq!(
            lines(check, "worker/src/x.rs", "use tagma_core::OneId;"),
            [0; 0]
        );
    }
}
