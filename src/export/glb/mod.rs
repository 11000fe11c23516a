//! Binary glTF 2.0 (`.glb`): one file with all that shows, which most programs for 3D open.
//!
//! Source: the glTF 2.0 specification (Khronos Group; ISO/IEC 12113).
//!
//! What must be said first (counts, bounds, the length of everything) is known last. So the arrays go to a file without a
//! name while they are made, one mesh at a time, and behind the JSON when that is known.

mod bin;
mod clean;
mod color;
mod json;
mod looks;
mod meshes;
mod nodes;

use std::io::{self, Write};

use crate::analysis::shapes::{Losses, Shapes};
use bin::{LARGEST, padding};
use json::{Buffer, Document, LightList, Lights};
use looks::Looks;
use meshes::Meshes;

/// Errors of writing a GLB file.
#[derive(Debug, thiserror::Error)]
pub enum GlbError {
    /// The arrays could not be kept meanwhile.
    #[error("cannot keep the arrays in a temporary file")]
    Spool(#[source] io::Error),
    /// The file could not be written.
    #[error("cannot write it")]
    Write(#[source] io::Error),
    /// The file would be larger than such a file can be.
    #[error("it would be larger than 4 GiB, which is the most that a .glb file can be")]
    TooLarge,
    /// The JSON could not be made.
    #[error("cannot say it in JSON")]
    Json(#[from] serde_json::Error),
}

impl GlbError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooLarge => {
                Some("export parts of the scene: `scenectl extract SOURCE SELECTOR -o PART.wazex` takes some out")
            }
            Self::Spool(error) if error.kind() == io::ErrorKind::StorageFull => {
                Some("the disk with the temporary files is full: TMPDIR says which one that is")
            }
            _ => None,
        }
    }
}

/// What is in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Its length.
    pub bytes: u64,
    /// Nodes of the tree, instances included.
    pub nodes: u64,
    /// Meshes; one that shows in several places, in the same colours, is one.
    pub meshes: u64,
    /// Points of all arrays.
    pub vertices: u64,
    /// Triangles.
    pub triangles: u64,
    /// Lines between two points each.
    pub lines: u64,
    /// Points that show by themselves.
    pub points: u64,
    /// Textures.
    pub textures: u64,
    /// Cameras.
    pub cameras: u64,
    /// Lights.
    pub lights: u64,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// What is in the file.
    pub summary: Summary,
    /// What is not.
    pub losses: Losses,
    /// Things that were left out because they are invisible.
    pub hidden: u64,
}

/// Writes all that shows. Nothing is written before everything is known.
///
/// # Errors
/// [`GlbError`].
pub fn write(mut shapes: Shapes<'_>, out: &mut dyn Write) -> Result<Written, GlbError> {
    let mut losses = std::mem::take(&mut shapes.losses);
    let mut looks = Looks::default();
    let mut meshes = Meshes::make(&mut shapes, &mut looks, &mut losses)?;
    let tree = nodes::tree(&shapes, &mut meshes, &mut looks, &mut losses);
    let mut extensions_used = Vec::new();
    if !tree.lights.is_empty() {
        extensions_used.push("KHR_lights_punctual");
    }
    if looks.has_unlit() {
        extensions_used.push("KHR_materials_unlit");
    }
    let Meshes { bin, accessors, made, mut summary, .. } = meshes;
    summary.nodes = tree.nodes.len() as u64;
    summary.meshes = made.len() as u64;
    summary.textures = looks.textures.len() as u64;
    summary.cameras = tree.cameras.len() as u64;
    summary.lights = tree.lights.len() as u64;
    let mut bin = bin;
    let document = Document {
        extensions_used,
        scene: (!tree.scenes.is_empty()).then_some(0),
        scenes: tree.scenes,
        nodes: tree.nodes,
        meshes: made,
        cameras: tree.cameras,
        materials: looks.materials,
        textures: looks.textures,
        images: looks.images,
        samplers: looks.samplers,
        accessors,
        buffer_views: std::mem::take(&mut bin.views),
        buffers: if bin.len() > 0 { vec![Buffer { byte_length: bin.len() }] } else { Vec::new() },
        extensions: (!tree.lights.is_empty()).then_some(Lights { punctual: LightList { lights: tree.lights } }),
        ..Document::default()
    };
    let mut json = serde_json::to_vec(&document)?;
    drop(document);
    // Chunks are multiples of four; JSON is filled up with spaces.
    json.resize(json.len() + padding(json.len() as u64), b' ');
    summary.bytes = put(&json, bin, out)?;
    Ok(Written { summary, losses, hidden: shapes.hidden })
}

/// Header, JSON, binary data; gives the length of all.
fn put(json: &[u8], bin: bin::Bin, out: &mut dyn Write) -> Result<u64, GlbError> {
    const HEADER: u64 = 12;
    const CHUNK: u64 = 8;
    let with_bin = if bin.len() > 0 { CHUNK + bin.len() } else { 0 };
    let total = HEADER + CHUNK + json.len() as u64 + with_bin;
    if total > LARGEST {
        return Err(GlbError::TooLarge);
    }
    let mut number = |value: u64| out.write_all(&(value as u32).to_le_bytes()).map_err(GlbError::Write);
    let version = 2;
    [u64::from(u32::from_le_bytes(*b"glTF")), version, total].into_iter().try_for_each(&mut number)?;
    [json.len() as u64, u64::from(u32::from_le_bytes(*b"JSON"))].into_iter().try_for_each(&mut number)?;
    out.write_all(json).map_err(GlbError::Write)?;
    if bin.len() > 0 {
        let mut number = |value: u64| out.write_all(&(value as u32).to_le_bytes()).map_err(GlbError::Write);
        [bin.len(), u64::from(u32::from_le_bytes(*b"BIN\0"))].into_iter().try_for_each(&mut number)?;
        bin.copy_to(out)?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests;
