//! The five sources, the types of identifiers, and which source holds which of them for a person.

use super::{
    noise::{SINGLE_SOURCE_PERCENT, Share},
    random::{Purpose, Quota, Random},
};

/// A source system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Crm,
    Miniapp,
    Appointments,
    Visits,
    Wecom,
}

impl Source {
    pub(crate) const ALL: [Self; 5] = [
        Self::Crm,
        Self::Miniapp,
        Self::Appointments,
        Self::Visits,
        Self::Wecom,
    ];

    /// Its table, which is also its folder.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Crm => "crm_members",
            Self::Miniapp => "miniapp_events",
            Self::Appointments => "appointments",
            Self::Visits => "visits",
            Self::Wecom => "wecom_contacts",
        }
    }
}

/// A type of identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IdType {
    CrmId,
    Unionid,
    Openid,
    ExternalUserid,
    Phone,
    Device,
}

impl IdType {
    pub(crate) const ALL: [Self; 6] = [
        Self::CrmId,
        Self::Unionid,
        Self::Openid,
        Self::ExternalUserid,
        Self::Phone,
        Self::Device,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CrmId => "crm_id",
            Self::Unionid => "unionid",
            Self::Openid => "openid",
            Self::ExternalUserid => "external_userid",
            Self::Phone => "phone",
            Self::Device => "device",
        }
    }

    /// Whether a person is given one such value by whoever hands them out. Phones and devices are
    /// the person's own: there may be several.
    pub(crate) fn is_issued_once(self) -> bool {
        !matches!(self, Self::Phone | Self::Device)
    }
}

/// A phone or member number as one source holds it for one person: what noise falls on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    MiniappPhone,
    CrmPhone,
    AppointmentPhone,
    AppointmentCrm,
    VisitPhone,
    VisitCrm,
    WecomPhone,
}

impl Slot {
    pub(crate) const ALL: [Self; 7] = [
        Self::MiniappPhone,
        Self::CrmPhone,
        Self::AppointmentPhone,
        Self::AppointmentCrm,
        Self::VisitPhone,
        Self::VisitCrm,
        Self::WecomPhone,
    ];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }

    pub(crate) fn is_phone(self) -> bool {
        !matches!(self, Self::AppointmentCrm | Self::VisitCrm)
    }

    /// Whether a hand types it.
    pub(crate) fn is_typed(self) -> bool {
        self != Self::MiniappPhone
    }
}

/// Which sources know a person, and by what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Knowledge {
    /// A bit for each [`Source`].
    sources: u8,
    /// A bit for each [`Slot`] that is filled.
    pub(crate) slots: u8,
    pub(crate) miniapp_unionid: bool,
    pub(crate) wecom_unionid: bool,
}

impl Knowledge {
    pub(crate) fn has(self, source: Source) -> bool {
        self.sources & (1 << source as u8) != 0
    }

    pub(crate) fn holds(self, slot: Slot) -> bool {
        self.slots & slot.bit() != 0
    }

    /// Whether a source can know of treatments.
    pub(crate) fn goes_to_shops(self) -> bool {
        self.has(Source::Visits) || self.has(Source::Appointments) || self.has(Source::Crm)
    }
}

/// Weights of [`Source::ALL`] for people in one source, and as parts of more.
const SINGLE_WEIGHTS: [u32; 5] = [18, 46, 12, 14, 10];
const TOGETHER_WEIGHTS: [u32; 5] = [30, 26, 17, 22, 18];
/// Two, three, four, five sources.
const COUNT_WEIGHTS: [u32; 4] = [30, 30, 25, 15];

/// What every person is known by; exactly so many are in one source only.
pub(crate) fn knowledge(seed: u64, people: u32) -> (Vec<Knowledge>, Share) {
    let share = Share::percent(u64::from(people), SINGLE_SOURCE_PERCENT);
    let random = Random::new(seed, Purpose::SingleSource, 0);
    let mut single = Quota::new(random, share.of, share.count);
    let known = (0..people).map(|person| {
        let mut random = Random::new(seed, Purpose::Sources, u64::from(person));
        of_person(&mut random, single.take())
    });
    (known.collect(), share)
}

fn of_person(random: &mut Random, is_single: bool) -> Knowledge {
    let mut sources = 0u8;
    let mut weights = if is_single {
        SINGLE_WEIGHTS
    } else {
        TOGETHER_WEIGHTS
    };
    let count = if is_single {
        1
    } else {
        random.weighted(&COUNT_WEIGHTS) + 2
    };
    for _ in 0..count {
        let source = random.weighted(&weights);
        weights[source] = 0;
        sources |= 1 << source;
    }
    let mut known = Knowledge {
        sources,
        ..Knowledge::default()
    };
    let is_bound = random.percent(if is_single { 30 } else { 72 });
    let (by_number, by_both) = (random.percent(60), random.percent(30));
    let gives_phone = random.percent(65);
    let has_remark = random.percent(55);
    let is_member = known.has(Source::Crm);
    let filled = [
        (Slot::MiniappPhone, Source::Miniapp, is_bound),
        (Slot::CrmPhone, Source::Crm, true),
        (
            Slot::AppointmentPhone,
            Source::Appointments,
            !is_member || !by_number || by_both,
        ),
        (
            Slot::AppointmentCrm,
            Source::Appointments,
            is_member && by_number,
        ),
        (Slot::VisitPhone, Source::Visits, !is_member || gives_phone),
        (Slot::VisitCrm, Source::Visits, is_member),
        (Slot::WecomPhone, Source::Wecom, has_remark),
    ];
    for (slot, source, is_filled) in filled {
        if known.has(source) && is_filled {
            known.slots |= slot.bit();
        }
    }
    known.miniapp_unionid = known.has(Source::Miniapp) && random.percent(96);
    known.wecom_unionid = known.has(Source::Wecom) && random.percent(82);
    known
}
