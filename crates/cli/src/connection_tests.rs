//! Finding the leader, trying again, giving up.

use std::sync::atomic::Ordering;

use super::*;
use crate::fake_server_tests::Server;

fn line(endpoints: &str) -> Connection {
    Connection::new(endpoints, Some(Duration::from_secs(5))).expect("endpoints")
}

async fn count(line: &Connection) -> Result<u64, RemoteError> {
    let request = segment::CountRequest {
        expression: Some("TRUE".to_owned().into()),
        ..segment::CountRequest::default()
    };
    line.count(request).await.map(|counted| counted.count)
}

#[tokio::test(flavor = "multi_thread")]
async fn not_now_is_asked_again_until_it_is_answered() {
    let server = Server::start().await;
    server.fake.refusals.store(3, Ordering::SeqCst);
    assert_eq!(count(&line(&server.endpoint)).await, Ok(3_048));
    assert_eq!(server.fake.called("count"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hint_is_followed_and_remembered() {
    let (follower, leader) = (Server::start().await, Server::start().await);
    *follower.fake.leader.lock().expect("not poisoned") = Some(leader.endpoint.clone());
    let line = line(&follower.endpoint);
    assert_eq!(count(&line).await, Ok(3_048));
    assert_eq!(count(&line).await, Ok(3_048));
    assert_eq!(
        (follower.fake.called("count"), leader.fake.called("count")),
        (1, 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_tried_in_turn() {
    let server = Server::start().await;
    // Nobody listens on the discard port.
    let line = line(&format!("http://127.0.0.1:9, {}", server.endpoint));
    assert_eq!(count(&line).await, Ok(3_048));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_past_an_endpoint_where_nobody_listens() {
    let server = Server::start().await;
    let line = line(&format!("http://127.0.0.1:9, {}", server.endpoint));
    let run = line.run_tags(tag::RunRequest::default()).await;
    assert!(run.is_ok(), "{run:?}");
    assert_eq!(server.fake.called("run"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_sent_once() {
    let server = Server::start().await;
    server.fake.refusals.store(1, Ordering::SeqCst);
    let run = line(&server.endpoint)
        .run_tags(tag::RunRequest::default())
        .await;
    assert_eq!(run.map_err(|error| error.kind), Err(ErrorKind::Unavailable));
    assert_eq!(server.fake.called("run"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_says_where_and_what_to_do() {
    let line =
        Connection::new("127.0.0.1:9", Some(Duration::from_millis(300))).expect("an address");
    let error = count(&line).await.expect_err("nobody");
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(
        error.message.contains("cannot reach http://127.0.0.1:9: "),
        "{}",
        error.message
    );
    assert!(error.message.contains("tagma up"), "{}", error.message);
}

#[test]
fn what_is_no_endpoint_is_wrong_usage() {
    for bad in ["", ",", "https://a:1", "http://", "unix:///a", "http://a b"] {
        let failure = Connection::new(bad, None).err().expect(bad);
        assert_eq!(failure.exit_code(), 2, "{bad}");
    }
}

#[test]
fn errors_lead_to_what_they_mean() {
    let error = |kind, leader: Option<&str>, retry_after_ms| RemoteError {
        kind,
        message: String::new(),
        leader_address: leader.map(str::to_owned),
        retry_after_ms,
    };
    let hint = Some(Duration::from_millis(50));
    let cases = [
        (
            error(ErrorKind::NotLeader, Some("a"), None),
            Reaction::Redirect("a".to_owned()),
        ),
        (
            error(ErrorKind::NotLeader, None, None),
            Reaction::Again(None),
        ),
        (
            error(ErrorKind::Unavailable, None, Some(50)),
            Reaction::Again(hint),
        ),
        (error(ErrorKind::Timeout, None, None), Reaction::Again(None)),
        (
            error(ErrorKind::Exhausted, None, Some(50)),
            Reaction::Again(hint),
        ),
        (error(ErrorKind::Exhausted, None, None), Reaction::GiveUp),
        (error(ErrorKind::Conflict, None, None), Reaction::GiveUp),
        (error(ErrorKind::Invalid, None, Some(50)), Reaction::GiveUp),
    ];
    for (error, expected) in cases {
        assert_eq!(reaction(&error, Repeat::Freely), expected, "{error:?}");
    }
    let unknown = error(ErrorKind::Timeout, None, None);
    assert_eq!(reaction(&unknown, Repeat::Never), Reaction::GiveUp);
}
