//! The one spelling of a tree: what the parser gives back for its text.
//!
//! Chains are flat, `x = a OR x = b` is `x IN (a, b)`, and what no text spells (an empty list, a
//! three-valued connective that is itself a leaf) has become the equal that one does.

use std::collections::HashMap;

use super::tree::{CompareOp, Expr, Literal, Scalar};

impl Expr {
    /// [`Self::normalize`] of a copy.
    pub fn normalized(&self) -> Self {
        self.clone().normalize()
    }

    /// The normal form: the same set for every person, and a fixed point of this function.
    pub fn normalize(self) -> Self {
        match self {
            Self::All | Self::Nothing | Self::Segment(_) => self,
            Self::Not(inner) => Self::Not(Box::new(inner.normalize())),
            Self::And(items) => {
                let flat = flattened(items.into_iter().map(Self::normalize), |item| match item {
                    Self::And(inner) => Ok(inner),
                    other => Err(other),
                });
                single(flat, Self::All, Self::And)
            }
            Self::Or(items) => {
                let flat = flattened(items.into_iter().map(Self::normalize), |item| match item {
                    Self::Or(inner) => Ok(inner),
                    other => Err(other),
                });
                let folded = fold_equals(flat, as_leaf, Self::Leaf);
                single(folded, Self::Nothing, Self::Or)
            }
            Self::Leaf(scalar) => leaf(scalar.normalize()),
        }
    }
}

fn as_leaf(expr: &Expr) -> Option<&Scalar> {
    match expr {
        Expr::Leaf(scalar) => Some(scalar),
        _ => None,
    }
}

fn is_null(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Literal(Literal::Null))
}

/// A normal scalar as a set. TRUE of all is the intersection, TRUE of any the union.
fn leaf(scalar: Scalar) -> Expr {
    match scalar {
        Scalar::Literal(Literal::Bool(true)) => Expr::All,
        Scalar::Literal(Literal::Bool(false)) => Expr::Nothing,
        Scalar::And(items) => {
            let leaves = items.into_iter().map(leaf).collect();
            Expr::And(leaves).normalize()
        }
        Scalar::Or(items) => {
            let leaves = items.into_iter().map(leaf).collect();
            Expr::Or(leaves).normalize()
        }
        // NOT x is TRUE where x is FALSE, which is less than the complement of x.
        Scalar::Not(inner) if is_null(&inner) => Expr::Leaf(*inner),
        Scalar::Not(inner) => Expr::Leaf(Scalar::Compare {
            op: CompareOp::Eq,
            left: inner,
            right: Box::new(Scalar::Literal(Literal::Bool(false))),
        }),
        other => Expr::Leaf(other),
    }
}

impl Scalar {
    /// The normal form: the same value for every person.
    pub fn normalize(self) -> Self {
        match self.with_children(&mut Self::normalize) {
            Self::And(items) => {
                let flat = flattened(items.into_iter(), |item| match item {
                    Self::And(inner) => Ok(inner),
                    other => Err(other),
                });
                single(flat, Self::Literal(Literal::Bool(true)), Self::And)
            }
            Self::Or(items) => {
                let flat = flattened(items.into_iter(), |item| match item {
                    Self::Or(inner) => Ok(inner),
                    other => Err(other),
                });
                let folded = fold_equals(flat, |scalar| Some(scalar), |scalar| scalar);
                single(folded, Self::Literal(Literal::Bool(false)), Self::Or)
            }
            Self::In { list, negated, .. } if list.is_empty() => {
                Self::Literal(Literal::Bool(negated))
            }
            Self::Compare { left, right, .. } if is_null(&left) || is_null(&right) => {
                Self::Literal(Literal::Null)
            }
            Self::Case {
                branches,
                otherwise,
            } if branches.is_empty() => {
                otherwise.map_or(Self::Literal(Literal::Null), |value| *value)
            }
            Self::Coalesce(items) if items.is_empty() => Self::Literal(Literal::Null),
            other => other,
        }
    }

