//! What is noted while two scenes are compared.

use super::change::{ArrayChange, Kind};

/// What was noted of a pair, before it is known what came, went and moved.
pub(super) enum Note {
    /// In objects that both have.
    Within { kind: Kind, pair: (usize, usize), place: String, old: Option<String>, new: Option<String> },
    /// Another class in the same place of another object's state.
    Replaced { pair: (usize, usize), owner: Option<(usize, usize)>, place: String },
    /// An array.
    Array { pair: (usize, usize), change: Box<ArrayChange> },
    /// An object at another index of its list, or `from` another place: an object of A, and where in its state.
    Moved { object: (usize, usize), owner: (usize, usize), place: String, from: Option<(usize, String)> },
    /// B refers to an object where A has none.
    Came { object: usize, owner: Option<(usize, usize)>, place: String },
    /// A refers to an object where B has none.
    Went { object: usize, owner: Option<(usize, usize)>, place: String },
}
