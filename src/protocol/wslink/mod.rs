//! wslink 2.x, which trame, vtkWeb, ParaViewWeb and Slicer applications speak over a websocket.
//!
//! The codec ([`frame`], [`msgpack`], [`json`], [`message`], [`id`]) does no I/O and serves both ends;
//! [`client`] and [`server`] are thin skins around it; [`transcript`] and [`ear`] listen from outside.

mod body;
pub mod caller;
pub mod client;
pub mod ear;
pub mod float_text;
pub mod frame;
pub mod id;
pub mod json;
pub mod message;
pub mod msgpack;
mod pages;
pub mod server;
pub mod transcript;

/// The secret that wslink uses where nobody chose one.
pub const DEFAULT_SECRET: &str = "wslink-secret";

/// True for the calls that stop a server for everybody: `application.exit`, `application.exit.later`. Nothing here
/// ever makes them. (wslink 2.6.0, `wslink/protocol.py`: every server has them.)
pub fn is_forbidden(method: &str) -> bool {
    method.trim().to_ascii_lowercase().starts_with("application.exit")
}
