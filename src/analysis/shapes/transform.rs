//! Where nodes are: moved, turned and scaled, as glTF wants it.

/// A place, or a direction.
type Vector = [f64; 3];

/// Scaled, then turned, then moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// How far it is moved.
    pub translation: Vector,
    /// How it is turned: a quaternion x, y, z, w of length 1.
    pub rotation: [f64; 4],
    /// How large along each axis.
    pub scale: Vector,
}

impl Default for Transform {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Transform {
    /// Where the node above is.
    pub const IDENTITY: Self = Self { translation: [0.0; 3], rotation: [0.0, 0.0, 0.0, 1.0], scale: [1.0; 3] };

    /// Turned by degrees about an axis, counter-clockwise when it points at the viewer.
    pub fn turned(axis: Vector, degrees: f64) -> Self {
        let Some([x, y, z]) = unit(axis) else { return Self::IDENTITY };
        let (sin, cos) = (degrees.to_radians() / 2.0).sin_cos();
        Self { rotation: [x * sin, y * sin, z * sin, cos], ..Self::IDENTITY }
    }

    /// At a place, looking (along its own -Z) in a direction; `None` where that is no direction.
    pub fn looking(from: Vector, direction: Vector, up: Vector) -> Option<Self> {
        let back = unit(direction.map(|value| -value))?;
        // Of two that are almost the same direction nothing but errors of computing are left.
        let right = unit(cross(up, back)).filter(|right| dot(*right, back).abs() < 1e-6);
        let right = right.unwrap_or_else(|| perpendicular(back));
        Some(Self { translation: from, rotation: quaternion([right, cross(back, right), back]), scale: [1.0; 3] })
    }

    /// A matrix, by rows, for places as columns: one node, or where it is skewed two, the outer one first. `None` where it
    /// is no such matrix: with something that is no number, or with perspective.
    pub fn of_matrix(rows: &[[f64; 4]; 4]) -> Option<Vec<Self>> {
        let [[a, b, c, x], [d, e, f, y], [g, h, i, z], last] = *rows;
        if last != [0.0, 0.0, 0.0, 1.0] || !rows.as_flattened().iter().all(|value| value.is_finite()) {
            return None;
        }
        let columns = [[a, d, g], [b, e, h], [c, f, i]];
        let translation = [x, y, z];
        if is_orthogonal(&columns) {
            return Some(vec![Self { translation, ..Self::of_orthogonal(columns) }]);
        }
        // Turned first so that it is then only scaled along the axes: the axes are those of the matrix times itself.
        let axes = principal_axes(&columns);
        let along = axes.map(|axis| combine(&columns, axis));
        let outer = Self { translation, ..Self::of_orthogonal(along) };
        let [x, y, z, w] = quaternion(axes);
        Some(vec![outer, Self { rotation: [-x, -y, -z, w], ..Self::IDENTITY }])
    }

    /// Columns that are at right angles.
    fn of_orthogonal(columns: [Vector; 3]) -> Self {
        // What is left of a zero after computing with it has no direction.
        let least = columns.map(length).into_iter().fold(0.0, f64::max) * 1e-12;
        let columns = columns.map(|column| if length(column) > least { column } else { [0.0; 3] });
        let mut scale = columns.map(length);
        let [a, b, c] = columns.map(unit);
        let directions = match (a, b, c) {
            (Some(a), Some(b), _) => [a, b, cross(a, b)],
            (Some(a), None, Some(c)) => [a, cross(c, a), c],
            (None, Some(b), Some(c)) => [cross(b, c), b, c],
            (Some(a), None, None) => [a, perpendicular(a), cross(a, perpendicular(a))],
            (None, Some(b), None) => [cross(b, perpendicular(b)), b, perpendicular(b)],
            (None, None, Some(c)) => [perpendicular(c), cross(c, perpendicular(c)), c],
            (None, None, None) => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        };
        // A mirror is a scale below zero.
        let [_, _, last] = directions;
        if c.is_some_and(|c| dot(c, last) < 0.0) {
            scale[2] = -scale[2];
        }
        Self { translation: [0.0; 3], rotation: quaternion(directions), scale }
    }

