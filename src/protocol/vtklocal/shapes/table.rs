//! Lookup tables and transfer functions: from a value to a colour.
//!
//! Sources: `vtkLookupTable::MapScalarsThroughTable2`, `vtkColorTransferFunction`, `vtkScalarsToColors`.

use super::object::Object;
use crate::analysis::shapes::{LossKind, Losses};
use crate::scene::{Picked, Scene};

/// See the module.
pub(super) struct Table {
    scale: Scale,
    is_log: bool,
    nan: [u8; 4],
    below: Option<[u8; 4]>,
    above: Option<[u8; 4]>,
    vectors: Vectors,
}

enum Scale {
    /// Colours for equal parts of a range.
    Steps { colors: Vec<[u8; 4]>, low: f64, high: f64 },
    /// Colours at values (x, red, green, blue), and mixed between.
    Nodes(Vec<[f64; 4]>),
}

/// What of a row of several values counts.
enum Vectors {
    Length,
    Component(usize),
    Colors,
}

impl Table {
    /// The table of a mapper, or why it cannot be used.
    pub(super) fn of(scene: &Scene, mapper: &Object<'_>, losses: &mut Losses) -> Result<Self, (LossKind, String)> {
        let unsupported = |text: String| (LossKind::Unsupported, text);
        let Some(table) = mapper.follow(scene, "LookupTable") else {
            return Err((
                LossKind::Damaged,
                String::from("it colours by values and has no table, so colours are left out"),
            ));
        };
        if table.is_on("IndexedLookup") {
            return Err(unsupported(String::from("tables of categories are not followed, so colours are left out")));
        }
        let scale = match table.plain_class().as_ref() {
            "vtkLookupTable" => steps(scene, mapper, &table, losses)?,
            "vtkColorTransferFunction" if table.number("ColorSpace").unwrap_or(0.0) == 0.0 => {
                let nodes: Vec<[f64; 4]> = table.numbers("Data").unwrap_or_default().as_chunks().0.to_vec();
                if nodes.is_empty() {
                    return Err((
                        LossKind::Damaged,
                        String::from("a transfer function has no colours, so colours are left out"),
                    ));
                }
                Scale::Nodes(nodes)
            }
            "vtkColorTransferFunction" => {
                let text = "transfer functions in other spaces than RGB are not followed, so colours are left out";
                return Err(unsupported(String::from(text)));
            }
            class => return Err(unsupported(format!("colours of a {class} are not known, so they are left out"))),
        };
        let color = |name: &str, usual: [f64; 4]| {
            let [r, g, b, a] = usual;
            let found = table.vector(name).or_else(|| table.vector(name).map(|[r, g, b]: [f64; 3]| [r, g, b, 1.0]));
            byte_color(found.unwrap_or([r, g, b, a]))
        };
        let component = table.number("VectorComponent").unwrap_or(0.0).max(0.0) as usize;
        Ok(Self {
            scale,
            is_log: table.is_on("Scale"),
            nan: color("NanColor", [0.5, 0.0, 0.0, 1.0]),
            below: table.is_on("UseBelowRangeColor").then(|| color("BelowRangeColor", [0.0, 0.0, 0.0, 1.0])),
            above: table.is_on("UseAboveRangeColor").then(|| color("AboveRangeColor", [1.0; 4])),
            vectors: match table.number("VectorMode") {
                Some(0.0) => Vectors::Length,
                Some(2.0) => Vectors::Colors,
                _ => Vectors::Component(component),
            },
        })
    }

    /// Rows of several values are colours themselves.
    pub(super) fn takes_colors(&self) -> bool {
        matches!(self.vectors, Vectors::Colors)
    }

    /// Four bytes for each row.
    pub(super) fn colors(&self, picked: &Picked) -> Vec<u8> {
        let mut colors = Vec::with_capacity(picked.rows.saturating_mul(4));
        let components = picked.components.max(1);
        let wanted = match self.vectors {
            Vectors::Component(wanted) => wanted.min(components - 1),
            Vectors::Length | Vectors::Colors => 0,
        };
        let is_length = matches!(self.vectors, Vectors::Length) && components > 1;
        let (mut at, mut value) = (0, 0.0);
        picked.values.for_each(|next| {
            if is_length {
                value += next * next;
            } else if at == wanted {
                value = next;
            }
            at += 1;
            if at == components {
                colors.extend_from_slice(&self.color(if is_length { value.sqrt() } else { value }));
                (at, value) = (0, 0.0);
            }
        });
        colors
    }

