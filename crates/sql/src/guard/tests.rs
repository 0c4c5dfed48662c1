//! What is refused, with which words; what is allowed.

use super::*;

/// What `sql` is refused with, read on a thread with the stack that planning has.
fn refusal(sql: &str) -> Option<String> {
    crate::test_world::block_on(async {
        let sql = sql.to_string();
        let read = tokio::task::spawn_blocking(move || read_query(&sql).map(|_| ()));
        read.await
            .expect("does not panic")
            .err()
            .map(|e| e.to_string())
    })
}

fn refused_with(sql: &str, part: &str) {
    let reason = refusal(sql).unwrap_or_else(|| panic!("`{sql}` is allowed"));
    assert!(reason.contains(part), "`{sql}`: {reason}");
}

#[test]
fn only_one_query_is_read() {
    refused_with("", "exactly one query");
    refused_with("SELECT 1; SELECT 2", "exactly one query");
    for (sql, word) in [
        ("CREATE TABLE t (a INT)", "CREATE"),
        (
            "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
            "",
        ),
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("UPDATE t SET a = 1", "UPDATE"),
        ("DELETE FROM t", "DELETE"),
        ("DROP TABLE t", "DROP"),
        ("SET a = 1", "SET"),
        ("COPY t TO '/tmp/x'", "COPY"),
        ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN"),
        ("SHOW TABLES", "SHOW"),
        ("PREPARE p AS SELECT 1", "PREPARE"),
    ] {
        refused_with(sql, word);
    }
    refused_with("SELECT a FROM", "cannot be read");
}

#[test]
fn nothing_but_tables_is_read() {
    refused_with("SELECT * FROM '/etc/passwd'", "not files");
    refused_with("SELECT * FROM \"/etc/passwd\"", "not files");
    refused_with("SELECT * FROM \"https://x/y.parquet\"", "not files");
    refused_with("SELECT * FROM information_schema.tables", "single name");
    refused_with(
        "SELECT * FROM generate_series(1, 1000000000)",
        "table function",
    );
    refused_with("SELECT * FROM read_csv('/etc/passwd')", "table function");
    refused_with("SELECT * FROM UNNEST([1, 2])", "not allowed");
    refused_with("SELECT * FROM a, LATERAL (SELECT 1)", "not allowed");
    refused_with("SELECT 1 INTO t", "INTO");
    refused_with("SELECT a FROM t FOR UPDATE", "FOR UPDATE");
    refused_with(
        "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT a FROM r",
        "RECURSIVE",
    );
}

#[test]
fn only_listed_functions_are_called() {
    refused_with(
        "SELECT random()",
        "no function `random` at line 1, column 8",
    );
    refused_with("SELECT uuid()", "no function `uuid`");
    refused_with("SELECT version()", "no function `version`");
    refused_with("SELECT approx_distinct(a) FROM t", "count(DISTINCT x)");
    refused_with(
        "SELECT approx_percentile_cont(a, 0.5) FROM t",
        "row_number()",
    );
    refused_with("SELECT generate_series(1, 9)", "no function");
    refused_with("SELECT repeat('x', 1000000000)", "no function");
    refused_with("SELECT row_number() FROM t", "without OVER");
    refused_with("SELECT lower(a) OVER () FROM t", "no window function");
    refused_with("SELECT first_value(a) FROM t", "without ORDER BY");
    refused_with("SELECT $1", "literal");
    refused_with("SELECT @other", "@as_of");
    refused_with("SELECT ARRAY[1, 2]", "not allowed");
    refused_with("SELECT CAST(a AS BYTEA) FROM t", "the type");
    refused_with("SELECT a & 1 FROM t", "operator");
}

#[test]
fn ordinary_queries_are_read() {
    for sql in [
        "SELECT oneid, count(*) AS value FROM events GROUP BY oneid;",
        "WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT 2 ORDER BY 1 LIMIT 3",
        "SELECT sum(a) FILTER (WHERE b > 0) FROM t WHERE c NOT BETWEEN 1 AND 2",
        "SELECT lag(a) OVER (PARTITION BY oneid ORDER BY ts) FROM t",
        "SELECT last_value(a ORDER BY ts) FROM t WHERE ts > @as_of - INTERVAL '30 days'",
        "SELECT CASE WHEN -a < 0 THEN now() ELSE CAST(b AS TIMESTAMP) END FROM t",
        "SELECT extract(year FROM ts), substring(a FROM 1 FOR 2), trim(a) FROM 订单 AS t",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.oneid = t.oneid)",
        "SELECT current_date, current_timestamp, DATE '2026-01-01'",
    ] {
        assert_eq!(refusal(sql), None, "{sql}");
    }
}

#[test]
fn size_and_nesting_are_bounded() {
    let long_chain = |terms: usize, word: &str| {
        let terms: Vec<String> = (0..terms).map(|n| format!("a = {n}")).collect();
        format!("SELECT a FROM t WHERE {}", terms.join(word))
    };
    refused_with(&long_chain(20_000, " OR "), "words and signs");
    assert_eq!(refusal(&long_chain(2_000, " OR ")), None);
    assert_eq!(refusal(&long_chain(2_000, " AND ")), None);
    let nested = |levels: usize| format!("SELECT {}1{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(refusal(&nested(40)), None);
    refused_with(&nested(65), "nested deeper");
    refused_with(
        &format!("SELECT {} 1", "NOT ".repeat(1_000)),
        "nested deeper",
    );
    refused_with(&format!("SELECT {}1", "- ".repeat(1_000)), "nested deeper");
    refused_with(
        &format!("SELECT 1{}", " + 1".repeat(3_000)),
        "nested deeper",
    );
    refused_with(
        &format!("SELECT 1{}", " UNION SELECT 1".repeat(100)),
        "nested deeper",
    );
    refused_with(&"x".repeat(300 * 1024), "bytes");
    let doubling = (0..40).fold("a".to_string(), |sql, _| format!("({sql} BETWEEN 0 AND 1)"));
    refused_with(&format!("SELECT {doubling} FROM t"), "nested deeper");
}

#[test]
fn chains_are_balanced_and_forms_rewritten() {
    let rewritten = |sql: &str| read_query(sql).expect("allowed").to_string();
    assert_eq!(
        rewritten("SELECT a OR b OR c OR d AND e FROM t"),
        "SELECT a OR b OR c OR d AND e FROM t"
    );
    assert_eq!(
        rewritten("SELECT a NOT BETWEEN 1 AND -b FROM t"),
        "SELECT (NOT (a >= 1 AND a <= (0 - b))) FROM t"
    );
    assert_eq!(
        rewritten("SELECT -1, -1.5 FROM t"),
        "SELECT -1, -1.5 FROM t"
    );
}
