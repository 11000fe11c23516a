//! The real VTK.wasm viewer on a page of this machine, with a scene behind it.
//!
//! The viewer (`viewer.umd.js` of the npm package `@kitware/vtk-wasm`) and VTK's WebAssembly are not ours to ship: people
//! have them, and say where (`assets`); that is remembered (`settings`). The page gets nothing from anywhere but here.

mod assets;
mod browser;
mod devtools;
mod error;
mod fetch;
mod server;
mod settings;
mod shown;

pub use assets::Assets;
use assets::INSTALL;
pub use browser::find_browser;
pub use devtools::{Wanted, screenshot};
pub use error::ViewError;
pub use server::serve;
pub use settings::Settings;
pub use shown::Shown;
