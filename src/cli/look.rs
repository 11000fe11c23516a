//! The verbs that look: `info`, `ls`, `tree`, `get`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::source::{SourceArgs, may_be_launched};
use super::values::hinted;
use crate::scene::{Selector, SlicedPath};

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

    /// What is wanted of it.
    #[command(flatten)]
    pub what: InfoWhat,
}

/// What `info` is asked of a scene.
#[derive(Debug, Args)]
pub struct InfoWhat {
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

    /// What is wanted of it.
    #[command(flatten)]
    pub what: LsWhat,
}

/// What `ls` is asked of a scene.
#[derive(Debug, Args)]
pub struct LsWhat {
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

    /// What is wanted of it.
    #[command(flatten)]
    pub what: TreeWhat,
}

/// What `tree` is asked of a scene.
#[derive(Debug, Args)]
pub struct TreeWhat {
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
  scenectl get scene.wazex '/Renderers/0/ViewProps/2' visibility
  scenectl get scene.viser /robot/arm --world                  where a node is in the world
  scenectl get scene.wazex 16                                  what is in an array
  scenectl get scene.wazex vtkPolyData 'Points.Data[10:20]'    rows of an array, as Python has it
  scenectl get scene.wazex 16 '[-1]'                           its last row
  scenectl get scene.wazex 16 --npy -o points.npy              for numpy.load; --csv and --raw, too")]
pub struct GetArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// What is wanted of it.
    #[command(flatten)]
    pub what: GetWhat,
}

/// What `get` is asked of a scene.
#[derive(Debug, Args)]
pub struct GetWhat {
    /// Which objects
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// Which value; property names may start in lower case. Rows of an array at its end: [5], [10:20], [-5:], [::2]
    #[arg(value_name = "PATH", value_parser = hinted::<SlicedPath>)]
    pub value_path: Option<SlicedPath>,

    /// Print one JSON object a line: id, class, path, value, and of an array its type, shape and ranges
    #[arg(long)]
    pub json: bool,

    /// Print an array's state, not what is in it
    #[arg(long)]
    pub state: bool,

    /// Print where nodes are in the world: position, wxyz, visible, through all nodes above them (viser)
    #[arg(long, conflicts_with_all = ["value_path", "state", "form"])]
    pub world: bool,

    /// How to write an array's values.
    #[command(flatten)]
    pub form: ArrayFormArgs,

    /// Write the values to a file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "form", help_heading = "Values of an array")]
    pub output: Option<PathBuf>,

    /// Overwrite what is there
    #[arg(short, long, requires = "output", help_heading = "Values of an array")]
    pub force: bool,
}

/// How to write an array's values.
#[derive(Clone, Copy, Debug, Args)]
#[group(id = "form", multiple = false, conflicts_with_all = ["json", "state"])]
pub struct ArrayFormArgs {
    /// Write an array's bytes
    #[arg(long, help_heading = "Values of an array")]
    pub raw: bool,

    /// Write a NumPy file
    #[arg(long, help_heading = "Values of an array")]
    pub npy: bool,

    /// Write a header and a line per row
    #[arg(long, help_heading = "Values of an array")]
    pub csv: bool,
}

/// A form for an array's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayForm {
    /// Its bytes.
    Raw,
    /// A NumPy file.
    Npy,
    /// Lines of text.
    Csv,
}

impl ArrayFormArgs {
    /// The one that was asked for.
    pub fn chosen(self) -> Option<ArrayForm> {
        let forms = [(self.raw, ArrayForm::Raw), (self.npy, ArrayForm::Npy), (self.csv, ArrayForm::Csv)];
        forms.into_iter().find_map(|(is_chosen, form)| is_chosen.then_some(form))
    }
}
