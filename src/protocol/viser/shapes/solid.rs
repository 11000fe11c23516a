//! Solids that follow from a few numbers: boxes, spheres, cylinders, and the axes of frames.
//!
//! Source: `BoxGeometry`, `IcosahedronGeometry`, `SphereGeometry` and `CylinderGeometry` of three.js.

use std::f64::consts::{PI, TAU};

use super::look::Look;
use super::surface::Triangles;
use super::thing::Thing;
use super::{Piece, Walk};
use crate::analysis::shapes::{Content, LossKind, Material, Primitive, Topology, Transform};

type Point = [f64; 3];

/// More sides, or cuts of an edge, are not made.
const MOST_SIDES: usize = 4_096;
const MOST_CUTS: usize = 127;

/// Red, green and blue of axes.
const AXES: [(u8, u8, u8); 3] = [(0xcc, 0, 0), (0, 0xcc, 0), (0, 0, 0xcc)];

impl Walk<'_> {
    /// A `Box`, an `Icosphere` or a `Cylinder`: the same solid of size 1 for all, in their size.
    pub(super) fn solid(&mut self, thing: &Thing) -> Vec<Piece> {
        let mut look = Look::of(thing);
        look.note(self.scene, thing, &mut self.shapes.losses);
        let [x, y, z] = thing.sizes();
        let (at, parts) = match thing.class.as_str() {
            "Box" => {
                let [width, height, depth] = thing.vector("dimensions").unwrap_or([1.0; 3]);
                (Transform { scale: [x * width, y * height, z * depth], ..Transform::IDENTITY }, 0)
            }
            "Icosphere" => {
                let radius = thing.number("radius", 1.0);
                let cuts = self.limited(thing, "subdivisions", 3, MOST_CUTS);
                look.is_flat |= cuts == 0;
                (Transform { scale: [x * radius, y * radius, z * radius], ..Transform::IDENTITY }, cuts)
            }
            _ => {
                let (radius, height) = (thing.number("radius", 1.0), thing.number("height", 1.0));
                // It stands along Y, and is laid along Z.
                let scale = [x * radius, z * height, y * radius];
                let sides = self.limited(thing, "radial_segments", 32, MOST_SIDES);
                (Transform { scale, ..Transform::turned([1.0, 0.0, 0.0], 90.0) }, sides)
            }
        };
        let class = thing.class.clone();
        let key = format!("{class} {parts} {look:?}");
        let mesh = self.shared(key, &thing.class, move || {
            let mut solid = Solid::default();
            match class.as_str() {
                "Box" => solid.cube(),
                "Icosphere" => solid.icosphere(parts),
                _ => solid.cylinder(1.0, 1.0, 1.0, parts, &Transform::IDENTITY),
            }
            solid.triangles().drawn(&look)
        });
        vec![Piece::new(at, Content::Mesh(mesh))]
    }

    /// A count that makes geometry, no higher than what is made.
    fn limited(&mut self, thing: &Thing, name: &str, usual: usize, most: usize) -> usize {
        let wanted = thing.count(name).unwrap_or(usual);
        if wanted > most {
            let reason = String::from("a solid has more parts than are made, and is coarser");
            let detail = Some(format!("{most} of {wanted}"));
            self.shapes.losses.note(LossKind::Unsupported, reason, self.scene.describe(&thing.id), detail);
        }
        wanted.min(most)
    }

    /// A `Frame`: three axes and a ball at the origin.
    pub(super) fn frame(&mut self, thing: &Thing) -> Vec<Piece> {
        if !thing.is_on("show_axes") {
            return Vec::new();
        }
        let (length, radius) = (thing.number("axes_length", 0.5), thing.number("axes_radius", 0.0125));
        let (ball, color) = (thing.number("origin_radius", 2.0 * radius), thing.color("origin_color"));
        let key = format!("frame {length} {radius} {ball} {color:?}");
        let mesh = self.shared(key, "frame", move || {
            let mut solid = Solid::default();
            solid.sphere(ball);
            solid.painted(color.map(|channel| (channel * 255.0).round() as u8));
            solid.axes(length, radius);
            vec![solid.primitive()]
        });
        vec![Piece::new(thing.scale(), Content::Mesh(mesh))]
    }
}

/// The axes of a frame alone.
pub(super) fn axes(length: f64, radius: f64) -> Vec<Primitive> {
    let mut solid = Solid::default();
    solid.axes(length, radius);
    vec![solid.primitive()]
}

