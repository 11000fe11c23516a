//! Arrays: what their states say of them, and their values.

use std::borrow::Cow;

use bytes::Bytes;

use super::{Blob, BlobUse, Element, ObjectId, Rows, Scene, Slice, Values};

/// What a state says of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayHead<'a> {
    /// The blob that holds its values; an array without values names none.
    pub hash: Option<Cow<'a, str>>,
    /// Type of the values, where the class tells.
    pub element: Option<Element>,
    /// Rows (tuples).
    pub tuples: u64,
    /// Values in a row (components).
    pub components: u64,
    /// How the values of a row are arranged, where that is more than one after another: `[2, 3]` in an array of the
    /// shape `(N, 2, 3)`. Their product is the number of components.
    pub row: Vec<u64>,
}

impl<'a> ArrayHead<'a> {
    /// How it uses its blob, where it names one.
    pub fn blob_use(self) -> Option<BlobUse<'a>> {
        let Self { hash, element, tuples, components, .. } = self;
        Some(BlobUse { hash: hash?, element, tuples, components })
    }
}

/// Why there are no values to look at.
#[derive(Debug, thiserror::Error)]
pub enum ArrayError {
    /// It has some, and names no blob.
    #[error("it has {0} values, and names no blob that holds them")]
    NamesNoBlob(u64),
    /// Its blob is not in the scene.
    #[error("blob {0} is not there")]
    NoBlob(String),
    /// Blobs were left out.
    #[error("the baseline has no blobs")]
    WithoutBlobs,
    /// Nobody knows what is in its blob.
    #[error("the type of the values is not known")]
    UnknownType,
    /// Its blob cannot be read.
    #[error("blob {hash} cannot be read: {source}")]
    Unreadable {
        /// The blob.
        hash: String,
        /// Why.
        source: std::io::Error,
    },
    /// There is no such row.
    #[error("it has {rows} rows: there is no row {row}")]
    NoSuchRow {
        /// How many there are.
        rows: usize,
        /// The one that was asked for.
        row: Slice,
    },
}

impl ArrayError {
    /// True when the answer is "there is no such thing".
    pub fn is_no(&self) -> bool {
        !matches!(self, Self::Unreadable { .. })
    }
}

/// Some rows of an array.
#[derive(Clone, Debug)]
pub struct Picked {
    /// Their values, one row after another.
    pub values: Values,
    /// How many rows there are.
    pub rows: usize,
    /// Values in a row.
    pub components: usize,
    /// How they are arranged, as in [`ArrayHead::row`].
    pub row: Vec<u64>,
    /// It is one row, and was asked for as that.
    pub is_single: bool,
}

impl Scene {
    /// What an object's state says of an array, if it is one.
    pub fn array(&self, id: &ObjectId) -> Option<ArrayHead<'_>> {
        self.dialect().array(self.state(id)?)
    }

    /// The blob of this name.
    ///
    /// # Errors
    /// [`ArrayError::NoBlob`] and [`ArrayError::WithoutBlobs`].
    pub fn require_blob(&self, hash: &str) -> Result<&Blob, ArrayError> {
        self.blob(hash).ok_or_else(|| match self.without_blobs {
            true => ArrayError::WithoutBlobs,
            false => ArrayError::NoBlob(hash.to_owned()),
        })
    }

    /// The values of a blob as an array uses it: as many as there are, and no more than it says. A stored blob is read
    /// once, and never copied.
    ///
    /// # Errors
    /// [`ArrayError`].
    pub fn values(&self, found: &BlobUse<'_>) -> Result<Values, ArrayError> {
        let blob = self.require_blob(&found.hash)?;
        let element = found.element.ok_or(ArrayError::UnknownType)?;
        let bytes = blob.read().map_err(unreadable(found))?;
        Ok(Values::new(bytes, element, found.count()))
    }

    /// How many bytes an array's blob has and how many it should have, where these are not the same.
    pub fn misfit(&self, found: &BlobUse<'_>) -> Option<(u64, u64)> {
        let (len, expected) = (self.blob(&found.hash)?.len(), found.expected_bytes()?);
        (len != expected).then_some((len, expected))
    }

    /// Some rows of an array, or all that its blob holds. A few of a large blob that lies in a file as it is are read
    /// alone.
    ///
    /// # Errors
    /// [`ArrayError`].
    pub fn rows(&self, array: &ArrayHead<'_>, slice: Option<Slice>) -> Result<Picked, ArrayError> {
        let element = array.element;
        let Some(found) = array.clone().blob_use() else {
            let count = array.tuples.saturating_mul(array.components);
            return match element {
                None => Err(ArrayError::UnknownType),
                Some(_) if count > 0 => Err(ArrayError::NamesNoBlob(count)),
                Some(element) => pick(Values::new(Bytes::new(), element, 0), array, slice),
            };
        };
        if let (Some(slice), Some(element)) = (slice, element)
            && let Some(picked) = self.part(&found, element, slice, &array.row).transpose()?
        {
            return Ok(picked);
        }
        pick(self.values(&found)?, array, slice)
    }

    /// Rows that lie together and are much less than the whole, where only they can be read.
    fn part(
        &self,
        found: &BlobUse<'_>,
        element: Element,
        slice: Slice,
        row: &[u64],
    ) -> Option<Result<Picked, ArrayError>> {
        let Some(Blob::Stored(data)) = self.blob(&found.hash) else { return None };
        let row_bytes = usize::try_from(element.bytes_for(found.components)).ok().filter(|bytes| *bytes > 0)?;
        if element == Element::Bit {
            return None;
        }
        let there = usize::try_from((data.len() / row_bytes as u64).min(found.tuples)).ok()?;
        let rows = slice.rows(there).filter(|rows| rows.step == 1 && rows.count > 0 && rows.count < there / 2)?;
        let len = rows.count.checked_mul(row_bytes)?;
        let offset = (rows.first as u64).checked_mul(row_bytes as u64)?;
        let read = data.read_part(offset, len)?.map_err(unreadable(found));
        let components = usize::try_from(found.components).ok()?;
        let count = rows.count.checked_mul(components)? as u64;
        let is_single = matches!(slice, Slice::Row(_));
        Some(read.map(|bytes| {
            let values = Values::new(bytes, element, count);
            Picked { values, rows: rows.count, components, row: row.to_vec(), is_single }
        }))
    }
}

