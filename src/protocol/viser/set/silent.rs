//! Whom a connection that only sets something serves: nobody. Every request is answered, so that no script waits.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::protocol::{Host, Picture, PictureRequest, Receiving};

/// Keeps nothing and draws nothing.
pub(super) struct Silent;

impl Host for Silent {
    fn receive(&self, _name: &str, _size: u64) -> Result<Option<Box<dyn Receiving>>, String> {
        Ok(None)
    }

    fn paint(&self, _request: PictureRequest) -> BoxFuture<'static, Result<Picture, String>> {
        async { Ok(Picture::default()) }.boxed()
    }

    fn stored(&self, _key: &str) -> Option<String> {
        None
    }

    fn store(&self, _key: &str, _value: Option<&str>) -> Result<(), String> {
        Ok(())
    }

    fn clear(&self) -> Result<(), String> {
        Ok(())
    }
}
