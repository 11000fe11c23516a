//! Pictures that scripts ask for, drawn one after another beside everything else.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::protocol::{Host, Picture, PictureRequest};

/// Requests that may wait; a script asks for one at a time.
const MOST_WAITING: usize = 1_024;

/// A picture that was asked for.
struct Asked {
    id: String,
    request: PictureRequest,
    since: Instant,
}

impl Asked {
    fn answered(self, picture: Result<Picture, String>) -> Painted {
        Painted { seconds: self.since.elapsed().as_secs_f64(), id: self.id, request: self.request, picture }
    }
}

/// A picture, or why there is none.
pub(super) struct Painted {
    pub(super) id: String,
    pub(super) request: PictureRequest,
    pub(super) picture: Result<Picture, String>,
    pub(super) seconds: f64,
}

/// The task that draws, and what it has drawn.
pub(super) struct Renders {
    asked: mpsc::Sender<Asked>,
    painted: mpsc::Receiver<Painted>,
    /// Dropped, it stops the task, which then gives what it has not drawn.
    stop: oneshot::Sender<()>,
    task: JoinHandle<Vec<Asked>>,
}

impl Renders {
    /// Starts the task; it ends with this.
    pub(super) fn start(host: &Arc<dyn Host>) -> Self {
        let (asked, requests) = mpsc::channel(MOST_WAITING);
        // One picture waits at most: each may be large.
        let (done, painted) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(draw(Arc::clone(host), requests, done, stopped));
        Self { asked, painted, stop, task }
    }

    /// Has a picture drawn. Where too many wait, the answer is at once that there is none.
    pub(super) fn ask(&self, id: String, request: PictureRequest) -> Option<Painted> {
        let asked = self.asked.try_send(Asked { id, request, since: Instant::now() }).err()?.into_inner();
        Some(asked.answered(Err(format!("{MOST_WAITING} pictures are waited for already"))))
    }

    /// The next one that is drawn. Dropped before, nothing is lost.
    pub(super) async fn painted(&mut self) -> Option<Painted> {
        self.painted.recv().await
    }

    /// Stops drawing: what is drawn by now, and of all that was asked for besides, why it is not.
    pub(super) async fn stop(self, why: &str) -> Vec<Painted> {
        let Self { mut painted, stop, task, .. } = self;
        drop(stop);
        let rest = task.await.unwrap_or_default();
        let drawn = std::iter::from_fn(|| painted.try_recv().ok());
        let mut all: Vec<Painted> = drawn.collect();
        all.extend(rest.into_iter().map(|asked| asked.answered(Err(why.to_owned()))));
        all
    }
}

/// Draws until it is stopped, and gives what is not drawn by then.
async fn draw(
    host: Arc<dyn Host>,
    mut requests: mpsc::Receiver<Asked>,
    done: mpsc::Sender<Painted>,
    mut stopped: oneshot::Receiver<()>,
) -> Vec<Asked> {
    let mut rest = Vec::new();
    loop {
        let asked = tokio::select! {
            asked = requests.recv() => asked,
            _ = &mut stopped => None,
        };
        let Some(asked) = asked else { break };
        let drawn = async { (done.reserve().await, host.paint(asked.request.clone()).await) };
        let picture = tokio::select! {
            (Ok(place), picture) = drawn => Some((place, picture)),
            _ = &mut stopped => None,
        };
        match picture {
            Some((place, picture)) => place.send(asked.answered(picture)),
            None => {
                rest.push(asked);
                break;
            }
        }
    }
    rest.extend(std::iter::from_fn(|| requests.try_recv().ok()));
    rest
}
