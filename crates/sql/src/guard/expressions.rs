//! Which expressions are allowed.

use sqlparser::ast::{
    BinaryOperator, CastKind, CeilFloorKind, DataType, DateTimeField, Expr, Ident, UnaryOperator,
    Value,
};

use super::error::{Error, place_of, refused};
use super::functions;

/// One expression; its parts are visited on their own.
pub(super) fn check(expr: &Expr) -> Result<(), Error> {
    match expr {
        Expr::Identifier(name) => check_identifier(name),
        Expr::Function(function) => functions::check(function),
        Expr::Value(value) => check_value(&value.value, expr),
        Expr::BinaryOp { op, .. } => check_operator(op, expr),
        Expr::UnaryOp { op, .. } => match op {
            UnaryOperator::Not | UnaryOperator::Minus | UnaryOperator::Plus => Ok(()),
            other => Err(refused(
                format!("the operator `{other}`"),
                place_of(expr),
                "use a function",
            )),
        },
        Expr::Cast {
            kind: CastKind::Cast | CastKind::TryCast | CastKind::DoubleColon,
            data_type,
            array: false,
            format: None,
            ..
        } => check_type(data_type, expr),
        Expr::TypedString(typed) => check_type(&typed.data_type, expr),
        Expr::Like { any: false, .. }
        | Expr::ILike { any: false, .. }
        | Expr::CompoundIdentifier(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotUnknown(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::Extract { .. }
        | Expr::Ceil {
            field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
            ..
        }
        | Expr::Floor {
            field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
            ..
        }
        | Expr::Position { .. }
        | Expr::Substring { .. }
        | Expr::Trim { .. }
        | Expr::Nested(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::Interval(_)
        | Expr::Wildcard(_)
        | Expr::QualifiedWildcard(..) => Ok(()),
        other => Err(refused(
            format!("`{}`", shown(other)),
            place_of(other),
            "write it with comparisons, arithmetic, CASE and the listed functions",
        )),
    }
}

/// The beginning of an expression's text.
fn shown(expr: &Expr) -> String {
    const CHARS: usize = 60;
    let text = expr.to_string();
    let mut shown: String = text.chars().take(CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn check_identifier(name: &Ident) -> Result<(), Error> {
    if name.value.starts_with('@') && !name.value.eq_ignore_ascii_case("@as_of") {
        return Err(refused(
            format!("the variable `{}`", name.value),
            name.span,
            "the one variable is @as_of",
        ));
    }
    Ok(())
}

fn check_value(value: &Value, expr: &Expr) -> Result<(), Error> {
    match value {
        Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => {
            Ok(())
        }
        other => Err(refused(
            format!("the literal `{other}`"),
            place_of(expr),
            "write numbers, texts in single quotes, TRUE, FALSE or NULL",
        )),
    }
}

fn check_operator(op: &BinaryOperator, expr: &Expr) -> Result<(), Error> {
    match op {
        BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo
        | BinaryOperator::StringConcat
        | BinaryOperator::Gt
        | BinaryOperator::Lt
        | BinaryOperator::GtEq
        | BinaryOperator::LtEq
        | BinaryOperator::Eq
        | BinaryOperator::NotEq
        | BinaryOperator::And
        | BinaryOperator::Or => Ok(()),
        other => Err(refused(
            format!("the operator `{other}`"),
            place_of(expr),
            "use a function",
        )),
    }
}

fn check_type(data_type: &DataType, expr: &Expr) -> Result<(), Error> {
    match data_type {
        DataType::Bool
        | DataType::Boolean
        | DataType::Int(_)
        | DataType::Integer(_)
        | DataType::SmallInt(_)
        | DataType::BigInt(_)
        | DataType::Decimal(_)
        | DataType::Dec(_)
        | DataType::Numeric(_)
        | DataType::Double(_)
        | DataType::DoublePrecision
        | DataType::Float(_)
        | DataType::Real
        | DataType::Varchar(None)
        | DataType::Text
        | DataType::String(None)
        | DataType::Date
        | DataType::Timestamp(..)
        | DataType::Datetime(None) => Ok(()),
        other => Err(refused(
            format!("the type `{other}`"),
            place_of(expr),
            "use BOOLEAN, BIGINT, DECIMAL(p, s), DOUBLE, TEXT, DATE or TIMESTAMP",
        )),
    }
}
