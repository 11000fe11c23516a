//! Where a scene comes from, and in which form it goes to a file.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::ArgPredicate;
use clap::{Arg, Args, ValueHint};

use super::values::{pair, seconds, size};

/// How to reach a live server; ignored for files.
#[derive(Clone, Debug, Args)]
pub struct ConnectionArgs {
    /// Pull only this root: its id (for VTK a render window's) or its view's name (repeatable) [default: all]
    #[arg(long, value_name = "ID|NAME", help_heading = "Connection")]
    pub root: Vec<String>,

    /// The server's secret [default: the one wslink uses]
    #[arg(long, env = "SCENECTL_SECRET", hide_env_values = true, value_name = "SECRET", help_heading = "Connection")]
    pub secret: Option<String>,

    /// Read the secret from a file (its first line)
    #[arg(long, value_name = "FILE", conflicts_with = "secret", value_hint = ValueHint::FilePath, help_heading = "Connection")]
    pub secret_file: Option<PathBuf>,

    /// Send a header with the handshake (repeatable)
    #[arg(long, value_name = "NAME: VALUE", help_heading = "Connection")]
    pub header: Vec<String>,

    /// Send a cookie with the handshake (repeatable)
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Connection")]
    pub cookie: Vec<String>,

    /// The websocket's path, where it is not /ws under the address
    #[arg(long, value_name = "PATH", help_heading = "Connection")]
    pub path: Option<String>,

    /// Do not check the server's certificate
    #[arg(long, help_heading = "Connection")]
    pub insecure: bool,

    /// Trust the certificates in this PEM file, too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Connection")]
    pub ca_file: Option<PathBuf>,

    /// Give up on a server that is silent for so long
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, help_heading = "Connection")]
    pub timeout: Duration,

    /// Refuse messages larger than this
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = size, help_heading = "Connection")]
    pub max_message: u64,

    /// The launcher.
    #[command(flatten)]
    pub launcher: LauncherArgs,
}

/// How to have a server started.
#[derive(Clone, Debug, Args)]
pub struct LauncherArgs {
    /// Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "application", help_heading = "Launcher")]
    pub launcher: Option<String>,

    /// The application to launch
    #[arg(long, value_name = "NAME", requires = "launcher", help_heading = "Launcher")]
    pub application: Option<String>,

    /// Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)
    #[arg(long, value_name = "KEY=VALUE", requires = "launcher", value_parser = pair, help_heading = "Launcher")]
    pub launcher_config: Vec<(String, serde_json::Value)>,

    /// Ask a launcher whose sessions are all in use again so often
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Launcher")]
    pub launcher_retries: u32,
}

/// A source and how to reach it.
#[derive(Clone, Debug, Args)]
pub struct SourceArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), a snapshot or what others export, a
    /// recording (FILE or FILE@12.5s, FILE@update:3), or demo:; see `scenectl help sources`
    // Verbs where nothing must follow it use `may_be_launched`.
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub source: String,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// What the source is of verbs that need a server.
pub(super) const LIVE: &str =
    "A server's address (ws://, wss://, http://, https://, host:port), or demo:; see `scenectl help sources`";

/// Lets the source be left out where a launcher is given: for verbs where no other argument must follow it. One that
/// may follow says its index itself, since clap puts a changed argument last.
pub(super) fn may_be_launched(source: Arg) -> Arg {
    let launched = source.index(1).required(false).required_unless_present("launcher");
    launched.default_value_if("launcher", ArgPredicate::IsPresent, "launcher:")
}

/// Where a snapshot goes, and in which form.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::AnyPath, help_heading = "Snapshot")]
    pub output: Option<PathBuf>,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,
}

/// In which form a snapshot is written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct FormArgs {
    /// Overwrite what is there
    #[arg(short, long, help_heading = "Snapshot")]
    pub force: bool,

    /// Deflate the entries of a zip (smaller, slower)
    #[arg(long, help_heading = "Snapshot")]
    pub compress: bool,

    /// Indent the states of a folder for reading; their bytes are then not the server's
    #[arg(long, help_heading = "Snapshot")]
    pub pretty: bool,
}
