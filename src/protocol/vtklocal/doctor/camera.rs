//! Is anything in the picture: clipping range and view of each renderer's camera.

use crate::analysis::doctor::{Draft, Exam};

use super::codes::{CLIPPED, OUTSIDE};
use super::geometry::{Place, Vector, cross, direction, dot, length, minus, place};
use super::object::Object;
use super::scenery::{Renderer, Window};

/// The browser gives the picture its own shape: no picture is wider than this.
const WIDEST: f64 = 5.0;

pub(super) fn rules(exam: &Exam<'_>, windows: &[Window<'_, '_>], found: &mut Vec<Draft>) {
    for renderer in windows.iter().flat_map(|window| &window.renderers).filter(|renderer| renderer.draws()) {
        found.extend(look(exam, renderer));
    }
}

fn look(exam: &Exam<'_>, renderer: &Renderer<'_, '_>) -> Option<Draft> {
    if renderer.is_partial {
        return None;
    }
    let object = renderer.object.follow(exam, "ActiveCamera")?;
    if let Some(text) = blind(exam, &object).filter(|_| renderer.props.iter().any(|prop| prop.is_visible && prop.is_3d))
    {
        return Some(Draft::of(&OUTSIDE, object.id(), text));
    }
    let camera = Camera::read(exam, &object)?;
    let mut misses: Vec<Miss> = Vec::new();
    let (mut nearest, mut farthest) = (f64::INFINITY, f64::NEG_INFINITY);
    for prop in renderer.props.iter().filter(|prop| prop.is_visible) {
        if !prop.is_3d {
            continue;
        }
        match place(exam, prop) {
            Place::Nothing => {}
            Place::Unknown => return None,
            Place::Corners(corners) => {
                let seen = corners.map(|corner| camera.see(corner));
                if seen.iter().flatten().any(|value| !value.is_finite()) {
                    return None;
                }
                for [_, _, depth] in seen {
                    nearest = nearest.min(depth);
                    farthest = farthest.max(depth);
                }
                misses.push(camera.miss(&seen)?);
            }
        }
    }
    if misses.is_empty() {
        return None;
    }
    let what = if misses.len() == 1 {
        String::from("the visible prop is")
    } else {
        format!("all {} visible props are", misses.len())
    };
    if misses.iter().all(|miss| *miss == Miss::Clipped) {
        let [near, far] = camera.clipping;
        let text = format!(
            "{what} {nearest:.4} to {farthest:.4} away from the camera, and its ClippingRange is {near:.4} to {far:.4}"
        );
        return Some(Draft::of(&CLIPPED, object.id(), text).at("ClippingRange"));
    }
    let text = if misses.iter().all(|miss| *miss == Miss::Behind) {
        format!("{what} behind the camera")
    } else {
        format!("{what} beyond the edges of the picture or behind the camera")
    };
    Some(Draft::of(&OUTSIDE, object.id(), text))
}

/// Why a camera sees nothing at all, whatever there is.
fn blind(exam: &Exam<'_>, camera: &Object<'_, '_>) -> Option<String> {
    let (position, focus): (Vector, Vector) = (camera.vector("Position")?, camera.vector("FocalPoint")?);
    let who = exam.scene.describe(camera.id());
    if position == focus {
        return Some(format!("{who} stands on its focal point: it looks nowhere"));
    }
    let is_on = |name: &str| camera.number(name).is_some_and(|value| value != 0.0);
    if is_on("UseExplicitProjectionTransformMatrix") || is_on("UseOffAxisProjection") {
        return None;
    }
    if is_on("ParallelProjection") {
        let scale = camera.number("ParallelScale")?;
        return (scale <= 0.0).then(|| format!("{who} has a ParallelScale of {scale}: what it sees has no height"));
    }
    let angle = camera.number("ViewAngle")?;
    (angle <= 0.0 || angle >= 180.0).then(|| format!("{who} has a ViewAngle of {angle} degrees: it sees nothing"))
}