/// A cylinder of size 1 along Y, or a cone that points there.
pub(super) fn rod(is_cone: bool, look: &Look) -> Vec<Primitive> {
    const SIDES: usize = 16;
    let mut solid = Solid::default();
    solid.cylinder(if is_cone { 0.0 } else { 1.0 }, 1.0, 1.0, SIDES, &Transform::IDENTITY);
    solid.triangles().drawn(look)
}

#[derive(Default)]
struct Solid {
    positions: Vec<f32>,
    normals: Vec<f32>,
    colors: Vec<u8>,
    indices: Vec<u32>,
}

impl Solid {
    fn triangles(self) -> Triangles {
        let [positions, normals] = [self.positions, self.normals].map(|values| values.into_iter().collect());
        Triangles { positions, normals: Some(normals), indices: self.indices }
    }

    /// Painted, whatever the lights are.
    fn primitive(self) -> Primitive {
        let [positions, normals] = [self.positions, self.normals].map(|values| values.into_iter().collect());
        let material = Material { is_unlit: true, is_double_sided: false, ..Material::default() };
        Primitive {
            normals: Some(normals),
            colors: Some(self.colors),
            indices: Some(self.indices),
            ..Primitive::new(Topology::Triangles, positions, material)
        }
    }

    /// Gives all that has no colour yet one.
    fn painted(&mut self, [r, g, b]: [u8; 3]) {
        let wanted = self.positions.len() / 3 * 4;
        let missing = wanted.saturating_sub(self.colors.len()) / 4;
        self.colors.extend([r, g, b, u8::MAX].repeat(missing));
    }

    fn vertex(&mut self, place: Point, normal: Point) -> u32 {
        self.positions.extend(place.map(|value| value as f32));
        self.normals.extend(normal.map(|value| value as f32));
        (self.positions.len() / 3 - 1) as u32
    }

    fn face(&mut self, corners: [u32; 3]) {
        self.indices.extend(corners);
    }

