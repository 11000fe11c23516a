//! GLB files that a scene has within: what they show becomes a part of what the scene shows.
//!
//! Read are nodes, meshes of points, lines and triangles, colours and the texture of the surface's colour. What there may
//! be besides (animations, bones, further textures) is told as lost; a file that cannot do without is refused.

mod arrays;
mod document;
mod looks;

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

use bytes::Bytes;

use super::{Content, LossKind, Losses, Mesh, MeshId, Node, NodeId, Primitive, Shapes, Topology, Transform};
use document::Glb;

/// Why a file is not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is broken.
    Damaged(String),
    /// It needs what is not read.
    Unsupported(String),
}

/// Values that are read of a file of any size. A hostile one has many meshes of the same values.
const VALUES: u64 = 1 << 24;

/// Puts what a GLB file shows below a node. `who` is what to call it where something is lost.
///
/// # Errors
/// [`Refusal`]: nothing of it is there then.
pub fn place(shapes: &mut Shapes<'_>, above: NodeId, bytes: &Bytes, who: &str) -> Result<(), Refusal> {
    let glb = Rc::new(Glb::read(bytes)?);
    let document = &glb.document;
    let mut lost = |reason: &str| shapes.losses.note(LossKind::Unsupported, reason.to_owned(), who.to_owned(), None);
    if !document.animations.is_empty() {
        lost("a GLB file inside has animations: it stands still");
    }
    if !document.skins.is_empty() {
        lost("a GLB file inside has bones: its meshes are as they were made, not bent");
    }
    let left = Rc::new(Cell::new(VALUES.max(bytes.len() as u64 * 4)));
    let meshes: Vec<MeshId> = (0..document.meshes.len())
        .map(|index| {
            let (glb, left, who) = (Rc::clone(&glb), Rc::clone(&left), who.to_owned());
            let name = document.meshes.get(index).and_then(|mesh| mesh.name.clone());
            let name = name.unwrap_or_else(|| who.clone());
            shapes.add_mesh(Mesh::new(Some(name), move |losses| glb.mesh(index, &left, &who, losses)))
        })
        .collect();
    let mut seen = HashSet::new();
    let mut open: Vec<(usize, NodeId)> = document.first().into_iter().rev().map(|node| (node, above)).collect();
    while let Some((index, above)) = open.pop() {
        // A node has one place; a broken file may lead in circles.
        let Some(node) = document.nodes.get(index).filter(|_| seen.insert(index)) else { continue };
        let Some(mut at) = node.place() else {
            let reason = String::from("a place is none (NaN, infinite or too far), so what is there is left out");
            shapes.losses.note(LossKind::Damaged, reason, who.to_owned(), None);
            continue;
        };
        let inner = at.split_off(1.min(at.len()));
        let mut made = Node { name: node.name.clone(), ..Node::default() };
        made.transform = at.first().copied().unwrap_or_default();
        let content = node.mesh.and_then(|mesh| meshes.get(mesh)).map(|mesh| Content::Mesh(*mesh));
        let mut here = shapes.add(Some(above), made.with(Content::Nothing));
        for transform in inner {
            here = shapes.add(Some(here), Node::default().at(transform));
        }
        if let Some(content) = content {
            shapes.add(Some(here), Node::default().with(content));
        }
        open.extend(node.children.iter().rev().map(|child| (*child, here)));
    }
    Ok(())
}

impl document::Document {
    /// The nodes of the scene that is shown; without scenes, those that nothing holds.
    fn first(&self) -> Vec<usize> {
        if let Some(scene) = self.scenes.get(self.scene) {
            return scene.nodes.clone();
        }
        let held: HashSet<usize> = self.nodes.iter().flat_map(|node| node.children.iter().copied()).collect();
        (0..self.nodes.len()).filter(|node| !held.contains(node)).collect()
    }
}

impl document::Node {
    /// Where it is: one place, or two, one within the other.
    fn place(&self) -> Option<Vec<Transform>> {
        let Some(columns) = self.matrix else {
            let usual = Transform::IDENTITY;
            return Some(vec![Transform {
                translation: self.translation.unwrap_or(usual.translation),
                rotation: self.rotation.unwrap_or(usual.rotation),
                scale: self.scale.unwrap_or(usual.scale),
            }]);
        };
        let mut rows = [[0.0; 4]; 4];
        for (k, value) in columns.into_iter().enumerate() {
            if let Some(place) = rows.get_mut(k % 4).and_then(|row| row.get_mut(k / 4)) {
                *place = value;
            }
        }
        Transform::of_matrix(&rows)
    }
}

impl Glb {
    fn mesh(&self, index: usize, left: &Cell<u64>, who: &str, losses: &mut Losses) -> Vec<Primitive> {
        let Some(mesh) = self.document.meshes.get(index) else { return Vec::new() };
        let mut found = Vec::new();
        for primitive in &mesh.primitives {
            let attributes = &primitive.attributes;
            let arrays =
                [attributes.position, attributes.normal, attributes.texcoord_0, attributes.color_0, primitive.indices];
            let values = arrays.into_iter().flatten().map(|array| self.len(array)).fold(0_u64, u64::saturating_add);
            let Some(rest) = left.get().checked_sub(values) else {
                let reason = String::from("a GLB file inside says that it has far more than fits into it");
                losses.note(LossKind::Damaged, reason, who.to_owned(), None);
                break;
            };
            left.set(rest);
            match self.primitive(primitive, who, losses) {
                Ok(primitive) => found.push(primitive),
                Err((kind, reason)) => losses.note(kind, reason.to_owned(), who.to_owned(), None),
            }
        }
        found
    }

    fn primitive(
        &self,
        from: &document::Primitive,
        who: &str,
        losses: &mut Losses,
    ) -> Result<Primitive, (LossKind, &'static str)> {
        let topology = match from.mode.unwrap_or(4) {
            0 => Topology::Points,
            1 => Topology::Lines,
            4 => Topology::Triangles,
            _ => return Err((LossKind::Unsupported, "strips, fans and loops in a GLB file inside are left out")),
        };
        let broken = (LossKind::Damaged, "an array of a GLB file inside cannot be read");
        let material = self.material(from.material, who, losses);
        let is_opaque = !material.is_translucent;
        let positions = from.attributes.position.and_then(|index| self.floats(index, 3)).ok_or(broken)?;
        let mut made = Primitive::new(topology, positions, material);
        let floats =
            |index: Option<usize>, width: usize| index.map(|index| self.floats(index, width).ok_or(broken)).transpose();
        made.normals = floats(from.attributes.normal, 3)?;
        made.uvs = floats(from.attributes.texcoord_0, 2)?;
        let colors = from.attributes.color_0.map(|index| self.colors(index, is_opaque).ok_or(broken));
        made.colors = colors.transpose()?;
        made.indices = from.indices.map(|index| self.indices(index).ok_or(broken)).transpose()?;
        Ok(made)
    }
}

#[cfg(test)]
mod tests;
