//! What `+ - * / %` and comparisons mean.
//!
//! Owns the choice by operand types: exact arithmetic, calendar steps, comparisons within a
//! family. Text literals are read as the type that they meet, columns are never cast, and what
//! would be an accident of coercion is refused here, at planning.

use arrow::datatypes::DataType;
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable};
use sqlparser::ast::BinaryOperator;
use tagma_core::time::{TimestampText, Zone, local_to_utc, parse_date, parse_timestamp};

use super::functions::{Op, arithmetic, midnight, shift};

/// Plans operators in `zone`'s calendar.
#[derive(Debug)]
pub(super) struct Operators {
    pub(super) zone: Zone,
}

/// Types that compare with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Number,
    Float,
    Text,
    Bool,
    Date,
    Instant,
    Interval,
    Null,
    Other,
}

/// The family of a type.
pub(crate) fn family(data_type: &DataType) -> Family {
    match data_type {
        t if t.is_integer() => Family::Number,
        DataType::Decimal128(..) | DataType::Decimal256(..) => Family::Number,
        t if t.is_floating() => Family::Float,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Family::Text,
        DataType::Dictionary(_, values) => family(values),
        DataType::Boolean => Family::Bool,
        DataType::Date32 => Family::Date,
        DataType::Timestamp(..) => Family::Instant,
        DataType::Interval(_) => Family::Interval,
        DataType::Null => Family::Null,
        _ => Family::Other,
    }
}

type Planned = Result<PlannerResult<RawBinaryExpr>>;

impl ExprPlanner for Operators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Planned {
        let left = family(&expr.left.get_type(schema)?);
        let right = family(&expr.right.get_type(schema)?);
        match expr.op {
            BinaryOperator::Plus => self.arithmetic(Op::Add, expr, left, right),
            BinaryOperator::Minus => self.arithmetic(Op::Subtract, expr, left, right),
            BinaryOperator::Multiply => self.arithmetic(Op::Multiply, expr, left, right),
            BinaryOperator::Divide => self.arithmetic(Op::Divide, expr, left, right),
            BinaryOperator::Modulo => self.arithmetic(Op::Modulo, expr, left, right),
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq => self.comparison(expr, left, right),
            BinaryOperator::And | BinaryOperator::Or | BinaryOperator::StringConcat => {
                Ok(PlannerResult::Original(expr))
            }
            ref other => plan_error(format!("there is no operator `{other}` here")),
        }
    }
}

impl Operators {
    fn arithmetic(&self, op: Op, expr: RawBinaryExpr, left: Family, right: Family) -> Planned {
        use Family::{Date, Float, Instant, Interval, Null, Number};
        let RawBinaryExpr {
            left: l, right: r, ..
        } = &expr;
        match (left, op, right) {
            (Number | Null, _, Number) | (Number, _, Null) => planned(arithmetic(op, expr)),
            (Number | Float | Null, Op::Divide, Number | Float | Null) => {
                planned(arithmetic(op, expr))
            }
            (Number | Float | Null, _, Number | Float | Null) => Ok(PlannerResult::Original(expr)),
            (Date | Instant, Op::Add, Interval) => {
                planned(shift(self.zone, false, expr.left, expr.right))
            }
            (Interval, Op::Add, Date | Instant) => {
                planned(shift(self.zone, false, expr.right, expr.left))
            }
            (Date | Instant, Op::Subtract, Interval) => {
                planned(shift(self.zone, true, expr.left, expr.right))
            }
            (Interval, Op::Add | Op::Subtract, Interval) => Ok(PlannerResult::Original(expr)),
            (Date | Instant, Op::Subtract, Date | Instant) => plan_error(format!(
                "dates and timestamps are not subtracted: write days_between({r}, {l})"
            )),
            (Date | Instant, _, _) | (_, _, Date | Instant) => plan_error(format!(
                "`{l} {op} {r}`: a date or timestamp takes `+` and `-` with an INTERVAL only"
            )),
            _ => plan_error(format!("`{l} {op} {r}`: arithmetic takes numbers")),
        }
    }

    fn comparison(&self, mut expr: RawBinaryExpr, left: Family, right: Family) -> Planned {
        use Family::{Date, Float, Instant, Null, Number, Other};
        match (left, right) {
            (Null | Other, _) | (_, Null | Other) => Ok(PlannerResult::Original(expr)),
            (Number | Float, Number | Float) => Ok(PlannerResult::Original(expr)),
            (a, b) if a == b => Ok(PlannerResult::Original(expr)),
            (Date, Instant) => {
                expr.left = midnight(self.zone, expr.left);
                Ok(PlannerResult::Original(expr))
            }
            (Instant, Date) => {
                expr.right = midnight(self.zone, expr.right);
                Ok(PlannerResult::Original(expr))
            }
            _ => {
                if let Some(text) = literal_text(&expr.left) {
                    expr.left = self.typed(text, right)?;
                } else if let Some(text) = literal_text(&expr.right) {
                    expr.right = self.typed(text, left)?;
                } else {
                    return plan_error(format!(
                        "`{}` ({left}) is not compared with `{}` ({right}): CAST one of them",
                        expr.left, expr.right
                    ));
                }
                Ok(PlannerResult::Original(expr))
            }
        }
    }

    /// The literal `text` as a value of `family`.
    fn typed(&self, text: &str, family: Family) -> Result<Expr> {
        let invalid = |reason: String| DataFusionError::Plan(reason);
        let value = match family {
            Family::Date => {
                let day = parse_date(text).map_err(|e| invalid(e.to_string()))?;
                ScalarValue::Date32(Some(day))
            }
            Family::Instant => {
                let instant = match parse_timestamp(text).map_err(|e| invalid(e.to_string()))? {
                    TimestampText::Instant(instant) => instant,
                    TimestampText::Local(local) => {
                        local_to_utc(local, self.zone).map_err(|e| invalid(e.to_string()))?
                    }
                };
                ScalarValue::TimestampMicrosecond(Some(instant), Some(self.zone.name().into()))
            }
            Family::Bool if text.eq_ignore_ascii_case("true") => ScalarValue::from(true),
            Family::Bool if text.eq_ignore_ascii_case("false") => ScalarValue::from(false),
            Family::Number | Family::Float if text.parse::<i64>().is_ok() => {
                ScalarValue::Int64(text.parse().ok())
            }
            _ => {
                return Err(invalid(format!(
                    "the text '{text}' is not compared with a {family}"
                )));
            }
        };
        Ok(Expr::Literal(value, None))
    }
}

fn planned(expr: Result<Expr>) -> Planned {
    expr.map(PlannerResult::Planned)
}

fn plan_error<T>(reason: String) -> Result<T> {
    Err(DataFusionError::Plan(reason))
}

fn literal_text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten(),
        _ => None,
    }
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Number | Self::Float => "number",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Instant => "timestamp",
            Self::Interval => "interval",
            Self::Null => "null",
            Self::Other => "value of another type",
        })
    }
}
