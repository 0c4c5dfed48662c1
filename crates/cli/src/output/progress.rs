//! Progress bars: on a terminal only, on standard error, with rate and time left.

use std::borrow::Cow;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// A bar, or nothing where nobody looks.
#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

const ROWS: &str = "{msg:30!} {wide_bar} {human_pos}/{human_len} rows, {per_sec}, {eta} left";
const BYTES: &str = "{msg:30!} {wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";

impl Progress {
    /// Shows nothing.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Counts rows.
    pub(crate) fn rows(shown: bool, total: u64, what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shown, total, ROWS).named(what)
    }

    /// Counts bytes.
    pub(crate) fn bytes(shown: bool, total: u64, what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shown, total, BYTES).named(what)
    }

    fn new(shown: bool, total: u64, template: &str) -> Self {
        if !shown {
            return Self::hidden();
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn named(self, what: impl Into<Cow<'static, str>>) -> Self {
        self.0.set_message(what);
        self
    }

    pub(crate) fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    pub(crate) fn done(&self) {
        self.0.finish_and_clear();
    }
}

/// A count with commas, for people.
pub(crate) fn thousands(count: u64) -> String {
    HumanCount(count).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_understood() {
        for template in [ROWS, BYTES] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
        assert_eq!(thousands(2_500_315), "2,500,315");
    }
}
