//! How each source spells what it holds. All spellings of a number mean the same number.

use super::{
    identifiers::{Held, State},
    random::mix,
    source::Slot,
};

/// The cell for a phone or member number; empty where the source holds none.
pub(crate) fn spell(slot: Slot, held: Option<&Held>, person: u32) -> String {
    let Some(held) = held else {
        return String::new();
    };
    let digits = held.digits.as_str();
    if held.state == State::Masked {
        return digits.to_owned();
    }
    let habit = mix(u64::from(person) << 3 | slot as u64) % 10;
    match slot {
        Slot::CrmPhone => digits.to_owned(),
        Slot::MiniappPhone => format!("+86{digits}"),
        Slot::AppointmentPhone => grouped("", digits, ' '),
        Slot::VisitPhone if habit < 6 => grouped("", digits, '-'),
        Slot::VisitPhone => digits.to_owned(),
        Slot::WecomPhone if habit < 7 => grouped("+86-", digits, '-'),
        Slot::WecomPhone => format!("0086 {digits}"),
        // Copied from a screen, with what was next to it.
        Slot::AppointmentCrm if habit < 2 => format!(" {digits} "),
        Slot::AppointmentCrm | Slot::VisitCrm => digits.to_owned(),
    }
}

/// 3, 4 and 4 digits.
fn grouped(prefix: &str, digits: &str, between: char) -> String {
    let (head, mid, tail) = (&digits[..3], &digits[3..7], &digits[7..]);
    format!("{prefix}{head}{between}{mid}{between}{tail}")
}

/// Letters of row numbers: no `I`, `L`, `O`, `U`, so that nobody misreads them.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Rows of one source and person, at most.
const ROWS_PER_PERSON: u64 = 1 << 16;

/// A number for a row: unique by prefix, person and row, and telling neither.
pub(crate) fn row_id(prefix: &str, person: u32, row: usize) -> String {
    let mut left = mix(u64::from(person) * ROWS_PER_PERSON + row as u64);
    let mut id = String::with_capacity(prefix.len() + 13);
    id.push_str(prefix);
    for _ in 0..13 {
        id.push(char::from(LETTERS[(left & 31) as usize]));
        left >>= 5;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_its_spelling() {
        let held = Held {
            digits: "13812345678".to_owned(),
            state: State::Intact,
        };
        let spelled = |slot, person| spell(slot, Some(&held), person);
        assert_eq!(spelled(Slot::CrmPhone, 1), "13812345678");
        assert_eq!(spelled(Slot::MiniappPhone, 1), "+8613812345678");
        assert_eq!(spelled(Slot::AppointmentPhone, 1), "138 1234 5678");
        let seen: Vec<String> = (0..40)
            .map(|person| spelled(Slot::WecomPhone, person))
            .collect();
        assert!(seen.contains(&"+86-138-1234-5678".to_owned()));
        assert!(seen.contains(&"0086 13812345678".to_owned()));
        let masked = Held {
            digits: "138****5678".to_owned(),
            state: State::Masked,
        };
        assert_eq!(spell(Slot::WecomPhone, Some(&masked), 1), "138****5678");
        assert_eq!(spell(Slot::WecomPhone, None, 1), "");
    }
}
