//! A scene made ready for comparing: each object with the fingerprint of everything below it.
//!
//! Two objects with the same fingerprint have the same content, whatever their ids: noise is left out,
//! and references count by what they lead to. Where references go round in a circle (a renderer knows
//! its window), the way back up counts only by class.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashSet, VecDeque};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::options::Ignored;
use crate::scene::raw::{self, Members};
use crate::scene::{Blob, Dialect, Graph, ObjectId, Role, Scene, State};

/// Stands for an object that is referred to and not there.
const MISSING: u32 = u32::MAX;

/// One object.
pub(super) struct Node<'a> {
    pub(super) id: &'a ObjectId,
    pub(super) state: &'a State,
    /// The canonical class.
    pub(super) class: Cow<'a, str>,
    /// Of this object and everything below it.
    pub(super) fingerprint: u64,
    /// The circle that it is in: objects that lead to each other, by a number.
    pub(super) circle: Option<u32>,
    /// It is in a circle, or leads to one: the fingerprint does not tell all.
    pub(super) round: bool,
    /// Of its own properties alone.
    local: u64,
    /// It is an array; worked out when somebody asks.
    array: OnceCell<bool>,
    /// The objects it refers to (positions), sorted by property.
    children: Vec<u32>,
}

/// A scene with its fingerprints. Objects go by their position in the order of ids.
pub(super) struct Index<'a> {
    pub(super) scene: &'a Scene,
    pub(super) graph: Graph<'a>,
    nodes: Vec<Node<'a>>,
    /// What ignored properties refer to: it is left out, too, unless something else leads there.
    hidden: Vec<usize>,
    pub(super) ignored: Ignored,
    /// What no root leads to and nothing else refers to, each with its kind for matching.
    pub(super) orphans: Vec<(usize, u64)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(scene: &'a Scene, ignored: Ignored, strict: bool) -> Self {
        let graph = Graph::new(scene);
        let (mut scratch, mut hidden) = (Vec::new(), Vec::new());
        let nodes = scene
            .objects()
            .map(|(id, state)| digest(scene, &graph, &ignored, strict, (id, state), &mut scratch, &mut hidden))
            .collect();
        let mut index = Self { scene, graph, nodes, hidden, ignored, orphans: Vec::new() };
        index.fingerprint();
        index
    }

    pub(super) fn node(&self, at: usize) -> Option<&Node<'a>> {
        self.nodes.get(at)
    }

    /// The roots, each with its kind for matching.
    pub(super) fn roots(&self) -> Vec<(usize, u64)> {
        let positions = self.scene.roots.iter().filter_map(|root| self.graph.position(&root.id));
        positions.map(|at| (at, self.kind(at))).collect()
    }

    /// The root of a view. Only some sources tell views' names: a snapshot by other software does not.
    pub(super) fn root_named(&self, name: &str) -> Option<usize> {
        let mut found = self.scene.roots.iter().filter(|root| root.name.as_deref() == Some(name));
        let root = found.next().filter(|_| found.next().is_none())?;
        self.graph.position(&root.id)
    }

    fn kind(&self, at: usize) -> u64 {
        self.nodes.get(at).map_or(0, |node| xxh3_64(node.class.as_bytes()))
    }

    pub(super) fn is_array(&self, at: usize) -> bool {
        let dialect = self.scene.dialect();
        let is_array = |node: &Node<'_>| dialect.role(&dialect.head(node.state)) == Some(Role::Array);
        self.node(at).is_some_and(|node| *node.array.get_or_init(|| is_array(node)))
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &Node<'a>)> {
        self.nodes.iter().enumerate()
    }

    /// The objects that an object refers to, noise left out, sorted by property.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let children = self.nodes.get(at).map(|node| node.children.as_slice()).unwrap_or_default();
        children.iter().filter(|&&child| child != MISSING).map(|&child| child as usize)
    }

    /// The objects that ignored properties refer to, and everything that those lead to.
    pub(super) fn behind_ignored(&self) -> HashSet<usize> {
        let mut found: HashSet<usize> = HashSet::new();
        let mut stack = self.hidden.clone();
        while let Some(at) = stack.pop() {
            if let (true, Some(node)) = (found.insert(at), self.nodes.get(at)) {
                stack.extend(self.graph.targets(node.id).filter_map(|id| self.graph.position(id)));
            }
        }
        found
    }

    /// Everything that some objects lead to, themselves included, without going through `closed`.
    pub(super) fn reach(
        &self,
        from: impl IntoIterator<Item = usize>,
        closed: &dyn Fn(usize, usize) -> bool,
    ) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut stack: Vec<usize> = from.into_iter().collect();
        stack.iter().for_each(|&at| set(&mut seen, at, true));
        while let Some(at) = stack.pop() {
            for child in self.children(at) {
                if seen.get(child) == Some(&false) && !closed(at, child) {
                    set(&mut seen, child, true);
                    stack.push(child);
                }
            }
        }
        seen
    }

    /// A JSON value with every reference replaced by the fingerprint of what it leads to.
    pub(super) fn token(&self, value: &str) -> u64 {
        let mut scratch = Vec::with_capacity(value.len());
        let mut at = 0;
        self.scene.dialect().reference_spans(value, &mut |span, id| {
            scratch.extend_from_slice(value.get(at..span.start).unwrap_or_default().as_bytes());
            let target = self.graph.position(&id).and_then(|target| self.nodes.get(target));
            scratch.extend_from_slice(&target.map_or(0, |node| node.fingerprint).to_le_bytes());
            at = span.end;
        });
        scratch.extend_from_slice(value.get(at..).unwrap_or_default().as_bytes());
        xxh3_64(&scratch)
    }

    /// Children before parents, so that each fingerprint is made of finished ones.
    fn fingerprint(&mut self) {
        let depths = self.depths();
        let mut circle = vec![0_u32; self.nodes.len()];
        let circles = self.circles();
        for (k, members) in circles.iter().enumerate() {
            members.iter().for_each(|&at| set(&mut circle, at, k as u32));
            for &at in members {
                let is_one = members.len() > 1 || self.children(at).any(|child| child == at);
                if let Some(node) = self.nodes.get_mut(at).filter(|_| is_one) {
                    node.circle = Some(k as u32);
                }
            }
        }
        let mut scratch = Vec::new();
        for mut members in circles {
            // In a circle: from the bottom up, and not up again.
            members.sort_unstable_by_key(|&at| std::cmp::Reverse(depths.get(at).copied()));
            for at in members {
                let Some(node) = self.nodes.get(at) else { continue };
                scratch.clear();
                scratch.extend_from_slice(&node.local.to_le_bytes());
                for &child in &node.children {
                    let child = child as usize;
                    let upwards = circle.get(child) == circle.get(at) && depths.get(child) <= depths.get(at);
                    match self.nodes.get(child) {
                        None => scratch.extend_from_slice(b"missing"),
                        Some(child) if upwards => scratch.extend_from_slice(child.class.as_bytes()),
                        Some(child) => scratch.extend_from_slice(&child.fingerprint.to_le_bytes()),
                    }
                }
                let fingerprint = xxh3_64(&scratch);
                let below = self.children(at).any(|child| self.nodes.get(child).is_some_and(|child| child.round));
                if let Some(node) = self.nodes.get_mut(at) {
                    node.fingerprint = fingerprint;
                    node.round = below || node.circle.is_some();
                }
            }
        }
    }

    /// How far each object is from a root; what no root leads to is counted from where it starts itself.
    fn depths(&mut self) -> Vec<u32> {
        let mut depths = vec![u32::MAX; self.nodes.len()];
        let roots = self.scene.roots.iter().filter_map(|root| self.graph.position(&root.id)).collect();
        self.spread(&mut depths, roots);
        let is_new = |depths: &[u32], at: usize| depths.get(at) == Some(&u32::MAX);
        let hidden = self.hidden.iter().copied().filter(|&at| is_new(&depths, at)).collect();
        self.spread(&mut depths, hidden);
        let mut referred = vec![false; self.nodes.len()];
        for at in 0..self.nodes.len() {
            self.children(at).for_each(|child| set(&mut referred, child, true));
        }
        let starts: VecDeque<usize> =
            (0..self.nodes.len()).filter(|&at| is_new(&depths, at) && referred.get(at) == Some(&false)).collect();
        let mut orphans: Vec<usize> = Vec::from_iter(starts.iter().copied());
        self.spread(&mut depths, starts);
        for at in 0..self.nodes.len() {
            if is_new(&depths, at) {
                orphans.push(at);
                self.spread(&mut depths, VecDeque::from([at]));
            }
        }
        self.orphans = orphans.into_iter().map(|at| (at, self.kind(at))).collect();
        depths
    }

    fn spread(&self, depths: &mut [u32], mut queue: VecDeque<usize>) {
        queue.iter().for_each(|&at| set(depths, at, 0));
        while let Some(at) = queue.pop_front() {
            let next = depths.get(at).copied().unwrap_or_default().saturating_add(1);
            for child in self.children(at) {
                if depths.get(child) == Some(&u32::MAX) {
                    set(depths, child, next);
                    queue.push_back(child);
                }
            }
        }
    }

    /// The sets of objects that lead to each other (most are of one object), each after all it leads to:
    /// Tarjan's algorithm without recursion.
    fn circles(&self) -> Vec<Vec<usize>> {
        const NEW: u32 = u32::MAX;
        let n = self.nodes.len();
        let (mut order, mut low, mut open) = (vec![NEW; n], vec![NEW; n], vec![false; n]);
        let (mut found, mut stack, mut clock) = (Vec::new(), Vec::new(), 0_u32);
        for start in 0..n {
            if order.get(start) != Some(&NEW) {
                continue;
            }
            let mut walk: Vec<(usize, usize)> = vec![(start, 0)];
            while let Some((at, next)) = walk.pop() {
                if next == 0 {
                    set(&mut order, at, clock);
                    set(&mut low, at, clock);
                    set(&mut open, at, true);
                    stack.push(at);
                    clock += 1;
                }
                let child = self.nodes.get(at).and_then(|node| node.children.get(next)).copied();
                if let Some(child) = child {
                    walk.push((at, next + 1));
                    let child = child as usize;
                    match order.get(child) {
                        Some(&NEW) => walk.push((child, 0)),
                        Some(&seen) if open.get(child) == Some(&true) => lower(&mut low, at, seen),
                        _ => {}
                    }
                    continue;
                }
                if low.get(at) == order.get(at) {
                    let mut members = Vec::new();
                    while let Some(member) = stack.pop() {
                        set(&mut open, member, false);
                        members.push(member);
                        if member == at {
                            break;
                        }
                    }
                    found.push(members);
                }
                if let Some(&(parent, _)) = walk.last() {
                    let reached = low.get(at).copied().unwrap_or(NEW);
                    lower(&mut low, parent, reached);
                }
            }
        }
        found
    }
}