fn unreadable(found: &BlobUse<'_>) -> impl FnOnce(std::io::Error) -> ArrayError {
    let hash = found.hash.clone().into_owned();
    |source| ArrayError::Unreadable { hash, source }
}

/// Whole rows only; without components there is none.
fn pick(values: Values, array: &ArrayHead<'_>, slice: Option<Slice>) -> Result<Picked, ArrayError> {
    let components = usize::try_from(array.components).unwrap_or(usize::MAX);
    let there = values.len().checked_div(components).unwrap_or_default();
    let rows = match slice {
        None => Rows { first: 0, step: 1, count: there },
        Some(slice) => slice.rows(there).ok_or(ArrayError::NoSuchRow { rows: there, row: slice })?,
    };
    let is_single = matches!(slice, Some(Slice::Row(_)));
    let is_all = rows == Rows { first: 0, step: 1, count: there };
    // Bits stay packed where all are wanted.
    let whole = there.checked_mul(components) == Some(values.len());
    let values = if is_all && whole && !is_single { values } else { values.rows(rows, components) };
    Ok(Picked { values, rows: rows.count, components, row: array.row.clone(), is_single })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::vtklocal::dialect::VTK;

    fn array(tuples: u64, components: u64, element: Option<Element>) -> ArrayHead<'static> {
        ArrayHead { hash: Some(Cow::Borrowed("1")), element, tuples, components, row: Vec::new() }
    }

    fn scene(bytes: &'static [u8]) -> Scene {
        let mut scene = Scene::new(&VTK);
        scene.insert_blob("1", Bytes::from_static(bytes).into());
        scene
    }

    fn numbers(picked: &Picked) -> Vec<f64> {
        let mut found = Vec::new();
        picked.values.for_each(|value| found.push(value));
        found
    }

    #[test]
    fn as_many_rows_as_there_are() {
        let scene = scene(&[1, 2, 3, 4, 5, 6, 7]);
        let rows = |tuples, components, slice| scene.rows(&array(tuples, components, Some(Element::U8)), slice);
        let all = rows(3, 2, None).unwrap();
        assert_eq!((numbers(&all), all.rows), (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3));
        let short = rows(9, 2, None).unwrap();
        assert_eq!((numbers(&short).len(), short.rows), (6, 3));
        let last = rows(9, 2, Some(Slice::Row(-1))).unwrap();
        assert_eq!((numbers(&last), last.is_single), (vec![5.0, 6.0], true));
        assert!(matches!(rows(3, 2, Some(Slice::Row(3))), Err(ArrayError::NoSuchRow { rows: 3, .. })));
        assert_eq!(rows(u64::MAX, 0, None).unwrap().rows, 0);
        assert_eq!(rows(u64::MAX, u64::MAX, None).unwrap().rows, 0);
        assert_eq!(rows(2, u64::MAX, Some(Slice::Range(None, None, -1))).unwrap().rows, 0);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let scene = scene(&[1, 2, 3]);
        assert!(matches!(scene.rows(&array(1, 1, None), None), Err(ArrayError::UnknownType)));
        let other = ArrayHead { hash: Some("2".into()), ..array(1, 1, Some(Element::U8)) };
        assert!(matches!(scene.rows(&other, None), Err(ArrayError::NoBlob(_))));
        let none = ArrayHead { hash: None, ..array(1, 1, Some(Element::U8)) };
        assert!(matches!(scene.rows(&none, None), Err(ArrayError::NamesNoBlob(1))));
        assert_eq!(scene.rows(&ArrayHead { tuples: 0, ..none }, None).unwrap().rows, 0);
        assert_eq!(scene.misfit(&array(1, 1, Some(Element::U8)).blob_use().unwrap()), Some((3, 1)));
    }
}
