//! What attending needs of this machine: files that are sent, pictures that are asked for, values that are stored.
//! Neither a protocol nor a terminal is known here.

mod command;
mod downloads;
mod names;
mod painter;
mod picture;
mod storage;

use futures_util::future::BoxFuture;

use crate::protocol::{Host, Picture, PictureRequest, Receiving};

pub use downloads::{Downloads, Keeping};
pub use painter::{MOST_PICTURE, Painter};
pub use storage::{Storage, StorageError};

/// This machine, as somebody who attends uses it.
pub struct LocalHost {
    /// Where files go.
    pub downloads: Downloads,
    /// Who draws.
    pub painter: Painter,
    /// What is stored.
    pub storage: Storage,
}

impl Host for LocalHost {
    fn receive(&self, name: &str, size: u64) -> Result<Option<Box<dyn Receiving>>, String> {
        self.downloads.receive(name, size)
    }

    fn paint(&self, request: PictureRequest) -> BoxFuture<'static, Result<Picture, String>> {
        self.painter.paint(request)
    }

    fn stored(&self, key: &str) -> Option<String> {
        self.storage.get(key)
    }

    fn store(&self, key: &str, value: Option<&str>) -> Result<(), String> {
        self.storage.set(key, value)
    }

    fn clear(&self) -> Result<(), String> {
        self.storage.clear()
    }
}
