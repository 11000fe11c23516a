//! Meshes: made one after another, cleaned, and written to the binary part.

use std::collections::HashMap;
use std::io::{self, Write};

use super::bin::{Bin, Target};
use super::clean::{Clean, clean};
use super::color::wide;
use super::json::{Accessor, Attributes, Mesh, Primitive};
use super::looks::Looks;
use super::{GlbError, Summary};
use crate::analysis::shapes::{Content, Floats, LossKind, Losses, MeshId, Shapes, Topology};

/// Component types, as OpenGL numbers them.
const U16: u32 = 5_123;
const U32: u32 = 5_125;
const F32: u32 = 5_126;

/// See the module.
pub(super) struct Meshes {
    pub(super) bin: Bin,
    pub(super) accessors: Vec<Accessor>,
    pub(super) made: Vec<Mesh>,
    pub(super) summary: Summary,
    /// Where in `made` a mesh of the shapes is; `None` where there was nothing to show.
    places: Vec<Option<usize>>,
    tinted: HashMap<(usize, [u8; 4]), usize>,
}

impl Meshes {
    /// Makes all meshes that some node shows.
    pub(super) fn make(shapes: &mut Shapes<'_>, looks: &mut Looks, losses: &mut Losses) -> Result<Self, GlbError> {
        let promised = shapes.take_meshes();
        let mut wanted = vec![false; promised.len()];
        for node in shapes.nodes() {
            if let Content::Mesh(id) | Content::Instances(id, _) = &node.content
                && let Some(wanted) = wanted.get_mut(id.index())
            {
                *wanted = true;
            }
        }
        let mut meshes = Self {
            bin: Bin::new()?,
            accessors: Vec::new(),
            made: Vec::new(),
            summary: Summary::default(),
            places: Vec::with_capacity(promised.len()),
            tinted: HashMap::new(),
        };
        for (mesh, wanted) in promised.into_iter().zip(wanted) {
            let place = if wanted { meshes.add(mesh, looks, losses)? } else { None };
            meshes.places.push(place);
        }
        Ok(meshes)
    }

    /// The number of a mesh; `None` where it has nothing to show.
    pub(super) fn place(&self, id: MeshId) -> Option<usize> {
        self.places.get(id.index()).copied().flatten()
    }

    /// The number of a mesh in another colour, with the same arrays.
    pub(super) fn tinted(&mut self, mesh: usize, color: [u8; 4], looks: &mut Looks) -> usize {
        if let Some(known) = self.tinted.get(&(mesh, color)) {
            return *known;
        }
        let Some(Mesh { name, primitives }) = self.made.get(mesh) else { return mesh };
        let (name, mut primitives) = (name.clone(), primitives.clone());
        for primitive in &mut primitives {
            primitive.material = looks.tinted(primitive.material, color);
        }
        self.made.push(Mesh { name, primitives });
        self.tinted.insert((mesh, color), self.made.len() - 1);
        self.made.len() - 1
    }

    fn add(
        &mut self,
        mesh: crate::analysis::shapes::Mesh<'_>,
        looks: &mut Looks,
        losses: &mut Losses,
    ) -> Result<Option<usize>, GlbError> {
        let name = mesh.name().map(str::to_owned);
        let who = name.clone().unwrap_or_else(|| String::from("a mesh"));
        let mut primitives = Vec::new();
        for primitive in mesh.make(losses) {
            if let Some(clean) = clean(primitive, &who, losses) {
                primitives.push(self.primitive(clean, looks, &who, losses)?);
            }
        }
        if primitives.is_empty() {
            return Ok(None);
        }
        self.made.push(Mesh { name, primitives });
        Ok(Some(self.made.len() - 1))
    }

