//! Stopped in order or killed, Tagma comes back with the same answers, at old indexes, too.

use anyhow::Result;
use tagma_tests::harness::Server;

use crate::shop::{EXPRESSIONS, Expected, ORDERS_ARE_LOADED, check, define, load, run_tags};

#[test]
fn answers_survive_a_stop_and_a_kill() -> Result<()> {
    let mut server = Server::start()?;
    let (client, folder) = (server.client().clone(), server.folder().to_owned());
    define(&client, &folder)?;
    let (first, second) = (Expected::after(0), Expected::after(1));
    check(&client, &folder, &first)?;
    let before = client.ask(&["count", "TRUE"])?["index"]
        .as_u64()
        .unwrap_or(0);

    let report = load(&client, &folder, 1)?;
    assert_eq!(report["rows"], ORDERS_ARE_LOADED, "{report}");
    assert_eq!(report["rejected"], 0, "{report}");
    assert_eq!(
        report["created"],
        second.people() - first.people(),
        "{report}"
    );
    assert!(run_tags(&client)? > before);
    check(&client, &folder, &second)?;

    server.process().stop()?;
    for _ in 0..2 {
        server.restart()?;
        check(&client, &folder, &second)?;
        for ((expr, _), (_, count)) in EXPRESSIONS.iter().zip(first.counts()) {
            assert_eq!(client.count_at(expr, before)?, count, "{expr} at {before}");
        }
        let again = load(&client, &folder, 1)?;
        assert_eq!(again["already_loaded"], true, "{again}");
        assert_eq!(again["index"], report["index"], "{again}");
        check(&client, &folder, &second)?;
        server.process().kill()?;
    }
    Ok(())
}
