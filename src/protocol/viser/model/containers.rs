//! Which parts of panels are in which.

use std::collections::HashMap;
use std::sync::Arc;

use super::page::class;
use super::{Entity, Family, MAIN_CONTAINER, MAIN_PANEL, Model};
use crate::protocol::msgpack::{Reader, Token};
use crate::protocol::viser::frame::seconds;
use crate::protocol::viser::message::Value;

/// Which parts of panels are in which, in the order in which they are shown.
#[derive(Default)]
pub(super) struct Containers<'a> {
    /// What is in each container, by the container's uuid.
    pub(super) inside: HashMap<String, Vec<&'a Arc<str>>>,
    /// Ids of what has containers.
    pub(super) holders: Vec<Arc<str>>,
    /// What is in none that is there.
    pub(super) outside: Vec<&'a Arc<str>>,
}

impl<'a> Containers<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let mut found: Vec<(f64, u64, String, &'a Arc<str>)> = Vec::new();
        let mut there: HashMap<String, &'a Arc<str>> = HashMap::new();
        let mut holders = Vec::new();
        for (id, entity) in &model.entities {
            if !matches!(entity.family, Family::Gui | Family::Modal) && !entity.is_container_node() {
                continue;
            }
            let own = containers_of(entity);
            if !own.is_empty() {
                holders.push(Arc::clone(id));
            }
            there.extend(own.into_iter().map(|container| (container, id)));
            let within = entity.made_by.as_ref().and_then(|message| message.text("container_uuid"));
            if entity.family == Family::Gui {
                found.push((order(entity), entity.since, within.unwrap_or_default().to_owned(), id));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.3.cmp(b.3)));
        let mut containers = Self { inside: HashMap::new(), holders, outside: Vec::new() };
        for (_, _, within, id) in found {
            // What is in itself, by a broken server, is in nothing.
            match there.get(&within) {
                Some(holder) if *holder != id => containers.inside.entry(within).or_default().push(id),
                _ => containers.outside.push(id),
            }
        }
        containers.holders.sort_unstable();
        containers
    }
}

/// The uuids of the containers that something is, or has.
pub(super) fn containers_of(entity: &Entity) -> Vec<String> {
    let uuid = entity.name().to_owned();
    match class(entity.kind()) {
        "GuiFolder" | "GuiForm" | "GuiPanel" | "GuiModal" => vec![uuid],
        "ControlPanel" => vec![String::from(MAIN_CONTAINER), String::from(MAIN_PANEL)],
        "GuiTabGroup" => texts(entity.prop("_tab_container_ids")),
        "Gui3D" => texts(entity.prop("container_uuid")),
        _ => Vec::new(),
    }
}

/// A text, or the texts of a list.
fn texts(value: Option<Value<'_>>) -> Vec<String> {
    let Some(value) = value else { return Vec::new() };
    let mut reader = Reader::new(value.data);
    match reader.token() {
        Ok(Token::Text(text)) => vec![String::from_utf8_lossy(text).into_owned()],
        Ok(Token::Array(len)) => (0..len).map_while(|_| reader.text().ok().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn order(entity: &Entity) -> f64 {
    entity.prop("order").and_then(|value| seconds(&mut Reader::new(value.data)).ok()).unwrap_or_default()
}
