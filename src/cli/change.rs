//! The verbs that write another scene: `set`, `convert`, `patch`, `extract`; and `export`, which writes what shows of one.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::source::{FormArgs, SourceArgs};
use super::values::hinted;
use crate::scene::{Assignment, Selector};

/// `set`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl set scene.wazex 3 'Background=[1,0,0]' -o red.wazex
  scenectl set scene.wazex vtkActor Visibility=0 Property.Opacity=0.5 -o out.wazex
  scenectl set scene.wazex 'vtkTextActor' 'Input=\"hello\"' -o out.wazex
  scenectl set localhost:8080 'GuiSlider[props.label=alpha]' value=0.5      on a live viser server
  scenectl set localhost:8080 'GuiButton[props.label=press]' value=true    press it
  scenectl set localhost:8080 GuiForm submit=true; scenectl set localhost:8080 RegisterCommand trigger=true
  scenectl set localhost:8080 GuiUploadButton file=@mesh.ply
  scenectl set localhost:8080 /gizmo 'position=[1,0,0]' 'wxyz=[1,0,0,0]'

Only existing properties of existing objects are set, to values of the same kind (--force: to any). \
Without -o, the live server SOURCE is told, as far as its protocol lets clients set anything: viser's \
do, for what its page lets people do, and nothing else is sent. Where the server tells other clients \
of it, that is waited for: `confirmed`, `changed` (its script made it something else), or \
`not confirmed` (exit code 3). Of presses it tells nobody: `sent`.")]
pub struct SetArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// What to change.
    #[command(flatten)]
    pub what: SetWhat,

    /// Where to write the changed scene; without it, it is set on the live server SOURCE
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::AnyPath)]
    pub output: Option<PathBuf>,

    /// How to write it. `--force` also lets values change their kind; on a live server it sets what is disabled.
    #[command(flatten)]
    pub form: FormArgs,
}

/// What `set` changes in a scene.
#[derive(Debug, Args)]
pub struct SetWhat {
    /// Which objects: all that match are changed
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// What to set
    #[arg(value_name = "PATH=JSON", required = true, value_parser = assignment)]
    pub assignments: Vec<Assignment>,

    /// Print JSON: what was changed, from what to what
    #[arg(long)]
    pub json: bool,
}

/// `convert`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl convert scene.wazex scene/ --pretty    to look at with other tools
  scenectl convert scene/ scene.wazex             and back, byte for byte
  scenectl convert old.vtk-wasm small.wazex --compress
  scenectl convert page.html scene.wazex          what trame's export_html put into a page
  scenectl convert scene.states.json scene.wazex --vtk 9.7.2     what vtkObjectManager.Export wrote
  scenectl convert session.mcap session.viser     a session with a viser server, for its page to play")]
pub struct ConvertArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to.
    #[command(flatten)]
    pub to: SaveArgs,

    /// The version of VTK that made the scene, where SOURCE does not say: Export and ExportToBytes do not
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub vtk: Option<String>,
}

/// Where `convert` and a shell's `save` write a scene.
#[derive(Debug, Args)]
pub struct SaveArgs {
    /// Where to write: a file (.wazex, .vtk-wasm, .zip, .viser), a folder (ends with / or has no extension), or - for stdout
    #[arg(value_name = "OUT", value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,
}

/// `patch`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl diff a.wazex b.wazex --json-patch > a-to-b.json
  scenectl patch a.wazex a-to-b.json -o b2.wazex
  echo '[{\"op\":\"replace\",\"path\":\"/states/5/Visibility\",\"value\":0}]' | scenectl patch a.wazex - -o out.wazex

A patch is JSON Patch (RFC 6902) with paths /states/ID/PROPERTY, /blobs/HASH (base64) and /roots. \
Either all of it is done or nothing.")]
pub struct PatchArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// The patch, or - for stdin
    #[arg(value_name = "PATCH", value_hint = ValueHint::FilePath)]
    pub patch: PathBuf,

    /// Where to write the patched scene
    #[arg(short, long, value_name = "OUT", required = true, value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,
}

/// `extract`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl extract scene.wazex '/Renderers/0/ViewProps/3' -o one-actor.wazex
  scenectl extract scene.wazex vtkTextActor -o texts.wazex
  scenectl extract scene.wazex //vtkTexture -o textured.wazex     the actors that use a texture
  scenectl extract two-layers.wazex /Renderers/1 -o layer.wazex

What stays: the selected actors, volumes and texts, what they need, and the window, renderer, camera and lights \
that show them. A mapper, data or an array stands for the actors that use it, a renderer for all that it shows. \
Controls, commands and messages of a viser scene go.")]
pub struct ExtractArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// Where to write: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout
    #[arg(short, long, value_name = "OUT", required = true, value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,

    /// Print JSON: what was kept, of how much
    #[arg(long)]
    pub json: bool,
}

/// `PATH=JSON`, or `file=@PATH` for a file that is uploaded.
fn assignment(text: &str) -> Result<Assignment, String> {
    match text.strip_prefix("file=@") {
        Some(file) => {
            let path = hinted("file")?;
            Ok(Assignment { path, value: serde_json::Value::from(format!("@{file}")).to_string() })
        }
        None => hinted(text),
    }
}

/// `export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl export scene.wazex scene.glb           what shows now, for Blender, three.js, PowerPoint, ...
  scenectl export ws://localhost:1234/ws scene.glb --root 1
  scenectl export robot.wazex robot.glb --up z    the scene's Z points up; glTF's Y does
  scenectl export scene.wazex - > scene.glb        to stdout

A .glb is binary glTF 2.0: meshes, lines, points with their colours, textures, cameras, lights. What it cannot hold \
(volumes, texts, ...) is listed and changes nothing about the exit code: it is 3 only where the scene itself is broken, \
for instance a blob is missing or points are NaN. Each window is a scene of the file; --root takes some, of files too. \
What goes in and what does not: docs/formats.md.")]
pub struct ExportArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to write: a .glb file, or - for stdout
    #[arg(value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,

    /// Overwrite what is there
    #[arg(short, long)]
    pub force: bool,

    /// The axis that points up in the scene [default: what the protocol knows: y in VTK's scenes; viser says itself]
    #[arg(long, value_name = "AXIS")]
    pub up: Option<UpAxis>,

    /// Print JSON: what is in the file, and what was lost
    #[arg(long)]
    pub json: bool,
}

/// An axis that points up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UpAxis {
    /// As in glTF
    Y,
    /// As in worlds of robots and maps
    Z,
}

/// A version of VTK: numbers and dots.
fn version(text: &str) -> Result<String, String> {
    let is_version = text.split('.').count() >= 2
        && text.split('.').all(|part| !part.is_empty() && part.len() < 12 && part.bytes().all(|b| b.is_ascii_digit()));
    if is_version { Ok(text.to_owned()) } else { Err(String::from("a version is written like 9.7.2")) }
}
