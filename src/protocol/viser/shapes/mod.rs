//! What shows of a viser scene, as viser's own web client makes it: nodes with their poses, meshes and what is drawn as
//! such, lights, and where the page looks from first.
//!
//! Source: the client of viser 1.1.1 (`src/SceneTree.tsx`, `ThreeAssets.tsx`, `Arrows.tsx`, `Grid.tsx`, `mesh/`).

mod batch;
mod cloud;
mod curve;
mod grid;
mod lamp;
mod lines;
mod look;
mod picture;
mod skin;
mod solid;
mod stage;
mod surface;
mod thing;
mod world;

pub(super) use world::world;

use std::collections::{HashMap, HashSet};

use super::dialect::ROOT;
use crate::analysis::shapes::{
    Content, LossKind, Losses, Mesh, MeshId, Node, NodeId, Primitive, Shapes, Transform, View, Wanted, glb,
};
use crate::scene::{ObjectId, Scene};
use thing::Thing;

/// What shows.
pub(super) fn shapes<'a>(scene: &'a Scene, wanted: &Wanted) -> Shapes<'a> {
    let mut walk = Walk { scene, shapes: Shapes::default(), known: HashMap::new(), seen: HashSet::new() };
    for root in scene.roots.iter().filter(|root| wanted.roots.is_empty() || wanted.roots.contains(&root.id)) {
        match Thing::read(scene, &root.id) {
            Some(thing) if thing.class == "Scene" => walk.stage(&thing, root.name.clone(), wanted.up),
            Some(_) => {}
            None => walk.shapes.losses.damaged(scene, &root.id, "the root has no state"),
        }
    }
    walk.shapes
}

/// On the way through a scene.
struct Walk<'a> {
    scene: &'a Scene,
    shapes: Shapes<'a>,
    /// Meshes that follow from a few numbers, by these.
    known: HashMap<String, MeshId>,
    seen: HashSet<ObjectId>,
}

/// A node whose turn comes.
struct Step {
    id: ObjectId,
    name: String,
    /// The node above it; none where that is hidden.
    above: Option<NodeId>,
    /// Where the node above it is in the world, turned and moved.
    world: Transform,
}

/// A part of what a node shows, in its place within the node: its children do not take part in that.
struct Piece {
    at: Transform,
    content: Content,
}

impl Piece {
    fn new(at: Transform, content: Content) -> Self {
        Self { at, content }
    }
}

impl<'a> Walk<'a> {
    /// Everything below a root.
    fn stage(&mut self, root: &Thing, name: Option<String>, up: Option<crate::analysis::shapes::Up>) {
        self.shapes.views.push(View { name: name.clone(), nodes: Vec::new() });
        let world = stage::world(root);
        let turned = up.map_or(world, crate::analysis::shapes::Up::transform);
        let label = name.unwrap_or_else(|| String::from("viser"));
        let top = self.shapes.add(None, Node::new(label, Some(root.id.clone())).at(turned));
        let above = root.is_visible().then_some(top);
        let mut open = Vec::new();
        steps(root, above, Transform::IDENTITY, &mut open);
        while let Some(step) = open.pop() {
            self.node(step, &mut open);
        }
        self.settings(root, top, &world);
    }

    fn node(&mut self, step: Step, open: &mut Vec<Step>) {
        let Step { id, name, above, world } = step;
        if !self.seen.insert(id.clone()) {
            return self.shapes.losses.damaged(self.scene, &id, "a node is in several places: it shows in the first");
        }
        let Some(thing) = Thing::read(self.scene, &id) else {
            return self.shapes.losses.damaged(self.scene, &id, "a node has no state");
        };
        let Some(above) = above.filter(|_| thing.is_visible()) else {
            self.shapes.hidden += 1;
            return steps(&thing, None, world, open);
        };
        let pose = thing.pose();
        let world = Transform { translation: world.apply(pose.translation), ..world.turned_by(pose) };
        let mut pieces = self.pieces(&thing, &world);
        let mut node = Node::new(name, Some(id)).at(pose);
        if let [Piece { at: Transform::IDENTITY, content }] = pieces.as_mut_slice() {
            node.content = std::mem::take(content);
            pieces.clear();
        } else if pieces.is_empty() && !thing.is_stand_in() {
            node.content = Content::Place;
        }
        let node = self.shapes.add(Some(above), node);
        for Piece { at, content } in pieces {
            self.shapes.add(Some(node), Node::default().at(at).with(content));
        }
        if thing.class == "Glb" {
            self.packed(&thing, node);
        }
        steps(&thing, Some(node), world, open);
    }

