//! A recorded session, told by what its server said: the messages are the changes, and a model of all that was said so
//! far is kept now and then.
//!
//! A moment is where all had come that was built before, and every frame from then on: a frame is one step for clients.

mod compact;
mod line;
mod player;
mod said;
mod server;
mod story;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(in crate::protocol::viser) use line::Line;
pub(in crate::protocol::viser) use said::{Kept, Loose};
pub(in crate::protocol::viser) use story::{Step, Story};

use super::dialect::{ROOT, VISER};
use super::ear::messages;
use super::files::write_story;
use super::model::{Builder, Model};
use crate::protocol::{
    Chronicle, Chronicler, Direction, Happening, Keeper, Loss, Moment, Playing, Server, ServerSettings, Traffic,
    Written,
};
use crate::scene::{Blob, ObjectId, Root, Scene};

/// Listens to a session.
#[derive(Default)]
pub(super) struct Listening {
    lines: BTreeMap<u32, Line>,
    ended: Vec<Line>,
    last: Duration,
}

impl Chronicler for Listening {
    fn hear(&mut self, traffic: Traffic, keep: Keeper<'_>) -> io::Result<()> {
        let Traffic { time, connection, what } = traffic;
        self.last = self.last.max(time);
        match what {
            Happening::Opened { .. } => self.end_of(connection, time),
            Happening::Closed { .. } => {
                self.end_of(connection, time);
                return Ok(());
            }
            Happening::Message(..) => {}
        }
        let line = self.lines.entry(connection).or_insert_with(|| Line::new(time));
        // What clients say is no part of the scene.
        let Happening::Message(direction @ Direction::ToClient, message) = what else { return Ok(()) };
        if line.unreadable.is_some() {
            return Ok(());
        }
        match messages(direction, &message) {
            Ok(messages) => {
                let kept = Kept::Frame(keep(vec![message.data])?);
                line.hear(time, messages, kept);
            }
            Err(reason) => line.unreadable = Some((time, reason)),
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> Arc<dyn Chronicle> {
        let open: Vec<u32> = self.lines.keys().copied().collect();
        open.into_iter().for_each(|connection| self.end_of(connection, self.last));
        Arc::new(Story::new(self.ended, self.last, None))
    }
}

impl Listening {
    fn end_of(&mut self, connection: u32, time: Duration) {
        if let Some(mut line) = self.lines.remove(&connection) {
            line.end(time);
            self.ended.push(line);
        }
    }
}

/// The scene that a model is of.
pub(super) fn scene_of(mut model: Model, producer: Option<&str>) -> Scene {
    model.touch_all();
    let built = Builder::default().build(&mut model);
    let mut scene = Scene::new(&VISER);
    scene.roots = vec![Root { id: ObjectId::parse(ROOT), name: None }];
    scene.producer = producer.map(str::to_owned);
    if model.overflowed {
        tracing::warn!("{}", Loss::TooMuch);
    }
    for (id, reason) in built.unreadable {
        tracing::warn!(%id, reason, "a property cannot be read");
    }
    scene.insert_all(built.states);
    built.blobs.into_iter().for_each(|(hash, bytes)| scene.insert_blob(hash, Blob::Memory(bytes)));
    scene
}

impl Chronicle for Story {
    fn moments(&self) -> &[Moment] {
        &self.moments
    }

    fn scene(&self, moment: usize) -> Option<Scene> {
        Some(scene_of(self.model_at(moment)?, self.producer.as_deref()))
    }

    fn not_understood(&self) -> Option<(Duration, &str)> {
        self.unreadable.as_ref().map(|(time, reason)| (*time, reason.as_str()))
    }

    fn write(&self) -> Option<Result<Written, String>> {
        Some(write_story(self))
    }

    fn server(self: Arc<Self>, settings: &ServerSettings, playing: &Playing) -> Arc<dyn Server> {
        Arc::new(server::TapeServer::new(self, settings, playing))
    }
}

#[cfg(test)]
mod tests;
