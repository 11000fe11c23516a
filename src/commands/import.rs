//! `import`: what a browser captured, as a session.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use anyhow::Result;

use crate::protocol::{self, Keep, Unasked};
use crate::source::capture::{Capture, Moment, Read, What};

/// What was imported.
#[derive(Debug)]
pub(super) struct Imported {
    pub(super) read: Read,
    /// The addresses of the connections.
    pub(super) urls: Vec<String>,
    /// Messages of a connection that are not of the protocol; what follows on it was not understood.
    pub(super) unreadable: BTreeMap<u32, String>,
    /// What was announced and never asked for.
    pub(super) unasked: Vec<Unasked>,
}

/// Reads a capture, hands everything that happened to `keep`, and listens to it.
pub(super) fn import(path: &Path, keep: &mut dyn FnMut(Moment) -> io::Result<()>) -> Result<Imported> {
    let capture = Capture::open(path)?;
    let (mut ear, mut audit) = (protocol::ear(Keep::Whole), protocol::audit());
    let mut unreadable = BTreeMap::new();
    let read = capture.read(&mut |moment| {
        match &moment.what {
            What::Opened(_) => {}
            What::Message(direction, message) => {
                if let Some(heard) = ear.hear(moment.time, moment.connection, *direction, message) {
                    audit.hear(&heard);
                    if heard.kind == protocol::Kind::Unreadable {
                        unreadable.insert(heard.connection, heard.name);
                    }
                }
            }
            What::Closed => ear.closed(moment.connection),
        }
        keep(moment)
    })?;
    let urls = capture.urls().map(str::to_owned).collect();
    Ok(Imported { read, urls, unreadable, unasked: audit.unasked() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::WsMessage;
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
        let imported = import(&path, &mut |_| Ok(())).unwrap();
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
        let imported = import(&path, &mut |_| {
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
