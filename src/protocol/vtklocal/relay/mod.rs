//! What a relay needs to know of trame-vtklocal on top of wslink: which calls read the scene, how states are
//! patched on their way, which notices of updates supersede each other, which windows may be seen.

mod answers;
mod notice;
mod overlay;
mod views;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::rpc::{BATCH, HASH, STATE, STATUS};
use super::status::Status;
use crate::faults::LostBlobs;
use crate::protocol::msgpack::Reader;
use crate::protocol::relay::{Patch, Settings};
use crate::protocol::wslink::json;
use crate::protocol::wslink::message::{Request, RpcError, code};
use crate::protocol::wslink::relay::{Hooks, Sort};
use crate::scene::Root;

use overlay::Overlay;
use views::Views;

const APPLICATION: &str = "trame.state.get";
/// What the server's widgets call on clients: that a view has something new, among others.
const ACTIONS: &str = "trame.actions.topic";
/// Windows that are remembered with what they are made of.
const MOST_WINDOWS: usize = 64;

/// See the module.
pub(super) struct VtkHooks {
    lost: LostBlobs,
    known: Mutex<Known>,
}

struct Known {
    overlay: Overlay,
    views: Views,
    /// The newest notice of an update that passed.
    notice: Option<Vec<u8>>,
    /// The objects of each window, as its last status named them.
    windows: BTreeMap<u64, HashSet<u64>>,
}

impl VtkHooks {
    /// # Errors
    /// When a patch is none.
    pub(super) fn new(settings: &Settings) -> Result<Self, String> {
        let mut overlay = Overlay::new();
        if !settings.patches.is_empty() {
            overlay.set(&settings.patches)?;
            overlay.take_news();
        }
        let views = Views::new(&settings.views);
        let known = Known { overlay, views, notice: None, windows: BTreeMap::new() };
        Ok(Self { lost: settings.lost.clone(), known: Mutex::new(known) })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hooks for VtkHooks {
    fn sort(&self, method: &str) -> Sort {
        match method {
            HASH => Sort { is_shared: true, is_lasting: true, is_read: true },
            STATUS | STATE | BATCH => Sort { is_shared: true, is_lasting: false, is_read: true },
            APPLICATION | "trame.lifecycle.update" | "trame.error.client" => Sort { is_read: true, ..Sort::default() },
            _ => Sort::default(),
        }
    }

    fn intercept(&self, request: &Request) -> Option<Result<Vec<u8>, RpcError>> {
        match request.method.as_str() {
            HASH if !self.lost.is_none() => {
                let hash = argument(request, "hash", |reader| reader.text().ok().map(str::to_owned))?;
                let mut empty = Vec::new();
                json::push_bin_len(&mut empty, 0);
                self.lost.takes(&hash).then_some(Ok(empty))
            }
            // Where not all may be seen, what cannot be read is not shown either.
            STATUS => {
                let window = argument(request, "obj_id", |reader| reader.count().ok());
                let views = &self.known().views;
                let is_shown = views.shows_all() || window.is_some_and(|window| views.shows_window(window));
                (!is_shown).then(|| {
                    let window = window.map_or_else(String::new, |window| format!(" {window}"));
                    let message = format!("The relay does not show window{window}");
                    Err(RpcError { code: code::EXCEPTION, message, data: None })
                })
            }
            STATE => {
                let id = argument(request, "obj_id", |reader| reader.count().ok());
                let views = &self.known().views;
                let is_shown = views.shows_all() || id.is_some_and(|id| views.shows_object(id));
                let mut null = Vec::new();
                json::push_str(&mut null, "null");
                (!is_shown).then_some(Ok(null))
            }
            BATCH => {
                let views = &self.known().views;
                let is_shown = views.shows_all()
                    || argument(request, "state_ids", |reader| {
                        let mut shown = true;
                        for _ in 0..reader.array().ok()? {
                            shown &= views.shows_object(reader.count().ok()?);
                        }
                        Some(shown)
                    })
                    .unwrap_or(false);
                let mut skipped = Vec::new();
                let _ = json::push_msgpack(r#"{"states":[],"hashes":{},"next":false,"skip":true}"#, &mut skipped);
                (!is_shown).then_some(Ok(skipped))
            }
            _ => None,
        }
    }

    fn holds(&self, method: &str) -> bool {
        match method {
            STATUS | APPLICATION => true,
            STATE => !self.known().overlay.is_transparent(),
            BATCH => !self.lost.is_none() || !self.known().overlay.is_transparent(),
            _ => false,
        }
    }

    fn answered(&self, request: &Request, result: &Bytes) -> Option<Vec<u8>> {
        let known = &mut *self.known();
        match request.method.as_str() {
            APPLICATION => {
                known.views.learn(result);
                None
            }
            STATUS => {
                let window = argument(request, "obj_id", |reader| reader.count().ok())?;
                let status = Status::read(result).ok()?;
                known.views.add(&status);
                if known.windows.len() < MOST_WINDOWS || known.windows.contains_key(&window) {
                    known.windows.insert(window, status.ids.into_iter().map(|(id, _)| id).collect());
                }
                let root = |id: &u64| Root { id: (*id).into(), name: known.views.name(*id) };
                known.overlay.set_roots(known.windows.keys().map(root).collect());
                known.overlay.keep_only(|id| known.windows.values().any(|objects| objects.contains(&id)));
                if known.overlay.is_transparent() { None } else { answers::status(result, &known.overlay).ok() }
            }
            STATE => {
                let id = argument(request, "obj_id", |reader| reader.count().ok())?;
                answers::state(id, result, &mut known.overlay)
            }
            BATCH => answers::batch(result, &mut known.overlay, &self.lost).ok(),
            _ => None,
        }
    }

    fn published(&self, topic: &str, data: &Bytes) -> Option<Bytes> {
        if topic != ACTIONS {
            return None;
        }
        let key = notice::key(data)?;
        self.known().notice = Some(data.to_vec());
        Some(key)
    }

    fn news(&self) -> Option<(String, Vec<u8>)> {
        let known = self.known();
        let data = known.notice.clone().or_else(|| notice::make(&known.views.names()))?;
        Some((String::from(ACTIONS), data))
    }

    fn tells_identity(&self, method: &str) -> bool {
        method == STATUS
    }

    /// Times are counted by the process from its start: one that started anew is behind, or has other objects.
    fn is_same(&self, before: &Bytes, now: &Bytes) -> bool {
        let (Ok(before), Ok(now)) = (Status::read(before), Status::read(now)) else { return false };
        let before: HashMap<u64, u64> = before.ids.into_iter().collect();
        let mut common = 0;
        for (id, mtime) in &now.ids {
            match before.get(id) {
                Some(then) if mtime < then => return false,
                Some(_) => common += 1,
                None => {}
            }
        }
        common > 0
    }

    fn patch(&self, patches: &[Patch]) -> Result<(), String> {
        self.known().overlay.set(patches)
    }

    fn take_news(&self) -> bool {
        self.known().overlay.take_news()
    }
}

/// The first argument, which may be given by its name, too. `None` where the name comes twice: Python takes the last.
fn argument<T>(request: &Request, name: &str, read: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::new(&request.args);
    if reader.array().ok()? > 0 {
        return read(&mut reader);
    }
    let mut reader = Reader::new(&request.kwargs);
    let mut found = None;
    for _ in 0..reader.map().ok()? {
        let is_wanted = reader.text().ok()? == name;
        let range = reader.skip().ok()?;
        if is_wanted && found.replace(range).is_some() {
            return None;
        }
    }
    read(&mut Reader::new(request.kwargs.get(found?)?))
}
