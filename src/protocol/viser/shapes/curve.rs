//! Curves, sampled where the client does.
//!
//! Source: `CatmullRomCurve3` and `CubicBezierCurve3` of three.js.

use super::lines::{plain, through};
use super::thing::Thing;
use crate::analysis::shapes::{Floats, LossKind, Losses, NO_SIZES, Primitive};
use crate::scene::Scene;

type Point = [f64; 3];

/// Pieces of a curve where nothing else is said.
const USUAL: usize = 20;
/// Pieces of all curves of one node: beyond, they are coarser.
const MOST: usize = 1_000_000;

/// A `CatmullRomSpline`: through all points.
pub(super) fn catmull_rom(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let Some(points) = points(scene, thing, "points", losses).filter(|points| points.len() > 1) else {
        return Vec::new();
    };
    let pieces = pieces(scene, thing, 1, losses);
    let spline = Spline {
        is_closed: thing.is_on("closed"),
        // Where nothing else is said, three.js takes the centripetal one.
        power: match thing.text("curve_type") {
            "catmullrom" => None,
            "chordal" => Some(0.5),
            _ => Some(0.25),
        },
        tension: thing.number("tension", 0.5),
        points,
    };
    let line: Vec<Point> = (0..=pieces).map(|k| spline.at(k as f64 / pieces as f64)).collect();
    drawn(scene, thing, through(&line).collect(), losses)
}

/// A `CubicBezierSpline`: between each two points, drawn to two control points.
pub(super) fn bezier(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let Some(points) = points(scene, thing, "points", losses) else { return Vec::new() };
    let Some(controls) = points_of(scene, thing, losses) else { return Vec::new() };
    let count = points.len().saturating_sub(1).min(controls.len() / 2);
    if count + 1 < points.len() {
        losses.damaged(scene, &thing.id, "a curve has not two control points between each two points");
    }
    let pieces = pieces(scene, thing, count, losses);
    let mut line = Vec::new();
    for (ends, [b, c]) in points.windows(2).zip(controls.as_chunks::<2>().0) {
        let [a, d] = ends else { continue };
        let at = |k: usize| {
            let t = k as f64 / pieces as f64;
            let s = 1.0 - t;
            mixed([(a, s * s * s), (b, 3.0 * s * s * t), (c, 3.0 * s * t * t), (d, t * t * t)])
        };
        let samples: Vec<Point> = (0..=pieces).map(at).collect();
        line.extend(through(&samples));
    }
    drawn(scene, thing, line.into_iter().collect(), losses)
}

fn drawn(scene: &Scene, thing: &Thing, positions: Floats, losses: &mut Losses) -> Vec<Primitive> {
    losses.unsupported(scene, &thing.id, NO_SIZES);
    vec![plain(positions, thing.color("color"))]
}

fn points(scene: &Scene, thing: &Thing, name: &str, losses: &mut Losses) -> Option<Vec<Point>> {
    Some(thing.floats(scene, name, losses)?.rows::<3>().map(|row| row.map(f64::from)).collect())
}

fn points_of(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Option<Vec<Point>> {
    points(scene, thing, "control_points", losses)
}

/// How many pieces each of so many curves has.
fn pieces(scene: &Scene, thing: &Thing, curves: usize, losses: &mut Losses) -> usize {
    let wanted = thing.count("segments").unwrap_or(USUAL).max(1);
    let most = (MOST / curves.max(1)).max(1);
    if wanted > most {
        let reason = String::from("a curve has more pieces than are made, and is coarser");
        let detail = Some(format!("{most} of {wanted}"));
        losses.note(LossKind::Unsupported, reason, scene.describe(&thing.id), detail);
    }
    wanted.min(most)
}

struct Spline {
    points: Vec<Point>,
    is_closed: bool,
    /// Distances to this power, half of the usual one, are how long each part takes; none: all take as long.
    power: Option<f64>,
    tension: f64,
}

impl Spline {
    /// Where it is when this much of it is behind, 0 to 1.
    fn at(&self, done: f64) -> Point {
        let len = self.points.len();
        let along = (len - usize::from(!self.is_closed)) as f64 * done;
        let (mut part, mut within) = (along.floor() as usize, along.fract());
        if !self.is_closed && part + 1 >= len {
            (part, within) = (len.saturating_sub(2), 1.0);
        }
        let point = |k: usize| self.points.get(k % len).copied().unwrap_or_default();
        let (b, c) = (point(part), point(part + 1));
        // Beyond its ends an open one goes straight on.
        let beyond = |end: Point, before: Point| mixed([(&end, 2.0), (&before, -1.0)]);
        let a = if self.is_closed || part > 0 { point(part + len - 1) } else { beyond(point(0), point(1)) };
        let d = if self.is_closed || part + 2 < len { point(part + 2) } else { beyond(c, b) };
        let Some(power) = self.power else {
            let toward = |from: Point, to: Point| mixed([(&to, self.tension), (&from, -self.tension)]);
            return between(b, c, toward(a, c), toward(b, d), within);
        };
        let time = |from: Point, to: Point| {
            let [x, y, z] = mixed([(&to, 1.0), (&from, -1.0)]);
            (x * x + y * y + z * z).powf(power)
        };
        // Points that are in the same place would take no time.
        let sound = |time: f64, instead: f64| if time < 1e-4 { instead } else { time };
        let second = sound(time(b, c), 1.0);
        let (first, third) = (sound(time(a, b), second), sound(time(c, d), second));
        let slope = |from: Point, at: Point, to: Point, before: f64, after: f64| {
            let both = before + after;
            let weights = [
                (&at, 1.0 / before - 1.0 / after),
                (&from, 1.0 / both - 1.0 / before),
                (&to, 1.0 / after - 1.0 / both),
            ];
            mixed(weights).map(|value| value * second)
        };
        between(b, c, slope(a, b, c, first, second), slope(b, c, d, second, third), within)
    }
}

/// On the way from one point to another, by where it starts to and where it comes from.
fn between(from: Point, to: Point, start: Point, end: Point, t: f64) -> Point {
    let (two, three) = (t * t, t * t * t);
    mixed([
        (&from, 1.0 - 3.0 * two + 2.0 * three),
        (&to, 3.0 * two - 2.0 * three),
        (&start, t - 2.0 * two + three),
        (&end, three - two),
    ])
}

fn mixed<const N: usize>(parts: [(&Point, f64); N]) -> Point {
    parts.into_iter().fold([0.0; 3], |[x, y, z], ([a, b, c], weight)| [x + a * weight, y + b * weight, z + c * weight])
}
