//! The integration tests: one module per command, and one per kind of trouble.
//!
//! Modules that start with `peers` (and `latency`) talk to the real server, clients and VTK, which
//! are installed into `target/peers` at the first run; see `support/peers.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong must say so at once"
)]
#![cfg(unix)]

mod support;

mod attend;
mod call;
mod check;
mod cli;
mod completions;
mod convert;
mod diff;
mod doctor;
mod export;
mod extract;
mod faults;
mod forms;
mod get;
mod get_arrays;
mod help;
mod hostile_zips;
mod info;
mod interrupts;
mod latency;
mod launcher;
mod ls;
mod man;
mod patch;
mod peers_attend;
mod peers_browser;
mod peers_call;
mod peers_diff;
mod peers_doctor;
mod peers_export;
mod peers_extract;
mod peers_forms;
mod peers_get;
mod peers_launcher;
mod peers_patch;
mod peers_ping;
mod peers_pull;
mod peers_record;
mod peers_relay;
mod peers_relay_viser;
mod peers_replay;
mod peers_slow_link;
mod peers_snapshots;
mod peers_top;
mod peers_view;
mod peers_viser;
mod peers_viser_pull;
mod peers_viser_session;
mod peers_watch;
mod peers_wslink1;
mod ping;
mod pull;
mod query;
mod record;
mod relay;
mod relay_hostile;
mod relay_lost;
mod relay_record;
mod relay_viser;
mod relay_wslink1;
mod replay;
mod replay_session;
mod report;
mod set;
mod shell;
mod shell_terminal;
mod sub;
mod top;
mod tree;
mod view;
mod viser_session;
mod viser_waiting;
mod watch;
mod wslink1;
