//! Patches that a relay lays over a server's states.
//!
//! A client fetches a state again only when its time has grown, so every object whose patches come or go gets an
//! offset that is added to its times from then on, in statuses and in the state. Offsets never shrink.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::protocol::relay::Patch;
use crate::protocol::vtklocal::dialect::VTK;
use crate::scene::{Assignment, Dialect, EditOptions, ObjectId, Root, Scene, Selector, State, raw};

/// Bytes of states that are kept to find objects by paths.
const MOST_KEPT: usize = 512 << 20;
/// After so long without new states, paths are looked for.
const QUIET: Duration = Duration::from_millis(100);

/// See the module.
pub(super) struct Overlay {
    patches: Vec<Compiled>,
    /// Added to the times of all objects.
    everything: u64,
    offsets: HashMap<u64, u64>,
    /// Objects that clients got otherwise than the server has them.
    touched: HashSet<u64>,
    /// The server's states that passed while there were patches.
    kept: Scene,
    kept_bytes: usize,
    /// When a state was last kept that paths have not been looked for in.
    changed: Option<Instant>,
    has_news: bool,
}

struct Compiled {
    patch: Patch,
    selector: Selector,
    assignment: Assignment,
    /// What the selector names in the states that are kept.
    found: HashSet<ObjectId>,
    /// It was said that it cannot be done.
    has_failed: bool,
}

impl Compiled {
    fn new(patch: &Patch) -> Result<Self, String> {
        let plain = |error: crate::scene::SceneError| error.to_string();
        Ok(Self {
            selector: patch.selector.parse().map_err(plain)?,
            assignment: patch.set.parse().map_err(plain)?,
            patch: patch.clone(),
            found: HashSet::new(),
            has_failed: false,
        })
    }
}

impl Overlay {
    pub(super) fn new() -> Self {
        Self {
            patches: Vec::new(),
            everything: 0,
            offsets: HashMap::new(),
            touched: HashSet::new(),
            kept: Scene::new(&VTK),
            kept_bytes: 0,
            changed: None,
            has_news: false,
        }
    }

    /// True where states and statuses pass as they are.
    pub(super) fn is_transparent(&self) -> bool {
        self.patches.is_empty() && self.everything == 0 && self.offsets.is_empty()
    }

    /// From now on these patches, and no others.
    pub(super) fn set(&mut self, patches: &[Patch]) -> Result<(), String> {
        let mut compiled = patches.iter().map(Compiled::new).collect::<Result<Vec<_>, _>>()?;
        for id in std::mem::take(&mut self.touched) {
            self.raise(id);
        }
        let had_any = !self.patches.is_empty();
        for new in &mut compiled {
            if let Some(old) = self.patches.iter_mut().find(|old| old.patch == new.patch) {
                std::mem::swap(new, old);
                continue;
            }
            match new.selector.single_id().as_ref().and_then(ObjectId::number) {
                Some(id) => self.raise(id),
                None if had_any => {
                    new.found = find(&self.kept, &new.selector);
                    let found: Vec<u64> = new.found.iter().filter_map(ObjectId::number).collect();
                    found.into_iter().for_each(|id| self.raise(id));
                }
                // Which objects it names is not known before their states have passed: all come again.
                None => self.everything = self.everything.saturating_add(1),
            }
        }
        self.patches = compiled;
        if self.patches.is_empty() {
            (self.kept, self.kept_bytes, self.changed) = (Scene::new(&VTK), 0, None);
        }
        self.has_news = true;
        Ok(())
    }

    fn raise(&mut self, id: u64) {
        let offset = self.offsets.entry(id).or_default();
        *offset = offset.saturating_add(1);
    }

    /// What is added to an object's times.
    pub(super) fn offset(&self, id: u64) -> u64 {
        self.everything.saturating_add(self.offsets.get(&id).copied().unwrap_or_default())
    }

    /// The roots that paths start from.
    pub(super) fn set_roots(&mut self, roots: Vec<Root>) {
        self.kept.roots = roots;
    }

