//! Taking a picture of the page with Chromium, over the Chrome DevTools protocol (`Target`, `Page`, `Runtime`, `Emulation`).

use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::ViewError;
use super::browser::Browser;

/// The largest picture, in bytes of base64.
const LARGEST: usize = 256 << 20;
/// How often the page is looked at.
const PAUSE: Duration = Duration::from_millis(150);

/// What picture is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Width and height, in pixels.
    pub size: (u32, u32),
    /// How long it may take until the scene is drawn.
    pub limit: Duration,
}

/// What the page tells of itself, see `told.js`.
#[derive(Deserialize)]
struct Told {
    state: String,
    draws: u64,
    errors: Vec<String>,
}

/// Opens a page in a Chromium of its own, waits until its scene is drawn and no longer changes, and gives the picture
/// (PNG).
///
/// # Errors
/// [`ViewError`].
pub async fn screenshot(program: &Path, url: &str, wanted: Wanted) -> Result<Vec<u8>, ViewError> {
    let program = program.to_owned();
    let name = program.display().to_string();
    let started = tokio::task::spawn_blocking(move || Browser::start(&program)).await;
    let mut browser =
        started.map_err(|error| ViewError::Browser { program: name.clone(), reason: error.to_string() })??;
    let mut devtools = Devtools::open(&browser.devtools, name).await?;
    let picture = devtools.picture(url, wanted).await;
    let _ = devtools.send("Browser.close", json!({})).await;
    let _ = tokio::task::spawn_blocking(move || browser.wait_a_moment()).await;
    picture
}

struct Devtools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    program: String,
    session: Option<String>,
    calls: u64,
}

impl Devtools {
    async fn open(url: &str, program: String) -> Result<Self, ViewError> {
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        match connect_async_with_config(url, Some(config), true).await {
            Ok((socket, _)) => Ok(Self { socket, program, session: None, calls: 0 }),
            Err(error) => Err(ViewError::Browser { program, reason: format!("it takes no commands: {error}") }),
        }
    }

    fn failed(&self, reason: impl Into<String>) -> ViewError {
        ViewError::Browser { program: self.program.clone(), reason: reason.into() }
    }

    async fn send(&mut self, method: &str, params: Value) -> Result<u64, ViewError> {
        self.calls += 1;
        let mut call = json!({"id": self.calls, "method": method, "params": params});
        if let (Some(session), Some(call)) = (&self.session, call.as_object_mut()) {
            call.insert(String::from("sessionId"), json!(session));
        }
        let sent = self.socket.send(Message::text(call.to_string())).await;
        sent.map(|()| self.calls).map_err(|error| self.failed(error.to_string()))
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value, ViewError> {
        let id = self.send(method, params).await?;
        loop {
            let text = match self.socket.next().await {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(self.failed(error.to_string())),
                None => return Err(self.failed("it has ended")),
            };
            let mut answer: Value = serde_json::from_str(&text).map_err(|error| self.failed(error.to_string()))?;
            if answer.get("id").and_then(Value::as_u64) != Some(id) {
                continue;
            }
            if let Some(message) = answer.pointer("/error/message").and_then(Value::as_str) {
                return Err(self.failed(format!("{method}: {message}")));
            }
            return Ok(answer.get_mut("result").map(Value::take).unwrap_or_default());
        }
    }

    async fn picture(&mut self, url: &str, wanted: Wanted) -> Result<Vec<u8>, ViewError> {
        let mut told = Told { state: String::new(), draws: 0, errors: Vec::new() };
        let taken = tokio::time::timeout(wanted.limit, self.settled(url, wanted.size, &mut told)).await;
        taken.unwrap_or(Err(ViewError::NothingDrawn { limit: wanted.limit, said: told.errors }))
    }

    /// The page's picture once the scene is drawn and two pictures in a row are equal.
    async fn settled(&mut self, url: &str, size: (u32, u32), told: &mut Told) -> Result<Vec<u8>, ViewError> {
        let opened = self.call("Target.createTarget", json!({"url": "about:blank"})).await?;
        let attached = json!({"targetId": opened.get("targetId"), "flatten": true});
        let attached = self.call("Target.attachToTarget", attached).await?;
        self.session = attached.get("sessionId").and_then(Value::as_str).map(str::to_owned);
        let metrics = json!({"width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", metrics).await?;
        let gone = self.call("Page.navigate", json!({"url": url})).await?;
        if let Some(reason) = gone.get("errorText").and_then(Value::as_str) {
            return Err(self.failed(format!("it cannot open the page: {reason}")));
        }
        let mut last = None;
        loop {
            tokio::time::sleep(PAUSE).await;
            let asked = json!({"expression": "JSON.stringify(globalThis.scenectl ?? null)", "returnByValue": true});
            let answer = self.call("Runtime.evaluate", asked).await?;
            let text = answer.pointer("/result/value").and_then(Value::as_str).unwrap_or("null");
            let Ok(Some(now)) = serde_json::from_str::<Option<Told>>(text) else { continue };
            *told = now;
            if told.state == "failed" {
                return Err(ViewError::Page(told.errors.last().cloned().unwrap_or_default()));
            }
            if told.state != "shown" || told.draws == 0 {
                continue;
            }
            let answer = self.call("Page.captureScreenshot", json!({"format": "png"})).await?;
            let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
            let picture = data_encoding::BASE64.decode(data.as_bytes());
            let picture = picture.map_err(|_| self.failed("its picture cannot be read"))?;
            let now = (told.draws, picture);
            if last.as_ref() == Some(&now) {
                return Ok(now.1);
            }
            last = Some(now);
        }
    }
}
