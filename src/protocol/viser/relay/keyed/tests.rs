use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::protocol::viser::model::{Builder, Model};
use crate::protocol::viser::relay::again;
use crate::protocol::viser::relay::testing::message;

/// What a page shows that was told this.
fn shown<'a>(messages: impl IntoIterator<Item = &'a Message>) -> BTreeMap<String, String> {
    let mut model = Model::default();
    // The root is written in any case.
    model.apply(message(json!({"uuid": "none", "type": "GuiRemoveMessage"})));
    for message in messages {
        model.apply(message.clone());
    }
    let built = Builder::default().build(&mut model);
    built.states.into_iter().map(|(id, state)| (id.to_string(), without_order(state.as_str()))).collect()
}

/// Lists in the order of creation are in the order of the last word after a replay, as from a real server.
fn without_order(state: &str) -> String {
    let mut state: Value = serde_json::from_str(state).unwrap();
    for list in ["gui", "commands", "modals", "messages"] {
        if let Some(Value::Array(list)) = state.get_mut(list) {
            list.sort_by_key(Value::to_string);
        }
    }
    state.to_string()
}

/// A client that takes what it is given.
struct Reader {
    number: u64,
    place: Place,
    heard: Vec<Message>,
}

impl Reader {
    fn new(number: u64, keyed: &Keyed) -> Self {
        Self { number, place: Place { joined: keyed.last(), at: 0 }, heard: Vec::new() }
    }

    /// Takes so many windows.
    fn read(&mut self, keyed: &Keyed, windows: usize) {
        for _ in 0..windows {
            let (messages, at) = keyed.window(self.place, self.number, keyed.last());
            assert!(messages.len() <= MOST_MESSAGES && at >= self.place.at);
            self.heard.extend(messages);
            self.place.at = at;
        }
    }
}

fn node(name: &str, color: u64) -> Message {
    message(json!({"name": name, "owner": "", "virtual": false, "props": {"color": color}, "type": "BoxMessage"}))
}

fn removal(name: &str) -> Message {
    message(json!({"name": name, "owner": "", "type": "RemoveSceneNodeMessage"}))
}

fn position(name: &str, x: f64) -> Message {
    message(json!({"name": name, "position": [x, 0.0, 0.0], "owner": "", "type": "SetPositionMessage"}))
}

#[test]
fn the_last_word_counts_and_those_who_come_later_hear_nothing_of_what_is_gone() {
    let mut keyed = Keyed::default();
    let mut early = Reader::new(1, &keyed);
    for said in [node("/a", 1), node("/a/b", 1), position("/a", 1.0), position("/a", 2.0)] {
        keyed.push(said, 1, None).unwrap();
    }
    early.read(&keyed, 1);
    assert_eq!(early.heard.len(), 3, "one position of two");
    // As real servers do: parents first, one removal each.
    keyed.push(removal("/a"), 2, None).unwrap();
    keyed.push(removal("/a/b"), 2, None).unwrap();
    let mut late = Reader::new(2, &keyed);
    late.read(&keyed, 1);
    early.read(&keyed, 1);
    assert_eq!((late.heard.len(), early.heard.len()), (0, 5));
    keyed.forget(&[early.place, late.place]);
    assert_eq!((keyed.owed(), keyed.slots.len(), keyed.things.len(), keyed.by_key.len()), (0, 0, 0, 0));
    assert_eq!(keyed.bytes, 0);
}

#[test]
fn what_is_made_anew_takes_away_what_was_said_about_the_old_one() {
    let mut keyed = Keyed::default();
    for said in [node("/a", 1), position("/a", 1.0), node("/a/b", 1), node("/a", 2)] {
        keyed.push(said, 1, None).unwrap();
    }
    let all: Vec<&str> = keyed.all().map(Message::kind).collect();
    assert_eq!(all, ["BoxMessage", "BoxMessage"]);
    // Children stay, and may come before their parent.
    assert_eq!(keyed.all().next().unwrap().text("name"), Some("/a/b"));
}

#[test]
fn names_that_come_and_go_cost_nothing_while_somebody_does_not_read() {
    let mut keyed = Keyed::default();
    keyed.push(node("/there", 1), 1, None).unwrap();
    let mut stuck = Reader::new(1, &keyed);
    stuck.read(&keyed, 1);
    for round in 0..1000 {
        let name = format!("/n{round}");
        keyed.push(node(&name, 1), round, None).unwrap();
        keyed.push(position(&name, 1.0), round, None).unwrap();
        keyed.push(removal(&name), round, None).unwrap();
        keyed.forget(&[stuck.place]);
    }
    assert_eq!((keyed.slots.len(), keyed.owed()), (1, 0));
    keyed.push(removal("/there"), 2000, None).unwrap();
    keyed.forget(&[stuck.place]);
    assert_eq!(keyed.owed(), 1);
    stuck.read(&keyed, 1);
    keyed.forget(&[stuck.place]);
    assert_eq!((keyed.owed(), stuck.heard.len()), (0, 2));
}

