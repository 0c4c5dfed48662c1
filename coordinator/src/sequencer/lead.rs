//! One stretch of leading: batches are collected, resolved, put, proposed, acked.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use tagma_core::{
    ErrorKind, LogIndex, Term,
    catalog::{
        ApplyDocuments, Batch, BatchRequest, Catalog, Command, Outcome, PeopleChanged, Recorded,
        RequestId,
    },
    limits::BATCHES_IN_FLIGHT,
};
use tagma_identity::{IdentityMap, Rules, utc_day};
use tagma_store::crash_point;
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use super::{
    build::{Built, Ground, build},
    early::Early,
    handle::{Defined, Request},
    landing::{Leaving, build_landing},
    operate::ChangeReply,
    pending::{Pending, Reply, Sequences, Verdict},
    prepare::{PreparedWrite, Preparer},
    task::Sequencer,
};
use crate::{
    clock::now_micros,
    error::{Error, Result},
    identity::Directory,
    journal::JournalObject,
    raft::Applied,
    service::propose,
};

/// How long a batch waits for company while another one is under way.
const LINGER: Duration = Duration::from_millis(50);

type LandingReply = oneshot::Sender<Result<LogIndex>>;

/// State of one stretch of leading.
pub(super) struct Lead<'a> {
    pub(super) sequencer: &'a mut Sequencer,
    pub(super) term: Term,
    /// Last number of the chain, staged batches included.
    pub(super) chain: u64,
    pending: Pending,
    /// When the pending batch closes at the latest.
    closes_at: Instant,
    in_flight: VecDeque<InFlight>,
    /// A landing that waits for room.
    landing: Option<(Box<Leaving>, LandingReply)>,
    sequences: Sequences,
    early: Early,
}

/// An entry of the chain between "resolved" and "applied".
struct InFlight {
    waiting: Waiting,
    entry: Option<Command>,
    progress: Progress,
}

/// Who waits for an entry.
pub(super) enum Waiting {
    /// The writes of a batch: (producer, sequence) of each as the batch has them, and who is
    /// answered.
    Writes(Vec<BatchRequest>, Vec<Vec<Reply>>),
    /// Who lets merges land.
    Landing(LandingReply),
    /// Who changes people, under the name of the request.
    Change(RequestId, ChangeReply),
}

impl Waiting {
    /// Tells who waits that nothing came of it.
    pub(super) fn fail(self, error: &Error) {
        match self {
            Self::Writes(_, replies) => {
                for replies in replies {
                    answer(replies, &Err(error.clone()));
                }
            }
            Self::Landing(reply) => drop(reply.send(Err(error.clone()))),
            Self::Change(_, reply) => drop(reply.send(Err(error.clone()))),
        }
    }

    /// The name under which the entry is remembered.
    fn request(&self) -> Option<RequestId> {
        match self {
            Self::Change(request, _) => Some(request.clone()),
            _ => None,
        }
    }
}

enum Progress {
    Putting(JoinHandle<Result<()>>),
    Proposing(BoxFuture<'static, Result<Applied>>),
}

/// What the front batch has come to.
enum Step {
    Put(Result<()>),
    Proposed(Result<Applied>),
}

impl<'a> Lead<'a> {
    pub(super) fn new(sequencer: &'a mut Sequencer, term: Term) -> Self {
        let chain = sequencer.raft.catalog().chain;
        Self {
            sequencer,
            term,
            chain,
            pending: Pending::default(),
            closes_at: Instant::now(),
            in_flight: VecDeque::new(),
            landing: None,
            sequences: Sequences::default(),
            early: Early::default(),
        }
    }

    /// Runs until this node no longer leads the term, or a batch fails: then everything that was
    /// staged has been answered, and the caller starts over.
    pub(super) async fn run(mut self) -> Result<()> {
        let outcome = self.serve().await;
        let error = match &outcome {
            Ok(()) => Error::not_leader(None),
            Err(error) => not_committed(error),
        };
        for replies in self.pending.replies.drain(..) {
            answer(replies, &Err(error.clone()));
        }
        if let Some((_, reply)) = self.landing.take() {
            let _ = reply.send(Err(error.clone()));
        }
        while let Some(held) = self.early.take_any() {
            answer(held.replies, &Err(error.clone()));
        }
        for entry in self.in_flight.drain(..) {
            let error = match entry.entry {
                Some(_) => error.clone(),
                None => Error::new(
                    ErrorKind::Timeout,
                    "it is not known whether this was committed: send it again",
                ),
            };
            entry.waiting.fail(&error);
        }
        outcome
    }

