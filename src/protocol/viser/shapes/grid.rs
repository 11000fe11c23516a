//! Grids, as lines.

use super::lines::plain;
use super::thing::Thing;
use crate::analysis::shapes::{LossKind, Losses, Material, Primitive, Topology, Transform};
use crate::scene::Scene;

/// Lines in one direction; a grid with more shows none of them.
const MOST: f64 = 10_000.0;

/// A `Grid`: thin lines, thicker ones between its sections, and a plane behind them.
pub(super) fn grid(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let half = [thing.number("width", 10.0) / 2.0, thing.number("height", 10.0) / 2.0];
    let turned = plane(thing.text("plane"));
    let place = |x: f64, z: f64| turned.apply([x, 0.0, z]);
    if thing.is_on("infinite_grid") {
        losses.unsupported(scene, &thing.id, "a grid without an end is as wide as it would be with one");
    }
    losses.unsupported(scene, &thing.id, "grids are thin lines of one width, and do not fade in the distance");
    let size = |name: &str| Some(thing.number(name, 0.0)).filter(|size| size.is_finite() && *size > 0.0);
    let is_drawn = |name: &str| thing.number(name, 1.0) > 0.0;
    let section = size("section_size").filter(|_| is_drawn("section_thickness"));
    let cell = size("cell_size").filter(|_| is_drawn("cell_thickness"));
    let mut found = Vec::new();
    let opacity = thing.number("plane_opacity", 0.0);
    let [w, h] = half;
    if opacity > 0.0 {
        let corners = [(-w, -h), (w, -h), (w, h), (-w, h)].map(|(x, z)| place(x, z).map(|value| value as f32));
        let material = Material { color: thing.color("plane_color"), opacity, is_unlit: true, ..Material::default() };
        let positions = corners.into_iter().flatten().collect();
        let indices = Some(vec![0, 1, 2, 0, 2, 3]);
        found.push(Primitive { indices, ..Primitive::new(Topology::Triangles, positions, material) });
    }
    for (step, color, not) in [(cell, "cell_color", section), (section, "section_color", None)] {
        let Some(step) = step else { continue };
        if half.iter().any(|half| !(half / step).is_finite() || half.abs() / step * 2.0 > MOST) {
            let reason = format!("a grid of more than {MOST} lines is left out");
            losses.note(LossKind::Unsupported, reason, scene.describe(&thing.id), Some(format!("a line each {step}")));
            continue;
        }
        let offsets = |half: f64| {
            let most = (half.abs() / step + 1e-9).floor() as i64;
            // Where both are, the thicker one shows.
            let is_other = move |at: f64| not.is_some_and(|not| (at / not - (at / not).round()).abs() < 1e-6);
            (-most..=most).map(move |k| k as f64 * step).filter(move |at| !is_other(*at))
        };
        let along = offsets(h).flat_map(|z| [place(-w, z), place(w, z)]);
        let across = offsets(w).flat_map(|x| [place(x, -h), place(x, h)]);
        let positions = along.chain(across).flatten().map(|value| value as f32).collect();
        found.push(plain(positions, thing.color(color)));
    }
    found
}

/// How the plane of X and Z is turned to be another one.
fn plane(name: &str) -> Transform {
    let [x, y, z] = match name {
        "xz" => [0.0, 0.0, 0.0],
        "xy" => [90.0, 0.0, 0.0],
        "yx" => [0.0, 90.0, 90.0],
        "yz" => [0.0, 0.0, 90.0],
        "zx" => [0.0, 90.0, 0.0],
        _ => [-90.0, 0.0, -90.0],
    };
    Transform::turned([1.0, 0.0, 0.0], x)
        .turned_by(Transform::turned([0.0, 1.0, 0.0], y))
        .turned_by(Transform::turned([0.0, 0.0, 1.0], z))
}
