//! How the surfaces of a GLB file look.

use super::document::{Glb, TextureUse};
use crate::analysis::shapes::{Image, LossKind, Losses, Material, Texture, shown};

/// `NEAREST`
const NEAREST: u32 = 9728;
/// `CLAMP_TO_EDGE`
const CLAMPED: u32 = 33071;

impl Glb {
    /// The material of a primitive; what glTF says where there is none.
    pub(super) fn material(&self, index: Option<usize>, who: &str, losses: &mut Losses) -> Material {
        let usual = Material { is_double_sided: false, metallic: 1.0, ..Material::default() };
        let Some(from) = index.and_then(|index| self.document.materials.get(index)) else { return usual };
        let mut lost = |reason: &str| losses.note(LossKind::Unsupported, reason.to_owned(), who.to_owned(), None);
        let surface = &from.pbr_metallic_roughness;
        if from.normal_texture.is_some()
            || from.occlusion_texture.is_some()
            || from.emissive_texture.is_some()
            || surface.metallic_roughness_texture.is_some()
        {
            lost("of the textures of a GLB file inside only the one with the surface's colour is kept");
        }
        let is_translucent = match from.alpha_mode.as_deref() {
            None | Some("OPAQUE") => false,
            Some("MASK") => {
                lost("a GLB file inside cuts parts of its textures out: these are translucent instead");
                true
            }
            Some(_) => true,
        };
        let [r, g, b, opacity] = surface.base_color_factor.unwrap_or([1.0; 4]).map(|value| value.clamp(0.0, 1.0));
        let texture = surface.base_color_texture.as_ref().and_then(|texture| {
            let found = self.texture(texture);
            if found.is_none() {
                lost("a texture of a GLB file inside is not in it as PNG or JPEG, or has coordinates of its own");
            }
            found
        });
        Material {
            color: [r, g, b].map(shown),
            opacity: if is_translucent { opacity } else { 1.0 },
            is_translucent,
            is_double_sided: from.double_sided,
            is_unlit: from.extensions.unlit.is_some(),
            metallic: surface.metallic_factor.unwrap_or(1.0),
            roughness: surface.roughness_factor.unwrap_or(1.0),
            texture,
        }
    }

    fn texture(&self, from: &TextureUse) -> Option<Texture> {
        let texture = self.document.textures.get(from.index).filter(|_| from.tex_coord == 0)?;
        let (bytes, _) = self.view(self.document.images.get(texture.source?)?.buffer_view?)?;
        let mime = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            "image/png"
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            "image/jpeg"
        } else {
            return None;
        };
        let sampler = texture.sampler.and_then(|index| self.document.samplers.get(index));
        Some(Texture {
            image: Image { mime, bytes },
            repeats: sampler.and_then(|sampler| sampler.wrap_s) != Some(CLAMPED),
            is_smooth: sampler.and_then(|sampler| sampler.mag_filter) != Some(NEAREST),
        })
    }
}
