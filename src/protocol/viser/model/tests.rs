use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::protocol::msgpack::push_value;
use crate::protocol::viser::dialect::VISER;
use crate::protocol::viser::encode::{Pack, Said, say};
use crate::protocol::viser::frame::{Frame, Limits};
use crate::scene::{ObjectId, Scene, State};

fn message(value: &Value, buffers: &[Bytes]) -> Message {
    let mut out = Vec::new();
    push_value(&mut out, value);
    Message::parse(out.into(), buffers).unwrap()
}

/// A model that follows, and the scene that it gives.
#[derive(Default)]
struct Told {
    model: Model,
    builder: Builder,
    states: BTreeMap<ObjectId, State>,
    blobs: BTreeMap<Arc<str>, Bytes>,
}

impl Told {
    fn hear(&mut self, value: Value) -> &mut Self {
        self.model.apply(message(&value, &[]));
        self.settle()
    }

    fn settle(&mut self) -> &mut Self {
        let built = self.builder.build(&mut self.model);
        built.removed.iter().for_each(|id| drop(self.states.remove(id)));
        self.states.extend(built.states);
        self.blobs.extend(built.blobs);
        built.unused.iter().for_each(|hash| drop(self.blobs.remove(hash)));
        self
    }

    fn node(&mut self, name: &str, owner: &str) -> &mut Self {
        self.hear(json!({"name": name, "owner": owner, "virtual": false, "props": {"radius": 1.5}, "type": "IcosphereMessage"}))
    }

    fn ids(&self) -> Vec<String> {
        self.states.keys().map(ToString::to_string).collect()
    }

    fn state(&self, id: &str) -> Value {
        serde_json::from_str(self.states[&ObjectId::parse(id)].as_str()).unwrap()
    }

    fn scene(&self) -> Scene {
        let mut scene = Scene::new(&VISER);
        self.states.iter().for_each(|(id, state)| scene.insert(id.clone(), state.clone()));
        self.blobs.iter().for_each(|(hash, bytes)| scene.insert_blob(Arc::clone(hash), bytes.clone().into()));
        scene
    }
}

fn pose(name: &str, x: f64) -> Value {
    json!({"name": name, "position": [x, 0, 0.5], "owner": "", "type": "SetPositionMessage"})
}

#[test]
fn children_may_come_before_their_parents_and_outlive_them() {
    let mut told = Told::default();
    told.node("/a/b/c", "");
    assert_eq!(told.ids(), ["/", "/a", "/a/b", "/a/b/c"]);
    assert_eq!(told.state("/a")["type"], "Missing");
    assert_eq!(told.state("/a/b")["children"], json!({"c": {"$id": "/a/b/c"}}));
    told.node("/a", "").hear(pose("/a", 1.0));
    assert_eq!(told.state("/a")["position"], json!([1.0, 0, 0.5]));
    assert_eq!(told.state("/a")["children"], json!({"b": {"$id": "/a/b"}}));
    told.hear(json!({"name": "/a/b/c", "owner": "", "type": "RemoveSceneNodeMessage"}));
    assert_eq!(told.ids(), ["/", "/a"]);
    told.hear(json!({"name": "/a", "owner": "", "type": "RemoveSceneNodeMessage"}));
    assert_eq!(told.ids(), ["/"]);
    assert_eq!(told.state("/").get("children"), None);
}

#[test]
fn removing_takes_what_the_same_owner_has_below() {
    let mut told = Told::default();
    told.node("/a", "").node("/a/x", "").node("/a/y", "3");
    told.hear(json!({"name": "/a", "owner": "", "type": "RemoveSceneNodeMessage"}));
    assert_eq!(told.ids(), ["/", "/a", "3:/a/y"]);
    assert_eq!(told.state("/a")["type"], "Missing");
}

