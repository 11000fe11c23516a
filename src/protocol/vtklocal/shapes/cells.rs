//! The cells of a vtkPolyData: verts, lines, polys, strips.
//!
//! Source: `vtkCellArray`: cell k has the ids from `Offsets[k]` up to `Offsets[k + 1]` of `Connectivity`.

use super::object::Object;
use crate::analysis::shapes::{LossKind, Losses, values};
use crate::scene::Scene;

/// One list of cells.
#[derive(Default)]
pub(super) struct Cells {
    /// Ids of points, one cell after another; what is none is the highest number there is.
    pub(super) ids: Vec<u32>,
    sizes: Sizes,
}

enum Sizes {
    /// All cells have so many points.
    Same(usize),
    /// Where each cell starts, and where the last ends.
    Offsets(Vec<usize>),
}

impl Default for Sizes {
    fn default() -> Self {
        Self::Offsets(Vec::new())
    }
}

impl Cells {
    /// The list of this name; an empty one where there is none, or it is broken.
    pub(super) fn read(scene: &Scene, data: &Object<'_>, name: &str, losses: &mut Losses) -> Self {
        let Some(cells) = data.follow(scene, name) else { return Self::default() };
        let count = cells.number("NumberOfCells").unwrap_or(0.0);
        let Some(connectivity) = cells.reference("Connectivity").filter(|_| count > 0.0) else {
            return Self::default();
        };
        let Some(connectivity) = values(scene, &connectivity, losses) else { return Self::default() };
        let mut ids = Vec::with_capacity(connectivity.values.len());
        connectivity.values.for_each(|id| {
            ids.push(if (0.0..f64::from(u32::MAX)).contains(&id) { id as u32 } else { u32::MAX });
        });
        drop(connectivity);
        let sizes = match cells.reference("Offsets") {
            Some(offsets) => match values(scene, &offsets, losses) {
                Some(offsets) => Sizes::of(&offsets.values, ids.len()),
                None => None,
            },
            // All of one size: then it is not said where they start.
            None => {
                let count = count as usize;
                (count > 0 && ids.len().is_multiple_of(count)).then(|| Sizes::Same(ids.len() / count))
            }
        };
        match sizes {
            Some(sizes) => Self { ids, sizes },
            None => {
                let reason = String::from("the offsets of cells do not fit their ids, so the cells are left out");
                losses.note(LossKind::Damaged, reason, scene.describe(&cells.id), None);
                Self::default()
            }
        }
    }

    /// How many cells.
    pub(super) fn count(&self) -> usize {
        match &self.sizes {
            Sizes::Same(size) => self.ids.len().checked_div(*size).unwrap_or_default(),
            Sizes::Offsets(offsets) => offsets.len().saturating_sub(1),
        }
    }

    /// True where every cell has so many points.
    pub(super) fn are_all(&self, size: usize) -> bool {
        matches!(self.sizes, Sizes::Same(same) if same == size)
    }

    /// Calls `each` for every cell, with its number and its ids.
    pub(super) fn each(&self, mut each: impl FnMut(usize, &[u32])) {
        match &self.sizes {
            Sizes::Same(size) => self.ids.chunks_exact((*size).max(1)).enumerate().for_each(|(k, ids)| each(k, ids)),
            Sizes::Offsets(offsets) => {
                for (k, pair) in offsets.windows(2).enumerate() {
                    if let [start, end] = *pair {
                        each(k, self.ids.get(start..end).unwrap_or_default());
                    }
                }
            }
        }
    }
}

impl Sizes {
    /// What offsets say; `None` where they do not fit so many ids.
    fn of(offsets: &crate::scene::Values, ids: usize) -> Option<Self> {
        let mut ends = [0.0; 2];
        offsets.read(0, &mut ends);
        let [first, second] = ends;
        let (mut expected, mut is_same, mut is_rising, mut last) = (first, true, true, first);
        offsets.for_each(|offset| {
            is_same &= offset == expected;
            is_rising &= offset >= last;
            (expected, last) = (expected + second, offset);
        });
        if !is_rising || first != 0.0 || last > ids as f64 || offsets.is_empty() {
            return None;
        }
        if is_same && second > 0.0 && last == ids as f64 {
            return Some(Self::Same(second as usize));
        }
        let mut all = Vec::with_capacity(offsets.len());
        offsets.for_each(|offset| all.push(offset as usize));
        Some(Self::Offsets(all))
    }
}

/// What is drawn: corners of points, lines or triangles, and the cell that each belongs to where that is wanted.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) corners: Vec<u32>,
    owners: Option<Vec<u32>>,
}

impl Drawn {
    pub(super) fn new(with_owners: bool) -> Self {
        Self { corners: Vec::new(), owners: with_owners.then(Vec::new) }
    }

    pub(super) fn add(&mut self, cell: usize, corners: &[u32]) {
        self.corners.extend_from_slice(corners);
        if let Some(owners) = &mut self.owners {
            owners.extend(std::iter::repeat_n(u32::try_from(cell).unwrap_or(u32::MAX), corners.len()));
        }
    }

    /// The cell of each corner.
    pub(super) fn owners(&self) -> Option<&[u32]> {
        self.owners.as_deref()
    }

    /// Every corner, or every line, once; where cells have colours of their own each stays.
    pub(super) fn dedup(&mut self, size: usize) {
        if self.owners.is_some() {
            return;
        }
        if size == 1 {
            self.corners.sort_unstable();
            self.corners.dedup();
        } else {
            let mut pairs: Vec<[u32; 2]> =
                self.corners.as_chunks::<2>().0.iter().map(|&[a, b]| [a.min(b), a.max(b)]).collect();
            pairs.sort_unstable();
            pairs.dedup();
            self.corners = pairs.into_flattened();
        }
    }
}
