//! The fake server: answers what trame-vtklocal answers, from a scene, by meaning.
//!
//! Any client may ask anything in any order. Errors are worded as the real server's, so that what a
//! client makes of them can be tested, too. What the real one does to a scene (exit, triggers, state
//! updates) is answered and has no effect.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::rpc;
use super::status::Status;
use crate::faults::LostBlobs;
use crate::protocol::wslink::frame::DEFAULT_FRAME;
use crate::protocol::wslink::json::{self as pack, Unspeakable, push_json, push_msgpack};
use crate::protocol::wslink::msgpack::Reader;
use crate::protocol::wslink::server::{Answer, Handler, ServerHalf, ServerOptions, exception, unknown_method};
use crate::protocol::{Dropped, Outgoing, Peer, Server, ServerSettings, WsMessage};
use crate::scene::{Blob, Graph, ObjectId, Path, Scene};

/// trame starts wslink with this as `WSLINK_MAX_MSG_SIZE`: from so many bytes of blobs on, `get.batch`
/// puts the rest off.
const BATCH_BYTES: u64 = 10_000_000;

/// Messages in smaller frames are refused by clients, ours among them.
const SMALLEST_FRAME: usize = 1 << 10;

/// Blobs are read from files so many bytes at a time: what fits a processor's cache.
const READ_AHEAD: usize = 512 << 10;

/// What websocket frames clients may send: trame's own limit.
const LARGEST_FRAME: usize = 10_004_096;

/// A fake server for one scene.
pub(super) struct VtkLocalServer {
    shared: Arc<Shared>,
    options: ServerOptions,
}

struct Shared {
    scene: Arc<Scene>,
    /// Blobs that are answered as if they were unknown.
    lost: LostBlobs,
    /// The answer to `get.status` for each window, as msgpack.
    statuses: Vec<(u64, Vec<u8>)>,
    /// The answer to `trame.state.get`, as JSON.
    application: Value,
}

impl VtkLocalServer {
    pub(super) fn new(scene: Arc<Scene>, settings: &ServerSettings) -> Self {
        let defaults = ServerOptions::default();
        let options = ServerOptions {
            secret: settings.secret.clone().unwrap_or(defaults.secret),
            max_frame: settings.max_frame.unwrap_or(defaults.max_frame).clamp(SMALLEST_FRAME, DEFAULT_FRAME),
        };
        let statuses = statuses(&scene);
        let application = application(&scene, &statuses);
        let statuses = statuses.into_iter().map(|(window, status)| (window, pack_status(&status))).collect();
        Self { shared: Arc::new(Shared { scene, lost: settings.lost.clone(), statuses, application }), options }
    }
}

impl Server for VtkLocalServer {
    fn path(&self) -> &'static str {
        "/ws"
    }

    fn page(&self) -> String {
        format!(
            "This is `scenectl replay`: a fake trame-vtklocal server.\nThe scene's websocket is at {}; a browser needs \
             the application's own page around it.\n",
            self.path()
        )
    }

    fn largest_frame(&self) -> usize {
        LARGEST_FRAME
    }

    fn open(&self, client_number: u64) -> Box<dyn Peer> {
        let half = ServerHalf::new(self.options.clone(), client_number);
        Box::new(Connected { half, answers: Answers { shared: Arc::clone(&self.shared) } })
    }
}

struct Connected {
    half: ServerHalf,
    answers: Answers,
}

impl Peer for Connected {
    fn receive(&mut self, message: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        self.half.receive(message, &mut self.answers, out)
    }
}

struct Answers {
    shared: Arc<Shared>,
}

impl Handler for Answers {
    fn call(&mut self, method: &str, args: &[u8], kwargs: &[u8], mut head: Vec<u8>) -> Answer {
        tracing::debug!(method, bytes = args.len(), "call");
        let parameters = match method {
            rpc::STATUS | rpc::STATE => &["obj_id"][..],
            rpc::HASH => &["hash"],
            rpc::BATCH => &["state_ids", "hash_keys"],
            "trame.state.get" => {
                let _ = push_msgpack(&self.shared.application.to_string(), &mut head);
                return Answer::Value(head);
            }
            // Nobody may stop a fake server by a call, and nothing happens in it.
            "trame.state.update"
            | "trame.trigger"
            | "trame.lifecycle.update"
            | "trame.error.client"
            | "trame.force.push"
            | "application.exit"
            | "application.exit.later" => {
                let _ = push_msgpack("null", &mut head);
                return Answer::Value(head);
            }
            _ => return unknown_method(method),
        };
        let arguments = match Arguments::read(method, parameters, args, kwargs) {
            Ok(arguments) => arguments,
            Err(raised) => return exception(method, &raised),
        };
        let answer = match method {
            rpc::STATUS => self.status(&arguments, head),
            rpc::STATE => self.state(&arguments, head),
            rpc::HASH => self.hash(&arguments, head),
            _ => self.batch(&arguments, head),
        };
        answer.unwrap_or_else(|raised| exception(method, &raised))
    }
}

