//! The tree: what leads to nothing is left out.

use super::json::{Camera, Extras, Light, LightPlace, Node, NodeLight, Orthographic, Perspective, Scene, Spot};
use super::looks::Looks;
use super::meshes::Meshes;
use crate::analysis::shapes::{self, Content, Instance, Lens, LightKind, LossKind, Losses, Shapes, Transform};

/// See the module.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) scenes: Vec<Scene>,
    pub(super) nodes: Vec<Node>,
    pub(super) cameras: Vec<Camera>,
    pub(super) lights: Vec<Light>,
}

/// Makes the tree.
pub(super) fn tree(shapes: &Shapes<'_>, meshes: &mut Meshes, looks: &mut Looks, losses: &mut Losses) -> Tree {
    let mut tree = Tree::default();
    let nodes = shapes.nodes();
    // A node comes after the one above it: from the end, all below a node is known when it is its turn.
    let mut places: Vec<Option<usize>> = vec![None; nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        let mut made = Node {
            name: node.name.clone(),
            children: node.children().iter().filter_map(|id| places.get(id.index()).copied().flatten()).collect(),
            extras: node.object.clone().map(|id| Extras { id }),
            ..Node::default()
        };
        if !place(&mut made, node.transform) {
            if !is_nothing(node) || !made.children.is_empty() {
                let reason = "a place is none (NaN, infinite or too far), so what is there is left out";
                losses.note(LossKind::Damaged, String::from(reason), name(node), None);
            }
            continue;
        }
        tree.fill(&mut made, node, meshes, looks, losses);
        let shows = made.mesh.is_some() || made.camera.is_some() || made.extensions.is_some();
        let is_place = matches!(node.content, Content::Place);
        if shows || is_place || !made.children.is_empty() {
            tree.nodes.push(made);
            if let Some(place) = places.get_mut(at) {
                *place = Some(tree.nodes.len() - 1);
            }
        }
    }
    tree.reverse();
    let last = tree.nodes.len().wrapping_sub(1);
    for view in &shapes.views {
        let nodes = view.nodes.iter().filter_map(|id| places.get(id.index()).copied().flatten());
        let nodes: Vec<usize> = nodes.map(|place| last - place).collect();
        if !nodes.is_empty() {
            tree.scenes.push(Scene { name: view.name.clone(), nodes });
        }
    }
    tree
}

fn is_nothing(node: &shapes::Node) -> bool {
    matches!(node.content, Content::Nothing)
}

fn name(node: &shapes::Node) -> String {
    node.name.clone().unwrap_or_else(|| String::from("a node"))
}

/// Puts a node in its place; false where that is none.
fn place(node: &mut Node, transform: Transform) -> bool {
    let Some(Transform { translation, rotation, scale }) = transform.normalized() else { return false };
    let usual = Transform::IDENTITY;
    node.translation = (translation != usual.translation).then_some(translation);
    node.rotation = (rotation != usual.rotation).then_some(rotation);
    node.scale = (scale != usual.scale).then_some(scale);
    true
}

impl Tree {
    fn fill(
        &mut self,
        made: &mut Node,
        node: &shapes::Node,
        meshes: &mut Meshes,
        looks: &mut Looks,
        losses: &mut Losses,
    ) {
        match &node.content {
            Content::Nothing | Content::Place => {}
            Content::Mesh(id) => made.mesh = meshes.place(*id),
            Content::Instances(id, instances) => {
                if let Some(mesh) = meshes.place(*id) {
                    self.instances(made, instances, mesh, meshes, looks, losses);
                }
            }
            Content::Camera(camera) => match lens(camera) {
                Some(camera) => {
                    self.cameras.push(camera);
                    made.camera = Some(self.cameras.len() - 1);
                }
                None => {
                    let reason = String::from("a camera sees nothing: its angle, size or range is none");
                    losses.note(LossKind::Damaged, reason, name(node), None);
                }
            },
            Content::Light(light) => {
                if let Some(light) = lamp(light) {
                    self.lights.push(light);
                    let light = self.lights.len() - 1;
                    made.extensions = Some(NodeLight { punctual: LightPlace { light } });
                }
            }
        }
    }

    /// A node for each; many programs know no other way to show a mesh many times.
    fn instances(
        &mut self,
        made: &mut Node,
        instances: &[Instance],
        mesh: usize,
        meshes: &mut Meshes,
        looks: &mut Looks,
        losses: &mut Losses,
    ) {
        let mut refused = 0;
        for instance in instances.iter().rev() {
            let mesh = match instance.color {
                Some(color) => meshes.tinted(mesh, color, looks),
                None => mesh,
            };
            let mut node = Node { mesh: Some(mesh), ..Node::default() };
            if place(&mut node, instance.transform) {
                self.nodes.push(node);
                made.children.push(self.nodes.len() - 1);
            } else {
                refused += 1;
            }
        }
        made.children.reverse();
        if refused > 0 {
            let reason = String::from("a place is none (NaN, infinite or too far), so what is there is left out");
            let detail = Some(format!("{refused} of {} times", instances.len()));
            losses.note(LossKind::Damaged, reason, made.name.clone().unwrap_or_default(), detail);
        }
    }

    /// What is above comes first.
    fn reverse(&mut self) {
        let last = self.nodes.len().wrapping_sub(1);
        self.nodes.reverse();
        for node in &mut self.nodes {
            node.children.iter_mut().for_each(|child| *child = last - *child);
        }
    }
}

fn lens(camera: &shapes::Camera) -> Option<Camera> {
    let (znear, zfar) = (camera.near, camera.far);
    let is_size = |value: f64| value.is_finite() && value > 0.0;
    if !(znear.is_finite() && zfar.is_finite() && zfar > znear) {
        return None;
    }
    match camera.lens {
        Lens::Perspective(yfov, aspect) => {
            let aspect_ratio = aspect.filter(|aspect| is_size(*aspect));
            let perspective = Some(Perspective { aspect_ratio, yfov, znear, zfar });
            let sees = is_size(yfov) && yfov < std::f64::consts::PI && znear > 0.0;
            sees.then_some(Camera { kind: "perspective", perspective, orthographic: None })
        }
        Lens::Parallel(xmag, ymag) => {
            // What is behind such a camera may be seen in VTK, and not in glTF.
            let orthographic = Some(Orthographic { xmag, ymag, znear: znear.max(0.0), zfar });
            let sees = is_size(xmag) && is_size(ymag) && zfar > 0.0;
            sees.then_some(Camera { kind: "orthographic", perspective: None, orthographic })
        }
    }
}

/// `None` for a light that is dark.
fn lamp(light: &shapes::Light) -> Option<Light> {
    let color = light.color.map(|value| if value.is_finite() { value.clamp(0.0, 1.0) } else { 1.0 });
    let intensity = light.intensity;
    let (kind, spot) = match light.kind {
        LightKind::Directional => ("directional", None),
        LightKind::Point => ("point", None),
        LightKind::Spot(angle) => {
            let outer_cone_angle = angle.clamp(1e-3, std::f64::consts::FRAC_PI_2);
            ("spot", Some(Spot { outer_cone_angle }))
        }
    };
    (intensity.is_finite() && intensity > 0.0).then_some(Light { kind, color, intensity, spot })
}
