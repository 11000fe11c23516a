//! `attend`: what a browser is to a script.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::source::{ConnectionArgs, OutputArgs};
use super::values::{seconds, size};
use crate::protocol::CameraWish;

/// What may be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Until {
    /// A notification is shown
    Notification,
    /// A file has come as a whole
    Download,
    /// A picture was asked for, and answered
    Render,
    /// The server's program used what a browser stores
    Storage,
    /// The server moved the camera
    Camera,
    /// The scene changed
    Update,
}

/// `attend`
#[derive(Debug, Args)]
#[command(
    mut_arg("root", |arg| arg.hide(true)),
    after_help = "\
Examples:
  scenectl attend localhost:8080                             until Ctrl-C
  scenectl attend localhost:8080 --camera position=3,3,3,look_at=0,0,0,up=0,0,1,fov=75
  scenectl attend localhost:8080 --downloads . --until download --for 60
  scenectl attend localhost:8080 --render picture.png        the same picture for whoever asks
  scenectl attend localhost:8080 --render-exec 'my-renderer --stdin'
  scenectl attend localhost:8080 --for 5 -o mine.wazex       the scene as this client sees it
  scenectl attend localhost:8080 --json | jq -c 'select(.event == \"notification\")'

A viser script notices a client as soon as that says where its camera is. From then on it may show it \
notifications, send it files, move its camera, and ask it for pictures. Every request for a picture is \
answered: the script that asks would wait for ever. \
Without --downloads files are announced and dropped. Their names are made harmless, nothing is \
overwritten without --force (`name (1).ext`), and what is not whole is not there. \
JavaScript that the server wants to be run is never run. \
What --render-exec starts ends with its picture, its time, or this command; what it says on stderr is \
repeated with -v. With -o - stdout is the snapshot only, and what happens is told on stderr.

It exits with 0 when --for is over, on Ctrl-C and after --until's event; with 1 when that did not come; \
with 3 when a file was refused or broke off, or a picture could not be drawn; with 4 when the \
connection was lost."
)]
pub struct AttendArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port)
    #[arg(value_name = "URL")]
    pub source: String,

    /// Where the camera is: any of position, look_at, up (each x,y,z), fov (vertical, in degrees), near, far,
    /// width, height (pixels) [default: as the scene says, else position=3,3,3,look_at=0,0,0,up=0,0,1,fov=75,
    /// near=0.01,far=1000,width=1280,height=720]
    #[arg(long, value_name = "KEY=VALUE,…", value_parser = camera)]
    pub camera: Option<CameraWish>,

    /// Save the files that the server sends in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub downloads: Option<PathBuf>,

    /// Refuse files larger than this
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = size)]
    pub max_download: u64,

    /// Answer requests for pictures with this file (PNG or JPEG), or with `empty`: that there is none
    #[arg(long, value_name = "empty|FILE", default_value = "empty", value_hint = ValueHint::FilePath)]
    pub render: PathBuf,

    /// Answer requests for pictures with what this command prints: the request is JSON on its stdin, and in
    /// SCENECTL_WIDTH, SCENECTL_HEIGHT and SCENECTL_FORMAT
    #[arg(long, value_name = "COMMAND", conflicts_with = "render", value_hint = ValueHint::CommandString)]
    pub render_exec: Option<String>,

    /// Give up on that command after so long
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub render_timeout: Duration,

    /// Keep what the script stores in the browser in this JSON file [default: in memory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub local_storage: Option<PathBuf>,

    /// Stop after so long, counted from the connection (4 where no scene has come by then)
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub duration: Option<Duration>,

    /// Stop as soon as this has happened
    #[arg(long, value_name = "EVENT")]
    pub until: Option<Until>,

    /// Connect again so often when the connection is lost
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub retries: u32,

    /// Print JSON: a line an event
    #[arg(long)]
    pub json: bool,

    /// What is kept of the scene in the end.
    #[command(flatten)]
    pub output: OutputArgs,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `position=3,3,3,look_at=0,0,0,fov=75`
fn camera(text: &str) -> Result<CameraWish, String> {
    let mut wish = CameraWish::default();
    let mut pairs: Vec<(&str, Vec<&str>)> = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match (word.split_once('='), pairs.last_mut()) {
            (Some((key, value)), _) => pairs.push((key.trim(), vec![value.trim()])),
            (None, Some((_, values))) => values.push(word),
            (None, None) => return Err(format!("`{word}` is not KEY=VALUE: position=3,3,3 is")),
        }
    }
    if pairs.is_empty() {
        return Err(String::from("nothing is said of it: position=3,3,3 would be"));
    }
    for (key, values) in pairs {
        let numbers: Option<Vec<f64>> =
            values.iter().map(|value| value.parse().ok().filter(|number: &f64| number.is_finite())).collect();
        let numbers = numbers.ok_or_else(|| format!("{key}={}: that is no number", values.join(",")))?;
        let point =
            || <[f64; 3]>::try_from(numbers.clone()).map_err(|_| format!("{key} takes three numbers: {key}=3,3,3"));
        let above = |limit: f64| match numbers.as_slice() {
            [number] if *number > 0.0 && *number < limit => Ok(*number),
            _ => Err(format!(
                "{key} takes a number above 0{}",
                if limit < 1e9 { format!(" and below {limit}") } else { String::new() }
            )),
        };
        let pixels = || above(100_000.0).map(|number| number.round().max(1.0) as u32);
        match key {
            "position" => wish.position = Some(point()?),
            "look_at" => wish.look_at = Some(point()?),
            "up" => match point()? {
                [0.0, 0.0, 0.0] => return Err(String::from("up=0,0,0 is no direction")),
                up => wish.up = Some(up),
            },
            "fov" => wish.fov = Some(above(180.0)?),
            "near" => wish.near = Some(above(f64::MAX)?),
            "far" => wish.far = Some(above(f64::MAX)?),
            "width" => wish.width = Some(pixels()?),
            "height" => wish.height = Some(pixels()?),
            _ => return Err(format!("`{key}` is none of position, look_at, up, fov, near, far, width, height")),
        }
    }
    // What only the scene knows is looked at when that is there.
    if wish.position.is_some() && wish.position == wish.look_at {
        return Err(String::from("position and look_at are the same point: it would look nowhere"));
    }
    match (wish.near, wish.far) {
        (Some(near), Some(far)) if near >= far => Err(format!("near={near} is not below far={far}")),
        _ => Ok(wish),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_are_read_or_refused() {
        let wish = camera("position=1,2,3, fov=60,width=640").unwrap();
        assert_eq!((wish.position, wish.fov, wish.width), (Some([1.0, 2.0, 3.0]), Some(60.0), Some(640)));
        assert_eq!(wish.look_at, None);
        let bad =
            ["position=1,2", "fov=180", "fov=0", "1,2", "x=1", "up=0,0,0", "near=-1", "position=a,b,c", "fov=nan"];
        let bad = bad.into_iter().chain(["", " , ", "near=5,far=1", "near=1,far=1", "position=1,2,3,look_at=1,2,3.0"]);
        for bad in bad {
            assert!(camera(bad).is_err(), "{bad}");
        }
    }
}
