//! What differs between two scenes, by structure and not by id.
//!
//! 1. [`index`]: each object gets a fingerprint of its content and of everything below it.
//! 2. [`compare`]: from the roots down, pairs of objects are compared; lists are matched by [`align`].
//! 3. [`outcome`]: what came and went is sorted out: new objects, moved ones, references.
//!
//! [`make`] turns the pairs that were found into a patch. `docs/diff.md` says it at length.

mod align;
mod arrays;
mod change;
mod compare;
mod features;
#[cfg(test)]
mod hostile;
mod index;
mod make;
mod merge;
#[cfg(test)]
mod named;
mod note;
mod options;
mod outcome;
#[cfg(test)]
mod properties;
mod reunion;
mod tolerance;
mod unmatched;

pub use change::{ArrayChange, Change, Diff, Kind, Place, Shape, Summary};
pub use merge::{MergeError, merge, reachable};
pub use options::Options;
pub use tolerance::Tolerance;

pub(in crate::analysis) use arrays::compare as compare_arrays;
pub(in crate::analysis) use compare::by_name;

use compare::Comparison;
use index::Index;

use super::patch::Operation;
use crate::scene::{Scene, SceneError};

/// Compares two scenes.
///
/// # Errors
/// [`SceneError::InNeither`] for a selector of `only`, and [`SceneError::OtherDialect`] for scenes of different protocols.
pub fn diff(a: &Scene, b: &Scene, options: &Options) -> Result<Diff, SceneError> {
    options::check(a, b, options)?;
    if !options.strict && a.has_same_content(b) {
        return Ok(Diff::default());
    }
    let (left, right) = indexes(a, b, options)?;
    let mut comparison = Comparison::new(&left, &right, options);
    comparison.run();
    let (notes, hidden) = (comparison.notes, comparison.hidden);
    outcome::outcome(&left, &right, notes, hidden, options)
}

/// What makes the second scene of the first. Tolerances play no part in it: the patch is exact.
///
/// # Errors
/// As [`diff`].
pub fn patch(a: &Scene, b: &Scene, options: &Options) -> Result<Vec<Operation>, SceneError> {
    let (left, right) = indexes(a, b, options)?;
    let mut comparison = Comparison::new(&left, &right, options);
    comparison.run();
    Ok(make::operations(&left, &right, &comparison.matched))
}

fn indexes<'a>(a: &'a Scene, b: &'a Scene, options: &Options) -> Result<(Index<'a>, Index<'a>), SceneError> {
    if a.dialect().name() != b.dialect().name() {
        return Err(SceneError::OtherDialect { a: a.dialect().name(), b: b.dialect().name() });
    }
    let ready = |scene: &'a Scene| {
        let ignored = options::Ignored::new(scene, options)?;
        Ok(Index::new(scene, ignored, options.strict))
    };
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| ready(a));
        let right: Result<Index<'a>, SceneError> = ready(b);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    Ok((left?, right?))
}
