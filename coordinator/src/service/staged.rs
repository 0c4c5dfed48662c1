//! Definitions as they will be once documents are applied, for checks before that.

use tagma_core::{
    catalog::{ApplyDocuments, Catalog},
    schema::{TableSchema, TagDefinition},
    segment::{SavedSegment, Scope, TagSlot},
    time::zone,
};
use tagma_sql::{SqlRuntime, TagSpec};

use crate::{
    error::{Error, Result},
    query::CatalogScope,
};

/// The catalog with the documents on top.
pub(super) struct Staged<'a> {
    current: CatalogScope<'a>,
    catalog: &'a Catalog,
    documents: &'a ApplyDocuments,
    zone: &'a str,
}

impl<'a> Staged<'a> {
    pub(super) fn new(catalog: &'a Catalog, documents: &'a ApplyDocuments, zone: &'a str) -> Self {
        let current = CatalogScope::new(catalog, catalog.applied, zone);
        Self {
            current,
            catalog,
            documents,
            zone,
        }
    }

    /// Whether the tag's SQL can run: one SELECT, known names, person-local, a fitting type.
    ///
    /// # Errors
    /// Invalid with what is wrong and what to do.
    pub(super) async fn check_tag(&self, sql: &SqlRuntime, tag: &TagDefinition) -> Result<()> {
        let names = self.tag_names();
        let slots = names.iter().filter_map(|name| self.tag(name));
        let tags = slots.map(|slot| (slot.name, slot.kind)).collect();
        let own = tag.timezone.as_deref().unwrap_or(self.zone);
        let zone = zone(own).map_err(|error| Error::wrap(error.kind(), &error))?;
        let spec = TagSpec {
            name: tag.name.clone(),
            kind: tag.kind,
            sql: tag.sql.clone(),
            zone,
            timeout: None,
        };
        let checked = tagma_sql::check_tag(sql, &spec, &self.tables(), tags).await;
        checked
            .map(|_| ())
            .map_err(|error| Error::wrap(error.kind(), &error))
    }

    fn tables(&self) -> Vec<TableSchema> {
        let known = self
            .catalog
            .tables
            .values()
            .filter_map(|table| table.current());
        let replaced = |t: &&TableSchema| !self.documents.tables.iter().any(|d| d.name == t.name);
        known
            .filter(replaced)
            .chain(&self.documents.tables)
            .cloned()
            .collect()
    }
}

impl Scope for Staged<'_> {
    fn tag(&self, name: &str) -> Option<TagSlot> {
        let new = self
            .documents
            .tags
            .iter()
            .find(|tag| tag.name.as_str() == name);
        let slot = new.map(|tag| TagSlot {
            name: tag.name.clone(),
            kind: tag.kind,
            version: None,
        });
        slot.or_else(|| self.current.tag(name))
    }

    fn tag_names(&self) -> Vec<String> {
        let mut names = self.current.tag_names();
        names.extend(self.documents.tags.iter().map(|tag| tag.name.to_string()));
        names.sort();
        names.dedup();
        names
    }

    fn segment(&self, name: &str) -> Option<SavedSegment> {
        let new = self
            .documents
            .segments
            .iter()
            .find(|segment| segment.name.as_str() == name);
        match new {
            Some(segment) => {
                let zone = segment
                    .timezone
                    .clone()
                    .unwrap_or_else(|| self.zone.to_owned());
                Some(SavedSegment {
                    expr: segment.expr.clone(),
                    zone: Some(zone),
                })
            }
            None => self.current.segment(name),
        }
    }

    fn segment_names(&self) -> Vec<String> {
        let mut names = self.current.segment_names();
        names.extend(
            self.documents
                .segments
                .iter()
                .map(|segment| segment.name.to_string()),
        );
        names.sort();
        names.dedup();
        names
    }
}
