//! The arrays that come with data: `vtkPointData`, `vtkCellData`, `vtkFieldData`.

use crate::scene::{ObjectId, Scene, raw};

/// Places in `AttributeIndices`, as `vtkDataSetAttributes::AttributeTypes` numbers them.
pub(super) const SCALARS: usize = 0;
pub(super) const VECTORS: usize = 1;
pub(super) const NORMALS: usize = 2;
pub(super) const TCOORDS: usize = 3;

/// What every mapper takes where it is there: normals, texture coordinates, edge flags, tangents, and the weights and
/// degrees of curved cells.
const SHAPE: [usize; 6] = [2, 3, 7, 8, 9, 10];

/// The arrays of one association.
#[derive(Default)]
pub(super) struct Attributes {
    /// In their order; `None` where the server had no serializer for one.
    pub(super) arrays: Vec<Option<ObjectId>>,
    names: Vec<Option<String>>,
    active: Vec<Option<usize>>,
}

impl Attributes {
    /// Reads them; `None` where they are not as they should be.
    pub(super) fn of(scene: &Scene, id: &ObjectId) -> Option<Self> {
        let members = scene.state(id)?.members().ok()?;
        let arrays: Vec<Option<ObjectId>> = raw::elements(raw::member(&members, "Arrays")?)
            .ok()?
            .into_iter()
            .map(|v| scene.dialect().as_reference(v))
            .collect();
        let name = |id: &ObjectId| scene.head(id).and_then(|head| head.name.map(std::borrow::Cow::into_owned));
        let names = arrays.iter().map(|id| id.as_ref().and_then(name)).collect();
        let active = match raw::member(&members, "AttributeIndices") {
            Some(indices) => raw::elements(indices).ok()?.into_iter().map(|index| index.parse().ok()).collect(),
            None => Vec::new(),
        };
        Some(Self { arrays, names, active })
    }

    /// The active array of a kind, such as [`SCALARS`].
    pub(super) fn active(&self, kind: usize) -> Option<&ObjectId> {
        self.at(self.active.get(kind).copied().flatten()?)
    }

    /// One by its place.
    pub(super) fn at(&self, index: usize) -> Option<&ObjectId> {
        self.arrays.get(index)?.as_ref()
    }

    /// All of a name.
    pub(super) fn named(&self, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = &ObjectId> {
        let pairs = self.arrays.iter().zip(&self.names);
        pairs.filter(move |(_, name)| name.as_deref().is_some_and(&wanted)).filter_map(|(id, _)| id.as_ref())
    }

    /// What shapes the surface, whatever it is coloured by, and what hides parts of it.
    pub(super) fn shape(&self) -> impl Iterator<Item = &ObjectId> {
        let active = SHAPE.iter().filter_map(|&kind| self.active(kind));
        active.chain(self.named(|name| matches!(name, "vtkGhostType" | "vtkValidPointMask")))
    }

    /// All.
    pub(super) fn all(&self) -> impl Iterator<Item = &ObjectId> {
        self.arrays.iter().flatten()
    }
}
