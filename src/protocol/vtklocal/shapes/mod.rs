//! What shows of a VTK.wasm scene: actors and what their mappers draw, cameras, lights.
//!
//! Sources: `vtkProp3D::ComputeMatrix`, `vtkOpenGLPolyDataMapper`, `vtkOpenGLGlyph3DMapper`, `vtkLookupTable`, `vtkLight`.

mod actor;
mod blocks;
mod cells;
mod glyphs;
mod look;
mod object;
mod paint;
mod sight;
mod surface;
mod table;

mod texture;

use std::collections::HashMap;

use crate::analysis::shapes::{LossKind, MeshId, Node, NodeId, Shapes, Up, View, Wanted};
use crate::scene::{ObjectId, Scene};
use object::Object;

/// What shows.
pub(super) fn shapes<'a>(scene: &'a Scene, wanted: &Wanted) -> Shapes<'a> {
    let mut walk = Walk { scene, shapes: Shapes::default(), meshes: HashMap::new() };
    for root in scene.roots.iter().filter(|root| wanted.roots.is_empty() || wanted.roots.contains(&root.id)) {
        match Object::read(scene, &root.id) {
            // Widgets and the like may be registered beside windows.
            Some(window) if window.is_a("vtkRenderWindow") => {
                walk.window(&window, root.name.clone(), wanted.up.unwrap_or(Up::Y));
            }
            Some(_) => {}
            None => walk.shapes.losses.damaged(scene, &root.id, "a window has no state"),
        }
    }
    walk.shapes
}

/// On the way through a scene.
struct Walk<'a> {
    scene: &'a Scene,
    shapes: Shapes<'a>,
    /// Meshes that there are: of a mapper, with a property and a texture, and of its data the block of this number.
    meshes: HashMap<MeshKey, MeshId>,
}

type MeshKey = (ObjectId, Option<ObjectId>, Option<ObjectId>, usize);

impl<'a> Walk<'a> {
    fn window(&mut self, window: &Object<'a>, name: Option<String>, up: Up) {
        self.shapes.views.push(View { name: name.clone(), nodes: Vec::new() });
        let label = name.unwrap_or_else(|| window.label());
        let top = self.shapes.add(None, Node::new(label, Some(window.id.clone())).at(up.transform()));
        let renderers = window.items(self.scene, "Renderers");
        if renderers.iter().flatten().filter(|renderer| renderer.number("Draw") != Some(0.0)).count() > 1 {
            let reason = "the renderers of a window share one space: glTF has no layers and viewports";
            self.shapes.losses.unsupported(self.scene, &window.id, reason);
        }
        for renderer in renderers {
            match renderer {
                Some(renderer) => self.renderer(&renderer, top),
                None => self.shapes.losses.damaged(self.scene, &window.id, "a renderer has no state"),
            }
        }
    }

    fn renderer(&mut self, renderer: &Object<'a>, above: NodeId) {
        let props = renderer.items(self.scene, "ViewProps");
        if renderer.number("Draw") == Some(0.0) {
            self.shapes.hidden += props.len() as u64;
            return;
        }
        let node = self.shapes.add(Some(above), Node::new(renderer.label(), Some(renderer.id.clone())));
        self.shapes.losses.unsupported(self.scene, &renderer.id, "glTF has no background");
        for prop in &props {
            match prop {
                Some(prop) => self.prop(prop, node),
                None => {
                    let reason =
                        String::from("a prop was not sent: the server has no serializer for its class, or no state");
                    let who = self.scene.describe(&renderer.id);
                    self.shapes.losses.note(LossKind::Damaged, reason, who, None);
                }
            }
        }
        self.camera_and_lights(renderer, node);
    }

    fn prop(&mut self, prop: &Object<'a>, above: NodeId) {
        if prop.number("Visibility") == Some(0.0) {
            self.shapes.hidden += 1;
            return;
        }
        let class = prop.plain_class();
        let reason = match class.as_ref() {
            "vtkActor" | "vtkLODActor" | "vtkFollower" if prop.is_on("CoordinateSystem") => {
                "actors that stand on the picture, and not in the world, have no place"
            }
            "vtkActor" | "vtkLODActor" => return self.actor(prop, above),
            "vtkFollower" => {
                self.actor(prop, above);
                "followers stay as they are: nothing in glTF turns to the camera"
            }
            _ if prop.is_a("vtkVolume") => "glTF has no volumes",
            _ if prop.is_a("vtkImageSlice") => "slices of images are not made into surfaces",
            _ if prop.is_a("vtkActor2D") => "glTF has no texts and nothing else that stands on the picture",
            _ => {
                let reason = format!("what a {class} shows is made while it is drawn");
                return self.shapes.losses.unsupported(self.scene, &prop.id, reason);
            }
        };
        self.shapes.losses.unsupported(self.scene, &prop.id, reason);
    }
}
