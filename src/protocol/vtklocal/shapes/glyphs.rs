//! Glyphs: the same mesh at every point of some data.
//!
//! Source: `vtkOpenGLGlyph3DMapper::RebuildStructures`. Which arrays turn and scale is not in the states; a client that
//! builds the mapper from them takes the active vectors and scalars, and so does this.

use super::super::attributes::{Attributes, SCALARS, VECTORS};
use super::Walk;
use super::blocks::Blocks;
use super::look::Look;
use super::object::Object;
use super::paint::colors;
use super::surface::positions;
use crate::analysis::shapes::{Content, Floats, Instance, Losses, Node, NodeId, Transform, values};
use crate::scene::{ObjectId, Scene, raw};

/// More than this many glyphs are left out: each is a node of its own.
const MOST: usize = 1_000_000;

impl<'a> Walk<'a> {
    pub(super) fn glyphs(&mut self, actor: &Object<'a>, mapper: &Object<'a>, look: &Look, above: NodeId) {
        let (scene, losses) = (self.scene, &mut self.shapes.losses);
        let ports = raw::elements(mapper.raw("InputDataObjects").unwrap_or("[]")).unwrap_or_default();
        let port = |k: usize| -> Vec<ObjectId> {
            let connections = ports.get(k).and_then(|port| raw::elements(port).ok()).unwrap_or_default();
            connections.into_iter().filter_map(|item| scene.dialect().as_reference(item)).collect()
        };
        let (inputs, sources) = (port(0), port(1));
        if inputs.is_empty() || sources.is_empty() {
            return losses.unsupported(
                scene,
                &mapper.id,
                "glyphs need points and a source, and one of them is missing",
            );
        }
        if mapper.is_on("Masking") || (mapper.is_on("SourceIndexing") && sources.len() > 1) {
            return losses.unsupported(
                scene,
                &mapper.id,
                "glyphs that are chosen or left out by values are not followed",
            );
        }
        let mut instances = Vec::new();
        for data in Blocks::of(scene, mapper, &inputs, losses).leaves {
            instances.extend(places(scene, mapper, &data.id, losses));
            if instances.len() > MOST {
                let reason = format!("of glyphs no more than {MOST} are there");
                losses.unsupported(scene, &mapper.id, reason);
                instances.truncate(MOST);
                break;
            }
        }
        let first = sources.into_iter().take(1).collect::<Vec<_>>();
        let leaves = Blocks::of(scene, mapper, &first, losses).leaves;
        for (number, leaf) in leaves.into_iter().enumerate() {
            let name = scene.describe(&leaf.id);
            let mesh = self.mesh(actor, None, look, number, leaf);
            let node = Node::new(name, None).with(Content::Instances(mesh, instances.clone()));
            self.shapes.add(Some(above), node);
        }
    }
}

/// Where the glyphs of one data set are, and in which colours.
fn places(scene: &Scene, mapper: &Object<'_>, data: &ObjectId, losses: &mut Losses) -> Vec<Instance> {
    let Some(data) = Object::read(scene, data) else { return Vec::new() };
    let Some(points) = positions(scene, &data, losses) else { return Vec::new() };
    let attributes = data.reference("PointData").and_then(|id| Attributes::of(scene, &id)).unwrap_or_default();
    let mut rows = |kind: usize, is_wanted: bool| {
        let picked = values(scene, attributes.active(kind).filter(|_| is_wanted)?, losses)?;
        Some((Floats::of_values(&picked.values), picked.components))
    };
    let sizes = Sizes::of(mapper, rows(SCALARS, mapper.is_on("Scaling")));
    let turns = rows(VECTORS, mapper.is_on("Orient"));
    let mode = mapper.number("OrientationMode").unwrap_or(0.0);
    let colors = match attributes.active(SCALARS).filter(|_| mapper.number("ScalarVisibility") != Some(0.0)) {
        Some(array) => colors(scene, mapper, array, losses),
        None => None,
    };
    let colors = colors.as_ref().map(|colors| colors.as_chunks::<4>().0);
    let instance = |(k, place): (usize, [f32; 3])| {
        let turned = match &turns {
            Some((turns, 3)) => turns.row::<3>(k).map(|row| turned(mode, row.map(f64::from))),
            _ => None,
        };
        let translation = place.map(f64::from);
        let transform = Transform { translation, scale: sizes.at(k), ..turned.unwrap_or_default() };
        Instance { transform, color: colors.and_then(|colors| colors.get(k).copied()) }
    };
    points.rows::<3>().enumerate().map(instance).take(MOST + 1).collect()
}

/// How a vector turns a glyph: 0 along it, 1 by degrees about z, x and y.
fn turned(mode: f64, vector: [f64; 3]) -> Transform {
    let [x, y, z] = vector;
    if mode == 1.0 {
        return Transform::turned([0.0, 0.0, 1.0], z)
            .turned_by(Transform::turned([1.0, 0.0, 0.0], x))
            .turned_by(Transform::turned([0.0, 1.0, 0.0], y));
    }
    let length = (x * x + y * y + z * z).sqrt();
    if length <= 0.0 || !length.is_finite() {
        Transform::IDENTITY
    } else if y == 0.0 && z == 0.0 {
        if x < 0.0 { Transform::turned([0.0, 1.0, 0.0], 180.0) } else { Transform::IDENTITY }
    } else {
        // Half round the direction midway between the X axis and the vector.
        Transform::turned([(x + length) / 2.0, y / 2.0, z / 2.0], 180.0)
    }
}

/// How large glyphs are.
struct Sizes {
    factor: f64,
    by: Option<(Floats, usize)>,
    by_components: bool,
    /// Values of this range become 0 to 1.
    range: Option<[f64; 2]>,
}

impl Sizes {
    fn of(mapper: &Object<'_>, scalars: Option<(Floats, usize)>) -> Self {
        let is_on = mapper.is_on("Scaling");
        // ScaleMode: 0 all the same, 1 by the length of values, 2 by each of three.
        let mode = mapper.number("ScaleMode").unwrap_or(0.0);
        Self {
            factor: if is_on { mapper.number("ScaleFactor").unwrap_or(1.0) } else { 1.0 },
            by: scalars.filter(|_| is_on && mode != 0.0),
            by_components: mode == 2.0,
            range: mapper.vector("Range").filter(|_| mapper.is_on("Clamping")),
        }
    }

    fn at(&self, k: usize) -> [f64; 3] {
        let value =
            |row: usize| self.by.as_ref().and_then(|(values, _)| values.row::<1>(row)).map(|[value]| f64::from(value));
        let within = |value: f64| match self.range {
            Some([low, high]) if high != low => (value.clamp(low.min(high), low.max(high)) - low) / (high - low),
            _ => value,
        };
        let sizes = match &self.by {
            Some((_, 3)) if self.by_components => [0, 1, 2].map(|c| value(k * 3 + c).unwrap_or(1.0)),
            Some((_, 1)) => [value(k).unwrap_or(1.0); 3],
            Some((_, count)) => {
                let squares = (0..*count).filter_map(|c| value(k * count + c)).map(|value| value * value);
                [squares.sum::<f64>().sqrt(); 3]
            }
            None => return [self.factor; 3],
        };
        sizes.map(|size| within(size) * self.factor)
    }
}
