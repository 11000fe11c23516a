//! One binary message in many websocket frames: on its way out nothing large is held, or copied, as a whole.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{Sink, SinkExt};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::message;

/// Bytes in a frame at most. Each is copied once on its way out. 150 MB go faster over loopback with a MiB than with less.
const FRAGMENT: usize = 1 << 20;

/// Messages up to this size go out in one frame, which is copied as a whole.
const LARGEST_COPIED: usize = 16 << 20;

/// Gives a message to a websocket, without a copy of a large binary one. It is not flushed.
///
/// # Errors
/// In plain words: the connection is gone, or a text is none.
pub async fn feed<S>(sink: &mut S, is_text: bool, data: Bytes) -> Result<(), String>
where
    S: Sink<Message, Error = Error> + Unpin,
{
    if !is_text && data.len() > LARGEST_COPIED {
        let pieces = std::iter::once(Ok::<_, Infallible>(data));
        return feed_pieces(sink, pieces, |_| {}).await.map_err(|fault| match fault {
            Fault::Pieces(never) => match never {},
            Fault::Socket(error) => error.to_string(),
        });
    }
    let message = message(is_text, data).map_err(|error| error.to_string())?;
    sink.feed(message).await.map_err(|error| error.to_string())
}

/// Why a message could not be sent.
#[derive(Debug)]
pub enum Fault<E> {
    /// Its pieces cannot be had.
    Pieces(E),
    /// The connection is gone.
    Socket(Error),
}

/// Gives one binary message to a websocket, in pieces that come when it is their turn. It is not flushed. `sent` is told
/// the bytes of each frame.
///
/// # Errors
/// [`Fault`].
pub async fn feed_pieces<S, E>(
    sink: &mut S,
    pieces: impl Iterator<Item = Result<Bytes, E>>,
    mut sent: impl FnMut(u64),
) -> Result<(), Fault<E>>
where
    S: Sink<Message, Error = Error> + Unpin,
{
    for frame in Fragments::new(pieces) {
        let frame = frame.map_err(Fault::Pieces)?;
        let bytes = frame.payload().len() as u64;
        sink.feed(Message::Frame(frame)).await.map_err(Fault::Socket)?;
        sent(bytes);
    }
    Ok(())
}

/// The frames of one binary message that comes in pieces. An error is the last thing it gives.
struct Fragments<I> {
    pieces: I,
    at_hand: Option<Bytes>,
    is_begun: bool,
    is_over: bool,
}

impl<I: Iterator<Item = Result<Bytes, E>>, E> Fragments<I> {
    fn new(pieces: I) -> Self {
        Self { pieces, at_hand: None, is_begun: false, is_over: false }
    }

    fn piece(&mut self) -> Result<Option<Bytes>, E> {
        self.pieces.find(|piece| piece.as_ref().map_or(true, |bytes| !bytes.is_empty())).transpose()
    }

    fn frame(&mut self) -> Result<Frame, E> {
        let mut data = match self.at_hand.take() {
            Some(data) => data,
            // A message with nothing in it is one, too.
            None => self.piece()?.unwrap_or_default(),
        };
        self.at_hand = if data.len() > FRAGMENT { Some(data.split_off(FRAGMENT)) } else { self.piece()? };
        self.is_over = self.at_hand.is_none();
        let kind = if self.is_begun { Data::Continue } else { Data::Binary };
        self.is_begun = true;
        Ok(Frame::message(data, OpCode::Data(kind), self.is_over))
    }
}

impl<I: Iterator<Item = Result<Bytes, E>>, E> Iterator for Fragments<I> {
    type Item = Result<Frame, E>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let frame = self.frame();
        self.is_over |= frame.is_err();
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pieces: Vec<Result<Bytes, &'static str>>) -> Vec<Result<(u8, bool, usize), &'static str>> {
        let told = |frame: Frame| (u8::from(frame.header().opcode), frame.header().is_final, frame.payload().len());
        Fragments::new(pieces.into_iter()).map(|frame| frame.map(told)).collect()
    }

    #[test]
    fn pieces_become_frames_of_one_message() {
        let of = |len: usize| Ok(Bytes::from(vec![1; len]));
        assert_eq!(frames(vec![]), [Ok((2, true, 0))]);
        assert_eq!(frames(vec![of(0), of(3), of(0)]), [Ok((2, true, 3))]);
        assert_eq!(frames(vec![of(3), of(4)]), [Ok((2, false, 3)), Ok((0, true, 4))]);
        assert_eq!(
            frames(vec![of(FRAGMENT), of(FRAGMENT + 1)]),
            [Ok((2, false, FRAGMENT)), Ok((0, false, FRAGMENT)), Ok((0, true, 1))]
        );
    }

    #[test]
    fn an_error_ends_it_and_the_message_has_no_last_frame() {
        let pieces = vec![Ok(Bytes::from("a")), Ok(Bytes::from("b")), Err("gone"), Ok(Bytes::from("c"))];
        assert_eq!(frames(pieces), [Ok((2, false, 1)), Err("gone")]);
    }
}
