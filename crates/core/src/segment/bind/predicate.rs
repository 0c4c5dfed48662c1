//! Operations that answer a bool: comparisons, lists, patterns, three-valued logic.

use super::{
    error::BindError,
    family::{Family, family, is_category},
    fold::folded,
    set::Binder,
};
use crate::{
    segment::{
        plan::{Node, NodeKind},
        tree::{CompareOp, Literal, Scalar},
    },
    value::ValueType,
};

impl Binder<'_> {
    /// Operations that answer a bool.
    pub(super) fn predicate(&mut self, scalar: &Scalar) -> Result<NodeKind, BindError> {
        match scalar {
            Scalar::Compare { op, left, right } => self.compare(*op, left, right, scalar),
            Scalar::In {
                value,
                list,
                negated,
            } => Ok(self.in_list(value, list, *negated, scalar)?.kind),
            Scalar::Between {
                value,
                low,
                high,
                negated,
            } => {
                let nodes = self.ordered(&[value, low, high], scalar)?;
                let [value, low, high] = nodes.map(Box::new);
                Ok(NodeKind::Between {
                    value,
                    low,
                    high,
                    negated: *negated,
                })
            }
            Scalar::Like {
                value,
                pattern,
                negated,
            } => Ok(NodeKind::Like {
                value: Box::new(self.text_operand(value, scalar)?),
                pattern: pattern.clone(),
                negated: *negated,
            }),
            Scalar::IsNull { value, negated } => Ok(NodeKind::IsNull {
                value: Box::new(self.value(value, None)?),
                negated: *negated,
            }),
            Scalar::Prefix { value, start } => Ok(NodeKind::Prefix {
                value: Box::new(self.text_operand(value, scalar)?),
                start: start.clone(),
            }),
            Scalar::Contains { value, part } => Ok(NodeKind::Contains {
                value: Box::new(self.text_operand(value, scalar)?),
                part: part.clone(),
            }),
            _ => Err(Self::misfit(scalar, "this is no condition", "")),
        }
    }

    pub(super) fn logic(
        &mut self,
        items: &[Scalar],
        chain: fn(Vec<Node>) -> NodeKind,
    ) -> Result<Node, BindError> {
        let items: Result<Vec<Node>, BindError> =
            items.iter().map(|item| self.condition(item)).collect();
        Ok(folded(ValueType::Bool, chain(items?)))
    }

    fn compare(
        &mut self,
        op: CompareOp,
        left: &Scalar,
        right: &Scalar,
        part: &Scalar,
    ) -> Result<NodeKind, BindError> {
        let null = |side: &Scalar| matches!(side, Scalar::Literal(Literal::Null));
        if null(left) || null(right) {
            let problem = "a comparison with NULL is never true";
            return Err(Self::misfit(part, problem, "write IS NULL or IS NOT NULL"));
        }
        let [left, right] = match op {
            CompareOp::Eq | CompareOp::NotEq => {
                let (nodes, _) = self.unified(&[left, right], None, part)?;
                Self::exactly(nodes, part)?
            }
            _ => self.ordered(&[left, right], part)?,
        };
        Ok(NodeKind::Compare {
            op,
            left: Box::new(left),
            right: Box::new(right),
        })
    }

    /// Operands of one family that has an order.
    fn ordered<const N: usize>(
        &mut self,
        operands: &[&Scalar; N],
        part: &Scalar,
    ) -> Result<[Node; N], BindError> {
        let (nodes, value_type) = self.unified(operands, None, part)?;
        if family(value_type) == Family::Bool {
            return Err(Self::misfit(part, "a bool has no order", "use `=` or `<>`"));
        }
        if nodes.iter().any(|node| is_category(node, self.tags())) {
            return Err(Self::misfit(
                part,
                "values of a category have no order",
                "use `=`, IN, LIKE, prefix() or contains()",
            ));
        }
        Self::exactly(nodes, part)
    }

    fn exactly<const N: usize>(nodes: Vec<Node>, part: &Scalar) -> Result<[Node; N], BindError> {
        let misfit = |_| Self::misfit(part, "wrong number of operands", "");
        nodes.try_into().map_err(misfit)
    }

    pub(super) fn text_operand(
        &mut self,
        scalar: &Scalar,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let node = self.value(scalar, Some(ValueType::Text))?;
        match family(node.value_type) {
            Family::Text | Family::Null => Ok(node),
            _ => {
                let problem = format!("`{scalar}` is {}, not text", node.value_type);
                Err(Self::misfit(part, problem, "text and categories only"))
            }
        }
    }
}
