//! Pictures in space, and cameras drawn as what they see.

use bytes::Bytes;

use super::lines::plain;
use super::thing::Thing;
use crate::analysis::shapes::{Image, Losses, Material, NO_SIZES, Primitive, Texture, Topology, shown};
use crate::scene::Scene;

/// An `Image`: as wide and high as it says, its upper edge towards -Y.
pub(super) fn image(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let size = [thing.number("render_width", 1.0), thing.number("render_height", 1.0)];
    picture(scene, thing, "_data", size, 0.0, losses).into_iter().collect()
}

/// A `CameraFrustum`: lines from its place to the corners of what it sees, and the picture there.
pub(super) fn frustum(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let aspect = thing.number("aspect", 1.0);
    let (y, z) = ((thing.number("fov", 1.0) / 2.0).tan(), 1.0);
    let x = y * aspect;
    // As large whatever its angle is.
    let size = (x * y * z / 3.0).cbrt();
    let [sx, sy, sz] = thing.sizes();
    let [x, y, z] = [x / size * sx, y / size * sy, z / size * sz];
    if ![x, y, z].iter().all(|value| value.is_finite()) {
        losses.damaged(scene, &thing.id, "a camera sees nothing: its angle, size or range is none");
        return Vec::new();
    }
    losses.unsupported(scene, &thing.id, NO_SIZES);
    let has_image = thing.array("_image_data").is_some();
    let corners = [[-x, -y, z], [x, -y, z], [x, y, z], [-x, y, z]];
    let [a, b, c, d] = corners;
    let eye = [0.0; 3];
    // The mark says which side is up; it does not cross the picture.
    let mark = [[0.0, -1.2 * y, z], [0.0, if has_image { -y } else { -0.9 * y }, z]];
    let lines = [[a, b], [b, c], [c, d], [d, a], [a, eye], [eye, b], [d, eye], [eye, c], mark];
    let positions = lines.as_flattened().as_flattened().iter().map(|value| *value as f32).collect();
    let color = thing.color("color");
    let mut found = vec![plain(positions, color)];
    if thing.text("variant") == "filled" {
        let positions = [eye, a, b, c, d].as_flattened().iter().map(|value| *value as f32).collect();
        // The client takes this colour for light as it is.
        let color = color.map(shown);
        let material = Material { color, opacity: 0.3, is_unlit: true, ..Material::default() };
        let indices = Some(vec![0, 1, 2, 0, 2, 3, 0, 3, 4, 0, 4, 1, 1, 4, 3, 1, 3, 2]);
        found.push(Primitive { indices, ..Primitive::new(Topology::Triangles, positions, material) });
    }
    if has_image {
        found.extend(picture(scene, thing, "_image_data", [aspect * y * 2.0, y * 2.0], z * 0.999_999, losses));
    }
    found
}

/// A picture around Z, seen from both sides.
fn picture(
    scene: &Scene,
    thing: &Thing,
    name: &str,
    [width, height]: [f64; 2],
    depth: f64,
    losses: &mut Losses,
) -> Option<Primitive> {
    let bytes = thing.bytes(scene, name, losses)?;
    let Some((mime, is_translucent)) = kind(&bytes) else {
        losses.damaged(scene, &thing.id, "a picture is neither PNG nor JPEG");
        return None;
    };
    let (x, y) = (width / 2.0, height / 2.0);
    let corners = [[-x, -y, depth], [x, -y, depth], [x, y, depth], [-x, y, depth]];
    let texture = Some(Texture { image: Image { mime, bytes }, repeats: false, is_smooth: true });
    let material = Material { is_unlit: true, is_translucent, texture, ..Material::default() };
    let positions = corners.as_flattened().iter().map(|value| *value as f32).collect();
    Some(Primitive {
        uvs: Some([0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0].into_iter().collect()),
        indices: Some(vec![0, 2, 1, 0, 3, 2]),
        ..Primitive::new(Topology::Triangles, positions, material)
    })
}

/// What a picture is, whatever it is said to be, and whether it says how opaque its pixels are.
fn kind(bytes: &Bytes) -> Option<(&'static str, bool)> {
    const HEADER: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    /// Where a PNG says what its pixels are.
    const COLOR_TYPE: usize = 25;
    if bytes.starts_with(HEADER) {
        let color = *bytes.get(COLOR_TYPE)?;
        return Some(("image/png", matches!(color, 4 | 6)));
    }
    bytes.starts_with(b"\xff\xd8\xff").then_some(("image/jpeg", false))
}
