//! From an expression to an answer: bound once, one message to each worker, added up.

mod calls;
mod router;
mod scope;

pub(crate) use self::calls::{
    CollectedRows, CountAnswer, Leavers, Letters, MemberParts, MembersCall, PersonAnswer,
    RunTagsCall, ShardCalls, ShardRead,
};
pub(crate) use self::router::{Question, Router};
pub(crate) use self::scope::CatalogScope;
