//! Where props are: the corners of their bounds in the world.

use crate::analysis::doctor::{BlobHealth, Exam, Range};
use crate::scene::ObjectId;

use super::object::Object;
use super::scenery::{Points, Prop, leaves, points};

/// A place, or a direction.
pub(super) type Vector = [f64; 3];

/// Rows of a 4 × 4 matrix, for places as columns.
type Matrix = [[f64; 4]; 4];

/// What is known of a prop's place.
pub(super) enum Place {
    /// It shows nothing.
    Nothing,
    /// It cannot be told.
    Unknown,
    /// Within these eight corners.
    Corners([Vector; 8]),
}

/// Where a visible prop is in the world.
pub(super) fn place(exam: &Exam<'_>, prop: &Prop<'_, '_>) -> Place {
    if prop.object.number("CoordinateSystem").is_some_and(|system| system != 0.0) {
        return Place::Unknown;
    }
    let bounds = if prop.is_plain {
        match &prop.mapper {
            None if prop.object.is_null("Mapper") => return Place::Nothing,
            None => None,
            Some(mapper) => match mapper_bounds(exam, mapper) {
                Some(bounds) if !bounds.iter().all(Range::is_some) => return Place::Nothing,
                bounds => bounds,
            },
        }
    } else {
        None
    };
    let (Some(bounds), Some(matrix)) = (bounds, matrix(exam, &prop.object)) else { return Place::Unknown };
    Place::Corners(corners(&bounds).map(|corner| transform(&matrix, corner)))
}

/// The bounds of what a mapper draws; `None` where they cannot be told, empty ranges where it draws nothing.
fn mapper_bounds(exam: &Exam<'_>, mapper: &Object<'_, '_>) -> Option<[Range; 3]> {
    /// Mappers that draw their input where it is.
    const IN_PLACE: [&str; 4] =
        ["vtkPolyDataMapper", "vtkCompositePolyDataMapper", "vtkDataSetMapper", "vtkPolyDataMapper2D"];
    let plain = mapper.plain_class();
    let is_in_place =
        IN_PLACE.contains(&plain.as_ref()) || mapper.is_a("vtkAbstractVolumeMapper") || mapper.is_a("vtkImageMapper3D");
    let inputs = mapper.inputs()?;
    let bounds = data_bounds(exam, &inputs)?;
    if is_in_place {
        return Some(bounds);
    }
    if plain == "vtkGlyph3DMapper" { glyphs(exam, mapper, bounds) } else { None }
}

/// Glyphs reach beyond the points by their own size, turned and scaled somehow.
fn glyphs(exam: &Exam<'_>, mapper: &Object<'_, '_>, mut bounds: [Range; 3]) -> Option<[Range; 3]> {
    let is_on = |name: &str| mapper.number(name).is_none_or(|value| value != 0.0);
    if is_on("Scaling") || is_on("UseSourceTableTree") {
        return None;
    }
    let ports = crate::scene::raw::elements(mapper.raw("InputDataObjects")?).ok()?;
    let sources: Vec<ObjectId> = crate::scene::raw::elements(ports.get(1)?)
        .ok()?
        .into_iter()
        .map(|item| crate::scene::Dialect::as_reference(&super::super::dialect::VTK, item))
        .collect::<Option<_>>()?;
    let source = data_bounds(exam, &sources)?;
    let reach = corners(&source).iter().map(|corner| length(*corner)).fold(0.0, f64::max);
    for range in bounds.iter_mut().filter(|range| range.is_some()) {
        *range = Range { min: range.min - reach, max: range.max + reach };
    }
    reach.is_finite().then_some(bounds)
}

fn data_bounds(exam: &Exam<'_>, data: &[ObjectId]) -> Option<[Range; 3]> {
    let mut bounds = [Range::NONE; 3];
    for data in leaves(exam, data)? {
        let found = if data.is_a("vtkImageData") {
            image_bounds(exam, &data)?
        } else {
            match points(exam, &data) {
                Points::Unknown => return None,
                Points::None => continue,
                Points::Array(id, _) => {
                    let contents = exam.contents(id).filter(|contents| contents.health == BlobHealth::Sound)?;
                    // Bounds with a NaN in them are for another rule.
                    if contents.nan + contents.infinite > 0 {
                        return None;
                    }
                    <[Range; 3]>::try_from(contents.ranges.clone()).ok()?
                }
            }
        };
        bounds.iter_mut().zip(found).for_each(|(bounds, found)| bounds.join(found));
    }
    Some(bounds)
}