#[test]
fn a_clients_node_hides_that_of_all_and_real_ones_hide_stand_ins() {
    let mut told = Told::default();
    told.node("/s", "").node("/s/below", "").node("/s", "1");
    assert_eq!(told.state("/")["children"], json!({"s": {"$id": "1:/s"}}));
    assert_eq!(told.state("1:/s")["shadowed"], json!([{"$id": "/s"}]));
    assert_eq!(told.state("1:/s")["children"], json!({"below": {"$id": "/s/below"}}));
    assert_eq!(told.state("/s").get("children"), None);
    // What is said of one owner's node is not said of the other's.
    told.hear(pose("/s", 2.0));
    assert_eq!((told.state("1:/s").get("position"), &told.state("/s")["position"][0]), (None, &json!(2.0)));
    told.hear(json!({"name": "/s", "owner": "1", "type": "RemoveSceneNodeMessage"}));
    assert_eq!(told.state("/")["children"], json!({"s": {"$id": "/s"}}));
    assert_eq!(told.state("/s")["children"], json!({"below": {"$id": "/s/below"}}));
    told.hear(json!({"name": "/s", "owner": "2", "virtual": true, "props": {}, "type": "FrameMessage"}));
    assert_eq!(told.state("/")["children"], json!({"s": {"$id": "/s"}}), "a client's stand-in hides nothing");
}

#[test]
fn updates_are_merged_and_a_new_node_of_the_name_begins_anew() {
    let mut told = Told::default();
    told.node("/a", "");
    told.hear(
        json!({"name": "/a", "updates": {"radius": 2, "new": [1]}, "owner": "", "type": "SceneNodeUpdateMessage"}),
    );
    told.hear(json!({"name": "/a", "updates": {"radius": 3}, "owner": "", "type": "SceneNodeUpdateMessage"}));
    told.hear(json!({"name": "/a", "visible": false, "owner": "", "type": "SetSceneNodeVisibilityMessage"}));
    assert_eq!(told.state("/a")["props"], json!({"radius": 3, "new": [1]}));
    assert_eq!(told.state("/a")["visible"], json!(false));
    told.node("/a", "");
    assert_eq!(told.state("/a")["props"], json!({"radius": 1.5}));
    assert_eq!(told.state("/a").get("visible"), None);
    told.hear(pose("/nobody", 1.0));
    assert_eq!(told.ids(), ["/", "/a"]);
}

#[test]
fn arrays_are_objects_and_equal_ones_share_a_blob() {
    let mut told = Told::default();
    let points = Bytes::from(vec![7_u8; 24]);
    let cloud = |name: &str| {
        json!({"name": name, "owner": "", "virtual": false, "type": "PointCloudMessage", "props": {
            "points": {"__binary_index": 0, "dtype": "<f4"}, "colors": {"__binary_index": 1, "dtype": "|u1"}}})
    };
    let buffers = [points.clone(), Bytes::from_static(&[1, 2, 3])];
    told.model.apply(message(&cloud("/p"), &buffers));
    told.model.apply(message(&cloud("/q"), &buffers));
    told.settle();
    assert_eq!(told.blobs.len(), 2);
    let state = told.state("/p#props.points");
    assert_eq!((&state["dtype"], &state["shape"]), (&json!("<f4"), &json!([2, 3])));
    assert_eq!(told.state("/p#props.colors")["shape"], json!([3]));
    assert_eq!(told.state("/q")["props"]["points"], json!({"$id": "/q#props.points"}));
    told.hear(json!({"name": "/p", "owner": "", "type": "RemoveSceneNodeMessage"}));
    assert_eq!(told.blobs.len(), 2, "the other cloud still uses them");
    told.hear(json!({"name": "/q", "owner": "", "type": "RemoveSceneNodeMessage"}));
    assert_eq!((told.ids(), told.blobs.len()), (vec![String::from("/")], 0));
    assert!(Message::parse(message(&json!({"type": "X"}), &[]).bytes().clone(), &[]).is_ok());
    let mut out = Vec::new();
    push_value(&mut out, &cloud("/r"));
    assert!(Message::parse(out.into(), &buffers[..1]).is_err(), "a buffer that is not there");
}