    /// The same operation over changed operands.
    fn with_children(self, change: &mut dyn FnMut(Self) -> Self) -> Self {
        let mut boxed = |inner: Box<Self>| Box::new(change(*inner));
        match self {
            Self::Tag(_) | Self::Literal(_) | Self::Now | Self::Today => self,
            Self::Compare { op, left, right } => Self::Compare {
                op,
                left: boxed(left),
                right: boxed(right),
            },
            Self::Arithmetic { op, left, right } => Self::Arithmetic {
                op,
                left: boxed(left),
                right: boxed(right),
            },
            Self::In {
                value,
                list,
                negated,
            } => Self::In {
                value: boxed(value),
                list,
                negated,
            },
            Self::Between {
                value,
                low,
                high,
                negated,
            } => Self::Between {
                value: boxed(value),
                low: boxed(low),
                high: boxed(high),
                negated,
            },
            Self::Like {
                value,
                pattern,
                negated,
            } => Self::Like {
                value: boxed(value),
                pattern,
                negated,
            },
            Self::IsNull { value, negated } => Self::IsNull {
                value: boxed(value),
                negated,
            },
            Self::Not(inner) => Self::Not(boxed(inner)),
            Self::Lower(inner) => Self::Lower(boxed(inner)),
            Self::Shift { value, by } => Self::Shift {
                value: boxed(value),
                by,
            },
            Self::DateTrunc { unit, value } => Self::DateTrunc {
                unit,
                value: boxed(value),
            },
            Self::DaysBetween { from, to } => Self::DaysBetween {
                from: boxed(from),
                to: boxed(to),
            },
            Self::Prefix { value, start } => Self::Prefix {
                value: boxed(value),
                start,
            },
            Self::Contains { value, part } => Self::Contains {
                value: boxed(value),
                part,
            },
            Self::And(items) => Self::And(items.into_iter().map(change).collect()),
            Self::Or(items) => Self::Or(items.into_iter().map(change).collect()),
            Self::Coalesce(items) => Self::Coalesce(items.into_iter().map(change).collect()),
            Self::Case {
                branches,
                otherwise,
            } => Self::Case {
                branches: branches
                    .into_iter()
                    .map(|(condition, value)| (change(condition), change(value)))
                    .collect(),
                otherwise: otherwise.map(|value| Box::new(change(*value))),
            },
        }
    }
}

/// Puts the items of inner chains in their place.
fn flattened<T>(items: impl Iterator<Item = T>, open: fn(T) -> Result<Vec<T>, T>) -> Vec<T> {
    let mut flat = Vec::new();
    for item in items {
        match open(item) {
            Ok(inner) => flat.extend(inner),
            Err(item) => flat.push(item),
        }
    }
    flat
}

fn single<T>(mut items: Vec<T>, empty: T, chain: fn(Vec<T>) -> T) -> T {
    match items.len() {
        0 => empty,
        1 => items.pop().unwrap_or(empty),
        _ => chain(items),
    }
}

/// Tests of one value against literals, two or more of them, become one IN at the first's place.
fn fold_equals<T>(
    items: Vec<T>,
    scalar_of: fn(&T) -> Option<&Scalar>,
    item_of: fn(Scalar) -> T,
) -> Vec<T> {
    let groups = equal_groups(&items, scalar_of);
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut result: Vec<T> = Vec::with_capacity(items.len());
    let mut lists: Vec<(usize, Scalar, Vec<Literal>)> = Vec::new();
    for (item, group) in items.into_iter().zip(groups) {
        let Some(group) = group else {
            result.push(item);
            continue;
        };
        let Some((value, literals)) = scalar_of(&item).and_then(|s| tested(s.clone())) else {
            continue;
        };
        match places.get(&group) {
            Some(place) => lists[*place].2.extend(literals),
            None => {
                places.insert(group, lists.len());
                lists.push((result.len(), value, literals));
                result.push(item);
            }
        }
    }
    for (place, value, list) in lists {
        result[place] = item_of(Scalar::In {
            value: Box::new(value),
            list,
            negated: false,
        });
    }
    result
}

/// For each item the number of its group; `None` for items that fold with nothing.
fn equal_groups<T>(items: &[T], scalar_of: fn(&T) -> Option<&Scalar>) -> Vec<Option<usize>> {
    let mut numbers: HashMap<&Scalar, usize> = HashMap::new();
    let mut sizes: Vec<usize> = Vec::new();
    let mut groups = Vec::with_capacity(items.len());
    for item in items {
        let group = scalar_of(item).and_then(tested_value).map(|value| {
            let number = *numbers.entry(value).or_insert(sizes.len());
            if number == sizes.len() {
                sizes.push(0);
            }
            sizes[number] += 1;
            number
        });
        groups.push(group);
    }
    for group in &mut groups {
        *group = group.filter(|number| sizes[*number] > 1);
    }
    groups
}

/// The left side of `x = literal` and `x IN (…)`.
fn tested_value(scalar: &Scalar) -> Option<&Scalar> {
    match scalar {
        Scalar::Compare {
            op: CompareOp::Eq,
            left,
            right,
        } => match &**right {
            Scalar::Literal(Literal::Null) => None,
            Scalar::Literal(_) => Some(left),
            _ => None,
        },
        Scalar::In {
            value,
            negated: false,
            ..
        } => Some(value),
        _ => None,
    }
}

fn tested(scalar: Scalar) -> Option<(Scalar, Vec<Literal>)> {
    match scalar {
        Scalar::Compare { left, right, .. } => match *right {
            Scalar::Literal(literal) => Some((*left, vec![literal])),
            _ => None,
        },
        Scalar::In { value, list, .. } => Some((*value, list)),
        _ => None,
    }
}
