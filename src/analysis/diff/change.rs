//! What a comparison finds.

use crate::scene::ObjectId;

/// An object on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The object.
    pub id: ObjectId,
    /// Its class as the server calls it.
    pub class: String,
    /// The name a person gave it.
    pub name: Option<String>,
    /// The way down to it, as a selector that names it.
    pub path: String,
}

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An object that only B has, with everything that only it leads to.
    ObjectAdded,
    /// An object that only A has.
    ObjectRemoved,
    /// The same object elsewhere: at another place in its list, or under another object.
    ObjectMoved,
    /// Another class in the same place.
    ObjectReplaced,
    /// A property has another value.
    Value,
    /// A property that the object has only in B.
    PropertyAdded,
    /// A property that the object has only in A.
    PropertyRemoved,
    /// An array's values, shape or type.
    Array,
    /// A reference more, to an object that A has, too.
    ReferenceAdded,
    /// A reference less, to an object that B still has.
    ReferenceRemoved,
}

impl Kind {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::ObjectAdded => "object-added",
            Self::ObjectRemoved => "object-removed",
            Self::ObjectMoved => "object-moved",
            Self::ObjectReplaced => "object-replaced",
            Self::Value => "value",
            Self::PropertyAdded => "property-added",
            Self::PropertyRemoved => "property-removed",
            Self::Array => "array",
            Self::ReferenceAdded => "reference-added",
            Self::ReferenceRemoved => "reference-removed",
        }
    }

    /// True for differences in objects that both sides have.
    pub fn is_within(self) -> bool {
        !matches!(self, Self::ObjectAdded | Self::ObjectRemoved | Self::ObjectMoved)
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Of what kind.
    pub kind: Kind,
    /// The object in A; `None` where only B has it.
    pub a: Option<Place>,
    /// The object in B; `None` where only A has it.
    pub b: Option<Place>,
    /// Where in the object's state, dotted. For objects that came or went: where they are referred to from.
    pub property: String,
    /// The object in whose state `property` stands, in A and in B, where that is not the object itself.
    pub owner: Option<(ObjectId, ObjectId)>,
    /// For an object that moved from another property: the object in A in whose state that stands, and
    /// where in it.
    pub from: Option<(ObjectId, String)>,
    /// The value in A as JSON text.
    pub old: Option<String>,
    /// The value in B as JSON text.
    pub new: Option<String>,
    /// For an array.
    pub array: Option<ArrayChange>,
    /// For an object that came or went: how many objects came or went with it, itself included.
    pub objects: u64,
    /// Their states and blobs, in bytes.
    pub bytes: u64,
}

impl Change {
    /// The object that it is about, as B has it, else as A has it.
    pub fn place(&self) -> Option<&Place> {
        self.b.as_ref().or(self.a.as_ref())
    }
}

/// One side of an array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The type of the values, where the class tells.
    pub element: Option<&'static str>,
    /// Rows.
    pub tuples: u64,
    /// Values in a row.
    pub components: u64,
    /// The blob's name, where there is one.
    pub hash: Option<String>,
    /// The blob is not in the scene.
    pub missing: bool,
}

/// How two arrays differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArrayChange {
    /// In A.
    pub old: Shape,
    /// In B.
    pub new: Shape,
    /// Values that could be compared: those that both have.
    pub compared: u64,
    /// Those of them that differ by more than the tolerance.
    pub different: u64,
    /// The largest distance.
    pub max_abs: Option<f64>,
    /// The largest distance relative to the larger of the two values.
    pub max_rel: Option<f64>,
    /// The first that differs: its number, and the two values as text.
    pub first: Option<(u64, String, String)>,
    /// The bytes are the same.
    pub same_bytes: bool,
    /// Why the values could not be compared.
    pub trouble: Option<String>,
}

impl ArrayChange {
    /// True where every value is there on both sides: only type or shape differ.
    pub fn same_values(&self) -> bool {
        let all = |shape: &Shape| shape.tuples.saturating_mul(shape.components) == self.compared;
        self.different == 0 && self.trouble.is_none() && all(&self.old) && all(&self.new)
    }

    /// True where both have as many rows and as many values in a row.
    pub fn same_layout(&self) -> bool {
        (self.old.tuples, self.old.components) == (self.new.tuples, self.new.components)
    }
}

/// How much differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Objects that both have and that differ in themselves.
    pub objects_changed: u64,
    /// Differences in them.
    pub values_changed: u64,
    /// Objects that only B has (counted at the top of what came, not below).
    pub objects_added: u64,
    /// Objects that only A has.
    pub objects_removed: u64,
    /// Objects that are elsewhere.
    pub objects_moved: u64,
    /// Differences that the options hide.
    pub hidden: u64,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// The differences, sorted by place.
    pub changes: Vec<Change>,
    /// How much it is.
    pub summary: Summary,
}

impl Diff {
    /// True where there is no difference.
    pub fn is_equal(&self) -> bool {
        self.changes.is_empty()
    }
}
