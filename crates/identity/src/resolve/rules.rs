//! `Rules`: what keeps people apart, by the number of an identifier's type.

use tagma_core::limits::{IDENTIFIER_QUARANTINE_DEFAULT, PEOPLE_PER_MERGE_MAX};
use tagma_core::schema::{IdentifierType, LimitWindow, PersonLimit};

/// What the catalog says about identifier types, for resolving.
///
/// Priorities are not here: each [`super::RecordIdentifier`] carries its own.
#[derive(Debug, Clone)]
pub struct Rules {
    /// By type number; types beyond its end have no limit.
    types: Vec<TypeRules>,
    people_per_merge: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            types: Vec::new(),
            people_per_merge: PEOPLE_PER_MERGE_MAX,
        }
    }
}

/// The rules of one type.
#[derive(Debug, Clone, Copy)]
struct TypeRules {
    limit: Option<PersonLimit>,
    unique: bool,
    quarantine: u32,
}

impl Default for TypeRules {
    fn default() -> Self {
        Self {
            limit: None,
            unique: false,
            quarantine: IDENTIFIER_QUARANTINE_DEFAULT,
        }
    }
}

impl Rules {
    /// The rules of these types; any other type has neither limit nor uniqueness.
    pub fn new<'a>(types: impl IntoIterator<Item = &'a IdentifierType>) -> Self {
        let mut rules = Self::default();
        for declared in types {
            let at = usize::from(declared.number);
            if rules.types.len() <= at {
                rules.types.resize(at + 1, TypeRules::default());
            }
            rules.types[at] = TypeRules {
                limit: declared.limit,
                unique: declared.unique,
                quarantine: declared.quarantine,
            };
        }
        rules
    }

    /// Origins that one person may consist of after a merge.
    pub(super) fn people_per_merge(&self) -> usize {
        self.people_per_merge
    }

    /// Another guard than the real one, so that small examples meet it.
    #[cfg(test)]
    pub(crate) fn guarded_at(self, people_per_merge: usize) -> Self {
        Self {
            people_per_merge,
            ..self
        }
    }

    /// Whether a person's values of a type are counted.
    #[inline]
    pub(super) fn is_limited(&self, type_number: u16) -> bool {
        let rules = self.types.get(usize::from(type_number));
        rules.is_some_and(|rules| rules.unique || rules.limit.is_some())
    }

    /// Whether values of any type are counted.
    pub(super) fn has_limits(&self) -> bool {
        self.types
            .iter()
            .any(|rules| rules.unique || rules.limit.is_some())
    }

    /// Whether a person has at most one value of a type.
    pub(super) fn is_unique(&self, type_number: u16) -> bool {
        self.of(type_number).unique
    }

    /// How many of the values of a type, given the days on which they were attached, are too many
    /// on `day`.
    pub(super) fn exceeds(
        &self,
        type_number: u16,
        day: i32,
        attached: impl Iterator<Item = i32>,
    ) -> bool {
        let Some(limit) = self.of(type_number).limit else {
            return false;
        };
        let counts = |attached: &i32| match limit.window {
            LimitWindow::Ever => true,
            LimitWindow::Days(days) => i64::from(*attached) > i64::from(day) - i64::from(days),
        };
        attached.filter(counts).count() > limit.per_person as usize
    }

    /// Merges that one identifier of a type may decide.
    pub(super) fn quarantine(&self, type_number: u16) -> usize {
        self.of(type_number).quarantine as usize
    }

    fn of(&self, type_number: u16) -> TypeRules {
        let rules = self.types.get(usize::from(type_number));
        rules.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_today_and_the_days_before_it() {
        let rules = |per_person, window| Rules {
            types: vec![TypeRules {
                limit: Some(PersonLimit { per_person, window }),
                ..TypeRules::default()
            }],
            ..Rules::default()
        };
        let attached = [i32::MIN, 3, 4, 10, 10];
        let exceeds = |rules: &Rules, day| rules.exceeds(0, day, attached.into_iter());
        let weekly = rules(2, LimitWindow::Days(7));
        assert!(exceeds(&weekly, 10) && !exceeds(&weekly, 11));
        let daily = rules(1, LimitWindow::Days(1));
        assert!(exceeds(&daily, 10) && !exceeds(&daily, 11));
        let ever = rules(4, LimitWindow::Ever);
        assert!(exceeds(&ever, i32::MAX));
        assert!(!rules(5, LimitWindow::Ever).exceeds(0, 0, attached.into_iter()));
        assert!(ever.is_limited(0) && !ever.is_limited(1) && ever.has_limits());
        assert!(!Rules::default().has_limits());
    }
}
