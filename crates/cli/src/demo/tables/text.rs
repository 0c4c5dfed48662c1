//! Rows as lines of CSV. No value of the demo holds a comma, a quote or a line end, so none is
//! quoted.

use super::{Block, Cell, Layout, TimeStyle, layout::ColumnKind};
use crate::demo::calendar::{AHEAD_SECONDS, DAY_SECONDS, civil, day_of};

#[derive(Debug)]
pub(crate) struct TextRows {
    layout: Layout,
    bytes: Vec<u8>,
    /// Time, start and end of each line.
    lines: Vec<(i64, u32, u32)>,
}

impl TextRows {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            bytes: Vec::new(),
            lines: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, at: i64, cells: &[Cell<'_>]) {
        debug_assert_eq!(
            cells.len(),
            self.layout.columns.len(),
            "a cell for each column"
        );
        let start = self.bytes.len() as u32;
        for (position, (cell, column)) in cells.iter().zip(self.layout.columns).enumerate() {
            if position > 0 {
                self.bytes.push(b',');
            }
            match (*cell, column.kind) {
                (Cell::Null, _) => {}
                (Cell::Text(text), _) => self.text(text),
                (Cell::Int(number), _) => integer(&mut self.bytes, number),
                (Cell::Money(cents), _) => money(&mut self.bytes, cents),
                (Cell::Date(day), _) => date(&mut self.bytes, day),
                (Cell::Time(at), ColumnKind::Time(style)) => time(&mut self.bytes, at, style),
                (Cell::Time(at), _) => time(&mut self.bytes, at, TimeStyle::Offset),
            }
        }
        self.bytes.push(b'\n');
        self.lines.push((at, start, self.bytes.len() as u32));
    }

    fn text(&mut self, text: &str) {
        debug_assert!(
            !text.contains([',', '"', '\n']),
            "`{text}` would need quotes"
        );
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(super) fn finish(mut self) -> Block {
        let rows = self.lines.len() as u64;
        self.lines.sort_unstable();
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for (_, start, end) in self.lines {
            bytes.extend_from_slice(&self.bytes[start as usize..end as usize]);
        }
        Block::Text { bytes, rows }
    }
}

fn integer(bytes: &mut Vec<u8>, number: i64) {
    if number < 0 {
        bytes.push(b'-');
    }
    let (mut digits, mut at) = ([0u8; 20], 20);
    let mut left = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    bytes.extend_from_slice(&digits[at..]);
}

fn money(bytes: &mut Vec<u8>, cents: i64) {
    if cents < 0 {
        bytes.push(b'-');
    }
    integer(bytes, (cents.unsigned_abs() / 100).cast_signed());
    bytes.push(b'.');
    two(bytes, (cents.unsigned_abs() % 100) as u32);
}

fn two(bytes: &mut Vec<u8>, number: u32) {
    bytes.push(b'0' + (number / 10 % 10) as u8);
    bytes.push(b'0' + (number % 10) as u8);
}

fn date(bytes: &mut Vec<u8>, day: i32) {
    let (year, month, day) = civil(day);
    integer(bytes, i64::from(year));
    bytes.push(b'-');
    two(bytes, month);
    bytes.push(b'-');
    two(bytes, day);
}

fn time(bytes: &mut Vec<u8>, local: i64, style: TimeStyle) {
    let at = match style {
        TimeStyle::UtcMillis => local - AHEAD_SECONDS,
        _ => local,
    };
    let second = at.rem_euclid(DAY_SECONDS) as u32;
    let is_local = matches!(style, TimeStyle::LocalMinutes | TimeStyle::LocalSeconds);
    date(bytes, day_of(at));
    bytes.push(if is_local { b' ' } else { b'T' });
    two(bytes, second / 3600);
    bytes.push(b':');
    two(bytes, second / 60 % 60);
    if style != TimeStyle::LocalMinutes {
        bytes.push(b':');
        two(bytes, second % 60);
    }
    bytes.extend_from_slice(match style {
        TimeStyle::LocalMinutes | TimeStyle::LocalSeconds => b"",
        TimeStyle::Offset => b"+08:00",
        TimeStyle::BasicOffset => b"+0800",
        TimeStyle::UtcMillis => b".000Z",
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::tables::Column;

    const COLUMNS: &[Column] = &[
        Column::text("a"),
        Column::int("b"),
        Column::money("c"),
        Column::date("d"),
        Column::time("e", TimeStyle::UtcMillis),
        Column::time("f", TimeStyle::LocalMinutes),
        Column::time("g", TimeStyle::BasicOffset),
    ];

    #[test]
    fn lines_come_in_order_of_time_with_each_style() {
        let mut rows = TextRows::new(Layout { columns: COLUMNS });
        let at = 20_635 * DAY_SECONDS + 3 * 3600 + 62;
        let time = Cell::Time(at);
        let cells = [
            Cell::Text("甲"),
            Cell::Int(-7),
            Cell::Money(-105),
            Cell::Date(20_635),
        ];
        rows.push(2, &[&cells[..], &[time, time, time]].concat());
        rows.push(1, &[Cell::Null; 7]);
        let Block::Text { bytes, rows } = rows.finish() else {
            panic!("text");
        };
        let expected = ",,,,,,\n甲,-7,-1.05,2026-07-01,2026-06-30T19:01:02.000Z,\
            2026-07-01 03:01,2026-07-01T03:01:02+0800\n";
        assert_eq!(
            (String::from_utf8(bytes).expect("text").as_str(), rows),
            (expected, 2)
        );
    }
}
