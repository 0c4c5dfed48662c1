//! `Identities`: the identifiers of one person as each source holds them, right or wrong.

use super::{
    plan::{Devices, Plan},
    random::{Purpose, Random, mix},
    source::Slot,
};

/// How a value stands to the one that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Intact,
    Mistyped,
    /// No identifier at all.
    Masked,
}

/// Digits as a source holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) digits: String,
    pub(crate) state: State,
}

/// All of a person; a source's table writes those that it knows.
#[derive(Debug)]
pub(crate) struct Identities {
    /// Ten digits, the first two 0.
    pub(crate) crm_id: String,
    pub(crate) openid: String,
    pub(crate) unionid: String,
    pub(crate) external_userid: String,
    /// First and second; the second is empty where there is none.
    pub(crate) devices: [String; 2],
    pub(crate) switch: i32,
    /// By [`Slot`].
    held: [Option<Held>; 7],
}

const PREFIXES: [u16; 36] = [
    130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 150, 151, 152, 153, 155, 156, 157, 158, 159,
    166, 173, 176, 177, 178, 180, 181, 182, 183, 185, 186, 187, 188, 189, 191, 198, 199,
];
const PER_PREFIX: u64 = 100_000_000;
/// Everybody's example number, which sources block.
const EXAMPLE_NUMBER: u64 = 13_800_138_000;
const MEMBER_NUMBERS: u64 = 100_000_000;

impl Identities {
    pub(crate) fn new(plan: &Plan, person: u32) -> Self {
        let seed = plan.settings.seed;
        let phone = phone_number(seed, plan.phones.phone(person));
        let crm_id = member_number(seed, person);
        let known = plan.known[person as usize];
        let marks = plan.marks[person as usize];
        let held = Slot::ALL.map(|slot| {
            let intact = if slot.is_phone() { &phone } else { &crm_id };
            known.holds(slot).then(|| {
                if marks.masked & slot.bit() != 0 {
                    let digits = format!("{}****{}", &intact[..3], &intact[7..]);
                    return Held {
                        digits,
                        state: State::Masked,
                    };
                }
                if marks.mistyped & slot.bit() == 0 {
                    return Held {
                        digits: intact.clone(),
                        state: State::Intact,
                    };
                }
                let item = u64::from(person) << 3 | slot as u64;
                let mut random = Random::new(seed, Purpose::Typo, item);
                Held {
                    digits: mistyped(intact, &mut random),
                    state: State::Mistyped,
                }
            })
        });
        let Devices { switch, from, .. } = plan.devices.of(person);
        let second = match switch {
            i32::MAX => String::new(),
            _ if from == person => device(seed, person, 1),
            _ => device(seed, from, 0),
        };
        Self {
            crm_id,
            openid: wechat_id(seed, person, 1, "o", 27),
            unionid: wechat_id(seed, person, 2, "o6_", 25),
            external_userid: wechat_id(seed, person, 3, "wm", 30),
            devices: [device(seed, person, 0), second],
            switch,
            held,
        }
    }

    pub(crate) fn held(&self, slot: Slot) -> Option<&Held> {
        self.held[slot as usize].as_ref()
    }

    /// The device in use on a day.
    pub(crate) fn device(&self, day: i32) -> usize {
        usize::from(day >= self.switch)
    }
}

/// Eleven digits, a number for each phone: a bijection of phones, spread over all prefixes.
fn phone_number(seed: u64, phone: u32) -> String {
    let number = |phone: u32| {
        let all = PREFIXES.len() as u64 * PER_PREFIX;
        // Odd and no multiple of 3 or 5: prime to `all`.
        let spread = (u64::from(phone) * 2_654_435_761 + mix(seed ^ 0x7068) % all) % all;
        u64::from(PREFIXES[(spread / PER_PREFIX) as usize]) * PER_PREFIX + spread % PER_PREFIX
    };
    match number(phone) {
        EXAMPLE_NUMBER => number(u32::MAX).to_string(),
        usual => usual.to_string(),
    }
}

fn member_number(seed: u64, person: u32) -> String {
    // Odd and no multiple of 5: prime to the count of numbers.
    let offset = mix(seed ^ 0x6372) % MEMBER_NUMBERS;
    let number = (u64::from(person) * 48_271_897 + offset) % MEMBER_NUMBERS;
    format!("00{number:08}")
}

/// One digit wrong, or two neighbours swapped; never the first two, and never the same number.
fn mistyped(intact: &str, random: &mut Random) -> String {
    let mut digits = intact.as_bytes().to_vec();
    let at = random.between(2, digits.len() as i32 - 2).unsigned_abs() as usize;
    if digits[at] != digits[at + 1] && random.percent(25) {
        digits.swap(at, at + 1);
    } else {
        let away = random.between(1, 9) as u8;
        digits[at] = b'0' + (digits[at] - b'0' + away) % 10;
    }
    digits.into_iter().map(char::from).collect()
}

/// A WeChat identifier: a prefix, and letters that carry 6 bits each.
fn wechat_id(seed: u64, person: u32, kind: u64, prefix: &str, letters: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut random = Random::new(seed, Purpose::Identifier, u64::from(person) << 4 | kind);
    let mut id = String::with_capacity(prefix.len() + letters);
    id.push_str(prefix);
    let mut bits = 0;
    for letter in 0..letters {
        if letter % 10 == 0 {
            bits = random.next();
        }
        id.push(char::from(ALPHABET[(bits & 63) as usize]));
        bits >>= 6;
    }
    id
}

/// An Android id, or an identifier of Apple's in its capitals.
fn device(seed: u64, person: u32, number: u64) -> String {
    let item = u64::from(person) << 4 | 8 | number;
    let mut random = Random::new(seed, Purpose::Identifier, item);
    let (a, b) = (random.next(), random.next());
    if random.percent(45) {
        return format!("{a:016x}");
    }
    let (time, mid, version) = (a >> 32, a >> 16 & 0xffff, a & 0xfff);
    let (variant, node) = (b >> 48 & 0x3fff | 0x8000, b & 0xffff_ffff_ffff);
    format!("{time:08X}-{mid:04X}-4{version:03X}-{variant:04X}-{node:012X}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_not_given_twice() {
        let phones: BTreeSet<String> = (0..50_000).map(|phone| phone_number(1, phone)).collect();
        assert_eq!(phones.len(), 50_000);
        assert!(
            phones
                .iter()
                .all(|number| number.len() == 11 && number.starts_with('1'))
        );
        let members: BTreeSet<String> =
            (0..50_000).map(|person| member_number(1, person)).collect();
        assert_eq!(members.len(), 50_000);
        assert!(
            members
                .iter()
                .all(|number| number.len() == 10 && number.starts_with("00"))
        );
    }

    #[test]
    fn a_typing_error_keeps_the_length_and_changes_the_number() {
        let mut random = Random::new(1, Purpose::Typo, 0);
        for _ in 0..10_000 {
            let wrong = mistyped("13800138000", &mut random);
            assert_ne!(wrong, "13800138000");
            assert!(wrong.len() == 11 && wrong.starts_with("13"), "{wrong}");
        }
    }
}
