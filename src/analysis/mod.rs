//! What can be said of scenes: pure functions over the scene model, which know no protocol.
//!
//! What is specific to a protocol (noise, roles, rules) is asked of the scene's dialect.

pub mod changes;
pub mod diff;
pub mod doctor;
pub mod document;
pub mod extract;
pub mod find;
pub mod patch;
pub mod redact;
pub mod shapes;
mod stage;
pub mod usage;

pub use stage::Stage;