    fn color(&self, value: f64) -> [u8; 4] {
        if value.is_nan() {
            return self.nan;
        }
        let scaled = |value: f64| if self.is_log { value.max(f64::MIN_POSITIVE).log10() } else { value };
        match &self.scale {
            Scale::Steps { colors, low, high } => {
                let (low, high, value) = (scaled(*low), scaled(*high), scaled(value));
                let (first, last) = (colors.first().copied(), colors.last().copied());
                let found = if value < low.min(high) && self.below.is_some() {
                    self.below
                } else if value > low.max(high) && self.above.is_some() {
                    self.above
                } else if low == high {
                    if value > low { last } else { first }
                } else {
                    let place = (value - low) / (high - low) * colors.len() as f64;
                    colors.get((place.max(0.0) as usize).min(colors.len().saturating_sub(1))).copied()
                };
                found.unwrap_or(self.nan)
            }
            Scale::Nodes(nodes) => {
                let after = nodes.partition_point(|[x, ..]| *x <= value);
                let [start, end] = [after.checked_sub(1), Some(after)].map(|k| k.and_then(|k| nodes.get(k)).copied());
                match (start, end) {
                    (Some([x, a @ ..]), Some([y, b @ ..])) => {
                        let part = (scaled(value) - scaled(x)) / (scaled(y) - scaled(x));
                        let mut color = [0.0; 4];
                        let mixed = a.iter().zip(b).map(|(a, b)| a + (b - a) * part).chain([1.0]);
                        color.iter_mut().zip(mixed).for_each(|(channel, value)| *channel = value);
                        byte_color(color)
                    }
                    (Some([_, r, g, b]), None) => self.above.unwrap_or(byte_color([r, g, b, 1.0])),
                    (None, Some([_, r, g, b])) => self.below.unwrap_or(byte_color([r, g, b, 1.0])),
                    (None, None) => self.nan,
                }
            }
        }
    }
}

/// The colours of a lookup table, and the values they stand for.
fn steps(
    scene: &Scene,
    mapper: &Object<'_>,
    table: &Object<'_>,
    losses: &mut Losses,
) -> Result<Scale, (LossKind, String)> {
    let unbuilt = || {
        // It is filled when it is first used for drawing; until then it is sent empty, and clients do not fill it.
        (LossKind::Damaged, String::from("a lookup table has no colours yet, so colours are left out"))
    };
    let colors = table
        .reference("Table")
        .and_then(|id| crate::analysis::shapes::values(scene, &id, losses))
        .ok_or_else(unbuilt)?;
    let bytes = colors.values.raw(0, colors.values.len()).filter(|_| colors.components == 4).ok_or_else(unbuilt)?;
    let colors = bytes.as_chunks::<4>().0.to_vec();
    if colors.is_empty() {
        return Err(unbuilt());
    }
    let from_table = mapper.is_on("UseLookupTableScalarRange");
    let range = if from_table {
        table.vector("Range").or_else(|| table.vector("TableRange"))
    } else {
        mapper.vector("ScalarRange")
    };
    let [low, high] = range.unwrap_or([0.0, 1.0]);
    if table.is_on("Scale") && low.min(high) <= 0.0 {
        return Err((
            LossKind::Unsupported,
            String::from("logarithms of a range that goes below zero are not followed, so colours are left out"),
        ));
    }
    Ok(Scale::Steps { colors, low, high })
}

fn byte_color(color: [f64; 4]) -> [u8; 4] {
    color.map(|channel| (channel * 255.0).round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(scale: Scale, is_log: bool) -> Table {
        let nan = [9; 4];
        Table { scale, is_log, nan, below: None, above: Some([8; 4]), vectors: Vectors::Length }
    }

    #[test]
    fn values_have_the_colours_of_their_part_of_the_range() {
        let colors: Vec<[u8; 4]> = (0..4).map(|k| [k; 4]).collect();
        let of = |low: f64, high: f64, is_log| table(Scale::Steps { colors: colors.clone(), low, high }, is_log);
        let linear = of(0.0, 8.0, false);
        let found = [-1.0, 0.0, 1.9, 2.0, 7.9, 8.0, 8.1, f64::NAN, f64::INFINITY].map(|value| linear.color(value)[0]);
        assert_eq!(found, [0, 0, 0, 1, 3, 3, 8, 9, 8]);
        let log = of(1.0, 10_000.0, true);
        assert_eq!([0.0, 5.0, 50.0, 500.0, 5_000.0].map(|value| log.color(value)[0]), [0, 0, 1, 2, 3]);
        assert_eq!([4.0, 5.0].map(|value| of(5.0, 5.0, false).color(value)[0]), [0, 0]);
        assert_eq!([8.0, 5.0, 0.0].map(|value| of(8.0, 0.0, false).color(value)[0]), [0, 1, 3], "upside down");
    }

    #[test]
    fn between_nodes_colours_are_mixed() {
        let nodes = vec![[0.0, 0.0, 1.0, 0.0], [2.0, 1.0, 0.0, 0.0]];
        let found = [-1.0, 1.0, 3.0].map(|value| table(Scale::Nodes(nodes.clone()), false).color(value));
        assert_eq!(found, [[0, 255, 0, 255], [128, 128, 0, 255], [8; 4]]);
    }
}
