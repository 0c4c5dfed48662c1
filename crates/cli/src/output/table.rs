//! Tables: framed on a terminal, tab-separated lines elsewhere so that `cut` and `awk` work.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

/// A heading and rows of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self {
            heading: heading.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Lines without a final line end.
    pub(crate) fn render(&self, for_terminal: bool) -> String {
        if for_terminal {
            return self.framed();
        }
        let lines = std::iter::once(&self.heading).chain(&self.rows);
        let lines: Vec<String> = lines.map(|cells| plain(cells)).collect();
        lines.join("\n")
    }

    fn framed(&self) -> String {
        let mut table = Table::new();
        table.load_preset(UTF8_FULL_CONDENSED);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(self.heading.clone());
        table.add_rows(self.rows.clone());
        for position in 0..self.heading.len() {
            let numeric =
                !self.rows.is_empty() && self.rows.iter().all(|row| is_number(row, position));
            if let Some(column) = table.column_mut(position).filter(|_| numeric) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }
}

fn is_number(row: &[String], position: usize) -> bool {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '%');
    row.get(position)
        .is_some_and(|cell| cell.chars().all(digits))
}

fn plain(cells: &[String]) -> String {
    let clean = |cell: &String| cell.replace(['\t', '\n', '\r'], " ");
    cells.iter().map(clean).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_tables_are_lines_of_tab_separated_cells() {
        let mut grid = Grid::new(&["tag", "people"]);
        grid.row(["a\tb".to_owned(), "3".to_owned()]);
        grid.row(["城市".to_owned(), "4".to_owned()]);
        assert_eq!(grid.render(false), "tag\tpeople\na b\t3\n城市\t4");
    }

    #[test]
    fn framed_tables_hold_every_cell_with_numbers_to_the_right() {
        let mut grid = Grid::new(&["tag", "people"]);
        grid.row(["a".to_owned(), "3".to_owned()]);
        let text = grid.render(true);
        assert!(text.contains("│ a   ┆      3 │"), "{text}");
    }
}
