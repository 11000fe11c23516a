//! The fake server of a recorded session.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;

use super::player::Player;
use super::said::Kept;
use super::story::Story;
use crate::protocol::viser::frame::Frame;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::model::Model;
use crate::protocol::viser::server::{HANDSHAKE, MOST_MESSAGES, PAGE, Versions};
use crate::protocol::viser::words::plain;
use crate::protocol::{Dropped, Handshake, Newcomer, Outgoing, Peer, Playing, Server, ServerSettings, WsMessage};
use crate::scene::Blob;

/// Larger messages are sent in pieces of this size, in bytes.
const PIECE: usize = 1 << 20;

/// The message that ends the first state.
const DONE: &str = "ReplayDoneMessage";

/// A fake server for a session. Each client has a clock of its own.
pub(super) struct TapeServer {
    tape: Arc<Tape>,
    versions: Versions,
}

/// What all clients share.
pub(super) struct Tape {
    pub(super) story: Arc<Story>,
    /// The moment that clients start with.
    pub(super) first: usize,
    /// The time of the session that clients start with.
    pub(super) at: Duration,
    pub(super) playing: Playing,
    /// What a client is told before anything else.
    pub(super) beginning: Vec<Window>,
    /// The server's clock at the start, in seconds.
    pub(super) timestamp: f64,
    again: OnceLock<Vec<Message>>,
}

/// A websocket message that is ready to be sent.
pub(super) enum Window {
    Recorded(Blob),
    Made(Vec<Bytes>),
}

/// Messages in as many frames as they need.
fn windows(messages: &[Message], timestamp: f64) -> impl Iterator<Item = Window> {
    messages.chunks(MOST_MESSAGES).map(move |messages| Window::made(messages.to_vec(), timestamp))
}

impl Window {
    /// Messages in one frame.
    pub(super) fn made(messages: Vec<Message>, timestamp: f64) -> Self {
        Self::Made(Frame { messages, timestamp }.encode())
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Recorded(blob) => blob.len(),
            Self::Made(pieces) => pieces.iter().map(|piece| piece.len() as u64).sum(),
        }
    }

    pub(super) fn outgoing(&self) -> Result<Outgoing, Dropped> {
        let unreadable = |error: std::io::Error| Dropped::new(format!("the recording cannot be read on: {error}"));
        let is_small = self.len() <= PIECE as u64;
        Ok(match self {
            Self::Recorded(blob) if is_small => Outgoing::Ready(WsMessage::binary(blob.read().map_err(unreadable)?)),
            Self::Recorded(blob) => {
                Outgoing::Whole(Box::new(blob.clone().parts(PIECE).map(move |part| part.map_err(unreadable))))
            }
            Self::Made(pieces) if is_small => Outgoing::Ready(WsMessage::binary(pieces.concat())),
            Self::Made(pieces) => Outgoing::Whole(Box::new(pieces.clone().into_iter().map(Ok))),
        })
    }
}

impl TapeServer {
    pub(super) fn new(story: Arc<Story>, settings: &ServerSettings, playing: &Playing) -> Self {
        let first = story.moments.iter().rposition(|moment| moment.time <= playing.at).unwrap_or_default();
        let first_time = story.moments.get(first).map(|moment| moment.time).unwrap_or_default();
        if story.programs() > 0 {
            tracing::warn!("the session holds programs that the viewer's browser will run (RunJavascriptMessage)");
        }
        let said = story.beginning();
        let timestamp = said.last().and_then(|said| said.kept.timestamp()).unwrap_or_default();
        let has_end = said.last().and_then(|said| said.kept.messages().ok());
        let has_end = has_end.is_some_and(|messages| messages.iter().any(|message| message.kind() == DONE));
        let frames: Option<Vec<Window>> = said
            .iter()
            .map(|said| match &said.kept {
                Kept::Frame(blob) => Some(Window::Recorded(blob.clone())),
                Kept::Loose(..) => None,
            })
            .collect();
        let mut beginning = match frames {
            Some(frames) if first == 0 => frames,
            _ => {
                let model = story.model_at(first).unwrap_or_default();
                windows(&Model::default().difference(&model), timestamp).collect()
            }
        };
        if first > 0 || !has_end {
            let done: Vec<Message> = plain(DONE, &[]).into_iter().collect();
            beginning.extend(windows(&done, timestamp));
        }
        let versions = Versions::of(story.producer.as_deref(), settings.exact_version);
        let tape = Tape {
            at: playing.at.max(first_time),
            first,
            playing: playing.clone(),
            beginning,
            timestamp,
            again: OnceLock::new(),
            story,
        };
        Self { tape: Arc::new(tape), versions }
    }
}

impl Tape {
    /// So long after a client's start, what is said at a moment is due.
    pub(super) fn due(&self, moment: usize) -> Option<Duration> {
        let after = self.story.moments.get(moment)?.time.saturating_sub(self.at);
        Duration::try_from_secs_f64(after.as_secs_f64() / self.playing.speed).ok()
    }

    /// So long after a client's start, everything starts again; nothing where it does not.
    pub(super) fn length(&self) -> Option<Duration> {
        /// The last state is to be seen, too.
        const FRAME: Duration = Duration::from_millis(33);
        if !self.playing.repeats || self.first + 1 >= self.story.moments.len() {
            return None;
        }
        let last = self.story.moments.last().map(|moment| moment.time + FRAME).unwrap_or_default();
        let length = self.story.end.max(last).saturating_sub(self.at);
        Duration::try_from_secs_f64(length.as_secs_f64() / self.playing.speed).ok()
    }

    /// What takes a client from the end to the start.
    pub(super) fn again(&self) -> &[Message] {
        self.again.get_or_init(|| {
            let last = self.story.model_at(self.story.moments.len().saturating_sub(1)).unwrap_or_default();
            last.difference(&self.story.model_at(self.first).unwrap_or_default())
        })
    }
}

impl Server for TapeServer {
    fn handshake(&self) -> Handshake {
        HANDSHAKE
    }

    fn page(&self) -> String {
        String::from(PAGE)
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        Box::new(Player::new(Arc::clone(&self.tape), self.versions.refuse(client)))
    }
}
