//! Dates and timestamps: steps, units, days between, and the lift from one to the other.

use super::{
    error::BindError,
    family::{Family, family},
    fold::folded,
    set::Binder,
};
use crate::{
    segment::{
        plan::{Node, NodeKind},
        tree::{DateUnit, Interval, Literal, Scalar},
    },
    value::ValueType,
};

impl Binder<'_> {
    /// A date as its local midnight; anything else as it is.
    pub(super) fn lifted(&self, node: Node) -> Node {
        if node.value_type != ValueType::Date {
            return node;
        }
        let kind = NodeKind::LocalMidnight {
            value: Box::new(node),
            zone: self.zone.name().to_owned(),
        };
        folded(ValueType::Timestamp, kind)
    }

    /// A value that must be a date or a timestamp.
    fn time(&mut self, scalar: &Scalar, part: &Scalar) -> Result<Node, BindError> {
        let node = match scalar {
            Scalar::Literal(Literal::Text(text)) => self.moment(text, part)?,
            other => self.value(other, Some(ValueType::Timestamp))?,
        };
        match family(node.value_type) {
            Family::Time | Family::Null => Ok(node),
            _ => {
                let problem = format!("`{scalar}` is {}, not a time", node.value_type);
                Err(Self::misfit(part, problem, "dates and timestamps only"))
            }
        }
    }

    pub(super) fn shift(
        &mut self,
        value: &Scalar,
        by: Interval,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let mut value = self.time(value, part)?;
        if by.micros != 0 {
            value = self.lifted(value);
        }
        let value_type = timely(value.value_type);
        let kind = NodeKind::Shift {
            value: Box::new(value),
            by,
            zone: self.zone.name().to_owned(),
        };
        Ok(folded(value_type, kind))
    }

    pub(super) fn date_trunc(
        &mut self,
        unit: DateUnit,
        value: &Scalar,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let value = self.time(value, part)?;
        let value_type = timely(value.value_type);
        let kind = NodeKind::DateTrunc {
            unit,
            value: Box::new(value),
            zone: self.zone.name().to_owned(),
        };
        Ok(folded(value_type, kind))
    }

    pub(super) fn days_between(
        &mut self,
        from: &Scalar,
        to: &Scalar,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let kind = NodeKind::DaysBetween {
            from: Box::new(self.time(from, part)?),
            to: Box::new(self.time(to, part)?),
            zone: self.zone.name().to_owned(),
        };
        Ok(folded(ValueType::Int, kind))
    }
}

/// A step from NULL is a NULL timestamp.
fn timely(value_type: ValueType) -> ValueType {
    match value_type {
        ValueType::Null => ValueType::Timestamp,
        other => other,
    }
}
