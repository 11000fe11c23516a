//! Tables: aligned for people on a terminal and in pipes, without frames, so that they can be cut and sorted.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement};

use super::Out;

/// Rows under a header.
pub struct Table {
    table: comfy_table::Table,
    header: Vec<String>,
    numbers: Vec<usize>,
    rows: Vec<Vec<String>>,
}

/// From here on a table is laid out by one pass over its columns: a scene has tens of thousands of rows,
/// and whoever asks for all of them is not looking at wrapped cells.
const LARGE: usize = 1000;

impl Table {
    /// A table with these headings. The columns of `numbers` are aligned to the right.
    pub fn new<const N: usize>(header: [&str; N], numbers: &[usize]) -> Self {
        Self {
            table: comfy_table::Table::new(),
            header: header.map(str::to_owned).to_vec(),
            numbers: numbers.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Writes the table.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn print(mut self, out: &mut Out) -> std::io::Result<()> {
        if self.rows.len() >= LARGE {
            return self.print_large(out);
        }
        self.table.load_style(NOTHING).set_header(&self.header);
        match out.width() {
            Some(width) => self.table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => self.table.set_content_arrangement(ContentArrangement::Disabled),
        };
        for row in &self.rows {
            self.table.add_row(row.iter().map(Cell::new));
        }
        for (index, column) in self.table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.numbers.contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in self.table.lines() {
            out.line(line.trim_end())?;
        }
        Ok(())
    }

    fn print_large(self, out: &mut Out) -> std::io::Result<()> {
        let mut widths: Vec<usize> = self.header.iter().map(|cell| cell.chars().count()).collect();
        for row in &self.rows {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut line = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            line.clear();
            for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let pad = width - cell.chars().count();
                let right = self.numbers.contains(&index);
                line.extend(std::iter::repeat_n(' ', if right { pad } else { 0 }));
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', if right { 2 } else { pad + 2 }));
            }
            out.line(line.trim_end())?;
        }
        Ok(())
    }
}
