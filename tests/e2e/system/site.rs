//! A server that a history is carried out on, with what is known of it.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use tagma_proto::pb::segment::v1::{CountRequest, ReadAt};
use tagma_tests::generate::history::History;
use tagma_tests::harness::Server;

use super::line::Line;
use super::moments::Moments;
use super::people::People;

/// A producer of the API as the server knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Producer {
    /// Its number.
    pub(super) number: u64,
    /// Its epoch.
    pub(super) epoch: u64,
    /// Last sequence sent.
    pub(super) sequence: u64,
}

/// One server.
pub(super) struct Site<'h> {
    /// What is done.
    pub(super) history: &'h History,
    /// How many shards it has.
    pub(super) shards: u16,
    /// Its process and folders.
    pub(super) server: Server,
    /// The line to it; a new one after each start.
    pub(super) line: Line,
    /// What its indexes show.
    pub(super) moments: Moments,
    /// Who has which OneID.
    pub(super) people: People,
    /// Who sends rows, by table.
    pub(super) producers: BTreeMap<usize, Producer>,
}

impl<'h> Site<'h> {
    /// Starts an empty server with more flags of `tagma up`.
    pub(super) fn start(history: &'h History, shards: u16, flags: &[&str]) -> Result<Self> {
        let (number, zone) = (shards.to_string(), history.zone.to_string());
        let own = ["--shards", &number, "--timezone", &zone];
        let server = Server::start_with(&[&own, flags].concat())?;
        let line = Line::open(server.client().endpoint())?;
        Ok(Self {
            history,
            shards,
            server,
            line,
            moments: Moments::default(),
            people: People::default(),
            producers: BTreeMap::new(),
        })
    }

    /// Starts it again once it has ended, with other flags than before.
    pub(super) fn restart(&mut self, flags: &[&str]) -> Result<()> {
        let (number, zone) = (self.shards.to_string(), self.history.zone.to_string());
        let own = ["--shards", &number, "--timezone", &zone];
        self.server.set_flags(&[&own, flags].concat());
        self.server.restart()?;
        self.line = Line::open(self.server.client().endpoint())?;
        let served = self.served()?;
        let last = self.moments.last();
        ensure!(
            served >= last,
            "index {served} is served, {last} was before"
        );
        Ok(())
    }

    /// Index at which plain reads run, at the last change or later.
    pub(super) fn served(&self) -> Result<u64> {
        let at = ReadAt {
            at_least: Some(self.moments.last()),
            ..ReadAt::default()
        };
        let request = CountRequest {
            expression: Some("TRUE".to_owned().into()),
            at: Some(at),
            waterfall: false,
        };
        Ok(self.line.count(request)?.log_index)
    }
}
