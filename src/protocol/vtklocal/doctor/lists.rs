//! Items of lists that are no objects.

use crate::analysis::doctor::{Draft, Exam, Patient};
use crate::scene::raw::{self, Kind};
use crate::scene::{Dialect, ObjectId};

use super::super::dialect::VTK;
use super::codes::HOLE;
use super::object::Object;

/// Holes of one list that are told.
const TOLD: usize = 1000;

pub(super) fn rule(exam: &Exam<'_>, patient: &Patient<'_>) -> Vec<Draft> {
    let head = &patient.head;
    if head.class.is_empty() {
        // VTK 9.4 writes the id and the ancestors of what it has no serializer for.
        let Some(ancestor) = head.ancestors.last() else { return Vec::new() };
        let text = format!(
            "the state of object {} names no class: the server had no serializer for this object, a kind of {ancestor}",
            patient.id
        );
        return vec![Draft::of(&HOLE, patient.id, text)];
    }
    if head.is_a("vtkCollection") {
        return Object::new(patient)
            .and_then(|object| object.raw("Items").map(|items| items.to_owned()))
            .map_or_else(Vec::new, |items| holes(exam, patient.id, "Items", &items));
    }
    // A filter or mapper whose input is of a class without a serializer.
    let text = patient.state.as_str();
    if head.is_a("vtkAlgorithm") && (text.contains("[null") || text.contains("[{}")) {
        let Some(object) = Object::new(patient) else { return Vec::new() };
        let ports = object.raw("InputDataObjects").and_then(|ports| raw::elements(ports).ok()).unwrap_or_default();
        let mut found = Vec::new();
        for (port, connections) in ports.into_iter().enumerate().take(TOLD) {
            found.extend(holes(exam, patient.id, &format!("InputDataObjects.{port}"), connections));
        }
        return found;
    }
    Vec::new()
}

fn holes(exam: &Exam<'_>, id: &ObjectId, place: &str, list: &str) -> Vec<Draft> {
    let items = raw::elements(list).unwrap_or_default();
    let is_hole = |item: &str| match Kind::of(item) {
        Kind::Null => true,
        Kind::Object => raw::members(item).is_ok_and(|members| members.is_empty()),
        _ => false,
    };
    let neighbour = |index: Option<usize>| {
        let id = VTK.as_reference(items.get(index?)?)?;
        Some(exam.scene.describe(&id))
    };
    let holes = items.iter().enumerate().filter(|(_, item)| is_hole(item)).take(TOLD);
    holes
        .map(|(index, item)| {
            let mut text = format!(
                "item {index} is {}: the server had no serializer for this object, the {} that was added",
                item.trim(),
                ordinal(index + 1)
            );
            let around = [("after", neighbour(index.checked_sub(1))), ("before", neighbour(index.checked_add(1)))];
            let around: Vec<String> =
                around.into_iter().filter_map(|(word, name)| name.map(|name| format!("{word} {name}"))).collect();
            if !around.is_empty() {
                text.push_str(&format!(" ({})", around.join(", ")));
            }
            Draft::of(&HOLE, id, text).at(format!("{place}.{index}"))
        })
        .collect()
}

fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn ordinals() {
        let words = [1, 2, 3, 4, 11, 12, 13, 21, 111, 122].map(super::ordinal);
        assert_eq!(words, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd"]);
    }
}
