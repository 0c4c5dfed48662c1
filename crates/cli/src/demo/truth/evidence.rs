//! `Evidence`: the records of one person as the sources hold them, reduced to their identifiers.

use std::collections::BTreeSet;

use crate::demo::{
    identifiers::{Held, Identities, State},
    source::{IdType, Slot},
};

/// An identifier on a record, normalised; masked ones are none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) id_type: IdType,
    pub(crate) value: String,
    /// As it was meant, and not mistyped.
    pub(crate) is_intact: bool,
}

/// Records that hold the same identifiers are one here.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    records: Vec<Vec<Seen>>,
}

impl Seen {
    pub(crate) fn intact(id_type: IdType, value: &str) -> Self {
        Self {
            id_type,
            value: value.to_owned(),
            is_intact: true,
        }
    }

    pub(crate) fn device(value: &str) -> Self {
        Self {
            id_type: IdType::Device,
            value: value.to_lowercase(),
            is_intact: true,
        }
    }

    fn held(slot: Slot, held: &Held) -> Option<Self> {
        let (id_type, value) = match slot.is_phone() {
            true => (IdType::Phone, format!("+86{}", held.digits)),
            false => (IdType::CrmId, held.digits.clone()),
        };
        let is_intact = match held.state {
            State::Intact => true,
            State::Mistyped => false,
            State::Masked => return None,
        };
        Some(Self {
            id_type,
            value,
            is_intact,
        })
    }

    /// What the source holds in these places.
    pub(crate) fn in_slots(ids: &Identities, slots: &[Slot]) -> Vec<Self> {
        let held = |slot: &Slot| ids.held(*slot).and_then(|held| Self::held(*slot, held));
        slots.iter().filter_map(held).collect()
    }
}

impl Evidence {
    pub(crate) fn clear(&mut self) {
        self.records.clear();
    }

    /// Notes a record with such identifiers.
    pub(crate) fn note(&mut self, seen: Vec<Seen>) {
        self.records.push(seen);
    }

    pub(crate) fn records(&self) -> &[Vec<Seen>] {
        &self.records
    }

    /// Every identifier once.
    pub(crate) fn identifiers(&self) -> BTreeSet<&Seen> {
        self.records.iter().flatten().collect()
    }
}
