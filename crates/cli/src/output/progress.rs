//! Progress bars: on a terminal only, on standard error, with rate and time left.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

const ROWS: &str = "{msg:30!} {wide_bar} {human_pos}/{human_len} rows, {per_sec}, {eta} left";
const BYTES: &str = "{msg:30!} {wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
const ALL: &str = "{msg:30!} {wide_bar} {bytes}/{total_bytes}, {eta} left";

/// A bar, or nothing where nobody looks.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    overall: Option<Overall>,
}

/// The bar of all files, and the share of one of them.
#[derive(Clone)]
struct Overall {
    bar: ProgressBar,
    rows: u64,
    bytes: u64,
    /// Rows so far, and bytes that they were counted as.
    done: Arc<(AtomicU64, AtomicU64)>,
}

impl Progress {
    /// Shows nothing.
    pub(crate) fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            overall: None,
        }
    }

    /// Counts rows.
    pub(crate) fn rows(shown: bool, total: u64, what: impl Into<Cow<'static, str>>) -> Self {
        let bar = if shown {
            styled(total, ROWS, what)
        } else {
            ProgressBar::hidden()
        };
        Self { bar, overall: None }
    }

    pub(crate) fn advance(&self, by: u64) {
        self.bar.inc(by);
        if let Some(overall) = &self.overall {
            overall.advance(by);
        }
    }

    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

impl Overall {
    fn advance(&self, rows: u64) {
        let (all_rows, counted) = &*self.done;
        let rows = all_rows.fetch_add(rows, Ordering::Relaxed) + rows;
        let share = rows as f64 / self.rows.max(1) as f64;
        let bytes = (share * self.bytes as f64) as u64;
        let before = counted.fetch_max(bytes, Ordering::Relaxed);
        self.bar.inc(bytes.saturating_sub(before));
    }
}

/// Bars of several files, one below the other.
pub(crate) struct Bars {
    shown: bool,
    all: MultiProgress,
    overall: Option<ProgressBar>,
}

impl Bars {
    /// No bars yet.
    pub(crate) fn new(shown: bool) -> Self {
        let target = match shown {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        Self {
            shown,
            all: MultiProgress::with_draw_target(target),
            overall: None,
        }
    }

    /// Shows a bar of all files, where there are several.
    pub(crate) fn expect(&mut self, bytes: u64, files: usize) {
        if self.shown && files > 1 {
            let bar = styled(bytes, ALL, format!("all {files} files"));
            self.overall = Some(self.all.add(bar));
        }
    }

    /// Counts the bytes of one file.
    pub(crate) fn bytes(&self, total: u64, what: impl Into<Cow<'static, str>>) -> Progress {
        self.one(total, BYTES, what)
    }

    /// Counts the rows of one file of so many bytes.
    pub(crate) fn rows(
        &self,
        total: u64,
        bytes: u64,
        what: impl Into<Cow<'static, str>>,
    ) -> Progress {
        let overall = self.overall.as_ref().map(|bar| Overall {
            bar: bar.clone(),
            rows: total,
            bytes,
            done: Arc::default(),
        });
        Progress {
            overall,
            ..self.one(total, ROWS, what)
        }
    }

    /// Says something while the bars are away.
    pub(crate) fn suspended<T>(&self, say: impl FnOnce() -> T) -> T {
        self.all.suspend(say)
    }

    fn one(
        &self,
        total: u64,
        template: &'static str,
        what: impl Into<Cow<'static, str>>,
    ) -> Progress {
        if !self.shown {
            return Progress::hidden();
        }
        Progress {
            bar: self.all.add(styled(total, template, what)),
            overall: None,
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        if let Some(overall) = &self.overall {
            overall.finish_and_clear();
        }
    }
}

fn styled(total: u64, template: &str, what: impl Into<Cow<'static, str>>) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(what);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
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
        for template in [ROWS, BYTES, ALL] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
        assert_eq!(thousands(2_500_315), "2,500,315");
    }

    #[test]
    fn rows_of_a_file_count_as_its_bytes_overall() {
        let overall = Overall {
            bar: ProgressBar::hidden(),
            rows: 3,
            bytes: 1_000,
            done: Arc::default(),
        };
        for expected in [333, 666, 1_000] {
            overall.advance(1);
            assert_eq!(overall.bar.position(), expected);
        }
    }
}
