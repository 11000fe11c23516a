//! Messages that are said from here: to servers as clients do, and to clients as servers do.

use bytes::Bytes;
use rmp::encode;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::kinds::Entity;
use super::message::Message;
use crate::protocol::msgpack::push_value;

/// The value of a field.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    /// A text, or nothing.
    Text(Option<&'a str>),
    /// Bytes.
    Bytes(&'a [u8]),
    /// True or false.
    Flag(bool),
    /// A number that counts something.
    Count(u64),
    /// A number.
    Number(f64),
    /// Numbers.
    Numbers(&'a [f64]),
    /// Anything that JSON has words for.
    Json(&'a Value),
    /// What is msgpack already.
    Packed(&'a [u8]),
}

/// What nobody set of a node.
const UNTOUCHED: [(&str, &str, Field<'_>); 3] = [
    ("SetOrientationMessage", "wxyz", Field::Numbers(&[1.0, 0.0, 0.0, 0.0])),
    ("SetPositionMessage", "position", Field::Numbers(&[0.0; 3])),
    ("SetSceneNodeVisibilityMessage", "visible", Field::Flag(true)),
];

/// A map of exactly these fields, and the type.
fn packed(kind: &str, fields: &[(&str, Field<'_>)]) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to a vector cannot fail.
    let _ = encode::write_map_len(&mut out, fields.len() as u32 + 1);
    for (name, value) in fields {
        let _ = encode::write_str(&mut out, name);
        match value {
            Field::Text(None) => drop(encode::write_nil(&mut out)),
            Field::Text(Some(text)) => drop(encode::write_str(&mut out, text)),
            Field::Bytes(bytes) => {
                let _ = encode::write_bin_len(&mut out, bytes.len() as u32);
                out.extend_from_slice(bytes);
            }
            Field::Flag(flag) => drop(encode::write_bool(&mut out, *flag)),
            Field::Count(count) => drop(encode::write_uint(&mut out, *count)),
            Field::Number(number) => drop(encode::write_f64(&mut out, *number)),
            Field::Numbers(numbers) => {
                let _ = encode::write_array_len(&mut out, numbers.len() as u32);
                numbers.iter().for_each(|number| drop(encode::write_f64(&mut out, *number)));
            }
            Field::Json(value) => push_value(&mut out, value),
            Field::Packed(value) => out.extend_from_slice(value),
        }
    }
    let _ = encode::write_str(&mut out, "type");
    let _ = encode::write_str(&mut out, kind);
    out
}

/// What a client says: a bare map, with exactly the fields that the server wants.
pub(super) fn say(kind: &str, fields: &[(&str, Field<'_>)]) -> SocketMessage {
    SocketMessage::binary(packed(kind, fields))
}

/// What a server says, without buffers; nothing where that is no message.
pub(super) fn plain(kind: &str, fields: &[(&str, Field<'_>)]) -> Option<Message> {
    Message::parse(Bytes::from(packed(kind, fields)), &[]).ok()
}

/// What is said of a node. Servers before 1.1.0 know no owners.
pub(super) fn of_node(
    kind: &str,
    name: &str,
    owner: Option<&str>,
    field: Option<(&str, Field<'_>)>,
) -> Option<Message> {
    let name = ("name", Field::Text(Some(name)));
    let owner = owner.map(|owner| ("owner", Field::Text(Some(owner))));
    let fields: Vec<_> = std::iter::once(name).chain(field).chain(owner).collect();
    plain(kind, &fields)
}

/// A node is gone.
pub(super) fn remove_node(name: &str, owner: Option<&str>) -> Option<Message> {
    of_node("RemoveSceneNodeMessage", name, owner, None)
}

/// The message that takes away what another one made; nothing for what cannot be.
pub(super) fn removal_of(created: &Message) -> Option<Message> {
    let removes = match created.known_kind().map(|kind| kind.entity) {
        // Of a third party.
        None | Some(Some(Entity::Node)) => return remove_node(created.text("name")?, created.text("owner")),
        Some(None) => return None,
        Some(Some(Entity::Gui)) if created.kind() == "GuiPanelMessage" => "GuiPanelRemoveMessage",
        Some(Some(Entity::Gui)) => "GuiRemoveMessage",
        Some(Some(Entity::Command)) => "RemoveCommandMessage",
        Some(Some(Entity::Modal)) => "GuiCloseModalMessage",
        Some(Some(Entity::Notification)) => "RemoveNotificationMessage",
    };
    plain(removes, &[("uuid", Field::Text(Some(created.text("uuid")?)))])
}

/// Where a node is that nobody has moved, and that it is shown, as far as that is wanted, by the messages' types: what
/// pages go on with when a node is made anew, unless they are told.
pub(super) fn untouched(name: &str, owner: Option<&str>, is_wanted: impl Fn(&str) -> bool) -> Vec<Message> {
    let wanted = UNTOUCHED.into_iter().filter(|(kind, ..)| is_wanted(kind));
    wanted.filter_map(|(kind, field, value)| of_node(kind, name, owner, Some((field, value)))).collect()
}
