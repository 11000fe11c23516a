//! Triangles as they look, and a mesh that was sent as such.

use super::look::Look;
use super::thing::Thing;
use crate::analysis::shapes::{Floats, Losses, Material, Primitive, Topology};
use crate::scene::{Scene, Values};

/// Vertices and which of them make triangles.
pub(super) struct Triangles {
    pub(super) positions: Floats,
    /// The client makes them where there are none.
    pub(super) normals: Option<Floats>,
    pub(super) indices: Vec<u32>,
}

/// A `Mesh`, or the one that `BatchedMeshes` shows many times.
pub(super) fn mesh(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let look = Look::of(thing);
    look.note(scene, thing, losses);
    read(scene, thing, losses).map(|triangles| triangles.drawn(&look)).unwrap_or_default()
}

/// The vertices and faces of a node.
pub(super) fn read(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Option<Triangles> {
    let positions = thing.floats(scene, "vertices", losses)?;
    let faces = thing.values(scene, "faces", losses)?;
    Some(Triangles { positions, normals: None, indices: indices(&faces.values) })
}

/// Numbers of vertices; what cannot be one is one that no mesh has.
fn indices(values: &Values) -> Vec<u32> {
    let mut found = Vec::with_capacity(values.len());
    values.for_each(|value| {
        let is_index = value.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(&value);
        found.push(if is_index { value as u32 } else { u32::MAX });
    });
    found
}

impl Triangles {
    pub(super) fn drawn(mut self, look: &Look) -> Vec<Primitive> {
        if look.is_wireframe {
            let material = Material { is_unlit: true, ..look.material.clone() };
            let indices = Some(edges(&self.indices));
            return vec![Primitive { indices, ..Primitive::new(Topology::Lines, self.positions, material) }];
        }
        if look.is_turned {
            self.indices.as_chunks_mut::<3>().0.iter_mut().for_each(|[_, b, c]| std::mem::swap(b, c));
        }
        // Without normals faces are flat.
        let normals = match self.normals {
            _ if look.is_flat => None,
            Some(normals) if look.is_turned => Some(normals.rows::<3>().flatten().map(|value| -value).collect()),
            Some(normals) => Some(normals),
            None => Some(smooth(&self.positions, &self.indices)),
        };
        let indices = Some(self.indices);
        vec![Primitive {
            normals,
            indices,
            ..Primitive::new(Topology::Triangles, self.positions, look.material.clone())
        }]
    }
}

/// The edges of triangles, each once.
fn edges(indices: &[u32]) -> Vec<u32> {
    let mut edges: Vec<[u32; 2]> = Vec::with_capacity(indices.len());
    for &[a, b, c] in indices.as_chunks::<3>().0 {
        edges.extend([[a, b], [b, c], [c, a]].map(|[from, to]| [from.min(to), from.max(to)]));
    }
    edges.sort_unstable();
    edges.dedup();
    edges.into_flattened()
}

/// Normals as three.js computes them: those of the faces around a vertex, larger faces counting more.
fn smooth(positions: &Floats, indices: &[u32]) -> Floats {
    let mut sums = vec![[0.0_f32; 3]; positions.count(3)];
    for corners in indices.as_chunks::<3>().0 {
        let [Some(a), Some(b), Some(c)] = corners.map(|corner| positions.row::<3>(corner as usize)) else { continue };
        let normal = cross(minus(c, b), minus(a, b));
        if !normal.iter().all(|value| value.is_finite()) {
            continue;
        }
        for corner in corners {
            if let Some(sum) = sums.get_mut(*corner as usize) {
                sum.iter_mut().zip(normal).for_each(|(sum, value)| *sum += value);
            }
        }
    }
    // Vertices of no face, or of one without an area, have no direction and need one.
    let direction = |sum: [f32; 3]| {
        let [x, y, z] = sum.map(f64::from);
        let length = (x * x + y * y + z * z).sqrt();
        if length.is_finite() && length > 0.0 {
            [x, y, z].map(|value| (value / length) as f32)
        } else {
            [0.0, 0.0, 1.0]
        }
    };
    sums.into_iter().flat_map(direction).collect()
}

fn minus([a, b, c]: [f32; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    [a - x, b - y, c - z]
}

fn cross([a, b, c]: [f32; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}
