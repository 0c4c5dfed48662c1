//! Values and conditions: every node gets its type.

use super::{
    error::BindError,
    family::{Family, common, family},
    fold::{folded, literal},
    set::Binder,
};
use crate::{
    number::{division_scale, product_scale},
    segment::{
        plan::{Node, NodeKind},
        tree::{ArithmeticOp, Literal, Scalar},
    },
    time::local_date,
    value::{Value, ValueType},
};

impl Binder<'_> {
    /// A boolean, or NULL.
    pub(super) fn condition(&mut self, scalar: &Scalar) -> Result<Node, BindError> {
        let node = self.value(scalar, Some(ValueType::Bool))?;
        match family(node.value_type) {
            Family::Bool | Family::Null => Ok(node),
            _ => Err(Self::misfit(
                scalar,
                format!("{} is no condition", node.value_type),
                "compare it with something",
            )),
        }
    }

    /// Any value. `wanted` is the type of what it meets, for text literals.
    pub(super) fn value(
        &mut self,
        scalar: &Scalar,
        wanted: Option<ValueType>,
    ) -> Result<Node, BindError> {
        match scalar {
            Scalar::Tag(name) => {
                let (slot, tag) = self.slot(name)?;
                Ok(Node {
                    value_type: tag.kind.value_type(),
                    kind: NodeKind::Tag(slot),
                })
            }
            Scalar::Literal(constant) => self.literal(constant, wanted, scalar),
            Scalar::Now => {
                let now = Value::Timestamp(self.as_of.0);
                Ok(literal(ValueType::Timestamp, now))
            }
            Scalar::Today => {
                let today = local_date(self.as_of.0, self.zone).map_err(BindError::AsOf)?;
                Ok(literal(ValueType::Date, Value::Date(today)))
            }
            Scalar::And(items) => self.logic(items, NodeKind::And),
            Scalar::Or(items) => self.logic(items, NodeKind::Or),
            Scalar::Not(inner) => {
                let inner = self.condition(inner)?;
                Ok(folded(ValueType::Bool, NodeKind::Not(Box::new(inner))))
            }
            Scalar::Case {
                branches,
                otherwise,
            } => self.case(branches, otherwise.as_deref(), wanted, scalar),
            Scalar::Coalesce(items) => {
                let items: Vec<&Scalar> = items.iter().collect();
                let (items, value_type) = self.unified(&items, wanted, scalar)?;
                Ok(folded(value_type, NodeKind::Coalesce(items)))
            }
            Scalar::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, scalar),
            Scalar::Shift { value, by } => self.shift(value, *by, scalar),
            Scalar::DateTrunc { unit, value } => self.date_trunc(*unit, value, scalar),
            Scalar::DaysBetween { from, to } => self.days_between(from, to, scalar),
            Scalar::Lower(value) => {
                let value = Box::new(self.text_operand(value, scalar)?);
                Ok(folded(ValueType::Text, NodeKind::Lower(value)))
            }
            _ => self
                .predicate(scalar)
                .map(|kind| folded(ValueType::Bool, kind)),
        }
    }

    /// Binds operands that meet each other: text literals take the type that the others have in
    /// common, dates are lifted where a timestamp is among them.
    pub(super) fn unified(
        &mut self,
        operands: &[&Scalar],
        wanted: Option<ValueType>,
        part: &Scalar,
    ) -> Result<(Vec<Node>, ValueType), BindError> {
        let mut bound: Vec<Option<Node>> = Vec::with_capacity(operands.len());
        for operand in operands {
            let typed = !takes_type(operand);
            bound.push(typed.then(|| self.value(operand, None)).transpose()?);
        }
        let met = bound.iter().flatten().map(|node| node.value_type);
        let met = met
            .into_iter()
            .find(|met| *met != ValueType::Null)
            .or(wanted);
        let mut nodes = Vec::with_capacity(operands.len());
        for (operand, node) in operands.iter().zip(bound) {
            nodes.push(match node {
                Some(node) => node,
                None => match operand {
                    Scalar::Literal(constant) => self.literal(constant, met, part)?,
                    other => self.value(other, met)?,
                },
            });
        }
        let mut whole = ValueType::Null;
        for node in &nodes {
            let Some(wider) = common(whole, node.value_type) else {
                let problem = format!("{whole} and {} do not meet", node.value_type);
                return Err(Self::misfit(
                    part,
                    problem,
                    meeting_hint(whole, node.value_type),
                ));
            };
            whole = wider;
        }
        if whole == ValueType::Timestamp {
            nodes = nodes.into_iter().map(|node| self.lifted(node)).collect();
        }
        Ok((nodes, whole))
    }

    fn case(
        &mut self,
        branches: &[(Scalar, Scalar)],
        otherwise: Option<&Scalar>,
        wanted: Option<ValueType>,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let mut conditions = Vec::with_capacity(branches.len());
        for (condition, _) in branches {
            conditions.push(self.condition(condition)?);
        }
        let values: Vec<&Scalar> = branches.iter().map(|(_, v)| v).chain(otherwise).collect();
        let (mut values, value_type) = self.unified(&values, wanted, part)?;
        let otherwise = match otherwise {
            Some(_) => values.pop().map(Box::new),
            None => None,
        };
        let kind = NodeKind::Case {
            branches: conditions.into_iter().zip(values).collect(),
            otherwise,
        };
        Ok(folded(value_type, kind))
    }

    fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Scalar,
        right: &Scalar,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let left = self.number(left, part)?;
        let right = self.number(right, part)?;
        let scale = |node: &Node| match node.value_type {
            ValueType::Decimal(scale) => Some(scale),
            _ => None,
        };
        let value_type = match (op, scale(&left), scale(&right)) {
            (ArithmeticOp::Div, ..) => ValueType::Decimal(division_scale()),
            (_, None, None) => ValueType::Int,
            (ArithmeticOp::Mul, a, b) => {
                let (a, b) = (a.unwrap_or(0), b.unwrap_or(0));
                let too_fine = "the product has more than 38 digits after the point";
                let scale = product_scale(a, b);
                ValueType::Decimal(scale.ok_or_else(|| Self::misfit(part, too_fine, ""))?)
            }
            (_, a, b) => ValueType::Decimal(a.unwrap_or(0).max(b.unwrap_or(0))),
        };
        let kind = NodeKind::Arithmetic {
            op,
            left: Box::new(left),
            right: Box::new(right),
        };
        Ok(folded(value_type, kind))
    }

    fn number(&mut self, scalar: &Scalar, part: &Scalar) -> Result<Node, BindError> {
        let node = self.value(scalar, Some(ValueType::Int))?;
        let hint = match family(node.value_type) {
            Family::Number | Family::Null => return Ok(node),
            Family::Time => "use days_between(from, to), or add an INTERVAL",
            _ => "arithmetic is over numbers",
        };
        let problem = format!("`{scalar}` is {}, not a number", node.value_type);
        Err(Self::misfit(part, problem, hint))
    }
}

/// Whether a value has no type before it meets something: a text literal, or a choice among such.
fn takes_type(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Literal(Literal::Text(_) | Literal::Null) => true,
        Scalar::Coalesce(items) => items.iter().all(takes_type),
        Scalar::Case {
            branches,
            otherwise,
        } => {
            branches.iter().all(|(_, value)| takes_type(value))
                && otherwise.as_deref().is_none_or(takes_type)
        }
        _ => false,
    }
}

fn meeting_hint(left: ValueType, right: ValueType) -> &'static str {
    match (family(left), family(right)) {
        (Family::Bool, _) | (_, Family::Bool) => "a bool meets only a bool: TRUE or FALSE",
        (Family::Number, Family::Text) | (Family::Text, Family::Number) => {
            "text is written in single quotes, numbers without"
        }
        (Family::Time, _) | (_, Family::Time) => {
            "write times as DATE '…', TIMESTAMP '…', now() or today()"
        }
        _ => "tags compare within a family: numbers, times, text",
    }
}
