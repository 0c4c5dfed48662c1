//! `Parts`: the dumps into which each source cuts its rows.

use tagma_core::time::print_date;

use crate::demo::{
    calendar::{HISTORY_DAYS, month_number},
    source::Source,
};

/// Which dumps there are, by the day on which the data ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    today: i32,
    first_month: i32,
}

/// How long before the last full dump of the CRM the one before it was made.
const DUMP_DAYS: i32 = 30;

impl Parts {
    pub(crate) fn new(today: i32) -> Self {
        let first_month = month_number(today - HISTORY_DAYS);
        Self { today, first_month }
    }

    fn months(self) -> usize {
        (month_number(self.today - 1) - self.first_month + 1).unsigned_abs() as usize
    }

    /// How many files a source has at most.
    pub(crate) fn count(self, source: Source) -> usize {
        match source {
            Source::Crm => 2,
            Source::Wecom => 1,
            Source::Miniapp | Source::Visits => self.months(),
            Source::Appointments => self.months() + 1,
        }
    }

    /// The file of what happened on a day, or was entered then.
    pub(crate) fn month(self, day: i32) -> usize {
        let month = month_number(day) - self.first_month;
        month.clamp(0, self.months() as i32 - 1).unsigned_abs() as usize
    }

    /// The file of corrected appointments.
    pub(crate) fn corrections(self) -> usize {
        self.months()
    }

    /// The days on which the CRM was dumped.
    pub(crate) fn crm_dumps(self) -> [i32; 2] {
        [self.today - 1 - DUMP_DAYS, self.today - 1]
    }

    /// The file's name, without its ending: names sort in the order in which to load.
    pub(crate) fn name(self, source: Source, part: usize) -> String {
        match source {
            Source::Crm => format!("full_{}", print_date(self.crm_dumps()[part])),
            Source::Wecom => format!("full_{}", print_date(self.today - 1)),
            Source::Appointments if part == self.corrections() => {
                format!("corrections_{}", print_date(self.today - 1))
            }
            Source::Miniapp | Source::Appointments | Source::Visits => {
                let month = self.first_month + part as i32;
                format!("{:04}-{:02}", month / 12, month % 12 + 1)
            }
        }
    }
}
