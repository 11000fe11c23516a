//! The fake server: answers what trame-vtklocal answers, from a scene, by meaning.
//!
//! Any client may ask anything in any order. Errors are worded as the real server's, so that what a
//! client makes of them can be tested, too. What the real one does to a scene (exit, triggers, state
//! updates) is answered and has no effect.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::arguments::{Arguments, not_an_integer};
use super::rpc;
use super::status::Status;
use crate::faults::LostBlobs;
use crate::protocol::wslink::frame::DEFAULT_FRAME;
use crate::protocol::wslink::json::{self as pack, push_msgpack};
use crate::protocol::wslink::server::{Answer, Handler, ServerHalf, ServerOptions, exception, unknown_method};
use crate::protocol::{
    Dropped, Handshake, Newcomer, Outgoing, Peer, Server, ServerSettings, WsMessage, no_subprotocol,
};
use crate::scene::{Blob, Graph, ObjectId, Path, Scene, State};

/// trame starts wslink with this as `WSLINK_MAX_MSG_SIZE`: from so many bytes of blobs on, `get.batch`
/// puts the rest off.
const BATCH_BYTES: u64 = 10_000_000;

/// Messages in smaller frames are refused by clients, ours among them.
const SMALLEST_FRAME: usize = 1 << 10;

/// Blobs are read from files so many bytes at a time: what fits a processor's cache.
const READ_AHEAD: usize = 512 << 10;

/// How websockets are opened: at one path, and clients may send what trame takes at most.
pub(super) const HANDSHAKE: Handshake = Handshake { path: Some(PATH), choose: no_subprotocol, largest: 10_004_096 };

/// Where the websocket is.
const PATH: &str = "/ws";

/// A fake server for one scene.
pub(super) struct VtkLocalServer {
    served: Arc<Served>,
    options: ServerOptions,
    lost: LostBlobs,
}

/// What is served at one moment.
pub(super) struct Served {
    pub(super) scene: Arc<Scene>,
    /// The answer to `get.status` for each window, as msgpack.
    pub(super) statuses: Vec<(u64, Vec<u8>)>,
    /// The answer to `trame.state.get`, as msgpack.
    pub(super) application: Bytes,
    /// Added to all modification times: a session that starts again must look new to its clients.
    pub(super) later: u64,
}

/// Says what a call is answered with before the scene is asked, and which scene that is.
pub(super) trait World: Send + Sync {
    /// What is served now.
    fn now(&self) -> Arc<Served>;

    /// The answer to a call that is not the scene's.
    fn answer(&self, method: &str, args: &[u8], kwargs: &[u8], head: Vec<u8>) -> Answer;

    /// A blob that is not in the scene any more: real servers never forget one.
    fn old_blob(&self, hash: &str) -> Option<Blob>;

    /// A client asks for a part of the scene.
    fn hydrates(&self) {}
}

/// The options of wslink's half.
pub(super) fn options(settings: &ServerSettings) -> ServerOptions {
    let defaults = ServerOptions::default();
    ServerOptions {
        secret: settings.secret.clone().unwrap_or(defaults.secret),
        max_frame: settings.max_frame.unwrap_or(defaults.max_frame).clamp(SMALLEST_FRAME, DEFAULT_FRAME),
    }
}

impl Served {
    fn new(scene: Arc<Scene>) -> Self {
        let statuses = statuses(&scene);
        let mut packed = Vec::new();
        let _ = push_msgpack(&application(&scene, &statuses).to_string(), &mut packed);
        let statuses = statuses.into_iter().map(|(window, status)| (window, pack_status(&status))).collect();
        Self { scene, statuses, application: packed.into(), later: 0 }
    }

    /// The text of a state.
    fn state(&self, id: u64) -> Option<Cow<'_, str>> {
        let state = self.scene.state(&ObjectId::Number(id))?;
        Some(if self.later == 0 { Cow::Borrowed(state.as_str()) } else { Cow::Owned(later(state, self.later)) })
    }
}

/// A state's text with its modification time put off.
fn later(state: &State, by: u64) -> String {
    let Ok(members) = state.members() else { return state.as_str().to_owned() };
    let time = members.iter().find(|(name, _)| *name == "MTime").map(|(_, value)| *value);
    let Some((time, number)) = time.and_then(|text| Some((text, text.parse::<u64>().ok()?))) else {
        return state.as_str().to_owned();
    };
    // The value lies within the text: only its place is written anew.
    let at = time.as_ptr() as usize - state.as_str().as_ptr() as usize;
    let (before, rest) = state.as_str().split_at(at);
    let after = rest.get(time.len()..).unwrap_or_default();
    format!("{before}{}{after}", number.saturating_add(by))
}

