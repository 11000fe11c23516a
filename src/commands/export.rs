//! `export`: what shows of a scene, as a file for programs that know no scenes.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::load::{load, outcome};
use super::{Context, Outcome, Refused, UsageError};
use crate::analysis::shapes::{Loss, LossKind, Shapes, Up, Wanted};
use crate::cli::{ExportArgs, UpAxis};
use crate::export::glb::{self, GlbError, Summary, Written};
use crate::protocol;
use crate::render::{bytes, count, note};
use crate::scene::{ObjectId, Scene};
use crate::snapshot::{AtomicFile, SnapshotError};
use crate::source::Source;

/// Objects of a loss that are named in a line; the rest is counted.
const NAMED: usize = 3;

pub(super) fn run(context: &mut Context, args: ExportArgs) -> Result<Outcome> {
    check(context, &args)?;
    let loaded = load(context, &args.source)?;
    let scene = &loaded.scene;
    if scene.without_blobs {
        let text = format!("{} is a baseline without its blobs: nothing would show", args.source.source);
        return Err(Refused { text, hint: Some("export the scene itself, or accept it with --blobs") }.into());
    }
    let up = args.up.map(|up| match up {
        UpAxis::Y => Up::Y,
        UpAxis::Z => Up::Z,
    });
    let wanted = Wanted { roots: roots(scene, &args.source.connection.root)?, up };
    let protocol = protocol::by_dialect(scene.dialect().name()).unwrap_or_else(protocol::usual);
    let shapes = protocol.shapes(scene, &wanted);
    if shapes.views.is_empty() {
        let text = String::from("there is nothing to look at: no root is a window");
        return Err(Refused { text, hint: Some("`scenectl info SOURCE` lists the roots") }.into());
    }
    let written = write(context, shapes, &args)?;
    if args.json && !is_stdout(&args.output) {
        let source = Source::parse(&args.source.source)?.name();
        context.out.line(document(&written, &source, &args.output).to_string())?;
    }
    if !context.global.quiet {
        tell(&written, &args.output);
    }
    Ok(outcome(loaded.incomplete || written.losses.are_damage()))
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Refuses what cannot be written before anything is read.
fn check(context: &Context, args: &ExportArgs) -> Result<()> {
    let path = &args.output;
    if is_stdout(path) {
        return super::pull::refuse_terminal(context, path);
    }
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let (what, hint) = match extension.as_deref() {
        Some("glb") if path.exists() && !args.force => {
            return Err(SnapshotError::Exists { path: path.clone() }.into());
        }
        Some("glb") => return Ok(()),
        Some("gltf") => (
            "glTF is written as one binary file, .glb",
            "name it .glb: what reads .gltf reads that, too, and all is in it",
        ),
        _ => {
            ("scenes are exported as .glb", "`scenectl convert` writes snapshots: .wazex, .vtk-wasm, .zip, or a folder")
        }
    };
    Err(UsageError { text: format!("{}: {what}", path.display()), hint: Some(hint) }.into())
}

/// The roots that are meant. A server was asked for them alone; a file has all.
fn roots(scene: &Scene, wanted: &[String]) -> Result<Vec<ObjectId>> {
    let find = |wanted: &String| {
        scene.root(wanted).map(|root| root.id.clone()).ok_or_else(|| {
            let text = format!("there is no root {wanted:?}");
            Refused { text, hint: Some("`scenectl info SOURCE` lists the roots") }.into()
        })
    };
    wanted.iter().map(find).collect()
}

fn write(context: &mut Context, shapes: Shapes<'_>, args: &ExportArgs) -> Result<Written> {
    let path = &args.output;
    let named = |error: GlbError| match error {
        GlbError::Write(source) => SnapshotError::Io { verb: "write", path: path.clone(), source }.into(),
        other => anyhow::Error::from(other),
    };
    if is_stdout(path) {
        return glb::write(shapes, context.out.writer()).map_err(named);
    }
    let mut file = AtomicFile::create(path, args.force)?;
    let written = glb::write(shapes, &mut file).map_err(named)?;
    file.commit()?;
    Ok(written)
}

/// What is in the file, and what is not, for people.
fn tell(written: &Written, path: &Path) {
    let Summary { bytes: size, nodes, meshes, vertices: _, triangles, lines, points, textures, cameras, lights } =
        written.summary;
    let mut parts = vec![count(nodes, "node")];
    parts.push(if meshes == 1 { String::from("1 mesh") } else { format!("{meshes} meshes") });
    let counts = [
        (triangles, "triangle"),
        (lines, "line"),
        (points, "point"),
        (textures, "texture"),
        (cameras, "camera"),
        (lights, "light"),
    ];
    parts.extend(counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| count(n, noun)));
    note(format!("wrote {} ({}): {}", path.display(), bytes(size), parts.join(", ")));
    if written.hidden > 0 {
        note(format!("left out  {} that {} invisible", written.hidden, if written.hidden == 1 { "is" } else { "are" }));
    }
    for (kind, reason, loss) in written.losses.iter() {
        let word = match kind {
            LossKind::Damaged => "damaged ",
            LossKind::Unsupported => "lost    ",
        };
        note(format!("{word}  {reason}: {}", who(loss)));
    }
    if meshes == 0 {
        note("nothing shows: there is no mesh in the file");
    }
}

/// Some of the objects of a loss.
fn who(loss: &Loss) -> String {
    let named = loss.objects.iter().zip(&loss.details).take(NAMED);
    let mut text = named
        .map(|(object, detail)| if detail.is_empty() { object.clone() } else { format!("{object} ({detail})") })
        .collect::<Vec<_>>()
        .join(", ");
    let more = loss.count.saturating_sub(NAMED as u64);
    if more > 0 {
        text.push_str(&format!(", and {more} more"));
    }
    text
}

/// The same for programs.
fn document(written: &Written, source: &str, path: &Path) -> Value {
    let Summary { bytes, nodes, meshes, vertices, triangles, lines, points, textures, cameras, lights } =
        written.summary;
    let losses = written.losses.iter().map(|(kind, reason, loss)| {
        let objects = loss.objects.iter().zip(&loss.details);
        let objects: Vec<Value> = objects
            .map(|(object, detail)| json!({"object": object, "detail": Some(detail).filter(|text| !text.is_empty())}))
            .collect();
        json!({"kind": kind.name(), "reason": reason, "count": loss.count, "objects": objects})
    });
    json!({
        "version": 1,
        "source": source,
        "output": path,
        "format": "glb",
        "bytes": bytes,
        "contents": {
            "nodes": nodes,
            "meshes": meshes,
            "vertices": vertices,
            "triangles": triangles,
            "lines": lines,
            "points": points,
            "textures": textures,
            "cameras": cameras,
            "lights": lights,
        },
        "hidden": written.hidden,
        "losses": losses.collect::<Vec<_>>(),
    })
}
