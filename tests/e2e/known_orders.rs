//! Orders of people who are known by several types of identifiers, for tests about who is who.

use std::fmt::Write;

/// How many orders a person has, and their sum.
pub(crate) const TAGS: &str = "
tag: orders
kind: int
level: base
sql: SELECT oneid, count(*) AS value FROM orders GROUP BY oneid
---
tag: total
kind: int
level: base
sql: SELECT oneid, sum(amount) AS value FROM orders GROUP BY oneid
";

/// The table `orders` with an amount, and its identifier types: (name, further lines), the
/// strongest first, each in a column of its name.
pub(crate) fn tables(types: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (priority, (name, more)) in (1..).zip(types) {
        let _ = write!(
            text,
            "identifier: {name}\nnormalize: none\npriority: {priority}\n{more}---\n"
        );
    }
    let columns = types.iter().map(|(name, _)| format!("{name}: {name}"));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let _ = write!(
        text,
        "table: orders\nkind: events\nidentifiers: {{{columns}}}\ncolumns: {{amount: int}}\n"
    );
    text
}
