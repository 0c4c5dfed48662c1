//! Definitions: identifier types, tables, tags, segments, all or none.

use super::super::{
    command::ApplyDocuments,
    history::History,
    outcome::{Change, ChangeKind, Outcome, Refusal},
    state::Catalog,
};
use crate::{
    error::ErrorKind,
    id::LogIndex,
    journal::{DEAD_LETTERS, IDENTITIES, MERGES},
    schema::{IdentifierType, Name, TableSchema, TagDefinition},
    segment::{Expr, SegmentDefinition},
};

type Defined = Result<Change, Refusal>;

/// Tables that nobody may declare.
const BUILT_IN: [&str; 4] = ["people", IDENTITIES, DEAD_LETTERS, MERGES];

impl Catalog {
    pub(super) fn define(&mut self, index: LogIndex, documents: &ApplyDocuments) -> Outcome {
        let mut staged = self.clone();
        match staged.define_all(index, documents) {
            Ok(changes) => {
                staged.chain = documents.chain;
                *self = staged;
                Outcome::Applied(changes)
            }
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    pub(super) fn delete_segment(&mut self, index: LogIndex, name: &Name) -> Outcome {
        if self.segments.get(name).and_then(History::current).is_none() {
            let message = format!("there is no segment `{name}`");
            return Outcome::refused(ErrorKind::NotFound, message);
        }
        let users: Vec<&str> = self
            .current_segments()
            .filter(|s| references(&s.expr).contains(&name))
            .map(|s| s.name.as_str())
            .collect();
        if !users.is_empty() {
            let message = format!("segment `{name}` is used by {}", users.join(", "));
            return Outcome::refused(ErrorKind::Conflict, message);
        }
        if let Some(history) = self.segments.get_mut(name) {
            history.set(index, None);
        }
        Outcome::Done
    }

    fn define_all(
        &mut self,
        index: LogIndex,
        documents: &ApplyDocuments,
    ) -> Result<Vec<Change>, Refusal> {
        self.next_link(documents.chain)?;
        let mut changes = Vec::new();
        for identifier in &documents.identifiers {
            let is_kept =
                documents.keep_identifiers && self.identifiers.contains_key(&identifier.name);
            changes.push(match is_kept {
                true => changed("identifier", &identifier.name, ChangeKind::Unchanged),
                false => self.define_identifier(identifier)?,
            });
        }
        for table in &documents.tables {
            changes.push(self.define_table(index, table)?);
        }
        for tag in &documents.tags {
            changes.push(self.define_tag(index, tag)?);
        }
        for segment in &documents.segments {
            changes.push(self.define_segment(index, segment));
        }
        self.refuse_cycles(documents)?;
        Ok(changes)
    }

    fn define_identifier(&mut self, new: &IdentifierType) -> Defined {
        let known = self.identifiers.get(&new.name);
        let number = known.map_or(self.identifiers.len() as u16 + 1, |k| k.number);
        let numbered = IdentifierType {
            number,
            ..new.clone()
        };
        if known.is_some_and(|k| k.normalize != new.normalize || k.region != new.region) {
            let message = format!(
                "identifier type `{}` cannot change how it is normalised: its values are hashed \
                 by the old rule; declare a new type",
                new.name
            );
            return Err(Refusal {
                kind: ErrorKind::Conflict,
                message,
            });
        }
        let change = change_of(known, &numbered);
        self.identifiers.insert(new.name.clone(), numbered);
        Ok(changed("identifier", &new.name, change))
    }

    fn define_table(&mut self, index: LogIndex, new: &TableSchema) -> Defined {
        if BUILT_IN.contains(&new.name.as_str()) {
            let message = format!("`{}` is a table of Tagma's own: use another name", new.name);
            return Err(Refusal {
                kind: ErrorKind::Invalid,
                message,
            });
        }
        for (identifier, column) in &new.identifiers {
            if !self.identifiers.contains_key(identifier) {
                let message = format!(
                    "table `{}` maps column `{column}` to identifier type `{identifier}`, which \
                     is not declared: add an `identifier:` document",
                    new.name
                );
                return Err(Refusal {
                    kind: ErrorKind::Invalid,
                    message,
                });
            }
        }
        let known = self.tables.get(&new.name).and_then(History::current);
        if let Some(Err(unfit)) = known.map(|known| known.check_successor(new)) {
            return Err(Refusal {
                kind: ErrorKind::Conflict,
                message: unfit.to_string(),
            });
        }
        let change = change_of(known, new);
        set(&mut self.tables, index, &new.name, new, change);
        Ok(changed("table", &new.name, change))
    }

    fn define_tag(&mut self, index: LogIndex, new: &TagDefinition) -> Defined {
        let known = self
            .tags
            .get(&new.name)
            .and_then(|t| t.definitions.current());
        if let Some(known) = known.filter(|known| known.kind != new.kind) {
            let message = format!(
                "tag `{}` is of kind {} and cannot become {}: use a new name",
                new.name, known.kind, new.kind
            );
            return Err(Refusal {
                kind: ErrorKind::Conflict,
                message,
            });
        }
        let change = change_of(known, new);
        if change != ChangeKind::Unchanged {
            let tag = self.tags.entry(new.name.clone()).or_default();
            tag.definitions.set(index, Some(new.clone()));
        }
        Ok(changed("tag", &new.name, change))
    }

    fn define_segment(&mut self, index: LogIndex, new: &SegmentDefinition) -> Change {
        let change = change_of(self.segments.get(&new.name).and_then(History::current), new);
        set(&mut self.segments, index, &new.name, new, change);
        changed("segment", &new.name, change)
    }

    fn current_segments(&self) -> impl Iterator<Item = &SegmentDefinition> {
        self.segments.values().filter_map(History::current)
    }

    fn refuse_cycles(&self, documents: &ApplyDocuments) -> Result<(), Refusal> {
        for segment in &documents.segments {
            let mut path = vec![&segment.name];
            if self.finds_cycle(&segment.expr, &mut path) {
                let names: Vec<&str> = path.iter().map(|n| n.as_str()).collect();
                let message = format!("segments form a cycle: {}", names.join(" → "));
                return Err(Refusal {
                    kind: ErrorKind::Invalid,
                    message,
                });
            }
        }
        Ok(())
    }

    /// Walks down from the last name of `path`; leaves the cycle in it.
    fn finds_cycle<'a>(&'a self, expr: &'a Expr, path: &mut Vec<&'a Name>) -> bool {
        for name in references(expr) {
            let closed = path.contains(&name);
            path.push(name);
            let below = self.segments.get(name).and_then(History::current);
            if closed || below.is_some_and(|s| self.finds_cycle(&s.expr, path)) {
                return true;
            }
            path.pop();
        }
        false
    }
}

/// Saved segments that `expr` names itself.
fn references(expr: &Expr) -> Vec<&Name> {
    let mut found = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => open.extend(parts),
            Expr::Not(inner) => open.push(inner),
            Expr::Segment(name) => found.push(name),
            Expr::All | Expr::Nothing | Expr::Leaf(_) => {}
        }
    }
    found
}

fn change_of<T: PartialEq>(known: Option<&T>, new: &T) -> ChangeKind {
    match known {
        None => ChangeKind::Added,
        Some(known) if known == new => ChangeKind::Unchanged,
        Some(_) => ChangeKind::Changed,
    }
}

fn changed(document: &str, name: &Name, change: ChangeKind) -> Change {
    Change {
        document: document.to_owned(),
        name: name.clone(),
        change,
    }
}

fn set<T: Clone>(
    map: &mut imbl::OrdMap<Name, History<T>>,
    index: LogIndex,
    name: &Name,
    value: &T,
    change: ChangeKind,
) {
    if change != ChangeKind::Unchanged {
        map.entry(name.clone())
            .or_default()
            .set(index, Some(value.clone()));
    }
}
