//! Which queries are person-local.

use tagma_core::schema::TableKind;

use crate::test_world::{World, row, table};

fn world() -> World {
    let mut rows = vec![row(1, 1, "pay"), row(1, 2, "view"), row(4, 3, "pay")];
    for (number, row) in rows.iter_mut().enumerate() {
        row.qty = Some(number as i64 + 1);
    }
    let mut world = World::events(&rows);
    world.add(table("other", TableKind::Events), 9, &rows[..1], &[]);
    world
}

#[test]
fn local_queries_run() {
    let world = world();
    for (sql, expected) in [
        (
            "SELECT oneid, count(*) AS value FROM events GROUP BY oneid",
            vec![(1, 2), (4, 1)],
        ),
        (
            "SELECT e.oneid, e.n AS value FROM (SELECT oneid, count(*) AS n FROM events \
          GROUP BY oneid HAVING count(*) > 1) e",
            vec![(1, 2)],
        ),
        (
            "SELECT DISTINCT oneid, 7 AS value FROM events",
            vec![(1, 7), (4, 7)],
        ),
        (
            "WITH l AS (SELECT oneid, qty, row_number() OVER (PARTITION BY oneid ORDER BY ts, qty) \
          AS n FROM events) SELECT oneid, qty AS value FROM l WHERE n = 1",
            vec![(1, 1), (4, 3)],
        ),
        (
            "SELECT p.oneid, o.qty AS value FROM people p JOIN other o ON p.oneid = o.oneid",
            vec![(1, 1)],
        ),
        (
            "SELECT p.oneid, count(o.qty) AS value FROM events p LEFT JOIN other o \
          ON o.oneid = p.oneid AND o.qty = p.qty GROUP BY p.oneid",
            vec![(1, 1), (4, 0)],
        ),
        (
            "SELECT oneid, 1 AS value FROM people p WHERE EXISTS \
          (SELECT 1 FROM events e WHERE e.oneid = p.oneid AND e.qty > 2)",
            vec![(4, 1)],
        ),
        (
            "SELECT oneid, 1 AS value FROM events WHERE oneid IN (SELECT oneid FROM other) \
          AND qty = 2",
            vec![(1, 1)],
        ),
        (
            "SELECT p.oneid, (SELECT max(e.qty) FROM events e WHERE e.oneid = p.oneid) AS value \
          FROM people p",
            vec![(1, 2), (4, 3)],
        ),
        (
            "SELECT oneid, qty AS value FROM events WHERE qty = 3 UNION ALL \
          SELECT oneid, qty AS value FROM other",
            vec![(1, 1), (4, 3)],
        ),
        (
            "SELECT e.oneid, sum(v.w) AS value FROM events e JOIN (VALUES (1, 10), (2, 20)) \
          AS v(q, w) ON v.q = e.qty GROUP BY e.oneid",
            vec![(1, 30)],
        ),
    ] {
        assert_eq!(world.ints(sql), expected, "{sql}");
    }
}

fn refused(reason: &str, queries: &[&str]) {
    let world = world();
    for sql in queries {
        let error = world.error(sql);
        assert!(error.contains(reason), "{sql}: {error}");
    }
}

#[test]
fn groups_windows_and_limits_over_several_people_are_refused() {
    refused(
        "LIMIT takes rows",
        &["SELECT oneid, qty AS value FROM events ORDER BY qty LIMIT 10"],
    );
    refused(
        "GROUP BY must contain oneid",
        &[
            "SELECT max(oneid) AS oneid, count(*) AS value FROM events",
            "SELECT max(oneid) AS oneid, count(*) AS value FROM events GROUP BY qty",
            "SELECT o.oneid, 1 AS value FROM events e LEFT JOIN other o ON e.oneid = o.oneid \
             GROUP BY o.oneid",
        ],
    );
    refused(
        "PARTITION BY oneid",
        &[
            "SELECT oneid, ntile(5) OVER (ORDER BY qty) AS value FROM events",
            "SELECT oneid, count(*) OVER () AS value FROM events",
        ],
    );
    refused(
        "DISTINCT must keep oneid",
        &["SELECT DISTINCT qty AS oneid, 1 AS value FROM events"],
    );
}

#[test]
fn subqueries_and_joins_over_several_people_are_refused() {
    refused(
        "whole population",
        &[
            "SELECT oneid, qty AS value FROM events WHERE qty > (SELECT avg(qty) FROM events)",
            "SELECT oneid, 1 AS value FROM events WHERE qty IN (SELECT qty FROM other)",
            "SELECT oneid, 1 AS value FROM events WHERE EXISTS (SELECT 1 FROM other)",
            "SELECT oneid, 1 AS value FROM events e WHERE EXISTS \
             (SELECT 1 FROM other o WHERE o.qty = e.qty)",
        ],
    );
    refused(
        "a.oneid = b.oneid",
        &[
            "SELECT e.oneid, 1 AS value FROM events e JOIN other o ON e.qty = o.qty",
            "SELECT e.oneid, 1 AS value FROM events e, other o",
            "SELECT e.oneid, 1 AS value FROM events e JOIN other o \
             ON e.oneid = o.oneid OR e.qty = o.qty",
        ],
    );
    refused(
        "outer join",
        &["SELECT e.oneid, 1 AS value FROM events e FULL JOIN other o ON e.oneid = o.oneid"],
    );
}

#[test]
fn results_that_are_no_tag_are_refused() {
    refused(
        "unchanged",
        &[
            "SELECT oneid + 1 AS oneid, 1 AS value FROM events",
            "SELECT qty AS oneid, 1 AS value FROM events",
            "SELECT 1 AS oneid, 1 AS value",
            "SELECT oneid, 1 AS value FROM events UNION ALL SELECT 5, 6",
        ],
    );
    refused(
        "the columns `oneid` and `value`",
        &[
            "SELECT oneid, 1 AS n FROM events",
            "SELECT oneid FROM events",
        ],
    );
}
