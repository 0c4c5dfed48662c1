//! `EnginePeople`: the engine's population and tag sections as the people of a query.

use std::sync::Arc;

use arrow::array::ArrayRef;
use tagma_core::schema::{Name, TagKind};
use tagma_core::{ErrorKind, Ordinal, Value};
use tagma_engine::alive::AliveView;
use tagma_engine::chunk::{ChunkSet, join, split};
use tagma_engine::section::TagSection;

use super::error::PeopleError;
use super::people::{PeopleSource, TagReader};
use super::tag_array::tag_array;

/// A declared tag and its newest version at the index, if one is published.
#[derive(Debug, Clone)]
pub struct EngineTag {
    /// Its name.
    pub name: Name,
    /// Its declared kind.
    pub kind: TagKind,
    /// The shard's section of the version.
    pub section: Option<Arc<TagSection>>,
}

/// The people of a shard at the index of `alive`.
#[derive(Debug, Clone)]
pub struct EnginePeople {
    alive: AliveView,
    /// Chunks up to the last one with a living person.
    chunks: u32,
    tags: Vec<EngineTag>,
}

impl EnginePeople {
    /// The living of `alive`, with `tags` as their columns.
    pub fn new(alive: AliveView, tags: Vec<EngineTag>) -> Self {
        let (mut chunks, mut left) = (0, alive.len());
        while left > 0 {
            left = left.saturating_sub(alive.chunk_len(chunks).into());
            chunks += 1;
        }
        Self {
            alive,
            chunks,
            tags,
        }
    }
}

impl PeopleSource for EnginePeople {
    fn alive(
        &self,
        from: Ordinal,
        limit: usize,
        out: &mut Vec<Ordinal>,
    ) -> Result<(), PeopleError> {
        let end = out.len() + limit;
        let mut people = ChunkSet::default();
        for chunk in split(from).0..self.chunks {
            if self.alive.chunk_len(chunk) == 0 {
                continue;
            }
            self.alive.chunk(chunk, &mut people);
            let ordinals = people.iter().map(|position| join(chunk, position));
            out.extend(ordinals.skip_while(|o| *o < from).take(end - out.len()));
            if out.len() >= end {
                break;
            }
        }
        Ok(())
    }

    fn is_alive(&self, ordinal: Ordinal) -> Result<bool, PeopleError> {
        Ok(self.alive.contains(ordinal))
    }

    fn tags(&self) -> Vec<(Name, TagKind)> {
        self.tags
            .iter()
            .map(|tag| (tag.name.clone(), tag.kind))
            .collect()
    }

    fn tag(&self, name: &str) -> Result<Option<Arc<dyn TagReader>>, PeopleError> {
        let tag = self.tags.iter().find(|tag| tag.name.as_str() == name);
        let Some((section, kind)) = tag.and_then(|t| Some((t.section.clone()?, t.kind))) else {
            return Ok(None);
        };
        if section.kind() != kind {
            return Err(PeopleError {
                kind: ErrorKind::Invalid,
                reason: format!(
                    "tag `{name}` is declared as {kind}, its last version holds {}: run it again",
                    section.kind()
                ),
            });
        }
        Ok(Some(Arc::new(SectionReader { section })))
    }
}

#[derive(Debug)]
struct SectionReader {
    section: Arc<TagSection>,
}

impl TagReader for SectionReader {
    fn read(&self, ordinals: &[Ordinal]) -> Result<ArrayRef, PeopleError> {
        let mut values = Vec::with_capacity(ordinals.len());
        for people in ordinals.chunk_by(|a, b| split(*a).0 == split(*b).0) {
            let chunk = people.first().map_or(0, |first| split(*first).0);
            if chunk >= self.section.chunks() {
                // People who are newer than the version.
                values.resize(values.len() + people.len(), Value::Null);
                continue;
            }
            let positions: Vec<u16> = people.iter().map(|o| split(*o).1).collect();
            let read = self.section.values(chunk, &positions, &mut values);
            read.map_err(|e| PeopleError {
                kind: e.kind(),
                reason: e.to_string(),
            })?;
        }
        tag_array(self.section.kind(), &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tagma_core::LogIndex;
    use tagma_engine::alive::LiveBitmap;
    use tagma_engine::section::SectionBuilder;

    const FAR: u32 = 3 * 65_536 + 5;

    fn people() -> EnginePeople {
        let mut live = LiveBitmap::new();
        live.apply(LogIndex(1), [0..10, FAR..FAR + 2], [3])
            .expect("in order");
        let mut section = SectionBuilder::new(TagKind::Int, 9);
        for ordinal in [1, 3, 8] {
            section
                .push(ordinal, Value::Int(ordinal.into()))
                .expect("fits");
        }
        let section = TagSection::parse(section.finish().bytes, "test").expect("just built");
        let tag = |name, section| EngineTag {
            name: Name::new(name).expect("a name"),
            kind: TagKind::Int,
            section,
        };
        let tags = vec![tag("level", Some(Arc::new(section))), tag("none", None)];
        EnginePeople::new(live.at(LogIndex(1)).expect("readable"), tags)
    }

    #[test]
    fn the_living_come_in_order_and_in_parts() {
        let people = people();
        let all = [0, 1, 2, 4, 5, 6, 7, 8, 9, FAR, FAR + 1];
        for limit in [1, 2, 5, 100] {
            let (mut seen, mut next) = (Vec::new(), Some(0));
            while let Some(from) = next {
                let before = seen.len();
                people.alive(from, limit, &mut seen).expect("reads");
                assert!(seen.len() - before <= limit);
                next = seen
                    .last()
                    .map(|last| last + 1)
                    .filter(|_| seen.len() > before);
            }
            assert_eq!(seen, all, "{limit} at a time");
        }
        assert!(people.is_alive(FAR).expect("reads") && !people.is_alive(3).expect("reads"));
    }

    #[test]
    fn people_newer_than_a_version_have_no_value() {
        let people = people();
        let reader = people.tag("level").expect("reads").expect("published");
        let read = reader.read(&[0, 1, 8, 9, FAR]).expect("reads");
        let expected = [None, Some(1), Some(8), None, None];
        assert_eq!(
            read.as_ref(),
            &arrow::array::Int64Array::from_iter(expected)
        );
        assert!(people.tag("none").expect("reads").is_none());
        assert!(people.tag("unknown").expect("reads").is_none());
    }
}
