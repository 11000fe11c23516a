//! Servers that open a websocket and speak something else.

use super::cause::{Cause, Failure};
use super::diagnose::Case;
use crate::protocol::{self, CallFailure, Request, spoken, step};

/// Says what it is, where it is something known. `text` is what the protocol says.
pub(super) async fn recognise(case: &Case<'_>, text: &str) -> Failure {
    let at = case.at();
    if case.log.steps.iter().any(|done| done.name == step::HELLO && done.ok) {
        if has_vtkweb(case).await {
            let text = format!(
                "{at} is a server of vtkWeb or trame-vtk (remote images, vtk.js geometry): another protocol; it has no \
                 VTK.wasm scene (no vtklocal)"
            );
            return Failure::new(Cause::VtkWeb, text, spoken());
        }
        let text = format!("{at}: {text}");
        return Failure::new(
            Cause::NoScene,
            text,
            "is it the right application? It shows no LocalView of trame-vtklocal",
        );
    }
    Failure::new(Cause::NotWslink, text, spoken())
}

/// A viser server's page is there, and no websocket opens.
pub(super) fn viser_page(at: &str) -> Failure {
    let text = format!("the page of a viser server is at {at}, and its websocket does not open there");
    Failure::new(Cause::Viser, text, "a proxy in between has to pass on websockets at the same path as the page")
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