    /// A state as clients get it; `None` where they get the server's.
    pub(super) fn shown(&mut self, id: u64, text: &str) -> Option<String> {
        let offset = self.offset(id);
        if self.patches.is_empty() && offset == 0 {
            return None;
        }
        let state = State::new(text).ok()?;
        let mtime = VTK.head(&state).mtime;
        let mut shown = state.clone();
        if !self.patches.is_empty() {
            self.keep(id, &state);
            shown = self.patched(id, &state);
        }
        let mut text = shown.as_str().to_owned();
        let found = raw::members(&text).ok()?;
        let at = raw::member(&found, "MTime").and_then(|value| raw::span(&text, value));
        if let (Some(range), Some(mtime)) = (at, mtime) {
            text.replace_range(range, &mtime.saturating_add(offset).to_string());
        }
        Some(text)
    }

    fn keep(&mut self, id: u64, state: &State) {
        let id = ObjectId::from(id);
        if self.kept.state(&id) == Some(state) {
            return;
        }
        // What it was is wrong by now, whether or not there is room for what it is.
        self.forget(&id);
        if self.kept_bytes + state.len() <= MOST_KEPT {
            self.kept_bytes += state.len();
            self.kept.insert(id, state.clone());
        }
        self.changed = Some(Instant::now());
    }

    fn forget(&mut self, id: &ObjectId) {
        self.kept_bytes -= self.kept.remove(id).map_or(0, |state| state.len());
    }

    /// Forgets the states of objects that are gone.
    pub(super) fn keep_only(&mut self, is_there: impl Fn(u64) -> bool) {
        let is_gone = |id: &ObjectId| !id.number().is_some_and(&is_there);
        let gone: Vec<ObjectId> = self.kept.objects().map(|(id, _)| id).filter(|id| is_gone(id)).cloned().collect();
        gone.iter().for_each(|id| self.forget(id));
    }

    fn patched(&mut self, id: u64, state: &State) -> State {
        let object = ObjectId::from(id);
        let mut alone = Scene::new(&VTK);
        alone.insert(object.clone(), state.clone());
        for compiled in &mut self.patches {
            // A patch must not decide whether another one applies: the server's state is what is asked.
            let mut server = Scene::new(&VTK);
            server.insert(object.clone(), state.clone());
            let named = server.select(&compiled.selector).is_ok_and(|found| found.contains(&object));
            if !named && !compiled.found.contains(&object) {
                continue;
            }
            if let Some(target) = VTK.as_reference(&compiled.assignment.value)
                && let Some(target_state) = self.kept.state(&target)
                && target != object
            {
                alone.insert(target, target_state.clone());
            }
            match alone.edit(
                std::slice::from_ref(&object),
                std::slice::from_ref(&compiled.assignment),
                EditOptions::default(),
            ) {
                Ok((edited, _)) => {
                    alone = edited;
                    self.touched.insert(id);
                }
                Err(error) => {
                    if !std::mem::replace(&mut compiled.has_failed, true) {
                        tracing::warn!(object = id, patch = %compiled.patch.set, %error, "not patched");
                    }
                }
            }
        }
        alone.state(&object).cloned().unwrap_or_else(|| state.clone())
    }

    /// True when clients have something to fetch again; says so once. Looks for paths when no more states come.
    pub(super) fn take_news(&mut self) -> bool {
        if self.changed.is_some_and(|changed| changed.elapsed() >= QUIET) {
            self.changed = None;
            let mut raised = HashSet::new();
            for compiled in &mut self.patches {
                let found = find(&self.kept, &compiled.selector);
                raised.extend(found.symmetric_difference(&compiled.found).filter_map(ObjectId::number));
                compiled.found = found;
            }
            // Those that could be told by their own state were patched when they passed.
            let touched = &self.touched;
            let late: Vec<u64> = raised.into_iter().filter(|id| !touched.contains(id)).collect();
            self.has_news |= !late.is_empty();
            late.into_iter().for_each(|id| self.raise(id));
        }
        std::mem::take(&mut self.has_news)
    }
}

