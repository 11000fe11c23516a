//! The shapes of arrays. They are not on the wire: they follow from the class and the property (viser 1.1.1,
//! `_messages.py` and the client's own code).

/// Bytes of one value of a type that NumPy writes so; 1 for types that nobody knows.
pub fn item_bytes(dtype: &str) -> usize {
    match dtype.get(1..) {
        Some("f2" | "u2" | "i2") => 2,
        Some("f4" | "u4" | "i4") => 4,
        Some("f8" | "u8" | "i8") => 8,
        _ => 1,
    }
}

/// The shape of an array of `count` values in this property of a node or element of this class. `values_of` tells
/// how many values another property of it has.
pub fn shape(class: &str, property: &str, count: u64, values_of: &dyn Fn(&str) -> Option<u64>) -> Vec<u64> {
    let row: &[u64] = match (class, property) {
        ("LineSegments", "points" | "colors") | ("Arrow", "points") => &[2, 3],
        ("GaussianSplats", "buffer") => &[8],
        // One colour for all, or one for each.
        ("PointCloud" | "Arrow", "colors") | ("BatchedMeshes", "batched_colors") if count == 3 => &[],
        (_, "batched_scales") if values_of("batched_positions").is_some_and(|n| n == count && n > 0) => &[3],
        ("PointCloud" | "Arrow", "colors") => &[3],
        (_, "points" | "control_points" | "vertices" | "faces" | "bone_positions") => &[3],
        (_, "batched_positions" | "batched_colors") => &[3],
        (_, "bone_wxyzs" | "batched_wxyzs" | "skin_indices" | "skin_weights") => &[4],
        _ => &[],
    };
    let values: u64 = row.iter().product();
    if !count.is_multiple_of(values) {
        return vec![count];
    }
    let mut shape = vec![count / values];
    shape.extend(row);
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_from_the_property() {
        let of = |class, property, count| shape(class, property, count, &|_| Some(24));
        assert_eq!(of("PointCloud", "points", 30), [10, 3]);
        assert_eq!(of("PointCloud", "colors", 3), [3]);
        assert_eq!(of("PointCloud", "colors", 6), [2, 3]);
        assert_eq!(of("LineSegments", "points", 96), [16, 2, 3]);
        assert_eq!(of("GaussianSplats", "buffer", 16), [2, 8]);
        assert_eq!(of("BatchedAxes", "batched_scales", 24), [8, 3]);
        assert_eq!(of("BatchedAxes", "batched_scales", 8), [8]);
        assert_eq!(of("Mesh", "faces", 7), [7]);
        assert_eq!(of("Uplot", "data", 7), [7]);
        assert_eq!((item_bytes("<f2"), item_bytes("|u1"), item_bytes("<f8"), item_bytes("?")), (2, 1, 8, 1));
    }
}
