//! `Cell`: one value of a row.

/// A value; its kind is that of its column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    Int(i64),
    /// 1/100 yuan.
    Money(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Local seconds.
    Time(i64),
}

impl<'a> Cell<'a> {
    /// No text is no value.
    pub(crate) fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Null
        } else {
            Self::Text(text)
        }
    }

    /// Nothing is no value.
    pub(crate) fn money(cents: i64) -> Self {
        if cents == 0 {
            Self::Null
        } else {
            Self::Money(cents)
        }
    }
}