    /// What a node itself shows.
    fn pieces(&mut self, thing: &Thing, world: &Transform) -> Vec<Piece> {
        let reason = match thing.class.as_str() {
            "Mesh" => return self.own(thing, thing.scale(), surface::mesh),
            // Bones are the node's and not the mesh's, so that its scale has no say.
            "SkinnedMesh" => return self.own(thing, Transform::IDENTITY, skin::mesh),
            "PointCloud" => return self.own(thing, thing.scale(), cloud::points),
            "GaussianSplats" => return self.own(thing, thing.scale(), cloud::splats),
            "LineSegments" => return self.own(thing, thing.scale(), lines::segments),
            "CatmullRomSpline" => return self.own(thing, thing.scale(), curve::catmull_rom),
            "CubicBezierSpline" => return self.own(thing, thing.scale(), curve::bezier),
            "Grid" => return self.own(thing, thing.scale(), grid::grid),
            "Image" => return self.own(thing, thing.scale(), picture::image),
            // Its lines are scaled by themselves.
            "CameraFrustum" => return self.own(thing, Transform::IDENTITY, picture::frustum),
            "Box" | "Icosphere" | "Cylinder" => return self.solid(thing),
            "Frame" => return self.frame(thing),
            "BatchedAxes" => return self.axes(thing),
            "BatchedMeshes" => return self.meshes(thing),
            "Arrow" => return self.arrows(thing),
            "DirectionalLight" | "PointLight" | "SpotLight" => return self.lamp(thing, world),
            "Missing" => return Vec::new(),
            "Label" => "glTF has no texts",
            "Gui3D" => "glTF has no panels",
            "TransformControls" => "glTF has nothing to drag",
            "AmbientLight" | "HemisphereLight" | "RectAreaLight" => {
                "glTF has no lights but directional ones, points and spots"
            }
            // It is made of nodes: they come below this one's.
            "Glb" => return Vec::new(),
            "BatchedGlb" => {
                self.not_merged(thing, "a GLB file inside that shows in many places is left out", "");
                return Vec::new();
            }
            class => {
                let reason = format!("what a {class} shows is not known");
                self.shapes.losses.unsupported(self.scene, &thing.id, reason);
                return Vec::new();
            }
        };
        self.shapes.losses.unsupported(self.scene, &thing.id, reason);
        Vec::new()
    }

    /// A file in the scene.
    fn packed(&mut self, thing: &Thing, node: NodeId) {
        let losses = &mut self.shapes.losses;
        let Some(bytes) = thing.bytes(self.scene, "glb_data", losses) else { return };
        let inside = self.shapes.add(Some(node), Node::default().at(thing.scale()));
        let who = self.scene.describe(&thing.id);
        match glb::place(&mut self.shapes, inside, &bytes, &who) {
            Ok(()) => {}
            Err(glb::Refusal::Damaged(why)) => {
                let reason = String::from("a GLB file inside cannot be read");
                self.shapes.losses.note(LossKind::Damaged, reason, who, Some(why));
            }
            Err(glb::Refusal::Unsupported(why)) => {
                self.not_merged(thing, "a GLB file inside needs what is not read, and is left out", &why);
            }
        }
    }

    /// Says how to get at a file that is not merged.
    fn not_merged(&mut self, thing: &Thing, reason: &str, why: &str) {
        let array = thing.array("glb_data").map(|id| id.to_string()).unwrap_or_default();
        let array = crate::scene::without_controls(&array);
        let comma = if why.is_empty() { "" } else { ", " };
        let detail = format!("{why}{comma}`scenectl get SOURCE '{array}' --raw -o FILE.glb` takes it out");
        let who = self.scene.describe(&thing.id);
        self.shapes.losses.note(LossKind::Unsupported, reason.to_owned(), who, Some(detail));
    }

    /// A mesh that is the node's alone.
    fn own(&mut self, thing: &Thing, at: Transform, make: Recipe) -> Vec<Piece> {
        let mesh = self.own_mesh(thing, make);
        vec![Piece::new(at, Content::Mesh(mesh))]
    }

    fn own_mesh(&mut self, thing: &Thing, make: Recipe) -> MeshId {
        let (scene, id) = (self.scene, thing.id.clone());
        self.shapes.add_mesh(Mesh::new(Some(scene.describe(&id)), move |losses| {
            Thing::read(scene, &id).map(|thing| make(scene, &thing, losses)).unwrap_or_default()
        }))
    }

    /// A mesh that follows from a few numbers, of which `key` is made; nodes with the same share it.
    fn shared(&mut self, key: String, name: &str, make: impl FnOnce() -> Vec<Primitive> + 'a) -> MeshId {
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = self.shapes.add_mesh(Mesh::new(Some(name.to_owned()), move |_| make()));
        self.known.insert(key, id);
        id
    }
}

/// Makes a mesh of what a node says.
type Recipe = fn(&Scene, &Thing, &mut Losses) -> Vec<Primitive>;

/// The nodes below another one, the first of them last.
fn steps(thing: &Thing, above: Option<NodeId>, world: Transform, open: &mut Vec<Step>) {
    let children: Vec<_> = thing.children().collect();
    open.extend(children.into_iter().rev().filter(|(_, id)| id.to_string() != ROOT).map(|(name, id)| Step {
        id,
        name,
        above,
        world,
    }));
}

#[cfg(test)]
mod tests;
