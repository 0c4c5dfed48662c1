//! Text or tree, as requests give it.

use tagma_core::{ErrorKind, segment::Expr};
use tagma_proto::{
    convert::segment::expr_from_wire,
    pb::{
        catalog::v1::segment_document,
        segment::v1::{
            Expression, contains_request, count_request, explain_request, members_request,
        },
    },
};
use tonic::Status;

use super::convert::{invalid, status};
use crate::{error::Error, service::Written};

/// The expression that a request must have.
#[allow(clippy::result_large_err, reason = "tonic's own error type")]
pub(super) fn written<G: Given>(given: Option<G>) -> Result<Written, Status> {
    match given.map(Given::parts) {
        Some(Parts::Text(text)) => Ok(Written::Text(text)),
        Some(Parts::Tree(tree)) => Ok(Written::Tree(tree_from(tree)?)),
        None => Err(invalid("there is no expression: set `expr` or `tree`")),
    }
}

/// The tree of a message; its limits as a text are checked where it is read.
#[allow(clippy::result_large_err, reason = "tonic's own error type")]
pub(super) fn tree_from(tree: Expression) -> Result<Expr, Status> {
    expr_from_wire(tree).map_err(|error| status(Error::wrap(ErrorKind::Invalid, &error)))
}

/// What the `oneof` of a request holds.
pub(super) enum Parts {
    Text(String),
    Tree(Expression),
}

/// A request's own `oneof`.
pub(super) trait Given {
    fn parts(self) -> Parts;
}

macro_rules! given {
    ($($request:ident),*) => {$(
        impl Given for $request::Expression {
            fn parts(self) -> Parts {
                match self {
                    Self::Expr(text) => Parts::Text(text),
                    Self::Tree(tree) => Parts::Tree(tree),
                }
            }
        }
    )*};
}

given!(
    contains_request,
    count_request,
    explain_request,
    members_request,
    segment_document
);
