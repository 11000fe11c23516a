//! Blobs: there, of the right size, and what their names say.

use super::codes::{BLOB_DAMAGED, BLOB_EMPTY, BLOB_MISSING, BLOB_NAME, BLOB_SIZE, OTHER_NAMES};
use super::contents::{BlobHealth, Contents};
use super::{Draft, Exam};
use crate::scene::Element;

/// So many wrong names, and not one right: the server names blobs in another way.
const ANOTHER_WAY: usize = 3;

pub(super) fn rules(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    let mut names = Names::default();
    for patient in &exam.objects {
        let Some(contents) = exam.contents(patient.id) else { continue };
        let (code, text) = match &contents.health {
            BlobHealth::Missing if is_empty(contents) || exam.scene.without_blobs => continue,
            BlobHealth::Missing => (&BLOB_MISSING, format!("there is no blob {}, {}", contents.hash, needs(contents))),
            BlobHealth::Unreadable(error) => (&BLOB_MISSING, format!("blob {} cannot be read: {error}", contents.hash)),
            BlobHealth::Empty { .. } => (&BLOB_EMPTY, format!("blob {} is empty, {}", contents.hash, needs(contents))),
            BlobHealth::WrongSize { bytes, .. } => {
                (&BLOB_SIZE, format!("blob {} has {bytes} bytes, {}", contents.hash, needs(contents)))
            }
            BlobHealth::Sound => {
                names.wrong.extend((contents.verified == Some(false)).then_some((patient.id, contents)));
                names.right += usize::from(contents.verified == Some(true));
                continue;
            }
        };
        found.push(Draft::of(code, patient.id, text));
    }
    if names.right == 0 && names.wrong.len() >= ANOTHER_WAY {
        let text = format!("none of {} blobs has the name that its content gives", names.wrong.len());
        found.push(Draft::of_scene(&OTHER_NAMES, text));
        return;
    }
    let code = if names.right > 0 { &BLOB_DAMAGED } else { &BLOB_NAME };
    for (id, contents) in names.wrong {
        let text = format!("the content of blob {} does not belong to this name", contents.hash);
        found.push(Draft::of(code, id, text));
    }
}

#[derive(Default)]
struct Names<'a> {
    right: usize,
    wrong: Vec<(&'a crate::scene::ObjectId, &'a Contents)>,
}

fn is_empty(contents: &Contents) -> bool {
    contents.tuples == 0 || contents.components == 0
}

/// `and the array needs 84 (7 × 3 float32)`
fn needs(contents: &Contents) -> String {
    let (tuples, components) = (contents.tuples, contents.components);
    let count = tuples.saturating_mul(components);
    match contents.element {
        Some(element) => format!(
            "and the array needs {} bytes ({tuples} × {components} {})",
            element.bytes_for(count),
            Element::name(element)
        ),
        None => format!("and the array has {tuples} × {components} values"),
    }
}
