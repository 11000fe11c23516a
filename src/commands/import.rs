//! `import`: what a browser captured, as a recording.

use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;

use anyhow::Result;
use serde_json::json;

use super::load::outcome;
use super::pull::refuse_terminal;
use super::{Context, Outcome, UsageError, own};
use crate::cli::ImportArgs;
use crate::protocol::{self, Happening, Keep, Kind, Protocol, Traffic, Unasked};
use crate::recording::{Recorder, RecorderOptions, Summary};
use crate::render::{bytes, count};
use crate::source::capture::{Capture, CaptureError, Read};

/// Names of what nobody asked for that are printed.
const NAMED: usize = 5;

/// Messages that are looked at to find out what is spoken.
const TELLING: u32 = 1000;

pub(super) fn run(context: &mut Context, args: ImportArgs) -> Result<Outcome> {
    refuse_terminal(context, &args.output)?;
    own::refuse_session(&args.output)?;
    if let (Ok(from), Ok(to)) = (args.capture.canonicalize(), args.output.canonicalize())
        && from == to
    {
        let text = format!("{} cannot be read and overwritten at once", args.capture.display());
        return Err(UsageError { text, hint: Some("name another file with -o") }.into());
    }
    let capture = Capture::open(&args.capture)?;
    let protocol = spoken(&capture)?;
    let options = RecorderOptions { force: args.force, protocol: Some(protocol), secrets: Vec::new() };
    let start = capture.start().unwrap_or_else(SystemTime::now);
    let recorder = Recorder::create_at(&args.output, options, start)?;
    let imported = import(&capture, protocol, &mut |traffic| {
        recorder.add(traffic);
        Ok(())
    });
    let imported = match imported {
        Ok(imported) => imported,
        Err(error) => {
            let _ = recorder.discard();
            return Err(error.into());
        }
    };
    let summary = recorder.finish()?;
    for (connection, reason) in &imported.unreadable {
        context.warn(format!("connection {connection} is not understood: {reason}"));
    }
    if imported.read.skipped > 0 {
        context.warn(format!("{} could not be read", count(imported.read.skipped, "message")));
    }
    print(context, &args, &imported, summary)?;
    Ok(outcome(imported.read.skipped > 0 || !imported.unreadable.is_empty()))
}

fn print(context: &mut Context, args: &ImportArgs, imported: &Imported, summary: Summary) -> Result<()> {
    if args.json {
        let unasked = |kind: &Unasked| json!({"what": kind.what, "announced": kind.announced, "never_asked_for": kind.unasked, "first": kind.first});
        let line = json!({
            "recording": args.output.display().to_string(),
            "connections": imported.urls,
            "messages": summary.messages,
            "bytes": summary.bytes,
            "file_bytes": summary.file_bytes,
            "skipped": imported.read.skipped,
            "unasked": imported.unasked.iter().map(unasked).collect::<Vec<_>>(),
        });
        context.out.line(line.to_string())?;
        return Ok(());
    }
    context.out.line(format!(
        "wrote {}: {}, {} ({} in the file)",
        args.output.display(),
        count(imported.urls.len() as u64, "connection"),
        count(summary.messages, "message"),
        bytes(summary.file_bytes),
    ))?;
    for kind in imported.unasked.iter().filter(|kind| kind.unasked > 0) {
        let first: Vec<&str> = kind.first.iter().take(NAMED).map(String::as_str).collect();
        let more = if kind.unasked > first.len() as u64 { ", …" } else { "" };
        context.out.line(format!(
            "never asked for: {} of {} ({}{more})",
            kind.unasked,
            count(kind.announced, kind.what),
            first.join(", "),
        ))?;
    }
    Ok(())
}

/// What was imported.
#[derive(Debug)]
struct Imported {
    read: Read,
    /// The addresses of the connections.
    urls: Vec<String>,
    /// Messages of a connection that are not of the protocol; what follows on it was not understood.
    unreadable: BTreeMap<u32, String>,
    /// What was announced and never asked for.
    unasked: Vec<Unasked>,
}

