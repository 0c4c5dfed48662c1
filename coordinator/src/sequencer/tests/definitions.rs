//! Writes and definitions that meet.

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