#[test]
fn what_came_in_one_frame_goes_out_in_one() {
    let mut keyed = Keyed::default();
    for frame in 0..3 {
        for at in 0..60 {
            keyed.push(node(&format!("/f{frame}/n{at}"), 1), frame, None).unwrap();
        }
    }
    for at in 0..200 {
        keyed.push(node(&format!("/big/n{at}"), 1), 9, None).unwrap();
    }
    let (mut reader, mut sizes) = (Reader::new(1, &keyed), Vec::new());
    while reader.place.at < keyed.last() {
        let before = reader.heard.len();
        reader.read(&keyed, 1);
        sizes.push(reader.heard.len() - before);
    }
    assert_eq!(sizes, [120, 60, 128, 72]);
}

#[test]
fn who_set_something_is_not_told_and_what_is_said_once_is_for_those_who_are_there() {
    let mut keyed = Keyed::default();
    let (mut one, mut two) = (Reader::new(1, &keyed), Reader::new(2, &keyed));
    let set = message(json!({"uuid": "u", "updates": {"value": 1}, "type": "GuiUpdateMessage"}));
    keyed.push(set, 1, Some(1)).unwrap();
    let ack = json!({"source_component_uuid": "u", "transfer_uuid": "t", "transferred_bytes": 1, "total_bytes": 2});
    let mut ack = ack.as_object().unwrap().clone();
    ack.insert(String::from("type"), json!("FileTransferPartAck"));
    keyed.push(message(Value::from(ack)), 1, None).unwrap();
    let mut late = Reader::new(3, &keyed);
    [&mut one, &mut two, &mut late].into_iter().for_each(|reader| reader.read(&keyed, 1));
    assert_eq!([one.heard.len(), two.heard.len(), late.heard.len()], [1, 2, 1]);
    keyed.forget(&[one.place, two.place, late.place]);
    assert_eq!(keyed.owed(), 0);
}

#[test]
fn a_hostile_server_without_keys_is_bounded() {
    let mut keyed = Keyed::default();
    for at in 0..10_000 {
        keyed.push(message(json!({"source": at.to_string(), "type": "RunJavascriptMessage"})), at, None).unwrap();
    }
    assert_eq!(keyed.slots.len(), MOST_UNKEYED);
    let deep = format!("/{}", "a/".repeat(5_000));
    keyed.push(node(&deep, 1), 1, None).unwrap();
    keyed.push(removal(""), 1, None).unwrap();
}

#[test]
fn what_is_removed_is_not_looked_through_again() {
    let mut keyed = Keyed::default();
    keyed.push(node("/a", 1), 1, None).unwrap();
    for at in 0..20_000 {
        keyed.push(node(&format!("/a/n{at}"), 1), 1, None).unwrap();
    }
    let mut reader = Reader::new(1, &keyed);
    reader.read(&keyed, 1000);
    // With each looked at each time, this would be 4e8 steps.
    (0..20_000).for_each(|frame| keyed.push(removal("/a"), frame, None).unwrap());
    assert_eq!(keyed.removals.len(), 20_001);
    assert!(keyed.nodes.is_empty());
    reader.read(&keyed, 1000);
    keyed.forget(&[reader.place]);
    assert_eq!((keyed.owed(), reader.heard.len()), (0, 2 * 20_001));
}

/// What a server does.
#[derive(Clone, Debug)]
enum Act {
    Say(Value),
    /// The first or second client takes some windows.
    Read(usize, usize),
    /// Another client comes in place of the second.
    Join,
    Forget,
}

fn act() -> impl Strategy<Value = Act> {
    let name = prop::sample::select(vec!["/a", "/a/b", "/a/b/c", "/d", "/a/e"]);
    let owner = prop::sample::select(vec!["", "", "1"]);
    let said = (name, owner, 0..12_u8, 0..3_u8).prop_map(|(name, owner, what, value)| {
        let uuid = format!("u{value}");
        Act::Say(match what {
            0..3 => json!({"name": name, "owner": owner, "virtual": false, "props": {"color": value, "size": 1}, "type": "BoxMessage"}),
            3 => json!({"name": name, "owner": owner, "virtual": false, "props": {"color": value}, "type": "FrameMessage"}),
            4 => json!({"name": name, "owner": owner, "type": "RemoveSceneNodeMessage"}),
            5 => json!({"name": name, "position": [value, 0, 0], "owner": owner, "type": "SetPositionMessage"}),
            6 => json!({"name": name, "updates": {"color": value}, "owner": owner, "type": "SceneNodeUpdateMessage"}),
            7 => json!({"name": name, "visible": value == 0, "owner": owner, "type": "SetSceneNodeVisibilityMessage"}),
            8 => json!({"name": name, "bindings": [value], "owner": owner, "type": "SetSceneNodeClickBindingsMessage"}),
            9 => json!({"uuid": uuid, "value": value, "container_uuid": "root", "props": {"order": 1}, "type": "GuiTextMessage"}),
            10 => json!({"uuid": uuid, "updates": {"value": name}, "type": "GuiUpdateMessage"}),
            _ => json!({"uuid": uuid, "type": "GuiRemoveMessage"}),
        })
    });
    prop_oneof![8 => said, 2 => (0..2_usize, 1..3_usize).prop_map(|(who, windows)| Act::Read(who, windows)),
        1 => Just(Act::Join), 1 => Just(Act::Forget)]
}