#[test]
fn panels_are_nested_as_they_are_shown() {
    let mut told = Told::default();
    let gui = |kind: &str, uuid: &str, within: &str, order: f64| json!({"uuid": uuid, "value": 1, "container_uuid": within, "props": {"order": order, "label": uuid}, "type": kind});
    told.hear(json!({"uuid": MAIN_PANEL, "collapsed": false, "counter": 1, "run_id": "x", "type": "GuiSetPanelCollapsedMessage"}));
    told.hear(gui("GuiSliderMessage", "s", "f", 2.0));
    told.hear(gui("GuiFolderMessage", "f", "root", 1.0));
    told.hear(gui("GuiTextMessage", "t", "f", 1.0));
    told.hear(gui("GuiTextMessage", "lost", "nowhere", 1.0));
    assert_eq!(told.state("gui:f")["items"], json!([{"$id": "gui:t"}, {"$id": "gui:s"}]));
    let main = format!("gui:{MAIN_PANEL}");
    assert_eq!(told.state(&main)["items"], json!([{"$id": "gui:f"}]));
    assert_eq!(told.state("/")["gui"].as_array().unwrap().len(), 2);
    told.hear(json!({"uuid": "s", "updates": {"value": 9, "label": "new"}, "type": "GuiUpdateMessage"}));
    assert_eq!((&told.state("gui:s")["value"], &told.state("gui:s")["props"]["label"]), (&json!(9), &json!("new")));
    told.hear(json!({"uuid": "s", "type": "GuiRemoveMessage"}));
    assert_eq!(told.state("gui:f")["items"], json!([{"$id": "gui:t"}]));
}

/// The same messages, looked at after each or only at the end.
fn assert_built_piece_by_piece(messages: &[Value]) {
    let (mut often, mut once) = (Told::default(), Told::default());
    for value in messages {
        often.hear(value.clone());
        once.model.apply(message(value, &[]));
    }
    once.settle();
    assert_eq!((often.states, often.blobs), (once.states, once.blobs));
}

#[test]
fn parts_of_panels_that_move_are_written_where_they_are() {
    let gui = |uuid: &str, within: &str, order: f64| json!({"uuid": uuid, "container_uuid": within, "props": {"order": order}, "type": "GuiTextMessage"});
    let folder = json!({"uuid": "f", "container_uuid": "root", "props": {"order": 1}, "type": "GuiFolderMessage"});
    let tabs = json!({"uuid": "g", "container_uuid": "root", "props": {"_tab_container_ids": ["x"]}, "type": "GuiTabGroupMessage"});
    let panel = json!({"name": "/a/b/g", "owner": "", "virtual": false, "props": {"container_uuid": "c"}, "type": "Gui3DMessage"});
    let frame = |name: &str| json!({"name": name, "owner": "", "virtual": false, "props": {}, "type": "FrameMessage"});
    let update = |uuid: &str, updates: Value| json!({"uuid": uuid, "updates": updates, "type": "GuiUpdateMessage"});
    let moved =
        json!({"name": "/a/b/g", "updates": {"container_uuid": "d"}, "owner": "", "type": "SceneNodeUpdateMessage"});
    let removal = json!({"name": "/a/b/g", "owner": "", "type": "RemoveSceneNodeMessage"});
    let mut told = Told::default();
    told.hear(folder.clone()).hear(gui("s", "f", 2.0)).hear(gui("t", "f", 1.0));
    told.hear(update("s", json!({"order": 0.5})));
    assert_eq!(told.state("gui:f")["items"], json!([{"$id": "gui:s"}, {"$id": "gui:t"}]));
    told.hear(frame("/a/b")).hear(gui("in", "c", 1.0)).hear(panel.clone());
    assert_eq!(told.state("/a/b/g")["items"], json!([{"$id": "gui:in"}]));
    assert!(!told.state("/")["gui"].to_string().contains("gui:in"));
    told.hear(moved.clone());
    assert!(told.state("/")["gui"].to_string().contains("gui:in"));
    let moves = update("g", json!({"_tab_container_ids": ["y"]}));
    assert_built_piece_by_piece(&[folder, gui("s", "f", 2.0), gui("t", "f", 1.0), update("s", json!({"order": 0.5}))]);
    assert_built_piece_by_piece(&[tabs, gui("s", "x", 1.0), moves]);
    let before = [frame("/a/b"), frame("/a/b/c"), gui("s", "c", 1.0), panel];
    for last in [moved, removal, frame("/a/b/g")] {
        assert_built_piece_by_piece(&[&before[..], &[last]].concat());
    }
}

#[test]
fn what_is_no_node_holds_no_parts_of_panels() {
    let mut told = Told::default();
    told.hear(json!({"uuid": "b", "container_uuid": "c", "props": {}, "type": "GuiButtonMessage"}));
    told.hear(json!({"props": {"container_uuid": "c"}, "type": "Gui3DMessage"}));
    assert_eq!(told.state("/")["gui"], json!([{"$id": "gui:b"}]));
}