    async fn serve(&mut self) -> Result<()> {
        let mut leadership = self.sequencer.raft.leadership();
        loop {
            self.take_held().await;
            if self.must_close() {
                self.close_batch().await?;
                continue;
            }
            if self.in_flight.len() < BATCHES_IN_FLIGHT
                && let Some((leaving, reply)) = self.landing.take()
            {
                let build = move |map: &IdentityMap, place| build_landing(&leaving, map, place);
                self.stage_people(build, Waiting::Landing(reply)).await?;
            }
            let has_room = !self.pending.is_full() && self.landing.is_none();
            let waits = !self.pending.is_empty() && self.in_flight.len() < BATCHES_IN_FLIGHT;
            tokio::select! {
                biased;
                changed = leadership.changed() => {
                    let now = leadership.borrow_and_update();
                    if changed.is_err() || !now.is_leader || now.term != self.term {
                        return Ok(());
                    }
                }
                step = front_step(&mut self.in_flight), if !self.in_flight.is_empty() => {
                    self.advance(step)?;
                }
                request = self.sequencer.queue.recv(), if has_room => match request {
                    Some(Request::Write(write, reply)) => {
                        self.take(*write, vec![reply]).await;
                    }
                    Some(Request::Define(documents, id, reply)) => {
                        // A batch that fails meanwhile ends this stretch: its number is open.
                        if let Err(error) = self.drain().await {
                            let _ = reply.send(Err(not_committed(&error)));
                            return Err(error);
                        }
                        let outcome = self.define(*documents, id).await;
                        let failed = outcome.as_ref().err();
                        let broken = failed.filter(|e| breaks_the_chain(e)).cloned();
                        let _ = reply.send(outcome);
                        if let Some(error) = broken {
                            return Err(error);
                        }
                    }
                    Some(Request::Land(leaving, reply)) => self.landing = Some((leaving, reply)),
                    Some(Request::Change(change, id, reply)) => {
                        self.change(*change, id, reply).await?;
                    }
                    None => return Ok(()),
                },
                () = sleep_until(self.closes_at), if waits => {}
                () = expiry(self.early.expires_at()) => self.refuse_expired(),
            }
        }
    }

    fn must_close(&self) -> bool {
        let is_due =
            self.pending.is_full() || self.in_flight.is_empty() || Instant::now() >= self.closes_at;
        !self.pending.is_empty() && is_due && self.in_flight.len() < BATCHES_IN_FLIGHT
    }

    async fn take(&mut self, write: PreparedWrite, replies: Vec<Reply>) {
        let catalog = self.sequencer.raft.catalog();
        let write = match by_current_definitions(write, &catalog, &self.sequencer.directory).await {
            Ok(write) => write,
            Err(error) => return answer(replies, &Err(error)),
        };
        match self.sequences.judge(&write, &catalog) {
            Err(error) => answer(replies, &Err(error)),
            Ok(Verdict::Answered(recorded)) => answer(replies, &Ok(recorded)),
            Ok(Verdict::Staged) => self.join_staged(&write, replies),
            Ok(Verdict::Early(refusal)) => {
                if let Some(refused) = self.early.hold(write, replies, refusal) {
                    answer(refused.replies, &Err(refused.refusal));
                }
            }
            Ok(Verdict::Take) => {
                if self.pending.is_empty() {
                    self.closes_at = Instant::now() + LINGER;
                }
                self.pending.push(write, replies);
            }
        }
    }

    /// Takes the writes that came early and whose turn has come, while the batch has room.
    async fn take_held(&mut self) {
        while !self.pending.is_full() {
            let catalog = self.sequencer.raft.catalog();
            let last = |id| {
                let producer = catalog.producers.get(&id);
                // A producer that is gone has no turn: judging refuses its writes.
                producer.map_or(u64::MAX - 1, |producer| self.sequences.last(id, producer))
            };
            let Some(held) = self.early.take_ready(last) else {
                return;
            };
            self.take(held.write, held.replies).await;
        }
    }

    fn refuse_expired(&mut self) {
        while let Some(held) = self.early.take_expired(Instant::now()) {
            answer(held.replies, &Err(held.refusal));
        }
    }

    /// A retry of a write that is under way gets the same answer, when there is one.
    fn join_staged(&mut self, write: &PreparedWrite, replies: Vec<Reply>) {
        let pending = self.pending.writes.iter().zip(&mut self.pending.replies);
        let waiting = pending.map(|(w, replies)| ((w.producer, w.sequence), replies));
        let flying = self
            .in_flight
            .iter_mut()
            .filter_map(|entry| match &mut entry.waiting {
                Waiting::Writes(requests, replies) => Some((requests, replies)),
                _ => None,
            });
        let flying = flying.flat_map(|(requests, replies)| {
            let requests = requests.iter().map(|r| (r.producer, r.sequence));
            requests.zip(replies)
        });
        let wanted = (write.producer, write.sequence);
        match waiting.chain(flying).find(|(key, _)| *key == wanted) {
            Some((_, waiting)) => waiting.extend(replies),
            None => {
                let message = "the outcome of the first attempt is not known yet: try again";
                answer(replies, &Err(Error::new(ErrorKind::Unavailable, message)));
            }
        }
    }

