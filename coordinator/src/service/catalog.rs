//! Definitions: YAML documents in, all or none.

use std::collections::BTreeMap;

use tagma_core::{
    ErrorKind, LogIndex,
    catalog::{ApplyDocuments, Change, Command, History, RequestId},
    document::{Document, parse_documents},
    schema::{ColumnType, IdentifierType, Name, TableSchema},
    segment::{Expr, SegmentDefinition, bind},
};
use tagma_identity::NORMALIZE_VERSION;

use super::{Context, SegmentDraft, propose_accepted, staged::Staged};
use crate::{
    clock::now_micros,
    error::{Error, Result},
};

/// A table as it is now.
#[derive(Debug, Clone)]
pub(crate) struct DeclaredTable {
    /// Its schema.
    pub(crate) schema: TableSchema,
    /// The type that each column was first declared with.
    pub(crate) first_types: BTreeMap<Name, ColumnType>,
    /// Rows that ever came to it.
    pub(crate) rows: u64,
}

impl DeclaredTable {
    fn new(history: &History<TableSchema>, rows: u64) -> Option<Self> {
        let schema = history.current()?.clone();
        let mut first_types = BTreeMap::new();
        for version in history.iter().filter_map(|(_, version)| version) {
            for column in &version.columns {
                let first = first_types.entry(column.name.clone());
                first.or_insert(column.column_type);
            }
        }
        Some(Self {
            schema,
            first_types,
            rows,
        })
    }
}

/// Reads and changes definitions.
#[derive(Clone)]
pub(crate) struct CatalogService {
    context: Context,
}

impl CatalogService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// Takes the documents of files (name, text) and segments, all or none; with
    /// `keep_identifiers`, types that exist stay as they are.
    ///
    /// # Errors
    /// Invalid with everything that is wrong, and the catalog's refusals.
    pub(crate) async fn apply(
        &self,
        files: &[(String, String)],
        segments: Vec<SegmentDraft>,
        keep_identifiers: bool,
        request: Option<RequestId>,
    ) -> Result<(LogIndex, Vec<Change>)> {
        let documents = ApplyDocuments {
            keep_identifiers,
            ..read(files, segments)?
        };
        self.context.leads().await;
        self.check(&documents).await?;
        let request =
            request.unwrap_or_else(|| RequestId(format!("apply-{}", tagma_store::Nonce::random())));
        self.context.sequencer.define(documents, request).await
    }

    /// Tables as they are now, by name.
    ///
    /// # Errors
    /// Unavailable where no leader is heard of.
    pub(crate) fn tables(&self) -> Result<Vec<DeclaredTable>> {
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        let tables = catalog.tables.iter();
        let declared = tables.filter_map(|(name, history)| {
            let rows = catalog.rows_of(name).rows;
            DeclaredTable::new(history, rows)
        });
        Ok(declared.collect())
    }

    /// Identifier types as they are now, strongest first, then by name.
    ///
    /// # Errors
    /// Unavailable where no leader is heard of.
    pub(crate) fn identifier_types(&self) -> Result<Vec<IdentifierType>> {
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        let mut types: Vec<IdentifierType> = catalog.identifiers.values().cloned().collect();
        types.sort_by_key(|declared| declared.priority);
        Ok(types)
    }

    /// Saved segments as they are now, by name.
    ///
    /// # Errors
    /// Unavailable where no leader is heard of.
    pub(crate) fn segments(&self) -> Result<Vec<SegmentDefinition>> {
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        let segments = catalog.segments.values();
        Ok(segments.filter_map(|s| s.current().cloned()).collect())
    }

    /// Removes a saved segment.
    ///
    /// # Errors
    /// NotFound, Conflict where another segment uses it, and those of proposing.
    pub(crate) async fn delete_segment(
        &self,
        name: &str,
        request: Option<RequestId>,
    ) -> Result<LogIndex> {
        let name = Name::new(name).map_err(|error| Error::wrap(ErrorKind::Invalid, &error))?;
        let command = Command::DeleteSegment { name };
        Ok(propose_accepted(&self.context.raft, command, request)
            .await?
            .index)
    }

    /// Checks what needs the definitions of others: names and types in segments, SQL of tags.
    async fn check(&self, documents: &ApplyDocuments) -> Result<()> {
        let catalog = self.context.catalog();
        let zone = self.context.cluster()?.zone;
        let staged = Staged::new(&catalog, documents, &zone);
        let as_of = tagma_core::AsOf(now_micros());
        let mut wrong = Vec::new();
        for segment in &documents.segments {
            let own = segment.timezone.as_deref().unwrap_or(&zone);
            let named = Expr::Segment(segment.name.clone());
            if let Err(error) = bind(&named, &staged, as_of, own) {
                let told = Error::wrap(error.kind(), &error);
                wrong.push(format!("segment `{}`: {told}", segment.name));
            }
        }
        for tag in &documents.tags {
            if let Err(error) = staged.check_tag(&self.context.sql, tag).await {
                wrong.push(format!("tag `{}`: {error}", tag.name));
            }
        }
        wrong.extend(self.broken_tags(&staged, documents).await?);
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Invalid, wrong.join("\n"))),
        }
    }

    /// Tags whose SQL can run over the tables as they are, and no longer over those of the
    /// documents.
    async fn broken_tags(
        &self,
        staged: &Staged<'_>,
        documents: &ApplyDocuments,
    ) -> Result<Vec<String>> {
        let catalog = self.context.catalog();
        let known = |table: &TableSchema| catalog.table_at(table.name.as_str(), catalog.applied);
        let changes = documents.tables.iter();
        let mut changes = changes.filter_map(|new| Some((known(new)?, new)));
        let mut broken = Vec::new();
        // A change that no table allows is refused as such.
        let is_refused = changes
            .clone()
            .any(|(known, new)| known.check_successor(new).is_err());
        if is_refused || changes.all(|(known, new)| known == new) {
            return Ok(broken);
        }
        let zone = self.context.cluster()?.zone;
        let nothing = ApplyDocuments::default();
        let before = Staged::new(&catalog, &nothing, &zone);
        let tags = catalog.tags.values();
        for tag in tags.filter_map(|tag| tag.definitions.current()) {
            if documents.tags.iter().any(|new| new.name == tag.name) {
                continue;
            }
            let Err(error) = staged.check_tag(&self.context.sql, tag).await else {
                continue;
            };
            if before.check_tag(&self.context.sql, tag).await.is_ok() {
                broken.push(format!(
                    "tag `{}` could not run over the changed tables, apply it with them: {error}",
                    tag.name
                ));
            }
        }
        Ok(broken)
    }
}

