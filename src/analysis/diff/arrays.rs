//! Arrays by their content.

use super::Tolerance;
use super::change::{ArrayChange, Shape};
use crate::scene::{Blob, BlobUse, Element, Head, Scene, State, Values};

/// Values that are compared at a time.
const BLOCK: usize = 4096;

/// How two arrays differ; `None` where they are the same.
pub(in crate::analysis) fn compare(
    a: (&Scene, &State),
    b: (&Scene, &State),
    tolerance: &Tolerance,
) -> Option<ArrayChange> {
    let (use_a, use_b) = (a.0.dialect().blob_use(a.1), b.0.dialect().blob_use(b.1));
    let (old, new) = (shape(a.0, a.1, use_a.as_ref()), shape(b.0, b.1, use_b.as_ref()));
    // The same name is the same content, unless one of the two is cut.
    let size = |scene: &Scene, shape: &Shape| shape.hash.as_ref().and_then(|hash| scene.blob(hash)).map(Blob::len);
    let cut = matches!((size(a.0, &old), size(b.0, &new)), (Some(x), Some(y)) if x != y);
    let same_bytes = old.hash == new.hash && !cut;
    if same_bytes && (old.element, old.tuples, old.components) == (new.element, new.tuples, new.components) {
        // Whether a blob is there at all is another question.
        return (old.missing != new.missing).then(|| ArrayChange { old, new, same_bytes, ..ArrayChange::default() });
    }
    let mut change = ArrayChange { same_bytes, ..ArrayChange::default() };
    match (values(a.0, use_a.as_ref()), values(b.0, use_b.as_ref())) {
        (Ok(x), Ok(y)) => {
            compare_values(&x, &y, tolerance, &mut change);
            // What there is was compared.
            change.trouble = [(a.0, use_a.as_ref(), "A"), (b.0, use_b.as_ref(), "B")].into_iter().find_map(cut_short);
        }
        (Err(trouble), _) | (_, Err(trouble)) => change.trouble = Some(trouble),
    }
    let same_kind = (old.element, old.tuples, old.components) == (new.element, new.tuples, new.components);
    change.old = old;
    change.new = new;
    (!same_kind || !change.same_values()).then_some(change)
}

/// What is wrong with the size of a blob.
fn cut_short((scene, found, side): (&Scene, Option<&BlobUse<'_>>, &str)) -> Option<String> {
    let (len, expected) = scene.misfit(found?)?;
    Some(format!("its blob in {side} has {len} bytes, and {expected} are needed"))
}

fn shape(scene: &Scene, state: &State, found: Option<&BlobUse<'_>>) -> Shape {
    match found {
        Some(found) => Shape {
            element: found.element.map(Element::name),
            tuples: found.tuples,
            components: found.components,
            hash: Some(found.hash.clone().into_owned()),
            missing: !scene.without_blobs && scene.blob(&found.hash).is_none(),
        },
        // An array without values names no blob.
        None => {
            let head: Head<'_> = scene.dialect().head(state);
            Shape { element: scene.dialect().element(&head).map(Element::name), components: 1, ..Shape::default() }
        }
    }
}

fn values(scene: &Scene, found: Option<&BlobUse<'_>>) -> Result<Values, String> {
    let Some(found) = found else { return Ok(Values::new(bytes::Bytes::new(), Element::U8, 0)) };
    scene.values(found).map_err(|error| error.to_string())
}

fn compare_values(a: &Values, b: &Values, tolerance: &Tolerance, change: &mut ArrayChange) {
    let len = a.len().min(b.len());
    change.compared = len as u64;
    let integers = !a.element().is_float() && !b.element().is_float();
    let narrow = a.element() == Element::F32 && b.element() == Element::F32;
    let (mut xs, mut ys) = ([0.0; BLOCK], [0.0; BLOCK]);
    let mut first = None;
    // There is no distance to what is no number.
    let (mut max_abs, mut max_rel) = (None::<f64>, None::<f64>);
    for start in (0..len).step_by(BLOCK) {
        let count = BLOCK.min(len - start);
        // Bits have no bytes of their own to compare.
        let same_bytes = matches!((a.raw(start, count), b.raw(start, count)), (Some(x), Some(y)) if x == y);
        if same_bytes && a.element() == b.element() {
            continue;
        }
        a.read(start, &mut xs);
        b.read(start, &mut ys);
        for (k, (&x, &y)) in xs.iter().zip(&ys).take(count).enumerate() {
            let mut distance = (x - y).abs();
            let same = if integers {
                // Beyond 2^53 two integers may become one floating point number.
                let exact = |values: &Values, nearest: f64| values.integer(start + k).unwrap_or(nearest as i128);
                let large = x.abs().max(y.abs()) > 9e15;
                let (x, y) = if large { (exact(a, x), exact(b, y)) } else { (x as i128, y as i128) };
                distance = x.abs_diff(y) as f64;
                tolerance.same_integer(x, y)
            } else if narrow {
                tolerance.same_narrow(x as f32, y as f32)
            } else {
                tolerance.same(x, y)
            };
            if !same {
                first.get_or_insert(start + k);
                change.different += 1;
                if distance.is_finite() {
                    max_abs = Some(max_abs.map_or(distance, |max| max.max(distance)));
                    let relative = distance / x.abs().max(y.abs());
                    max_rel = Some(max_rel.map_or(relative, |max| max.max(relative)));
                }
            }
        }
    }
    if let Some(at) = first {
        change.max_abs = max_abs;
        change.max_rel = max_rel.filter(|max| max.is_finite());
        change.first = Some((at as u64, a.text(at).unwrap_or_default(), b.text(at).unwrap_or_default()));
    }
}