impl Answers {
    fn status(&self, arguments: &Arguments<'_>, mut head: Vec<u8>) -> Result<Answer, String> {
        let window = arguments.number(0, "GetAllDependencies")?;
        match self.shared.statuses.iter().find(|(id, _)| *id == window) {
            Some((_, status)) => {
                head.extend_from_slice(status);
                Ok(Answer::Value(head))
            }
            None => Err(String::from(
                "UnboundLocalError(\"cannot access local variable 'interactor' where it is not associated with a value\")",
            )),
        }
    }

    fn state(&self, arguments: &Arguments<'_>, mut head: Vec<u8>) -> Result<Answer, String> {
        let id = arguments.number(0, "GetState")?;
        let state = self.shared.scene.state(&ObjectId::Number(id));
        pack::push_str(&mut head, state.map_or("null", |state| state.as_str()));
        Ok(Answer::Value(head))
    }

    fn hash(&self, arguments: &Arguments<'_>, mut head: Vec<u8>) -> Result<Answer, String> {
        let hash = arguments.text(0, "GetBlob")?;
        let blob = self
            .shared
            .scene
            .blob(hash)
            .filter(|_| !self.shared.lost.takes(hash))
            .cloned()
            .unwrap_or(Blob::Memory(Bytes::new()));
        // A message, and so what it holds, is below 4 GiB by the format.
        let len = blob.len().checked_add(1 << 10).and_then(|len| u32::try_from(len).ok()).map(|_| blob.len());
        let len = len.and_then(|len| usize::try_from(len).ok()).ok_or("ValueError('bin is too large')")?;
        pack::push_bin_len(&mut head, len);
        // Whoever asks for a large blob gets it as it is read. If that fails, so does the connection.
        let parts =
            blob.parts(READ_AHEAD).map_while(|part| part.inspect_err(|error| tracing::warn!(%error, "blob")).ok());
        Ok(Answer::Binary(head, len, Box::new(parts)))
    }

    fn batch(&self, arguments: &Arguments<'_>, mut head: Vec<u8>) -> Result<Answer, String> {
        let ids = arguments.list(0, |reader| reader.count().map_err(|_| not_an_integer("GetState", reader)))?;
        let hashes = arguments.list(1, |reader| {
            reader
                .text()
                .map(str::to_owned)
                .map_err(|_| String::from("TypeError('GetBlob argument 1: string is required')"))
        })?;
        let states: Option<Vec<_>> = ids.iter().map(|&id| self.shared.scene.state(&ObjectId::Number(id))).collect();
        let Some(states) = states else {
            let _ = push_msgpack(r#"{"states":[],"hashes":{},"next":false,"skip":true}"#, &mut head);
            return Ok(Answer::Value(head));
        };
        pack::push_map_len(&mut head, 3);
        pack::push_str(&mut head, "states");
        pack::push_array_len(&mut head, states.len());
        for state in states {
            push_msgpack(state.as_str(), &mut head).map_err(|error| format!("JSONDecodeError('{error}')"))?;
        }
        let mut sent = 0;
        let mut blobs = Vec::new();
        let mut rest = Vec::new();
        for hash in hashes {
            if sent < BATCH_BYTES {
                let pieces = self.blob(&hash)?;
                if sent + self.shared.scene.blob(&hash).map_or(0, Blob::len) > u64::from(u32::MAX >> 1) {
                    return Err(String::from("ValueError('bin is too large')"));
                }
                sent += pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
                blobs.push((hash, pieces));
            } else {
                rest.push(hash);
            }
        }
        pack::push_str(&mut head, "hashes");
        pack::push_map_len(&mut head, blobs.len());
        for (hash, pieces) in blobs {
            pack::push_str(&mut head, &hash);
            pack::push_bin_len(&mut head, pieces.iter().map(Bytes::len).sum());
            pieces.iter().for_each(|piece| head.extend_from_slice(piece));
        }
        pack::push_str(&mut head, "next");
        let next = if rest.is_empty() { json!(false) } else { json!({"states": [], "hashes": rest}) };
        let _ = push_msgpack(&next.to_string(), &mut head);
        Ok(Answer::Value(head))
    }

    /// A blob's pieces; nothing for an unknown one, as the real server answers.
    fn blob(&self, hash: &str) -> Result<Arc<[Bytes]>, String> {
        match self.shared.scene.blob(hash).filter(|_| !self.shared.lost.takes(hash)) {
            Some(blob) => blob.pieces().map_err(|error| format!("OSError({error:?})")),
            None => Ok(Arc::new([])),
        }
    }
}

/// A call's arguments: positional ones, then keywords, as Python binds them.
struct Arguments<'a> {
    values: Vec<&'a [u8]>,
}

