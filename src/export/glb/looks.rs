//! Materials and textures: those that look the same are one.

use std::collections::HashMap;

use super::GlbError;
use super::bin::{Bin, Target};
use super::json::{Empty, Image, Material, Pbr, Sampler, Texture, TextureUse, Unlit};
use crate::analysis::shapes::{self, linear};

/// See the module.
#[derive(Default)]
pub(super) struct Looks {
    pub(super) materials: Vec<Material>,
    pub(super) textures: Vec<Texture>,
    pub(super) images: Vec<Image>,
    pub(super) samplers: Vec<Sampler>,
    /// Materials by their JSON: what compares floats exactly and can be hashed.
    known: HashMap<String, usize>,
    known_textures: HashMap<(u64, usize, bool, bool), usize>,
}

impl Looks {
    /// The number of a material.
    pub(super) fn material(&mut self, bin: &mut Bin, material: &shapes::Material) -> Result<usize, GlbError> {
        let texture = material.texture.as_ref().map(|texture| self.texture(bin, texture)).transpose()?;
        let [r, g, b] = material.color.map(linear);
        let within = |value: f64| if value.is_finite() { value.clamp(0.0, 1.0) } else { 1.0 };
        let opacity = within(material.opacity);
        Ok(self.insert(Material {
            pbr_metallic_roughness: Pbr {
                base_color_factor: [r, g, b, opacity],
                base_color_texture: texture.map(|index| TextureUse { index }),
                metallic_factor: within(material.metallic),
                roughness_factor: within(material.roughness),
            },
            alpha_mode: (opacity < 1.0 || material.is_translucent).then_some("BLEND"),
            double_sided: material.is_double_sided,
            extensions: material.is_unlit.then_some(Unlit { unlit: Empty {} }),
        }))
    }

    /// The same material in another colour, and with its own opacity times that of the colour.
    pub(super) fn tinted(&mut self, material: usize, [r, g, b, a]: [u8; 4]) -> usize {
        let Some(mut material) = self.materials.get(material).cloned() else { return material };
        let [r, g, b] = [r, g, b].map(|channel| linear(f64::from(channel) / 255.0));
        let [_, _, _, opacity] = material.pbr_metallic_roughness.base_color_factor;
        material.pbr_metallic_roughness.base_color_factor = [r, g, b, opacity * f64::from(a) / 255.0];
        if a < u8::MAX {
            material.alpha_mode = Some("BLEND");
        }
        self.insert(material)
    }

    /// Some material shows in its own colour, whatever the lights are.
    pub(super) fn has_unlit(&self) -> bool {
        self.materials.iter().any(|material| material.extensions.is_some())
    }

    fn insert(&mut self, material: Material) -> usize {
        let Ok(key) = serde_json::to_string(&material) else { return 0 };
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        self.materials.push(material);
        self.known.insert(key, self.materials.len() - 1);
        self.materials.len() - 1
    }

    fn texture(&mut self, bin: &mut Bin, texture: &shapes::Texture) -> Result<usize, GlbError> {
        let bytes = &texture.image.bytes;
        let key = (xxhash_rust::xxh3::xxh3_64(bytes), bytes.len(), texture.repeats, texture.is_smooth);
        if let Some(known) = self.known_textures.get(&key) {
            return Ok(*known);
        }
        // Numbers of OpenGL: linear or nearest, repeat or clamp to the edge.
        let filter = if texture.is_smooth { 9_729 } else { 9_728 };
        let wrap = if texture.repeats { 10_497 } else { 33_071 };
        let sampler = Sampler { mag_filter: filter, min_filter: filter, wrap_s: wrap, wrap_t: wrap };
        let sampler = self.samplers.iter().position(|known| *known == sampler).unwrap_or_else(|| {
            self.samplers.push(sampler);
            self.samplers.len() - 1
        });
        let buffer_view = bin.add_bytes(Target::Image, bytes)?;
        self.images.push(Image { mime_type: texture.image.mime, buffer_view });
        self.textures.push(Texture { sampler, source: self.images.len() - 1 });
        self.known_textures.insert(key, self.textures.len() - 1);
        Ok(self.textures.len() - 1)
    }
}
