//! The verbs that look: `info`, `ls`, `tree`, `get`.

use clap::Args;

use super::source::{SourceArgs, may_be_launched};
use super::values::hinted;
use crate::scene::{Path, Selector};

/// `info`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl info scene.wazex
  scenectl info localhost:8080 --json")]
pub struct InfoArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `ls`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl ls scene.wazex                       all objects
  scenectl ls scene.wazex vtkActor              of a class, or derived from it
  scenectl ls scene.wazex 'vtkActor[Visibility=0]'
  scenectl ls scene.wazex '/Renderers/0/ViewProps/*'
  scenectl ls localhost:8080 //vtkTexture --json")]
pub struct LsArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects [default: all]
    #[arg(index = 2, value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Option<Selector>,

    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,

    /// Exit with 1 when nothing matches
    #[arg(long)]
    pub exit_status: bool,
}

/// `tree`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl tree scene.wazex
  scenectl tree scene.wazex '/Renderers/0/ViewProps/0' --depth 3")]
pub struct TreeArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to start [default: the roots]
    #[arg(index = 2, value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Option<Selector>,

    /// Go no deeper than this
    #[arg(short, long, value_name = "N")]
    pub depth: Option<usize>,

    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `get`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl get scene.wazex 12                                  a whole state
  scenectl get scene.wazex 1 Renderers.Items.0.Background      a value; references are followed
  scenectl get scene.wazex vtkActor Property.Color             of every actor
  scenectl get scene.wazex '/Renderers/0/ViewProps/2' visibility")]
pub struct GetArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// Which value; property names may start in lower case
    #[arg(value_name = "PATH", value_parser = hinted::<Path>)]
    pub value_path: Option<Path>,

    /// Print one JSON object a line: id, class, path, value
    #[arg(long)]
    pub json: bool,
}
