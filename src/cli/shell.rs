//! `shell`, and what may be typed in it.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};

use super::change::{SaveArgs, SetWhat};
use super::examine::{DoctorWhat, TopWhat};
use super::look::{GetWhat, InfoWhat, LsWhat, TreeWhat};
use super::query::QueryWhat;
use super::source::{SourceArgs, may_be_launched};
use super::values::hinted;
use crate::scene::Selector;

/// `shell`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl shell scene.wazex                      ask and set; Tab completes, `help` says what
  scenectl shell localhost:8080                   `update` fetches what is new
  scenectl shell scene.wazex -c 'ls vtkActor; get 3'
  scenectl shell scene.wazex -c 'set vtkActor Visibility=0' -c 'save hidden.wazex'
  scenectl shell scene.wazex -f look.txt --keep-going
  some-program | scenectl shell scene.wazex > answers.txt

A line has commands between `;`, words with quotes as in sh, and comments behind #. The commands \
print what the verbs of the same name print. Without a terminal, or with -c or -f, the first command \
that fails, or whose answer is no, ends it with that command's exit code.")]
pub struct ShellArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Do this and end (repeatable)
    #[arg(short, long, value_name = "COMMANDS", conflicts_with = "file")]
    pub command: Vec<String>,

    /// Read the commands from a file, or - for stdin
    #[arg(short, long, value_name = "SCRIPT", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Go on behind a command that fails, and end with the worst exit code (4, then 2, 1, 3)
    #[arg(short, long)]
    pub keep_going: bool,
}

/// A command within a shell.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_help_subcommand = true, max_term_width = 100, styles = super::STYLES)]
pub struct ShellLine {
    /// What to do.
    #[command(subcommand)]
    pub command: ShellCommand,

    /// Say nothing but the answer and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// What may be typed in a shell. The verbs of the same name take the same arguments.
#[derive(Debug, Subcommand)]
pub enum ShellCommand {
    /// One page about the scene: protocol, versions, roots, counts, sizes, cameras
    Info(InfoWhat),
    /// List objects
    #[command(mut_arg("selector", |arg| arg.index(1)))]
    #[command(after_help = "Examples:\n  ls\n  ls vtkActor[Visibility=0]\n  ls /Renderers/0/ViewProps/*")]
    Ls(LsWhat),
    /// Show objects as the tree they own each other in
    #[command(mut_arg("selector", |arg| arg.index(1)))]
    #[command(after_help = "Examples:\n  tree\n  tree /Renderers/0/ViewProps/0 --depth 3")]
    Tree(TreeWhat),
    /// Print a state, or a value in it
    #[command(after_help = "\
Examples:
  get 12                            a whole state
  get 12 Property.Color             a value; references are followed
  get vtkActor Property.Color       of every actor
  get vtkPolyData Points.Data[10:20]")]
    Get(GetWhat),
    /// Find where a text stands: in classes, names of properties, and values
    #[command(after_help = "\
Examples:
  find Elevation           in every object, whatever the case
  find 0.5 vtkProperty     in objects of a class")]
    Find(FindArgs),
    /// Ask the whole scene, in jq
    #[command(after_help = "\
Examples:
  query '.objects | length'
  query -r '.objects[] | select(.state.Visibility == 0) | .path'")]
    Query(QueryWhat),
    /// Change properties of existing objects, in memory
    #[command(after_help = "\
Examples:
  set 3 Background=[1,0,0]
  set vtkActor Visibility=0 Property.Opacity=0.5
  set vtkTextActor 'Input=\"hello\"'

A server is never changed. `save OUT` writes the scene, `update` keeps what was set.")]
    Set(ShellSetArgs),
    /// Find what will not show, and say why
    Doctor(DoctorWhat),
    /// Show what makes the scene big
    Top(TopWhat),
    /// Fetch what is new on a live server; what was set here stays set
    #[command(after_help = "\
What was set here is set again on what the server has now. Where the server has another value than before, too, ours \
stays, and both are told of. What was set in an object that is gone is lost, and told of.")]
    Update(UpdateArgs),
    /// Write the scene as it is here
    #[command(
        after_help = "Examples:\n  save out.wazex\n  save folder/ --pretty\n  save -f out.wazex     over what is there"
    )]
    Save(SaveArgs),
    /// Create an object: a session does not support that
    New(NewArgs),
    /// Delete objects: a session does not support that
    Delete(DeleteArgs),
    /// List the commands, or explain one
    Help(ShellHelpArgs),
    /// Leave
    #[command(visible_alias = "exit")]
    Quit,
}

/// `find` within a shell.
#[derive(Debug, Args)]
pub struct FindArgs {
    /// What to look for
    #[arg(value_name = "TEXT", value_parser = some_text)]
    pub text: String,

    /// In which objects [default: all]
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Option<Selector>,

    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,

    /// Exit with 1 when nothing is found
    #[arg(long)]
    pub exit_status: bool,
}

/// `set` within a shell.
#[derive(Debug, Args)]
pub struct ShellSetArgs {
    /// What to change.
    #[command(flatten)]
    pub what: SetWhat,

    /// Let values change their kind
    #[arg(short, long)]
    pub force: bool,
}

/// `update` within a shell.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// Print JSON: the line of `watch --json`, and one for what was set here
    #[arg(long)]
    pub json: bool,

    /// Forget what was set here: the scene is then the server's
    #[arg(long)]
    pub discard: bool,
}

/// `new` within a shell.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Of which class
    #[arg(value_name = "CLASS")]
    pub class: String,
}

/// `delete` within a shell.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// Which objects
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,
}

/// `help` within a shell.
#[derive(Debug, Args)]
pub struct ShellHelpArgs {
    /// Which command
    #[arg(value_name = "COMMAND", action = ArgAction::Set)]
    pub command: Option<String>,
}

fn some_text(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("a text is missing") } else { Ok(text.to_owned()) }
}
