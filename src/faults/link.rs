//! A bad link between a client's websocket and whoever serves it.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::{Chance, Faults};

/// Bytes that may be on the way; whoever serves is held up beyond them.
const ON_THE_WAY: usize = 32 << 20;
/// So many messages may change places.
const REORDERED: usize = 4;
/// For so long a message waits for others to change places with.
const GATHERING: Duration = Duration::from_millis(20);

/// Puts a bad link in front of a client. What is returned is to be served instead; `number` tells clients apart.
pub async fn through<S>(
    client: WebSocketStream<S>,
    faults: Faults,
    number: u64,
    config: WebSocketConfig,
) -> WebSocketStream<DuplexStream>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (near, far) = tokio::io::duplex(256 << 10);
    let served = WebSocketStream::from_raw_socket(near, Role::Server, Some(config)).await;
    let link = WebSocketStream::from_raw_socket(far, Role::Client, Some(config)).await;
    let (to_client, from_client) = client.split();
    let (to_server, from_server) = link.split();
    tokio::spawn(async move {
        let link = Link {
            chance: Chance::new(faults.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            faults,
            line: VecDeque::new(),
            bytes: 0,
            gathered: Vec::new(),
            last_due: Instant::now(),
        };
        // Whichever ends takes the other with it: both sockets are dropped.
        tokio::select! {
            () = pass(from_client, to_server) => {}
            () = link.run(from_server, to_client) => {}
        }
    });
    served
}

/// What the client says is not disturbed.
async fn pass<A, B>(mut from: SplitStream<WebSocketStream<A>>, mut to: SplitSink<WebSocketStream<B>, Message>)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = from.next().await {
        // Each end answers pings by itself.
        let is_end = message.is_close();
        if !(message.is_ping() || message.is_pong()) && to.send(message).await.is_err() || is_end {
            break;
        }
    }
}

struct Link {
    chance: Chance,
    faults: Faults,
    /// What is on its way, and when it is due.
    line: VecDeque<(Instant, Message)>,
    bytes: usize,
    /// What may still change places.
    gathered: Vec<Message>,
    last_due: Instant,
}

impl Link {
    async fn run<A, B>(
        mut self,
        mut from: SplitStream<WebSocketStream<A>>,
        mut to: SplitSink<WebSocketStream<B>, Message>,
    ) where
        A: AsyncRead + AsyncWrite + Unpin,
        B: AsyncRead + AsyncWrite + Unpin,
    {
        let (mut messages, mut sent, mut ended) = (0, 0, false);
        let mut free = Instant::now();
        loop {
            let due = async {
                match self.line.front() {
                    Some((due, message)) => sleep_until((*due).max(free) + self.transfer(message.len())).await,
                    None if ended => {}
                    None => pending().await,
                }
            };
            let gathering =
                async { if self.gathered.is_empty() { pending().await } else { tokio::time::sleep(GATHERING).await } };
            tokio::select! {
                () = due => {
                    let Some((_, message)) = self.line.pop_front() else { return };
                    self.bytes -= message.len();
                    free = Instant::now();
                    let data = message.is_binary() || message.is_text();
                    sent += message.len() as u64;
                    messages += u64::from(data);
                    let is_end = message.is_close();
                    let broken = self.faults.disconnect_after.is_some_and(|most| most.is_reached(messages, sent));
                    if to.send(message).await.is_err() || is_end || broken {
                        return;
                    }
                }
                message = from.next(), if !ended && self.bytes < ON_THE_WAY => match message {
                    Some(Ok(message)) => self.take(message),
                    Some(Err(_)) | None => { self.release(); ended = true; }
                },
                () = gathering => self.release(),
            }
        }
    }

    fn take(&mut self, message: Message) {
        if message.is_ping() || message.is_pong() {
            return;
        }
        self.bytes += message.len();
        if self.faults.reorder && !message.is_close() {
            self.gathered.push(message);
            if self.gathered.len() >= REORDERED {
                self.release();
            }
        } else {
            self.release();
            self.put(message);
        }
    }

    /// Sends on what was gathered, in another order.
    fn release(&mut self) {
        while !self.gathered.is_empty() {
            let chosen = self.chance.below(self.gathered.len());
            let message = self.gathered.remove(chosen);
            self.put(message);
        }
    }

    fn put(&mut self, message: Message) {
        let late = self.faults.latency + self.faults.jitter.mul_f64(self.chance.fraction());
        // A link does not change the order: what is early waits for what is late.
        self.last_due = self.last_due.max(Instant::now() + late);
        self.line.push_back((self.last_due, message));
    }

    fn transfer(&self, bytes: usize) -> Duration {
        self.faults.bandwidth.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64))
    }
}