    async fn close_batch(&mut self) -> Result<()> {
        let Pending {
            writes, replies, ..
        } = std::mem::take(&mut self.pending);
        match self.stage(writes).await {
            Ok(built) => {
                self.chain += 1;
                self.launch(built, replies);
                Ok(())
            }
            Err(error) => {
                for replies in replies {
                    answer(replies, &Err(error.clone()));
                }
                Err(error)
            }
        }
    }

    /// Resolves the writes on top of everything staged, off the async threads.
    async fn stage(&mut self, writes: Vec<PreparedWrite>) -> Result<Built> {
        let catalog = self.sequencer.raft.catalog();
        let shard_count = catalog
            .cluster
            .as_ref()
            .map_or(0, |cluster| cluster.shard_count);
        let map = self.sequencer.directory.snapshot();
        let placement = map
            .placement(shard_count)
            .map_err(|e| Error::wrap(e.kind(), &e))?;
        let types = catalog
            .identifiers
            .values()
            .map(|t| (t.number, t.name.clone()));
        let mut ground = Ground {
            map,
            placement,
            rules: Rules::new(catalog.identifiers.values()),
            day: self.today(),
            type_names: types.collect(),
            term: self.term,
            chain: self.chain + 1,
        };
        let day = ground.day;
        let built = tokio::task::spawn_blocking(move || build(&writes, &mut ground))
            .await
            .map_err(|error| Error::wrap(ErrorKind::Internal, &error))??;
        let nonce = built.object.layout.nonce;
        self.sequencer
            .directory
            .stage(nonce, built.layer.clone(), day)?;
        Ok(built)
    }

    /// Starts the put of a staged batch.
    fn launch(&mut self, built: Built, replies: Vec<Vec<Reply>>) {
        let layout = built.object.layout.clone();
        let entry = Batch {
            chain: self.chain,
            object: layout.object,
            nonce: layout.nonce.0,
            sections: layout.sections,
            identity: layout.identity,
            created: built.created,
            decided: built.decided,
            rules: built.rules,
            requests: built.requests.clone(),
            tables: built.tables,
        };
        let waiting = Waiting::Writes(built.requests, replies);
        self.put(built.object, Command::Batch(Box::new(entry)), waiting);
    }

    /// UTC days since 1970, never before an applied entry's.
    pub(super) fn today(&self) -> i32 {
        utc_day(now_micros().max(self.sequencer.raft.catalog().stamp))
    }

    /// Starts the put of a staged entry's object.
    pub(super) fn put(&mut self, object: JournalObject, entry: Command, waiting: Waiting) {
        let (store, journal) = (self.sequencer.store.clone(), self.sequencer.journal.clone());
        let (bytes, layout) = (object.bytes, object.layout);
        let put = tokio::spawn(async move {
            crash_point("commit.before_put");
            store
                .create(&layout.object.key, bytes.clone(), layout.nonce)
                .await?;
            crash_point("commit.after_put");
            journal.remember(&layout.object.key, bytes);
            Ok(())
        });
        self.in_flight.push_back(InFlight {
            waiting,
            entry: Some(entry),
            progress: Progress::Putting(put),
        });
    }

    fn advance(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Put(Ok(())) => self.propose_front(),
            Step::Put(Err(error)) | Step::Proposed(Err(error)) => return Err(self.fail(error)),
            Step::Proposed(Ok(applied)) => match applied.outcome {
                Outcome::Batch(recorded) => self.ack(&recorded),
                Outcome::Done => self.ack_landing(applied.index),
                Outcome::People(changed) => self.ack_change(changed),
                // One request of the batch does not fit any more (a fenced producer): sent again,
                // each is judged for itself.
                Outcome::Refused(refusal) => {
                    return Err(self.fail(not_committed(&refusal.into())));
                }
                _ => return Err(self.fail(Error::new(ErrorKind::Internal, "odd outcome"))),
            },
        }
        Ok(())
    }

