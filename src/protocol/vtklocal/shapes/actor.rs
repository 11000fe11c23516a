//! Actors: where they are, and which meshes they show.

use super::Walk;
use super::blocks::{Blocks, Leaf};
use super::look::Look;
use super::object::Object;
use super::surface::surface;
use crate::analysis::shapes::{Content, Mesh, MeshId, Node, NodeId, Transform};
use crate::scene::ObjectId;

impl<'a> Walk<'a> {
    pub(super) fn actor(&mut self, actor: &Object<'a>, above: NodeId) {
        let scene = self.scene;
        let property = actor.follow(scene, "Property");
        if property.as_ref().and_then(|property| property.number("Opacity")) == Some(0.0) {
            self.shapes.hidden += 1;
            return;
        }
        let Some(mapper) = actor.follow(scene, "Mapper") else {
            return match actor.reference("Mapper") {
                Some(_) => self.shapes.losses.damaged(scene, &actor.id, "its mapper has no state"),
                None => self.shapes.losses.unsupported(scene, &actor.id, "it has no mapper, and shows nothing"),
            };
        };
        let Some(places) = places(self.scene, actor) else {
            return self.shapes.losses.damaged(scene, &actor.id, "its place is none");
        };
        let mut node = above;
        for (k, place) in places.iter().enumerate() {
            let label = if k + 1 == places.len() { actor.label() } else { format!("{} (outer)", actor.label()) };
            let id = (k + 1 == places.len()).then(|| actor.id.clone());
            node = self.shapes.add(Some(node), Node::new(label, id).at(*place));
        }
        let look = Look::new(scene, actor, property.as_ref(), &mut self.shapes.losses);
        if mapper.follow(scene, "ClippingPlanes").is_some_and(|planes| !planes.references("Items").is_empty()) {
            self.shapes.losses.unsupported(scene, &mapper.id, "what clipping planes cut off is there");
        }
        match mapper.plain_class().as_ref() {
            "vtkPolyDataMapper" | "vtkCompositePolyDataMapper" | "vtkDataSetMapper" | "vtkLowMemoryPolyDataMapper" => {
                self.blocks(actor, &mapper, &look, node);
            }
            "vtkGlyph3DMapper" => self.glyphs(actor, &mapper, &look, node),
            class => {
                let reason = format!("what a {class} draws is not known");
                self.shapes.losses.unsupported(scene, &actor.id, reason);
            }
        }
    }

    fn blocks(&mut self, actor: &Object<'a>, mapper: &Object<'a>, look: &Look, above: NodeId) {
        let Some(inputs) = mapper.inputs().filter(|inputs| !inputs.is_empty()) else {
            return self.shapes.losses.unsupported(self.scene, &mapper.id, "it has no input, and shows nothing");
        };
        let blocks = Blocks::of(self.scene, mapper, &inputs, &mut self.shapes.losses);
        self.shapes.hidden += blocks.hidden;
        let is_single = matches!(blocks.leaves.as_slice(), [leaf] if inputs.contains(&leaf.id));
        for (number, leaf) in blocks.leaves.into_iter().enumerate() {
            let name = leaf.name.clone().unwrap_or_else(|| self.scene.describe(&leaf.id));
            let at = leaf.id.clone();
            let mesh = self.mesh(actor, Some(&mapper.id), look, number, leaf);
            // The data of a plain mapper is no place of its own.
            let node = if is_single { Node::default() } else { Node::new(name, Some(at)) };
            self.shapes.add(Some(above), node.with(Content::Mesh(mesh)));
        }
    }

    /// The mesh of a block, made once however many actors show it. Without a mapper it is not coloured by values.
    pub(super) fn mesh(
        &mut self,
        actor: &Object<'a>,
        mapper: Option<&ObjectId>,
        look: &Look,
        number: usize,
        leaf: Leaf,
    ) -> MeshId {
        let owner = mapper.unwrap_or(&leaf.id).clone();
        let key = (owner, actor.reference("Property"), actor.reference("Texture"), number);
        if let Some(known) = self.meshes.get(&key) {
            return *known;
        }
        let look = look.of_block(&leaf);
        let mapper = mapper.filter(|_| leaf.color.is_none()).cloned();
        let scene = self.scene;
        let name = scene.describe(&leaf.id);
        let mesh = Mesh::new(Some(name), move |losses| surface(scene, &leaf.id, mapper.as_ref(), &look, losses));
        let id = self.shapes.add_mesh(mesh);
        self.meshes.insert(key, id);
        id
    }
}

/// Where a prop is, the outermost first: the user's matrix, then VTK's own order: away from the origin, scaled, turned
/// about y, x and z, put in place.
fn places(scene: &crate::scene::Scene, prop: &Object<'_>) -> Option<Vec<Transform>> {
    let vector = |name: &str, usual: f64| if prop.raw(name).is_some() { prop.vector(name) } else { Some([usual; 3]) };
    let ([px, py, pz], [ox, oy, oz]) = (vector("Position", 0.0)?, vector("Origin", 0.0)?);
    let (scale, [x, y, z]) = (vector("Scale", 1.0)?, vector("Orientation", 0.0)?);
    let turned = Transform::turned([0.0, 0.0, 1.0], z)
        .turned_by(Transform::turned([1.0, 0.0, 0.0], x))
        .turned_by(Transform::turned([0.0, 1.0, 0.0], y));
    let [bx, by, bz] = Transform { scale, ..turned }.apply([-ox, -oy, -oz]);
    let own = Transform { translation: [px + ox + bx, py + oy + by, pz + oz + bz], scale, ..turned };
    let mut places = match prop.reference("UserMatrix") {
        None => Vec::new(),
        Some(id) => {
            let data: [f64; 16] = Object::read(scene, &id)?.vector("Data")?;
            let (rows, _) = data.as_chunks::<4>();
            Transform::of_matrix(&rows.try_into().ok()?)?
        }
    };
    if places.is_empty() || own != Transform::IDENTITY {
        places.push(own);
    }
    Some(places)
}
