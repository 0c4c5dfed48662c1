//! Text or tree: the `oneof` that every question about people has.

use crate::pb::{
    catalog::v1::segment_document,
    segment::v1::{Expression, contains_request, count_request, explain_request, members_request},
};

macro_rules! given {
    ($($request:ident),*) => {$(
        impl From<String> for $request::Expression {
            fn from(text: String) -> Self {
                Self::Expr(text)
            }
        }

        impl From<Expression> for $request::Expression {
            fn from(tree: Expression) -> Self {
                Self::Tree(tree)
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
