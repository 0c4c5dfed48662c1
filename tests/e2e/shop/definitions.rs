//! The definitions of the shop, as somebody would keep them in a repository.

/// Identifier types and the table.
pub(super) const TABLES: &str = "
identifier: email
normalize: lower
priority: 1
---
identifier: phone
normalize: none
priority: 2
---
table: orders
kind: events
time: paid_at
identifiers: {email: email, phone: phone}
columns: {paid_at: timestamp, amount: 'decimal(12,2)', city: text}
";

/// Tags and segments.
pub(super) const TAGS: &str = "
tag: frequency
kind: int
level: derived
sql: SELECT oneid, count(*) AS value FROM orders GROUP BY oneid
---
tag: total
kind: decimal(18,2)
level: derived
sql: SELECT oneid, sum(amount) AS value FROM orders GROUP BY oneid
---
tag: regular
kind: bool
level: business
sql: SELECT oneid, count(*) >= 5 AS value FROM orders GROUP BY oneid
---
tag: city
kind: category
level: derived
sql: SELECT oneid, max(city) AS value FROM orders GROUP BY oneid
---
segment: big
expr: total >= 1000
---
segment: big_regular
expr: segment('big') AND regular
";
