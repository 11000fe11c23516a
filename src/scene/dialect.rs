//! What a protocol's states mean.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::{ArrayHead, ObjectId, Scene, State};

/// What one needs to know of an object to list it, read from its state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head<'a> {
    /// The class, as the server names it.
    pub class: Cow<'a, str>,
    /// The name a person gave it, if any.
    pub name: Option<Cow<'a, str>>,
    /// When it was last changed, in the server's own count.
    pub mtime: Option<u64>,
    /// The classes it derives from, nearest last.
    pub ancestors: Vec<Cow<'a, str>>,
}

impl Head<'_> {
    /// The name, where the id does not say it already.
    pub fn name_beside(&self, id: &ObjectId) -> Option<&str> {
        self.name.as_deref().filter(|name| !name.is_empty() && !id.says(name))
    }

    /// True for the class itself and for every class derived from it.
    pub fn is_a(&self, class: &str) -> bool {
        self.class == class || self.ancestors.iter().any(|ancestor| ancestor == class)
    }
}

/// The type of one value in a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Element {
    Bit,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F16,
    F32,
    F64,
}

impl Element {
    /// Bytes that `count` values take.
    pub fn bytes_for(self, count: u64) -> u64 {
        match self {
            Self::Bit => count.div_ceil(8),
            Self::I8 | Self::U8 => count,
            Self::I16 | Self::U16 | Self::F16 => count.saturating_mul(2),
            Self::I32 | Self::U32 | Self::F32 => count.saturating_mul(4),
            Self::I64 | Self::U64 | Self::F64 => count.saturating_mul(8),
        }
    }

    /// True for floating point.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// The name as NumPy and Rust people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bit => "bit",
            Self::I8 => "int8",
            Self::U8 => "uint8",
            Self::I16 => "int16",
            Self::U16 => "uint16",
            Self::I32 => "int32",
            Self::U32 => "uint32",
            Self::I64 => "int64",
            Self::U64 => "uint64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }
}

/// How an object uses a blob.
#[derive(Clone, Debug, PartialEq)]
pub struct BlobUse<'a> {
    /// The blob's name.
    pub hash: Cow<'a, str>,
    /// Type of the values, where the class tells.
    pub element: Option<Element>,
    /// Rows (tuples).
    pub tuples: u64,
    /// Values in a row (components).
    pub components: u64,
}

impl BlobUse<'_> {
    /// How many values there must be.
    pub fn count(&self) -> u64 {
        self.tuples.saturating_mul(self.components)
    }

    /// How many bytes the blob must have, where the type is known.
    pub fn expected_bytes(&self) -> Option<u64> {
        self.element.map(|element| element.bytes_for(self.count()))
    }
}

/// What an object is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Where a graph starts.
    Root,
    /// From where the scene is looked at.
    Camera,
    /// What shows: an actor, a volume, a text.
    Prop,
    /// What turns data into what shows.
    Mapper,
    /// What is shown: points and cells, images.
    Data,
    /// Values.
    Array,
}

/// Where an object is in the world, through everything that it hangs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct World {
    /// Where its own origin is.
    pub position: [f64; 3],
    /// How it is turned: a quaternion w, x, y, z.
    pub wxyz: [f64; 4],
    /// Neither it nor anything that it hangs on is made invisible.
    pub is_visible: bool,
}

/// What a protocol's states mean: the only place where the scene model learns of property names.
pub trait Dialect: Send + Sync {
    /// The name that snapshots carry, for instance `vtklocal`.
    fn name(&self) -> &'static str;

