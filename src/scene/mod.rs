//! The scene model: objects, their states, blobs, and how to find one's way among them.
//!
//! No I/O and no protocol names live here. What a state *means* (where references and blobs sit,
//! what a class is called) is asked of the scene's [`Dialect`].

mod array;
mod blob;
mod dialect;
mod edit;
mod error;
mod graph;
mod id;
mod matching;
mod model;
#[cfg(test)]
pub mod named;
mod path;
mod paths;
pub mod raw;
mod select;
mod slice;
mod state;
mod stats;
mod values;

pub use array::{ArrayError, ArrayHead, Picked};
pub use blob::{Blob, BlobData};
pub use dialect::{BlobUse, Dialect, Element, Head, Role, World};
pub use edit::{Assignment, EditOptions, Edited};
pub use error::SceneError;
pub use graph::{Edge, Graph, Visit};
pub use id::ObjectId;
pub use model::{Root, Scene, shortened, without_controls};
pub use path::{Found, Path, Segment};
pub use paths::{Paths, hops};
pub use select::Selector;
pub use slice::{Rows, Slice, SlicedPath};
pub use state::State;
pub use stats::{Column, MOST_COLUMNS, Range, Stats};
pub use values::Values;
