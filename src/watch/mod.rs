//! What a live server does over time: how fast it answers and pushes, and what it leaves behind.

mod histogram;
mod leaks;
mod meter;
mod rates;

pub use histogram::Histogram;
pub use leaks::{Gone, Growth, Leaks};
pub use meter::Meter;
pub use rates::{Rate, Rates, Row};
