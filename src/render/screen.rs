//! A page on a terminal that is drawn again and again in its place.
//!
//! Nothing of the terminal is changed but what stands on it (no other screen, no hidden cursor), so that there is
//! nothing to put back, however the program ends.

use std::io;

use console::{Term, measure_text_width, truncate_str};

use super::Out;

/// The place of a page.
#[derive(Debug, Default)]
pub struct Screen {
    /// Lines of the last page, and the terminal's size then.
    drawn: usize,
    size: (usize, usize),
}

impl Screen {
    /// Draws a page over the last one: as many lines as fit, each cut at the terminal's edge.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn draw(&mut self, out: &mut Out, lines: &[String]) -> io::Result<()> {
        let (rows, columns) = Term::stdout().size_checked().unwrap_or((24, 80));
        self.draw_at(out, lines, (usize::from(rows), usize::from(columns)))
    }

    fn draw_at(&mut self, out: &mut Out, lines: &[String], size: (usize, usize)) -> io::Result<()> {
        let (rows, columns) = size;
        let mut page = String::new();
        if self.drawn > 0 && size == self.size {
            page.push_str(&format!("\x1b[{}A\r\x1b[J", self.drawn));
        } else if self.drawn > 0 {
            // What was drawn may have been wrapped anew: nobody knows where it starts.
            page.push_str("\x1b[2J\x1b[H");
        }
        // The cursor stands below the last line.
        let fits = rows.saturating_sub(1).max(1);
        for line in lines.iter().take(fits) {
            let cut = if measure_text_width(line) > columns { truncate_str(line, columns, "…") } else { line.into() };
            page.push_str(&cut);
            page.push('\n');
        }
        self.drawn = lines.len().min(fits);
        self.size = size;
        out.text(page)?;
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stand_in_the_same_place() {
        let lines = |n: usize| (0..n).map(|k| format!("line {k}")).collect::<Vec<_>>();
        let text = Out::to_text(|out| {
            let mut screen = Screen::default();
            screen.draw_at(out, &lines(2), (10, 80))?;
            screen.draw_at(out, &lines(20), (4, 5))?;
            screen.draw_at(out, &lines(1), (4, 5))
        });
        let text = String::from_utf8(text.unwrap()).unwrap();
        assert_eq!(text, "line 0\nline 1\n\x1b[2J\x1b[Hline…\nline…\nline…\n\x1b[3A\r\x1b[Jline…\n");
    }
}