/// What is spoken in a capture: what the first message that tells it says.
fn spoken(capture: &Capture) -> Result<&'static dyn Protocol, CaptureError> {
    let (mut found, mut looked) = (None, 0);
    let read = capture.read(&mut |traffic| {
        if let Happening::Message(direction, message) = &traffic.what {
            found = protocol::recognise(*direction, message);
            looked += 1;
        }
        // There is no need to read on.
        if found.is_some() || looked >= TELLING { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    });
    match read {
        Err(CaptureError::Keep(_)) | Ok(_) => Ok(found.unwrap_or_else(protocol::usual)),
        Err(error) => Err(error),
    }
}

/// Reads a capture, hands everything that happened to `keep`, and listens to it.
fn import(
    capture: &Capture,
    protocol: &'static dyn Protocol,
    keep: &mut dyn FnMut(Traffic) -> io::Result<()>,
) -> Result<Imported, CaptureError> {
    let (mut ear, mut audit) = (protocol.ear(Keep::Whole), protocol.audit());
    let mut unreadable = BTreeMap::new();
    let read = capture.read(&mut |traffic| {
        match &traffic.what {
            Happening::Opened { .. } => {}
            Happening::Message(direction, message) => {
                ear.hear(traffic.time, traffic.connection, *direction, message, &mut |heard| {
                    audit.hear(&heard);
                    if heard.kind == Kind::Unreadable {
                        unreadable.insert(heard.connection, heard.name);
                    }
                });
            }
            Happening::Closed { .. } => ear.closed(traffic.connection),
        }
        keep(traffic)
    })?;
    let urls = capture.urls().map(str::to_owned).collect();
    Ok(Imported { read, urls, unreadable, unasked: audit.unasked() })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::protocol::WsMessage;
    use crate::protocol::vtklocal::VtkLocal;
    use crate::protocol::wslink::{frame, json, message};
    use data_encoding::BASE64;

    fn line(time: f64, direction: &str, buffer: Vec<u8>) -> String {
        let mut frames = Vec::new();
        frame::finish_message(7, buffer, frame::DEFAULT_FRAME, |frame| frames.push(frame));
        let data = BASE64.encode(&WsMessage::binary(frames.remove(0)).data);
        format!(r#"{{"t":{time},"conn":1,"dir":"{direction}","type":"binary","b64":"{data}"}}"#)
    }

    fn call(method: &str, args: &'static str) -> Vec<u8> {
        message::encode_request("rpc:c:1", method, move |out| json::push_msgpack(args, out).unwrap())
    }

    /// The frames between the real JavaScript client and the real server.
    #[test]
    fn the_real_client_asks_for_everything() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/cone.node.frames.jsonl");
        let imported = import(&Capture::open(&path).unwrap(), &VtkLocal, &mut |_| Ok(())).unwrap();
        assert!(imported.read.messages >= 8 && imported.read.skipped == 0, "{imported:?}");
        assert!(imported.unreadable.is_empty(), "{imported:?}");
        assert!(imported.unasked.iter().all(|kind| kind.announced > 2 && kind.unasked == 0), "{:?}", imported.unasked);
    }

    #[test]
    fn what_nobody_asked_for_is_told() {
        let mut status = message::start_reply("rpc:c:1", 0);
        json::push_msgpack(r#"{"ids":[[1,5],[2,5],[3,5],[4,5]],"hashes":["a","b","a"]}"#, &mut status).unwrap();
        let lines = [
            line(0.0, "c2s", call("vtklocal.get.status", "[1]")),
            line(0.1, "s2c", status),
            line(0.2, "c2s", call("vtklocal.get.state", "[1]")),
            line(0.3, "c2s", call("vtklocal.get.batch", r#"[[2,9],["b"]]"#)),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        let mut kept = 0;
        let imported = import(&Capture::open(&path).unwrap(), &VtkLocal, &mut |_| {
            kept += 1;
            Ok(())
        });
        let imported = imported.unwrap();
        assert_eq!((kept, imported.read.messages, imported.urls.len(), imported.unreadable.len()), (5, 4, 1, 0));
        let told: Vec<_> =
            imported.unasked.iter().map(|u| (u.what, u.announced, u.unasked, u.first.join(","))).collect();
        assert_eq!(told, [("state", 4, 2, String::from("3,4")), ("blob", 2, 1, String::from("a"))]);
    }
}
