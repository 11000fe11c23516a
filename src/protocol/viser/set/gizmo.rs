//! Gizmos: the only nodes that clients move.

use serde_json::Value;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::gui::same;
use super::{Field, Object, say};
use crate::protocol::{Unsettable, Wish};
use crate::scene::Assignment;

/// How far from 1 the length of a quaternion may be.
const NEAR: f64 = 1e-3;

/// How a gizmo is to be moved.
pub(super) struct Pose {
    pub(super) wishes: Vec<Wish>,
    pub(super) messages: Vec<SocketMessage>,
    /// What others see then.
    pub(super) seen: Vec<(&'static str, Value)>,
    pub(super) is_same: bool,
}

fn numbers<const N: usize>(value: &Value) -> Option<[f64; N]> {
    let found: Option<Vec<f64>> = value.as_array()?.iter().map(Value::as_f64).collect();
    found?.try_into().ok()
}

/// A drag from where it is to where it is wanted: its start, its pose, its end.
pub(super) fn pose(object: &Object<'_>, assignments: &[Assignment]) -> Result<Pose, Unsettable> {
    let now = |name: &str, usual: &[f64]| object.state.get(name).cloned().unwrap_or_else(|| usual.into());
    let (mut position, mut wxyz) = (now("position", &[0.0; 3]), now("wxyz", &[1.0, 0.0, 0.0, 0.0]));
    let before = (position.clone(), wxyz.clone());
    let mut wishes = Vec::new();
    let mut seen = Vec::new();
    for assignment in assignments {
        let value: Value = serde_json::from_str(&assignment.value).unwrap_or_default();
        let path = assignment.path.to_string();
        let (name, slot) = match path.as_str() {
            "position" if numbers::<3>(&value).is_some() => ("position", &mut position),
            "position" => return Err(object.refuse(assignment, "three numbers")),
            "wxyz" => match numbers::<4>(&value).map(|q| q.iter().map(|x| x * x).sum::<f64>()) {
                Some(length) if (length - 1.0).abs() < NEAR => ("wxyz", &mut wxyz),
                _ => return Err(object.refuse(assignment, "a quaternion of length 1, w first")),
            },
            _ => return Err(object.no(assignment, "a client moves only its `position` and `wxyz`")),
        };
        let old = Some(slot.to_string());
        wishes.push(Wish { id: object.id.clone(), path, old, new: assignment.value.clone() });
        *slot = value.clone();
        seen.retain(|(other, _)| *other != name);
        seen.push((name, value));
    }
    let is_same = same(&before.0, &position) && same(&before.1, &wxyz);
    let (name, owner) = (object.text("name").to_owned(), object.text("owner").to_owned());
    let who = || [("name", Field::Text(Some(&name))), ("owner", Field::Text(Some(&owner)))];
    let [of, by] = who();
    let (wxyz, position) =
        (numbers::<4>(&wxyz).unwrap_or([1.0, 0.0, 0.0, 0.0]), numbers::<3>(&position).unwrap_or_default());
    let moved = [of, ("wxyz", Field::Numbers(&wxyz)), ("position", Field::Numbers(&position)), by];
    let messages = vec![
        say("TransformControlsDragStartMessage", &who()),
        say("TransformControlsUpdateMessage", &moved),
        say("TransformControlsDragEndMessage", &who()),
    ];
    Ok(Pose { wishes, messages, seen, is_same })
}