    /// The same with a quaternion of length 1; `None` where it cannot be written: with something that is no number, or
    /// too large for a single float.
    pub fn normalized(self) -> Option<Self> {
        let [x, y, z, w] = self.rotation;
        let length = [x, y, z, w].iter().map(|value| value * value).sum::<f64>().sqrt();
        let fits = |values: &[f64]| values.iter().all(|value| (*value as f32).is_finite());
        let is_sound = fits(&self.translation) && fits(&self.scale) && length.is_finite() && length > 0.0;
        is_sound.then(|| Self { rotation: [x, y, z, w].map(|value| value / length), ..self })
    }

    /// Where a place goes.
    pub fn apply(&self, place: Vector) -> Vector {
        let [x, y, z] = place;
        let [sx, sy, sz] = self.scale;
        let turned = turn(self.rotation, [x * sx, y * sy, z * sz]);
        plus(turned, self.translation)
    }

    /// Turned by another rotation first, then by its own.
    #[must_use]
    pub fn turned_by(self, inner: Self) -> Self {
        let ([a, b, c, d], [x, y, z, w]) = (self.rotation, inner.rotation);
        let rotation = [
            d * x + a * w + b * z - c * y,
            d * y - a * z + b * w + c * x,
            d * z + a * y - b * x + c * w,
            d * w - a * x - b * y - c * z,
        ];
        Self { rotation, ..self }
    }
}

fn plus([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [a + x, b + y, c + z]
}

fn dot([a, b, c]: Vector, [x, y, z]: Vector) -> f64 {
    a * x + b * y + c * z
}

fn cross([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

fn length(vector: Vector) -> f64 {
    dot(vector, vector).sqrt()
}

fn unit(vector: Vector) -> Option<Vector> {
    let length = length(vector);
    (length.is_finite() && length > 0.0).then(|| vector.map(|value| value / length))
}

/// Some direction at a right angle to another.
fn perpendicular(direction: Vector) -> Vector {
    let [x, y, z] = direction.map(f64::abs);
    let other = if x <= y && x <= z {
        [1.0, 0.0, 0.0]
    } else if y <= z {
        [0.0, 1.0, 0.0]
    } else {
        [0.0, 0.0, 1.0]
    };
    unit(cross(direction, other)).unwrap_or(other)
}

fn turn([x, y, z, w]: [f64; 4], vector: Vector) -> Vector {
    let axis = [x, y, z];
    let twice = cross(axis, vector).map(|value| 2.0 * value);
    plus(plus(vector, twice.map(|value| w * value)), cross(axis, twice))
}

/// The quaternion of a rotation, given by where it takes the axes.
fn quaternion([[a, d, g], [b, e, h], [c, f, i]]: [Vector; 3]) -> [f64; 4] {
    // Of four ways to compute it, the one with the largest divisor.
    let [x, y, z, w] = if a + e + i > 0.0 {
        [h - f, c - g, d - b, 1.0 + a + e + i]
    } else if a > e && a > i {
        [1.0 + a - e - i, b + d, c + g, h - f]
    } else if e > i {
        [b + d, 1.0 - a + e - i, f + h, c - g]
    } else {
        [c + g, f + h, 1.0 - a - e + i, d - b]
    };
    let length = (x * x + y * y + z * z + w * w).sqrt();
    [x, y, z, w].map(|value| value / length)
}

fn is_orthogonal([a, b, c]: &[Vector; 3]) -> bool {
    [(a, b), (b, c), (c, a)].iter().all(|(p, q)| dot(**p, **q).abs() <= 1e-7 * length(**p) * length(**q))
}

/// A matrix, by columns, times a vector.
fn combine([a, b, c]: &[Vector; 3], [x, y, z]: Vector) -> Vector {
    plus(plus(a.map(|value| value * x), b.map(|value| value * y)), c.map(|value| value * z))
}

/// Three directions at right angles, right-handed, that a matrix takes to others at right angles: found by turning two
/// at a time until they are (Jacobi's way).
fn principal_axes(columns: &[Vector; 3]) -> [Vector; 3] {
    const ROUNDS: usize = 30;
    let [mut p, mut q, mut r] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let straighten = |one: &mut Vector, other: &mut Vector| {
        let (a, b) = (combine(columns, *one), combine(columns, *other));
        let angle = 0.5 * (2.0 * dot(a, b)).atan2(dot(a, a) - dot(b, b));
        let (sin, cos) = angle.sin_cos();
        let (u, v) = (*one, *other);
        *one = plus(u.map(|value| value * cos), v.map(|value| value * sin));
        *other = plus(v.map(|value| value * cos), u.map(|value| value * -sin));
    };
    for _ in 0..ROUNDS {
        straighten(&mut p, &mut q);
        straighten(&mut q, &mut r);
        straighten(&mut p, &mut r);
    }
    [p, q, r]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Vector, b: Vector) {
        assert!(length([a[0] - b[0], a[1] - b[1], a[2] - b[2]]) < 1e-9, "{a:?} {b:?}");
    }

    fn by_matrix(rows: &[[f64; 4]; 4], [x, y, z]: Vector) -> Vector {
        [0, 1, 2].map(|k: usize| rows[k][0] * x + rows[k][1] * y + rows[k][2] * z + rows[k][3])
    }

    #[test]
    fn any_matrix_is_one_or_two_nodes() {
        let matrices = [
            ([[0.0, -2.0, 0.0, 1.0], [3.0, 0.0, 0.0, 2.0], [0.0, 0.0, 4.0, 3.0]], 1),
            ([[-1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]], 1),
            ([[1.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]], 1),
            ([[0.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]], 1),
            ([[0.0; 4], [0.0; 4], [0.0; 4]], 1),
            ([[1.0, 0.5, 0.0, 7.0], [0.0, 1.0, -2.0, 8.0], [0.0, 0.3, 1.0, 9.0]], 2),
            ([[1.0, 2.0, 3.0, 0.0], [2.0, 4.0, 6.0, 0.0], [0.0, 1.0, 0.0, 1.0]], 2),
            ([[1.0, 2.0, 0.0, 0.0], [2.0, 1.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0]], 2),
        ];
        for (rows, count) in matrices {
            let rows = [rows[0], rows[1], rows[2], [0.0, 0.0, 0.0, 1.0]];
            let nodes = Transform::of_matrix(&rows).unwrap();
            assert_eq!(nodes.len(), count, "{rows:?}");
            for place in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, -2.0, 0.5]] {
                let went = nodes.iter().rev().fold(place, |place, node| node.normalized().unwrap().apply(place));
                near(went, by_matrix(&rows, place));
            }
        }
        let mut perspective = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, -1.0, 0.0]];
        assert_eq!(Transform::of_matrix(&perspective), None);
        perspective[3] = [0.0, 0.0, 0.0, 1.0];
        perspective[0][0] = f64::NAN;
        assert_eq!(Transform::of_matrix(&perspective), None);
    }

    #[test]
    fn turning_and_looking() {
        near(Transform::turned([0.0, 0.0, 2.0], 90.0).apply([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]);
        let quarter = Transform::turned([0.0, 0.0, 1.0], 90.0);
        let both = quarter.turned_by(Transform::turned([1.0, 0.0, 0.0], 90.0));
        near(both.apply([0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]);
        near(both.apply([0.0, 0.0, 1.0]), [1.0, 0.0, 0.0]);
        let camera = Transform::looking([1.0, 2.0, 3.0], [0.0, -5.0, 0.0], [0.0, 0.0, 1.0]).unwrap();
        near(camera.apply([0.0, 0.0, -1.0]), [1.0, 1.0, 3.0]);
        near(camera.apply([0.0, 1.0, 0.0]), [1.0, 2.0, 4.0]);
        let down = Transform::looking([0.0; 3], [0.0, -1.0, 0.0], [0.0, 1.0, 0.0]).unwrap();
        near(down.apply([0.0, 0.0, -1.0]), [0.0, -1.0, 0.0]);
        assert_eq!(Transform::looking([0.0; 3], [0.0; 3], [0.0, 1.0, 0.0]), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let half = Transform { rotation: [0.0, 0.0, 0.0, 0.5], ..Transform::IDENTITY };
        assert_eq!(half.normalized(), Some(Transform::IDENTITY));
        for scale in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(Transform { scale: [1.0, scale, 1.0], ..Transform::IDENTITY }.normalized(), None);
        }
        assert_eq!(Transform { rotation: [0.0; 4], ..Transform::IDENTITY }.normalized(), None);
    }
}
