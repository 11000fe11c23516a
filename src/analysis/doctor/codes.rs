//! The table of codes. A code keeps its meaning for ever; those of one protocol are in its own folder.

use super::Severity;

/// A kind of finding: what it is called, what it means and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E104`: E for errors, W for warnings, I for what is good to know.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What it is, why it matters, and how it comes about.
    pub explanation: &'static str,
    /// What to do.
    pub advice: &'static str,
}

impl Code {
    /// How bad it is, as its first letter says.
    pub fn severity(&self) -> Severity {
        match self.name.as_bytes().first() {
            Some(b'E') => Severity::Error,
            Some(b'W') => Severity::Warning,
            _ => Severity::Info,
        }
    }
}

/// A reference to an object that is not there.
pub static DANGLING: Code = Code {
    name: "E104",
    title: "a reference to an object that is not there",
    explanation: "A state refers to an object by its id, and the scene has no such object. The client that builds \
                  the scene finds no state for the id and leaves the property unset, or gives up.",
    advice: "pull the scene again; if it stays, the server forgot the object: create it before the scene is \
             serialised, and keep it alive",
};

/// A blob that is not there, or cannot be read.
pub static BLOB_MISSING: Code = Code {
    name: "E105",
    title: "an array whose blob is missing",
    explanation: "An array's values are in a blob, and the scene has no blob of that name, or it cannot be read. The \
                  array is built empty: the geometry or the colours that need it do not show.",
    advice: "pull the scene again; a server of VTK must update the view after the data changed and before a client asks",
};

/// A blob without bytes for an array with values.
pub static BLOB_EMPTY: Code = Code {
    name: "E106",
    title: "an array whose blob is empty",
    explanation: "The array has values, and its blob has not a single byte. Servers answer so when they no longer \
                  have a blob: the state is older or newer than the blobs.",
    advice: "pull the scene again; a server of VTK must not prune blobs that a state still names",
};

/// A blob of another size than its array.
pub static BLOB_SIZE: Code = Code {
    name: "E107",
    title: "an array whose blob has the wrong size",
    explanation: "Tuples × components × bytes of the type is not the number of bytes in the blob. The client reads \
                  beyond the end or drops the array.",
    advice: "pull the scene again; if it stays, the file was damaged or edited by hand",
};

/// A state that cannot be read.
pub static UNREADABLE: Code = Code {
    name: "E108",
    title: "a state that cannot be read",
    explanation: "The state is not a JSON object, or does not say of which class the object is. Nothing can be built \
                  from it.",
    advice: "pull the scene again; if it stays, the file was damaged or edited by hand",
};

/// No root, or one without a state.
pub static NO_ROOT: Code = Code {
    name: "E111",
    title: "a root that is not there",
    explanation: "A scene starts at its roots (for VTK: render windows). This scene has none, or one that has no \
                  state: there is nothing to show.",
    advice: "pull the scene again, with --root if the server has several views; on the server, update the view once \
             before a client asks",
};

/// A loop among objects that own each other.
pub static CYCLE: Code = Code {
    name: "E112",
    title: "objects that own each other in a circle",
    explanation: "Props, mappers, data and arrays form a tree: an actor has a mapper, a mapper has data. Here the way \
                  down comes back to where it began. A client follows it without end or breaks it off somewhere.",
    advice: "find the reference that should not be there (`scenectl tree SOURCE` marks what repeats) and take it out \
             on the server: a block that contains itself, an assembly that is its own part",
};

/// A blob whose content does not belong to its name, where those of others do.
pub static BLOB_DAMAGED: Code = Code {
    name: "E113",
    title: "a blob that is damaged",
    explanation: "Blobs are named by a hash of their content. Others in this scene have the name that their content gives, \
                  and this one has not: its bytes changed on the way or in the file. Values are wrong, and whoever has \
                  the true blob will not fetch this one.",
    advice: "pull the scene again (with --verify it fails instead)",
};

/// A blob whose content does not belong to its name.
pub static BLOB_NAME: Code = Code {
    name: "W201",
    title: "a blob whose content does not belong to its name",
    explanation: "Blobs are named by a hash of their content, and this one has another. Its bytes changed on the way \
                  or in the file; or the server names blobs in another way. There are too few blobs to tell.",
    advice: "pull the scene again (with --verify it fails instead)",
};

/// Blobs named in a way that is not known.
pub static OTHER_NAMES: Code = Code {
    name: "I302",
    title: "blobs that are named in another way",
    explanation: "Not a single blob has the name that its content gives. Servers that were built with another \
                  compiler (Windows) name them otherwise. The scene shows well; that blobs are sound cannot be told.",
    advice: "nothing; compare the size of the scene with the server's if you doubt it",
};

/// Objects that nobody reaches.
pub static UNREACHABLE: Code = Code {
    name: "I301",
    title: "objects that no root leads to",
    explanation: "Following references from the roots, one never comes to these objects. They do not show; they take \
                  room in the file and time on the wire.",
    advice: "nothing for showing; on the server, prune what the views no longer use",
};

/// The codes that do not depend on a protocol.
pub static COMMON: [&Code; 11] = [
    &DANGLING,
    &BLOB_MISSING,
    &BLOB_EMPTY,
    &BLOB_SIZE,
    &UNREADABLE,
    &NO_ROOT,
    &CYCLE,
    &BLOB_DAMAGED,
    &BLOB_NAME,
    &UNREACHABLE,
    &OTHER_NAMES,
];
