//! Patches: JSON Patch (RFC 6902) over a scene as one document.
//!
//! ```text
//! {"roots": [{"id": 1, "name": "view"}], "without_state": [],
//!  "states": {"12": {…}}, "blobs": {"HASH": "base64"}}
//! ```

mod apply;
mod document;
mod operation;

pub use apply::{PatchError, apply, same_value};
pub use document::Document;
pub use operation::{Operation, read};
