//! Questions that are answered by looking at whole scenes: pure functions, without I/O of their own.
//! What depends on a protocol is asked of the scene's [`Dialect`](crate::scene::Dialect).

pub mod extract;
mod stage;
pub mod usage;

pub use stage::Stage;
