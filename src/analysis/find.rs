//! Where a text stands in a scene's states.

use crate::scene::raw::{self, Kind};
use crate::scene::{ObjectId, Path, Scene, Segment};

/// States are a few levels deep; what is deeper is hostile.
const DEEPEST: usize = 32;

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The object.
    pub id: &'a ObjectId,
    /// The property, dotted.
    pub path: String,
    /// Its value, as JSON text.
    pub value: &'a str,
}

/// Tells of the properties of an object that have a text in their name or in their value (numbers as the server wrote
/// them), whatever the case; a list is one value. A state that cannot be read has none.
///
/// # Errors
/// Those of `found`.
pub fn find<'a, E>(
    scene: &'a Scene,
    id: &'a ObjectId,
    text: &str,
    found: &mut dyn FnMut(Hit<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let Some(state) = scene.state(id) else { return Ok(()) };
    let mut finder = Finder { scene, id, text: text.to_lowercase(), place: Vec::new(), found };
    finder.look(state.as_str())
}

struct Finder<'a, 'f, E> {
    scene: &'a Scene,
    id: &'a ObjectId,
    text: String,
    place: Vec<String>,
    found: &'f mut dyn FnMut(Hit<'a>) -> Result<(), E>,
}

impl<'a, E> Finder<'a, '_, E> {
    fn look(&mut self, object: &'a str) -> Result<(), E> {
        for (name, value) in raw::members(object).unwrap_or_default() {
            let is_named = self.is_in(&name);
            self.place.push(name.into_owned());
            self.look_at(value, is_named)?;
            self.place.pop();
        }
        Ok(())
    }

    fn look_at(&mut self, value: &'a str, is_named: bool) -> Result<(), E> {
        let is_reference = self.scene.dialect().as_reference(value).is_some();
        match Kind::of(value) {
            _ if is_named => self.tell(value),
            // Where it leads to is told of by itself.
            Kind::Object if is_reference => Ok(()),
            Kind::Object if self.place.len() < DEEPEST => self.look(value),
            Kind::Array if self.place.len() < DEEPEST && has_objects(value) => {
                for (k, element) in raw::elements(value).unwrap_or_default().into_iter().enumerate() {
                    self.place.push(k.to_string());
                    self.look_at(element, false)?;
                    self.place.pop();
                }
                Ok(())
            }
            _ if self.is_in(&raw::text(value).unwrap_or(value.into())) => self.tell(value),
            _ => Ok(()),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.text)
    }

    fn tell(&mut self, value: &'a str) -> Result<(), E> {
        let path = Path(self.place.iter().cloned().map(Segment).collect()).to_string();
        (self.found)(Hit { id: self.id, path, value })
    }
}

fn has_objects(array: &str) -> bool {
    array.contains('{')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::by_dialect;
    use crate::scene::State;

    #[test]
    fn names_and_values_in_any_case() {
        let mut scene = Scene::new(by_dialect("vtklocal").unwrap().dialect());
        let id = ObjectId::Number(1);
        let state = r#"{"ClassName":"vtkActor","Id":1,"Name":"Größe \"x\"","Color":[0.5,1],"Mapper":{"Id":25},
            "Deep":{"List":[{"Colour":2},{"b":"RED"}]},"Null":null}"#;
        scene.insert(id.clone(), State::new(state).unwrap());
        let found = |text: &str| {
            let mut places = Vec::new();
            let found = find(&scene, &id, text, &mut |hit| {
                places.push(hit.path);
                Ok::<_, ()>(())
            });
            found.map(|()| places.join(" "))
        };
        for (text, places) in [
            ("VTKACTOR", "ClassName"),
            ("GRÖSSE", ""),
            ("größe \"X", "Name"),
            ("0.5", "Color"),
            ("col", "Color Deep.List.0.Colour"),
            ("red", "Deep.List.1.b"),
            ("25", ""),
            ("mapper", "Mapper"),
            ("null", "Null"),
        ] {
            assert_eq!(found(text).unwrap(), places, "{text}");
        }
    }
}
