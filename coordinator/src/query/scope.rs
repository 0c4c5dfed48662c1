//! Names at one index, as the binder asks for them.

use tagma_core::{
    LogIndex,
    catalog::Catalog,
    segment::{SavedSegment, Scope, TagSlot},
};

/// A catalog seen at an index.
pub(crate) struct CatalogScope<'a> {
    catalog: &'a Catalog,
    index: LogIndex,
    zone: &'a str,
}

impl<'a> CatalogScope<'a> {
    /// The definitions at `index`; segments without a zone have `zone`, the cluster's.
    pub(crate) fn new(catalog: &'a Catalog, index: LogIndex, zone: &'a str) -> Self {
        Self {
            catalog,
            index,
            zone,
        }
    }

    fn slot(&self, name: &str) -> Option<TagSlot> {
        let definition = self.catalog.tag_at(name, self.index)?;
        let version = self.catalog.version_at(name, self.index);
        Some(TagSlot {
            name: definition.name.clone(),
            kind: version.map_or(definition.kind, |published| published.definition.kind),
            version: version.map(|published| published.version),
        })
    }

    /// The tag whose display name this is, where only one has it.
    fn by_display(&self, name: &str) -> Option<TagSlot> {
        let names = self.catalog.tag_names_at(self.index);
        let mut found = names.into_iter().filter(|tag| {
            let definition = self.catalog.tag_at(tag.as_str(), self.index);
            definition.is_some_and(|d| d.display.values().any(|shown| shown.to_lowercase() == name))
        });
        let first = found.next()?;
        if found.next().is_some() {
            return None;
        }
        self.slot(first.as_str())
    }
}

impl Scope for CatalogScope<'_> {
    fn tag(&self, name: &str) -> Option<TagSlot> {
        self.slot(name).or_else(|| self.by_display(name))
    }

    fn tag_names(&self) -> Vec<String> {
        self.catalog
            .tag_names_at(self.index)
            .into_iter()
            .map(ToString::to_string)
            .collect()
    }

    fn segment(&self, name: &str) -> Option<SavedSegment> {
        let saved = self.catalog.segment_at(name, self.index)?;
        let zone = saved
            .timezone
            .clone()
            .unwrap_or_else(|| self.zone.to_owned());
        Some(SavedSegment {
            expr: saved.expr.clone(),
            zone: Some(zone),
        })
    }

    fn segment_names(&self) -> Vec<String> {
        self.catalog
            .segment_names_at(self.index)
            .into_iter()
            .map(ToString::to_string)
            .collect()
    }
}