/// A server removes what is below a node, too, each with a message of its own.
fn said_by_a_server(act: &Value, there: &mut Vec<(String, String)>) -> Vec<Message> {
    let of = |field: &str| act.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, owner) = (of("name"), of("owner"));
    if act.get("props").is_some() && !name.is_empty() {
        there.retain(|node| *node != (owner.clone(), name.clone()));
        there.push((owner, name));
    } else if act["type"] == "RemoveSceneNodeMessage" {
        let is_below =
            |node: &(String, String)| node.0 == owner && format!("{}/", node.1).starts_with(&format!("{name}/"));
        let gone: Vec<_> = there.iter().filter(|node| is_below(node)).cloned().collect();
        there.retain(|node| !is_below(node));
        return gone
            .into_iter()
            .map(|(owner, name)| message(json!({"name": name, "owner": owner, "type": "RemoveSceneNodeMessage"})))
            .collect();
    }
    vec![message(act.clone())]
}

proptest! {
    #[test]
    fn whoever_reads_however_slowly_ends_up_with_what_was_said(acts in prop::collection::vec(act(), 1..80)) {
        let (mut keyed, mut all, mut there) = (Keyed::default(), Vec::new(), Vec::new());
        let mut readers = [Reader::new(1, &keyed), Reader::new(2, &keyed)];
        let mut number = 2;
        for (frame, act) in acts.iter().enumerate() {
            match act {
                Act::Say(said) => {
                    for said in said_by_a_server(said, &mut there) {
                        all.push(said.clone());
                        keyed.push(said, frame as u64, None).unwrap();
                    }
                }
                Act::Read(who, windows) => readers[*who].read(&keyed, *windows),
                Act::Join => {
                    number += 1;
                    readers[1] = Reader::new(number, &keyed);
                }
                Act::Forget => keyed.forget(&readers.each_ref().map(|reader| reader.place)),
            }
        }
        let wanted = shown(&all);
        prop_assert_eq!(&shown(keyed.all()), &wanted, "who comes now");
        for reader in &mut readers {
            reader.read(&keyed, 5);
            prop_assert_eq!(&shown(&reader.heard), &wanted, "reader {}", reader.number);
        }
        keyed.forget(&readers.each_ref().map(|reader| reader.place));
        prop_assert_eq!(keyed.removals.len(), 0);
        prop_assert_eq!(keyed.bytes, keyed.all().map(Message::len).sum::<u64>());
    }

    #[test]
    fn after_a_server_was_lost_clients_have_what_the_new_one_has(
        before in prop::collection::vec(act(), 1..40),
        after in prop::collection::vec(act(), 1..40),
    ) {
        let fill = |acts: &[Act]| {
            let (mut keyed, mut there) = (Keyed::default(), Vec::new());
            for act in acts {
                if let Act::Say(said) = act {
                    said_by_a_server(said, &mut there).into_iter().for_each(|said| keyed.push(said, 1, None).unwrap());
                }
            }
            keyed
        };
        let (mut known, now) = (fill(&before), fill(&after));
        let mut reader = Reader::new(1, &known);
        reader.read(&known, 2);
        again::catch_up(&mut known, &now, 2).unwrap();
        reader.read(&known, 3);
        let is_element = |state: &(String, String)| !state.0.starts_with("setting:");
        let of = |shown: BTreeMap<String, String>| shown.into_iter().filter(is_element).map(untouched).collect::<BTreeMap<_, _>>();
        prop_assert_eq!(of(shown(&reader.heard)), of(shown(now.all())));
    }
}

/// Where nodes are that were not moved, said or not.
fn untouched((id, state): (String, String)) -> (String, String) {
    let mut state: Value = serde_json::from_str(&state).unwrap();
    if let Some(state) = state.as_object_mut() {
        let is_default = |key: &str, value: &Value| match key {
            "visible" => *value == json!(true),
            "position" => value.as_array().is_some_and(|at| at.iter().all(|x| x.as_f64() == Some(0.0))),
            "wxyz" => *value == json!([1, 0, 0, 0]) || *value == json!([1.0, 0.0, 0.0, 0.0]),
            _ => false,
        };
        state.retain(|key, value| !is_default(key, value));
    }
    (id, state.to_string())
}
