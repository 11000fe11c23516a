//! What the tests share.

pub(crate) mod browser;
pub(crate) mod caller;
pub(crate) mod certificates;
pub(crate) mod fake;
pub(crate) mod fake1;
pub(crate) mod files;
pub(crate) mod msgpack;
pub(crate) mod nginx;
pub(crate) mod peers;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod recording;
pub(crate) mod relay;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod scene;
pub(crate) mod schema;
pub(crate) mod server;
pub(crate) mod stepping;
pub(crate) mod viser;
pub(crate) mod viser_session;
pub(crate) mod zip;

pub(crate) use files::{fixture, names, scratch};
pub(crate) use run::scenectl;