fn image_bounds(exam: &Exam<'_>, image: &Object<'_, '_>) -> Option<[Range; 3]> {
    let extent: [f64; 6] = image.vector("Extent")?;
    let (spacing, origin): (Vector, Vector) = (image.vector("Spacing")?, image.vector("Origin")?);
    let turn: [f64; 9] = match image.follow(exam, "DirectionMatrix") {
        Some(matrix) => matrix.vector("Data")?,
        None => [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
    };
    let [x0, x1, y0, y1, z0, z1] = extent;
    if x1 < x0 || y1 < y0 || z1 < z0 {
        return Some([Range::NONE; 3]);
    }
    // Pixels of an image are half a pixel larger than its points on each side.
    let grown = [(x0, x1), (y0, y1), (z0, z1)].map(|(min, max)| Range { min: min - 0.5, max: max + 0.5 });
    let [[a, b, c], [d, e, f], [g, h, i]] =
        [[0, 1, 2], [3, 4, 5], [6, 7, 8]].map(|row: [usize; 3]| row.map(|k| turn.get(k).copied().unwrap_or_default()));
    let mut bounds = [Range::NONE; 3];
    for [x, y, z] in corners(&grown) {
        let [x, y, z] = [x * spacing[0], y * spacing[1], z * spacing[2]];
        let turned = [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z];
        bounds.iter_mut().zip(turned).zip(origin).for_each(|((range, value), origin)| range.extend(value + origin));
    }
    Some(bounds)
}

fn corners(bounds: &[Range; 3]) -> [Vector; 8] {
    let [x, y, z] = bounds;
    let pick = |k: usize, bit: usize, range: &Range| if k & bit == 0 { range.min } else { range.max };
    std::array::from_fn(|k| [pick(k, 1, x), pick(k, 2, y), pick(k, 4, z)])
}

/// VTK's order: away from the origin, scaled, turned about y, x and z, put in place; then the user's matrix.
fn matrix(exam: &Exam<'_>, prop: &Object<'_, '_>) -> Option<Matrix> {
    let vector =
        |name: &str, default: f64| if prop.raw(name).is_some() { prop.vector(name) } else { Some([default; 3]) };
    let (position, origin) = (vector("Position", 0.0)?, vector("Origin", 0.0)?);
    let (scale, [x, y, z]) = (vector("Scale", 1.0)?, vector("Orientation", 0.0)?);
    let [px, py, pz] = position;
    let [ox, oy, oz] = origin;
    let [sx, sy, sz] = scale;
    let steps = [
        shift([px + ox, py + oy, pz + oz]),
        turn(z, 0, 1),
        turn(x, 1, 2),
        turn(y, 2, 0),
        [[sx, 0.0, 0.0, 0.0], [0.0, sy, 0.0, 0.0], [0.0, 0.0, sz, 0.0], [0.0, 0.0, 0.0, 1.0]],
        shift([-ox, -oy, -oz]),
    ];
    let own = steps.iter().fold(shift([0.0; 3]), |all, step| multiply(&all, step));
    if prop.raw("UserMatrix").is_none() || prop.is_null("UserMatrix") {
        return Some(own);
    }
    let user: [f64; 16] = prop.follow(exam, "UserMatrix")?.vector("Data")?;
    let (rows, _) = user.as_chunks::<4>();
    Some(multiply(&rows.try_into().ok()?, &own))
}

fn shift([x, y, z]: Vector) -> Matrix {
    [[1.0, 0.0, 0.0, x], [0.0, 1.0, 0.0, y], [0.0, 0.0, 1.0, z], [0.0, 0.0, 0.0, 1.0]]
}

/// A turn by degrees that takes axis `from` towards axis `to`.
fn turn(degrees: f64, from: usize, to: usize) -> Matrix {
    let (sin, cos) = degrees.to_radians().sin_cos();
    std::array::from_fn(|row| {
        std::array::from_fn(|column| match (row, column) {
            _ if (row == from || row == to) && row == column => cos,
            _ if row == to && column == from => sin,
            _ if row == from && column == to => -sin,
            _ if row == column => 1.0,
            _ => 0.0,
        })
    })
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let [r0, r1, r2, r3] = b;
    a.map(|[x, y, z, w]| {
        let columns = r0.iter().zip(r1).zip(r2.iter().zip(r3));
        let mut row = [0.0; 4];
        row.iter_mut().zip(columns).for_each(|(cell, ((a, b), (c, d)))| *cell = x * a + y * b + z * c + w * d);
        row
    })
}

fn transform(matrix: &Matrix, [x, y, z]: Vector) -> Vector {
    let [a, b, c, w] = matrix.map(|[a, b, c, d]| a * x + b * y + c * z + d);
    if w == 0.0 { [a, b, c] } else { [a / w, b / w, c / w] }
}

pub(super) fn dot([a, b, c]: Vector, [x, y, z]: Vector) -> f64 {
    a * x + b * y + c * z
}

pub(super) fn cross([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

pub(super) fn minus([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [a - x, b - y, c - z]
}

pub(super) fn length(vector: Vector) -> f64 {
    dot(vector, vector).sqrt()
}

/// The direction of a vector, if it has one.
pub(super) fn direction(vector: Vector) -> Option<Vector> {
    let length = length(vector);
    (length.is_finite() && length > 0.0).then(|| vector.map(|value| value / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_the_right_way() {
        let near = |a: Vector, b: Vector| assert!(length(minus(a, b)) < 1e-9, "{a:?} {b:?}");
        near(transform(&turn(90.0, 0, 1), [1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]);
        near(transform(&turn(90.0, 1, 2), [0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]);
        near(transform(&turn(90.0, 2, 0), [0.0, 0.0, 1.0]), [1.0, 0.0, 0.0]);
        let all = multiply(&shift([1.0, 2.0, 3.0]), &turn(90.0, 0, 1));
        near(transform(&all, [1.0, 0.0, 0.0]), [1.0, 3.0, 3.0]);
    }
}