/// Why a prop is not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Miss {
    Behind,
    Clipped,
    Beside,
}

struct Camera {
    position: Vector,
    right: Vector,
    up: Vector,
    forward: Vector,
    clipping: [f64; 2],
    /// Half the height of the picture: at distance 1, or everywhere where lines stay parallel.
    half: f64,
    is_parallel: bool,
}

impl Camera {
    /// `None` for a camera that does more than is computed here.
    fn read(exam: &Exam<'_>, object: &Object<'_, '_>) -> Option<Self> {
        const TRICKS: [&str; 5] = [
            "UseOffAxisProjection",
            "UseExplicitProjectionTransformMatrix",
            "UseExplicitAspectRatio",
            "UseHorizontalViewAngle",
            "UseScissor",
        ];
        let is_on = |name: &&str| object.number(name).is_some_and(|value| value != 0.0);
        let is_plain = |name: &str, plain: &[f64]| object.numbers(name).is_none_or(|value| value == plain);
        let has_matrix = object.follow(exam, "ModelTransformMatrix").is_some_and(|matrix| !is_identity(&matrix));
        let has_transform =
            object.reference("UserViewTransform").is_some() || object.reference("UserTransform").is_some();
        if TRICKS.iter().any(is_on)
            || !is_plain("WindowCenter", &[0.0, 0.0])
            || !is_plain("ViewShear", &[0.0, 0.0, 1.0])
            || has_matrix
            || has_transform
        {
            return None;
        }
        let position: Vector = object.vector("Position")?;
        let forward = direction(minus(object.vector("FocalPoint")?, position))?;
        let right = direction(cross(forward, object.vector("ViewUp")?))?;
        let clipping: [f64; 2] = object.vector("ClippingRange")?;
        let is_parallel = object.number("ParallelProjection")? != 0.0;
        let half = if is_parallel {
            object.number("ParallelScale")?
        } else {
            (object.number("ViewAngle")?.to_radians() / 2.0).tan()
        };
        let is_usual = half.is_finite() && half > 0.0 && length(right) > 0.0;
        is_usual.then_some(Self { position, right, up: cross(right, forward), forward, clipping, half, is_parallel })
    }

    /// How far to the right, up, and away a place is.
    fn see(&self, place: Vector) -> Vector {
        let from_here = minus(place, self.position);
        [dot(from_here, self.right), dot(from_here, self.up), dot(from_here, self.forward)]
    }

    /// Why nothing within these corners is seen; `None` where something may be.
    fn miss(&self, corners: &[Vector; 8]) -> Option<Miss> {
        let [near, far] = self.clipping;
        let all = |is_out: &dyn Fn(&Vector) -> bool| corners.iter().all(is_out);
        if !self.is_parallel && all(&|corner| corner[2] <= 0.0) {
            return Some(Miss::Behind);
        }
        let beyond = |corner: &Vector, axis: usize, side: f64, shape: f64| {
            let away = if self.is_parallel { 1.0 } else { corner[2] };
            let across = if axis == 0 { corner[0] } else { corner[1] };
            side * across > self.half * shape * away
        };
        let beside = [(0, 1.0, WIDEST), (0, -1.0, WIDEST), (1, 1.0, 1.0), (1, -1.0, 1.0)];
        if beside.into_iter().any(|(axis, side, shape)| all(&|corner| beyond(corner, axis, side, shape))) {
            return Some(Miss::Beside);
        }
        (all(&|corner| corner[2] < near) || all(&|corner| corner[2] > far)).then_some(Miss::Clipped)
    }
}

fn is_identity(matrix: &Object<'_, '_>) -> bool {
    matrix.numbers("Data").is_some_and(|data| {
        data.len() == 16 && data.iter().enumerate().all(|(k, value)| *value == if k % 5 == 0 { 1.0 } else { 0.0 })
    })
}
