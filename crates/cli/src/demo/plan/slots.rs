//! `Marks`: which of a person's phone and member numbers are mistyped or masked, source by source.

use crate::demo::{
    noise::{MASKED_PHONE_PERCENT, MISTYPED_PERCENT, Share},
    random::{Purpose, Quota, Random},
    source::{Knowledge, Slot},
};

/// A bit for each [`Slot`]; never both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) mistyped: u8,
    pub(crate) masked: u8,
}

impl Marks {
    /// Marks exactly so many; answers with the shares of mistyped and of masked ones.
    pub(crate) fn draw(seed: u64, known: &[Knowledge]) -> (Vec<Self>, Share, Share) {
        let mut marks = vec![Self::default(); known.len()];
        let typed = count(known, Slot::is_typed);
        let mistyped = Share::percent(typed, MISTYPED_PERCENT);
        let random = Random::new(seed, Purpose::Mistyped, 0);
        let mut quota = Quota::new(random, mistyped.of, mistyped.count);
        for (known, marks) in known.iter().zip(&mut marks) {
            for slot in slots(*known).filter(|slot| slot.is_typed()) {
                if quota.take() {
                    marks.mistyped |= slot.bit();
                }
            }
        }
        let masked = Share::percent(count(known, Slot::is_phone), MASKED_PHONE_PERCENT);
        let open: u64 = known
            .iter()
            .zip(&marks)
            .map(|(k, m)| m.maskable(*k).count() as u64)
            .sum();
        let mut quota = Quota::new(Random::new(seed, Purpose::Masked, 0), open, masked.count);
        for (known, marks) in known.iter().zip(&mut marks) {
            for slot in marks.maskable(*known) {
                if quota.take() {
                    marks.masked |= slot.bit();
                }
            }
        }
        (marks, mistyped, masked)
    }

    /// Phones that are not mistyped.
    fn maskable(self, known: Knowledge) -> impl Iterator<Item = Slot> {
        slots(known).filter(move |slot| slot.is_phone() && self.mistyped & slot.bit() == 0)
    }

    /// Whether any source holds the person's phone as it is.
    pub(crate) fn shows_phone(self, known: Knowledge) -> bool {
        self.maskable(known)
            .any(|slot| self.masked & slot.bit() == 0)
    }
}

fn slots(known: Knowledge) -> impl Iterator<Item = Slot> {
    Slot::ALL.into_iter().filter(move |slot| known.holds(*slot))
}

fn count(known: &[Knowledge], wanted: impl Fn(Slot) -> bool) -> u64 {
    known
        .iter()
        .map(|known| slots(*known).filter(|slot| wanted(*slot)).count() as u64)
        .sum()
}
