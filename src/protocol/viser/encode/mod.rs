//! From a scene back to the messages that a server would send for it.

mod pack;
mod say;

pub use pack::{Pack, PackError};
pub use say::{Said, say};
