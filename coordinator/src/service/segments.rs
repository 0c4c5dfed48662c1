//! Audience questions: how many, who, why.

use std::{sync::Arc, time::Duration};

use tagma_core::{
    AsOf, ErrorKind, LogIndex, OneId,
    catalog::Catalog,
    job::ShardPlan,
    schema::Name,
    segment::{BindError, Bound, Expr, Scope, bind_many, conjuncts, leaves, print},
};

use super::{Context, IdentityService, PersonName, Written};
use crate::{
    clock::now_micros,
    error::{Error, Result},
    query::{CatalogScope, MemberParts, Question},
};

/// Time that `at_least` waits.
const AT_LEAST_PATIENCE: Duration = Duration::from_secs(30);

/// Time that an index asked for is waited for: a follower may be a little behind.
const INDEX_PATIENCE: Duration = Duration::from_secs(1);

/// Answers how many, who, and why.
#[derive(Clone)]
pub(crate) struct SegmentService {
    context: Context,
}

/// At which state of the world to answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReadRequest {
    /// A readable index; the served one where absent.
    pub(crate) index: Option<LogIndex>,
    /// What `now()` means.
    pub(crate) as_of: Option<AsOf>,
    /// Wait until this is served.
    pub(crate) at_least: Option<LogIndex>,
    /// Zone of the expression's calendar.
    pub(crate) zone: Option<String>,
    /// Read what was committed before the call.
    pub(crate) linearizable: bool,
}

/// A read request that has been decided.
#[derive(Clone)]
struct ReadPoint {
    catalog: Arc<Catalog>,
    index: LogIndex,
    as_of: AsOf,
    zone: String,
    cluster_zone: String,
}

/// How many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) count: u64,
    pub(crate) population: u64,
    pub(crate) index: LogIndex,
    pub(crate) as_of: AsOf,
    pub(crate) steps: Vec<Step>,
    pub(crate) warnings: Vec<String>,
}

/// Size after a conjunct; no text for the population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) expr: Option<String>,
    pub(crate) count: u64,
}

/// What to send with each member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MembersQuery {
    pub(crate) expr: Written,
    pub(crate) read: ReadRequest,
    pub(crate) with: Vec<String>,
    pub(crate) identifiers: Vec<String>,
    pub(crate) after: Option<OneId>,
}

/// Members, and what every part repeats.
pub(crate) struct MembersStream {
    pub(crate) parts: MemberParts,
    pub(crate) index: LogIndex,
    pub(crate) as_of: AsOf,
    pub(crate) count: u64,
}

/// Why a person is in or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explained {
    pub(crate) normalized: String,
    pub(crate) person: Option<(OneId, bool)>,
    pub(crate) leaves: Vec<LeafAnswer>,
    pub(crate) tags: Vec<(String, u64)>,
    pub(crate) index: LogIndex,
    pub(crate) as_of: AsOf,
}

/// A leaf for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeafAnswer {
    pub(crate) expr: String,
    pub(crate) holds: bool,
    /// (tag, value).
    pub(crate) values: Vec<(String, String)>,
}

