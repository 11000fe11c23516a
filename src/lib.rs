//! scenectl's library: remote 3D scenes as a program sees them.
//!
//! The rooms, each depending only on those below it:
//!
//! - [`cli`][], [`commands`][], [`render`][]: the command line, one file per verb, and everything it prints
//! - [`source`][], [`snapshot`][], [`recording`][]: anything a scene can come from; scenes and sessions in files; [`export`][]: files
//!   for programs that know no scenes
//! - [`analysis`][]: pure functions over scenes
//! - [`pull`][], [`replay`][], [`relay`][], [`watch`][], [`ping`][]: the live engines, protocol-neutral; [`faults`][]: bad links on
//!   purpose
//! - [`protocol`][]: one folder per protocol: codec, client, fake server, dialect
//! - [`query`][]: jq; [`shell`][]: lines, completion and local changes of an interactive session
//! - [`wire`][]: sockets
//! - [`analysis`][]: what there is to say about scenes: pure functions
//! - [`scene`][]: the model (objects, states, blobs, graph, selectors, paths). No I/O, no protocol names

pub mod analysis;
pub mod cli;
pub mod commands;
pub mod export;
pub mod faults;
mod limited;
mod parallel;
pub mod ping;
pub mod protocol;
pub mod pull;
pub mod query;
pub mod recording;
pub mod relay;
pub mod render;
pub mod replay;
pub mod scene;
pub mod shell;
pub mod snapshot;
pub mod source;
pub mod view;
pub mod watch;
pub mod wire;
