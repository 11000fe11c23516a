//! A scene server by hand, which answers as the test says: honestly, wrongly or not at all.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept};

use super::msgpack::{bin, map, pack, unpack};
use super::scene::Scene;

/// A call of the client.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The which-th connection it came over, from 0.
    pub(crate) connection: usize,
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) args: Value,
    pub(crate) kwargs: Value,
}

/// What the server does about a call.
pub(crate) enum Answer {
    /// Replies with this result, packed.
    Result(Vec<u8>),
    /// Replies with an error.
    Error(i64, &'static str),
    /// Sends these websocket messages as they are.
    Raw(Vec<Vec<u8>>),
    /// Sends these websocket messages, each after a pause of so many milliseconds; an empty one closes.
    Paced(Vec<(u64, Vec<u8>)>),
    /// Sends a text message.
    Text(&'static str),
    /// Does nothing.
    Silence,
    /// Closes the websocket.
    Close,
    /// Drops the connection without a word.
    Drop,
}

impl Answer {
    /// A result.
    pub(crate) fn of(value: &Value) -> Self {
        Self::Result(pack(value))
    }
}

/// A listening server; its threads end with the connections.
pub(crate) struct Fake {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Fake {
    /// Listens, and answers each call with what `answer` says.
    pub(crate) fn start(answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}/ws", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (log, answer, connections) = (Arc::clone(&calls), Arc::new(answer), AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                let connection = connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || talk(stream, connection, &log, answer.as_ref()));
            }
        });
        Self { url, calls }
    }

    /// A server that answers as `scene` wants it, where `answer` says nothing else.
    pub(crate) fn of(scene: Scene, answer: impl Fn(&Call) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::start(move |call| answer(call).unwrap_or_else(|| honest(&scene, call)))
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The arguments of all calls of a method so far.
    pub(crate) fn asked(&self, method: &str) -> Vec<Value> {
        self.calls().into_iter().filter(|call| call.method == method).map(|call| call.args).collect()
    }

    /// How many connections came so far.
    pub(crate) fn connections(&self) -> usize {
        self.calls().iter().map(|call| call.connection + 1).max().unwrap_or(0)
    }
}

fn talk(stream: TcpStream, connection: usize, log: &Mutex<Vec<Call>>, answer: &(dyn Fn(&Call) -> Answer + Sync)) {
    let Ok(mut socket) = accept(stream) else { return };
    while let Ok(message) = socket.read() {
        let Message::Binary(frame) = message else { continue };
        let request = unpack(&frame[12..]);
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let call = Call {
            connection,
            id: text("id"),
            method: text("method"),
            args: request["args"].clone(),
            kwargs: request["kwargs"].clone(),
        };
        log.lock().unwrap().push(call.clone());
        if !respond(&mut socket, &call, answer(&call)) {
            return;
        }
    }
}

/// Answers; false when the connection is to be dropped.
fn respond(socket: &mut WebSocket<TcpStream>, call: &Call, answer: Answer) -> bool {
    let sent = match answer {
        Answer::Result(result) => socket.send(Message::binary(single(&reply(call, result)))),
        Answer::Error(code, text) => {
            let error = json!({"wslink": "1.0", "id": call.id, "error": {"code": code, "message": text}});
            socket.send(Message::binary(single(&pack(&error))))
        }
        Answer::Raw(messages) => messages.into_iter().try_for_each(|bytes| socket.send(Message::binary(bytes))),
        Answer::Paced(messages) => messages.into_iter().try_for_each(|(ms, bytes)| {
            thread::sleep(std::time::Duration::from_millis(ms));
            if bytes.is_empty() { socket.close(None) } else { socket.send(Message::binary(bytes)) }
        }),
        Answer::Text(text) => socket.send(Message::text(text)),
        Answer::Silence => Ok(()),
        Answer::Close => socket.close(None),
        Answer::Drop => return false,
    };
    sent.is_ok()
}

/// The message that replies to a call.
pub(crate) fn reply(call: &Call, result: Vec<u8>) -> Vec<u8> {
    map([("wslink", pack(&json!("1.0"))), ("id", pack(&json!(call.id))), ("result", result)])
}

