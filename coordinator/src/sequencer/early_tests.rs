//! What is held, what comes out, and when.

use tagma_core::ErrorKind;
use tokio::sync::oneshot;

use super::{super::fixture::write, *};

fn refusal() -> Error {
    Error::new(ErrorKind::Conflict, "out of sequence")
}

fn hold(early: &mut Early, producer: u64, sequence: u64, bytes: usize) -> bool {
    let (reply, _answer) = oneshot::channel();
    let write = write(producer, sequence, bytes);
    early.hold(write, vec![reply], refusal()).is_none()
}

fn key(held: Option<Held>) -> Option<(u64, u64)> {
    held.map(|held| (held.write.producer.0, held.write.sequence))
}

#[tokio::test]
async fn a_write_comes_out_when_its_predecessor_is_there() {
    let mut early = Early::default();
    for (producer, sequence) in [(1, 4), (1, 3), (2, 9)] {
        assert!(hold(&mut early, producer, sequence, 10));
    }
    let last = |producer: ProducerId| if producer.0 == 1 { 1 } else { 7 };
    assert_eq!(key(early.take_ready(last)), None);
    let last = |producer: ProducerId| if producer.0 == 1 { 2 } else { 7 };
    assert_eq!(key(early.take_ready(last)), Some((1, 3)));
    assert_eq!(key(early.take_ready(last)), None);
    // A write that was taken meanwhile comes out, too: it has an answer.
    assert_eq!(key(early.take_ready(|_| 20)), Some((1, 4)));
    assert_eq!(key(early.take_ready(|_| 20)), Some((2, 9)));
    assert_eq!((early.bytes, early.expires_at()), (0, None));
}

#[tokio::test]
async fn a_retry_joins_the_write_that_is_held() {
    let mut early = Early::default();
    assert!(hold(&mut early, 1, 3, 10) && hold(&mut early, 1, 3, 10));
    assert_eq!(early.bytes, 10);
    let held = early.take_any().expect("held");
    assert_eq!(held.replies.len(), 2);
    assert!(early.take_any().is_none());
}

#[tokio::test]
async fn patience_ends() {
    let mut early = Early::default();
    assert!(hold(&mut early, 1, 3, 10));
    let until = early.expires_at().expect("one is held");
    assert!(hold(&mut early, 1, 3, 10));
    assert_eq!(early.expires_at(), Some(until), "a retry waits no longer");
    let before = until - Duration::from_nanos(1);
    assert!(early.take_expired(before).is_none());
    assert_eq!(key(early.take_expired(until)), Some((1, 3)));
}

#[tokio::test]
async fn room_is_bounded_in_bytes_and_in_writes() {
    let mut early = Early::default();
    assert!(hold(&mut early, 1, 3, BYTES_MAX));
    assert!(!hold(&mut early, 1, 4, 1));
    assert!(early.take_any().is_some());
    for sequence in 0..WRITES_MAX as u64 {
        assert!(hold(&mut early, 1, 3 + sequence, 0));
    }
    assert!(!hold(&mut early, 2, 3, 0));
}