#[test]
fn a_node_that_is_made_anew_may_hide_another_owners_or_not() {
    let node = |owner: &str, is_virtual: bool| json!({"name": "/a/b", "owner": owner, "virtual": is_virtual, "props": {}, "type": "FrameMessage"});
    let mut told = Told::default();
    told.hear(node("", false)).hear(node("1", true));
    assert_eq!(told.state("/a")["children"], json!({"b": {"$id": "/a/b"}}));
    told.hear(node("", true));
    assert_eq!(told.state("/a")["children"], json!({"b": {"$id": "1:/a/b"}}));
    assert_built_piece_by_piece(&[node("", false), node("1", true), node("", true)]);
}

#[test]
fn names_of_empty_parts_have_parents_too() {
    let mut told = Told::default();
    told.node("//a", "");
    assert_eq!(told.ids(), ["/", "//", "//a"]);
    assert_eq!(told.state("/")["children"], json!({"": {"$id": "//"}}));
    assert_eq!(told.state("//"), json!({"type": "Missing", "name": "/", "children": {"a": {"$id": "//a"}}}));
}

#[test]
fn what_is_unknown_is_kept_and_what_is_hostile_is_bounded() {
    let mut told = Told::default();
    told.hear(json!({"type": "Viser4dMessage", "frames": 3, "$id": "x"}));
    assert_eq!(told.state("message:1"), json!({"type": "Viser4dMessage", "frames": 3, "$$id": "x"}));
    told.hear(json!({"name": "/n", "props": {"a": 1}, "type": "NewShapeMessage"}));
    assert_eq!(told.state("/n")["props"], json!({"a": 1}));
    told.hear(json!({"type": "RunJavascriptMessage", "source": "alert(1)"}));
    assert_eq!(told.model.programs, 1);
    for k in 0..1_100 {
        told.model.apply(message(&json!({"type": "Odd", "k": k}), &[]));
    }
    told.settle();
    assert!(told.ids().len() < 1_010 && told.model.overflowed);
    told.node(&"/x".repeat(10_000), "").node("no/slash", "");
    assert!(!told.ids().iter().any(|id| id.contains("/x/x") || id.contains("no/slash")));
    told.node("/", "").node("//", "");
    assert_eq!(told.state("//")["name"], "/");
    assert_eq!(told.state("/")["type"], "Scene");
}

