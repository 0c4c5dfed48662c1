//! The machine that is measured on: its shape, and how busy others keep it.

use std::fs;

use serde::Serialize;

/// Shape of the machine; what cannot be found out is absent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    processors: usize,
    processor: Option<String>,
    memory_gib: Option<u64>,
    system: &'static str,
    /// Processes that ran or waited at the start, one-minute average.
    load_at_start: Option<f64>,
}

impl Machine {
    /// Looks at this one.
    pub(crate) fn look() -> Self {
        let processor = field("/proc/cpuinfo", "model name");
        let memory = field("/proc/meminfo", "MemTotal");
        let kib = memory.and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
        Self {
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            processor,
            memory_gib: kib.map(|kib| kib.div_ceil(1024 * 1024)),
            system: std::env::consts::OS,
            load_at_start: load_average(),
        }
    }

    /// One line for people.
    pub(crate) fn describe(&self) -> String {
        let memory = self.memory_gib.map(|gib| format!(", {gib} GiB"));
        let processor = self.processor.as_deref().map(|name| format!(" ({name})"));
        let busy = self.load_at_start.map(|load| {
            format!(", load average {load:.2} at the start: above 0.5 others were at work, too")
        });
        format!(
            "{} processors{}{}, {}{}",
            self.processors,
            processor.unwrap_or_default(),
            memory.unwrap_or_default(),
            self.system,
            busy.unwrap_or_default()
        )
    }
}

/// One-minute load average, where the system tells it.
pub(crate) fn load_average() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}

/// The value of the first `name : value` line of a file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}
