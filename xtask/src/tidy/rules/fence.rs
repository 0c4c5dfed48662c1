//! What a fence is: paths that some files may not name.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

/// Files by path. An entry that ends in `/` is a folder; one that begins with `*/` a folder of
/// that name anywhere; any other a single file.
pub(crate) type Places = &'static [&'static str];

/// Paths that must not be named somewhere.
pub(crate) struct Fence {
    /// What it is called in messages.
    pub(crate) subject: &'static str,
    /// A single segment bans a crate and its family (`openraft` also bans `openraft_macros`);
    /// several ban the path and all below it.
    pub(crate) banned: &'static [&'static str],
    /// Where it holds.
    pub(crate) holds: Holds,
    /// What to do instead.
    pub(crate) instead: &'static str,
}

/// Where a fence holds; never in test code.
pub(crate) enum Holds {
    /// In these files only.
    Within(Places),
    /// Everywhere but in these files.
    Outside(Places),
}

impl Fence {
    /// The breaches of this fence in a file, one a line.
    pub(crate) fn check(&self, rule: &'static str, file: &SourceFile) -> Vec<Finding> {
        if !self.holds_at(&file.path) {
            return Vec::new();
        }
        let mut found: Vec<Finding> = Vec::new();
        for mention in file
            .mentions
            .iter()
            .filter(|mention| file.is_production(mention.line))
        {
            if !self
                .banned
                .iter()
                .any(|banned| is_banned(&mention.path, banned))
            {
                continue;
            }
            let path = mention.path.join("::");
            let message = format!("`{path}` here: {} {}", self.subject, self.instead);
            let finding = Finding::new(rule, &file.path, mention.line, path, message);
            if !found.iter().any(|other| other.line == finding.line) {
                found.push(finding);
            }
        }
        found
    }

    fn holds_at(&self, path: &str) -> bool {
        match self.holds {
            Holds::Within(places) => is_in(path, places),
            Holds::Outside(places) => !is_in(path, places),
        }
    }
}

/// Whether a file is in one of the places.
fn is_in(path: &str, places: Places) -> bool {
    places.iter().any(|place| match place.strip_prefix('*') {
        Some(folder) => format!("/{path}").contains(folder),
        None if place.ends_with('/') => path.starts_with(place),
        None => path == *place,
    })
}

fn is_banned(path: &[String], banned: &str) -> bool {
    let mut wanted = banned.split("::");
    let Some(first) = path.first() else {
        return false;
    };
    if !banned.contains("::") {
        return first == banned
            || first
                .strip_prefix(banned)
                .is_some_and(|rest| rest.starts_with('_'));
    }
    // A glob import brings in whatever is below it.
    path.iter().all(|segment| match wanted.next() {
        Some(wanted) => segment == wanted || segment == "*",
        None => true,
    }) && (wanted.next().is_none() || path.last().is_some_and(|last| last == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banned(path: &str, banned: &str) -> bool {
        let path: Vec<String> = path.split("::").map(str::to_owned).collect();
        is_banned(&path, banned)
    }

    #[test]
    fn a_crate_is_banned_with_its_family() {
        assert!(banned("openraft::Raft", "openraft"));
        assert!(banned("openraft_macros::x", "openraft"));
        assert!(!banned("openrafts::x", "openraft"));
        assert!(!banned("my::openraft", "openraft"));
    }

    #[test]
    fn a_path_is_banned_with_all_below() {
        assert!(banned("std::fs::write", "std::fs::write"));
        assert!(banned("tokio::fs::File::create", "tokio::fs"));
        assert!(!banned("std::fs::read", "std::fs::write"));
        assert!(!banned("std::fs", "std::fs::write"));
    }

    #[test]
    fn a_glob_import_above_a_banned_path_is_banned() {
        assert!(banned("std::fs::*", "std::fs::write"));
        assert!(banned("std::*", "std::fs::write"));
        assert!(!banned("std::io::*", "std::fs::write"));
    }

    #[test]
    fn places_are_folders_anywhere_or_files() {
        assert!(is_in("worker/src/grpc/x.rs", &["*/grpc/"]));
        assert!(!is_in("worker/src/grpc.rs", &["*/grpc/"]));
        assert!(is_in("proto/src/x.rs", &["proto/"]));
        assert!(!is_in("my/proto/src/x.rs", &["proto/"]));
        assert!(is_in("a/src/x.rs", &["a/src/x.rs"]));
    }
}