    /// Of edge 1, around the origin.
    fn cube(&mut self) {
        let faces: [[Point; 3]; 6] = [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]],
            [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
            [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
            [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            [[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
        ];
        for [out, right, up] in faces {
            let corner = |r: f64, u: f64| {
                [0, 1, 2].map(|k: usize| {
                    let part = |vector: Point| vector.get(k).copied().unwrap_or_default();
                    0.5 * (part(out) + r * part(right) + u * part(up))
                })
            };
            let corners = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
            let [a, b, c, d] = corners.map(|place| self.vertex(place, out));
            self.face([a, b, c]);
            self.face([a, c, d]);
        }
    }

    /// Of radius 1: an icosahedron, each of its edges cut so often.
    fn icosphere(&mut self, cuts: usize) {
        let t = (1.0 + 5.0_f64.sqrt()) / 2.0;
        let corners: [Point; 12] = [
            [-1.0, t, 0.0],
            [1.0, t, 0.0],
            [-1.0, -t, 0.0],
            [1.0, -t, 0.0],
            [0.0, -1.0, t],
            [0.0, 1.0, t],
            [0.0, -1.0, -t],
            [0.0, 1.0, -t],
            [t, 0.0, -1.0],
            [t, 0.0, 1.0],
            [-t, 0.0, -1.0],
            [-t, 0.0, 1.0],
        ];
        const FACES: [[usize; 3]; 20] = [
            [0, 11, 5],
            [0, 5, 1],
            [0, 1, 7],
            [0, 7, 10],
            [0, 10, 11],
            [1, 5, 9],
            [5, 11, 4],
            [11, 10, 2],
            [10, 7, 6],
            [7, 1, 8],
            [3, 9, 4],
            [3, 4, 2],
            [3, 2, 6],
            [3, 6, 8],
            [3, 8, 9],
            [4, 9, 5],
            [2, 4, 11],
            [6, 2, 10],
            [8, 6, 7],
            [9, 8, 1],
        ];
        let columns = cuts + 1;
        for face in FACES {
            let [a, b, c] = face.map(|corner| corners.get(corner).copied().unwrap_or_default());
            let mut before: Vec<u32> = Vec::new();
            for column in 0..=columns {
                let (rows, along) = (columns - column, column as f64 / columns as f64);
                let (from, to) = (mix(a, c, along), mix(b, c, along));
                let line: Vec<u32> = (0..=rows)
                    .map(|row| {
                        let place = unit(mix(from, to, row as f64 / rows.max(1) as f64));
                        self.vertex(place, place)
                    })
                    .collect();
                for (pair, &third) in before.windows(2).zip(&line) {
                    let &[first, second] = pair else { continue };
                    self.face([first, second, third]);
                }
                for (pair, &third) in line.windows(2).zip(before.iter().skip(1)) {
                    let &[first, second] = pair else { continue };
                    self.face([first, third, second]);
                }
                before = line;
            }
        }
    }

    /// Of as many parts as the client's balls have.
    fn sphere(&mut self, radius: f64) {
        const AROUND: usize = 32;
        const DOWN: usize = 16;
        let mut before: Vec<u32> = Vec::new();
        for row in 0..=DOWN {
            let (sin, cos) = (PI * row as f64 / DOWN as f64).sin_cos();
            let line: Vec<u32> = (0..=AROUND)
                .map(|column| {
                    let (s, c) = (TAU * column as f64 / AROUND as f64).sin_cos();
                    let out = [-c * sin, cos, s * sin];
                    self.vertex(out.map(|value| value * radius), out)
                })
                .collect();
            for (above, below) in before.windows(2).zip(line.windows(2)) {
                let (&[a, d], &[b, c]) = (above, below) else { continue };
                // At the poles one of the two has no area.
                if row > 1 {
                    self.face([d, a, b]);
                }
                if row < DOWN {
                    self.face([d, b, c]);
                }
            }
            before = line;
        }
    }

    /// Along Y around the origin, as wide as said at its upper and lower end, with lids.
    fn cylinder(&mut self, above: f64, below: f64, height: f64, sides: usize, at: &Transform) {
        let turned = Transform { translation: [0.0; 3], scale: [1.0; 3], ..*at };
        let slope = (below - above) / height;
        let sides = sides.max(1);
        let around = |side: usize| (TAU * side as f64 / sides as f64).sin_cos();
        let mut wall = Vec::new();
        for side in 0..=sides {
            let (sin, cos) = around(side);
            let normal = turned.apply(unit([sin, slope, cos]));
            let upper = self.vertex(at.apply([above * sin, height / 2.0, above * cos]), normal);
            let lower = self.vertex(at.apply([below * sin, -height / 2.0, below * cos]), normal);
            wall.push([upper, lower]);
        }
        for pair in wall.windows(2) {
            let &[[a, b], [d, c]] = pair else { continue };
            if above > 0.0 {
                self.face([a, b, d]);
            }
            if below > 0.0 {
                self.face([b, c, d]);
            }
        }
        for (radius, sign) in [(above, 1.0), (below, -1.0)] {
            if radius <= 0.0 {
                continue;
            }
            let out = turned.apply([0.0, sign, 0.0]);
            let center = self.vertex(at.apply([0.0, sign * height / 2.0, 0.0]), out);
            let rim: Vec<u32> = (0..=sides)
                .map(|side| {
                    let (sin, cos) = around(side);
                    self.vertex(at.apply([radius * sin, sign * height / 2.0, radius * cos]), out)
                })
                .collect();
            for pair in rim.windows(2) {
                let &[one, two] = pair else { continue };
                self.face(if sign > 0.0 { [one, two, center] } else { [two, one, center] });
            }
        }
    }

    /// The axes of a frame: thin cylinders.
    fn axes(&mut self, length: f64, radius: f64) {
        const SIDES: usize = 16;
        let half = length / 2.0;
        let places = [
            Transform { translation: [half, 0.0, 0.0], ..Transform::turned([0.0, 0.0, 1.0], -90.0) },
            Transform { translation: [0.0, half, 0.0], ..Transform::IDENTITY },
            Transform { translation: [0.0, 0.0, half], ..Transform::turned([1.0, 0.0, 0.0], 90.0) },
        ];
        for (at, (r, g, b)) in places.iter().zip(AXES) {
            self.cylinder(radius, radius, length, SIDES, at);
            self.painted([r, g, b]);
        }
    }
}

fn mix([a, b, c]: Point, [x, y, z]: Point, t: f64) -> Point {
    [a + (x - a) * t, b + (y - b) * t, c + (z - c) * t]
}

fn unit([x, y, z]: Point) -> Point {
    let length = (x * x + y * y + z * z).sqrt();
    [x, y, z].map(|value| value / length)
}
