//! Textures: the image of a vtkTexture as a picture.

use super::super::attributes::{Attributes, SCALARS};
use super::object::Object;
use crate::analysis::shapes::{Image, Losses, Texture, values};
use crate::scene::{Element, ObjectId, Scene};

/// The picture, and whether its opacities count; `None` where it cannot be made.
pub(super) fn texture(scene: &Scene, id: &ObjectId, losses: &mut Losses) -> Option<(Texture, bool)> {
    let Some(texture) = Object::read(scene, id) else {
        losses.damaged(scene, id, "a texture has no state");
        return None;
    };
    let image = texture.inputs().and_then(|inputs| Object::read(scene, inputs.first()?));
    let Some(image) = image.filter(|image| image.is_a("vtkImageData")) else {
        losses.unsupported(scene, id, "a texture has no image");
        return None;
    };
    let Some(array) = image
        .reference("PointData")
        .and_then(|id| Attributes::of(scene, &id))
        .and_then(|attributes| attributes.active(SCALARS).cloned())
    else {
        losses.unsupported(scene, id, "a texture has no image");
        return None;
    };
    let pixels = values(scene, &array, losses)?;
    let extent: Option<[f64; 6]> = image.vector("Extent");
    let sizes = extent.map(|[x0, x1, y0, y1, z0, z1]| [x1 - x0 + 1.0, y1 - y0 + 1.0, z1 - z0 + 1.0]);
    let is_map = texture.number("ColorMode") == Some(1.0);
    let made = match sizes {
        Some([width, height, depth]) if depth == 1.0 && pixels.values.element() == Element::U8 && !is_map => {
            let bytes = pixels.values.raw(0, pixels.values.len())?;
            let (width, height) =
                (width.clamp(0.0, f64::from(u32::MAX)) as u32, height.clamp(0.0, f64::from(u32::MAX)) as u32);
            // The first row is the lowest.
            let row = (width as usize).saturating_mul(pixels.components).max(1);
            let upright: Vec<u8> = bytes.chunks(row).rev().flatten().copied().collect();
            Image::png(width, height, pixels.components, &upright)
        }
        _ => None,
    };
    let Some(image) = made else {
        losses.unsupported(scene, id, "images of textures that are not plain pictures of bytes are left out");
        return None;
    };
    // Wrap: 0 the edge goes on, 1 it begins anew.
    let repeats = texture.number("Wrap").unwrap_or(1.0) != 0.0;
    let texture = Texture { image, repeats, is_smooth: texture.is_on("Interpolate") };
    Some((texture, matches!(pixels.components, 2 | 4)))
}
