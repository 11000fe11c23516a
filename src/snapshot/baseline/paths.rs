//! What objects are called in a baseline: the way down to them, without the numbers that shift.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use xxhash_rust::xxh3::Xxh3Default;

use crate::scene::{Edge, Graph, ObjectId, Role, Scene, raw};

/// Objects below a prop that are looked at for what it shows.
const NEAREST: usize = 256;
/// A name that is longer has no longer ones below it: they would take as much as the square of the depth.
const LONGEST: usize = 2048;

/// The name of every object that a root leads to.
pub(super) fn paths(scene: &Scene) -> BTreeMap<String, ObjectId> {
    let graph = Graph::new(scene);
    let mut names: HashMap<ObjectId, String> = HashMap::new();
    let mut taken: Taken = HashMap::new();
    let mut queue = VecDeque::new();
    for (k, root) in scene.roots.iter().enumerate() {
        let name = match (scene.roots.len(), &root.name) {
            (1, _) => String::from("/"),
            (_, Some(name)) => format!("/{}", step(name)),
            (_, None) => format!("/root{k}"),
        };
        if scene.state(&root.id).is_some() && !names.contains_key(&root.id) {
            let name = unique(name, &mut taken);
            names.insert(root.id.clone(), name);
            queue.push_back(root.id.clone());
        }
    }
    let shared = shared(scene, &graph);
    while let Some(id) = queue.pop_front() {
        let above = names.get(&id).map(|name| name.trim_end_matches('/').to_owned()).unwrap_or_default();
        let edges = scene.edges(&id);
        let labels = labels(scene, &graph, &edges);
        for edge in edges {
            if scene.state(&edge.target).is_some() && !names.contains_key(&edge.target) {
                let name = if shared.contains(&edge.target) && above.contains('~') {
                    format!("/~shared/{}", label(scene, &graph, &edge.target, SHAPES))
                } else if above.len() > LONGEST {
                    format!("/~deep/{}", label(scene, &graph, &edge.target, SHAPES))
                } else {
                    format!("{above}/{}", hops(scene, &labels, &edge))
                };
                let name = unique(name, &mut taken);
                names.insert(edge.target.clone(), name);
                queue.push_back(edge.target);
            }
        }
    }
    names.into_iter().map(|(id, name)| (name, id)).collect()
}

/// Names that are given, each with how often.
type Taken = HashMap<String, u64>;

/// The second of a name is `NAME.2`.
fn unique(name: String, taken: &mut Taken) -> String {
    let mut k = match taken.get(&name) {
        None => {
            taken.insert(name.clone(), 1);
            return name;
        }
        Some(k) => *k,
    };
    loop {
        k += 1;
        let other = format!("{name}.{k}");
        if !taken.contains_key(&other) {
            taken.insert(other.clone(), 1);
            taken.insert(name, k);
            return other;
        }
    }
}

/// From an object to one it refers to: `ViewProps/vtkActor~3fa1`, `Points`, `Arrays/Normals`.
fn hops(scene: &Scene, labels: &HashMap<ObjectId, String>, edge: &Edge) -> String {
    let names = crate::scene::hops(scene.dialect(), &edge.place);
    let mut parts: Vec<String> = names.iter().map(|name| step(name)).collect();
    if let (true, Some(last)) = (edge.in_list, parts.last_mut()) {
        let name = || scene.head(&edge.target).and_then(|head| head.name.map(|name| step(&name)));
        if let Some(label) = labels.get(&edge.target).cloned().or_else(name) {
            *last = label;
        }
    }
    parts.join("/")
}

/// How closely a label looks: at how large the arrays are that a prop shows (they are there after a change
/// of their values, too), at their values, at the prop's own properties. What two have in common up to
/// the end is numbered.
type Detail = usize;
const SHAPES: Detail = 0;
const VALUES: Detail = 1;
const PROPERTIES: Detail = 2;

/// The labels of the props in an object's lists: as little detail as tells them apart.
fn labels(scene: &Scene, graph: &Graph<'_>, edges: &[Edge]) -> HashMap<ObjectId, String> {
    let is_prop = |id: &ObjectId| scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Prop));
    let listed = edges.iter().filter(|edge| edge.in_list).map(|edge| &edge.target);
    let mut waiting: Vec<&ObjectId> = listed.filter(|id| is_prop(id)).collect();
    waiting.sort_unstable();
    waiting.dedup();
    let mut labels = HashMap::new();
    for detail in [SHAPES, VALUES, PROPERTIES] {
        let mut groups: BTreeMap<String, Vec<&ObjectId>> = BTreeMap::new();
        for id in waiting.drain(..) {
            groups.entry(label(scene, graph, id, detail)).or_default().push(id);
        }
        for (label, group) in groups {
            if group.len() == 1 || detail == PROPERTIES {
                labels.extend(group.into_iter().map(|id| (id.clone(), label.clone())));
            } else {
                waiting.extend(group);
            }
        }
    }
    labels
}

