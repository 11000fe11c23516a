//! The JSON of a glTF file, as much of it as is written.
//!
//! Source: the glTF 2.0 specification (Khronos), with `KHR_lights_punctual` and `KHR_materials_unlit`.

use serde::Serialize;

use crate::scene::ObjectId;

/// A count or place, or none: lists must not be empty, and are left out then.
fn is_empty<T>(list: &[T]) -> bool {
    list.is_empty()
}

/// The whole.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) asset: Asset,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) extensions_used: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scene: Option<usize>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) scenes: Vec<Scene>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) nodes: Vec<Node>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) meshes: Vec<Mesh>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) cameras: Vec<Camera>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) materials: Vec<Material>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) textures: Vec<Texture>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) images: Vec<Image>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) samplers: Vec<Sampler>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) accessors: Vec<Accessor>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) buffer_views: Vec<BufferView>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) buffers: Vec<Buffer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extensions: Option<Lights>,
}

#[derive(Debug, Serialize)]
pub(super) struct Asset {
    pub(super) version: &'static str,
    pub(super) generator: &'static str,
}

impl Default for Asset {
    fn default() -> Self {
        Self { version: "2.0", generator: concat!("scenectl ", env!("CARGO_PKG_VERSION")) }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Scene {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) nodes: Vec<usize>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Node {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "is_empty")]
    pub(super) children: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mesh: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) camera: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) translation: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rotation: Option<[f64; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scale: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extensions: Option<NodeLight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extras: Option<Extras>,
}

/// What glTF does not know: the scene's own id.
#[derive(Debug, Serialize)]
pub(super) struct Extras {
    pub(super) id: ObjectId,
}

#[derive(Debug, Serialize)]
pub(super) struct NodeLight {
    #[serde(rename = "KHR_lights_punctual")]
    pub(super) punctual: LightPlace,
}

#[derive(Debug, Serialize)]
pub(super) struct LightPlace {
    pub(super) light: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Lights {
    #[serde(rename = "KHR_lights_punctual")]
    pub(super) punctual: LightList,
}

#[derive(Debug, Serialize)]
pub(super) struct LightList {
    pub(super) lights: Vec<Light>,
}

#[derive(Debug, Serialize)]
pub(super) struct Light {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) color: [f64; 3],
    pub(super) intensity: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spot: Option<Spot>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spot {
    pub(super) outer_cone_angle: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct Mesh {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) primitives: Vec<Primitive>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Primitive {
    pub(super) attributes: Attributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) indices: Option<usize>,
    pub(super) material: usize,
    pub(super) mode: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) struct Attributes {
    pub(super) position: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) normal: Option<usize>,
    #[serde(rename = "TEXCOORD_0", skip_serializing_if = "Option::is_none")]
    pub(super) uv: Option<usize>,
    #[serde(rename = "COLOR_0", skip_serializing_if = "Option::is_none")]
    pub(super) color: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct Camera {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) perspective: Option<Perspective>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) orthographic: Option<Orthographic>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Perspective {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aspect_ratio: Option<f64>,
    pub(super) yfov: f64,
    pub(super) znear: f64,
    pub(super) zfar: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct Orthographic {
    pub(super) xmag: f64,
    pub(super) ymag: f64,
    pub(super) znear: f64,
    pub(super) zfar: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Material {
    pub(super) pbr_metallic_roughness: Pbr,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alpha_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) double_sided: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extensions: Option<Unlit>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pbr {
    pub(super) base_color_factor: [f64; 4],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base_color_texture: Option<TextureUse>,
    pub(super) metallic_factor: f64,
    pub(super) roughness_factor: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct TextureUse {
    pub(super) index: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Unlit {
    #[serde(rename = "KHR_materials_unlit")]
    pub(super) unlit: Empty,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Empty {}

#[derive(Debug, Serialize)]
pub(super) struct Texture {
    pub(super) sampler: usize,
    pub(super) source: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Image {
    pub(super) mime_type: &'static str,
    pub(super) buffer_view: usize,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sampler {
    pub(super) mag_filter: u32,
    pub(super) min_filter: u32,
    pub(super) wrap_s: u32,
    pub(super) wrap_t: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accessor {
    pub(super) buffer_view: usize,
    pub(super) component_type: u32,
    pub(super) count: usize,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) normalized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<[f64; 3]>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BufferView {
    pub(super) buffer: usize,
    pub(super) byte_offset: u64,
    pub(super) byte_length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Buffer {
    pub(super) byte_length: u64,
}
