//! Every byte that reaches stdout, and what people see on stderr: tables, trees, JSON, bars, errors.

mod array;
pub mod attending;
mod bars;
pub mod differences;
mod errors;
mod findings;
mod out;
pub mod pings;
mod screen;
mod size;
mod summary;
mod table;
mod transfer;
mod tree;
pub mod updates;

pub use array::{array_csv, array_json, array_npy};
pub use bars::Bars;
pub(crate) use errors::is_broken_pipe;
pub use errors::{COULD_NOT, exit_code, hint, report};
pub use findings::{print_code, print_findings};
pub use out::{Out, is_colored, note, warn};
pub use screen::Screen;
pub use size::{bytes, count, seconds};
pub use summary::{ArraySummary, array_summary, array_summary_json};
pub use table::Table;
pub use transfer::TransferBars;
pub use tree::print_tree;
