//! What is in composite data: its blocks, and how a mapper shows each.

use std::collections::{HashMap, HashSet};

use super::object::Object;
use crate::analysis::shapes::Losses;
use crate::scene::{ObjectId, Scene, raw};

/// A data set, and how it is shown as one of many.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) id: ObjectId,
    pub(super) name: Option<String>,
    pub(super) color: Option<[f64; 3]>,
    pub(super) opacity: Option<f64>,
}

/// The data sets of a mapper's input.
#[derive(Default)]
pub(super) struct Blocks {
    pub(super) leaves: Vec<Leaf>,
    /// Blocks that are made invisible.
    pub(super) hidden: u64,
}

impl Blocks {
    pub(super) fn of(scene: &Scene, mapper: &Object<'_>, inputs: &[ObjectId], losses: &mut Losses) -> Self {
        let attributes = mapper.follow(scene, "CompositeDataDisplayAttributes");
        if attributes.as_ref().is_some_and(has_scalars) {
            losses.unsupported(scene, &mapper.id, "its blocks are coloured by values in ways of their own");
        }
        let by_key = |name: &str, value: &str| keyed(scene, attributes.as_ref(), name, value);
        let visible = by_key("Visibilities", "Value");
        let (colors, opacities) = (by_key("Colors", "Values"), by_key("Opacities", "Value"));
        let mut found = Self::default();
        let mut seen = HashSet::new();
        let mut open: Vec<Leaf> =
            inputs.iter().rev().map(|id| Leaf { id: id.clone(), name: None, color: None, opacity: None }).collect();
        while let Some(mut at) = open.pop() {
            if !seen.insert(at.id.clone()) {
                continue;
            }
            let Some(data) = Object::read(scene, &at.id) else {
                losses.damaged(scene, &at.id, "data has no state");
                continue;
            };
            if visible.get(&at.id).is_some_and(|value| matches!(value.as_slice(), [0.0])) {
                found.hidden += 1;
                continue;
            }
            // What is said of a block holds for all in it.
            at.color = colors.get(&at.id).and_then(|values| values.as_slice().try_into().ok()).or(at.color);
            at.opacity = opacities.get(&at.id).and_then(|values| values.first().copied()).or(at.opacity);
            if data.is_a("vtkCompositeDataSet") {
                let below = children(scene, &data);
                open.extend(below.into_iter().rev().map(|(id, name)| Leaf {
                    id,
                    name: name.or(at.name.clone()),
                    ..at.clone()
                }));
            } else {
                found.leaves.push(at);
            }
        }
        found
    }
}

/// The blocks of composite data, with their names.
fn children(scene: &Scene, data: &Object<'_>) -> Vec<(ObjectId, Option<String>)> {
    if let Some(blocks) = data.raw("Blocks").and_then(|blocks| raw::elements(blocks).ok()) {
        let of_block = |block: &str| {
            let members = raw::members(block).ok()?;
            let id = scene.dialect().as_reference(raw::member(&members, "DataObject")?)?;
            let name = raw::member(&members, "Name").and_then(raw::text).filter(|name| !name.is_empty());
            Some((id, name.map(std::borrow::Cow::into_owned)))
        };
        return blocks.into_iter().filter_map(of_block).collect();
    }
    let mut found = Vec::new();
    if let Some(state) = scene.state(&data.id) {
        scene.dialect().references(state, &mut |id| {
            if scene.head(&id).is_some_and(|head| head.is_a("vtkDataObject")) {
                found.push((id, None));
            }
        });
    }
    found
}

/// A list of `{"Key": reference, "Value": …}`.
fn keyed(scene: &Scene, attributes: Option<&Object<'_>>, name: &str, value: &str) -> HashMap<ObjectId, Vec<f64>> {
    let items = attributes.and_then(|attributes| raw::elements(attributes.raw(name)?).ok()).unwrap_or_default();
    let pair = |item: &str| {
        let members = raw::members(item).ok()?;
        let id = scene.dialect().as_reference(raw::member(&members, "Key")?)?;
        let value = raw::member(&members, value)?.trim();
        let number = |text: &str| match text.trim() {
            "true" => Some(1.0),
            "false" => Some(0.0),
            text => text.parse().ok(),
        };
        let numbers: Option<Vec<f64>> = match raw::elements(value) {
            Ok(values) => values.into_iter().map(number).collect(),
            Err(_) => number(value).map(|value| vec![value]),
        };
        Some((id, numbers?))
    };
    items.into_iter().filter_map(pair).collect()
}

/// Blocks have tables, ranges or arrays of their own.
fn has_scalars(attributes: &Object<'_>) -> bool {
    const LISTS: [&str; 6] =
        ["ScalarVisibilities", "LookupTables", "ScalarRanges", "ArrayNames", "ColorModes", "Textures"];
    LISTS.iter().any(|name| attributes.raw(name).is_some_and(|list| list.trim() != "[]"))
}
