//! The baseline folder: a scene for git, to be compared with.
//!
//! One file, `scene.json`, holds an object a line, sorted by the way down to it. There are no ids and no
//! counts of changes in it, and what shows is called by what it shows and not by its place in a list; so
//! an actor more is a few lines more, and a colour that changes is one line that changes. Arrays have
//! their blob's name and what there is to say of their values; the blobs themselves lie beside, in
//! `blobs/`, only if asked for.
//!
//! ```text
//! {
//! "format": "scenectl-baseline", "version": 1, "dialect": "vtklocal", "producer": "9.7.2",
//! "roots": [{"path":"/","name":"view"}],
//! "classes": {
//! "vtkActor": ["vtkObjectBase","vtkObject","vtkProp","vtkProp3D"]
//! },
//! "objects": {
//! "/": {"ClassName":"vtkRenderWindow",…,"Renderers":{"@":"/Renderers"},…},
//! "/Renderers/0/ViewProps/vtkActor~3fa1": {"ClassName":"vtkActor",…}
//! }
//! }
//! ```

mod paths;
mod read;
mod write;

pub use write::{remove, write};

pub(super) use read::read;

/// The file.
pub const FILE: &str = "scene.json";
/// The folder beside it.
const BLOBS: &str = "blobs";
/// What its `format` says.
const FORMAT: &str = "scenectl-baseline";
/// Of the format; raised when a reader would have to change.
const VERSION: u32 = 1;
/// The property that holds what there is to say of an array's values.
const STATISTICS: &str = "~values";
