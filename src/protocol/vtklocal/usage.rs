//! Which arrays nothing draws: what VTK's mappers and textures take from the data they are given.
//!
//! Sources: `vtkAbstractMapper::GetAbstractScalars`, `vtkOpenGLPolyDataMapper`, `vtkOpenGLGlyph3DMapper`, `vtkTexture`.
//! Everything that is not known to be left alone counts as used: unknown classes use all that they refer to.

use std::collections::{BTreeSet, HashSet};

use super::attributes::Attributes;
use super::rule::{Rule, references_in};
use crate::scene::raw::{self, Kind};
use crate::scene::{ObjectId, Role, Scene, State};

/// Mappers that are known to take from their data only what their properties say.
const MAPPERS: [&str; 11] = [
    "vtkPolyDataMapper",
    "vtkOpenGLPolyDataMapper",
    "vtkOpenGLLowMemoryPolyDataMapper",
    "vtkCompositePolyDataMapper",
    "vtkOpenGLCompositePolyDataMapper",
    "vtkDataSetMapper",
    "vtkPolyDataMapper2D",
    "vtkOpenGLPolyDataMapper2D",
    "vtkSmartVolumeMapper",
    "vtkFixedPointVolumeRayCastMapper",
    "vtkOpenGLGPUVolumeRayCastMapper",
];
const GLYPH_MAPPERS: [&str; 2] = ["vtkGlyph3DMapper", "vtkOpenGLGlyph3DMapper"];
const TEXTURES: [&str; 2] = ["vtkTexture", "vtkOpenGLTexture"];
/// Data that have their arrays in `PointData`, `CellData` and `FieldData`, and nowhere else but in their shape.
const DATA_SETS: [&str; 6] = [
    "vtkPolyData",
    "vtkUnstructuredGrid",
    "vtkImageData",
    "vtkStructuredPoints",
    "vtkStructuredGrid",
    "vtkRectilinearGrid",
];
const COMPOSITES: [&str; 4] =
    ["vtkMultiBlockDataSet", "vtkMultiPieceDataSet", "vtkPartitionedDataSet", "vtkPartitionedDataSetCollection"];
/// More bytes of states to read than any honest scene needs; data beyond count as used.
const MOST_WORK: usize = 1 << 30;
/// What an array's state has, for that count.
const ARRAY_WORK: usize = 512;

/// The arrays that the roots lead to and that nothing draws.
pub(super) fn unused_arrays(scene: &Scene) -> BTreeSet<ObjectId> {
    let mut walk = Walk { scene, used: HashSet::new(), stack: Vec::new(), candidates: HashSet::new(), work: 0 };
    walk.stack.extend(scene.roots.iter().map(|root| root.id.clone()));
    while let Some(id) = walk.stack.pop() {
        walk.visit(id);
    }
    let Walk { used, candidates, .. } = walk;
    candidates.into_iter().filter(|id| !used.contains(id)).collect()
}

struct Walk<'a> {
    scene: &'a Scene,
    /// Objects that something uses as a whole.
    used: HashSet<ObjectId>,
    stack: Vec<ObjectId>,
    /// Arrays that were left aside at least once.
    candidates: HashSet<ObjectId>,
    work: usize,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, id: ObjectId) {
        let scene = self.scene;
        let Some(state) = scene.state(&id) else { return };
        if !self.used.insert(id) {
            return;
        }
        let head = scene.dialect().head(state);
        let class = head.class.as_ref();
        let known = MAPPERS.contains(&class) || GLYPH_MAPPERS.contains(&class) || TEXTURES.contains(&class);
        if known && self.consumer(state, class).is_some() {
            return;
        }
        let of_blocks = class == "vtkCompositeDataDisplayAttributes";
        scene.dialect().references(state, &mut |target| {
            // It names blocks to say how they look; that is not using them.
            if !(of_blocks && is_data(scene, &target)) {
                self.stack.push(target);
            }
        });
    }

    /// A mapper or a texture that is known; `None` where its state is not as it should be.
    fn consumer(&mut self, state: &'a State, class: &str) -> Option<()> {
        let members = state.members().ok()?;
        let mut inputs = Vec::new();
        let mut others = Vec::new();
        for (key, value) in &members {
            if key != "InputDataObjects" {
                references_in(self.scene.dialect(), value, &mut others)?;
                continue;
            }
            for (port, connections) in raw::elements(value).ok()?.into_iter().enumerate() {
                let mut found = Vec::new();
                references_in(self.scene.dialect(), connections, &mut found)?;
                inputs.extend(found.into_iter().map(|id| (port, id)));
            }
        }
        let rule = if TEXTURES.contains(&class) {
            // Which array it takes may be said in its information; then all of them count as used.
            let told = raw::member(&members, "Information")
                .and_then(|value| self.scene.state(&self.scene.dialect().as_reference(value)?));
            if told.is_some_and(|state| state.as_str().contains("INPUT_ARRAYS_TO_PROCESS")) {
                return None;
            }
            Rule::scalars()
        } else {
            Rule::of_mapper(self.scene, &members, GLYPH_MAPPERS.contains(&class))?
        };
        self.stack.extend(others);
        for (port, id) in inputs {
            if port > 0 && GLYPH_MAPPERS.contains(&class) {
                self.stack.push(id); // the glyphs themselves
            } else {
                self.data(&rule, id);
            }
        }
        Some(())
    }

    /// Takes from some data what a rule says, block by block.
    fn data(&mut self, rule: &Rule, id: ObjectId) {
        let scene = self.scene;
        let mut seen = HashSet::new();
        let mut blocks = vec![id];
        while let Some(id) = blocks.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let Some(state) = scene.state(&id) else { continue };
            self.work = self.work.saturating_add(state.len());
            if self.work > MOST_WORK {
                self.stack.push(id);
                continue;
            }
            let head = scene.dialect().head(state);
            if COMPOSITES.contains(&head.class.as_ref()) {
                scene.dialect().references(state, &mut |target| {
                    let list = if is_data(scene, &target) { &mut blocks } else { &mut self.stack };
                    list.push(target);
                });
            } else if !DATA_SETS.contains(&head.class.as_ref()) || self.data_set(rule, state).is_none() {
                self.stack.push(id);
            }
        }
    }

    fn data_set(&mut self, rule: &Rule, state: &'a State) -> Option<()> {
        let members = state.members().ok()?;
        let attributes = |name: &str| match raw::member(&members, name) {
            Some(value) if Kind::of(value) != Kind::Null => {
                Attributes::of(self.scene, &self.scene.dialect().as_reference(value)?)
            }
            _ => Some(Attributes::default()),
        };
        let [points, cells, field] = [attributes("PointData")?, attributes("CellData")?, attributes("FieldData")?];
        let arrays = points.arrays.len() + cells.arrays.len() + field.arrays.len();
        self.work = self.work.saturating_add(arrays.saturating_mul(ARRAY_WORK));
        let mut shape = Vec::new();
        for (key, value) in &members {
            if !matches!(key.as_ref(), "PointData" | "CellData" | "FieldData") {
                references_in(self.scene.dialect(), value, &mut shape)?;
            }
        }
        let taken = rule.taken(&points, &cells, &field);
        let all = points.arrays.into_iter().chain(cells.arrays).chain(field.arrays).flatten();
        self.candidates.extend(all.filter(|id| !taken.contains(id)));
        self.stack.extend(shape);
        self.stack.extend(taken);
        Some(())
    }
}

fn is_data(scene: &Scene, id: &ObjectId) -> bool {
    scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Data))
}
