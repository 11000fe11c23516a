//! The parts of a GLB file, as far as they are read. Source: glTF 2.0, chapter "GLB File Format Specification" and the
//! properties reference.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Refusal;

const MAGIC: u32 = 0x4654_6c67;
const JSON: u32 = 0x4e4f_534a;
const BIN: u32 = 0x004e_4942;

/// JSON that is longer is not read: ten bytes of it may take a thousand in memory.
const MOST_JSON: usize = 8 << 20;

/// A file that was taken apart.
pub(super) struct Glb {
    pub(super) document: Document,
    /// Its own buffer.
    pub(super) bin: Bytes,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) scene: usize,
    pub(super) scenes: Vec<Scene>,
    pub(super) nodes: Vec<Node>,
    pub(super) meshes: Vec<Mesh>,
    pub(super) accessors: Vec<Accessor>,
    pub(super) buffer_views: Vec<View>,
    pub(super) buffers: Vec<Buffer>,
    pub(super) materials: Vec<Material>,
    pub(super) textures: Vec<Texture>,
    pub(super) images: Vec<Image>,
    pub(super) samplers: Vec<Sampler>,
    pub(super) extensions_required: Vec<String>,
    pub(super) animations: Vec<IgnoredAny>,
    pub(super) skins: Vec<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Scene {
    pub(super) nodes: Vec<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    pub(super) name: Option<String>,
    pub(super) children: Vec<usize>,
    pub(super) mesh: Option<usize>,
    /// By columns.
    pub(super) matrix: Option<[f64; 16]>,
    pub(super) translation: Option<[f64; 3]>,
    pub(super) rotation: Option<[f64; 4]>,
    pub(super) scale: Option<[f64; 3]>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Mesh {
    pub(super) name: Option<String>,
    pub(super) primitives: Vec<Primitive>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Primitive {
    pub(super) attributes: Attributes,
    pub(super) indices: Option<usize>,
    pub(super) material: Option<usize>,
    pub(super) mode: Option<u32>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "UPPERCASE")]
pub(super) struct Attributes {
    pub(super) position: Option<usize>,
    pub(super) normal: Option<usize>,
    pub(super) texcoord_0: Option<usize>,
    pub(super) color_0: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Accessor {
    pub(super) buffer_view: Option<usize>,
    pub(super) byte_offset: u64,
    pub(super) component_type: u32,
    pub(super) normalized: bool,
    pub(super) count: u64,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) sparse: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct View {
    pub(super) buffer: usize,
    pub(super) byte_offset: u64,
    pub(super) byte_length: u64,
    pub(super) byte_stride: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Buffer {
    /// It is in another file.
    pub(super) uri: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Material {
    pub(super) pbr_metallic_roughness: Surface,
    pub(super) normal_texture: Option<IgnoredAny>,
    pub(super) occlusion_texture: Option<IgnoredAny>,
    pub(super) emissive_texture: Option<IgnoredAny>,
    pub(super) alpha_mode: Option<String>,
    pub(super) double_sided: bool,
    pub(super) extensions: MaterialExtensions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MaterialExtensions {
    #[serde(rename = "KHR_materials_unlit")]
    pub(super) unlit: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Surface {
    pub(super) base_color_factor: Option<[f64; 4]>,
    pub(super) base_color_texture: Option<TextureUse>,
    pub(super) metallic_factor: Option<f64>,
    pub(super) roughness_factor: Option<f64>,
    pub(super) metallic_roughness_texture: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct TextureUse {
    pub(super) index: usize,
    pub(super) tex_coord: usize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Texture {
    pub(super) source: Option<usize>,
    pub(super) sampler: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Image {
    pub(super) buffer_view: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Sampler {
    pub(super) mag_filter: Option<u32>,
    pub(super) wrap_s: Option<u32>,
}

impl Glb {
    pub(super) fn read(bytes: &Bytes) -> Result<Self, Refusal> {
        let number = |at: usize| {
            let four = bytes.get(at..at.checked_add(4)?)?;
            four.first_chunk::<4>().map(|four| u32::from_le_bytes(*four))
        };
        if number(0) != Some(MAGIC) {
            return Err(Refusal::Damaged(String::from("it does not begin as a GLB does")));
        }
        match number(4) {
            Some(2) => {}
            Some(_) => return Err(Refusal::Unsupported(String::from("it is not of glTF 2"))),
            None => return Err(Refusal::Damaged(String::from("it ends too early"))),
        }
        let (mut at, mut chunks) = (12_usize, Vec::new());
        while let (Some(length), Some(kind), true) = (number(at), number(at + 4), chunks.len() < 2) {
            let end = (at + 8).checked_add(length as usize).filter(|end| *end <= bytes.len());
            let Some(end) = end else { return Err(Refusal::Damaged(String::from("it ends too early"))) };
            chunks.push((kind, bytes.slice(at + 8..end)));
            at = end;
        }
        let chunk = |wanted: u32| chunks.iter().find(|(kind, _)| *kind == wanted).map(|(_, chunk)| chunk.clone());
        let json = chunk(JSON).ok_or_else(|| Refusal::Damaged(String::from("there is no JSON in it")))?;
        if json.len() > MOST_JSON {
            return Err(Refusal::Unsupported(format!("its JSON is of more than {MOST_JSON} bytes")));
        }
        let document: Document = serde_json::from_slice(&json)
            .map_err(|error| Refusal::Damaged(format!("its JSON cannot be read: {error}")))?;
        let unknown = document.extensions_required.iter().find(|name| *name != "KHR_materials_unlit");
        if let Some(name) = unknown {
            return Err(Refusal::Unsupported(format!("it needs {}", crate::scene::without_controls(name))));
        }
        Ok(Self { document, bin: chunk(BIN).unwrap_or_default() })
    }

    /// The bytes of a view, and what it says of itself.
    pub(super) fn view(&self, index: usize) -> Option<(Bytes, &View)> {
        let view = self.document.buffer_views.get(index)?;
        let is_here = view.buffer == 0 && self.document.buffers.first().is_some_and(|buffer| buffer.uri.is_none());
        let start = usize::try_from(view.byte_offset).ok().filter(|_| is_here)?;
        let end = start.checked_add(usize::try_from(view.byte_length).ok()?)?;
        (end <= self.bin.len()).then(|| (self.bin.slice(start..end), view))
    }
}