    fn propose_front(&mut self) {
        let Some(front) = self.in_flight.front_mut() else {
            return;
        };
        let Some(command) = front.entry.take() else {
            return;
        };
        let (raft, term) = (self.sequencer.raft.clone(), self.term);
        let request = front.waiting.request();
        let proposal = async move {
            crash_point("commit.before_propose");
            let applied = propose(&raft, command, request, Some(term)).await;
            crash_point("commit.after_propose");
            applied
        };
        front.progress = Progress::Proposing(proposal.boxed());
    }

    fn ack(&mut self, recorded: &[Recorded]) {
        crash_point("commit.before_ack");
        let Some(front) = self.in_flight.pop_front() else {
            return;
        };
        if let Waiting::Writes(_, replies) = front.waiting {
            for (replies, recorded) in replies.into_iter().zip(recorded) {
                answer(replies, &Ok(*recorded));
            }
        }
    }

    fn ack_landing(&mut self, index: LogIndex) {
        if let Some(InFlight {
            waiting: Waiting::Landing(reply),
            ..
        }) = self.in_flight.pop_front()
        {
            let _ = reply.send(Ok(index));
        }
    }

    fn ack_change(&mut self, changed: PeopleChanged) {
        if let Some(InFlight {
            waiting: Waiting::Change(_, reply),
            ..
        }) = self.in_flight.pop_front()
        {
            let _ = reply.send(Ok(changed));
        }
    }

    /// The front batch fails with its own error; what is behind it is answered by `run`.
    fn fail(&mut self, error: Error) -> Error {
        if let Some(front) = self.in_flight.pop_front() {
            front.waiting.fail(&error);
        }
        error
    }

    /// Brings everything that is pending or under way to its end.
    pub(super) async fn drain(&mut self) -> Result<()> {
        while !self.pending.is_empty() || !self.in_flight.is_empty() {
            if !self.pending.is_empty() && self.in_flight.len() < BATCHES_IN_FLIGHT {
                self.close_batch().await?;
                continue;
            }
            let step = front_step(&mut self.in_flight).await;
            self.advance(step)?;
        }
        Ok(())
    }

    /// Definitions go alone: everything before them is applied.
    async fn define(
        &mut self,
        mut documents: ApplyDocuments,
        request: RequestId,
    ) -> Result<Defined> {
        documents.chain = self.chain + 1;
        let command = Command::Apply(Box::new(documents));
        let applied = propose(
            &self.sequencer.raft,
            command,
            Some(request),
            Some(self.term),
        )
        .await?;
        match applied.outcome {
            Outcome::Applied(changes) => {
                // A repeated request is answered with its first outcome and takes no number.
                self.chain = self.sequencer.raft.catalog().chain;
                Ok((applied.index, changes))
            }
            Outcome::Refused(refusal) => Err(refusal.into()),
            _ => Err(Error::new(
                ErrorKind::Internal,
                "odd outcome of definitions",
            )),
        }
    }
}

/// Writes are prepared beside the sequencer: definitions may have changed in the meantime, and rows
/// count by those that stand before them in the log.
async fn by_current_definitions(
    write: PreparedWrite,
    catalog: &Arc<Catalog>,
    directory: &Arc<Directory>,
) -> Result<PreparedWrite> {
    if write.is_current(catalog) {
        return Ok(write);
    }
    let (catalog, directory) = (catalog.clone(), directory.clone());
    let prepare = move || Preparer::new(&catalog, directory.key()).prepare(write.raw);
    tokio::task::spawn_blocking(prepare)
        .await
        .map_err(|error| Error::wrap(ErrorKind::Internal, &error))?
}

/// The error of a write that was never proposed, or refused as part of a batch.
pub(super) fn not_committed(cause: &Error) -> Error {
    let message = format!("not committed ({cause}): send it again");
    Error::new(ErrorKind::Unavailable, message)
}

/// Whether the chain's next number is unknown after this error.
fn breaks_the_chain(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Timeout | ErrorKind::NotLeader | ErrorKind::Unavailable | ErrorKind::Internal
    )
}

/// Waits for the front batch; safe to drop and call again.
async fn front_step(in_flight: &mut VecDeque<InFlight>) -> Step {
    let Some(front) = in_flight.front_mut() else {
        return std::future::pending().await;
    };
    match &mut front.progress {
        Progress::Putting(put) => Step::Put(match put.await {
            Ok(outcome) => outcome,
            Err(error) => Err(Error::wrap(ErrorKind::Internal, &error)),
        }),
        Progress::Proposing(proposal) => Step::Proposed(proposal.await),
    }
}

/// Waits until then; for ever without a time.
async fn expiry(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn answer(replies: Vec<Reply>, outcome: &Result<Recorded>) {
    for reply in replies {
        let _ = reply.send(outcome.clone());
    }
}
