//! Tables: aligned for people on a terminal and in pipes, without frames, so that they can be cut and sorted.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement};

use super::Out;
use crate::scene::ObjectId;

/// Rows under a header.
pub struct Table {
    table: comfy_table::Table,
    header: Vec<String>,
    numbers: Vec<usize>,
    whole: Option<usize>,
    rows: Vec<Vec<String>>,
}

/// From here on a table is laid out by one pass over its columns: a scene has tens of thousands of rows,
/// and whoever asks for all of them is not looking at wrapped cells.
const LARGE: usize = 1000;

/// Characters in a last column that are not worth a line of their own.
const SHORT: usize = 12;

impl Table {
    /// A table with these headings. The columns of `numbers` are aligned to the right.
    pub fn new<const N: usize>(header: [&str; N], numbers: &[usize]) -> Self {
        Self {
            table: comfy_table::Table::new(),
            header: header.map(str::to_owned).to_vec(),
            numbers: numbers.to_vec(),
            whole: None,
            rows: Vec::new(),
        }
    }

    /// The ids of a row's object stand in this column: numbers are aligned to the right, names to the left, and names are
    /// never broken, so that they can be read and copied.
    #[must_use]
    pub fn with_ids<'i>(mut self, column: usize, mut ids: impl Iterator<Item = &'i ObjectId>) -> Self {
        self.numbers.retain(|number| *number != column);
        if ids.all(|id| id.number().is_some()) {
            self.numbers.push(column);
        } else {
            self.whole = Some(column);
        }
        self
    }

    /// Takes a column out in which nothing stands.
    fn without_empty(&mut self, column: usize) {
        if self.rows.iter().all(|row| row.get(column).is_none_or(String::is_empty)) {
            let is_kept = |k: usize| k != column;
            for row in self.rows.iter_mut().chain([&mut self.header]) {
                let mut k = 0..;
                row.retain(|_| k.next().is_none_or(is_kept));
            }
            let moved = |k: usize| if k > column { k - 1 } else { k };
            self.numbers.retain(|k| *k != column);
            self.numbers.iter_mut().chain(&mut self.whole).for_each(|k| *k = moved(*k));
        }
    }

    /// Columns of which nobody needs to know that nothing stands in them.
    #[must_use]
    pub fn hiding_empty(mut self, columns: &[usize]) -> Self {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        columns.into_iter().rev().for_each(|column| self.without_empty(column));
        self
    }

    /// How wide each column is when nothing is broken.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.header.iter().map(|cell| cell.chars().count()).collect();
        for row in &self.rows {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
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
        let widths = self.widths();
        // What is long may hang over at the end of a line, where nothing comes after it.
        let last = widths.last().copied().unwrap_or_default().min(SHORT);
        let needed = widths.iter().rev().skip(1).map(|width| width + 2).sum::<usize>() + last;
        let hangs_over = self.whole.is_some() && out.width().is_some_and(|width| needed <= usize::from(width));
        self.table.load_style(NOTHING).set_header(&self.header);
        match out.width().filter(|_| !hangs_over) {
            Some(width) => self.table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => self.table.set_content_arrangement(ContentArrangement::Disabled),
        };
        for row in &self.rows {
            self.table.add_row(row.iter().map(Cell::new));
        }
        for (index, column) in self.table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.whole == Some(index) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
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
        let widths = self.widths();
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
