//! What differs between two scenes, by structure and not by id.
//!
//! 1. [`index`]: each object gets a fingerprint of its content and of everything below it.
//! 2. [`compare`]: from the roots down, pairs of objects are compared; lists are matched by [`align`].
//! 3. [`outcome`]: what came and went is sorted out: new objects, moved ones, references.
//!
//! `docs/diff.md` says it at length.

mod align;
mod arrays;
mod change;
mod compare;
mod features;
#[cfg(test)]
mod hostile;
mod index;
mod options;
mod outcome;
#[cfg(test)]
mod properties;
mod tolerance;

pub use change::{ArrayChange, Change, Diff, Kind, Place, Shape, Summary};
pub use options::Options;
pub use tolerance::Tolerance;

use crate::scene::{Scene, SceneError};

/// Compares two scenes.
///
/// # Errors
/// [`SceneError::NothingMatches`] for a selector of `only`, and [`SceneError::OtherDialect`] for scenes of different protocols.
pub fn diff(a: &Scene, b: &Scene, options: &Options) -> Result<Diff, SceneError> {
    if a.dialect().name() != b.dialect().name() {
        return Err(SceneError::OtherDialect { a: a.dialect().name(), b: b.dialect().name() });
    }
    options::check(a, b, options)?;
    if !options.strict && a.has_same_content(b) {
        return Ok(Diff::default());
    }
    let (left, right) = std::thread::scope(|scope| {
        let ready = |scene| {
            let ignored = options::Ignored::new(scene, options)?;
            Ok(index::Index::new(scene, ignored, options.strict))
        };
        let left = scope.spawn(move || ready(a));
        let right: Result<index::Index<'_>, SceneError> = ready(b);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    let (left, right) = (left?, right?);
    let mut comparison = compare::Comparison::new(&left, &right, options);
    comparison.run();
    let (notes, hidden) = (comparison.notes, comparison.hidden);
    outcome::outcome(&left, &right, notes, hidden, options)
}
