//! Finding the objects that a selector names.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::Value;

use super::graph::Graph;
use super::path::{Cursor, Segment, step};
use super::raw::{self, Kind};
use super::select::{Alternative, Comparison, Filter, Reading, Selector, Step, Test};
use super::{ObjectId, Scene, SceneError};

impl Scene {
    /// The objects that a selector names, each once, in the order of its alternatives.
    ///
    /// # Errors
    /// [`SceneError::UnknownObject`] where the selector is one id and there is no such object.
    pub fn select(&self, selector: &Selector) -> Result<Vec<ObjectId>, SceneError> {
        if let Some(id) = selector.single_id() {
            self.require(&id)?;
            return Ok(vec![id]);
        }
        let mut graph = None;
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for alternative in &selector.alternatives {
            for id in self.select_one(alternative, &selector.text, &mut graph) {
                if seen.insert(id.clone()) {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    /// As [`Scene::select`], but nothing found is an error.
    ///
    /// # Errors
    /// [`SceneError::NothingMatches`], and those of [`Scene::select`].
    pub fn select_some(&self, selector: &Selector) -> Result<Vec<ObjectId>, SceneError> {
        let found = self.select(selector)?;
        if found.is_empty() { Err(SceneError::NothingMatches(selector.to_string())) } else { Ok(found) }
    }

    fn select_one<'a>(&'a self, alternative: &Alternative, text: &str, graph: &mut Option<Graph<'a>>) -> Vec<ObjectId> {
        let (mut cursors, done): (Vec<Cursor<'a>>, usize) =
            match (self.named_by_id(alternative, text), &alternative.start) {
                (Some((id, test, done)), _) => (self.keep(vec![id], test), done),
                (None, None) => (self.roots.iter().filter_map(|root| Cursor::at_object(self, &root.id)).collect(), 0),
                (None, Some(test)) => (self.start(test), 0),
            };
        let from_roots = alternative.start.is_none();
        for (k, step) in alternative.steps.iter().enumerate().skip(done) {
            cursors = if step.below {
                let graph = graph.get_or_insert_with(|| Graph::new(self));
                self.below(cursors, &step.test, graph, k == 0 && from_roots)
            } else {
                cursors.into_iter().flat_map(|cursor| self.child(cursor, step)).collect()
            };
        }
        cursors.iter().filter_map(|cursor| cursor.target(self)).filter(|id| self.state(id).is_some()).collect()
    }

    /// The longest beginning of an alternative that is an object's id, where ids are names: `/a/b` and `1:/a/b` look like
    /// ways down. With it, what stands behind it, and how many steps it takes.
    fn named_by_id<'t>(&self, alternative: &'t Alternative, text: &str) -> Option<(ObjectId, &'t Test, usize)> {
        let tests = alternative.start.iter().chain(alternative.steps.iter().map(|step| &step.test));
        let tests: Vec<&Test> = tests.collect();
        let steps_before = usize::from(alternative.start.is_some());
        tests.into_iter().enumerate().rev().find_map(|(k, test)| {
            let id = ObjectId::parse(text.get(alternative.at..test.end)?);
            // Numbers are found as what they are.
            (id.number().is_none() && self.state(&id).is_some()).then(|| (id, test, k + 1 - steps_before))
        })
    }

    fn start<'a>(&'a self, test: &Test) -> Vec<Cursor<'a>> {
        let ids: Vec<ObjectId> = if test.reading == Reading::Id {
            vec![ObjectId::parse(&test.name)]
        } else if let Some(root) = self.root(&test.name) {
            vec![root.id.clone()]
        } else {
            self.objects().map(|(id, _)| id).filter(|id| self.is_named(id, test)).cloned().collect()
        };
        self.keep(ids, test)
    }

    /// An id, `*`, or a class (derived classes too).
    fn is_named(&self, id: &ObjectId, Test { name, reading, .. }: &Test) -> bool {
        if name == "*" && *reading == Reading::Plain {
            return true;
        }
        let is_id = match id {
            ObjectId::Number(number) => name.parse() == Ok(*number),
            ObjectId::Name(own) => **own == **name,
        };
        is_id || (name.parse::<u64>().is_err() && self.head(id).is_some_and(|head| head.is_a(name)))
    }

    fn keep<'a>(&'a self, ids: Vec<ObjectId>, test: &Test) -> Vec<Cursor<'a>> {
        ids.into_iter()
            .filter(|id| test.filters.iter().all(|filter| self.passes(id, filter)))
            .filter_map(|id| Cursor::at_object(self, &id))
            .collect()
    }

    fn below<'a>(&'a self, from: Vec<Cursor<'a>>, test: &Test, graph: &Graph<'a>, itself: bool) -> Vec<Cursor<'a>> {
        let starts: Vec<ObjectId> = from.iter().filter_map(|cursor| cursor.target(self)).collect();
        let found = graph.below(&starts, itself).into_iter().filter(|id| self.is_named(id, test)).collect();
        self.keep(found, test)
    }

    fn child<'a>(&'a self, cursor: Cursor<'a>, wanted: &Step) -> Vec<Cursor<'a>> {
        let Ok(cursor) = cursor.follow(self) else { return Vec::new() };
        let next: Vec<Cursor<'a>> = if wanted.test.name == "*" && wanted.test.reading == Reading::Plain {
            self.children(&cursor)
        } else {
            step(self, &cursor, &Segment(wanted.test.name.clone()), &String::new).into_iter().collect()
        };
        if wanted.test.filters.is_empty() {
            return next;
        }
        let ids = next.iter().filter_map(|cursor| cursor.target(self)).collect();
        self.keep(ids, &wanted.test)
    }

    /// What `*` means for a step: a collection's elements, else every object referred to.
    fn children<'a>(&'a self, cursor: &Cursor<'a>) -> Vec<Cursor<'a>> {
        let inside = |text| Cursor { owner: cursor.owner.clone(), text, object: None };
        let members = match Kind::of(cursor.text) {
            Kind::Array => return raw::elements(cursor.text).into_iter().flatten().map(inside).collect(),
            Kind::Object => raw::members(cursor.text).unwrap_or_default(),
            _ => return Vec::new(),
        };
        if let Some(&(_, items)) = members.iter().find(|(key, _)| self.dialect().is_items(key)) {
            if Kind::of(items) == Kind::Object {
                return raw::members(items).into_iter().flatten().map(|(_, item)| inside(item)).collect();
            }
            return raw::elements(items).into_iter().flatten().map(inside).collect();
        }
        let mut found = Vec::new();
        if let Some(state) = cursor.object.as_ref().and_then(|id| self.state(id)) {
            self.dialect().references(state, &mut |id| found.extend(Cursor::at_object(self, &id)));
        }
        found
    }

    fn passes(&self, id: &ObjectId, filter: &Filter) -> bool {
        let Ok(found) = self.lookup(id, &filter.path) else { return false };
        let Some((comparison, wanted)) = &filter.condition else { return true };
        let Ok(value) = serde_json::from_str::<Value>(&found.slot) else { return false };
        match comparison {
            Comparison::Equal => same(&value, wanted),
            Comparison::NotEqual => !same(&value, wanted),
            Comparison::Less => order(&value, wanted).is_some_and(Ordering::is_lt),
            Comparison::LessEqual => order(&value, wanted).is_some_and(Ordering::is_le),
            Comparison::Greater => order(&value, wanted).is_some_and(Ordering::is_gt),
            Comparison::GreaterEqual => order(&value, wanted).is_some_and(Ordering::is_ge),
        }
    }
}

/// Equal as a person means it: numbers by value, whatever they are written as; a number and the
/// same digits as text too, since a shell eats quotes.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Value::String(text), Value::Number(_) | Value::Bool(_)) => {
            let digits = b.to_string();
            *text == digits
        }
        _ => a == b,
    }
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