impl SegmentService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// How many people, and after each conjunct if asked.
    ///
    /// # Errors
    /// Invalid expressions, Expired or Unavailable indexes, and those of the workers.
    pub(crate) async fn count(
        &self,
        written: Written,
        read: &ReadRequest,
        waterfall: bool,
    ) -> Result<Counted> {
        let point = self.decide(read).await?;
        let expr = written.read()?;
        let parts = if waterfall {
            conjuncts(&expr)
        } else {
            vec![&expr]
        };
        let bound = point.bind(&parts)?;
        let question = point.question(&bound);
        let answer = self.context.router.count(&question).await?;
        let count = answer.counts.last().copied().unwrap_or(answer.population);
        let mut steps = Vec::new();
        if waterfall {
            steps.push(Step {
                expr: None,
                count: answer.population,
            });
            let sized = parts.iter().zip(&answer.counts);
            steps.extend(sized.map(|(e, n)| Step {
                expr: Some(print(e)),
                count: *n,
            }));
        }
        let mut warnings: Vec<String> = bound.warnings.iter().map(ToString::to_string).collect();
        warnings.extend(answer.warnings);
        Ok(Counted {
            count,
            population: answer.population,
            index: point.index,
            as_of: point.as_of,
            steps,
            warnings,
        })
    }

    /// Who, in OneID order.
    ///
    /// # Errors
    /// As [`SegmentService::count`], NotFound for an unknown tag or identifier type.
    pub(crate) async fn members(&self, query: MembersQuery) -> Result<MembersStream> {
        let point = self.decide(&query.read).await?;
        let expr = query.expr.read()?;
        let mut bound = point.bind(&[&expr])?;
        let with_slots = point.add_tags(&mut bound, &query.with)?;
        for name in &query.identifiers {
            if !point
                .catalog
                .identifiers
                .contains_key(name.to_lowercase().as_str())
            {
                let message = format!("there is no identifier type `{name}`");
                return Err(Error::new(ErrorKind::NotFound, message));
            }
        }
        let question = point.question(&bound);
        let count = self.context.router.count(&question).await?;
        let identifiers = query
            .identifiers
            .iter()
            .map(|name| name.to_lowercase())
            .collect();
        let parts = self
            .context
            .router
            .members(question, with_slots, identifiers, query.after);
        Ok(MembersStream {
            parts,
            index: point.index,
            as_of: point.as_of,
            count: count.counts.last().copied().unwrap_or(0),
        })
    }

    /// Whether one person is in.
    ///
    /// # Errors
    /// As [`SegmentService::count`], NotFound for an unknown person.
    pub(crate) async fn contains(
        &self,
        written: Written,
        person: &str,
        read: &ReadRequest,
    ) -> Result<(bool, OneId, LogIndex, AsOf)> {
        let point = self.decide(read).await?;
        let expr = written.read()?;
        let bound = point.bind(&[&expr])?;
        let (oneid, answer) = self.ask_person(&point, &bound, person).await?;
        Ok((
            answer.holds.first().copied().unwrap_or(false),
            oneid,
            point.index,
            point.as_of,
        ))
    }

    /// The expression as Tagma reads it, and every leaf for one person.
    ///
    /// # Errors
    /// As [`SegmentService::contains`].
    pub(crate) async fn explain(
        &self,
        written: Written,
        person: Option<&str>,
        read: &ReadRequest,
    ) -> Result<Explained> {
        let point = self.decide(read).await?;
        let expr = written.read()?;
        let parts = leaves(&expr);
        let mut exprs = vec![&expr];
        exprs.extend(&parts);
        let bound = point.bind(&exprs)?;
        let tags = bound.tags.iter().map(|slot| {
            (
                slot.name.to_string(),
                slot.version.map_or(0, |version| version.0),
            )
        });
        let mut explained = Explained {
            normalized: print(&expr),
            person: None,
            leaves: Vec::new(),
            tags: tags.collect(),
            index: point.index,
            as_of: point.as_of,
        };
        let Some(person) = person else {
            return Ok(explained);
        };
        let (oneid, answer) = self.ask_person(&point, &bound, person).await?;
        explained.person = Some((oneid, answer.holds.first().copied().unwrap_or(false)));
        let holds = answer.holds.iter().skip(1);
        explained.leaves = parts
            .iter()
            .zip(holds)
            .map(|(leaf, holds)| LeafAnswer {
                expr: print(leaf),
                holds: *holds,
                values: values_of(leaf, &bound, &answer.values),
            })
            .collect();
        Ok(explained)
    }

    /// The index at which a plain read runs now.
    pub(crate) async fn read_index(&self, index: Option<LogIndex>) -> Result<LogIndex> {
        let read = ReadRequest {
            index,
            ..ReadRequest::default()
        };
        Ok(self.decide(&read).await?.index)
    }

    async fn ask_person(
        &self,
        point: &ReadPoint,
        bound: &Bound,
        person: &str,
    ) -> Result<(OneId, crate::query::PersonAnswer)> {
        let name = PersonName::parse(person)?;
        let identity = IdentityService::new(self.context.clone());
        let oneid = identity.person(&name, point.index).await?;
        let nobody = || {
            let message = format!("nobody has OneID {oneid} at index {}", point.index);
            Error::new(ErrorKind::NotFound, message)
        };
        if !point.catalog.shards.contains_key(&oneid.shard()) {
            return Err(nobody());
        }
        let answer = self
            .context
            .router
            .person(&point.question(bound), oneid)
            .await?;
        if !answer.alive {
            return Err(nobody());
        }
        Ok((oneid, answer))
    }

    /// Waits a moment for an index that is not served yet; one that no entry has is not found.
    async fn wait_for(&self, index: LogIndex) -> Result<()> {
        let Err(error) = self.context.served_at(index, INDEX_PATIENCE).await else {
            return Ok(());
        };
        let newest = self.context.catalog().applied;
        if index <= newest {
            return Err(error);
        }
        let message = format!("there is no index {index} yet: the newest is {newest}");
        Err(Error::new(ErrorKind::NotFound, message))
    }

    async fn decide(&self, read: &ReadRequest) -> Result<ReadPoint> {
        self.context.in_touch()?;
        let cluster = self.context.cluster()?;
        if read.linearizable {
            let index = self.context.raft.read_index().await;
            let index = index.map_err(|error| Error::wrap(error.kind(), &error))?;
            self.context.served_at(index, AT_LEAST_PATIENCE).await?;
        }
        if let Some(at_least) = read.at_least {
            self.context.served_at(at_least, AT_LEAST_PATIENCE).await?;
        } else if read.index.is_none() {
            self.context.caught_up(AT_LEAST_PATIENCE).await?;
        }
        let served = *self.context.served.watch().borrow();
        let index = read.index.unwrap_or(served);
        if index > served {
            self.wait_for(index).await?;
        }
        // Again: waiting may have taken long.
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        if !catalog.is_readable(index) {
            let message = format!(
                "index {index} is no longer readable: the oldest is {}",
                catalog.floor
            );
            return Err(Error::new(ErrorKind::Expired, message));
        }
        let stamped = read.index.and_then(|index| catalog.commit_time(index));
        let as_of = read.as_of.or(stamped).unwrap_or_else(|| AsOf(now_micros()));
        let zone = read.zone.clone().unwrap_or_else(|| cluster.zone.clone());
        Ok(ReadPoint {
            catalog,
            index,
            as_of,
            zone,
            cluster_zone: cluster.zone,
        })
    }
}

