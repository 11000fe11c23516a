//! Sessions: `record`, `import`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::{LIVE, SourceArgs, may_be_launched};
use super::values::seconds;

/// `record`
#[derive(Debug, Args)]
#[command(mut_arg("source", |arg| may_be_launched(arg).help(LIVE)))]
#[command(after_help = "\
Examples:
  scenectl record localhost:8080 -o session.mcap               until Ctrl-C
  scenectl record localhost:8080 -o session.mcap --for 60      for a minute
  scenectl record localhost:8080 -o session.mcap --updates 20  until 20 updates have come
  scenectl info session.mcap                                   what is in it
  scenectl get session.mcap@12.5s vtkCamera Position           the scene as it was 12.5 s after the start
  scenectl diff session.mcap@update:1 session.mcap@update:3
  scenectl replay session.mcap                                 be the server of that session again

A recording is an MCAP file: other tools open it, too. It has its name from the start and can be read up \
to wherever it was cut. Secrets are taken out on the way in.")]
pub struct RecordArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// The recording to write (.mcap), or - for stdout
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,

    /// Overwrite what is there
    #[arg(short, long)]
    pub force: bool,

    /// Stop after so long, counted from the connection
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub duration: Option<Duration>,

    /// Stop after so many updates; 0 records the first hydration only
    #[arg(long, value_name = "N")]
    pub updates: Option<u64>,

    /// Connect again so often when the connection is lost
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub retries: u32,

    /// Print a line of JSON per update, and one at the end
    #[arg(long)]
    pub json: bool,
}

/// `import`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl import page.har -o session.mcap          what Chrome saves as `HAR with content`, or Playwright's recordHar
  scenectl import session.frames.jsonl -o session.mcap
  scenectl replay session.mcap                      then everything works on it

In Chrome: developer tools, Network, load the page, `Export HAR (with sensitive data)`. Only websocket messages \
and addresses are taken over: no headers, cookies or queries. What the server announced and the page never \
asked for is told. Lines of frames are \
{\"t\":SECONDS,\"conn\":N,\"dir\":\"c2s\"|\"s2c\",\"type\":\"binary\"|\"text\"|\"close\",\"b64\":…}.")]
pub struct ImportArgs {
    /// The capture: a HAR file, or lines of frames (.jsonl)
    #[arg(value_name = "CAPTURE", value_hint = ValueHint::FilePath)]
    pub capture: PathBuf,

    /// The recording to write (.mcap), or - for stdout
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,

    /// Overwrite what is there
    #[arg(short, long)]
    pub force: bool,

    /// Print what was imported as JSON
    #[arg(long)]
    pub json: bool,
}