/// `vtkActor~3fa1`: the class, and what it shows.
fn label(scene: &Scene, graph: &Graph<'_>, id: &ObjectId, detail: Detail) -> String {
    let head = scene.head(id).unwrap_or_default();
    let class = scene.dialect().canonical_class(&head.class);
    let marks: Vec<String> =
        (SHAPES..=detail).map(|detail| format!("{:04x}", mark(scene, graph, id, detail) & 0xffff)).collect();
    format!("{class}~{}", marks.join("-"))
}

fn mark(scene: &Scene, graph: &Graph<'_>, id: &ObjectId, detail: Detail) -> u64 {
    let mut hasher = Xxh3Default::new();
    if detail == PROPERTIES {
        own_properties(scene, id, &mut hasher);
        return hasher.digest();
    }
    let mut seen: HashSet<&ObjectId> = HashSet::from([id]);
    // A text knows its renderer, and that all the others: what is above does not belong to it.
    let mut above = HashSet::from([id]);
    let mut at = id;
    while let Some(parent) = graph.parent(at).filter(|parent| above.len() < NEAREST && above.insert(parent)) {
        at = parent;
    }
    let mut queue: VecDeque<&ObjectId> = VecDeque::from([id]);
    while let Some(id) = queue.pop_front() {
        let Some(state) = scene.state(id) else { continue };
        if let Some(found) = scene.dialect().blob_use(state) {
            if detail == VALUES {
                hasher.update(found.hash.as_bytes());
            }
            hasher.update(&found.tuples.to_le_bytes());
            hasher.update(&found.components.to_le_bytes());
        }
        for child in graph.targets(id) {
            if seen.len() >= NEAREST {
                break;
            }
            if !above.contains(child) && seen.insert(child) {
                queue.push_back(child);
            }
        }
    }
    hasher.digest()
}

/// What stands in the prop's own state, without references and noise: where it is, how large.
fn own_properties(scene: &Scene, id: &ObjectId, hasher: &mut Xxh3Default) {
    let dialect = scene.dialect();
    let Some(state) = scene.state(id) else { return };
    let class = scene.head(id).map(|head| dialect.canonical_class(&head.class).into_owned()).unwrap_or_default();
    for (key, value) in state.members().unwrap_or_default() {
        let mut refers = false;
        dialect.reference_spans(value, &mut |_, _| refers = true);
        if !refers && key != dialect.class_property() && !dialect.is_noise(&class, &key) {
            hasher.update(key.as_bytes());
            hasher.update(raw::without(value, dialect.noise_within(&class, &key)).as_bytes());
        }
    }
}

/// What several props lead to. It belongs to none of them: called after the first, it would be called
/// otherwise as soon as another one comes before.
fn shared(scene: &Scene, graph: &Graph<'_>) -> HashSet<ObjectId> {
    let is_prop = |id: &&ObjectId| scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Prop));
    let mut first: HashMap<&ObjectId, &ObjectId> = HashMap::new();
    let mut shared: HashSet<ObjectId> = HashSet::new();
    for prop in scene.objects().map(|(id, _)| id).filter(is_prop) {
        let mut above = HashSet::from([prop]);
        let mut at = prop;
        while let Some(parent) = graph.parent(at).filter(|parent| above.len() < NEAREST && above.insert(parent)) {
            at = parent;
        }
        let mut stack: Vec<&ObjectId> = graph.targets(prop).collect();
        // Each object is entered twice at most: by the first prop that leads to it, and by the second.
        while let Some(id) = stack.pop() {
            let owner = *first.entry(id).or_insert(prop);
            let new = if owner == prop { above.insert(id) } else { !above.contains(id) && shared.insert(id.clone()) };
            if new {
                stack.extend(graph.targets(id));
            }
        }
    }
    shared
}

/// A name as a part of a path; `~` marks names that we made.
fn step(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2F").replace('~', "%7E")
}
