//! A vtkPolyData as points, lines and triangles.

use super::super::attributes::{Attributes, NORMALS, TCOORDS};
use super::cells::{Cells, Drawn};
use super::look::{Look, Representation};
use super::object::Object;
use super::paint::Paint;
use crate::analysis::shapes::{Floats, Losses, Material, NO_SIZES, Primitive, Topology, values};
use crate::scene::{ObjectId, Scene};

/// Corners of polygons up to which it is tried whether they can be cut from another corner.
const MOST_CORNERS: usize = 64;

/// What there is to draw. Without a mapper, all is in the material's colour.
pub(super) fn surface(
    scene: &Scene,
    data: &ObjectId,
    mapper: Option<&ObjectId>,
    look: &Look,
    losses: &mut Losses,
) -> Vec<Primitive> {
    let Some(data) = Object::read(scene, data) else {
        losses.damaged(scene, data, "data has no state");
        return Vec::new();
    };
    if !data.is_a("vtkPolyData") {
        let reason = format!("the surface of a {} is made while it is drawn", data.plain_class());
        losses.unsupported(scene, &data.id, reason);
        return Vec::new();
    }
    let Some(positions) = positions(scene, &data, losses) else { return Vec::new() };
    let lists = ["Verts", "Lines", "Polys", "Strips"].map(|name| Cells::read(scene, &data, name, losses));
    let cells = lists.iter().map(Cells::count).sum();
    let attributes = |name: &str| data.reference(name).and_then(|id| Attributes::of(scene, &id)).unwrap_or_default();
    let (of_points, of_cells) = (attributes("PointData"), attributes("CellData"));
    if [&of_points, &of_cells].iter().any(|attributes| attributes.named(|name| name == "vtkGhostType").next().is_some())
    {
        losses.unsupported(scene, &data.id, "ghost cells show");
    }
    let counts = (positions.count(3), cells);
    let paint = mapper.and_then(|id| Object::read(scene, id));
    let paint = paint.map_or(Paint::Plain, |mapper| Paint::of(scene, &mapper, (&of_points, &of_cells), counts, losses));
    let parts = Parts::new(lists, look, &positions, matches!(paint, Paint::Cells(_)));
    if parts.concave > 0 {
        let detail = Some(format!("{} of them", parts.concave));
        let kind = crate::analysis::shapes::LossKind::Unsupported;
        let reason = String::from("polygons with dents are cut into triangles as if they had none");
        losses.note(kind, reason, scene.describe(&data.id), detail);
    }
    let has_thin =
        !parts.points.corners.is_empty() || !parts.lines.corners.is_empty() || !parts.edges.corners.is_empty();
    if look.is_thick && has_thin {
        losses.unsupported(scene, &data.id, NO_SIZES);
    }
    let texture = look.texture.as_ref().filter(|_| !parts.triangles.corners.is_empty());
    let texture = texture.and_then(|id| super::texture::texture(scene, id, losses));
    let with = |attribute: Option<&ObjectId>, components: usize, losses: &mut Losses| {
        let picked = values(scene, attribute?, losses)?;
        (picked.components == components).then(|| Floats::of_values(&picked.values))
    };
    let normals = of_points.active(NORMALS).filter(|_| !look.is_flat && !parts.triangles.corners.is_empty());
    let normals = with(normals, 3, losses);
    let uvs = with(of_points.active(TCOORDS).filter(|_| texture.is_some()), 2, losses);
    if texture.is_some() && uvs.is_none() {
        losses.unsupported(scene, &data.id, "a texture has no pairs of coordinates to go by");
    }
    // VTK counts pixels from the lower edge, glTF from the upper.
    let uvs = uvs.map(|uvs| uvs.rows::<2>().flat_map(|[u, v]| [u, 1.0 - v]).collect());
    let mut material = look.material.clone();
    if !matches!(paint, Paint::Plain) {
        material.color = [1.0; 3];
    }
    let is_translucent = texture.as_ref().is_some_and(|(_, is_translucent)| *is_translucent);
    let texture = texture.map(|(texture, _)| texture).filter(|_| uvs.is_some());
    let plain = Material { is_unlit: true, ..material.clone() };
    let edge = look.edges.map(|color| Material { color, ..plain.clone() });
    let material = Material { texture, is_translucent, ..material };
    let arrays = Arrays { positions, normals, uvs, paint };
    let mut found = Vec::new();
    let Parts { triangles, lines, points, edges, .. } = parts;
    found.extend(arrays.primitive(Topology::Triangles, triangles, material));
    found.extend(arrays.primitive(Topology::Lines, lines, plain.clone()));
    found.extend(arrays.primitive(Topology::Points, points, plain));
    if let Some(edge) = edge {
        let bare = Arrays { paint: Paint::Plain, ..arrays };
        found.extend(bare.primitive(Topology::Lines, edges, edge));
    }
    found
}