/// Documents of all files, then segments; the catalog gives identifier types their numbers.
fn read(files: &[(String, String)], segments: Vec<SegmentDraft>) -> Result<ApplyDocuments> {
    let mut documents = ApplyDocuments::default();
    let mut wrong = Vec::new();
    for (name, text) in files {
        match parse_documents(text, name) {
            Err(error) => wrong.push(error.to_string()),
            Ok(found) => found
                .into_iter()
                .for_each(|document| add(&mut documents, document)),
        }
    }
    for draft in segments {
        match draft.define() {
            Err(error) => wrong.push(error.to_string()),
            Ok(segment) => documents.segments.push(segment),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::new(ErrorKind::Invalid, wrong.join("\n")));
    }
    refuse_doubles(&documents)?;
    Ok(documents)
}

fn add(documents: &mut ApplyDocuments, document: Document) {
    match document {
        Document::Identifier(spec) => {
            let declared: IdentifierType = spec.into_type(0, NORMALIZE_VERSION);
            documents.identifiers.push(declared);
        }
        Document::Table(table) => documents.tables.push(table),
        Document::Tag(tag) => documents.tags.push(tag),
        Document::Segment(segment) => documents.segments.push(segment),
    }
}

fn refuse_doubles(documents: &ApplyDocuments) -> Result<()> {
    let names = |kind: &'static str, names: Vec<&Name>| {
        let mut seen = std::collections::BTreeSet::new();
        let double = names.into_iter().find(|name| !seen.insert(*name));
        double.map(|name| format!("{kind} `{name}` is declared twice"))
    };
    let doubles = [
        names(
            "identifier",
            documents.identifiers.iter().map(|d| &d.name).collect(),
        ),
        names("table", documents.tables.iter().map(|d| &d.name).collect()),
        names("tag", documents.tags.iter().map(|d| &d.name).collect()),
        names(
            "segment",
            documents.segments.iter().map(|d| &d.name).collect(),
        ),
    ];
    match doubles.into_iter().flatten().next() {
        Some(message) => Err(Error::new(ErrorKind::Invalid, message)),
        None => Ok(()),
    }
}
