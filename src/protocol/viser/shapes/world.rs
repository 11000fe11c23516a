//! Where a node is in viser's world: that of the script, which is turned once more for three.js.

use super::thing::Thing;
use crate::protocol::viser::model::node_id;
use crate::scene::{ObjectId, Scene, World};

/// The place of a node, through all nodes above it. `None` for what is no node.
pub(in crate::protocol::viser) fn world(scene: &Scene, id: &ObjectId) -> Option<World> {
    let node = Thing::read(scene, id)?;
    let name = node.get("name")?.as_str().filter(|name| name.starts_with('/'))?.to_owned();
    let owner = node.get("owner").and_then(|owner| owner.as_str()).unwrap_or_default().to_owned();
    let mut pose = node.pose();
    let mut is_visible = node.is_visible();
    let mut above = name.as_str();
    while let Some((parent, _)) = above.rsplit_once('/') {
        above = parent;
        // A client sees its own nodes before those of all.
        let found =
            [owner.as_str(), ""].iter().find_map(|owner| Thing::read(scene, &ObjectId::parse(&node_id(parent, owner))));
        let Some(found) = found else { continue };
        is_visible &= found.is_visible();
        if !parent.is_empty() {
            let outer = found.pose();
            let translation = outer.apply(pose.translation);
            pose = outer.turned_by(pose);
            pose.translation = translation;
        }
    }
    let [x, y, z, w] = pose.rotation;
    Some(World { position: pose.translation, wxyz: [w, x, y, z], is_visible })
}