/// What one object is by itself, and what it refers to.
fn digest<'a>(
    scene: &'a Scene,
    graph: &Graph<'a>,
    ignored: &Ignored,
    strict: bool,
    (id, state): (&'a ObjectId, &'a State),
    scratch: &mut Vec<u8>,
    hidden: &mut Vec<usize>,
) -> Node<'a> {
    let dialect = scene.dialect();
    scratch.clear();
    let mut children = Vec::new();
    let Ok(mut members) = state.members() else {
        return Node {
            id,
            state,
            class: Cow::Borrowed(""),
            fingerprint: 0,
            circle: None,
            round: false,
            array: OnceCell::new(),
            // Not to be taken for a state with nothing in it.
            local: xxh3_64_with_seed(state.as_str().as_bytes(), 1),
            children,
        };
    };
    let class = class_of(dialect, &members);
    if !members.is_sorted_by(|a, b| a.0 <= b.0) {
        members.sort_by(|a, b| a.0.cmp(&b.0));
    }
    scratch.extend_from_slice(class.as_bytes());
    // The values are known by the name of their blob, but not whether all of it is there.
    if let Some(found) = dialect.blob_use(state).filter(|_| !scene.without_blobs) {
        let size = scene.blob(&found.hash).map(Blob::len);
        if size.is_none() || size != found.expected_bytes() {
            scratch.extend_from_slice(&size.unwrap_or(u64::MAX).to_le_bytes());
        }
    }
    let whole = ignored.object(id);
    let mut sorted = String::new();
    for (key, value) in &members {
        if whole || (!ignored.is_empty() && ignored.place(id, &[key])) {
            dialect.reference_spans(value, &mut |_, target| hidden.extend(graph.position(&target)));
            continue;
        }
        if key == dialect.class_property() || (!strict && dialect.is_noise(&class, key)) {
            continue;
        }
        scratch.push(0);
        scratch.extend_from_slice(key.as_bytes());
        scratch.push(b':');
        if !strict && dialect.is_unordered(&class, key) {
            sorted = elements_sorted(value);
        }
        let value = if sorted.is_empty() { value } else { sorted.as_str() };
        let value = &*raw::without(value, if strict { &[] } else { dialect.noise_within(&class, key) });
        let mut at = 0;
        dialect.reference_spans(value, &mut |span, target| {
            scratch.extend_from_slice(value.get(at..span.start).unwrap_or_default().as_bytes());
            scratch.push(1);
            children.push(graph.position(&target).map_or(MISSING, |position| position as u32));
            at = span.end;
        });
        scratch.extend_from_slice(value.get(at..).unwrap_or_default().as_bytes());
        sorted.clear();
    }
    Node {
        id,
        state,
        class,
        fingerprint: 0,
        circle: None,
        round: false,
        array: OnceCell::new(),
        local: xxh3_64(scratch),
        children,
    }
}

/// A list in an order of its own: that of its elements' texts. (Those of VTK start with where and how they are
/// called.) What is no list stays as it is.
pub(super) fn elements_sorted(list: &str) -> String {
    let Ok(mut elements) = raw::elements(list) else { return list.to_owned() };
    elements.sort_unstable();
    format!("[{}]", elements.join(","))
}

fn class_of<'a>(dialect: &dyn Dialect, members: &Members<'a>) -> Cow<'a, str> {
    let class = raw::member(members, dialect.class_property()).unwrap_or_default();
    // A class that is no string is none that anybody knows, but it is not no class.
    match raw::text(class).unwrap_or(Cow::Borrowed(class)) {
        Cow::Borrowed(class) => dialect.canonical_class(class),
        Cow::Owned(class) => Cow::Owned(dialect.canonical_class(&class).into_owned()),
    }
}

fn set<T: Copy>(slice: &mut [T], at: usize, value: T) {
    if let Some(place) = slice.get_mut(at) {
        *place = value;
    }
}

fn lower(slice: &mut [u32], at: usize, value: u32) {
    if let Some(place) = slice.get_mut(at) {
        *place = value.min(*place);
    }
}
