//! What meshes are made of.

use bytes::{Bytes, BytesMut};

use super::png::png;
use crate::scene::{Element, Values};

/// What the corners of a primitive are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topology {
    /// Each one a point.
    Points,
    /// Two a line.
    Lines,
    /// Three a triangle; seen from the front they go counter-clockwise.
    Triangles,
}

impl Topology {
    /// Corners that belong together.
    pub fn corners(self) -> usize {
        match self {
            Self::Points => 1,
            Self::Lines => 2,
            Self::Triangles => 3,
        }
    }
}

/// Points, lines or triangles that look alike. Whoever writes them looks after what is no number, no direction, or
/// refers to a vertex that is not there.
#[derive(Clone, Debug)]
pub struct Primitive {
    /// What it is made of.
    pub topology: Topology,
    /// Three for each vertex.
    pub positions: Floats,
    /// Three for each vertex.
    pub normals: Option<Floats>,
    /// Two for each vertex, from the upper left corner of the texture.
    pub uvs: Option<Floats>,
    /// Four bytes for each vertex: red, green and blue as they show (sRGB), and opacity.
    pub colors: Option<Vec<u8>>,
    /// Which vertices; all in their order where there are none.
    pub indices: Option<Vec<u32>>,
    /// How it looks.
    pub material: Material,
}

impl Primitive {
    /// Vertices in their order, and nothing more.
    pub fn new(topology: Topology, positions: Floats, material: Material) -> Self {
        Self { topology, positions, normals: None, uvs: None, colors: None, indices: None, material }
    }
}

/// How a primitive looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Its colour as it shows (sRGB), 0 to 1; colours of vertices and of a texture are multiplied with it.
    pub color: [f64; 3],
    /// 0 to 1.
    pub opacity: f64,
    /// The texture's opacity counts; that of vertices does where there is any.
    pub is_translucent: bool,
    /// Both sides of triangles show.
    pub is_double_sided: bool,
    /// It shows in its own colour whatever the lights are.
    pub is_unlit: bool,
    /// 0 to 1.
    pub metallic: f64,
    /// 0 to 1.
    pub roughness: f64,
    /// What is drawn on it.
    pub texture: Option<Texture>,
}

impl Default for Material {
    fn default() -> Self {
        Self {
            color: [1.0; 3],
            opacity: 1.0,
            is_translucent: false,
            is_double_sided: true,
            is_unlit: false,
            metallic: 0.0,
            roughness: 1.0,
            texture: None,
        }
    }
}

/// A picture on a surface.
#[derive(Clone, Debug, PartialEq)]
pub struct Texture {
    /// The picture.
    pub image: Image,
    /// It begins anew beyond its edges; else its edge goes on.
    pub repeats: bool,
    /// Between its pixels colours are mixed.
    pub is_smooth: bool,
}

/// A picture in a format that browsers show.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// `image/png` or `image/jpeg`.
    pub mime: &'static str,
    /// The file.
    pub bytes: Bytes,
}

impl Image {
    /// Rows of pixels, the uppermost first, as a PNG. A pixel is one to four bytes: grey, grey and opacity, red green blue,
    /// red green blue and opacity. `None` where there is nothing, more than PNG holds, or another count of bytes.
    pub fn png(width: u32, height: u32, channels: usize, pixels: &[u8]) -> Option<Self> {
        Some(Self { mime: "image/png", bytes: png(width, height, channels, pixels)? })
    }
}

/// Single floats as files for 3D hold them: four bytes each, the lowest first. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floats(Bytes);

impl Floats {
    /// The values of an array; those of single floats are not copied.
    pub fn of_values(values: &Values) -> Self {
        if let (Element::F32, Some(bytes)) = (values.element(), values.raw(0, values.len())) {
            return Self(bytes);
        }
        let mut bytes = BytesMut::with_capacity(values.len().saturating_mul(4));
        values.for_each(|value| bytes.extend_from_slice(&(value as f32).to_le_bytes()));
        Self(bytes.freeze())
    }

    /// Rows of so many; what is left over is not there.
    pub fn rows<const N: usize>(&self) -> impl ExactSizeIterator<Item = [f32; N]> {
        let (values, _) = self.0.as_chunks::<4>();
        values.as_chunks::<N>().0.iter().map(|row| row.map(f32::from_le_bytes))
    }

    /// One row of so many.
    pub fn row<const N: usize>(&self, index: usize) -> Option<[f32; N]> {
        let (values, _) = self.0.as_chunks::<4>();
        values.as_chunks::<N>().0.get(index).map(|row| row.map(f32::from_le_bytes))
    }

    /// The rows of these places; what is not there is zero.
    #[must_use]
    pub fn pick<const N: usize>(&self, places: &[u32]) -> Self {
        let mut bytes = BytesMut::with_capacity(places.len().saturating_mul(4 * N));
        for &place in places {
            let row: [f32; N] = self.row(place as usize).unwrap_or([0.0; N]);
            row.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        }
        Self(bytes.freeze())
    }

    /// How many rows of so many there are.
    pub fn count(&self, components: usize) -> usize {
        self.0.len() / 4 / components.max(1)
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl FromIterator<f32> for Floats {
    fn from_iter<I: IntoIterator<Item = f32>>(values: I) -> Self {
        let mut bytes = BytesMut::new();
        values.into_iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        Self(bytes.freeze())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_those_of_the_array() {
        let doubles: Vec<u8> = [1.5_f64, -2.0, 1e300, 4.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let floats = Floats::of_values(&Values::new(doubles.into(), Element::F64, 4));
        assert_eq!(floats.rows::<2>().collect::<Vec<_>>(), [[1.5, -2.0], [f32::INFINITY, 4.0]]);
        assert_eq!((floats.count(3), floats.row::<3>(1)), (1, None));
        let singles = Bytes::from(1.0_f32.to_le_bytes().repeat(3));
        let same = Floats::of_values(&Values::new(singles.clone(), Element::F32, 3));
        assert_eq!(same.bytes().as_ptr(), singles.as_ptr(), "not copied");
        assert_eq!(floats.pick::<1>(&[3, 9, 0]), [4.0, 0.0, 1.5].into_iter().collect());
    }
}
