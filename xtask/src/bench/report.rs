//! Figures: collected, printed as a table, written as JSON, compared with their targets.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::Serialize;

use super::machine::Machine;

/// A bound that a figure must keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// Greater is better.
    AtLeast(f64),
    /// Less is better.
    AtMost(f64),
}

/// One measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figure {
    /// What was done.
    pub(crate) what: String,
    /// What the number is: `rows/s, median of 3`.
    pub(crate) unit: String,
    /// The number.
    pub(crate) value: f64,
    /// What it must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<Target>,
    /// Figures beside it, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) beside: BTreeMap<String, f64>,
}

/// All figures of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    figures: Vec<Figure>,
}

impl Target {
    fn is_kept(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    /// How many times better than the bound; below 1: worse.
    fn ratio(self, value: f64) -> f64 {
        match self {
            Self::AtLeast(bound) => value / bound,
            Self::AtMost(bound) => bound / value,
        }
    }
}

impl Figure {
    /// A number without a target.
    pub(crate) fn new(what: impl Into<String>, value: f64, unit: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            unit: unit.into(),
            value,
            target: None,
            beside: BTreeMap::new(),
        }
    }

    /// With a target.
    pub(crate) fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// With a number beside it.
    pub(crate) fn beside(mut self, name: &str, value: f64) -> Self {
        self.beside.insert(name.to_owned(), value);
        self
    }

    fn is_missed(&self) -> bool {
        self.target
            .is_some_and(|target| !target.is_kept(self.value))
    }

    fn cells(&self) -> [String; 4] {
        let target = self.target.map(|target| match target {
            Target::AtLeast(bound) => format!(">= {}", number(bound)),
            Target::AtMost(bound) => format!("<= {}", number(bound)),
        });
        let ratio = self.target.map(|target| target.ratio(self.value));
        [
            self.what.clone(),
            format!("{} {}", number(self.value), self.unit),
            target.unwrap_or_default(),
            ratio
                .map(|ratio| format!("{ratio:.1} x"))
                .unwrap_or_default(),
        ]
    }
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            machine: Machine::look(),
            figures: Vec::new(),
        }
    }

    /// Shows the figure at once and keeps it.
    pub(crate) fn add(&mut self, figure: Figure) {
        let [what, value, ..] = figure.cells();
        println!("  {what}: {value}");
        self.figures.push(figure);
    }

    /// All figures as a table.
    pub(crate) fn print(&self) {
        println!("\n{}", self.machine.describe());
        let heading = ["what", "measured", "target", "ratio"].map(str::to_owned);
        let rows: Vec<[String; 4]> = std::iter::once(heading)
            .chain(self.figures.iter().map(Figure::cells))
            .collect();
        let widths: [usize; 4] = std::array::from_fn(|column| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or(0)
        });
        println!();
        for row in &rows {
            let cells = row.iter().zip(widths);
            let line: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            println!("{}", line.join("   ").trim_end());
        }
        for figure in self
            .figures
            .iter()
            .filter(|figure| !figure.beside.is_empty())
        {
            let beside = figure.beside.iter();
            let beside: Vec<String> = beside.map(|(k, v)| format!("{k} {}", number(*v))).collect();
            println!("  {}: {}", figure.what, beside.join(", "));
        }
    }

    /// Everything as one JSON document.
    pub(crate) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Fails where a target is missed.
    pub(crate) fn judge(&self) -> Result<()> {
        let missed = self.figures.iter().filter(|figure| figure.is_missed());
        let missed: Vec<&str> = missed.map(|figure| figure.what.as_str()).collect();
        if missed.is_empty() {
            return Ok(());
        }
        bail!("targets were missed: {}", missed.join("; "))
    }
}

/// The middle one of some values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Three significant digits, thousands apart.
fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        let digits = if value.abs() < 10.0 { 2 } else { 1 };
        return format!("{value:.digits$}");
    }
    let digits = format!("{:.0}", value);
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 0.322, 31.24, 150_000.4, 1_234_567.0].map(number);
        assert_eq!(shown, ["0.00", "0.32", "31.2", "150,000", "1,234,567"]);
    }

    #[test]
    fn a_missed_target_fails_the_run_and_names_it() {
        let mut report = Report::new();
        let rate = |value| Figure::new("load", value, "rows/s").target(Target::AtLeast(10.0));
        report.add(rate(10.0));
        report.add(Figure::new("count", 1.0, "ms").target(Target::AtMost(2.0)));
        assert!(report.judge().is_ok());
        report.add(rate(9.9));
        let error = report.judge().expect_err("one is missed").to_string();
        assert_eq!(error, "targets were missed: load");
    }

    #[test]
    fn a_median_is_one_of_the_values() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![5.0]), 5.0);
    }
}
