//! How wrong the demo's sources are. The shares are fixed: what is measured on this data is
//! measured on this much noise, and on no less.

use serde::Serialize;

/// People who are in one source only, of all people.
pub(crate) const SINGLE_SOURCE_PERCENT: u64 = 30;

/// Phone numbers that 2 to 5 people use, of all numbers that the sources hold intact.
pub(crate) const SHARED_PHONE_PERCENT: u64 = 4;

/// How many people share such a number, and how often: 2, 3, 4, 5.
pub(crate) const SHARERS: [usize; 4] = [2, 3, 4, 5];
pub(crate) const SHARERS_WEIGHTS: [u32; 4] = [60, 25, 10, 5];

/// Mistyped identifiers, of all that are typed by hand: phone and member numbers as one source
/// holds them for one person. What a machine hands out (openid, unionid, device,
/// `external_userid`, the phone that WeChat gives) is not typed.
pub(crate) const MISTYPED_PERCENT: u64 = 2;

/// Devices that a second person goes on with, of all devices.
pub(crate) const HANDED_ON_DEVICE_PERCENT: u64 = 3;

/// Masked phones (`138****1234`), of all phones as one source holds them for one person.
pub(crate) const MASKED_PHONE_PERCENT: u64 = 1;

/// Appointments that a later dump corrects, of all appointments: one of each so many.
pub(crate) const CORRECTED_APPOINTMENT_PERCENT: u64 = 5;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Share {
    pub(crate) count: u64,
    pub(crate) of: u64,
}

impl Share {
    /// The floor of a percentage.
    pub(crate) fn percent(of: u64, percent: u64) -> Self {
        let count = of * percent / 100;
        Self { count, of }
    }
}

/// The noise that is in a world, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct NoiseCounts {
    /// People in one source only, of all people.
    pub(crate) single_source_people: Share,
    /// Shared numbers, of all phone numbers.
    pub(crate) shared_phones: Share,
    /// People who use a shared number, of all who have one.
    pub(crate) people_with_shared_phone: Share,
    /// Mistyped, of all typed identifiers.
    pub(crate) mistyped_identifiers: Share,
    /// Handed on, of all devices.
    pub(crate) handed_on_devices: Share,
    /// Masked, of all phones that a source holds.
    pub(crate) masked_phones: Share,
    /// Corrected, of all appointments.
    pub(crate) corrected_appointments: Share,
}
