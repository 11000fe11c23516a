//! What an update of a live scene changed. Objects keep their ids while a server runs, so the scene before and the
//! scene after are compared object by object; [`super::diff`] is for scenes that have nothing but their structure in
//! common.

mod values;

use std::cell::OnceCell;

use crate::scene::{Graph, ObjectId, Paths, Scene, State, raw};

use super::diff::{ArrayChange, Place, Tolerance, by_name, compare_arrays};

/// A value within an object's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// Where in the state, dotted.
    pub path: String,
    /// JSON text as it was; nothing where the property is new.
    pub old: Option<String>,
    /// JSON text as it is; nothing where the property is gone.
    pub new: Option<String>,
}

/// An object that is there before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectChange {
    /// The object.
    pub place: Place,
    /// What of its state changed, by name.
    pub properties: Vec<PropertyChange>,
    /// For an array: what of its values changed.
    pub array: Option<ArrayChange>,
}

/// What an update changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Objects whose state says something else.
    pub changed: Vec<ObjectChange>,
    /// New objects.
    pub added: Vec<Place>,
    /// Objects that are gone; their places are those that they had.
    pub removed: Vec<Place>,
    /// Objects of which nothing but noise changed: times, counts.
    pub noise: u64,
}

impl Changes {
    /// True where nothing changed but noise.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

/// Compares two moments of a scene: of the objects in `changed` what is new in them, and those in `removed`.
pub fn changes(before: &Scene, after: &Scene, changed: &[ObjectId], removed: &[ObjectId]) -> Changes {
    let mut found = Changes::default();
    let graph = OnceCell::new();
    let places = Places::new(after, &graph);
    for id in changed {
        let Some(new) = after.state(id) else { continue };
        let Some(old) = before.state(id) else {
            found.added.push(places.place(id));
            continue;
        };
        if old == new {
            continue;
        }
        let (properties, array) = compare((before, old), (after, new));
        if properties.is_empty() && array.is_none() {
            found.noise += 1;
        } else {
            found.changed.push(ObjectChange { place: places.place(id), properties, array });
        }
    }
    let graph = OnceCell::new();
    let places = Places::new(before, &graph);
    let gone = removed.iter().filter(|id| before.state(id).is_some() && after.state(id).is_none());
    found.removed = gone.map(|id| places.place(id)).collect();
    found
}

fn compare(old: (&Scene, &State), new: (&Scene, &State)) -> (Vec<PropertyChange>, Option<ArrayChange>) {
    let mut found = Vec::new();
    let (scene, dialect) = (new.0, new.0.dialect());
    let (Ok(olds), Ok(news)) = (old.1.members(), new.1.members()) else {
        let text = |state: &State| Some(state.as_str().to_owned());
        return (vec![PropertyChange { path: String::new(), old: text(old.1), new: text(new.1) }], None);
    };
    let head = dialect.head(new.1);
    let class = dialect.canonical_class(&head.class);
    let is_array = dialect.role(&head) == Some(crate::scene::Role::Array);
    let array = is_array.then(|| compare_arrays(old, new, &Tolerance::default())).flatten();
    let told_elsewhere = |name: &str| is_array && array.is_some() && dialect.array_properties().contains(&name);
    let (olds, news) = (by_name(&olds), by_name(&news));
    let names: std::collections::BTreeSet<&str> = olds.keys().chain(news.keys()).copied().collect();
    for name in names {
        if dialect.is_noise(&class, name) || told_elsewhere(name) {
            continue;
        }
        let mut place = vec![name.to_owned()];
        let within = dialect.noise_within(&class, name);
        let [old, new] = [&olds, &news].map(|side| side.get(name).map(|value| raw::without(value, within)));
        values::compare(scene, &mut place, old.as_deref(), new.as_deref(), &mut found);
    }
    (found, array)
}

/// Finds places; the graph is read only when there is one to find.
struct Places<'a> {
    scene: &'a Scene,
    graph: &'a OnceCell<Graph<'a>>,
    /// One for all: it reads the state above a thousand siblings once.
    paths: OnceCell<Paths<'a>>,
}

impl<'a> Places<'a> {
    fn new(scene: &'a Scene, graph: &'a OnceCell<Graph<'a>>) -> Self {
        Self { scene, graph, paths: OnceCell::new() }
    }

    fn place(&self, id: &ObjectId) -> Place {
        let paths =
            self.paths.get_or_init(|| Paths::new(self.scene, self.graph.get_or_init(|| Graph::new(self.scene))));
        let head = self.scene.head(id).unwrap_or_default();
        Place {
            id: id.clone(),
            class: head.class.into_owned(),
            name: head.name.map(std::borrow::Cow::into_owned),
            path: paths.to(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::by_dialect;

    fn scene(states: &[(u64, &str)]) -> Scene {
        let mut scene = Scene::new(by_dialect("vtklocal").unwrap().dialect());
        for (id, text) in states {
            scene.insert(ObjectId::Number(*id), State::new(text).unwrap());
        }
        scene.roots = vec![crate::scene::Root { id: ObjectId::Number(1), name: None }];
        scene
    }

    #[test]
    fn properties_by_id_without_noise() {
        let before = scene(&[
            (1, r#"{"ClassName":"vtkRenderWindow","Id":1,"MTime":5,"Renderers":{"Id":2},"Size":[1,2]}"#),
            (2, r#"{"ClassName":"vtkActor","Id":2,"MTime":3,"A":{"x":1,"y":[{"k":1},{"k":2}]},"Gone":1}"#),
            (3, r#"{"ClassName":"vtkActor","Id":3,"MTime":3}"#),
        ]);
        let after = scene(&[
            (1, r#"{"ClassName":"vtkRenderWindow","Id":1,"MTime":9,"Renderers":{"Id":2},"Size":[1,2]}"#),
            (2, r#"{"ClassName":"vtkActor","Id":2,"MTime":4,"A":{"x":2,"y":[{"k":1},{"k":3}]},"New":null}"#),
            (4, r#"{"ClassName":"vtkActor","Id":4,"MTime":3}"#),
        ]);
        let ids = |ids: &[u64]| ids.iter().copied().map(ObjectId::Number).collect::<Vec<_>>();
        let found = changes(&before, &after, &ids(&[1, 2, 4]), &ids(&[3]));
        assert_eq!((found.noise, found.added.len(), found.removed.len(), found.changed.len()), (1, 1, 1, 1));
        let change = &found.changed[0];
        assert_eq!(change.place.path, "/Renderers");
        let told: Vec<String> =
            change.properties.iter().map(|p| format!("{} {:?} {:?}", p.path, p.old, p.new)).collect();
        assert_eq!(
            told,
            [
                r#"A.x Some("1") Some("2")"#,
                r#"A.y.1.k Some("2") Some("3")"#,
                r#"Gone Some("1") None"#,
                r#"New None Some("null")"#
            ]
        );
    }
}
