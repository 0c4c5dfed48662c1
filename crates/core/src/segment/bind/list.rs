//! IN: the list takes the type of the value.

use super::{
    error::BindError,
    family::{Family, common, family},
    fold::folded,
    literal::unreadable,
    set::Binder,
};
use crate::{
    number::Decimal,
    segment::{
        plan::{Node, NodeKind},
        tree::{Literal, Scalar},
    },
    time::local_midnight,
    value::{Value, ValueType},
};

impl Binder<'_> {
    /// `value [NOT] IN (list)`; `part` is the whole.
    pub(super) fn in_list(
        &mut self,
        value: &Scalar,
        list: &[Literal],
        negated: bool,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let mut value = self.value(value, None)?;
        let wanted = self.list_type(value.value_type, list, part)?;
        let mut items = Vec::with_capacity(list.len());
        for item in list {
            if let NodeKind::Literal(item) = self.literal(item, Some(wanted), part)?.kind {
                items.push(item);
            }
        }
        if wanted == ValueType::Timestamp {
            value = self.lifted(value);
            for item in &mut items {
                self.lift_constant(item, part)?;
            }
        }
        if family(value.value_type) == Family::Number {
            items = numbers(items, value.value_type);
        }
        items.sort();
        items.dedup();
        let kind = NodeKind::In {
            value: Box::new(value),
            list: items,
            negated,
        };
        Ok(folded(ValueType::Bool, kind))
    }

    /// The type that the value and all of the list but its texts have in common.
    fn list_type(
        &self,
        value_type: ValueType,
        list: &[Literal],
        part: &Scalar,
    ) -> Result<ValueType, BindError> {
        let mut wanted = value_type;
        for item in list.iter().filter(|item| !matches!(item, Literal::Text(_))) {
            let next = self.literal(item, None, part)?.value_type;
            wanted = common(wanted, next).ok_or_else(|| {
                let problem = format!("{wanted} and {next} do not compare");
                Self::misfit(part, problem, "a list has the type of its value")
            })?;
        }
        Ok(wanted)
    }

    fn lift_constant(&self, item: &mut Value, part: &Scalar) -> Result<(), BindError> {
        if let Value::Date(days) = item {
            let midnight = local_midnight(*days, self.zone);
            *item = Value::Timestamp(midnight.map_err(|source| unreadable(part, source))?);
        }
        Ok(())
    }
}

/// The numbers in the value's own type. One that the type cannot hold equals no value of it and is
/// left out, unless the list would be empty.
fn numbers(items: Vec<Value>, value_type: ValueType) -> Vec<Value> {
    let typed: Vec<Value> = items
        .iter()
        .filter_map(|item| number(item, value_type))
        .collect();
    if typed.is_empty() { items } else { typed }
}

fn number(item: &Value, value_type: ValueType) -> Option<Value> {
    let number = match item {
        Value::Int(unscaled) => Decimal::new(*unscaled, 0).ok()?,
        Value::Decimal { unscaled, scale } => Decimal::new(*unscaled, *scale).ok()?,
        other => return Some(other.clone()),
    };
    match value_type {
        ValueType::Decimal(scale) => {
            let unscaled = number.rescale_exact(scale)?.unscaled();
            Some(Value::Decimal { unscaled, scale })
        }
        _ => Some(Value::Int(number.rescale_exact(0)?.unscaled())),
    }
}
