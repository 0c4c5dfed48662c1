//! The one spelling of a tree: what the parser gives back for its text.
//!
//! Chains are flat, `x = a OR x = b` is `x IN (a, b)`, and what no text spells (an empty list, a
//! three-valued connective that is itself a leaf) has become the equal that one does.

use std::collections::BTreeMap;

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
        match self.with_children(Self::normalize) {
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
    fn with_children(mut self, change: fn(Self) -> Self) -> Self {
        self.each_child_mut(&mut |child| {
            let taken = std::mem::replace(child, Self::Now);
            *child = change(taken);
        });
        self
    }

    fn each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Tag(_) | Self::Literal(_) | Self::Now | Self::Today => {}
            Self::Compare { left, right, .. } | Self::Arithmetic { left, right, .. } => {
                visit(left);
                visit(right);
            }
            Self::DaysBetween { from, to } => {
                visit(from);
                visit(to);
            }
            Self::Between {
                value, low, high, ..
            } => {
                visit(value);
                visit(low);
                visit(high);
            }
            Self::In { value, .. }
            | Self::Like { value, .. }
            | Self::IsNull { value, .. }
            | Self::Shift { value, .. }
            | Self::DateTrunc { value, .. }
            | Self::Prefix { value, .. }
            | Self::Contains { value, .. } => visit(value),
            Self::Not(inner) | Self::Lower(inner) => visit(inner),
            Self::And(items) | Self::Or(items) | Self::Coalesce(items) => {
                items.iter_mut().for_each(visit);
            }
            Self::Case {
                branches,
                otherwise,
            } => {
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
                if let Some(value) = otherwise {
                    visit(value);
                }
            }
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
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
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
    let mut numbers: BTreeMap<&Scalar, usize> = BTreeMap::new();
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
