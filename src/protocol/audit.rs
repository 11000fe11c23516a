//! What a server announced and no client ever asked for.

use super::Heard;

/// One kind of thing that was announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unasked {
    /// What it is, for people: `state`, `blob`.
    pub what: &'static str,
    /// How many were announced.
    pub announced: u64,
    /// How many of them nobody asked for.
    pub unasked: u64,
    /// The names of the first of those.
    pub first: Vec<String>,
}

/// Listens to a session for what is announced, and for what is asked.
pub trait Audit: Send {
    /// One more message, with its body.
    fn hear(&mut self, heard: &Heard);

    /// What nobody asked for, so far; kinds of which everything was asked for are there, too.
    fn unasked(&self) -> Vec<Unasked>;
}
