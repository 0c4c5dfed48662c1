//! Producers and loads: who may send which sequence.

use super::super::{
    command::OpenLoad,
    outcome::{LoadState, Outcome},
    state::{Catalog, LoadInfo, Producer, ProducerId},
};
use crate::{error::ErrorKind, id::LogIndex};

impl Catalog {
    pub(super) fn open_producer(&mut self, name: &str) -> Outcome {
        let id = self.producer_id(&format!("client:{name}"), None);
        let producer = self.producers.get_mut(&id).expect("just found or created");
        producer.epoch += 1;
        Outcome::Producer {
            id,
            epoch: producer.epoch,
            last_sequence: producer.last_sequence,
        }
    }

    pub(super) fn open_load(&mut self, open: &OpenLoad) -> Outcome {
        let name = format!("load:{}:{}:{}", open.table, open.mapping, open.content);
        let info = LoadInfo {
            table: open.table.clone(),
            file: open.file.clone(),
            bytes: open.bytes,
            content: open.content.clone(),
            finished: false,
        };
        let id = self.producer_id(&name, Some(info));
        let producer = self.producers.get_mut(&id).expect("just found or created");
        if !producer.load.as_ref().is_some_and(|load| load.finished) {
            producer.epoch += 1;
        }
        Outcome::Load(producer.load_state(id))
    }

    pub(super) fn close_load(&mut self, id: ProducerId, epoch: u64, sequences: u64) -> Outcome {
        let Some(producer) = self.producers.get_mut(&id) else {
            return Outcome::refused(ErrorKind::NotFound, format!("load {} is unknown", id.0));
        };
        if producer.epoch != epoch || producer.last_sequence != sequences {
            let message = format!(
                "load {} has taken {} requests of epoch {}, not {sequences} of {epoch}",
                id.0, producer.last_sequence, producer.epoch
            );
            return Outcome::refused(ErrorKind::Conflict, message);
        }
        match &mut producer.load {
            Some(load) => load.finished = true,
            None => {
                let message = format!("producer {} is not a load", id.0);
                return Outcome::refused(ErrorKind::Invalid, message);
            }
        }
        Outcome::Load(producer.load_state(id))
    }

    fn producer_id(&mut self, name: &str, load: Option<LoadInfo>) -> ProducerId {
        if let Some(id) = self.producer_names.get(name) {
            return *id;
        }
        let id = ProducerId(self.producers.len() as u64 + 1);
        self.producer_names.insert(name.to_owned(), id);
        self.producers.insert(
            id,
            Producer {
                name: name.to_owned(),
                epoch: 0,
                last_sequence: 0,
                recorded: imbl::Vector::new(),
                load,
                first_index: LogIndex::ZERO,
                last_index: LogIndex::ZERO,
                rows: 0,
                rejected: 0,
                created: 0,
            },
        );
        id
    }
}

impl Producer {
    /// The producer as a load.
    pub fn load_state(&self, id: ProducerId) -> LoadState {
        LoadState {
            producer: id,
            epoch: self.epoch,
            last_sequence: self.last_sequence,
            finished: self.load.as_ref().is_some_and(|load| load.finished),
            first_index: self.first_index,
            last_index: self.last_index,
            rows: self.rows,
            rejected: self.rejected,
            created: self.created,
        }
    }
}
