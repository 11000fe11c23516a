//! What one mapper or texture takes from the data it is given.

use std::collections::HashSet;

use super::attributes::{Attributes, SCALARS};
use crate::scene::raw::{self, Kind, Members};
use crate::scene::{Dialect, ObjectId, Scene};

/// What is taken, besides what shapes the surface.
pub(super) struct Rule {
    colors: Colors,
    /// Arrays of these names, wherever they are.
    names: HashSet<String>,
    /// All arrays of the points: which of them turns and scales glyphs is not in the state.
    all_points: bool,
}

/// Where colours come from.
pub(super) enum Colors {
    Nothing,
    /// The points' active scalars, else the cells'.
    Default,
    Points(Choice),
    Cells(Choice),
    Field(Choice),
    Everything,
}

/// Which array.
pub(super) enum Choice {
    Active,
    Index(usize),
    Name(String),
    Any,
}

impl Rule {
    /// The active scalars, as a texture takes them.
    pub(super) fn scalars() -> Self {
        Self { colors: Colors::Default, names: HashSet::new(), all_points: false }
    }

    /// What a mapper's properties say; `None` where they are not as they should be.
    pub(super) fn of_mapper(scene: &Scene, members: &Members<'_>, glyphs: bool) -> Option<Self> {
        let is_off = |name: &str| raw::member(members, name).is_some_and(|value| matches!(value, "0" | "false"));
        let moving = ["Orient", "Scaling", "Masking", "SourceIndexing", "UseSelectionIds"];
        let mut rule = Self {
            colors: if is_off("ScalarVisibility") { Colors::Nothing } else { Colors::of(members)? },
            names: HashSet::new(),
            all_points: glyphs && !moving.into_iter().all(is_off),
        };
        // Whatever else it names (ids for picking, a second axis of a transfer function) counts as used.
        for (key, value) in members {
            if !matches!(key.as_ref(), "ArrayName" | "ClassName" | "ObjectName" | "SuperClassNames") {
                rule.names.extend(raw::text(value).filter(|name| !name.is_empty()).map(std::borrow::Cow::into_owned));
            }
        }
        if raw::member(members, "CompositeDataDisplayAttributes").is_some_and(|value| colors_blocks(scene, value)) {
            rule.colors = Colors::Everything;
        }
        Some(rule)
    }

    /// The arrays it takes from one data set.
    pub(super) fn taken(&self, points: &Attributes, cells: &Attributes, field: &Attributes) -> HashSet<ObjectId> {
        let mut taken: HashSet<ObjectId> = points.shape().chain(cells.shape()).cloned().collect();
        match &self.colors {
            Colors::Nothing => {}
            Colors::Default => taken.extend(points.active(SCALARS).or_else(|| cells.active(SCALARS)).cloned()),
            Colors::Points(choice) => choice.of(points, &mut taken),
            Colors::Cells(choice) => choice.of(cells, &mut taken),
            Colors::Field(choice) => choice.of(field, &mut taken),
            Colors::Everything => taken.extend([points, cells, field].into_iter().flat_map(Attributes::all).cloned()),
        }
        if self.all_points {
            taken.extend(points.all().cloned());
        }
        for attributes in [points, cells, field] {
            taken.extend(attributes.named(|name| self.names.contains(name)).cloned());
        }
        taken
    }
}

impl Colors {
    pub(super) fn of(members: &Members<'_>) -> Option<Self> {
        let number = |name: &str| raw::member(members, name).and_then(|value| value.parse::<i64>().ok());
        let choice = || match (number("ArrayAccessMode"), number("ArrayId"), raw::member(members, "ArrayName")) {
            (Some(0), Some(index), _) => usize::try_from(index).map_or(Choice::Any, Choice::Index),
            (Some(1), _, Some(name)) => raw::text(name).map_or(Choice::Any, |name| Choice::Name(name.into_owned())),
            _ => Choice::Any,
        };
        Some(match number("ScalarMode")? {
            0 => Self::Default,
            1 => Self::Points(Choice::Active),
            2 => Self::Cells(Choice::Active),
            3 => Self::Points(choice()),
            4 => Self::Cells(choice()),
            5 => Self::Field(choice()),
            _ => Self::Everything,
        })
    }
}

impl Choice {
    /// The one array that is meant; `None` where there is none, or it cannot be told.
    pub(super) fn one<'a>(&self, attributes: &'a Attributes) -> Option<&'a ObjectId> {
        match self {
            Self::Active => attributes.active(SCALARS),
            Self::Index(index) => attributes.at(*index),
            Self::Name(wanted) => attributes.named(|name| name == wanted).next(),
            Self::Any => None,
        }
    }

    fn of(&self, attributes: &Attributes, taken: &mut HashSet<ObjectId>) {
        match self {
            Self::Active => taken.extend(attributes.active(SCALARS).cloned()),
            Self::Index(index) => taken.extend(attributes.at(*index).cloned()),
            Self::Name(wanted) => taken.extend(attributes.named(|name| name == wanted).cloned()),
            Self::Any => taken.extend(attributes.all().cloned()),
        }
    }
}

/// True where blocks have colours of their own by arrays: which, is not looked at.
fn colors_blocks(scene: &Scene, attributes: &str) -> bool {
    let Some(id) = scene.dialect().as_reference(attributes) else { return Kind::of(attributes) != Kind::Null };
    let Some(members) = scene.state(&id).and_then(|state| state.members().ok()) else { return true };
    members.iter().any(|(key, value)| (key.contains("Array") || key.contains("Scalar")) && *value != "[]")
}

/// Finds the references in a value; `None` where it is nested deeper than any server writes.
pub(super) fn references_in(dialect: &dyn Dialect, value: &str, found: &mut Vec<ObjectId>) -> Option<()> {
    const DEEPEST: usize = 16;
    let mut stack = vec![(value, 0)];
    while let Some((value, depth)) = stack.pop() {
        let kind = Kind::of(value);
        if !matches!(kind, Kind::Object | Kind::Array) {
            continue;
        }
        if let Some(id) = dialect.as_reference(value) {
            found.push(id);
        } else if depth > DEEPEST {
            return None;
        } else if kind == Kind::Array {
            stack.extend(raw::elements(value).ok()?.into_iter().map(|value| (value, depth + 1)));
        } else {
            stack.extend(raw::members(value).ok()?.into_iter().map(|(_, value)| (value, depth + 1)));
        }
    }
    Some(())
}
