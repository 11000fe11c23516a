//! Attending a viser server: what a browser's tab is to the script behind it.
//!
//! The first report of a camera makes a client of a connection; from then on the script may send it files and
//! notifications, and ask it for pictures. A script that asks waits, by default for ever: everything is answered.

mod camera;
mod heard;
mod renders;
mod transfers;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::client::{ViserClient, Window};
use super::message::Message;
use super::words::{Field, say};
use crate::protocol::{
    Attendant, Camera, CameraWish, Client, ClientError, ConnectError, Connecting, Event, Host, Picture, Step,
};

use renders::Renders;
use transfers::Transfers;

/// Bytes of messages that are handled before somebody may draw how far it is.
const AT_ONCE: u64 = 8 << 20;
/// How long the last answers may take to be on their way.
const LAST_ANSWERS: Duration = Duration::from_millis(500);
/// Larger answers wait until those before them are on their way.
const LARGE: usize = 1 << 20;

/// A client that the script behind a viser server notices.
pub(super) struct ViserAttendant {
    client: ViserClient,
    wish: CameraWish,
    camera: Option<Camera>,
    host: Arc<dyn Host>,
    windows: mpsc::Receiver<Window>,
    /// What is left of the window that is being handled.
    window: Option<(Window, VecDeque<Message>)>,
    is_moved: bool,
    transfers: Transfers,
    /// Bytes that the server has of the files that we send, by the files' numbers. Those of others are of no interest.
    acknowledged: HashMap<String, u64>,
    is_acknowledged: bool,
    renders: Renders,
    /// Answers that are not sent yet.
    answers: VecDeque<SocketMessage>,
    /// What happened and is not told yet.
    events: Vec<Event>,
}

impl ViserAttendant {
    pub(super) async fn connect(how: &Connecting, wish: CameraWish, host: Arc<dyn Host>) -> Result<Self, ConnectError> {
        let client = ViserClient::connect(how).await?;
        let windows = client.attend();
        let renders = Renders::start(&host);
        Ok(Self {
            client,
            wish,
            camera: None,
            host,
            windows,
            window: None,
            is_moved: false,
            transfers: Transfers::default(),
            acknowledged: HashMap::new(),
            is_acknowledged: false,
            renders,
            answers: VecDeque::new(),
            events: Vec::new(),
        })
    }

    /// Sends something of its own.
    pub(super) async fn send(&mut self, message: SocketMessage) -> Result<(), ClientError> {
        self.answers.push_back(message);
        self.flush().await
    }

    /// Listens for what the server says of a file that we send, or of a form.
    pub(super) fn expect(&mut self, uuid: &str) {
        self.acknowledged.insert(uuid.to_owned(), 0);
    }

    /// Bytes of a file that we sent which the server has; how often it said that a form was submitted.
    pub(super) fn acknowledged(&self, uuid: &str) -> u64 {
        self.acknowledged.get(uuid).copied().unwrap_or_default()
    }

    /// How long the server may be silent.
    pub(super) fn timeout(&self) -> Duration {
        self.client.timeout()
    }

    /// Sends all answers. Dropped on the way, it has lost none.
    async fn flush(&mut self) -> Result<(), ClientError> {
        let lost = |_| ClientError::Lost(String::from("the server closed the connection"));
        while let Some(next) = self.answers.front() {
            let outgoing = self.client.outgoing();
            if next.len() > LARGE {
                drop(outgoing.reserve_many(outgoing.max_capacity()).await.map_err(lost)?);
            }
            let place = outgoing.reserve().await.map_err(lost)?;
            if let Some(next) = self.answers.pop_front() {
                place.send(next);
            }
        }
        Ok(())
    }

    /// Goes on with the window; true where it was handled as a whole.
    fn handle(&mut self) -> bool {
        let mut handled = 0;
        while handled < AT_ONCE {
            let next = self.window.as_mut().and_then(|(_, messages)| messages.pop_front());
            let Some(message) = next else {
                self.window = None;
                return true;
            };
            handled += message.len();
            self.hear(&message);
        }
        false
    }

