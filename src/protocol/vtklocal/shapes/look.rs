//! How an actor looks: its property as glTF's material, and what of it glTF has no word for.

use super::blocks::Leaf;
use super::object::Object;
use crate::analysis::shapes::{Losses, Material};
use crate::scene::{ObjectId, Scene};

/// What is drawn of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Representation {
    Points,
    Wireframe,
    Surface,
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) material: Material,
    pub(super) representation: Representation,
    /// The colour of edges, where they show besides the surface.
    pub(super) edges: Option<[f64; 3]>,
    /// Faces stay flat, whatever normals there are.
    pub(super) is_flat: bool,
    pub(super) texture: Option<ObjectId>,
    /// Lines and points are drawn in other sizes than 1.
    pub(super) is_thick: bool,
}

impl Look {
    pub(super) fn new(scene: &Scene, actor: &Object<'_>, property: Option<&Object<'_>>, losses: &mut Losses) -> Self {
        let mut look = Self {
            material: Material::default(),
            representation: Representation::Surface,
            edges: None,
            is_flat: false,
            texture: actor.reference("Texture"),
            is_thick: false,
        };
        let Some(property) = property else { return look };
        // Interpolation: 0 flat, 3 physically based.
        let interpolation = property.number("Interpolation").unwrap_or(1.0);
        let number = |name: &str, usual: f64| property.number(name).unwrap_or(usual);
        let color = |name: &str| property.vector(name).or_else(|| property.vector("Color")).unwrap_or([1.0; 3]);
        let (ambient, diffuse) = (number("Ambient", 0.0), number("Diffuse", 1.0));
        // What only glows in its own colour is not lit either.
        let glows = diffuse == 0.0 && ambient > 0.0;
        let is_physical = interpolation == 3.0;
        look.material = Material {
            color: if glows { color("AmbientColor") } else { color("DiffuseColor") },
            opacity: number("Opacity", 1.0),
            is_double_sided: !property.is_on("BackfaceCulling"),
            is_unlit: glows || property.number("Lighting") == Some(0.0),
            metallic: if is_physical { number("Metallic", 0.0) } else { 0.0 },
            roughness: if is_physical { number("Roughness", 0.5) } else { roughness(property) },
            ..Material::default()
        };
        look.is_flat = interpolation == 0.0;
        look.representation = match property.number("Representation") {
            Some(0.0) => Representation::Points,
            Some(1.0) => Representation::Wireframe,
            _ => Representation::Surface,
        };
        look.edges = property.is_on("EdgeVisibility").then(|| property.vector("EdgeColor").unwrap_or_default());
        look.is_thick = number("LineWidth", 1.0) != 1.0 || number("PointSize", 1.0) != 1.0;
        if property.is_on("FrontfaceCulling") {
            losses.unsupported(scene, &actor.id, "front faces show: glTF can only leave out the back ones");
        }
        if property.is_on("VertexVisibility") {
            losses.unsupported(scene, &actor.id, "the points of its cells are not shown besides");
        }
        if property.raw("AllTextures").is_some_and(|textures| !matches!(textures.trim(), "{}" | "[]" | "null")) {
            losses.unsupported(
                scene,
                &actor.id,
                "textures of properties (normals, roughness and the like) are left out",
            );
        }
        look
    }

    /// As a block of composite data has it.
    pub(super) fn of_block(&self, leaf: &Leaf) -> Self {
        let mut look = self.clone();
        look.material.color = leaf.color.unwrap_or(look.material.color);
        look.material.opacity = leaf.opacity.unwrap_or(look.material.opacity);
        look
    }
}

/// The roughness whose highlights are about as wide as those of Phong's power; without highlights all is rough.
fn roughness(property: &Object<'_>) -> f64 {
    match (property.number("Specular"), property.number("SpecularPower")) {
        (Some(specular), Some(power)) if specular > 0.0 && power > 0.0 => (2.0 / (power + 2.0)).sqrt(),
        _ => 1.0,
    }
}
