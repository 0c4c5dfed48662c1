//! Trees that came without text.

use super::{measure::TreeError, print::print, tree::Expr};
use crate::limits::SEGMENT_TEXT_BYTES_MAX;

impl Expr {
    /// What the parser would have given for the tree's text: normal and within the limits, those
    /// of the text included, so that its text can be saved, shown and sent in its place.
    ///
    /// # Errors
    /// [`TreeError`].
    pub fn admitted(self) -> Result<Self, TreeError> {
        self.check()?;
        let normal = self.normalize();
        // A three-valued NOT that is a leaf becomes a comparison: a node more.
        normal.check()?;
        let bytes = print(&normal).len();
        match bytes <= SEGMENT_TEXT_BYTES_MAX {
            true => Ok(normal),
            false => Err(TreeError::Bytes { bytes }),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        limits::SEGMENT_TEXT_BYTES_MAX,
        segment::{Expr, Literal, Scalar, TreeError, parse},
    };

    fn is_text(bytes: usize) -> Expr {
        Expr::Leaf(Scalar::In {
            value: Box::new(Scalar::Now),
            list: vec![Literal::Text("a".repeat(bytes))],
            negated: false,
        })
    }

    #[test]
    fn a_tree_is_admitted_as_its_text_would_be() {
        let flag = || Expr::Leaf(Scalar::Literal(Literal::Bool(true)));
        let tree = Expr::And(vec![Expr::And(vec![flag(), Expr::Nothing])]);
        assert_eq!(
            tree.admitted(),
            Ok(parse("TRUE AND FALSE").expect("parses"))
        );
    }

    #[test]
    fn the_limit_of_the_text_holds_for_trees() {
        let around = "now() IN ('')".len();
        let fits = is_text(SEGMENT_TEXT_BYTES_MAX - around);
        assert_eq!(fits.clone().admitted(), Ok(fits));
        let bytes = SEGMENT_TEXT_BYTES_MAX + 1;
        let over = is_text(bytes - around);
        assert_eq!(over.admitted(), Err(TreeError::Bytes { bytes }));
    }

    #[test]
    fn nodes_that_come_with_the_normal_form_count() {
        let not = Expr::Leaf(Scalar::Not(Box::new(Scalar::Now)));
        let tree = Expr::And(vec![not; 4_000]);
        assert_eq!(tree.check().expect("within the limits").nodes, 8_001);
        let nodes = 12_001;
        assert_eq!(tree.admitted(), Err(TreeError::Nodes { nodes }));
    }
}
