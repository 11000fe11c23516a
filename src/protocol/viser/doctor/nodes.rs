//! Poses, and what hides a node.

use std::collections::HashMap;

use serde_json::Value;

use super::codes::{HIDDEN, INVISIBLE, POSE, PROGRAM, SHADOWED, STAND_IN, VANISHING};
use super::state::is_not_finite;
use crate::analysis::doctor::{Draft, Exam, Patient};
use crate::protocol::viser::properties::Properties;
use crate::scene::{ObjectId, raw};

/// Classes that draw nothing by themselves.
const NOTHING: [&str; 4] = ["Frame", "Missing", "Scene", "Gui3D"];

/// What can be said of a node by itself.
pub(super) fn rule(exam: &Exam<'_>, patient: &Patient<'_>, state: &Properties) -> Vec<Draft> {
    let mut found = Vec::new();
    if &*patient.head.class == "RunJavascript" {
        let bytes = state.get("source").and_then(Value::as_str).map_or(0, str::len);
        found.push(Draft::of(&PROGRAM, patient.id, format!("JavaScript of {bytes} bytes")));
    }
    if &*patient.head.class == "Missing" {
        let below = state.get("children").and_then(Value::as_object).map_or(0, |children| children.len());
        found.push(Draft::of(&STAND_IN, patient.id, format!("{below} below it, and nobody made it")));
    }
    for place in ["position", "wxyz"] {
        if state.get(place).is_some_and(is_not_finite) {
            found.push(Draft::of(&POSE, patient.id, format!("its {place} holds NaN or infinity")).at(place));
        }
    }
    let is_zero = |value: &Value| {
        let numbers = value.as_array().filter(|list| list.len() == 4);
        numbers.is_some_and(|list| list.iter().all(|part| part.as_f64().is_some_and(|part| part.abs() < 1e-12)))
    };
    if state.get("wxyz").is_some_and(is_zero) {
        found.push(Draft::of(&POSE, patient.id, "its quaternion is zero").at("wxyz"));
    }
    if state.prop("scale").is_some_and(is_not_finite) {
        found.push(Draft::of(&POSE, patient.id, "its scale is not a number").at("props.scale"));
    }
    if let Some(shadowed) = state.get("shadowed").and_then(Value::as_array) {
        let hidden = shadowed.iter().filter_map(|reference| reference.get("$id")?.as_str()).collect::<Vec<_>>();
        let described: Vec<String> = hidden.iter().map(|id| exam.scene.describe(&ObjectId::parse(id))).collect();
        found.push(Draft::of(&SHADOWED, patient.id, format!("it hides {}", described.join(", "))).at("shadowed"));
    }
    let is_visible = state.get("visible") != Some(&Value::Bool(false));
    if is_visible && patient.head.is_a("SceneNode") && !NOTHING.contains(&&*patient.head.class) {
        found.extend(vanishing(patient, state));
    }
    found
}

fn vanishing(patient: &Patient<'_>, state: &Properties) -> Option<Draft> {
    let zero = |name: &&str| state.number(name) == Some(0.0);
    let name = ["opacity", "point_size", "radius", "thickness", "axes_length"].into_iter().find(zero);
    let scale = state.prop("scale").filter(|scale| match scale {
        Value::Array(list) => list.iter().any(|part| part.as_f64() == Some(0.0)),
        scale => scale.as_f64() == Some(0.0),
    });
    let name = name.or(scale.map(|_| "scale"))?;
    Some(Draft::of(&VANISHING, patient.id, format!("its {name} is 0")).at(format!("props.{name}")))
}

/// What a node says of its own visibility, and whether it draws anything.
struct Shown {
    is_visible: bool,
    draws: bool,
    children: Vec<ObjectId>,
}

/// Whom invisible nodes hide, and whether there is anything to see at all.
pub(super) fn visibility(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    let mut nodes: HashMap<&ObjectId, Shown> = HashMap::new();
    for patient in exam.objects.iter().filter(|patient| patient.is_reachable) {
        let is_root = &*patient.head.class == "Scene";
        if !(is_root || patient.head.is_a("SceneNode") || &*patient.head.class == "Missing") {
            continue;
        }
        let Ok(members) = patient.state.members() else { continue };
        let children = raw::member(&members, "children").and_then(|children| raw::members(children).ok());
        let children = children.unwrap_or_default();
        let references = children.iter().filter_map(|(_, child)| exam.scene.dialect().as_reference(child));
        let shown = Shown {
            is_visible: raw::member(&members, "visible").map(str::trim) != Some("false"),
            draws: !NOTHING.contains(&&*patient.head.class) && !patient.head.class.ends_with("Light"),
            children: references.collect(),
        };
        nodes.insert(patient.id, shown);
    }
    let (mut drawn, mut seen) = (0_u64, 0_u64);
    let mut hidden: HashMap<ObjectId, u64> = HashMap::new();
    let roots = exam.scene.roots.iter().map(|root| (root.id.clone(), None::<ObjectId>));
    let mut stack: Vec<(ObjectId, Option<ObjectId>)> = roots.collect();
    let mut left = nodes.len().saturating_add(stack.len());
    while let Some((id, hider)) = stack.pop() {
        // A broken file may lead in circles.
        let Some(node) = nodes.get(&id).filter(|_| left > 0) else { continue };
        left -= 1;
        drawn += u64::from(node.draws);
        seen += u64::from(node.draws && node.is_visible && hider.is_none());
        if let Some(hider) = &hider
            && node.draws
            && node.is_visible
        {
            *hidden.entry(hider.clone()).or_default() += 1;
        }
        let hider = hider.or_else(|| (!node.is_visible).then(|| id.clone()));
        stack.extend(node.children.iter().map(|child| (child.clone(), hider.clone())));
    }
    let mut hidden: Vec<_> = hidden.into_iter().collect();
    hidden.sort_unstable();
    for (id, count) in hidden {
        let text = format!("it is invisible, and hides {count} below it that say they are visible");
        found.push(Draft::of(&HIDDEN, &id, text).at("visible"));
    }
    if drawn > 0 && seen == 0 {
        let text = format!("none of the {drawn} nodes that could be drawn is visible");
        found.push(Draft::of_scene(&INVISIBLE, text));
    }
}