#[test]
fn a_scene_says_what_made_it() {
    let mut told = Told::default();
    told.node("/a/b", "").node("/a", "").node("/a", "4");
    told.hear(pose("/a/b", -0.0));
    told.hear(json!({"name": "", "wxyz": [0.5, 0.5, 0.5, 0.5], "owner": "", "type": "SetOrientationMessage"}));
    told.hear(
        json!({"name": "/a", "bone_index": 3, "wxyz": [1, 0, 0, 0], "owner": "", "type": "SetBoneOrientationMessage"}),
    );
    told.hear(json!({"near": 1.0, "far": 2, "color": [1, 2, 3], "enabled": true, "type": "FogMessage"}));
    told.hear(json!({"type": "Odd", "map": {"$float": 1, "k": [null, true]}, "$x": 1, "name": "/q", "visible": 3}));
    told.hear(json!({"type": "OddNode", "name": "/odd", "props": {}, "visible": 7, "width": 2, "children": ["x"]}));
    told.hear(json!({"name": "/odd", "visible": false, "owner": "", "type": "SetSceneNodeVisibilityMessage"}));
    told.hear(json!({"uuid": "m", "order": 1, "title": "t", "type": "GuiModalMessage"}));
    let mut nan = Vec::new();
    push_value(&mut nan, &json!({"name": "/a", "position": [1, 2], "owner": "4", "type": "SetPositionMessage"}));
    told.model.apply(Message::parse(nan.into(), &[]).unwrap());
    told.settle();
    let scene = told.scene();
    let mut pack = Pack::new(&scene);
    let mut again = Told::default();
    for said in say(&scene) {
        pack.push(&said).unwrap();
    }
    let mut reader = crate::protocol::msgpack::Reader::new(&pack.body);
    for _ in 0..pack.messages {
        let range = reader.skip().unwrap();
        again.model.apply(Message::parse(Bytes::copy_from_slice(&pack.body[range]), &[]).unwrap());
    }
    again.settle();
    // Fields are sent in the order of their type's, whatever it was in the test.
    let values = |told: &Told| told.ids().iter().map(|id| (id.clone(), told.state(id))).collect::<Vec<_>>();
    assert_eq!(values(&told), values(&again));
    let missing = Said { kind: String::from("X"), fields: vec![(String::from("a"), r#"{"$id":"no"}"#.into())] };
    assert!(Pack::new(&scene).push(&missing).is_err());
}

#[test]
fn frames_come_back_as_they_were() {
    let buffer = Bytes::from(vec![9_u8; 13]);
    let array = json!({"type": "X", "a": {"__binary_index": 0, "dtype": "|u1"}});
    let messages = vec![
        message(&array, std::slice::from_ref(&buffer)),
        message(&json!({"type": "ReplayDoneMessage"}), &[]),
        message(&array, &[buffer]),
    ];
    let frame = Frame { messages, timestamp: 1.5 };
    let bytes: Bytes = frame.encode().concat().into();
    let again = Frame::decode(&bytes, Limits::default()).unwrap();
    assert_eq!((again.messages.len(), again.timestamp), (3, 1.5));
    let kinds: Vec<&str> = again.messages.iter().map(Message::kind).collect();
    assert_eq!(kinds, ["X", "ReplayDoneMessage", "X"]);
    assert_eq!(bytes, Bytes::from(again.encode().concat()));
    for len in 0..bytes.len() {
        assert!(Frame::decode(&bytes.slice(..len), Limits::default()).is_err(), "{len}");
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert!(Frame::decode(&longer.into(), Limits::default()).is_err());
    let mut bomb = bytes.to_vec();
    bomb[..8].copy_from_slice(&(1_u64 << 29).to_le_bytes());
    assert!(Frame::decode(&bomb.into(), Limits::default()).unwrap_err().to_string().contains("cannot be in"));
}

#[test]
fn what_is_written_step_by_step_is_the_same_in_the_end() {
    let points = Bytes::from(vec![7_u8; 24]);
    let cloud = |name: &str| {
        json!({"name": name, "owner": "", "virtual": false, "type": "PointCloudMessage", "props": {
            "points": {"__binary_index": 0, "dtype": "<f4"}}})
    };
    let removal = |name: &str| json!({"name": name, "owner": "", "type": "RemoveSceneNodeMessage"});
    let steps = [
        cloud("/a"),
        pose("/a", 1.0),
        cloud("/g#x/b"),
        cloud("/g#x/c"),
        removal("/a"),
        removal("/g#x/c"),
        cloud("/a/below"),
        pose("/g#x/b", 2.0),
        cloud("/g#x/b"),
    ];
    let (mut at_once, mut stepwise) = (Told::default(), Told::default());
    for step in steps {
        at_once.model.apply(message(&step, std::slice::from_ref(&points)));
        stepwise.model.apply(message(&step, std::slice::from_ref(&points)));
        stepwise.settle();
    }
    at_once.settle();
    assert_eq!((at_once.states, at_once.blobs), (stepwise.states, stepwise.blobs));
}

#[test]
fn a_new_connection_tells_all_anew() {
    let mut told = Told::default();
    told.node("/a/b", "").node("/c", "");
    told.model.reset();
    told.model.apply(message(
        &json!({"name": "/c", "owner": "", "virtual": false, "props": {}, "type": "FrameMessage"}),
        &[],
    ));
    told.settle();
    assert_eq!(told.ids(), ["/", "/c"]);
    assert_eq!(told.state("/")["children"], json!({"c": {"$id": "/c"}}));
}

#[test]
fn changes_of_one_thing_are_bounded() {
    let mut told = Told::default();
    told.node("/a", "");
    for k in 0..5_000 {
        let update =
            json!({"name": "/a", "updates": {format!("x{k}"): k}, "owner": "", "type": "SceneNodeUpdateMessage"});
        told.model.apply(message(&update, &[]));
    }
    told.settle();
    assert!(told.state("/a")["props"].as_object().unwrap().len() < 5_000 && told.model.overflowed);
}
