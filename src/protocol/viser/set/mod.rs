//! Setting on a live viser server what its clients can set.
//!
//! A server takes any property of a GUI element from a client, whatever its value, and gives no answer: `{"props":{}}`
//! breaks it for everybody. So nothing but `value` is ever sent, and only values that viser's own page could send.

mod accept;
mod gizmo;
mod gui;
mod send;
mod silent;

use std::path::PathBuf;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::words::{Field, say};
use crate::protocol::{Client, Connecting, Plan, SendError, Settled, Unsettable, Wish};
use crate::scene::{Assignment, ObjectId, Scene};

/// What to say to somebody who wants more.
pub(super) const ADVICE: &str = "viser's clients can set the `value` of GUI elements, press buttons (value=true), submit \
                                 forms (submit=true), trigger commands (trigger=true), upload files (file=@PATH) and move \
                                 gizmos (position=[…] wxyz=[…]); -o OUT sets anything in a copy";

/// What is to be done.
enum Act {
    /// Is sent; a broadcast to others shows whether it is so. The property of the state where they see it.
    Say { messages: Vec<SocketMessage>, seen: Option<Seen> },
    /// A form is submitted, which the server tells everybody.
    Submit { uuid: String },
    /// A file goes to an upload button.
    Upload { uuid: String, path: PathBuf, mime: String },
    /// It is so already.
    Nothing,
}

/// Where others see what was set.
struct Seen {
    /// Properties of the object's state, and what they are to be.
    values: Vec<(&'static str, Value)>,
    /// The wishes, by their place in the list.
    wishes: std::ops::Range<usize>,
}

/// What is to be set, checked.
pub(super) struct ViserPlan {
    wishes: Vec<Wish>,
    acts: Vec<(ObjectId, std::ops::Range<usize>, Act)>,
}

/// Why something is not set.
fn refused(text: String) -> Unsettable {
    Unsettable { text, hint: ADVICE }
}

/// An object that something is to be set of.
struct Object<'a> {
    scene: &'a Scene,
    id: &'a ObjectId,
    state: Value,
}

impl Object<'_> {
    /// `GuiSlider gui:… "alpha"`
    fn name(&self) -> String {
        self.scene.describe(self.id)
    }

    fn text(&self, property: &str) -> &str {
        self.state.get(property).and_then(Value::as_str).unwrap_or_default()
    }

    fn prop(&self, property: &str) -> &Value {
        self.state.get("props").and_then(|props| props.get(property)).unwrap_or(&Value::Null)
    }

    fn value(&self) -> &Value {
        self.state.get("value").unwrap_or(&Value::Null)
    }

    /// Refuses a value, saying what this object takes.
    fn refuse(&self, assignment: &Assignment, takes: &str) -> Unsettable {
        let (name, path) = (self.name(), &assignment.path);
        Unsettable {
            text: format!(
                "{name}: {path} cannot be {}: it takes {takes}",
                crate::scene::shortened(&assignment.value, 60)
            ),
            hint: "a server that is sent anything else breaks for everybody, so it is never sent; -o OUT sets it in a copy",
        }
    }

    /// Refuses a property.
    fn no(&self, assignment: &Assignment, why: &str) -> Unsettable {
        refused(format!("{}: {} cannot be set: {why}", self.name(), assignment.path))
    }
}

impl ViserPlan {
    pub(super) fn new(
        scene: &Scene,
        ids: &[ObjectId],
        assignments: &[Assignment],
        force: bool,
    ) -> Result<Self, Unsettable> {
        let mut plan = Self { wishes: Vec::new(), acts: Vec::new() };
        let paths: Vec<String> = assignments.iter().map(|assignment| assignment.path.to_string()).collect();
        if let Some((_, twice)) =
            paths.iter().enumerate().find(|(at, path)| paths.iter().take(*at).any(|it| it == *path))
        {
            let hint = "say it once; each `scenectl set` waits for what the server makes of it";
            return Err(Unsettable { text: format!("{twice} is given twice"), hint });
        }
        for id in ids {
            let state = scene.state(id).map(|state| serde_json::from_str(state.as_str()));
            let state = match state {
                Some(Ok(state)) => state,
                _ => return Err(refused(format!("the state of object {id} cannot be read"))),
            };
            plan.object(&Object { scene, id, state }, assignments, force)?;
        }
        Ok(plan)
    }

    fn object(&mut self, object: &Object<'_>, assignments: &[Assignment], force: bool) -> Result<(), Unsettable> {
        if object.prop("disabled") == &Value::Bool(true) && !force {
            return Err(Unsettable {
                text: format!("{} is disabled", object.name()),
                hint: "viser's page does not let anybody use it; --force sets it nevertheless",
            });
        }
        if object.prop("visible") == &Value::Bool(false) && !force {
            return Err(Unsettable {
                text: format!("{} is not shown", object.name()),
                hint: "viser's page does not let anybody use it; --force sets it nevertheless",
            });
        }
        let kind = object.text("type").to_owned();
        if kind == "TransformControlsMessage" {
            let pose = gizmo::pose(object, assignments)?;
            let wishes = self.wish(pose.wishes);
            let act = if pose.is_same {
                Act::Nothing
            } else {
                let seen = Seen { values: pose.seen, wishes: wishes.clone() };
                Act::Say { messages: pose.messages, seen: Some(seen) }
            };
            self.acts.push((object.id.clone(), wishes, act));
            return Ok(());
        }
        for assignment in assignments {
            self.one(object, &kind, assignment, force)?;
        }
        Ok(())
    }