impl<'a> Arguments<'a> {
    fn read(method: &str, parameters: &[&str], args: &'a [u8], kwargs: &'a [u8]) -> Result<Self, String> {
        let function = method.rsplit('.').next().unwrap_or(method);
        let invalid =
            |error: crate::protocol::wslink::msgpack::MsgpackError| format!("ValueError({:?})", error.to_string());
        let mut values = Vec::new();
        let mut reader = Reader::new(args);
        for _ in 0..reader.array().map_err(invalid)? {
            let range = reader.skip().map_err(invalid)?;
            values.push(args.get(range).unwrap_or_default());
        }
        let mut named = Vec::new();
        let mut reader = Reader::new(kwargs);
        for _ in 0..reader.map().map_err(invalid)? {
            let name = reader.text().map_err(invalid)?;
            let range = reader.skip().map_err(invalid)?;
            named.push((name, kwargs.get(range).unwrap_or_default()));
        }
        for parameter in parameters.iter().skip(values.len()) {
            match named.iter().find(|(name, _)| name == parameter) {
                Some((_, value)) => values.push(value),
                None => {
                    return Err(format!(
                        "TypeError(\"ObjectManagerAPI.get_{function}() missing 1 required positional argument: '{parameter}'\")"
                    ));
                }
            }
        }
        if values.len() > parameters.len() {
            return Err(format!(
                "TypeError('ObjectManagerAPI.get_{function}() takes {} positional arguments but {} were given')",
                parameters.len() + 1,
                values.len() + 1
            ));
        }
        Ok(Self { values })
    }

    fn value(&self, index: usize) -> Reader<'a> {
        Reader::new(self.values.get(index).copied().unwrap_or_default())
    }

    fn number(&self, index: usize, function: &str) -> Result<u64, String> {
        let mut reader = self.value(index);
        reader.count().map_err(|_| not_an_integer(function, &mut self.value(index)))
    }

    fn text(&self, index: usize, function: &str) -> Result<&'a str, String> {
        self.value(index).text().map_err(|_| format!("TypeError('{function} argument 1: string is required')"))
    }

    fn list<T>(
        &self,
        index: usize,
        mut read: impl FnMut(&mut Reader<'a>) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut reader = self.value(index);
        let len = reader.array().map_err(|_| String::from("TypeError(\"object is not iterable\")"))?;
        (0..len).map(|_| read(&mut reader)).collect()
    }
}

/// What VTK's wrappers raise for an argument that is no integer.
fn not_an_integer(function: &str, reader: &mut Reader<'_>) -> String {
    let mut text = String::new();
    let _ = push_json(reader, &mut text, Unspeakable::Null);
    match serde_json::from_str(&text) {
        Ok(Value::Number(number)) if number.is_f64() => {
            format!("TypeError('{function} argument 1: integer argument expected, got float')")
        }
        Ok(Value::Number(_)) => {
            format!("OverflowError('{function} argument 1: value is out of range for unsigned int')")
        }
        other => {
            let kind = match other {
                Ok(Value::String(_)) => "str",
                Ok(Value::Array(_)) => "list",
                Ok(Value::Object(_)) => "dict",
                _ => "NoneType",
            };
            format!("TypeError(\"{function} argument 1: '{kind}' object cannot be interpreted as an integer\")")
        }
    }
}