    /// Name and version of the software that made a scene, of what the scene notes of it: [`Scene::producer`].
    fn made_by<'a>(&self, producer: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(producer)
    }

    /// Class, name and age of an object. Missing parts are empty, never an error: a listing of a
    /// broken scene is worth more than none.
    fn head<'a>(&self, state: &'a State) -> Head<'a>;

    /// Calls `found` for every reference in a state, in text order.
    fn references(&self, state: &State, found: &mut dyn FnMut(ObjectId)) {
        // A state that is nothing but an id is no reference: it would be the object itself.
        self.reference_spans(state.as_str(), &mut |span, id| {
            if span.start > 0 {
                found(id);
            }
        });
    }

    /// Calls `found` for every reference in a JSON text, in text order, with the bytes it takes there.
    fn reference_spans(&self, text: &str, found: &mut dyn FnMut(Range<usize>, ObjectId));

    /// A reference to an object as a state writes it.
    fn reference_text(&self, id: &ObjectId) -> String;

    /// The object that this JSON value refers to, if it is a reference.
    fn as_reference(&self, value: &str) -> Option<ObjectId>;

    /// The property that holds an object's class.
    fn class_property(&self) -> &'static str;

    /// The one name for a class that is called differently on other platforms or in other versions.
    fn canonical_class<'a>(&self, class: &'a str) -> Cow<'a, str>;

    /// True for a property that differs between two runs of one program: ids, times, counts of changes.
    /// The class is the canonical one.
    fn is_noise(&self, class: &str, property: &str) -> bool;

    /// What is noise within a property that is none itself: names of its members. The class is the canonical one.
    fn noise_within(&self, class: &str, property: &str) -> &'static [&'static str] {
        let _ = (class, property);
        &[]
    }

    /// The value, as JSON text, that a property has in an object that nobody has touched, where that is
    /// known: of properties that came with some version of the software. The class is the canonical one.
    fn default_value(&self, class: &str, property: &str) -> Option<&'static str>;

    /// True where two values differ only by what versions of the software make of the same: defaults that
    /// changed, formats that are written in another way.
    fn is_version_change(&self, class: &str, property: &str, old: &str, new: &str) -> bool;

    /// True for a list whose order means nothing: it is the order of addresses in the server's memory.
    fn is_unordered(&self, class: &str, property: &str) -> bool;

    /// The properties of an array that only describe its blob: name, shape.
    fn array_properties(&self) -> &'static [&'static str];

    /// The type of an array's values, where its class tells.
    fn element(&self, head: &Head<'_>) -> Option<Element>;

    /// What a state says of an array, if it is one; also of one that has no blob.
    fn array<'a>(&self, state: &'a State) -> Option<ArrayHead<'a>>;

    /// The blob a state refers to, if any.
    fn blob_use<'a>(&self, state: &'a State) -> Option<BlobUse<'a>>;

    /// What an object is for, where its class tells.
    fn role(&self, head: &Head<'_>) -> Option<Role>;

    /// True for what people work with and what does not show in the scene: controls, commands, messages.
    fn is_interface(&self, head: &Head<'_>) -> bool {
        let _ = head;
        false
    }

    /// The properties of a camera that a person wants to see.
    fn camera_properties(&self) -> &'static [&'static str];

    /// True for an object where a graph can start.
    fn is_root(&self, state: &State) -> bool;

    /// False where the roots of all scenes are the same: whose scene it is cannot be told by them.
    fn roots_tell_scenes_apart(&self) -> bool {
        true
    }

    /// True for an object that the server keeps by itself: where a container does not say where the scene starts, it
    /// starts there.
    fn is_kept_alive(&self, state: &State) -> bool;

    /// True for a property that holds the elements of a collection, in a list or by their names, and may be left out in
    /// paths.
    fn is_items(&self, property: &str) -> bool;

    /// The property a person means who writes `visibility` or `Visibility`: every spelling to try.
    fn spellings<'a>(&self, property: &'a str) -> Vec<Cow<'a, str>>;

    /// Why a property must not be set by hand, if it must not.
    fn not_settable(&self, property: &str) -> Option<&'static str>;

    /// The property that holds an object's own id, if there is one.
    fn id_property(&self) -> Option<&'static str>;

    /// The property that holds the classes that an object's class derives from, if there is one.
    fn ancestors_property(&self) -> Option<&'static str>;

    /// The property that counts changes, if there is one: it is raised by every edit.
    fn mtime_property(&self) -> Option<&'static str>;

    /// Checks that a blob is what its name says; `None` where the name does not tell.
    fn verify(&self, hash: &str, pieces: &[bytes::Bytes]) -> Option<bool>;

    /// Where an object is in the world. `None` for what is nowhere, and in protocols whose objects hang on nothing.
    fn world(&self, scene: &Scene, id: &ObjectId) -> Option<World> {
        let _ = (scene, id);
        None
    }

    /// The arrays that the roots lead to and that nothing that shows the data uses. Only those of which
    /// that is sure.
    fn unused_arrays(&self, scene: &Scene) -> BTreeSet<ObjectId> {
        let _ = scene;
        BTreeSet::new()
    }
}
