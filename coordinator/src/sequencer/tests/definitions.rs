//! Writes and definitions that meet.

use tagma_core::ErrorKind;

use super::desk::Desk;

#[tokio::test]
async fn a_write_counts_by_the_definitions_before_it_in_the_log() {
    let desk = Desk::open().await;
    let early = desk.prepare(1, &["100", "200"]);
    let block = "identifier: phone\nblocked: ['100']\n";
    desk.define(block).await.expect("defined");
    let recorded = desk.handle.write(early).await.expect("taken");
    assert_eq!((recorded.rows, recorded.rejected), (1, 1), "100 is blocked");
    assert_eq!(recorded.created, 1);

    let late = desk.prepare(2, &["100", "300"]);
    desk.define("identifier: mail\n").await.expect("defined");
    let recorded = desk.handle.write(late).await.expect("taken");
    assert_eq!((recorded.rows, recorded.rejected), (1, 1));
    desk.close().await;
}

#[tokio::test]
async fn a_batch_that_fails_while_a_definition_waits_fails_both_and_nothing_is_skipped() {
    let desk = Desk::open().await;
    // Nothing can be put where a file has the folder's name.
    let folder = Desk::objects(&desk.node).join("journal");
    std::fs::write(&folder, "in the way").expect("written");
    let write = desk.handle.write(desk.prepare(1, &["100"]));
    let (written, defined) = tokio::join!(write, desk.define("identifier: mail\n"));
    written.expect_err("it cannot be put");
    let error = defined.expect_err("it was not proposed");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(!desk.node.raft.catalog().identifiers.contains_key("mail"));

    std::fs::remove_file(&folder).expect("out of the way");
    desk.define("identifier: mail\n").await.expect("defined");
    let recorded = desk.handle.write(desk.prepare(1, &["100"])).await;
    assert_eq!(recorded.expect("taken").rows, 1);
    let recorded = desk.handle.write(desk.prepare(2, &["200"])).await;
    assert_eq!(recorded.expect("taken").created, 1);
    desk.close().await;
}