/// The status of each window: what it reaches, how new that is, and its cameras.
fn statuses(scene: &Scene) -> Vec<(u64, Status)> {
    let graph = Graph::new(scene);
    let is_window = |id: &ObjectId| scene.state(id).is_some_and(|state| scene.dialect().is_root(state));
    // Widgets are roots, too, but have no status of their own: they come with their window's.
    let (windows, widgets): (Vec<ObjectId>, Vec<ObjectId>) =
        scene.roots.iter().map(|root| root.id.clone()).partition(is_window);
    let mut found = Vec::new();
    for window in windows {
        let Some(number) = window.number() else { continue };
        let mut from = vec![window.clone()];
        from.extend(widgets.iter().cloned());
        let mut ids: BTreeSet<&ObjectId> = graph.reachable(&from).into_iter().collect();
        ids.extend(&from);
        let cameras = cameras(scene, &window);
        let interactor = scene.lookup(&window, &Path(vec![crate::scene::Segment(String::from("Interactor"))]));
        let mut status = Status {
            ignore_ids: cameras.clone(),
            cameras,
            interactor: interactor.ok().and_then(|found| found.object).and_then(|id| id.number()),
            ..Status::default()
        };
        for id in ids {
            let (Some(number), Some(state)) = (id.number(), scene.state(id)) else { continue };
            status.ids.push((number, scene.dialect().head(state).mtime.unwrap_or_default()));
            // A name once for each array that uses the blob, as the real server lists them.
            status.hashes.extend(scene.dialect().blob_use(state).map(|found| Arc::<str>::from(found.hash.as_ref())));
        }
        // The server that this scene is from announced these, and had nothing for them.
        let without = scene.without_state.iter().filter_map(ObjectId::number);
        status.ids.extend(without.filter(|id| scene.state(&ObjectId::Number(*id)).is_none()).map(|id| (id, 0)));
        found.push((number, status));
    }
    found
}

/// The active camera of each of a window's renderers.
fn cameras(scene: &Scene, window: &ObjectId) -> Vec<u64> {
    let mut cameras = Vec::new();
    let Ok(selector) = format!("{window}/Renderers/*/ActiveCamera").parse() else { return cameras };
    for id in scene.select(&selector).unwrap_or_default() {
        cameras.extend(id.number());
    }
    cameras
}

fn pack_status(status: &Status) -> Vec<u8> {
    let mut out = Vec::with_capacity(status.ids.len() * 12 + status.hashes.len() * 22);
    let numbers = |out: &mut Vec<u8>, name: &str, numbers: &[u64]| {
        pack::push_str(out, name);
        pack::push_array_len(out, numbers.len());
        numbers.iter().for_each(|&number| pack::push_uint(out, number));
    };
    pack::push_map_len(&mut out, 6);
    pack::push_str(&mut out, "ids");
    pack::push_array_len(&mut out, status.ids.len());
    for &(id, time) in &status.ids {
        pack::push_array_len(&mut out, 2);
        pack::push_uint(&mut out, id);
        pack::push_uint(&mut out, time);
    }
    pack::push_str(&mut out, "hashes");
    pack::push_array_len(&mut out, status.hashes.len());
    status.hashes.iter().for_each(|hash| pack::push_str(&mut out, hash));
    numbers(&mut out, "ignore_ids", &status.ignore_ids);
    numbers(&mut out, "cameras", &status.cameras);
    numbers(&mut out, "force_push", &status.force_push);
    pack::push_str(&mut out, "interactor");
    pack::push_uint(&mut out, status.interactor.unwrap_or_default());
    out
}

/// What trame says of an application: above all the template that names the windows.
fn application(scene: &Scene, statuses: &[(u64, Status)]) -> Value {
    let width = 100 / statuses.len().max(1);
    let mut views = String::new();
    for (window, _) in statuses {
        let name =
            scene.roots.iter().find(|root| root.id.number() == Some(*window)).and_then(|root| root.name.as_deref());
        let is_plain = |name: &&str| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        let reference = name.filter(is_plain).map(|name| format!(" :ref=\"(el) => trame.refs['{name}'] = el\""));
        views.push_str(&format!(
            "<vtk-local :render-window=\"{window}\"{} style=\"width: {width}vw; height: 100vh; float: left;\" />\n",
            reference.unwrap_or_default()
        ));
    }
    let version = scene.producer.as_deref().unwrap_or("dev");
    json!({
        "name": "scenectl-replay",
        "state": {
            "trame__scripts": [],
            "trame__module_scripts": [],
            "trame__styles": [],
            "trame__vue_use": ["trame_vtklocal"],
            "trame__react_use": [],
            "trame__mousetrap": [],
            "trame__client_only": ["trame__busy"],
            "trame__busy": 1,
            "trame__favicon": null,
            "trame__title": "scenectl replay",
            "trame__template_main": format!("<div >\n{views}</div>"),
            "__trame_vtklocal_wasm32": {"url": format!("__trame_vtklocal_wasm/wasm32/{version}"), "wasmBaseName": "vtk"},
            "__trame_vtklocal_wasm64": {"url": format!("__trame_vtklocal_wasm/wasm64/{version}"), "wasmBaseName": "vtk"},
        },
    })
}