/// The places of the points; `None` where there are none.
pub(super) fn positions(scene: &Scene, data: &Object<'_>, losses: &mut Losses) -> Option<Floats> {
    let points = data.reference("Points")?;
    let Some(array) = Object::read(scene, &points).and_then(|points| points.reference("Data")) else {
        losses.damaged(scene, &points, "points have no array");
        return None;
    };
    let picked = values(scene, &array, losses)?;
    if picked.components != 3 {
        losses.damaged(scene, &array, "points have not three coordinates each");
        return None;
    }
    Some(Floats::of_values(&picked.values)).filter(|floats| floats.count(3) > 0)
}

/// What is drawn of the cells.
struct Parts {
    triangles: Drawn,
    lines: Drawn,
    points: Drawn,
    edges: Drawn,
    /// Polygons that cannot be cut like a fan.
    concave: u64,
}

impl Parts {
    fn new([verts, lines, polys, strips]: [Cells; 4], look: &Look, positions: &Floats, with_owners: bool) -> Self {
        let [triangles, drawn, points] = [0; 3].map(|_| Drawn::new(with_owners));
        let mut parts = Self { triangles, lines: drawn, points, edges: Drawn::new(false), concave: 0 };
        let first = [0, verts.count(), verts.count() + lines.count()];
        let [_, first_line, first_poly] = first;
        let first_strip = first_poly + polys.count();
        if look.representation == Representation::Points {
            for (first, cells) in [(0, &verts), (first_line, &lines), (first_poly, &polys), (first_strip, &strips)] {
                cells.each(|k, ids| parts.points.add(first + k, ids));
            }
            parts.points.dedup(1);
            return parts;
        }
        verts.each(|k, ids| parts.points.add(k, ids));
        lines.each(|k, ids| {
            ids.windows(2).for_each(|pair| parts.lines.add(first_line + k, pair));
        });
        if look.representation == Representation::Wireframe {
            outline(&polys, &strips, |k, pair| parts.lines.add(first_poly + k, pair));
            parts.lines.dedup(2);
            return parts;
        }
        if look.edges.is_some() {
            outline(&polys, &strips, |k, pair| parts.edges.add(k, pair));
            parts.edges.dedup(2);
        }
        if polys.are_all(3) && strips.count() == 0 && !with_owners {
            parts.triangles.corners = polys.ids;
            return parts;
        }
        polys.each(|k, ids| match ids {
            [_, _, _] => parts.triangles.add(first_poly + k, ids),
            _ => {
                let start = fan_start(positions, ids);
                parts.concave += u64::from(start.is_none());
                let at = |k: usize| ids.get((start.unwrap_or(0) + k) % ids.len()).copied().unwrap_or(u32::MAX);
                for corner in 2..ids.len() {
                    parts.triangles.add(first_poly + k, &[at(0), at(corner - 1), at(corner)]);
                }
            }
        });
        strips.each(|k, ids| {
            for (turn, corners) in ids.windows(3).enumerate() {
                // Every other triangle of a strip goes round the other way.
                match *corners {
                    [a, b, c] if turn % 2 == 0 => parts.triangles.add(first_strip + k, &[a, b, c]),
                    [a, b, c] => parts.triangles.add(first_strip + k, &[b, a, c]),
                    _ => {}
                }
            }
        });
        parts
    }
}

/// The edges of polygons and of the triangles of strips.
fn outline(polys: &Cells, strips: &Cells, mut add: impl FnMut(usize, &[u32])) {
    polys.each(|k, ids| {
        ids.windows(2).for_each(|pair| add(k, pair));
        if let (Some(first), Some(last), true) = (ids.first(), ids.last(), ids.len() > 2) {
            add(k, &[*last, *first]);
        }
    });
    strips.each(|k, ids| {
        ids.windows(2).for_each(|pair| add(polys.count() + k, pair));
        ids.windows(3).for_each(|three| {
            if let [a, _, c] = *three {
                add(polys.count() + k, &[a, c]);
            }
        });
    });
}