    fn hear(&mut self, message: &Message) {
        let key = || message.text("key").unwrap_or_default().to_owned();
        match message.kind() {
            "NotificationShowMessage" | "NotificationUpdateMessage" | "RemoveNotificationMessage" => {
                self.events.push(Event::Notification(heard::notification(message)));
            }
            "FileTransferStartDownload" => self.transfers.start(message, &self.host, &mut self.events),
            "FileTransferPartAck" => {
                let id = message.text("transfer_uuid").unwrap_or_default();
                if let Some(got) = self.acknowledged.get_mut(id) {
                    self.is_acknowledged = true;
                    *got = (*got).max(message.count("transferred_bytes").unwrap_or_default());
                }
            }
            // The one press that others are told of, and who pressed, too.
            "GuiFormSubmitMessage" => {
                if let Some(got) = self.acknowledged.get_mut(message.text("uuid").unwrap_or_default()) {
                    self.is_acknowledged = true;
                    *got += 1;
                }
            }
            "FileTransferPart" => self.transfers.part(message, &mut self.events),
            "GetRenderRequestMessage" => {
                let id = message.text("render_uuid").unwrap_or_default().to_owned();
                if let Some(answer) = self.renders.ask(id, heard::picture(message)) {
                    self.painted(answer);
                }
            }
            "LocalStorageSetItemMessage" => {
                let value = message.text("value").unwrap_or_default().to_owned();
                let error = self.host.store(&key(), Some(&value)).err();
                self.stored("set", Some(key()), Some(value), error);
            }
            "LocalStorageRemoveItemMessage" => {
                let error = self.host.store(&key(), None).err();
                self.stored("remove", Some(key()), None, error);
            }
            "LocalStorageClearMessage" => {
                let error = self.host.clear().err();
                self.stored("clear", None, None, error);
            }
            "LocalStorageGetItemRequestMessage" => {
                let value = self.host.stored(&key());
                let fields = [
                    ("value", Field::Text(value.as_deref())),
                    ("error", Field::Text(None)),
                    ("request_uuid", Field::Text(Some(message.text("request_uuid").unwrap_or_default()))),
                ];
                self.answers.push_back(say("LocalStorageGetItemResponseMessage", &fields));
                self.stored("get", Some(key()), value, None);
            }
            "RunJavascriptMessage" => {
                self.events.push(Event::Program { bytes: message.text("source").unwrap_or_default().len() });
            }
            _ => {
                // Before the first report, the camera is where the scene says.
                let is_moved = self.camera.as_mut().is_some_and(|camera| camera::obey(camera, message));
                self.is_moved |= is_moved;
            }
        }
    }

    fn stored(&mut self, action: &'static str, key: Option<String>, value: Option<String>, error: Option<String>) {
        self.events.push(Event::Storage { action, key, value, error });
    }

    /// Reports what the window did to the camera, once.
    fn end_window(&mut self) {
        if std::mem::take(&mut self.is_moved)
            && let Some(camera) = self.camera
        {
            self.answers.push_back(camera::report(&camera));
            self.events.push(Event::Camera(camera));
        }
    }

    /// Answers all that is asked for by now, with what is drawn already, or with nothing.
    async fn stop_drawing(&mut self, why: &str) {
        let renders = std::mem::replace(&mut self.renders, Renders::start(&self.host));
        for painted in renders.stop(why).await {
            self.painted(painted);
        }
    }

    fn painted(&mut self, painted: renders::Painted) {
        let renders::Painted { id, request, picture, seconds } = painted;
        let (Picture { bytes: picture, odd: warning }, error) = match picture {
            Ok(picture) => (picture, None),
            Err(error) => (Picture::default(), Some(error)),
        };
        let fields = [("payload", Field::Bytes(&picture)), ("render_uuid", Field::Text(Some(&id)))];
        self.answers.push_back(say("GetRenderResponseMessage", &fields));
        self.events.push(Event::Render { request, bytes: picture.len(), error, warning, seconds });
    }
}

impl Attendant for ViserAttendant {
    fn client(&mut self) -> &mut dyn Client {
        &mut self.client
    }

    fn camera(&self) -> Camera {
        self.camera.unwrap_or_else(|| camera::start(&self.wish, &self.client.scene()))
    }

    fn begin(&mut self) -> BoxFuture<'_, Result<(), ClientError>> {
        async move {
            let camera = self.camera();
            self.camera = Some(camera);
            // What a connection that was lost still owed is owed to nobody.
            self.stop_drawing("the connection was lost before it was drawn").await;
            self.answers.clear();
            self.send(camera::report(&camera)).await
        }
        .boxed()
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Step, ClientError>> {
        async move {
            loop {
                if self.window.is_some() && self.handle() {
                    self.end_window();
                }
                self.flush().await?;
                if !self.events.is_empty() {
                    return Ok(Step::Happened(std::mem::take(&mut self.events)));
                }
                if self.window.is_some() {
                    continue;
                }
                if std::mem::take(&mut self.is_acknowledged) {
                    return Ok(Step::Happened(Vec::new()));
                }
                tokio::select! {
                    biased;
                    Some(mut window) = self.windows.recv() => {
                        let messages = std::mem::take(&mut window.messages).into();
                        self.window = Some((window, messages));
                    }
                    Some(painted) = self.renders.painted() => self.painted(painted),
                    changed = self.client.changed() => match changed {
                        Ok(count) => return Ok(Step::Changed(count)),
                        Err(error) => {
                            self.transfers.broken(&mut self.events);
                            if self.events.is_empty() {
                                return Err(error);
                            }
                        }
                    },
                }
            }
        }
        .boxed()
    }

    fn unfinished(&self) -> Vec<String> {
        self.transfers.names()
    }

    fn stop(&mut self) -> BoxFuture<'_, Vec<Event>> {
        async move {
            self.stop_drawing("attending ended before it was drawn").await;
            // A connection that is lost is owed nothing, and a slow one not for ever.
            let _ = tokio::time::timeout(LAST_ANSWERS, self.flush()).await;
            std::mem::take(&mut self.events)
        }
        .boxed()
    }
}
