//! What coordinators and workers tell each other about plans and tag runs, as bytes of
//! [`crate::catalog::codec`].

use serde::{Deserialize, Serialize};

use crate::{
    catalog::SectionRef,
    id::{AsOf, ShardId},
    schema::{Name, TableSchema, TagDefinition, TagKind},
    segment::{Predicate, TagSlot},
    value::Value,
};

/// Bound predicates that share one list of tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardPlan {
    /// At least one.
    pub predicates: Vec<Predicate>,
    /// Tags that they read.
    pub tags: Vec<TagSlot>,
    /// What `now()` means.
    pub as_of: AsOf,
}

/// What a worker needs in order to compute tags of one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagJobSpec {
    /// The tags to compute, as defined at the job's index.
    pub tags: Vec<TagDefinition>,
    /// Every table at the job's index.
    pub tables: Vec<TableSchema>,
    /// Every tag defined at the job's index, as a column of `people`.
    pub published: Vec<TagSlot>,
    /// The cluster's default zone.
    pub zone: String,
}

/// What a worker made of a job for one shard: one result per tag, in the spec's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardJobResult {
    /// People alive in the shard at the job's index.
    pub population: u64,
    /// Per tag.
    pub tags: Vec<TagSectionResult>,
}

/// A tag's section of one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSectionResult {
    /// The tag.
    pub name: Name,
    /// Where the section lies in the pack.
    pub section: SectionRef,
    /// What is in it.
    pub stats: TagStats,
}

/// Statistics of a tag's values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagStats {
    /// People with a value.
    pub rows: u64,
    /// Smallest value.
    pub min: Option<Value>,
    /// Greatest value.
    pub max: Option<Value>,
    /// Most frequent values of bool and category, by count, then value; at most 100.
    pub top: Vec<(Value, u64)>,
}

/// The object that a publish entry names: where every shard's sections lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagManifest {
    /// One per tag of the run.
    pub tags: Vec<TagManifestEntry>,
}

/// A tag's sections over all shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagManifestEntry {
    /// The tag.
    pub name: Name,
    /// Its kind.
    pub kind: TagKind,
    /// Statistics over all shards.
    pub stats: TagStats,
    /// People alive at the source index.
    pub population: u64,
    /// Milliseconds from opening to publishing.
    pub duration_ms: u64,
    /// Ascending by shard.
    pub shards: Vec<PackSection>,
}

/// A section in a pack object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackSection {
    /// The shard.
    pub shard: ShardId,
    /// The pack's key.
    pub pack: String,
    /// Where in it.
    pub section: SectionRef,
}

impl TagStats {
    /// Adds another shard's statistics: shards are disjoint.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        let smaller = |a: &Value, b: &Value| a <= b;
        self.min = pick(self.min.take(), other.min.clone(), smaller);
        self.max = pick(self.max.take(), other.max.clone(), |a, b| a >= b);
        for (value, count) in &other.top {
            match self.top.iter_mut().find(|(known, _)| known == value) {
                Some((_, known)) => *known += count,
                None => self.top.push((value.clone(), *count)),
            }
        }
        self.top
            .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
}

fn pick(a: Option<Value>, b: Option<Value>, keep: fn(&Value, &Value) -> bool) -> Option<Value> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if keep(&a, &b) { a } else { b }),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::codec;

    #[test]
    fn wide_numbers_survive_the_codec() {
        let stats = TagStats {
            rows: 3,
            min: Some(Value::Int(i128::MIN)),
            max: Some(Value::Decimal {
                unscaled: i128::MAX,
                scale: 38,
            }),
            top: vec![(Value::Text("上海".into()), 2)],
        };
        let bytes = codec::encode(&stats);
        assert_eq!(
            codec::decode::<TagStats>(&bytes, "stats").expect("round trip"),
            stats
        );
    }
}
