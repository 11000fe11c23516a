//! Hearing what a viser server pushes. It can be called nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::client::{ConnectionTap, closed, open};
use super::frame::{Frame, Limits};
use super::message::Message;
use crate::protocol::{
    Body, CallFailure, Caller, ClientError, ConnectError, Connecting, Direction, Pushed, Request, ServerInfo,
    Subscription,
};
use crate::wire::Connection;

/// Bytes of messages that wait for somebody to look at them; what was there first goes first.
const MOST_WAITING: u64 = 256 << 20;
/// What a message costs besides its data.
const ITEM: u64 = 256;

type Sink = Arc<AsyncMutex<SplitSink<Connection, SocketMessage>>>;

/// A connection that only listens.
pub(super) struct ViserCaller {
    info: ServerInfo,
    heard: Arc<Queue>,
    sink: Sink,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Message>,
    bytes: u64,
    missed: u64,
    ended: Option<ClientError>,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, messages: Vec<Message>) {
        let waiting = &mut *self.waiting();
        for message in messages {
            waiting.bytes += message.len() + ITEM;
            waiting.messages.push_back(message);
        }
        while waiting.bytes > MOST_WAITING && waiting.messages.len() > 1 {
            waiting.bytes -= waiting.messages.pop_front().map_or(0, |message| message.len() + ITEM);
            waiting.missed += 1;
        }
        self.news.notify_one();
    }

    /// The next message, or how many were missed before it.
    fn next(&self) -> Option<Result<Result<Message, u64>, ClientError>> {
        let waiting = &mut *self.waiting();
        if waiting.missed > 0 {
            return Some(Ok(Err(std::mem::take(&mut waiting.missed))));
        }
        if let Some(message) = waiting.messages.pop_front() {
            waiting.bytes -= message.len() + ITEM;
            return Some(Ok(Ok(message)));
        }
        waiting.ended.clone().map(Err)
    }
}

impl Drop for ViserCaller {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ViserCaller {
    pub(super) async fn connect(how: &Connecting) -> Result<Self, ConnectError> {
        let opened = open(how).await?;
        let tap = how.tap.as_ref().map(|tap| ConnectionTap::open(Arc::clone(tap), &opened.url));
        let limits = Limits::within(how.largest_message.into());
        let (sink, stream) = opened.connection.split();
        let sink = Arc::new(AsyncMutex::new(sink));
        let heard = Arc::new(Queue::default());
        let task = tokio::spawn(listen(stream, Arc::clone(&sink), limits, tap, Arc::clone(&heard)));
        Ok(Self { info: opened.info, heard, sink, task })
    }
}

async fn listen(
    mut stream: SplitStream<Connection>,
    sink: Sink,
    limits: Limits,
    tap: Option<ConnectionTap>,
    heard: Arc<Queue>,
) {
    let error = loop {
        match stream.next().await {
            None => break ClientError::Lost(String::from("the server closed the connection")),
            Some(Err(error)) => break ClientError::Lost(error.to_string()),
            Some(Ok(SocketMessage::Binary(data))) => {
                if let Some(tap) = &tap {
                    tap.saw(Direction::ToClient, &data);
                }
                match Frame::decode(&data, limits) {
                    Ok(frame) => heard.push(frame.messages),
                    Err(error) => break ClientError::Failed(error.to_string()),
                }
            }
            Some(Ok(SocketMessage::Close(frame))) => break closed(frame.as_ref()),
            // tungstenite has its answer ready; somebody has to send it.
            Some(Ok(SocketMessage::Ping(_))) => drop(sink.lock().await.flush().await),
            Some(Ok(_)) => {}
        }
    };
    if let Some(tap) = &tap {
        tap.closed(&error.to_string());
    }
    heard.waiting().ended = Some(error);
    heard.news.notify_one();
}

impl Caller for ViserCaller {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn call<'a>(&'a self, _request: &'a Request) -> BoxFuture<'a, Result<Box<dyn Body>, CallFailure>> {
        let failure = CallFailure::NoCalls {
            protocol: super::NAME,
            hint: "`scenectl sub URL` prints what it sends, `scenectl get URL …` what is in its scene",
        };
        std::future::ready(Err(failure)).boxed()
    }

    /// What is heard over the connection, from its start: all subscriptions share it.
    fn subscribe(&self) -> Box<dyn Subscription> {
        Box::new(Heard(Arc::clone(&self.heard)))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            let _ = self.sink.lock().await.close().await;
        }
        .boxed()
    }
}

struct Heard(Arc<Queue>);

impl Subscription for Heard {
    fn next(&mut self) -> BoxFuture<'_, Result<Result<Pushed, u64>, ClientError>> {
        async move {
            loop {
                match self.0.next() {
                    None => self.0.news.notified().await,
                    Some(next) => {
                        return next.map(|next| {
                            next.map(|message| {
                                let (topic, bytes) = (message.kind().to_owned(), message.len());
                                Pushed { topic, body: Box::new(message), bytes }
                            })
                        });
                    }
                }
            }
        }
        .boxed()
    }
}
