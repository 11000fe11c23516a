//! Pictures that scripts ask for, drawn one after another beside everything else.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;

use crate::protocol::{Host, PictureRequest};

/// Requests that may wait; a script asks for one at a time.
const MOST_WAITING: usize = 1_024;

/// A picture, or why there is none.
pub(super) struct Painted {
    pub(super) id: String,
    pub(super) request: PictureRequest,
    pub(super) picture: Result<Vec<u8>, String>,
    pub(super) seconds: f64,
}

/// The task that draws, and what it has drawn.
pub(super) struct Renders {
    asked: mpsc::Sender<(String, PictureRequest, Instant)>,
    painted: mpsc::Receiver<Painted>,
}

impl Renders {
    /// Starts the task; it ends with this.
    pub(super) fn start(host: &Arc<dyn Host>) -> Self {
        let (asked, mut requests) = mpsc::channel::<(String, PictureRequest, Instant)>(MOST_WAITING);
        // One picture waits at most: each may be large.
        let (done, painted) = mpsc::channel(1);
        let host = Arc::clone(host);
        tokio::spawn(async move {
            while let Some((id, request, since)) = requests.recv().await {
                let picture = tokio::select! {
                    picture = host.paint(request.clone()) => picture,
                    () = done.closed() => return,
                };
                if done.send(Painted { id, request, picture, seconds: since.elapsed().as_secs_f64() }).await.is_err() {
                    return;
                }
            }
        });
        Self { asked, painted }
    }

    /// Has a picture drawn. Where too many wait, the answer is at once that there is none.
    pub(super) fn ask(&self, id: String, request: PictureRequest) -> Option<Painted> {
        let (id, request, _) = self.asked.try_send((id, request, Instant::now())).err()?.into_inner();
        let picture = Err(format!("{MOST_WAITING} pictures are waited for already"));
        Some(Painted { id, request, picture, seconds: 0.0 })
    }

    /// The next one that is drawn. Dropped before, nothing is lost.
    pub(super) async fn painted(&mut self) -> Option<Painted> {
        self.painted.recv().await
    }
}
