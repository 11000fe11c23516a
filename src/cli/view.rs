//! `view`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::{SourceArgs, may_be_launched};
use super::values::seconds;

/// `view`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl view scene.wazex                                 opens the browser; Ctrl-C ends it
  scenectl view ws://localhost:9000/ws --root 2             a live scene, which is followed
  scenectl view scene.wazex --no-open                       prints {\"url\":\"http://127.0.0.1:PORT/\"}
  scenectl view scene.wazex --screenshot scene.png          needs a Chromium
  scenectl view scene.wazex --viewer node_modules/@kitware/vtk-wasm --wasm vtk-wasm32-emscripten.tar.gz

The page shows the scene with the real VTK.wasm viewer. The viewer and VTK's WebAssembly are not part of scenectl: \
say once where they are; that is remembered. Nothing is loaded from anywhere else.")]
pub struct ViewArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where the viewer is: viewer.umd.js, a folder or package (.tgz) with it, or a URL of either
    #[arg(long, value_name = "DIR|FILE|URL", value_hint = ValueHint::AnyPath, help_heading = "Viewer")]
    pub viewer: Option<String>,

    /// Where VTK's WebAssembly is: a folder or archive (.tgz) with vtkWebAssembly.wasm, or a URL of one
    #[arg(long, value_name = "DIR|TGZ|URL", value_hint = ValueHint::AnyPath, help_heading = "Viewer")]
    pub wasm: Option<String>,

    /// Serve the page here
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0", help_heading = "Viewer")]
    pub listen: String,

    /// Open no browser
    #[arg(long, help_heading = "Viewer")]
    pub no_open: bool,

    /// Stop after so long
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds, help_heading = "Viewer")]
    pub duration: Option<Duration>,

    /// Write a picture of the page (PNG) and end: with a Chromium without a window
    #[arg(long, value_name = "OUT.png", value_hint = ValueHint::FilePath, help_heading = "Picture")]
    pub screenshot: Option<PathBuf>,

    /// Overwrite the picture that is there
    #[arg(short, long, requires = "screenshot", help_heading = "Picture")]
    pub force: bool,

    /// Width and height of the picture, in pixels
    #[arg(long, value_name = "WxH", default_value = "1024x768", value_parser = pixels, requires = "screenshot", help_heading = "Picture")]
    pub size: (u32, u32),

    /// How long to wait for the scene to be drawn
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds, requires = "screenshot", help_heading = "Picture")]
    pub wait: Duration,

    /// The Chromium to use [default: the one that is found]
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::CommandName, help_heading = "Picture")]
    pub browser: Option<PathBuf>,
}

/// Sides that a picture may have.
const SIDES: std::ops::RangeInclusive<u32> = 1..=16_384;

fn pixels(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.parse::<u32>().ok().filter(|side| SIDES.contains(side));
    let sides = text.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?)));
    sides.ok_or_else(|| String::from("a size is written like 1024x768, each from 1 to 16384"))
}
