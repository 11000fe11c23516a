//! Which windows clients of a relay may see, and what they are called.

use std::collections::HashSet;

use crate::protocol::msgpack::Reader;
use crate::protocol::vtklocal::discover::{View, read_application};
use crate::protocol::vtklocal::status::Status;
use crate::protocol::wslink::json::{self, Unspeakable};

/// See the module.
pub(super) struct Views {
    /// Ids or names; empty for all.
    wanted: Vec<String>,
    known: Vec<View>,
    /// What the windows that may be seen are made of.
    objects: HashSet<u64>,
}

impl Views {
    pub(super) fn new(wanted: &[String]) -> Self {
        Self { wanted: wanted.to_vec(), known: Vec::new(), objects: HashSet::new() }
    }

    pub(super) fn shows_all(&self) -> bool {
        self.wanted.is_empty()
    }

    pub(super) fn shows_window(&self, window: u64) -> bool {
        let name = self.name(window);
        self.shows_all()
            || self.wanted.iter().any(|wanted| wanted.parse() == Ok(window) || Some(wanted) == name.as_ref())
    }

    pub(super) fn shows_object(&self, id: u64) -> bool {
        self.shows_all() || self.objects.contains(&id) || self.shows_window(id)
    }

    /// Reads the application's templates, which name its views.
    pub(super) fn learn(&mut self, result: &[u8]) {
        let mut text = String::new();
        if json::push_json(&mut Reader::new(result), &mut text, Unspeakable::Null).is_ok()
            && let Ok(reply) = serde_json::from_str(&text)
        {
            self.known = read_application(&reply).views;
        }
    }

    /// What a window reaches may be seen where the window may.
    pub(super) fn add(&mut self, status: &Status) {
        if !self.shows_all() {
            self.objects.extend(status.ids.iter().map(|(id, _)| id));
        }
    }

    pub(super) fn name(&self, window: u64) -> Option<String> {
        self.known.iter().find(|view| view.window == window)?.name.clone()
    }

    /// The names of all views that may be seen.
    pub(super) fn names(&self) -> Vec<String> {
        let shown = self.known.iter().filter(|view| self.shows_window(view.window));
        shown.filter_map(|view| view.name.clone()).collect()
    }
}
