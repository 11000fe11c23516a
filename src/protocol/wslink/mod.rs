//! wslink 2.x, which trame, vtkWeb, ParaViewWeb and Slicer applications speak over a websocket.
//!
//! The codec ([`frame`], [`msgpack`], [`json`], [`message`], [`id`]) does no I/O and serves both ends;
//! [`client`] and [`server`] are thin skins around it.

pub mod client;
pub mod float_text;
pub mod frame;
pub mod id;
pub mod json;
pub mod message;
pub mod msgpack;
mod pages;
pub mod relay;
pub mod server;
pub mod transcript;

/// The secret that wslink uses where nobody chose one.
pub const DEFAULT_SECRET: &str = "wslink-secret";
