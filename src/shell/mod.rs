//! What a shell for scenes needs, apart from its commands: reading lines and scripts, completing what is typed,
//! remembering what was typed, and keeping local changes when a live scene moves on. Nothing here knows a terminal.

mod complete;
mod history;
mod journal;
mod line;
mod properties;
mod script;
mod selectors;

pub use complete::{Candidate, Completion, complete};
pub use history::{MOST_LINES, history_file, is_kept};
pub use journal::{Conflict, Journal, Lost, Merged};
pub use line::{LineError, commands};
pub use script::{LONGEST_LINE, ScriptError, lines};
