//! `limit: {per_person: 3, window: ever}` of an `identifier:` document.

use std::fmt;

use super::fields::Fields;
use crate::{
    schema::{LimitWindow, PersonLimit},
    segment::nearest,
};

const HINT: &str = "write {per_person: 3, window: ever}";

/// Windows by name; any other is a number of days.
const WINDOWS: [(&str, LimitWindow); 5] = [
    ("ever", LimitWindow::Ever),
    ("daily", LimitWindow::Days(1)),
    ("weekly", LimitWindow::Days(7)),
    ("monthly", LimitWindow::Days(30)),
    ("annually", LimitWindow::Days(365)),
];

/// Greatest number of values of a limit.
const PER_PERSON_MAX: u32 = 1_000_000;

/// Greatest window: a hundred years.
const WINDOW_DAYS_MAX: u32 = 36_525;

impl Fields<'_> {
    /// Reads the key; `None` where it is absent or wrong, which is noted.
    pub(super) fn limit(&mut self) -> Option<PersonLimit> {
        let line = self.line_of("limit");
        let (mut per_person, mut window) = (None, LimitWindow::Ever);
        let mut is_right = true;
        for (key, text, line) in self.map_like("limit", HINT)? {
            let read = match key.as_str() {
                "per_person" => self.per_person(&text, line).map(|n| per_person = Some(n)),
                "window" => self.window(&text, line).map(|read| window = read),
                _ => {
                    let hint = match nearest(&key, ["per_person", "window"]) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "keys are per_person, window".to_owned(),
                    };
                    self.fault(line, format!("there is no key `limit.{key}`"), &hint);
                    None
                }
            };
            is_right &= read.is_some();
        }
        if is_right && per_person.is_none() {
            self.fault(line, "the key `limit.per_person` is missing", HINT);
        }
        let per_person = per_person.filter(|_| is_right)?;
        Some(PersonLimit { per_person, window })
    }

    fn per_person(&mut self, text: &str, line: u32) -> Option<u32> {
        let value = text.parse().ok();
        let value = value.filter(|value| (1..=PER_PERSON_MAX).contains(value));
        if value.is_none() {
            let hint = format!("write a whole number, 1 to {PER_PERSON_MAX}");
            self.fault(line, format!("`limit.per_person` is `{text}`"), &hint);
        }
        value
    }

    fn window(&mut self, text: &str, line: u32) -> Option<LimitWindow> {
        if let Some((_, window)) = WINDOWS.iter().find(|(name, _)| *name == text) {
            return Some(*window);
        }
        let days = text.parse().ok();
        if let Some(days) = days.filter(|days| (1..=WINDOW_DAYS_MAX).contains(days)) {
            return Some(LimitWindow::Days(days));
        }
        let names = WINDOWS.map(|(name, _)| name);
        let hint = match nearest(text, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "write {} or a number of days, 1 to {WINDOW_DAYS_MAX}",
                names.join(", ")
            ),
        };
        self.fault(line, format!("`limit.window` is `{text}`"), &hint);
        None
    }
}

impl fmt::Display for LimitWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (WINDOWS.iter().find(|(_, window)| window == self), self) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Self::Days(days)) => write!(f, "{days}"),
            (None, Self::Ever) => f.write_str("ever"),
        }
    }
}

/// As in a document.
impl fmt::Display for PersonLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_person, window } = self;
        write!(f, "{{per_person: {per_person}, window: {window}}}")
    }
}