/// The message that answers a hello, in one frame.
pub(crate) fn welcome(call: &Call) -> Vec<u8> {
    single(&reply(call, pack(&json!({"clientID": "c0123456789abcdef0123456789abcdef", "maxMsgSize": 4194304}))))
}

/// A message that is published, in one frame; its data is packed.
pub(crate) fn publish(topic: &str, data: Vec<u8>) -> Vec<u8> {
    let id = pack(&json!(format!("publish:{topic}:0")));
    single(&map([("wslink", pack(&json!("1.0"))), ("id", id), ("result", data)]))
}

/// What a server publishes when a window has something new.
pub(crate) fn announcement() -> Vec<u8> {
    let action = json!([{"type": "method", "ref": "view", "method": "update", "args": [{}]}]);
    publish("trame.actions.topic", pack(&action))
}

/// A frame: a header that says what it is told to say, and some bytes.
pub(crate) fn frame(id: u32, offset: u32, total: u32, bytes: &[u8]) -> Vec<u8> {
    let header = [id, offset, total].map(u32::to_le_bytes).concat();
    [header.as_slice(), bytes].concat()
}

/// A message in one frame.
pub(crate) fn single(message: &[u8]) -> Vec<u8> {
    frame(0x1234_5678, 0, message.len() as u32, message)
}

/// A message in frames that hold at most `size` bytes of it each.
pub(crate) fn chunks(id: u32, message: &[u8], size: usize) -> Vec<Vec<u8>> {
    let total = message.len() as u32;
    message.chunks(size).enumerate().map(|(k, part)| frame(id, (k * size) as u32, total, part)).collect()
}

/// What the real server answers.
pub(crate) fn honest(scene: &Scene, call: &Call) -> Answer {
    let args = &call.args;
    let state = |id: &Value| id.as_u64().and_then(|id| scene.states.get(&id));
    let data = |hash: &Value| hash.as_str().and_then(|hash| scene.blobs.get(hash)).cloned().unwrap_or_default();
    match call.method.as_str() {
        "wslink.hello" => Answer::of(&json!({"clientID": "c0123456789abcdef0123456789abcdef", "maxMsgSize": 4194304})),
        "trame.state.get" => Answer::of(&json!({"name": "fake", "state": {
            "trame__template_main": r#"<div><vtk-local :render-window="1" :ref="(el) => trame.refs['view'] = el" /></div>"#,
        }})),
        "vtklocal.get.status" => Answer::of(&status(scene)),
        "vtklocal.get.state" => Answer::of(&json!(state(&args[0]).map_or("null", String::as_str))),
        "vtklocal.get.hash" => Answer::Result(bin(&data(&args[0]))),
        "vtklocal.get.batch" => {
            let (ids, hashes) = (args[0].as_array().unwrap(), args[1].as_array().unwrap());
            let states: Option<Vec<Value>> =
                ids.iter().map(|id| Some(serde_json::from_str(state(id)?).unwrap())).collect();
            let skip = states.is_none();
            let blobs = hashes.iter().filter(|_| !skip).map(|hash| (hash.as_str().unwrap(), bin(&data(hash))));
            let mut fields = vec![("states", pack(&json!(states.unwrap_or_default()))), ("hashes", map(blobs))];
            fields.push(("next", pack(&json!(false))));
            if skip {
                fields.push(("skip", pack(&json!(true))));
            }
            Answer::Result(map(fields))
        }
        _ => Answer::of(&Value::Null),
    }
}

/// The status of the window of a scene.
pub(crate) fn status(scene: &Scene) -> Value {
    let mtime = |text: &str| serde_json::from_str::<Value>(text).ok()?["MTime"].as_u64();
    let ids: Vec<_> = scene.states.iter().map(|(id, text)| json!([id, mtime(text).unwrap_or(1)])).collect();
    let hashes: Vec<_> = scene.blobs.keys().collect();
    json!({"ids": ids, "hashes": hashes, "ignore_ids": [], "cameras": [], "force_push": [], "interactor": 0})
}
