//! `watch`, `ping`, `call` and `sub`: what there is to a live server beside its scene.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::{ConnectionArgs, may_be_launched};
use super::values::seconds;

/// `ping`
#[derive(Debug, Args)]
#[command(
    mut_arg("source", may_be_launched),
    mut_arg("root", |arg| arg.help("Ask for the status of this root: its id (for VTK a render window's) or its view's name [default: the first]")),
    after_help = "\
Examples:
  scenectl ping localhost:8080
  scenectl ping https://hub.example/user/me/proxy/8080/ --cookie 'session=…'
  scenectl ping wss://scenes.example/ws --ca-file our-ca.pem
  scenectl ping localhost:8080 --count 10 --interval 0.5      how its times vary
  scenectl ping localhost:8080 --json | jq -r .cause

The steps are those that every verb takes: the host's name, TCP, TLS, the websocket (each path that is \
tried, each redirect that is followed), the hello, the roots, and the status of the first root. Where it \
goes no further, the cause is told, and what to do about it; nothing of the scene is fetched. \
It exits with 4 when a try did not reach a scene. docs/json.md lists the causes."
)]
pub struct PingArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), or demo:
    #[arg(value_name = "URL")]
    pub source: String,

    /// Try so often, and summarise
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub count: u64,

    /// Wait so long between two tries
    #[arg(short, long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub interval: Duration,

    /// Print JSON: a document a try, and with --count one in the end
    #[arg(long)]
    pub json: bool,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `call`
#[derive(Debug, Args)]
#[command(
    mut_arg("root", |arg| arg.hide(true)),
    after_help = "\
Examples:
  scenectl call localhost:8080 trame.state.get
  scenectl call localhost:8080 vtklocal.get.status 1
  scenectl call localhost:8080 trame.state.update '[[{\"key\": \"resolution\", \"value\": 12}]]'
  scenectl call localhost:8080 trame.trigger '\"step\"' '[1]' '{}'
  scenectl call localhost:8080 vtklocal.get.state --kwarg obj_id=2
  scenectl call localhost:8080 vtklocal.get.hash -s 1771499955 -o points.bin
  scenectl call localhost:8080 app.upload @mesh.vtp                 the file's bytes

The answer is printed as JSON, as the server sent it. Binary data in it goes to files with -o, and \
stands there as {\"$binary\": {\"bytes\": N, \"file\": \"…\"}}; an answer that is binary data alone \
goes to -o, or to stdout where that is no terminal. \
It exits with 1 when the server answers with an error. `application.exit` is never called."
)]
pub struct CallArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), or demo:
    #[arg(value_name = "URL")]
    pub source: String,

    /// The method
    #[arg(value_name = "METHOD")]
    pub method: String,

    /// Its arguments: each is JSON, or @FILE for the file's bytes (@@x is the string "@x")
    #[arg(value_name = "JSON", allow_negative_numbers = true)]
    pub args: Vec<String>,

    /// Take all arguments as strings, as they are: 12 for '"12"'
    #[arg(short = 's', long)]
    pub text: bool,

    /// An argument by its name (repeatable); the value as above
    #[arg(short, long, value_name = "NAME=JSON")]
    pub kwarg: Vec<String>,

    /// Write binary data of the answer to this file (more of it to OUT.2, OUT.3 …), or into this folder
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::AnyPath)]
    pub output: Option<PathBuf>,

    /// Overwrite what is there
    #[arg(short, long, requires = "output")]
    pub force: bool,

    /// Print JSON always: an error as {"error": …}, binary data as its size
    #[arg(long)]
    pub json: bool,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `sub`
#[derive(Debug, Args)]
#[command(
    mut_arg("root", |arg| arg.hide(true)),
    after_help = "\
Examples:
  scenectl sub localhost:8080                                all that it publishes, until Ctrl-C
  scenectl sub localhost:8080 trame.state.topic --count 1    wait for one
  scenectl sub localhost:8080 'trame.*' --for 10
  scenectl sub localhost:8080 image.push -o frames/          keep binary data

A line a message: {\"t\": seconds, \"topic\": …, \"bytes\": N, \"data\": …}. Binary data stands there \
as {\"$binary\": {\"bytes\": N}}; with -o it goes to files, which are named there, too."
)]
pub struct SubArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), or demo:
    #[arg(value_name = "URL")]
    pub source: String,

    /// Only these topics; * stands for anything [default: all]
    #[arg(value_name = "TOPIC")]
    pub topics: Vec<String>,

    /// Stop after so many messages
    #[arg(short = 'n', long, value_name = "N")]
    pub count: Option<u64>,

    /// Stop after so long
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub duration: Option<Duration>,

    /// Exit with 1 when nothing came
    #[arg(long)]
    pub exit_status: bool,

    /// Write binary data into this folder
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output: Option<PathBuf>,

    /// Overwrite what is there
    #[arg(short, long, requires = "output")]
    pub force: bool,

    /// Connect again so often when the connection is lost
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub retries: u32,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `watch`
#[derive(Debug, Args)]
#[command(
    mut_arg("source", may_be_launched),
    after_help = "\
Examples:
  scenectl watch localhost:8080                     what changes, live, until Ctrl-C
  scenectl watch localhost:8080 --updates 10 --json
  scenectl watch localhost:8080 --for 60 --leaks    what the updates leave behind
  scenectl watch localhost:8080 --assert '.ms < 100' --assert '.scene.objects < 5000'
  scenectl watch localhost:8080 --assert '.changed | all(.class != \"vtkCamera\")'

--assert takes jq, over what --json prints for an update; docs/json.md describes it. It is asked for \
every update that the server announces, and the first that yields false or null, or fails, ends the \
watch with exit code 1."
)]
pub struct WatchArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), or demo:
    #[arg(value_name = "URL")]
    pub source: String,

    /// Stop after so many updates
    #[arg(long, value_name = "N")]
    pub updates: Option<u64>,

    /// Stop after so long, counted from the connection (4 where no scene has come by then)
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub duration: Option<Duration>,

    /// Look for what the server keeps: ids that climb, blobs that left the scene and are still served
    #[arg(long)]
    pub leaks: bool,

    /// Exit with 1 as soon as this jq expression does not hold for an update (repeatable)
    #[arg(long, value_name = "JQ")]
    pub assert: Vec<String>,

    /// Connect again so often when the connection is lost
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub retries: u32,

    /// Print JSON: a line an update, and one in the end
    #[arg(long)]
    pub json: bool,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}
