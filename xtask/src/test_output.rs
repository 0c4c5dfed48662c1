//! Reads the output of test programs as it passes by: counts tests, notes the ignored and the
//! skipped ones, and keeps what passing tests printed off the terminal.
//!
//! The programs run with `--show-output`, since a test that cannot run here says so by printing
//! `skipped: needs …` and passing; without the flag that line would never be seen.

use std::fmt;

/// What all test programs of a run reported together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// Tests that were not run because they are marked so.
    pub(crate) ignored: u64,
    /// The names of the ignored tests.
    pub(crate) ignored_names: Vec<String>,
    /// The `skipped: …` lines that tests printed.
    pub(crate) skipped_lines: Vec<String>,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Takes the output line by line.
#[derive(Debug, Default)]
pub(crate) struct Watcher {
    totals: Totals,
    section: Section,
    /// Tests that the program at hand announced.
    announced: u64,
}

/// Where in the output of one test program we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    /// One line a test.
    #[default]
    Tests,
    /// What passing tests printed, then their names.
    Successes,
    /// What failing tests printed, then their names.
    Failures,
}

impl Watcher {
    /// Takes one line: prints it unless it is output of a test that passed.
    pub(crate) fn line(&mut self, line: &str) {
        if self.take(line.trim_end_matches('\r')) {
            println!("{line}");
        }
    }

    /// What was counted so far.
    pub(crate) fn totals(self) -> Totals {
        self.totals
    }

    /// Counts the line; says whether it is worth showing.
    fn take(&mut self, line: &str) -> bool {
        let trimmed = line.trim();
        if trimmed.starts_with("skipped:") {
            self.totals.skipped_lines.push(trimmed.to_owned());
        }
        match line {
            "successes:" => self.section = Section::Successes,
            "failures:" => self.section = Section::Failures,
            _ => self.take_count(line),
        }
        self.section != Section::Successes
    }

    fn take_count(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.take_result(counts);
        } else if self.section == Section::Tests {
            self.announced = announced(line).unwrap_or(self.announced);
            self.totals
                .ignored_names
                .extend(ignored_name(line).map(str::to_owned));
        }
    }

    /// Adds up `ok. 3 passed; 0 failed; 1 ignored; …`, unless it is not the result of the program
    /// at hand but something that one of its tests printed.
    fn take_result(&mut self, counts: &str) {
        let count_of = |what: &str| {
            let mut parts = counts.split(['.', ';']).map(str::trim);
            let number = parts.find_map(|part| part.strip_suffix(what));
            number
                .and_then(|number| number.trim().parse::<u64>().ok())
                .unwrap_or(0)
        };
        let [passed, failed, ignored, measured] =
            ["passed", "failed", "ignored", "measured"].map(count_of);
        if passed + failed + ignored + measured != self.announced {
            return;
        }
        self.section = Section::Tests;
        self.totals.passed += passed;
        self.totals.failed += failed;
        self.totals.ignored += ignored;
    }
}

/// The number in `running 3 tests`.
fn announced(line: &str) -> Option<u64> {
    let (number, what) = line.strip_prefix("running ")?.split_once(' ')?;
    if what.starts_with("test") {
        number.parse().ok()
    } else {
        None
    }
}

/// The name in `test some::name ... ignored, with a reason`.
fn ignored_name(line: &str) -> Option<&str> {
    let (name, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
    outcome.starts_with("ignored").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 3 tests
test a::works ... ok
test b::slow ... ignored, takes a day
test c::mapped ... ok

successes:

---- c::mapped stdout ----
skipped: needs Linux
seed 17
test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

successes:
    a::works
    c::mapped

test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

running 5 tests
test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0s";

    /// The totals of the output, and the lines of it that are shown.
    fn watch(output: &str) -> (Totals, Vec<&str>) {
        let mut watcher = Watcher::default();
        let shown = output.lines().filter(|line| watcher.take(line)).collect();
        (watcher.totals(), shown)
    }

    #[test]
    fn counts_are_added_over_programs() {
        let (totals, _) = watch(OUTPUT);
        assert_eq!((totals.passed, totals.failed, totals.ignored), (6, 1, 1));
        assert_eq!(totals.ignored_names, ["b::slow"]);
        assert_eq!(totals.skipped_lines, ["skipped: needs Linux"]);
        assert_eq!(totals.to_string(), "6 passed, 1 failed");
    }

    #[test]
    fn output_of_passing_tests_is_neither_shown_nor_counted() {
        let (_, shown) = watch(OUTPUT);
        assert!(!shown.contains(&"seed 17"));
        assert!(shown.contains(&"test a::works ... ok"));
        assert_eq!(
            shown
                .iter()
                .filter(|line| line.starts_with("test result"))
                .count(),
            2
        );
    }

    #[test]
    fn output_of_failing_tests_is_shown() {
        let mut watcher = Watcher::default();
        let lines = [
            "successes:",
            "noise",
            "failures:",
            "---- x stdout ----",
            "left: 1",
        ];
        let shown: Vec<&str> = lines
            .into_iter()
            .filter(|line| watcher.take(line))
            .collect();
        assert_eq!(shown, ["failures:", "---- x stdout ----", "left: 1"]);
    }
}