fn find(scene: &Scene, selector: &Selector) -> HashSet<ObjectId> {
    scene.select(selector).unwrap_or_default().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(id: u64, mtime: u64) -> String {
        format!(
            r#"{{"ClassName":"vtkOpenGLActor","Id":{id},"MTime":{mtime},"SuperClassNames":["vtkObjectBase","vtkProp","vtkActor"],"Visibility":1}}"#
        )
    }

    fn patch(selector: &str, set: &str) -> Patch {
        Patch { selector: selector.into(), set: set.into() }
    }

    #[test]
    fn times_only_grow_and_patches_come_and_go() {
        let mut overlay = Overlay::new();
        assert!(overlay.is_transparent() && overlay.shown(3, &actor(3, 7)).is_none());
        overlay.set(&[patch("vtkActor", "Visibility=0")]).unwrap();
        assert!(overlay.take_news() && !overlay.take_news());
        let shown = overlay.shown(3, &actor(3, 7)).unwrap();
        assert!(shown.contains("\"Visibility\":0") && shown.contains("\"MTime\":8"), "{shown}");
        overlay.set(&[]).unwrap();
        assert!(overlay.take_news());
        let shown = overlay.shown(3, &actor(3, 7)).unwrap();
        assert!(shown.contains("\"Visibility\":1") && shown.contains("\"MTime\":9"), "{shown}");
        assert_eq!((overlay.offset(3), overlay.offset(4)), (2, 1));
    }

    #[test]
    fn one_object_alone_and_filters() {
        let mut overlay = Overlay::new();
        overlay.set(&[patch("3", "Visibility=0"), patch("vtkActor[Visibility=0]", "Visibility=1")]).unwrap();
        assert_eq!(overlay.offset(5), 1);
        assert!(overlay.shown(3, &actor(3, 7)).unwrap().contains("\"Visibility\":0"));
        assert!(overlay.set(&[patch("3", "Visibility")]).is_err() && overlay.set(&[patch("[", "A=1")]).is_err());
        assert!(overlay.shown(3, &actor(3, 7)).unwrap().contains("\"Visibility\":0"), "nothing was changed");
    }

    #[test]
    fn states_of_objects_that_are_gone_are_not_kept_nor_stale_ones() {
        let mut overlay = Overlay::new();
        overlay.set(&[patch("vtkActor", "Visibility=0")]).unwrap();
        let _ = (overlay.shown(3, &actor(3, 7)), overlay.shown(4, &actor(4, 7)));
        overlay.keep_only(|id| id == 3);
        assert_eq!((overlay.kept.objects().len(), overlay.kept_bytes), (1, actor(3, 7).len()));
        overlay.kept_bytes = MOST_KEPT;
        overlay.shown(3, &actor(3, 8));
        assert_eq!(overlay.kept.state(&3.into()).unwrap().as_str(), actor(3, 8), "another one fits in its place");
        overlay.shown(4, &actor(4, 7));
        overlay.shown(3, &actor(3, 10));
        assert_eq!(overlay.kept.objects().len(), 0, "nothing is better than what was once");
    }

    #[test]
    fn a_path_is_found_when_the_states_have_passed() {
        let mut overlay = Overlay::new();
        overlay.set(&[patch("/Prop", "Visibility=0")]).unwrap();
        overlay.set_roots(vec![Root { id: 1.into(), name: None }]);
        overlay.take_news();
        let root = r#"{"ClassName":"vtkRenderWindow","Id":1,"MTime":2,"Prop":{"Id":3},"SuperClassNames":[]}"#;
        let _ = (overlay.shown(3, &actor(3, 7)), overlay.shown(1, root));
        std::thread::sleep(QUIET * 2);
        assert!(overlay.take_news());
        assert!(overlay.shown(3, &actor(3, 7)).unwrap().contains("\"Visibility\":0"));
        assert_eq!((overlay.offset(3), overlay.offset(1)), (2, 1));
    }
}
