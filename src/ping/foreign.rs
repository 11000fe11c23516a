//! Servers that open a websocket and speak something else.

use futures_util::StreamExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use url::Url;

use super::cause::{Cause, Failure};
use super::diagnose::Case;
use crate::protocol::{self, CallFailure, Request, step};
use crate::wire::open;

const SPOKEN: &str = "scenectl speaks with trame-vtklocal servers, on wslink 1 and 2";

/// Says what it is, where it is something known. `text` is what the protocol says.
pub(super) async fn recognise(case: &Case<'_>, text: &str) -> Failure {
    let at = case.at();
    if case.log.steps.iter().any(|done| done.name == step::HELLO && done.ok) {
        if has_vtkweb(case).await {
            let text = format!(
                "{at} is a server of vtkWeb or trame-vtk (remote images, vtk.js geometry): another protocol; it has no \
                 VTK.wasm scene (no vtklocal)"
            );
            return Failure::new(Cause::VtkWeb, text, SPOKEN);
        }
        let text = format!("{at}: {text}");
        return Failure::new(
            Cause::NoScene,
            text,
            "is it the right application? It shows no LocalView of trame-vtklocal",
        );
    }
    match &case.log.opened {
        Some(url) => match viser_version(case, url).await {
            Some(version) => viser(&at, &version),
            None => Failure::new(Cause::NotWslink, text, SPOKEN),
        },
        None => Failure::new(Cause::NotWslink, text, SPOKEN),
    }
}

/// A viser server is there.
pub(super) fn viser(at: &str, version: &str) -> Failure {
    let version = if version.is_empty() { String::new() } else { format!(" {version}") };
    Failure::new(Cause::Viser, format!("{at} is a viser{version} server: another protocol"), SPOKEN)
}

/// Every vtkWeb and trame-vtk server has this getter, and no other one does. Source: VTK 9.7.2,
/// `vtkmodules/web/protocols.py`; trame-vtk 2.11.
async fn has_vtkweb(case: &Case<'_>) -> bool {
    let request = Request { method: String::from("viewport.image.animation.fps.get"), args: vec![], kwargs: vec![] };
    let mut how = case.how.clone();
    how.wire = case.options(&case.page());
    let Ok(caller) = protocol::caller(&how).await else { return false };
    let answer = caller.call(&request).await;
    caller.close().await;
    matches!(answer, Ok(_) | Err(CallFailure::Refused { unknown: false, .. }))
}

/// A viser server takes any subprotocol that begins with its name, and says its version when it is another one.
/// Source: seen with viser 1.1.1.
async fn viser_version(case: &Case<'_>, url: &Url) -> Option<String> {
    let mut options = case.options(url);
    options.headers.push((SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("viser-v0.0.0")));
    let (mut connection, headers) = open(url, &options).await.ok()?;
    let taken = headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?.to_owned();
    if !taken.starts_with("viser-v") {
        return None;
    }
    let reason = match timeout(options.timeout, connection.next()).await {
        Ok(Some(Ok(Message::Close(Some(frame))))) => frame.reason.to_string(),
        _ => String::new(),
    };
    let version = reason.split_once("Server: ").map_or("", |(_, version)| version);
    let is_version = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-' || c == '+';
    Some(version.chars().take_while(|c| is_version(*c)).take(32).collect())
}