impl ReadPoint {
    fn bind(&self, exprs: &[&Expr]) -> Result<Bound> {
        let scope = CatalogScope::new(&self.catalog, self.index, &self.cluster_zone);
        bind_many(exprs, &scope, self.as_of, &self.zone).map_err(|error| refused(&error))
    }

    fn question(&self, bound: &Bound) -> Question {
        let plan = ShardPlan {
            predicates: bound.predicates.clone(),
            tags: bound.tags.clone(),
            as_of: bound.as_of,
        };
        Question::new(&self.catalog, self.index, &plan)
    }

    /// Slots of tags that are only shown, added where the expression does not read them.
    fn add_tags(&self, bound: &mut Bound, names: &[String]) -> Result<Vec<u32>> {
        let scope = CatalogScope::new(&self.catalog, self.index, &self.cluster_zone);
        let mut slots = Vec::with_capacity(names.len());
        for name in names {
            let Some(slot) = scope.tag(&name.to_lowercase()) else {
                let message = format!("there is no tag `{name}`");
                return Err(Error::new(ErrorKind::NotFound, message));
            };
            let known = bound.tags.iter().position(|tag| *tag == slot);
            let position = known.unwrap_or_else(|| {
                bound.tags.push(slot);
                bound.tags.len() - 1
            });
            slots.push(position as u32);
        }
        Ok(slots)
    }
}

fn refused(error: &BindError) -> Error {
    Error::wrap(error.kind(), error)
}

/// The person's values of the tags that a leaf names.
fn values_of(leaf: &Expr, bound: &Bound, values: &[String]) -> Vec<(String, String)> {
    let Expr::Leaf(scalar) = leaf else {
        return Vec::new();
    };
    let named: Vec<&Name> = scalar.tags();
    let slots = bound.tags.iter().zip(values);
    let shown = slots.filter(|(slot, _)| named.contains(&&slot.name));
    shown
        .map(|(slot, value)| (slot.name.to_string(), value.clone()))
        .collect()
}
