//! Messages that a relay says itself.

use rmp::encode;

use crate::protocol::viser::message::Message;
use crate::protocol::viser::model::{packed, plain};

/// A message of a type with these fields: values are msgpack.
fn message(kind: &str, fields: &[(&str, Vec<u8>)]) -> Option<Message> {
    let fields: Vec<(&str, &[u8])> = fields.iter().map(|(name, value)| (*name, value.as_slice())).collect();
    plain(kind, &fields)
}

fn numbers(values: &[f64]) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = encode::write_array_len(&mut out, u32::try_from(values.len()).unwrap_or(u32::MAX));
    values.iter().for_each(|value| drop(encode::write_f64(&mut out, *value)));
    out
}

/// All that was built so far has come.
pub(super) fn replay_done() -> Option<Message> {
    message("ReplayDoneMessage", &[])
}

/// A node is gone. Older servers know no owners.
pub(super) fn remove_node(name: &str, owner: Option<&str>) -> Option<Message> {
    let mut fields = vec![("name", packed(name))];
    fields.extend(owner.map(|owner| ("owner", packed(owner))));
    message("RemoveSceneNodeMessage", &fields)
}

/// Something with an id is gone.
fn remove(kind: &str, uuid: &str) -> Option<Message> {
    message(kind, &[("uuid", packed(uuid))])
}

/// The message that takes away what another one made; nothing where there is none.
pub(super) fn removal_of(created: &Message) -> Option<Message> {
    let uuid = created.text("uuid");
    match (created.kind(), uuid) {
        ("GuiPanelMessage", Some(uuid)) => remove("GuiPanelRemoveMessage", uuid),
        ("GuiModalMessage", Some(uuid)) => remove("GuiCloseModalMessage", uuid),
        ("RegisterCommandMessage", Some(uuid)) => remove("RemoveCommandMessage", uuid),
        ("NotificationShowMessage", Some(uuid)) => remove("RemoveNotificationMessage", uuid),
        (_, Some(uuid)) if created.text("name").is_none() => remove("GuiRemoveMessage", uuid),
        _ => remove_node(created.text("name")?, created.text("owner")),
    }
}

/// Where a node is that nobody has moved, and that it is shown: what pages go on with when a node is made anew, unless
/// they are told.
pub(super) fn untouched(created: &Message) -> Vec<Message> {
    let Some(name) = created.text("name") else { return Vec::new() };
    let field = |what, value: Vec<u8>| {
        let mut fields = vec![("name", packed(name)), (what, value)];
        fields.extend(created.text("owner").map(|owner| ("owner", packed(owner))));
        fields
    };
    let all = [
        message("SetOrientationMessage", &field("wxyz", numbers(&[1.0, 0.0, 0.0, 0.0]))),
        message("SetPositionMessage", &field("position", numbers(&[0.0; 3]))),
        message("SetSceneNodeVisibilityMessage", &field("visible", vec![0xc3])),
    ];
    all.into_iter().flatten().collect()
}