    fn one(&mut self, object: &Object<'_>, kind: &str, assignment: &Assignment, force: bool) -> Result<(), Unsettable> {
        let path = assignment.path.to_string();
        let uuid = object.text("uuid").to_owned();
        let value: Value = serde_json::from_str(&assignment.value).unwrap_or_default();
        let only = |name: &str| -> Result<(), Unsettable> {
            if path != name {
                let why = format!("only `{name}` of it can be, as a client");
                return Err(object.no(assignment, &why));
            }
            if value == Value::Bool(true) { Ok(()) } else { Err(object.refuse(assignment, "nothing but true")) }
        };
        let pressed =
            |kind: &str, fields: &[(&str, Field<'_>)]| Act::Say { messages: vec![say(kind, fields)], seen: None };
        let by_uuid = [("uuid", Field::Text(Some(&uuid)))];
        let (act, old) = match kind {
            "RegisterCommandMessage" => {
                only("trigger")?;
                (pressed("CommandTriggerMessage", &by_uuid), None)
            }
            "GuiFormMessage" => {
                only("submit")?;
                (Act::Submit { uuid }, None)
            }
            "GuiButtonMessage" => {
                only("value")?;
                let [uuid] = by_uuid;
                (pressed("GuiUpdateMessage", &[uuid, ("updates", Field::Json(&updates(&value)))]), None)
            }
            "GuiUploadButtonMessage" => {
                let file = value.as_str().and_then(|text| text.strip_prefix('@')).filter(|file| !file.is_empty());
                let Some(file) = file.filter(|_| path == "file") else {
                    return Err(object.no(assignment, "an upload button takes file=@PATH"));
                };
                let accepted = object.prop("mime_type").as_str().unwrap_or(accept::ANY);
                if !accept::takes(accepted, file) && !force {
                    return Err(Unsettable {
                        text: format!("{}: {file} is none of the files that it accepts: {accepted}", object.name()),
                        hint: "viser's page offers only those; --force uploads it nevertheless",
                    });
                }
                (Act::Upload { uuid, path: file.into(), mime: accept::mime(file).to_owned() }, None)
            }
            _ if object.id.to_string().starts_with("gui:") && gui::has_value(kind) => {
                if path != "value" {
                    let why = "only `value` of it can be, as a client: the server would take anything, and break";
                    return Err(object.no(assignment, why));
                }
                let value = gui::checked(object, kind, assignment, &value)?;
                let old = object.value().clone();
                let is_group = kind == "GuiButtonGroupMessage";
                if !is_group && gui::same(&old, &value) {
                    (Act::Nothing, Some(old))
                } else {
                    let message = say(
                        "GuiUpdateMessage",
                        &[("uuid", Field::Text(Some(&uuid))), ("updates", Field::Json(&updates(&value)))],
                    );
                    let at = self.wishes.len();
                    let seen = Seen { values: vec![("value", value)], wishes: at..at + 1 };
                    // Pressing what is pressed is a press, and nothing that others see.
                    let seen = (!is_group).then_some(seen);
                    (Act::Say { messages: vec![message], seen }, Some(old))
                }
            }
            _ => return Err(object.no(assignment, reason(object, kind, &path))),
        };
        let wish =
            Wish { id: object.id.clone(), path, old: old.map(|old| old.to_string()), new: assignment.value.clone() };
        let wishes = self.wish(vec![wish]);
        self.acts.push((object.id.clone(), wishes, act));
        Ok(())
    }

    fn wish(&mut self, wishes: Vec<Wish>) -> std::ops::Range<usize> {
        let start = self.wishes.len();
        self.wishes.extend(wishes);
        start..self.wishes.len()
    }
}

/// What sets a value, and nothing else.
fn updates(value: &Value) -> Value {
    Value::Object([(String::from("value"), value.clone())].into_iter().collect())
}

/// Why a property of something that has no value cannot be set.
fn reason(object: &Object<'_>, kind: &str, path: &str) -> &'static str {
    let id = object.id.to_string();
    if path.starts_with("camera") {
        "a camera belongs to one connection, and goes with it (`scenectl attend --camera` has one)"
    } else if id.starts_with("gui:") && kind == "GuiProgressBarMessage" {
        "a progress bar only shows something"
    } else if id.starts_with("gui:") {
        "it has no value that a client could set"
    } else if id.starts_with("setting:") {
        "settings are the script's alone: the server would drop it"
    } else {
        "viser's clients cannot set scene nodes: the server would drop it"
    }
}

impl Plan for ViserPlan {
    fn wishes(&self) -> &[Wish] {
        &self.wishes
    }

    fn send<'a>(
        &'a mut self,
        how: &'a Connecting,
        observer: &'a mut dyn Client,
        progress: &'a (dyn Fn(u64, u64) + Sync),
    ) -> BoxFuture<'a, Result<Settled, SendError>> {
        send::send(self, how, observer, progress).boxed()
    }
}