/// The corner from which a polygon can be cut into triangles that all show the same side; `None` where there is none.
fn fan_start(positions: &Floats, ids: &[u32]) -> Option<usize> {
    let place = |k: usize| {
        let id = ids.get(k % ids.len().max(1)).copied().unwrap_or(u32::MAX);
        positions.row::<3>(id as usize).map_or([0.0; 3], |place| place.map(f64::from))
    };
    let side = |start: usize, k: usize| {
        let ([ax, ay, az], [bx, by, bz], [cx, cy, cz]) = (place(start), place(start + k - 1), place(start + k));
        let ([px, py, pz], [qx, qy, qz]) = ([bx - ax, by - ay, bz - az], [cx - ax, cy - ay, cz - az]);
        [py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx]
    };
    if !(0..ids.len()).all(|k| place(k).iter().all(|value| value.is_finite())) {
        return Some(0);
    }
    let dot = |[a, b, c]: [f64; 3], [x, y, z]: [f64; 3]| a * x + b * y + c * z;
    let mut whole = [0.0; 3];
    for k in 2..ids.len() {
        whole.iter_mut().zip(side(0, k)).for_each(|(sum, value)| *sum += value);
    }
    let size = dot(whole, whole);
    let is_fan = |start: &usize| (2..ids.len()).all(|k| dot(side(*start, k), whole) >= -1e-9 * size);
    let tries = if ids.len() > MOST_CORNERS { 1 } else { ids.len().max(1) };
    (0..tries).find(is_fan)
}

/// The arrays of a data set, as all its primitives use them.
struct Arrays {
    positions: Floats,
    normals: Option<Floats>,
    uvs: Option<Floats>,
    paint: Paint,
}

impl Arrays {
    fn primitive(&self, topology: Topology, drawn: Drawn, material: Material) -> Option<Primitive> {
        if drawn.corners.is_empty() {
            return None;
        }
        let is_surface = topology == Topology::Triangles;
        let normals = self.normals.as_ref().filter(|_| is_surface);
        let uvs = self.uvs.as_ref().filter(|_| is_surface);
        let (Paint::Cells(colors), Some(owners)) = (&self.paint, drawn.owners()) else {
            let colors = if let Paint::Points(colors) = &self.paint { Some(colors.clone()) } else { None };
            let (normals, uvs) = (normals.cloned(), uvs.cloned());
            let made = Primitive::new(topology, self.positions.clone(), material);
            return Some(Primitive { normals, uvs, colors, indices: Some(drawn.corners), ..made });
        };
        // Colours of cells end at their edges: every corner is a vertex of its own. One that is not there stays none.
        let count = self.positions.count(3);
        let mut positions = self.positions.pick::<3>(&drawn.corners);
        if drawn.corners.iter().any(|corner| *corner as usize >= count) {
            let rows = positions.rows::<3>().zip(&drawn.corners);
            positions =
                rows.flat_map(|(row, corner)| if (*corner as usize) < count { row } else { [f32::NAN; 3] }).collect();
        }
        let (bytes, _) = colors.as_chunks::<4>();
        let color = |owner: &u32| bytes.get(*owner as usize).copied().unwrap_or([u8::MAX; 4]);
        let colors = Some(owners.iter().flat_map(color).collect());
        let normals = normals.map(|normals| normals.pick::<3>(&drawn.corners));
        let uvs = uvs.map(|uvs| uvs.pick::<2>(&drawn.corners));
        Some(Primitive { normals, uvs, colors, ..Primitive::new(topology, positions, material) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An arrowhead: the corner at the dent is the one to cut from. A comb has none.
    #[test]
    fn dents_are_cut_from_their_corner() {
        let flat = |corners: &[[f32; 2]]| -> Floats { corners.iter().flat_map(|[x, y]| [*x, *y, 0.0]).collect() };
        let all: Vec<u32> = (0..12).collect();
        let start = |corners: &[[f32; 2]]| fan_start(&flat(corners), &all[..corners.len()]);
        assert_eq!(start(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), Some(0));
        assert_eq!(start(&[[0.0, 0.0], [2.0, 1.0], [0.0, 2.0], [0.5, 1.0]]), Some(1));
        assert_eq!(start(&[[2.0, 1.0], [0.0, 2.0], [0.5, 1.0], [0.0, 0.0]]), Some(0));
        assert_eq!(start(&[[0.0, 0.0], [2.0, 0.0], [0.5, 0.5], [0.0, 2.0]]), Some(0));
        let comb = [
            [0.0, 0.0],
            [5.0, 0.0],
            [5.0, 3.0],
            [4.0, 3.0],
            [4.0, 1.0],
            [3.0, 1.0],
            [3.0, 3.0],
            [2.0, 3.0],
            [2.0, 1.0],
            [0.0, 1.0],
        ];
        assert_eq!(start(&comb), None);
        assert_eq!((start(&[[0.0, f32::NAN], [1.0, 0.0], [1.0, 1.0]]), start(&[])), (Some(0), Some(0)));
    }
}
