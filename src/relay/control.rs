//! Patches that come and go while a relay runs: over its own HTTP endpoint, and from a file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::Relay;
use super::words::words;
use crate::protocol::relay::Patch;
use crate::wire::{Body, body};

/// What never goes to the server.
pub(super) const PREFIX: &str = "/.scenectl/";
/// Where patches are listed (GET), added (POST), and taken away (DELETE, all or `/N`).
pub const PATCHES: &str = "/.scenectl/patches";
/// What a client of the endpoint, or the control file, may send.
const LARGEST: usize = 1 << 20;
/// Nobody needs more patches.
const MOST: usize = 1000;
/// How often the control file is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Patches that come and go.
pub struct Control {
    /// Whoever knows it may change them.
    token: String,
    /// A file that holds a JSON array of patches.
    file: Option<PathBuf>,
    patches: Mutex<Patches>,
}

#[derive(Default)]
struct Patches {
    /// From the command line and the endpoint, with the numbers they are called by.
    own: Vec<(u64, Patch)>,
    next: u64,
    from_file: Vec<Patch>,
}

impl Patches {
    fn all(&self) -> Vec<Patch> {
        self.own.iter().map(|(_, patch)| patch).chain(&self.from_file).cloned().collect()
    }
}

impl Control {
    /// With these patches from the start.
    pub fn new(token: String, file: Option<PathBuf>, patches: Vec<Patch>) -> Self {
        let own: Vec<_> = (1..).zip(patches).collect();
        let next = own.len() as u64 + 1;
        Self { token, file, patches: Mutex::new(Patches { own, next, from_file: Vec::new() }) }
    }

    fn patches(&self) -> MutexGuard<'_, Patches> {
        self.patches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compares in time that does not tell how much is right.
    fn is_token(&self, given: &str) -> bool {
        let (given, wanted) = (given.as_bytes(), self.token.as_bytes());
        let differs = given.iter().zip(wanted).fold(given.len() ^ wanted.len(), |sum, (a, b)| sum | usize::from(a ^ b));
        differs == 0
    }
}

impl Relay {
    /// Changes the patches; where that cannot be, they stay as they were.
    fn change<T>(&self, change: impl FnOnce(&mut Patches) -> Result<T, String>) -> Result<T, String> {
        let mut patches = self.control.patches();
        let mut changed =
            Patches { own: patches.own.clone(), next: patches.next, from_file: patches.from_file.clone() };
        let value = change(&mut changed)?;
        let all = changed.all();
        if all.len() > MOST {
            return Err(format!("more than {MOST} patches"));
        }
        if all != patches.all() {
            self.stance.patch(&all)?;
            self.sharing.something_changed();
        }
        *patches = changed;
        Ok(value)
    }

    /// Looks at the control file now and then.
    pub(super) async fn follow_control_file(self: Arc<Self>) {
        let Some(path) = &self.control.file else { return };
        let mut clock = tokio::time::interval(LOOK);
        let mut seen: Option<(Option<SystemTime>, u64)> = None;
        loop {
            clock.tick().await;
            let now = tokio::fs::metadata(path).await.ok().map(|found| (found.modified().ok(), found.len()));
            if now == seen {
                continue;
            }
            seen = now;
            let read = async {
                match now {
                    None => Ok(Vec::new()),
                    Some((_, bytes)) if bytes > LARGEST as u64 => Err(format!("it is larger than {LARGEST} bytes")),
                    Some(_) => {
                        let text = tokio::fs::read(path).await.map_err(|error| error.to_string())?;
                        serde_json::from_slice::<Vec<Patch>>(&text).map_err(|error| {
                            format!(r#"{error}; [{{"selector": "vtkActor", "set": "Visibility=0"}}, …] is wanted"#)
                        })
                    }
                }
            };
            let changed = read.await.and_then(|found| {
                self.change(|patches| {
                    patches.from_file = found;
                    Ok(patches.from_file.len())
                })
            });
            match changed {
                Ok(count) => tracing::info!(count, "patches from the control file"),
                Err(reason) => tracing::error!("the control file {} is not taken: {reason}", path.display()),
            }
        }
    }
}

/// Answers on the relay's own endpoint.
pub(super) async fn answer(request: Request<Incoming>, is_here: bool, relay: &Relay) -> Response<Body> {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !is_here || !relay.control.is_token(given) {
        return words(StatusCode::FORBIDDEN, "only this machine may do that, with the token of the ready line");
    }
    let path = request.uri().path().to_owned();
    let Some(rest) = path.strip_prefix(PATCHES) else { return words(StatusCode::NOT_FOUND, "there is nothing here") };
    let number = rest.strip_prefix('/').and_then(|number| number.parse::<u64>().ok());
    let changed = match (request.method(), number) {
        (&Method::GET, None) if rest.is_empty() => Ok(()),
        (&Method::POST, None) if rest.is_empty() => match read(request).await {
            Ok(patch) => relay.change(|patches| {
                patches.own.push((patches.next, patch));
                patches.next += 1;
                Ok(())
            }),
            Err(reason) => Err(reason),
        },
        (&Method::DELETE, None) if rest.is_empty() => relay.change(|patches| {
            patches.own.clear();
            Ok(())
        }),
        (&Method::DELETE, Some(number)) => relay.change(|patches| {
            let before = patches.own.len();
            patches.own.retain(|(own, _)| *own != number);
            if patches.own.len() == before { Err(format!("there is no patch {number}")) } else { Ok(()) }
        }),
        _ => return words(StatusCode::NOT_FOUND, "there is nothing here"),
    };
    match changed {
        Ok(()) => list(relay),
        Err(reason) => words(StatusCode::UNPROCESSABLE_ENTITY, &reason),
    }
}

async fn read(request: Request<Incoming>) -> Result<Patch, String> {
    let bytes = Limited::new(request.into_body(), LARGEST).collect().await.map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes.to_bytes()).map_err(|error| error.to_string())
}

/// All patches there are now.
fn list(relay: &Relay) -> Response<Body> {
    let patches = relay.control.patches();
    let own = patches
        .own
        .iter()
        .map(|(number, patch)| serde_json::json!({"number": number, "selector": patch.selector, "set": patch.set}));
    let file = patches
        .from_file
        .iter()
        .map(|patch| serde_json::json!({"number": null, "selector": patch.selector, "set": patch.set}));
    let all: Vec<_> = own.chain(file).collect();
    let mut answer = Response::new(body(serde_json::Value::from(all).to_string()));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
