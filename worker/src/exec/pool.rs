//! Threads that compute, apart from those that wait for IO.
//!
//! Owns the threads and their queue. Work must not block on anything but other work of the pool
//! that has been started before it. A panic ends the piece of work, not the thread.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

/// Segment trees are as deep as their limit allows: evaluation recurses over them.
const STACK_BYTES: usize = 16 * 1024 * 1024;

type Work = Box<dyn FnOnce() + Send>;

/// A piece of work ended in a panic, or the pool is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a computation broke off")]
pub struct BrokenOff;

#[derive(Default)]
struct Queue {
    work: Mutex<(VecDeque<Work>, bool)>,
    wake: Condvar,
}

/// A fixed number of threads.
pub struct Pool {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts `threads` threads, at least one.
    ///
    /// # Errors
    /// Where the system starts no more.
    pub fn new(threads: usize) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let mut pool = Self {
            queue: Arc::clone(&queue),
            threads: Vec::new(),
        };
        for number in 0..threads.max(1) {
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new()
                .name(format!("tagma-exec-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || run(&queue))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    /// Computes every piece; the results in the order of the pieces. Pieces that have not been
    /// started when the caller gives up are left out.
    ///
    /// # Errors
    /// [`BrokenOff`] where a piece panicked.
    pub async fn run<T, F>(&self, pieces: Vec<F>) -> Result<Vec<T>, BrokenOff>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (work, answers): (Vec<Work>, Vec<_>) = pieces.into_iter().map(wrap).unzip();
        self.queue.work.lock().0.extend(work);
        self.queue.wake.notify_all();
        let mut results = Vec::with_capacity(answers.len());
        for answer in answers {
            results.push(answer.await.map_err(|_| BrokenOff)?);
        }
        Ok(results)
    }

    /// Computes one piece.
    ///
    /// # Errors
    /// [`BrokenOff`] where it panicked.
    pub async fn run_one<T, F>(&self, piece: F) -> Result<T, BrokenOff>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let mut results = self.run(vec![piece]).await?;
        results.pop().ok_or(BrokenOff)
    }
}

/// A piece of work that tells its result, if somebody still waits for it.
fn wrap<T, F>(piece: F) -> (Work, oneshot::Receiver<T>)
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let (sender, answer) = oneshot::channel();
    let work = move || {
        if sender.is_closed() {
            return;
        }
        if let Ok(result) = catch_unwind(AssertUnwindSafe(piece)) {
            let _ = sender.send(result);
        }
    };
    (Box::new(work), answer)
}

fn run(queue: &Queue) {
    loop {
        let mut work = queue.work.lock();
        let next = loop {
            if let Some(next) = work.0.pop_front() {
                break next;
            }
            if work.1 {
                return;
            }
            queue.wake.wait(&mut work);
        };
        drop(work);
        next();
    }
}

impl Drop for Pool {
    /// Ends the threads once the queue is empty.
    fn drop(&mut self) {
        self.queue.work.lock().1 = true;
        self.queue.wake.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn results_come_in_the_order_of_the_pieces() {
        let pool = Pool::new(3).expect("threads");
        let pieces: Vec<_> = (0..100).map(|n| move || n * n).collect();
        let squares: Vec<i32> = (0..100).map(|n| n * n).collect();
        assert_eq!(pool.run(pieces).await, Ok(squares));
    }

    #[tokio::test]
    async fn a_panic_breaks_off_its_request_only() {
        let pool = Pool::new(1).expect("threads");
        let bad = pool.run_one(|| -> i32 { panic!("on purpose") }).await;
        assert_eq!(bad, Err(BrokenOff));
        assert_eq!(pool.run_one(|| 7).await, Ok(7));
    }
}