    fn primitive(
        &mut self,
        clean: Clean,
        looks: &mut Looks,
        who: &str,
        losses: &mut Losses,
    ) -> Result<Primitive, GlbError> {
        let Clean { mut primitive, vertices, corners, min, max } = clean;
        if primitive.uvs.is_none() {
            primitive.material.texture = None;
        }
        let opacities = primitive.colors.iter().flatten().skip(3).step_by(4);
        primitive.material.is_translucent |= opacities.into_iter().any(|opacity| *opacity < u8::MAX);
        let material = looks.material(&mut self.bin, &primitive.material)?;
        let position = {
            let bytes = primitive.positions.bytes();
            let buffer_view = self.bin.add_bytes(Target::Vertices, bytes.get(..vertices * 12).unwrap_or_default())?;
            let [min, max] = [min, max].map(|place| Some(place.map(f64::from)));
            self.accessor(Accessor { min, max, ..accessor(buffer_view, F32, vertices, "VEC3") })
        };
        let normal = match &primitive.normals {
            None => None,
            Some(normals) => {
                let mut lost = 0;
                let buffer_view = self.bin.add(Target::Vertices, |out| directions(normals, out, &mut lost))?;
                if lost > 0 {
                    let reason = String::from("normals without a direction point along Z");
                    losses.note(LossKind::Unsupported, reason, who.to_owned(), Some(format!("{lost} of {vertices}")));
                }
                Some(self.accessor(accessor(buffer_view, F32, vertices, "VEC3")))
            }
        };
        // Without a texture coordinates mean nothing.
        let uv = match primitive.uvs.as_ref().filter(|_| primitive.material.texture.is_some()) {
            None => None,
            Some(uvs) => {
                let buffer_view = self.bin.add(Target::Vertices, |out| finite(uvs, out))?;
                Some(self.accessor(accessor(buffer_view, F32, vertices, "VEC2")))
            }
        };
        let color = match &primitive.colors {
            None => None,
            Some(colors) => {
                let buffer_view = self.bin.add(Target::Vertices, |out| widened(colors, out))?;
                let accessor = Accessor { normalized: true, ..accessor(buffer_view, U16, vertices, "VEC4") };
                Some(self.accessor(accessor))
            }
        };
        let indices = match &primitive.indices {
            None => None,
            Some(indices) => {
                // The highest number of a type means something else.
                let is_short = vertices <= usize::from(u16::MAX);
                let buffer_view = self.bin.add(Target::Indices, |out| numbers(indices, is_short, out))?;
                Some(self.accessor(accessor(buffer_view, if is_short { U16 } else { U32 }, corners, "SCALAR")))
            }
        };
        let (count, mode) = match primitive.topology {
            Topology::Points => (&mut self.summary.points, 0),
            Topology::Lines => (&mut self.summary.lines, 1),
            Topology::Triangles => (&mut self.summary.triangles, 4),
        };
        *count += (corners / primitive.topology.corners()) as u64;
        self.summary.vertices += vertices as u64;
        Ok(Primitive { attributes: Attributes { position, normal, uv, color }, indices, material, mode })
    }

    fn accessor(&mut self, accessor: Accessor) -> usize {
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }
}

fn accessor(buffer_view: usize, component_type: u32, count: usize, kind: &'static str) -> Accessor {
    Accessor { buffer_view, component_type, count, kind, normalized: false, min: None, max: None }
}

/// Normals of length 1; what has no direction gets one.
fn directions(normals: &Floats, out: &mut dyn Write, lost: &mut u64) -> io::Result<u64> {
    let mut length = 0;
    for normal in normals.rows::<3>() {
        let [x, y, z] = normal.map(f64::from);
        let size = (x * x + y * y + z * z).sqrt();
        let direction = if size.is_finite() && size > 0.0 {
            [x / size, y / size, z / size]
        } else {
            *lost += 1;
            [0.0, 0.0, 1.0]
        };
        length += put(&direction.map(|value| (value as f32).to_le_bytes()), out)?;
    }
    Ok(length)
}

/// Pairs of numbers; what is none is 0.
fn finite(values: &Floats, out: &mut dyn Write) -> io::Result<u64> {
    let mut length = 0;
    for row in values.rows::<2>() {
        let row = row.map(|value| if value.is_finite() { value } else { 0.0 });
        length += put(&row.map(f32::to_le_bytes), out)?;
    }
    Ok(length)
}

/// Colours, four bytes each, as glTF wants them.
fn widened(colors: &[u8], out: &mut dyn Write) -> io::Result<u64> {
    let mut length = 0;
    for color in colors.as_chunks::<4>().0 {
        length += put(&[wide(*color)], out)?;
    }
    Ok(length)
}

fn numbers(indices: &[u32], is_short: bool, out: &mut dyn Write) -> io::Result<u64> {
    let mut length = 0;
    for index in indices {
        length += if is_short { put(&[(*index as u16).to_le_bytes()], out) } else { put(&[index.to_le_bytes()], out) }?;
    }
    Ok(length)
}

fn put<const N: usize>(values: &[[u8; N]], out: &mut dyn Write) -> io::Result<u64> {
    let bytes = values.as_flattened();
    out.write_all(bytes)?;
    Ok(bytes.len() as u64)
}