impl VtkLocalServer {
    pub(super) fn new(scene: Arc<Scene>, settings: &ServerSettings) -> Self {
        Self { served: Arc::new(Served::new(scene)), options: options(settings), lost: settings.lost.clone() }
    }
}

impl Server for VtkLocalServer {
    fn handshake(&self) -> Handshake {
        HANDSHAKE
    }

    fn page(&self) -> String {
        format!(
            "This is `scenectl replay`: a fake trame-vtklocal server.\nThe scene's websocket is at {}; a browser needs \
             the application's own page around it.\n",
            PATH
        )
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        let half = ServerHalf::new(self.options.clone(), client.number);
        let world = Arc::new(Still(Arc::clone(&self.served)));
        Box::new(Connected { half, answers: Answers::new(world, self.lost.clone()) })
    }
}

/// A scene in which nothing happens.
struct Still(Arc<Served>);

impl World for Still {
    fn now(&self) -> Arc<Served> {
        Arc::clone(&self.0)
    }

    fn answer(&self, method: &str, _args: &[u8], _kwargs: &[u8], mut head: Vec<u8>) -> Answer {
        match method {
            // Nothing happens in it.
            "trame.state.update"
            | "trame.trigger"
            | "trame.lifecycle.update"
            | "trame.error.client"
            | "trame.force.push" => {
                let _ = push_msgpack("null", &mut head);
                Answer::Value(head)
            }
            _ => unknown_method(method),
        }
    }

    fn old_blob(&self, _hash: &str) -> Option<Blob> {
        None
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

/// Answers one client's calls.
pub(super) struct Answers {
    served: Arc<Served>,
    world: Arc<dyn World>,
    /// Blobs that are answered as if they were unknown.
    lost: LostBlobs,
}

impl Answers {
    pub(super) fn new(world: Arc<dyn World>, lost: LostBlobs) -> Self {
        Self { served: world.now(), world, lost }
    }
}

impl Handler for Answers {
    fn call(&mut self, method: &str, args: &[u8], kwargs: &[u8], mut head: Vec<u8>) -> Answer {
        tracing::debug!(method, bytes = args.len(), "call");
        self.served = self.world.now();
        let parameters = match method {
            rpc::STATUS | rpc::STATE => &["obj_id"][..],
            rpc::HASH => &["hash"],
            rpc::BATCH => &["state_ids", "hash_keys"],
            "trame.state.get" => {
                head.extend_from_slice(&self.served.application);
                return Answer::Value(head);
            }
            // Nobody may stop a fake server by a call.
            "application.exit" | "application.exit.later" => {
                let _ = push_msgpack("null", &mut head);
                return Answer::Value(head);
            }
            _ => return self.world.answer(method, args, kwargs, head),
        };
        self.world.hydrates();
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
        match self.served.statuses.iter().find(|(id, _)| *id == window) {
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
        pack::push_str(&mut head, self.served.state(id).as_deref().unwrap_or("null"));
        Ok(Answer::Value(head))
    }

    fn hash(&self, arguments: &Arguments<'_>, mut head: Vec<u8>) -> Result<Answer, String> {
        let hash = arguments.text(0, "GetBlob")?;
        let blob = self.find_blob(hash).unwrap_or(Blob::Memory(Bytes::new()));
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
        let states: Option<Vec<_>> = ids.iter().map(|&id| self.served.state(id)).collect();
        let Some(states) = states else {
            let _ = push_msgpack(r#"{"states":[],"hashes":{},"next":false,"skip":true}"#, &mut head);
            return Ok(Answer::Value(head));
        };
        pack::push_map_len(&mut head, 3);
        pack::push_str(&mut head, "states");
        pack::push_array_len(&mut head, states.len());
        for state in states {
            push_msgpack(&state, &mut head).map_err(|error| format!("JSONDecodeError('{error}')"))?;
        }
        let mut sent = 0;
        let mut blobs = Vec::new();
        let mut rest = Vec::new();
        for hash in hashes {
            if sent < BATCH_BYTES {
                let pieces = self.blob(&hash)?;
                if sent + self.find_blob(&hash).map_or(0, |blob| blob.len()) > u64::from(u32::MAX >> 1) {
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

    fn find_blob(&self, hash: &str) -> Option<Blob> {
        if self.lost.takes(hash) {
            return None;
        }
        self.served.scene.blob(hash).cloned().or_else(|| self.world.old_blob(hash))
    }

    /// A blob's pieces; nothing for an unknown one, as the real server answers.
    fn blob(&self, hash: &str) -> Result<Arc<[Bytes]>, String> {
        match self.find_blob(hash) {
            Some(blob) => blob.pieces().map_err(|error| format!("OSError({error:?})")),
            None => Ok(Arc::new([])),
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

pub(super) fn pack_status(status: &Status) -> Vec<u8> {
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
