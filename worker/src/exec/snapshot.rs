//! A shard at an index, with the tag sections that a plan reads.

use std::sync::Arc;

use futures::future::join_all;
use tagma_core::job::ShardPlan;
use tagma_core::segment::{Plan, TagSlot};
use tagma_core::{LogIndex, ShardId};
use tagma_engine::eval::{Program, ShardView};
use tagma_engine::section::TagSection;

use super::error::{Error, Result};
use crate::shard::ShardState;
use crate::tags::Tags;

/// One shard as of an index.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The shard.
    pub shard: ShardId,
    /// A state that has applied the index.
    pub state: Arc<ShardState>,
    /// The index.
    pub index: LogIndex,
}

/// By slot of a plan.
pub type Sections = Vec<Option<Arc<TagSection>>>;

impl Snapshot {
    /// The sections of `slots`; `manifests[slot]` is empty for a tag that was never published.
    ///
    /// # Errors
    /// `Request` where the two do not match, `Tag` where a version cannot be read.
    pub async fn sections(
        &self,
        tags: &Tags,
        slots: &[TagSlot],
        manifests: &[String],
    ) -> Result<Sections> {
        if slots.len() != manifests.len() {
            return Err(Error::Request("there is not one manifest for each tag"));
        }
        let sections = slots.iter().zip(manifests);
        let sections = sections.map(|(slot, key)| self.section(tags, slot, key));
        join_all(sections).await.into_iter().collect()
    }

    /// The section of one tag; `manifest` is empty for one that was never published.
    ///
    /// # Errors
    /// `Tag` where the version cannot be read.
    pub async fn section(
        &self,
        tags: &Tags,
        slot: &TagSlot,
        manifest: &str,
    ) -> Result<Option<Arc<TagSection>>> {
        match manifest.is_empty() {
            true => Ok(None),
            false => Ok(tags.section(manifest, &slot.name, self.shard).await?),
        }
    }

    /// Living people of the shard.
    ///
    /// # Errors
    /// `Alive` below the floor.
    pub fn population(&self) -> Result<u64> {
        Ok(self.state.people.len_at(self.index)?)
    }

    /// The plan's predicates as one intersection, whose parts are counted one by one; a single
    /// predicate is taken apart, so that its parts go in the cheapest order.
    ///
    /// # Errors
    /// See [`Program::compile`].
    pub fn view(&self, plan: &ShardPlan, sections: &Sections) -> Result<ShardView> {
        let program = match plan.predicates.as_slice() {
            [one] => {
                let plan = Plan {
                    root: one.clone(),
                    tags: plan.tags.clone(),
                    as_of: plan.as_of,
                };
                Program::compile(&plan, sections)?
            }
            steps => Program::compile_steps(steps, &plan.tags, sections)?,
        };
        Ok(ShardView {
            alive: self.state.people.at(self.index)?,
            population: self.state.ordinals,
            program: Arc::new(program),
        })
    }
}
