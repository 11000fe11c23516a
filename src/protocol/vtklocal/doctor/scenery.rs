//! What every window is to show: its renderers, their props, and the data behind these.

use std::collections::HashSet;

use crate::analysis::doctor::Exam;
use crate::scene::ObjectId;

use super::object::Object;

/// A window.
pub(super) struct Window<'e, 'a> {
    pub(super) object: Object<'e, 'a>,
    pub(super) renderers: Vec<Renderer<'e, 'a>>,
}

/// A renderer and its props.
pub(super) struct Renderer<'e, 'a> {
    pub(super) object: Object<'e, 'a>,
    pub(super) props: Vec<Prop<'e, 'a>>,
    /// Some of its props could not be looked at: nothing can be said of all of them.
    pub(super) is_partial: bool,
}

/// A prop.
pub(super) struct Prop<'e, 'a> {
    pub(super) object: Object<'e, 'a>,
    /// Visibility is on, and it is not wholly transparent.
    pub(super) is_visible: bool,
    /// It shows what its mapper makes of data, and nothing else.
    pub(super) is_plain: bool,
    /// It stands in the world, rather than on the picture.
    pub(super) is_3d: bool,
    pub(super) mapper: Option<Object<'e, 'a>>,
}

/// Props that show nothing but what their mapper makes. Others (axes, scalar bars, texts) draw themselves.
const PLAIN: [&str; 8] = [
    "vtkActor",
    "vtkLODActor",
    "vtkFollower",
    "vtkVolume",
    "vtkImageSlice",
    "vtkImageActor",
    "vtkActor2D",
    "vtkTexturedActor2D",
];

/// All windows that a root leads to.
pub(super) fn windows<'e, 'a>(exam: &'e Exam<'a>) -> Vec<Window<'e, 'a>> {
    let windows = exam.objects.iter().filter(|patient| patient.is_reachable && patient.head.is_a("vtkRenderWindow"));
    windows
        .filter_map(|patient| {
            let object = Object::new(patient)?;
            let renderers = object.items(exam, "Renderers");
            let renderers = renderers.iter().filter_map(|id| Renderer::read(exam, id)).collect();
            Some(Window { object, renderers })
        })
        .collect()
}

impl<'e, 'a> Renderer<'e, 'a> {
    fn read(exam: &'e Exam<'a>, id: &ObjectId) -> Option<Self> {
        let object = Object::read(exam, id)?;
        let ids = object.items(exam, "ViewProps");
        let props: Vec<_> = ids.iter().filter_map(|id| Prop::read(exam, id)).collect();
        let is_partial = props.len() < ids.len();
        Some(Self { object, props, is_partial })
    }

    /// It draws at all.
    pub(super) fn draws(&self) -> bool {
        self.object.number("Draw") != Some(0.0)
    }
}

impl<'e, 'a> Prop<'e, 'a> {
    fn read(exam: &'e Exam<'a>, id: &ObjectId) -> Option<Self> {
        let object = Object::read(exam, id)?;
        let is_plain = PLAIN.contains(&object.plain_class().as_ref());
        let is_3d = object.is_a("vtkProp3D");
        let opacity = || object.follow(exam, "Property").and_then(|property| property.number("Opacity"));
        let is_visible = object.number("Visibility") != Some(0.0) && !(is_plain && opacity() == Some(0.0));
        let mapper = object.follow(exam, "Mapper");
        Some(Self { is_visible, is_plain, is_3d, mapper, object })
    }
}

/// The data sets in some data: itself, or the leaves of a composite one. `None` where some of it is of
/// another kind (tables, graphs).
pub(super) fn leaves<'e, 'a>(exam: &'e Exam<'a>, data: &[ObjectId]) -> Option<Vec<Object<'e, 'a>>> {
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let mut open: Vec<ObjectId> = data.to_vec();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let object = Object::read(exam, &id)?;
        if object.is_a("vtkDataSet") {
            found.push(object);
        } else if object.is_a("vtkCompositeDataSet") {
            let blocks = exam.graph.targets(&id);
            open.extend(
                blocks.filter(|id| exam.object(id).is_some_and(|block| block.head.is_a("vtkDataObject"))).cloned(),
            );
        } else {
            return None;
        }
    }
    Some(found)
}

/// Points of a data set.
pub(super) enum Points<'a> {
    /// It has none.
    None,
    /// They are implied by something else, or the state does not tell.
    Unknown,
    /// In this array, so many.
    Array(&'a ObjectId, u64),
}

/// Where a data set's points are.
pub(super) fn points<'a>(exam: &Exam<'a>, data: &Object<'_, 'a>) -> Points<'a> {
    if !data.is_a("vtkPointSet") {
        return Points::Unknown;
    }
    if data.is_null("Points") {
        return Points::None;
    }
    let Some(array) = data.follow(exam, "Points").and_then(|points| points.follow(exam, "Data")) else {
        return Points::Unknown;
    };
    match array.number("NumberOfTuples") {
        Some(count) if count <= 0.0 => Points::None,
        Some(count) => Points::Array(array.id(), count as u64),
        None => Points::Unknown,
    }
}

/// The lists of cells of a vtkPolyData.
pub(super) const CELLS: [&str; 4] = ["Verts", "Lines", "Polys", "Strips"];
